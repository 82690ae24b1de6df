"""What becomes of each event that is stored: handled, ignored, or parked with a reason; never lost."""

from __future__ import annotations

import json
import time
from typing import Any
from uuid import uuid4

import pytest

from marketplace import db
from marketplace.api.webhooks import Intake
from marketplace.checkout import start_purchase
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.inbox import service as inbox
from marketplace.domain.inbox.ports import ProviderEvent
from marketplace.domain.orders import refunds
from marketplace.errors import Conflict
from tests.domain.world import World, together


@pytest.fixture(scope="module")
async def owner(world: World) -> Account:
    return await world.creator()


@pytest.fixture(autouse=True)
async def quiet(world: World) -> None:
    await world.calm()
    await world.lose_all()
    await world.rows("DELETE FROM procrastinate_jobs")


async def _page(world: World, owner: Account, **fields: Any) -> tuple[Account, str]:
    buyer, product = await world.person(), await world.lesson(owner, **fields)
    return buyer, await start_purchase(Actor(buyer.id), product.slug, "")


async def _order(world: World, page: str) -> Any:
    return (await world.rows('SELECT * FROM "order" WHERE checkout_id = :c', c=page.rsplit("/", 1)[-1]))[0]


async def _access(world: World, buyer: Account) -> int:
    return int(await world.one('SELECT count(*) FROM "grant" WHERE account_id = :b AND revoked_at IS NULL', b=buyer.id))


def _event(kind: str, object_id: str, **more: Any) -> dict[str, Any]:
    about = {"id": object_id, "object": kind.rsplit(".", 1)[0], "metadata": {}, **more.pop("about", {})}
    return {
        "id": f"evt_{uuid4().hex}", "object": "event", "api_version": "2026-10-28.endive", "created": int(time.time()),
        "data": {"object": about}, "livemode": False, "pending_webhooks": 1, "type": kind,
        "request": {"id": None, "idempotency_key": None}, **more,
    }  # fmt: skip


async def _told(world: World, key: str) -> set[str]:
    """Who got mails whose key begins like this."""
    await world.drain_jobs()
    return {row[0] for row in await world.rows("SELECT recipient FROM outgoing_mail WHERE key LIKE :k", k=f"{key}%")}


async def _send(world: World, event: dict[str, Any], endpoint: str = "stripe") -> int:
    return await world.post(endpoint, json.dumps(event).encode())


async def _state(world: World, event: dict[str, Any]) -> tuple[str, str, int]:
    row = await world.rows("SELECT state, error, attempts FROM webhook_event WHERE event_id = :e", e=event["id"])
    return row[0][0], row[0][1], row[0][2]


async def _run_all(world: World, tries: int) -> None:
    """As the worker does: each job that fails is tried again."""
    for _ in range(tries):
        for job in await world.jobs():
            try:
                await world.run(job)
            except Exception:
                continue


async def test_a_payment(world: World, owner: Account) -> None:
    buyer, page = await _page(world, owner)
    await world.pay(page)
    assert await _access(world, buyer) == 0
    await world.drain()
    assert (await _order(world, page)).state == "paid"
    assert await _access(world, buyer) == 1


async def test_a_slow_payment_that_succeeds(world: World, owner: Account) -> None:
    buyer, page = await _page(world, owner)
    await world.pay(page, method="bank")
    await world.drain()
    assert ((await _order(world, page)).state, await _access(world, buyer)) == ("processing", 0)
    await world.act("bank", page.rsplit("/", 1)[-1], result="paid")
    await world.drain()
    assert ((await _order(world, page)).state, await _access(world, buyer)) == ("paid", 1)


@pytest.mark.parametrize("last_first", [False, True])
async def test_a_slow_payment_that_fails(world: World, owner: Account, last_first: bool) -> None:
    """Also when "failed" arrives before "completed": it is over, and the buyer can try again."""
    buyer, page = await _page(world, owner)
    await world.pay(page, method="bank")
    await world.act("bank", page.rsplit("/", 1)[-1], result="failed")
    waiting = await world.deliveries()
    for row in reversed(waiting) if last_first else waiting:
        assert await world.deliver(row[0]) == 200
        await world.drain_jobs()
    order = await _order(world, page)
    assert (order.state, await _access(world, buyer)) == ("failed", 0)
    assert order.failure
    assert await _told(world, f"payment-failed-{order.id}") == {buyer.email}
    slug = await world.one(
        "SELECT slug FROM product p JOIN order_line l ON l.product_id = p.id WHERE l.order_id = :o", o=order.id
    )
    assert await start_purchase(Actor(buyer.id), slug, "") != page


async def test_an_expired_page(world: World, owner: Account) -> None:
    buyer, page = await _page(world, owner)
    await world.act("expire", page.rsplit("/", 1)[-1])
    await world.drain()
    assert ((await _order(world, page)).state, await _access(world, buyer)) == ("expired", 0)


@pytest.mark.parametrize("last_first", [False, True])
async def test_a_refund_in_the_dashboard(world: World, owner: Account, last_first: bool) -> None:
    """Also when its news overtakes the news of the payment."""
    buyer, page = await _page(world, owner)
    await world.pay(page)
    (charge,) = await world.stripe("charge", payment_intent=(await _session(world, page))["payment_intent"])
    await world.act("refund", charge["id"])
    waiting = await world.deliveries()
    for row in reversed(waiting) if last_first else waiting:
        assert await world.deliver(row[0]) == 200
        await world.drain_jobs()
    order = await _order(world, page)
    assert (order.state, order.refunded_minor, await _access(world, buyer)) == ("paid", 2500, 0)


async def _session(world: World, page: str) -> dict[str, Any]:
    return (await world.stripe("checkout.session", id=page.rsplit("/", 1)[-1]))[0]


async def _sold(world: World, owner: Account, **fields: Any) -> tuple[Account, Any, Any]:
    """(buyer, order, line)"""
    buyer, page = await _page(world, owner, **fields)
    await world.pay(page)
    await world.drain()
    order = await _order(world, page)
    return buyer, order, (await world.rows("SELECT * FROM order_line WHERE order_id = :o", o=order.id))[0]


async def _refund(world: World, owner: Account, line: Any, amount: int, *, revoke: bool = True) -> str:
    """The provider's id of a refund that has been made and booked."""
    async with db.transaction() as session:
        row = await refunds.request(
            session, Actor(owner.id, "member", True), line.id, amount_minor=amount, revoke_access=revoke, note=""
        )
    await world.drain()
    return str(await world.one("SELECT provider_id FROM refund WHERE id = :r", r=row.id))


async def test_a_refund_that_fails_gives_access_and_money_back(world: World, owner: Account) -> None:
    buyer, order, line = await _sold(world, owner)
    made = await _refund(world, owner, line, 2500)
    assert await _access(world, buyer) == 0
    await world.act("fail-refund", made)
    await world.drain()
    assert await _access(world, buyer) == 1
    transfers = await world.stripe("transfer", transfer_group=str(order.id))
    assert sum(t["amount"] - t["amount_reversed"] for t in transfers) == 2250


async def test_the_same_amount_after_one_that_failed_is_another_refund(world: World, owner: Account) -> None:
    _buyer, _order, line = await _sold(world, owner)
    await world.act("fail-refund", await _refund(world, owner, line, 500, revoke=False))
    await world.drain()
    ask = {"amount_minor": 500, "revoke_access": False, "note": ""}
    with pytest.raises(Conflict, match="given back meanwhile"):
        async with db.transaction() as session:  # of a page that was opened while the first was on its way
            await refunds.request(session, Actor(owner.id, "member", True), line.id, seen_minor=2000, **ask)
    async with db.transaction() as session:
        await refunds.request(session, Actor(owner.id, "member", True), line.id, seen_minor=2500, **ask)
    await world.drain()
    order = await world.one("SELECT refunded_minor FROM order_line WHERE id = :l", l=line.id)
    assert order == 500


async def test_who_asked_for_a_refund_that_failed_can_ask_again(world: World, owner: Account) -> None:
    buyer, _order, line = await _sold(world, owner)
    for _time in range(2):
        async with db.transaction() as session:
            assert (await refunds.ask(session, Actor(buyer.id), line.id, "")).state == "approved"
        await world.drain()
        with pytest.raises(Conflict, match="asked already"):
            async with db.transaction() as session:
                await refunds.ask(session, Actor(buyer.id), line.id, "")
        newest = "SELECT provider_id FROM refund WHERE line_id = :l ORDER BY created_at DESC, id DESC LIMIT 1"
        await world.act("fail-refund", str(await world.one(newest, l=line.id)))
        await world.drain()
        assert await _access(world, buyer) == 1
    of = await world.rows("SELECT id FROM refund WHERE line_id = :l", l=line.id)
    assert [await _told(world, f"refund-failed-{row[0]}") for row in of] == [{buyer.email, owner.email}] * 2


async def test_a_refund_that_fails_gives_no_access_while_another_takes_it(world: World, owner: Account) -> None:
    buyer, _, line = await _sold(world, owner)
    await _refund(world, owner, line, 1000)
    second = await _refund(world, owner, line, 1500)
    await world.act("fail-refund", second)
    await world.drain()
    assert await _access(world, buyer) == 0


async def test_refunding_again_what_came_back_before_we_know_it(world: World, owner: Account) -> None:
    """A full refund fails, a second full one is made, and the news arrive the other way round."""
    _, order, line = await _sold(world, owner)
    await world.act("fail-refund", await _refund(world, owner, line, 2500))
    await world.act("refund", order.charge_id)
    for row in reversed(await world.deliveries()):
        assert await world.deliver(row[0]) == 200
        await world.drain_jobs()
    states = await world.rows("SELECT state FROM refund WHERE order_id = :o ORDER BY created_at", o=order.id)
    assert [row[0] for row in states] == ["failed", "succeeded"]
    assert await world.one('SELECT refunded_minor FROM "order" WHERE id = :o', o=order.id) == 2500


async def test_cents_add_up_when_a_refund_in_the_middle_fails(world: World, owner: Account) -> None:
    _, order, line = await _sold(world, owner, price_minor=333)
    parts = [await _refund(world, owner, line, amount) for amount in (1, 5, 110)]
    await world.act("fail-refund", parts[1])
    await world.drain()
    await _refund(world, owner, line, 222)
    row = (await world.rows("SELECT * FROM order_line WHERE id = :l", l=line.id))[0]
    assert (row.refunded_minor, row.disputed_minor) == (333, 0)
    assert await world.one("SELECT sum(amount_minor - taken_minor) FROM share WHERE line_id = :l", l=line.id) == 0
    transfers = await world.stripe("transfer", transfer_group=str(order.id))
    assert sum(t["amount"] - t["amount_reversed"] for t in transfers) == 0


async def test_a_payout_and_its_failure(world: World, owner: Account) -> None:
    await _sold(world, owner)
    account = await world.one("SELECT account_id FROM merchant WHERE creator_id = :c", c=owner.id)
    await world.draw_out(account)
    await world.drain()
    payout = (await world.rows("SELECT id, amount_minor, state FROM payout WHERE creator_id = :c", c=owner.id))[0]
    assert payout.state == "pending"
    await world.act("payout", payout.id, result="failed")
    await world.drain()
    assert await world.one("SELECT state FROM payout WHERE id = :p", p=payout.id) == "failed"
    there = (await world.stripe_balance(account))["usd"]
    assert there >= payout.amount_minor
    assert there == await world.one(
        "SELECT sum(amount_minor) FROM ledger_posting WHERE account = 'connected' AND owner_id = :c", c=owner.id
    )


async def test_money_waits_while_an_account_is_restricted(world: World) -> None:
    """Even when the restriction is news to us only by the provider's refusal."""
    creator = await world.creator("Held")
    account = await world.one("SELECT account_id FROM merchant WHERE creator_id = :c", c=creator.id)
    await world.act("account", account, status="restricted")
    await world.lose_all()
    _, order, _ = await _sold(world, creator)
    assert await world.stripe("transfer", transfer_group=str(order.id)) == []
    assert await world.one("SELECT transfers FROM merchant WHERE creator_id = :c", c=creator.id) == "restricted"
    await world.act("account", account, status="active")
    await world.drain()
    assert [t["amount"] for t in await world.stripe("transfer", transfer_group=str(order.id))] == [2250]


@pytest.mark.parametrize(
    ("kind", "endpoint"),
    [
        ("customer.created", "stripe"), ("payment_intent.payment_failed", "stripe"), ("invoice.paid", "stripe"),
        ("transfer.created", "stripe"), ("payout.paid", "stripe"), ("checkout.session.completed", "stripe-connect"),
        ("person.created", "stripe-connect"),
    ],
)  # fmt: skip
async def test_other_events_are_ignored(world: World, kind: str, endpoint: str) -> None:
    event = _event(kind, "x_1", account="acct_1")
    assert await _send(world, event, endpoint) == 200
    await world.drain_jobs()
    assert await _state(world, event) == ("ignored", "", 0)


async def test_an_event_of_the_other_mode_is_ignored(world: World, owner: Account) -> None:
    buyer, page = await _page(world, owner)
    await world.pay(page)
    await world.lose_all()
    event = _event("checkout.session.completed", page.rsplit("/", 1)[-1], livemode=True)
    assert await _send(world, event) == 200
    await world.drain_jobs()
    assert (await _state(world, event))[0] == "ignored"
    assert await _access(world, buyer) == 0


async def test_an_event_of_somebody_elses_payment_is_ignored(world: World) -> None:
    """Another shop on the same account."""
    refund = {
        "id": "re_foreign",
        "object": "refund",
        "amount": 5,
        "currency": "usd",
        "status": "succeeded",
        "metadata": {},
    }
    refund |= {"payment_intent": "pi_foreign", "charge": "ch_foreign", "failure_reason": None, "created": 1}
    await world.rows(
        "INSERT INTO sandbox.objects (vendor, kind, id, data) VALUES ('stripe', 'refund', 're_foreign', CAST(:d AS jsonb))",
        d=json.dumps(refund),
    )
    event = _event("refund.created", "re_foreign")
    await _send(world, event)
    await world.drain_jobs()
    assert (await _state(world, event))[0] == "ignored"


async def test_a_duplicate_is_one_event(world: World, owner: Account) -> None:
    _, page = await _page(world, owner)
    await world.pay(page)
    (row,) = [r for r in await world.deliveries() if r[3] == "checkout.session.completed"]
    for _ in range(3):
        assert await world.deliver(row[0], keep=True) == 200
    assert await world.one("SELECT count(*) FROM webhook_event WHERE event_id = :e", e=row[2]) == 1
    assert sum(job.task == "inbox.handle" for job in await world.jobs()) == 1


async def test_events_that_come_together_share_a_job_but_not_a_failure(world: World, owner: Account) -> None:
    """The third is at fault; the others are done, and it alone is tried again until it is parked."""
    buyers, events = [], []
    for _ in range(4):
        buyer, page = await _page(world, owner)
        await world.pay(page)
        buyers.append(buyer)
        events.append(_event("checkout.session.completed", page.rsplit("/", 1)[-1]))
    await world.lose_all()
    other = _event("transfer.updated", "tr_1")
    third = (await _order(world, events[2]["data"]["object"]["id"])).id
    await world.rows(
        f"ALTER TABLE \"order\" ADD CONSTRAINT poison CHECK (id <> '{third}' OR state <> 'paid') NOT VALID"
    )
    try:
        answers = await together(*(_send(world, event) for event in [*events, other]))
        assert answers == [200] * 5
        assert {job.task for job in await world.jobs()} <= {"inbox.handle", "inbox.handle_all"}
        assert len(await world.jobs()) < 5
        await _run_all(world, 1)
        assert [(await _state(world, event))[0] for event in events] == ["handled", "handled", "received", "handled"]
        assert (await _state(world, other))[0] == "ignored"
        assert [await _access(world, buyer) for buyer in buyers] == [1, 1, 0, 1]
        await _run_all(world, 9)
    finally:
        await world.rows('ALTER TABLE "order" DROP CONSTRAINT poison')
    assert (await _state(world, events[2]))[::2] == ("parked", 8)


async def test_the_same_events_in_any_order_at_two_servers_at_once(world: World) -> None:
    """Neither waits for the other in a ring, and each event is stored once. Rows take their time, so that they meet."""
    came = [_arrived(f"evt_{uuid4().hex}") for _ in range(6)]

    async def store(events: list[ProviderEvent]) -> set[tuple[str, str]]:
        async with db.transaction() as session:
            return await inbox.receive(session, events)

    await world.rows(
        "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN PERFORM pg_sleep(0.02); RETURN NEW; END $$"
    )
    await world.rows("CREATE TRIGGER dawdle BEFORE INSERT ON webhook_event FOR EACH ROW EXECUTE FUNCTION dawdle()")
    try:
        stored = await together(store(came), store(came[::-1]), store(came[3:] + came[:3]))
    finally:
        await world.rows("DROP TRIGGER dawdle ON webhook_event")
        await world.rows("DROP FUNCTION dawdle")
    assert [one for one in stored if isinstance(one, BaseException)] == []
    assert sorted(key for one in stored for key in one) == sorted(("stripe", event.id) for event in came)


async def test_an_event_that_cannot_be_stored_takes_no_other_with_it(world: World) -> None:
    good, bad = (
        [_arrived(f"evt_{uuid4().hex}") for _ in range(3)],
        _arrived(f"evt_{uuid4().hex}", payload={"a": "\x00"}),
    )
    intake = Intake()
    answers = await together(*(intake.store(event) for event in [good[0], bad, *good[1:]]))
    assert [answer is True for answer in answers] == [True, False, True, True]
    assert isinstance(answers[1], Exception)
    assert await world.one("SELECT count(*) FROM webhook_event WHERE event_id = ANY(:e)", e=[e.id for e in good]) == 3


def _arrived(event_id: str, **fields: Any) -> ProviderEvent:
    return ProviderEvent("stripe", event_id, "transfer.updated", "tr_1", "", int(time.time()), False, **fields)


@pytest.mark.parametrize("header", ["", "t=1,v1=abc", "t=99999999999,v1=" + "0" * 64])
async def test_what_is_not_signed_is_not_stored(world: World, header: str) -> None:
    event = _event("checkout.session.completed", "cs_x")
    assert await world.post("stripe", json.dumps(event).encode(), **{"Stripe-Signature": header}) == 400
    assert await world.rows("SELECT 1 FROM webhook_event WHERE event_id = :e", e=event["id"]) == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"id": 5}', b'"x"', b"\xff"])
async def test_signed_rubbish_is_refused(world: World, body: bytes) -> None:
    try:
        assert await world.post("stripe", body) == 400
    except UnicodeDecodeError:
        assert body == b"\xff"  # can't even be signed


async def test_an_unknown_page_is_parked_with_a_reason_at_once(world: World) -> None:
    event = _event("checkout.session.completed", "cs_test_nowhere")
    await _send(world, event)
    await world.drain_jobs()
    state, error, _ = await _state(world, event)
    assert state == "parked"
    assert "doesn't know" in error
    async with db.transaction() as session:
        assert event["id"] in [row.event_id for row in await inbox.parked(session)]


async def test_a_poison_event_is_tried_eight_times_then_parked_and_retried_by_hand(
    world: World, owner: Account
) -> None:
    buyer, page = await _page(world, owner)
    await world.pay(page)
    await world.lose_all()
    event = _event("checkout.session.completed", page.rsplit("/", 1)[-1])
    await _send(world, event)
    await world.rows("ALTER TABLE ledger_entry ADD CONSTRAINT poison CHECK (kind <> 'sale') NOT VALID")
    try:
        await _run_all(world, 7)
        assert (await _state(world, event))[::2] == ("received", 7)
        await _run_all(world, 3)
    finally:
        await world.rows("ALTER TABLE ledger_entry DROP CONSTRAINT poison")
    state, error, attempts = await _state(world, event)
    assert (state, attempts) == ("parked", 8)
    assert "poison" in error
    assert (await world.jobs(), await _access(world, buyer)) == ([], 0)
    row = await world.one("SELECT id FROM webhook_event WHERE event_id = :e", e=event["id"])
    async with db.transaction() as session:
        await inbox.retry(session, row)
    await world.drain()
    assert ((await _state(world, event))[0], await _access(world, buyer)) == ("handled", 1)


async def test_an_event_waits_while_the_provider_is_down(world: World, owner: Account) -> None:
    buyer, page = await _page(world, owner)
    await world.pay(page)
    for row in await world.deliveries():
        await world.deliver(row[0])
    await world.knobs("stripe", down=True)
    await _run_all(world, 1)
    assert await _access(world, buyer) == 0
    await world.knobs("stripe", down=False)
    await world.drain()
    assert await _access(world, buyer) == 1


async def test_a_receipt_is_mailed_once(world: World, owner: Account) -> None:
    buyer, page = await _page(world, owner)
    await world.pay(page)
    await world.drain()
    order = await _order(world, page)
    for task, args in (("orders.receipt", {"order_id": str(order.id)}), ("mail.send", {"key": f"receipt-{order.id}"})):
        for _ in range(3):
            await world.call(task, args)
    await world.drain()
    sent = await world.rows(
        "SELECT data->>'subject' FROM sandbox.objects WHERE vendor = 'mail' AND data->>'address' = :a", a=buyer.email
    )
    assert len(sent) == 1
    assert "receipt" in sent[0][0]
    kept = await world.rows("SELECT text, html FROM outgoing_mail WHERE key = :k", k=f"receipt-{order.id}")
    assert tuple(kept[0]) == ("", "")


async def test_a_mail_waits_for_the_relay(world: World, owner: Account) -> None:
    buyer, page = await _page(world, owner)
    await world.pay(page)
    await world.knobs("mail", down=True)
    with pytest.raises(Exception, match="isn't answering"):
        await world.drain()
    await world.knobs("mail", down=False)
    await world.drain()
    assert (
        await world.one(
            "SELECT count(*) FROM sandbox.objects WHERE vendor = 'mail' AND data->>'address' = :a", a=buyer.email
        )
        == 1
    )
