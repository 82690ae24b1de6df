"""The sweep finds what never arrived, and starts again what died; one stubborn case doesn't stop the rest."""

from __future__ import annotations

from typing import Any

import pytest

from marketplace import db
from marketplace.checkout import start_purchase
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.orders import refunds
from marketplace.jobs import sweep
from tests.domain.world import World


@pytest.fixture(scope="module")
async def owner(world: World) -> Account:
    return await world.creator()


@pytest.fixture(autouse=True)
async def quiet(world: World) -> None:
    await world.calm()
    await world.lose_all()
    await world.rows("DELETE FROM procrastinate_jobs")
    await world.rows("UPDATE webhook_event SET state = 'ignored' WHERE state = 'received'")
    await world.rows("UPDATE \"order\" SET state = 'canceled' WHERE state IN ('pending', 'processing')")
    await world.rows("UPDATE order_line SET open = false")


async def _page(world: World, owner: Account) -> tuple[Account, str]:
    buyer, product = await world.person(), await world.lesson(owner)
    return buyer, await start_purchase(Actor(buyer.id), product.slug, "")


async def _state(world: World, buyer: Account) -> Any:
    return await world.one('SELECT state FROM "order" WHERE buyer_id = :b', b=buyer.id)


async def _forget_events(world: World) -> None:
    """The provider's own list of events is lost too: only the objects are left."""
    await world.rows("DELETE FROM sandbox.objects WHERE kind IN ('event', 'v2.core.event')")


async def test_events_that_never_arrived(world: World, owner: Account) -> None:
    buyer, page = await _page(world, owner)
    await world.pay(page)
    await world.lose_all()
    await sweep.sweep()
    await world.drain()
    assert await _state(world, buyer) == "paid"
    before = await world.one("SELECT count(*) FROM webhook_event")
    await sweep.sweep()
    assert await world.one("SELECT count(*) FROM webhook_event") == before


async def test_more_events_than_one_batch(world: World, owner: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it stops, the next sweep goes on."""
    buyers = []
    for _ in range(3):
        buyer, page = await _page(world, owner)
        await world.pay(page)
        buyers.append(buyer)
    await world.lose_all()
    monkeypatch.setattr(sweep, "_BATCH", 2)
    await sweep.missed_events()
    await world.drain()
    assert [await _state(world, buyer) for buyer in buyers] == ["paid"] * 3


async def test_a_paid_page_whose_events_are_gone(world: World, owner: Account) -> None:
    buyer, page = await _page(world, owner)
    await world.pay(page)
    await world.lose_all()
    await _forget_events(world)
    await sweep.sweep()
    assert await _state(world, buyer) == "pending"  # it is only seconds old: the buyer may still be paying
    await world.age(10)
    await sweep.sweep()
    await world.drain()
    assert await _state(world, buyer) == "paid"
    assert await world.one('SELECT count(*) FROM "grant" WHERE account_id = :b', b=buyer.id) == 1


async def test_one_order_that_can_not_be_looked_up_does_not_stop_the_others(world: World, owner: Account) -> None:
    lost, lost_page = await _page(world, owner)
    buyer, page = await _page(world, owner)
    await world.rows("DELETE FROM sandbox.objects WHERE id = :s", s=lost_page.rsplit("/", 1)[-1])
    await world.pay(page)
    await world.lose_all()
    await _forget_events(world)
    await world.age(10)
    await sweep.sweep()
    assert await _state(world, buyer) == "paid"
    assert await _state(world, lost) == "pending"


async def test_an_order_that_never_got_a_page(world: World, owner: Account) -> None:
    """The process died between the order and the provider's answer."""
    buyer, _ = await _page(world, owner)
    await world.rows("UPDATE \"order\" SET checkout_id = NULL, checkout_url = '' WHERE buyer_id = :b", b=buyer.id)
    await world.age(10)
    await sweep.sweep()
    assert await _state(world, buyer) == "pending"
    await world.age(61)
    await sweep.sweep()
    assert await _state(world, buyer) == "canceled"


async def _sold(world: World, owner: Account) -> tuple[Account, Any]:
    buyer, page = await _page(world, owner)
    await world.pay(page)
    await world.drain()
    return buyer, (await world.rows("SELECT * FROM order_line WHERE buyer_id = :b", b=buyer.id))[0]


async def _ask(owner: Account, line: Any, amount: int) -> Any:
    async with db.transaction() as session:
        return await refunds.request(
            session, Actor(owner.id, "member", True), line.id, amount_minor=amount, revoke_access=True, note=""
        )


async def test_a_refund_whose_job_died(world: World, owner: Account) -> None:
    buyer, line = await _sold(world, owner)
    row = await _ask(owner, line, 2500)
    await world.rows("DELETE FROM procrastinate_jobs")
    await world.age(10)
    await sweep.sweep()
    await world.drain()
    assert await world.one("SELECT state FROM refund WHERE id = :r", r=row.id) == "succeeded"
    assert await world.rows('SELECT 1 FROM "grant" WHERE account_id = :b AND revoked_at IS NULL', b=buyer.id) == []


async def test_a_refund_that_stayed_pending(world: World, owner: Account) -> None:
    _, line = await _sold(world, owner)
    row = await _ask(owner, line, 100)
    await world.drain()
    await world.rows("UPDATE refund SET state = 'pending', settled_at = NULL WHERE id = :r", r=row.id)
    await world.age(10)
    await sweep.sweep()
    assert await world.one("SELECT state FROM refund WHERE id = :r", r=row.id) == "succeeded"


async def test_a_fee_that_was_not_known_yet(world: World, owner: Account) -> None:
    await world.knobs("stripe", late_balance_transaction=True)
    buyer, page = await _page(world, owner)
    await world.pay(page)
    await world.drain()
    fee = 'SELECT fee_minor FROM "order" WHERE buyer_id = :b'
    assert await world.one(fee, b=buyer.id) is None
    await world.browser.post(f"{world.settings.sandbox_internal_url}/clock", json={"advance": 5})
    await sweep.sweep()
    assert await world.one(fee, b=buyer.id) == 103
    await sweep.sweep()
    booked = await world.rows(
        "SELECT sum(amount_minor) FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id"
        " JOIN \"order\" o ON o.id = e.order_id WHERE o.buyer_id = :b AND account = 'processing'",
        b=buyer.id,
    )
    assert booked[0][0] == 103


async def test_a_transfer_whose_answer_was_lost(world: World, owner: Account) -> None:
    """It was made; the process died before it was written down. It is not made again."""
    _, line = await _sold(world, owner)
    await world.rows(
        "UPDATE transfer SET state = 'intended', provider_id = NULL WHERE share_id IN (SELECT id FROM share WHERE line_id = :l)",
        l=line.id,
    )
    await world.age(15)
    await sweep.sweep()
    await world.drain()
    row = (
        await world.rows(
            "SELECT state, provider_id FROM transfer WHERE share_id IN (SELECT id FROM share WHERE line_id = :l)",
            l=line.id,
        )
    )[0]
    share = str(await world.one("SELECT id FROM share WHERE line_id = :l", l=line.id))
    made = [t for t in await world.stripe("transfer") if t["metadata"]["line_id"] == share]
    assert (row[0], [row[1]]) == ("done", [t["id"] for t in made])


async def test_money_that_no_job_would_move(world: World, owner: Account) -> None:
    buyer, page = await _page(world, owner)
    await world.pay(page)
    for row in await world.deliveries():
        await world.deliver(row[0])
    for job in await world.jobs():
        await world.run(job)
    await world.rows("DELETE FROM procrastinate_jobs")
    line = await world.one("SELECT id FROM order_line WHERE buyer_id = :b", b=buyer.id)
    await sweep.hourly()
    await world.drain()
    assert (
        await world.one(
            "SELECT sum(amount_minor) FROM transfer WHERE share_id IN (SELECT id FROM share WHERE line_id = :l)", l=line
        )
        == 2250
    )


async def test_an_event_whose_job_is_gone(world: World, owner: Account) -> None:
    buyer, page = await _page(world, owner)
    await world.pay(page)
    for row in await world.deliveries():
        await world.deliver(row[0])
    await world.rows("DELETE FROM procrastinate_jobs")
    await _forget_events(world)
    await world.rows("UPDATE webhook_event SET received_at = received_at - interval '31 minutes'")
    await sweep.unhandled_events()
    await world.drain()
    assert await _state(world, buyer) == "paid"


async def test_a_mail_whose_job_died(world: World, owner: Account) -> None:
    buyer, _ = await _sold(world, owner)
    await world.rows(
        "UPDATE outgoing_mail SET sent_at = NULL, text = 'x', key = 'again-' || key WHERE recipient = :r", r=buyer.email
    )
    await world.age(16)
    await sweep.sweep()
    await world.drain()
    assert await world.one(
        "SELECT bool_and(sent_at IS NOT NULL) FROM outgoing_mail WHERE recipient = :r", r=buyer.email
    )


async def test_accounts_and_payouts_by_the_hour(world: World) -> None:
    creator = await world.creator("Hourly")
    await _sold(world, creator)
    account = await world.one("SELECT account_id FROM merchant WHERE creator_id = :c", c=creator.id)
    await world.draw_out(account)
    await world.act("account", account, status="restricted")
    await world.lose_all()
    await world.rows("UPDATE merchant SET synced_at = now() WHERE creator_id <> :c RETURNING 1", c=creator.id)
    await sweep.hourly()
    assert await world.one("SELECT transfers FROM merchant WHERE creator_id = :c", c=creator.id) == "restricted"
    assert await world.one("SELECT sum(amount_minor) FROM payout WHERE creator_id = :c", c=creator.id) == 2250


async def test_one_vendor_down_does_not_stop_the_rest(world: World, owner: Account) -> None:
    buyer, _ = await _sold(world, owner)
    await world.rows("UPDATE outgoing_mail SET sent_at = NULL WHERE recipient = :r", r=buyer.email)
    await world.age(16)
    await world.knobs("stripe", down=True)
    await sweep.sweep()
    await world.knobs("stripe", down=False)
    assert "mail.send" in [job.task for job in await world.jobs()]
