"""After everything has arrived and run: are the books, the provider, the orders and the access as they must be?"""

from __future__ import annotations

from collections import Counter
from typing import Any

from marketplace import db
from marketplace.domain.ledger import service as ledger
from tests.chaos.model import Code, Disputed, Flows, Returned, Sale, all_due, expected
from tests.domain.world import CAPITAL, World


class Audit:
    """Compares the product with the model, and both with the provider."""

    world: World
    accounts: dict[str, str]  # creator → their account at the provider
    sales: list[Sale]
    codes: list[Code]
    drawn: set[str]  # payouts that were made in the provider's dashboard
    restricted: set[str]
    delivered: set[tuple[str, str]]
    steady: dict[tuple[str, str], tuple[int, int, int]]

    async def look(self, *sales: Sale) -> None:
        """What the provider did with these sales."""
        if fresh := [sale for sale in sales if not sale.charge and sale.amount]:
            payments = {page["id"]: page["payment_intent"] for page in await self.world.stripe("checkout.session")}
            charges = _by(await self.world.stripe("charge", status="succeeded"), "payment_intent")
            for sale in fresh:
                made = charges.get(payments[sale.page], []) if payments[sale.page] else []
                assert len(made) == int(sale.paid), f"{len(made)} charges for {sale.page}"
                sale.charge = made[0]["id"] if made else ""
        refunds = _by(await self.world.stripe("refund"), "charge")
        disputes = _by(await self.world.stripe("dispute"), "charge")
        for sale in sales:
            if not sale.charge:
                continue
            sale.returned = [
                Returned(r["id"], r["amount"], r["status"] == "succeeded", r["metadata"].get("refund_id"))
                for r in refunds.get(sale.charge, [])
            ]
            sale.disputes = [
                Disputed(
                    d["id"], -sum(move["amount"] for move in d["balance_transactions"]),
                    sum(move["fee"] for move in d["balance_transactions"]), d["status"] not in ("won", "lost"),
                )
                for d in disputes.get(sale.charge, [])
            ]  # fmt: skip

    async def _flows(self) -> dict[tuple[str, str], Flows]:
        flows: dict[tuple[str, str], Flows] = {}
        owner = {account: creator for creator, account in self.accounts.items()}
        for transfer in await self.world.stripe("transfer"):
            flow = flows.setdefault((owner[transfer["destination"]], transfer["currency"]), Flows())
            flow.moved += transfer["amount"] - transfer["amount_reversed"]
        for payout in await self.world.stripe("payout"):
            flow = flows.setdefault((owner[payout["_account"]], payout["currency"]), Flows())
            flow.ever_paid_out += payout["amount"]
            flow.paid_out += payout["amount"] if payout["status"] != "failed" else 0
        return flows

    async def check(self) -> None:
        found = await self._divided()
        await self.look(*self.sales)
        for sale in self.sales:
            sale.lies_on(found)
        flows = await self._flows()
        await self._check_books(flows)
        await self._check_debt(flows)
        await self._check_counts()
        await self._check_figures()
        await self._check_orders()
        await self._check_refunds()
        await self._check_coupons()
        await self._check_payouts()
        await self._check_events()

    async def _divided(self) -> dict[tuple[str, str], int]:
        """How the product divided what the provider took of several lines: by refund or dispute, and line."""
        rows = await self.world.rows(
            "SELECT provider_id, line_id::text, amount_minor FROM refund WHERE provider_id IS NOT NULL UNION ALL"
            " SELECT dispute_id, line_id::text, amount_minor FROM dispute_part"
        )
        return {(row[0], row[1]): row[2] for row in rows}

    async def _check_books(self, flows: dict[tuple[str, str], Flows]) -> None:
        crooked = await self.world.rows(
            "SELECT entry_id FROM ledger_posting GROUP BY entry_id, currency HAVING sum(amount_minor) <> 0"
        )
        assert not crooked, "an entry does not sum to zero"
        async with db.transaction() as session:
            assert await ledger.check(session) == [], "balances are not the sums of the postings"
        payable = set(self.accounts) - self.restricted
        wanted, loose = expected(self.sales, flows, payable)
        books = await self._books()
        for creator, currency in loose:
            held, debt = books.pop(("held", creator, currency), 0), books.pop(("debt", creator, currency), 0)
            assert held <= 0 <= debt
            assert held + debt == wanted.pop(("debt", creator, currency), 0)
        _same(books, {account: total for account, total in wanted.items() if total}, "the books")
        await self._check_provider(books, "acct_platform", "stripe", "")
        for creator, account in self.accounts.items():
            await self._check_provider(books, account, "connected", creator)

    async def _books(self) -> dict[tuple[str, str, str], int]:
        found = await self.world.rows(
            "SELECT account, coalesce(owner_id::text, ''), currency, sum(amount_minor) FROM ledger_posting GROUP BY 1, 2, 3"
        )
        return {(row[0], row[1], row[2]): int(row[3]) for row in found if row[3]}

    async def _check_provider(self, books: dict[Any, int], account: str, name: str, owner: str) -> None:
        there = await self.world.stripe_balance(account)
        assert all(total >= 0 for total in there.values()), f"{account} was paid out more than it had: {there}"
        if account == "acct_platform":
            there = {currency: total - CAPITAL for currency, total in there.items()}
        here = {key[2]: total for key, total in books.items() if key[:2] == (name, owner)}
        _same(here, there, f"{name} {owner} against the provider's balance")

    async def _check_debt(self, flows: dict[tuple[str, str], Flows]) -> None:
        """Nobody owes who drew nothing out; nobody owes more than that; and what they earn pays it first."""
        due = all_due(self.sales)
        for pair in {*due, *flows}:
            flow = flows.get(pair, Flows())
            owes = flow.moved - due[pair]
            if pair[0] in self.restricted:
                self.steady.pop(pair, None)
                continue
            assert 0 <= owes <= flow.ever_paid_out, f"{pair} got {flow.moved}, is due {due[pair]}"
            if pair in self.steady:
                moved, share, owed = self.steady[pair]
                assert flow.moved - moved == max(0, due[pair] - share - owed), "earnings did not pay the debt first"
            self.steady[pair] = (flow.moved, due[pair], owes)
        await self._check_lines(flows)

    async def _check_lines(self, flows: dict[tuple[str, str], Flows]) -> None:
        """While nothing was drawn out, each line's own transfers are exactly its payees' shares."""
        rows = await self.world.rows("SELECT id::text, line_id::text, payee_id::text FROM share")
        shares = {row[0]: (row[1], row[2]) for row in rows}
        net: Counter[tuple[str, str]] = Counter()
        for transfer in await self.world.stripe("transfer"):
            net[shares[transfer["metadata"]["line_id"]]] += transfer["amount"] - transfer["amount_reversed"]
        for sale in self.sales:
            for line in sale.lines if sale.paid else ():
                for payee, due in line.due.items():
                    drawn = flows.get((payee, sale.currency), Flows()).ever_paid_out
                    if not drawn and payee not in self.restricted:
                        moved = net[line.id, payee]
                        assert moved == due, f"{line.id} moved {moved} of {due} to {payee}"

    async def _check_counts(self) -> None:
        entries = dict(await self.world.rows("SELECT kind, count(*) FROM ledger_entry GROUP BY 1"))
        paid = [sale for sale in self.sales if sale.paid]
        live = sum(
            bool(line.taken.get(refund.id))
            for sale in paid for refund in sale.returned if refund.live for line in sale.lines
        )  # fmt: skip
        reversals = await self.world.stripe("transfer_reversal")
        payouts = await self.world.stripe("payout")
        exact = {
            "sale": sum(len(sale.lines) for sale in paid), "transfer": len(await self.world.stripe("transfer")),
            "reversal": len(reversals), "payout": len(payouts),
            "payout_failed": sum(payout["status"] == "failed" for payout in payouts),
            "refund": live + entries.get("refund_failed", 0),
        }  # fmt: skip
        _same({kind: entries.get(kind, 0) for kind in exact}, exact, "the number of entries")
        assert len(await self.world.stripe("charge", status="succeeded")) == sum(sale.amount > 0 for sale in paid)
        receipts = dict(
            await self.world.rows(
                "SELECT data->>'key', count(*) FROM sandbox.objects WHERE vendor = 'mail'"
                " AND data->>'key' LIKE 'receipt-%' GROUP BY 1"
            )
        )
        _same(receipts, {f"receipt-{sale.order}": 1 for sale in paid}, "the receipts that were mailed")

    async def _check_figures(self) -> None:
        """What creators read of their sales is what their order lines say."""
        figures = await self.world.rows(
            "SELECT creator_id::text, currency, sum(gross_minor), sum(refunded_minor), sum(net_minor - refunded_net_minor),"
            " sum(sales) FROM sale_event GROUP BY 1, 2 HAVING sum(sales) > 0"
        )
        lines = await self.world.rows(
            "SELECT l.creator_id::text, l.currency, sum(l.amount_minor), sum(l.refunded_minor + l.disputed_minor),"
            ' sum(s.amount_minor - s.taken_minor), count(*) FROM order_line l JOIN "order" o ON o.id = l.order_id'
            " JOIN share s ON s.line_id = l.id AND s.payee_id = l.creator_id WHERE o.state = 'paid' GROUP BY 1, 2"
        )
        assert sorted(tuple(row) for row in figures) == sorted(tuple(row) for row in lines)
        kept = await self.world.rows(
            "SELECT creator_id::text, currency, sum(net_minor - refunded_net_minor + shared_minor - shared_back_minor)"
            " FROM sale_event GROUP BY 1, 2"
        )
        came = await self.world.rows(
            "SELECT p.owner_id::text, p.currency, -sum(p.amount_minor) FROM ledger_posting p JOIN ledger_entry e"
            " ON e.id = p.entry_id WHERE p.account = 'held' AND e.kind IN ('sale', 'refund', 'refund_failed', 'dispute',"
            " 'dispute_won') GROUP BY 1, 2"
        )
        _same({row[:2]: int(row[2]) for row in kept}, {row[:2]: int(row[2]) for row in came}, "figures and journal")

    async def _check_orders(self) -> None:
        states = dict(await self.world.rows('SELECT id::text, state FROM "order"'))
        for sale in self.sales:
            state = states[sale.order]
            if sale.paid:
                assert state == "paid", f"{sale.page} was paid, its order is {state}"
            elif sale.bank:
                assert state == ("processing" if sale.bank == "pending" else "failed")
            else:
                assert state in (("expired", "canceled") if sale.expired else ("pending", "expired", "canceled")), state
        rows = await self.world.rows(
            "SELECT source_id, revoked_at IS NULL FROM \"grant\" WHERE source = 'order' AND revoked_at IS NULL"
        )
        live = {row[0] for row in rows}
        for sale in self.sales:
            for line in sale.lines:
                if (access := sale.access(line)) is not None:
                    assert (line.id in live) == access, f"{line.id}: access is {line.id in live}"

    async def _check_refunds(self) -> None:
        for sale in self.sales:
            made = Counter(refund.asked for refund in sale.returned)
            for asked in sale.asked:
                assert made[asked.id] <= 1, "one refund was paid out twice"
                assert made[asked.id] or made[None] or sale.disputes, "a refund was refused that nothing stood against"

    async def _check_coupons(self) -> None:
        """Of each code as many uses are taken as orders hold or have used it, and never more than there are."""
        rows = await self.world.rows(
            'SELECT o.coupon_code, o.state, u.state, o.buyer_id FROM "order" o JOIN coupon_use u ON u.order_id = o.id'
        )
        fits = {"paid": "used", "pending": "held", "processing": "held"}
        for name, state, use, _ in rows:
            assert use == fits.get(state, "released"), f"the use of {name} by an order that is {state} is {use}"
        mine = Counter((row[0], row[3]) for row in rows if row[2] != "released")
        held = Counter(row[0] for row in rows if row[2] != "released")
        assert len(rows) >= sum(sale.code is not None for sale in self.sales), "an order forgot its code"
        for name, taken in await self.world.rows("SELECT code, taken FROM coupon"):
            code = next((code for code in self.codes if code.name == name), None)
            if code is not None:
                assert taken == held[name], f"{taken} uses of {name} are counted, {held[name]} are there"
                assert not code.uses or taken <= code.uses, f"{name} was used {taken} times"
        for (name, who), times in mine.items():
            each = next(code.each for code in self.codes if code.name == name)
            assert not each or times <= each, f"{who} used {name} {times} times"

    async def _check_payouts(self) -> None:
        """Each "Pay out now" is one payout, or was refused; there are no others but those of the dashboard."""
        rows = await self.world.rows(
            "SELECT state, payout_id, account_id, currency, amount_minor, failure FROM payout_order"
        )
        for row in rows:
            assert row[0] in ("done", "refused"), f"a payout that was asked for is {row[0]}"
            assert row[0] == "done" or row[5], "a payout was refused for no reason"
        wanted = Counter(tuple(row[1:5]) for row in rows if row[0] == "done")
        made = Counter(
            (payout["id"], payout["_account"], payout["currency"], payout["amount"])
            for payout in await self.world.stripe("payout") if payout["id"] not in self.drawn
        )  # fmt: skip
        assert made == wanted, f"paid out {made - wanted} without being asked, and not {wanted - made}"

    async def _check_events(self) -> None:
        rows = await self.world.rows("SELECT source, event_id, type, state, error FROM webhook_event")
        bad = [tuple(row) for row in rows if row[3] not in ("handled", "ignored")]
        assert not bad, f"events that are neither handled nor ignored: {bad}"
        stored = Counter((row[0], row[1]) for row in rows)
        sent = {(r[0], r[1]) for r in await self.world.rows("SELECT endpoint, event_id FROM sandbox.deliveries")}
        assert not set(stored) - sent, "events are stored that nobody sent"
        assert set(stored.values()) <= {1}, "an event is stored twice"
        assert not self.delivered - set(stored), "an event was acknowledged and lost"


def _by(objects: list[dict[str, Any]], name: str) -> dict[str, list[dict[str, Any]]]:
    """The provider's objects by what they belong to."""
    found: dict[str, list[dict[str, Any]]] = {}
    for one in objects:
        found.setdefault(one[name], []).append(one)
    return found


def _same(found: dict[Any, int], wanted: dict[Any, int], what: str) -> None:
    wrong = {k: (found.get(k, 0), wanted.get(k, 0)) for k in {*found, *wanted} if found.get(k, 0) != wanted.get(k, 0)}
    assert not wrong, f"{what}: " + ", ".join(
        f"{k} is {a}, must be {b}" for k, (a, b) in sorted(wrong.items(), key=str)
    )
