"""The proof of balance against the provider: honest books match whatever happened; tampering is found, keeps still only
the money that it touches, and heals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from marketplace import clock, db
from marketplace.checkout import start_purchase
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.ledger import service as ledger
from marketplace.domain.orders import refunds, settlement
from marketplace.domain.proof import service as proof
from marketplace.domain.proof.models import ProofResult
from marketplace.errors import Denied, Invalid, Missing, SignInNeeded, Unavailable
from marketplace.jobs import proof as jobs
from marketplace.jobs import sweep
from marketplace.jobs.orders import settle
from marketplace.vendors import vendors
from tests.chaos.stage import MONEY
from tests.domain.world import World


@pytest.fixture(autouse=True)
async def blank(world: World) -> None:
    """No money anywhere, but the platform's own capital; accounts stay."""
    async with db.transaction() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        for table in MONEY:
            await session.execute(text(f'DELETE FROM "{table}"'))
        await session.execute(text("DELETE FROM sandbox.deliveries"))
        await session.execute(text("DELETE FROM sandbox.objects WHERE vendor = 'stripe' AND kind <> 'account'"))
    await world.calm()
    await world.top_up()


@contextmanager
def later(**ago: float) -> Iterator[None]:
    with clock.frozen(datetime.now(UTC) + timedelta(**ago)):
        yield


async def sale(world: World, creator: Account, price: int = 2500, currency: str = "usd") -> tuple[Account, Any]:
    """Bought, paid, transferred."""
    buyer, product = await world.person(), await world.lesson(creator, price_minor=price, currency=currency)
    await world.pay(await start_purchase(Actor(buyer.id), product.slug, ""))
    await world.drain()
    line = (await world.rows("SELECT id, order_id, amount_minor FROM order_line WHERE buyer_id = :b", b=buyer.id))[0]
    return buyer, line


async def give_back(world: World, creator: Account, line: Any, amount: int) -> None:
    async with db.transaction() as session:
        await refunds.request(
            session, Actor(creator.id, "member", True), line.id, amount_minor=amount, revoke_access=False, note=""
        )
    await world.drain()


async def account_of(world: World, creator: Account) -> str:
    return str(await world.one("SELECT account_id FROM merchant WHERE creator_id = :c", c=creator.id))


async def tamper(world: World, kind: str, id: str, **changes: Any) -> None:
    """At the provider, behind everybody's back."""
    await world.rows(
        "UPDATE sandbox.objects SET data = data || CAST(:c AS jsonb) WHERE kind = :kind AND id = :id",
        c=json.dumps(changes), kind=kind, id=id,
    )  # fmt: skip


async def remove(world: World, kind: str, id: str) -> None:
    await world.rows("DELETE FROM sandbox.objects WHERE kind = :kind AND id = :id", kind=kind, id=id)


async def look(world: World, creator: Account | None) -> dict[str, ProofResult]:
    await (jobs.platform() if creator is None else jobs.creator(str(creator.id)))
    async with db.transaction() as session:
        return await proof.latest(session, creator.id if creator else None)


async def frozen(creator: Account, currency: str = "usd") -> bool:
    async with db.transaction() as session:
        return await proof.is_frozen(session, creator.id, currency)


def figures(result: ProofResult) -> tuple[int, int, int]:
    return result.journal_minor, result.objects_minor, result.statement_minor


async def differing(world: World, creator: Account | None, currency: str = "usd") -> set[tuple[str, str, Any, Any]]:
    result = (await look(world, creator))[currency]
    assert result.matched == (not result.differences)
    return {(d["kind"], d["object"], d["here"], d["there"]) for d in result.differences}


async def busy_creator(world: World, name: str = "Cy") -> Account:
    """Who sold in two currencies, gave back, drew out and had a payout come back."""
    creator = await world.creator(name)
    account = await account_of(world, creator)
    _, line = await sale(world, creator)
    await give_back(world, creator, line, 700)
    await sale(world, creator, 1105, "eur")
    await world.draw_out(account)
    await world.drain()
    (payout, *_) = await world.stripe("payout", _account=account, currency="usd")
    await world.act("payout", payout["id"], result="failed")
    await world.drain()
    await sale(world, creator, 990)
    return creator


async def test_honest_books_match_whatever_happened(world: World) -> None:
    creator = await busy_creator(world)
    there = await world.stripe_balance(await account_of(world, creator))
    with later(hours=1):
        found = await look(world, creator)
        assert {c: figures(r) for c, r in found.items()} == {c: (total,) * 3 for c, total in there.items()}
        assert {c: (r.matched, r.differences, r.waiting) for c, r in found.items()} == {
            "usd": (True, [], []),
            "eur": (True, [], []),
        }
        platform = await look(world, None)
        assert {c: r.matched for c, r in platform.items() if c in ("usd", "eur")} == {"usd": True, "eur": True}
        assert figures(platform["usd"]) == (await platform_stripe(world, "usd"),) * 3
    assert found["usd"].available_minor == there["usd"]
    assert not await frozen(creator)


async def platform_stripe(world: World, currency: str) -> int:
    return int(
        await world.one(
            "SELECT sum(amount_minor) FROM ledger_posting WHERE account = 'stripe' AND currency = :c", c=currency
        )
    )


async def test_a_changed_transfer_freezes_that_money_only_and_heals(world: World) -> None:
    creator, other = await busy_creator(world), await busy_creator(world, "Di")
    transfer = (await world.stripe("transfer", destination=await account_of(world, creator), currency="usd"))[-1]
    await tamper(world, "transfer", transfer["id"], amount=transfer["amount"] + 100)
    with later(hours=1):
        assert await differing(world, creator) == {
            ("transfer", transfer["id"], transfer["amount"], transfer["amount"] + 100)
        }
        assert [(await look(world, one))["eur"].matched for one in (creator, other)] == [True, True]
        assert await frozen(creator)
        assert not await frozen(creator, "eur")
        assert not await frozen(other)
        async with db.transaction() as session:
            assert [(a.creator_id, a.currency, a.state) for a, _ in await proof.alerts(session)] == [
                (creator.id, "usd", "confirmed")
            ]
            assert await proof.frozen(session, creator.id) == {"usd"}
    await tamper(world, "transfer", transfer["id"], amount=transfer["amount"])
    with later(hours=2):
        assert await differing(world, creator) == set()
    assert not await frozen(creator)
    async with db.transaction() as session:
        assert await proof.alerts(session) == []
    assert [job.args for job in await world.jobs() if job.task == "orders.settle_creator"] == [
        {"creator_id": str(creator.id)}
    ]


async def test_a_payout_that_is_gone_and_a_transfer_too_many_are_named(world: World) -> None:
    creator = await busy_creator(world)
    account = await account_of(world, creator)
    payout = (await world.stripe("payout", _account=account, currency="eur"))[0]
    await remove(world, "payout", payout["id"])
    extra = await vendors().payments.create_transfer(
        amount_minor=333,
        currency="usd",
        account_id=account,
        charge_id=None,
        group="by-hand",
        line_id="x",
        key="by-hand",
    )
    with later(hours=1):
        assert await differing(world, creator, "eur") == {("payout", payout["id"], -payout["amount"], None)}
        assert await differing(world, creator, "usd") == {("transfer", extra, None, 333)}
        result = (await look(world, creator))["usd"]
        assert (result.objects_minor - result.journal_minor, result.statement_minor - result.journal_minor) == (
            333,
            333,
        )
        assert await frozen(creator, "eur")
        assert await frozen(creator, "usd")


async def test_a_movement_without_an_object_is_named(world: World) -> None:
    creator = await busy_creator(world)
    account = await account_of(world, creator)
    entry = (await world.stripe("balance_transaction", _account=account, currency="usd"))[0]
    fee = {**entry, "id": "txn_stray", "type": "adjustment", "amount": -450, "net": -450, "source": None}
    await world.rows(
        "INSERT INTO sandbox.objects (vendor, kind, id, data) VALUES ('stripe', 'balance_transaction', :id, CAST(:d AS jsonb))",
        id=fee["id"], d=json.dumps(fee),
    )  # fmt: skip
    with later(hours=1):
        assert await differing(world, creator) == {("entry:adjustment", "txn_stray", None, -450)}


async def test_what_happened_just_now_is_no_alarm_and_counts_later(world: World) -> None:
    creator = await busy_creator(world)
    extra = await vendors().payments.create_transfer(
        amount_minor=333, currency="usd", account_id=await account_of(world, creator), charge_id=None, group="by-hand",
        line_id="x", key="by-hand-2",
    )  # fmt: skip
    result = (await look(world, creator))["usd"]
    assert result.matched
    assert [(w["object"], w["there"]) for w in result.waiting][-1:] == [(extra, 333)]
    with later(minutes=11):
        assert not (await look(world, creator))["usd"].matched
    assert await frozen(creator)


async def test_a_payout_whose_event_never_came_is_taken_in(world: World) -> None:
    creator = await world.creator()
    await sale(world, creator)
    await world.draw_out(await account_of(world, creator))
    await world.lose_all()
    assert await world.one("SELECT count(*) FROM payout WHERE creator_id = :c", c=creator.id) == 0
    with later(hours=1):
        assert await differing(world, creator) == set()
    assert await world.one("SELECT count(*) FROM payout WHERE creator_id = :c", c=creator.id) == 1


async def test_a_transfer_whose_answer_was_lost_is_under_way(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process died between the provider's answer and our booking, and the sweep hasn't come round yet."""
    creator = await world.creator()
    buyer, product = await world.person(), await world.lesson(creator)
    await world.pay(await start_purchase(Actor(buyer.id), product.slug, ""))

    async def die(*_: object) -> None:
        raise Unavailable

    with monkeypatch.context() as patch:
        patch.setattr(settlement, "record_transfer", die)
        with pytest.raises(Unavailable):
            await world.drain(tries=1)
    assert len(await world.stripe("transfer", destination=await account_of(world, creator))) == 1
    with later(hours=1):
        result = (await look(world, creator))["usd"]
        assert (result.matched, len(result.waiting)) == (True, 1)
    await settle(
        str(
            await world.one(
                "SELECT s.id FROM share s JOIN order_line l ON l.id = s.line_id WHERE l.buyer_id = :b", b=buyer.id
            )
        )
    )
    with later(hours=1):
        result = (await look(world, creator))["usd"]
        assert (result.matched, len(result.waiting), figures(result)) == (True, 0, (2250, 2250, 2250))


async def test_while_an_event_waits_a_second_look_has_to_agree(world: World) -> None:
    creator = await busy_creator(world)
    account = await account_of(world, creator)
    transfer = (await world.stripe("transfer", destination=account, currency="usd"))[-1]
    await tamper(world, "transfer", transfer["id"], amount=1)
    await world.rows(
        "UPDATE webhook_event SET state = 'received' WHERE id = (SELECT id FROM webhook_event WHERE account_id = :a LIMIT 1)",
        a=account,
    )
    with later(hours=1):
        assert await differing(world, creator) != set()
        assert not await frozen(creator)
        async with db.transaction() as session:
            assert await proof.alerts(session) == []
        when = await world.rows("SELECT scheduled_at FROM procrastinate_jobs WHERE task_name = 'proof.creator'")
        assert [(row[0] - clock.now()) >= timedelta(minutes=10) for row in when] == [True]
    with later(hours=1, minutes=5):
        await look(world, creator)
        assert not await frozen(creator)
    with later(hours=1, minutes=11):
        await look(world, creator)
        assert await frozen(creator)


async def test_an_admin_releases_money_with_a_note(world: World) -> None:
    creator, admin = await busy_creator(world), await world.person("Ada Admin")
    boss = Actor(admin.id, "admin", False)
    transfers = await world.stripe("transfer", destination=await account_of(world, creator), currency="usd")
    await tamper(world, "transfer", transfers[0]["id"], amount=1)
    with later(hours=1):
        await look(world, creator)
        async with db.transaction() as session:
            ((alert, _),) = await proof.alerts(session)
        for who, error in ((Actor(), SignInNeeded), (Actor(creator.id, "member", True), Denied)):
            async with db.transaction() as session:
                with pytest.raises(error):
                    await proof.release(session, who, alert.id, "please")
        async with db.transaction() as session:
            with pytest.raises(Invalid):
                await proof.release(session, boss, alert.id, "  ")
            assert await proof.is_frozen(session, creator.id, "usd")
            await proof.release(session, boss, alert.id, "Stripe confirmed it by mail")
        assert not await frozen(creator)
    with later(hours=2):
        assert await differing(world, creator) != set()
        assert not await frozen(creator), "what was released counts no more"
    assert await world.rows(
        "SELECT actor_id, subject, detail->>'note' FROM audit_event WHERE action = 'proof.release'"
    ) == [(admin.id, f"account:{creator.id}", "Stripe confirmed it by mail")]
    await tamper(world, "transfer", transfers[1]["id"], amount=2)
    with later(hours=3):
        await look(world, creator)
        assert await frozen(creator), "another difference counts"
    for transfer in transfers:
        await tamper(world, "transfer", transfer["id"], amount=transfer["amount"])
    with later(hours=4):
        await look(world, creator)
    assert not await frozen(creator)
    async with db.transaction() as session:
        with pytest.raises(Missing):
            await proof.release(session, boss, alert.id, "again")


async def test_after_a_match_only_what_came_since_is_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """And yet nothing old can change unseen: then everything is read again."""
    creator = await busy_creator(world)
    account = await account_of(world, creator)
    asked: list[int] = []
    books = vendors().books
    before = books.transfers_of

    async def counted(*args: Any, since: int | None = None) -> Any:
        found = await before(*args, since=since)
        asked.append(len(found))
        return found

    monkeypatch.setattr(books, "transfers_of", counted)
    with later(days=10):
        assert (await look(world, creator))["usd"].since is None
    with later(days=20):
        result = (await look(world, creator))["usd"]
        assert (result.matched, result.since is not None, asked[-1]) == (True, True, 0)
    payout = (await world.stripe("payout", _account=account, currency="usd"))[0]
    gone = (await world.stripe("balance_transaction", source=payout["id"]))[-1]
    await remove(world, "balance_transaction", gone["id"])
    with later(days=30):
        found = await differing(world, creator)
        total = (await world.stripe_balance(account))["usd"]
        assert found == {("balance", "", total + gone["net"], total)}
        assert asked[-2:] == [0, 3]
        assert await frozen(creator)


async def test_the_platforms_own_balance(world: World) -> None:
    """Charges with their fees, refunds, transfers; the operator's own payouts and top-ups are no business of the journal."""
    creator = await busy_creator(world)
    _, line = await sale(world, creator, 3100)
    await give_back(world, creator, line, 3100)
    await sweep.fees()
    with later(hours=1):
        result = (await look(world, None))["usd"]
        assert (result.matched, figures(result)) == (True, (await platform_stripe(world, "usd"),) * 3)
        assert result.own_minor == 10_000_000
    with later(hours=2):
        again = (await look(world, None))["usd"]
        assert (again.matched, again.since is not None, figures(again)) == (True, True, figures(result))
        assert (again.own_minor, again.business_minor) == (result.own_minor, result.business_minor)
    charge = (await world.stripe("charge", currency="usd"))[0]
    entry = (await world.stripe("balance_transaction", source=charge["id"]))[0]
    await tamper(world, "balance_transaction", entry["id"], net=entry["net"] - 5)
    with later(hours=3):
        assert await differing(world, None) == {("charge", charge["id"], entry["net"], entry["net"] - 5)}
        async with db.transaction() as session:
            assert [(a.creator_id, a.state) for a, _ in await proof.alerts(session)] == [(None, "confirmed")]
        assert not await frozen(creator), "nobody's money is behind it"
    await tamper(world, "balance_transaction", entry["id"], net=entry["net"])
    with later(hours=4):
        assert await differing(world, None) == set()
        async with db.transaction() as session:
            assert await proof.alerts(session) == []


async def test_a_fee_that_is_not_known_yet_is_no_alarm(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    creator = await world.creator()
    monkeypatch.setattr("marketplace.sandbox.stripe.payments.LATE_FEE_SECONDS", 3600)
    await world.knobs("stripe", late_balance_transaction=True)
    await sale(world, creator)
    assert await world.one('SELECT count(*) FROM "order" WHERE fee_minor IS NULL') == 1
    with later(hours=1):
        result = (await look(world, None))["usd"]
        assert (result.matched, [w["kind"] for w in result.waiting]) == (True, ["charge"])


async def test_every_night_everybody_is_looked_at(world: World) -> None:
    creators = [await world.creator(), await world.creator()]
    await world.rows("DELETE FROM procrastinate_jobs")
    await jobs.nightly()
    queued = {(job.task, job.args.get("creator_id", "")) for job in await world.jobs()}
    assert {("proof.platform", ""), *(("proof.creator", str(one.id)) for one in creators)} <= queued
    assert await world.one("SELECT max(priority) FROM procrastinate_jobs WHERE task_name = 'proof.creator'") < 0


async def test_a_wrong_sum_is_mended_at_night(world: World) -> None:
    creator = await world.creator()
    await sale(world, creator)
    async with db.transaction() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        await session.execute(
            text("UPDATE ledger_balance SET amount_minor = amount_minor + 7 WHERE account = 'connected'")
        )
    await jobs.nightly()
    with later(hours=1):
        assert figures((await look(world, creator))["usd"]) == (2250, 2250, 2250)
    assert await world.one("SELECT count(*) FROM audit_event WHERE action = 'ledger.rebuilt'") == 1


async def test_old_matches_are_forgotten_but_not_the_last(world: World) -> None:
    creator = await busy_creator(world)
    for day in (-40, -39):
        with later(days=day):
            await look(world, creator)
    kept = "SELECT count(*) FROM proof_result WHERE creator_id = :c AND currency = 'usd'"
    assert await world.one(kept, c=creator.id) == 2
    async with db.transaction() as session:
        await proof.tidy(session)
    assert await world.one(kept, c=creator.id) == 1


async def test_a_creator_without_an_account_has_nothing_there(world: World) -> None:
    creator = await world.creator(outcome="")
    lines = ledger.rules.sale(paid=2500, fee=250, shares=[(creator.id, 2500 - 250)])
    async with db.transaction() as session:
        await ledger.book(session, key="sale:by-hand", kind="sale", currency="usd", lines=lines)
    with later(hours=1):
        result = (await look(world, creator))["usd"]
    assert (result.matched, figures(result), result.held_minor) == (True, (0, 0, 0), 2250)
    assert UUID(str(result.creator_id)) == creator.id
