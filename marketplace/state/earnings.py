"""``/studio/earnings`` and ``/studio/payouts``: a creator's money, line by line, and giving it back."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from uuid import UUID

import reflex as rx

from marketplace.db import transaction
from marketplace.domain.accounts import service as accounts
from marketplace.domain.ledger import service as ledger
from marketplace.domain.orders import refunds, rules
from marketplace.domain.orders import store as order_store
from marketplace.domain.orders.models import Order, OrderLine, Share
from marketplace.i18n import N_, _, signed
from marketplace.ids import parse_id
from marketplace.money import format_minor, parse, to_input
from marketplace.present import day, moment
from marketplace.state.action import Form, action, actor
from marketplace.state.base import Page, need_id, param, text_of
from marketplace.state.orders import line_state
from marketplace.state.viewer import success

_KINDS = {
    "sale": N_("Sale"),
    "processing": N_("Card fee (paid by the platform)"),
    "processing_estimate": N_("Card fee, estimated (paid by the platform)"),
    "dispute": N_("Taken back by the buyer's bank"),
    "dispute_won": N_("Dispute won"),
    "dispute_fee": N_("Dispute fee (paid by the platform)"),
    "dispute_loss": N_("Dispute loss"),
    "transfer": N_("Transferred to your payments account"),
    "refund": N_("Refund to the buyer"),
    "refund_failed": N_("Refund came back"),
    "reversal": N_("Taken back from your payments account"),
    "debt": N_("Owed: your balance didn't cover what was taken back"),
    "debt_paid": N_("Kept to pay what was owed"),
    "payout": N_("Paid out to your bank"),
    "payout_failed": N_("Payout came back"),
}
_ACCOUNTS = {
    "held": N_("On hold for you"),
    "available": N_("In your payments account"),
    "connected": N_("At the payment partner"),
    "debt": N_("You owe"),
    "fees": N_("Platform fee"),
    "stripe": N_("Platform's balance"),
    "processing": N_("Card fees"),
    "tax": N_("Tax"),
    "discounts": N_("Discounts of the platform"),
    "dispute_fees": N_("Dispute fees"),
    "losses": N_("Losses"),
}


_SHOWN = ("held", "available", "debt", "fees")
_REFUND_STATES = {
    "requested": (N_("On its way"), "warning"),
    "pending": (N_("On its way"), "warning"),
    "requires_action": (N_("On its way"), "warning"),
    "succeeded": (N_("Given back"), "success"),
    "failed": (N_("Came back"), "danger"),
    "canceled": (N_("Cancelled"), "neutral"),
}


def words_and_tone(known: dict[str, tuple[str, str]], state: str) -> dict[str, str]:
    """A state as a badge shows it."""
    words, tone = known.get(state, (state, "neutral"))
    return {"state_words": _(words), "tone": tone}


class EarningsState(Page, rx.State):
    balances: list[dict[str, str]] = []
    sales: list[dict[str, str]] = []
    next_key: str = ""

    @action("anyone")
    async def on_load(self):
        who = actor()
        if not who.is_creator:
            return rx.redirect("/studio", replace=True)
        assert who.account_id is not None
        self.sales, self.errors = [], {}
        async with transaction() as session:
            totals = await ledger.balances(session, who.account_id)
            paid = await ledger.paid_out(session, who.account_id)
        self.balances = [_balance_row(currency, totals[currency], paid.get(currency, 0)) for currency in sorted(totals)]
        await self._fetch("")
        self.loaded = True
        return None

    async def _fetch(self, before: str) -> None:
        who = actor()
        assert who.account_id is not None
        async with transaction() as session:
            rows = await order_store.creator_sales(session, who.account_id, parse_id(before), 26)
            shares = await order_store.shares_of(session, [line.id for line, _order in rows])
            disputed = await order_store.disputed_among(session, [order.id for _line, order in rows])
        mine = {
            line_id: sum(s.amount_minor - s.taken_minor for s in found if s.payee_id == who.account_id)
            for line_id, found in shares.items()
        }
        fresh = [
            {
                **_sale_row(line, order, mine.get(line.id, 0), disputed),
                "fee": format_minor(-_fee_kept(line, shares.get(line.id, [])), line.currency),
                "role": _role(line, shares.get(line.id, []), who.account_id),
            }
            for line, order in rows[:25]
        ]
        self.sales = [*self.sales, *fresh]
        self.next_key = str(rows[24][0].id) if len(rows) > 25 else ""

    @action("creator", rate=(60, 60))
    async def more(self):
        if self.next_key:
            await self._fetch(self.next_key)


class SaleState(Page, rx.State):
    """``/studio/earnings/<line>``: one sale with every movement of its money, and the refund form.

    Who has a share in another's sale sees how it came about, and nothing of the buyer or of other partners.
    """

    sale: dict[str, str] = {}
    sum_lines: list[dict[str, str]] = []
    entries: list[dict[str, str]] = []
    refunds: list[dict[str, str]] = []
    busy: bool = False

    _line_id: str = ""

    @action("anyone")
    async def on_load(self):
        if not actor().signed_in:
            return rx.redirect("/login?next=/studio/earnings", replace=True)
        self.sale, self.errors, self.failure = {}, {}, ""
        self._line_id = param(self, "line_id")
        await self._show()
        self.loaded = True
        return None

    async def _show(self) -> None:
        who, line_id = actor(), parse_id(self._line_id)
        async with transaction() as session:
            line = await session.get(OrderLine, line_id) if line_id else None
            order = await order_store.order(session, line.order_id) if line else None
            shares = (await order_store.shares_of(session, [line.id])).get(line.id, []) if line else []
            own = line is not None and (line.creator_id == who.account_id or who.is_admin)
            partner = (
                any(share.payee_id == who.account_id for share in shares)
                and order is not None
                and order.state == "paid"
            )
            if line is None or order is None or not (own or partner):
                self.failure = _("There is no sale at this address.")
                return
            disputed = await order_store.disputed_among(session, [order.id])
            if not own:
                assert who.account_id is not None
                entries = await ledger.statement(session, line.id)
                return self._show_share(line, order, shares, who.account_id, entries, disputed)
            buyer = await accounts.account(session, line.buyer_id)
            entries = await ledger.statement(session, line.id)
            given = [r for r in await order_store.refunds(session, order.id) if r.line_id == line.id]
            payees = {s.payee_id: (await accounts.account(session, s.payee_id)).name for s in shares}
            left = await refunds.left_to_refund(session, line)
        money = lambda minor: format_minor(minor, line.currency)  # noqa: E731
        self.sale = {
            **_sale_row(line, order, sum(s.amount_minor - s.taken_minor for s in shares if s.payee_id == line.creator_id), disputed),
            "role": "", "buyer": buyer.name, "paid_at": moment(order.paid_at), "left": money(left),
            "left_input": to_input(max(left, 0), line.currency), "can_refund": "yes" if left > 0 else "",
            "currency": line.currency.upper(), "taxed": _taxed(line),
        }  # fmt: skip
        self.sum_lines = [
            {"label": _("Price"), "amount": money(line.list_minor)},
            *_sum_rows(line, shares, payees, money),
        ]  # fmt: skip
        self.entries = _entry_rows(entries, line.currency, line.creator_id, whole_fee=True)
        self.refunds = [
            {
                "amount": money(r.amount_minor), "when": moment(r.created_at), "note": r.note,
                "failure": refunds.failure_words(r.failure),
                "open": "yes" if r.state == "requested" else "",
                **words_and_tone(_REFUND_STATES, r.state),
            }
            for r in given
        ]  # fmt: skip

    async def _catch_up(self) -> None:
        await self._show()

    def _show_share(
        self, line: OrderLine, order: Order, shares, partner_id: UUID, entries, disputed: Collection[UUID]
    ) -> None:  # type: ignore[no-untyped-def]
        money = lambda minor: format_minor(minor, line.currency)  # noqa: E731
        mine = [share for share in shares if share.payee_id == partner_id]
        got, taken = sum(share.amount_minor for share in mine), sum(share.taken_minor for share in mine)
        self.sale = {
            **_sale_row(line, order, got - taken, disputed), "role": _role(line, shares, partner_id), "buyer": "", "taxed": "",
            "paid_at": moment(order.paid_at), "can_refund": "", "currency": line.currency.upper(),
        }  # fmt: skip
        rows = [
            (_("Price"), line.list_minor), (_("Discount"), -line.discount_minor),
            (_("Paid by the platform"), line.subsidy_minor), (_("Platform fee"), -line.fee_minor),
            (_("Shares of others"), got - line.shares_minor), (_("Taken back, your part"), -taken),
        ]  # fmt: skip
        self.sum_lines = [{"label": label, "amount": money(minor)} for label, minor in rows if minor]
        self.entries, self.refunds = _entry_rows(entries, line.currency, partner_id, whole_fee=False), []

    @action("member", rate=(20, 60))
    async def refund(self, form: Form):
        """By the creator of the lesson or an admin; full or part, with or without ending access."""
        await give_refund(self, self._line_id, form)
        await self._show()
        return [success(_("The refund is on its way.")), SaleState.follow]

    @action("member", rate=(30, 60), background=True)
    async def follow(self):
        """Show the refund's arrival while the page is open."""
        for _attempt in range(10):
            await asyncio.sleep(1.5)
            async with self:
                await self._show()
                if not any(refund["open"] for refund in self.refunds):
                    return


async def give_refund(state, line_id: str, form: Form) -> None:  # type: ignore[no-untyped-def]
    """Parse, authorise (in the service), write down and queue the refund."""
    state.errors = {}
    async with transaction() as session:
        line = await session.get(OrderLine, need_id(line_id))
        currency = line.currency if line is not None else "usd"
        amount = parse(text_of(form, "amount"), currency, field="amount")
        shown = text_of(form, "left")
        seen = parse(shown, currency, field="amount") if shown else None
        await refunds.request(
            session, actor(), need_id(line_id), amount_minor=amount,
            revoke_access=text_of(form, "access") != "keep", note=text_of(form, "note"), seen_minor=seen,
        )  # fmt: skip


def _sum_rows(line: OrderLine, shares, payees, money) -> list[dict[str, str]]:  # type: ignore[no-untyped-def]
    """From the price to what stays with the creator; what is zero is left out."""
    taken = sum(s.taken_minor for s in shares if s.role == "creator")
    rows = [
        (_("Discount"), -line.discount_minor), (_("Paid by the platform"), line.subsidy_minor),
        (_("Platform fee"), -line.fee_minor),
        *[(_("Share of {name}").format(name=payees[s.payee_id]), -s.amount_minor) for s in shares if s.role != "creator"],
        (_("Taken back, your part"), -taken),
    ]  # fmt: skip
    return [{"label": label, "amount": money(minor)} for label, minor in rows if minor]


def _sale_row(line: OrderLine, order: Order, mine: int, disputed: Collection[UUID]) -> dict[str, str]:
    return {
        "id": str(line.id), "href": f"/studio/earnings/{line.id}", "title": line.title, "order": str(order.number),
        "day": day(order.paid_at), "amount": format_minor(line.amount_minor, line.currency),
        "yours": format_minor(mine, line.currency), **line_state(line, order, disputed),
    }  # fmt: skip


def _taxed(line: OrderLine) -> str:
    """What the buyer paid, where tax came to the price: it goes to the tax office, and back with refunds."""
    if not line.tax_minor:
        return ""
    words = _("The buyer paid {amount}, of which {tax} is tax. It isn't yours, and goes back with a refund.")
    return words.format(
        amount=format_minor(line.amount_minor + line.tax_minor, line.currency),
        tax=format_minor(line.tax_minor, line.currency),
    )


def _fee_kept(line: OrderLine, shares: Sequence[Share]) -> int:
    """The platform's fee, less what went back with refunds and disputes."""
    back = rules.taken(
        line.refunded_minor + line.disputed_minor, amount_minor=line.amount_minor, tax_minor=line.tax_minor,
        subsidy_minor=line.subsidy_minor, shares_minor=[share.amount_minor for share in shares],
    )  # fmt: skip
    return line.fee_minor - back.fee_minor


def _balance_row(currency: str, totals: dict[str, int], paid: int) -> dict[str, str]:
    return {
        "currency": currency.upper(), "held": format_minor(-totals.get("held", 0), currency),
        "available": format_minor(-totals.get("available", 0), currency), "paid": format_minor(paid, currency),
        "debt": format_minor(totals["debt"], currency) if totals.get("debt") else "",
    }  # fmt: skip


def _role(line: OrderLine, shares, account_id: UUID) -> str:  # type: ignore[no-untyped-def]
    """As what somebody has a part in another's sale; empty for their own."""
    if line.creator_id == account_id:
        return ""
    words = {
        "co_creator": _("Your share as co-creator, {percent} %"),
        "affiliate": _("Your share as affiliate, {percent} %"),
    }
    mine = [share for share in shares if share.payee_id == account_id and share.percent is not None]
    return " · ".join(words[share.role].format(percent=f"{share.percent.normalize():f}") for share in mine)


def _signed(minor: int, currency: str) -> str:
    return signed("+", format_minor(minor, currency)) if minor > 0 else format_minor(minor, currency)


def _entry_rows(entries, currency: str, whose: UUID, *, whole_fee: bool) -> list[dict[str, str]]:  # type: ignore[no-untyped-def]
    """What each entry means for one payee: their own accounts and the fee, not the platform's side of the books, and
    nothing of other payees. Credits of their accounts are theirs; a credit of the fee account is what the fee took."""
    rows = []
    for entry, postings in entries:
        sums: dict[str, int] = {}
        for p in postings:
            if p.owner_id == whose or (p.account == "fees" and (whole_fee or p.about_id == whose)):
                sums[p.account] = sums.get(p.account, 0) + (-p.amount_minor if p.owner_id else p.amount_minor)
        parts = [f"{_(_ACCOUNTS[name])}: {_signed(sums[name], currency)}" for name in _SHOWN if sums.get(name)]
        if parts:
            what, when = _(_KINDS.get(entry.kind, entry.kind)), moment(entry.created_at)
            rows.append({"what": what, "when": when, "detail": " · ".join(parts)})
    return rows
