"""What admins see of debts and of creators who left, and nobody else."""

from __future__ import annotations

from uuid import UUID

import pytest

from marketplace import db, leaving
from marketplace.checkout import start_purchase
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.orders import refunds
from marketplace.jobs import webhooks
from marketplace.state import former
from marketplace.state.former import FormerState
from marketplace.state.settings import SettingsState
from tests.domain.world import World
from tests.state.pages import Open


async def sold(world: World, owner: Account, *, restricted: bool = False) -> tuple[Account, str]:
    """(buyer, line) of a sale without refunds on request; ``restricted``: the owner's account takes no money by then."""
    buyer, product = await world.person(), await world.lesson(owner, refund_days=0)
    if restricted:
        await world.rows("UPDATE merchant SET transfers = 'restricted' WHERE creator_id = :c", c=owner.id)
    page = await start_purchase(Actor(buyer.id), product.slug)
    await world.pay(page)
    await webhooks.apply_checkout(page.rsplit("/", 1)[-1])
    await world.drain_jobs()
    line = await world.one(
        'SELECT l.id FROM order_line l JOIN "order" o ON o.id = l.order_id WHERE o.checkout_id = :c',
        c=page.rsplit("/", 1)[-1],
    )
    return buyer, str(line)


async def leave(who: Account) -> None:
    async with db.transaction() as session:
        await leaving.leave(session, Actor(who.id, "member", True))


@pytest.fixture
async def admin(world: World) -> Actor:
    return Actor((await world.person("Ada Admin")).id, "admin")


async def test_everybody_who_left_with_money_is_listed_once(
    world: World, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(former, "_PAGE", 2)
    gone = [await world.creator(f"Gone {n}") for n in range(3)]
    for owner in gone:
        await sold(world, owner)
        await leave(owner)
    await world.drain()
    page = Open(FormerState, admin)
    await page.call("on_load")
    while page.state.next_key:
        await page.call("more")
    places = [row["href"] for row in page.state.owing]
    assert len(places) == len(set(places))
    assert {f"/studio/balance?creator={owner.id}&currency=usd" for owner in gone} <= set(places)
    (mine,) = [row for row in page.state.owing if str(gone[0].id) in row["href"]]
    assert (mine["name"], mine["available"], mine["debt"], mine["held"]) == ("Former member", "$22.50", "", "")
    assert mine["account"].startswith("acct_")
    assert mine["left"]


async def test_an_admin_answers_for_who_left(world: World, admin: Actor) -> None:
    owner = await world.creator()
    buyer, line = await sold(world, owner)
    async with db.transaction() as session:
        await refunds.ask(session, Actor(buyer.id), UUID(line), "Please")
        ask = await refunds.appeal(session, Actor(buyer.id), UUID(line), "It has no sound")
    await leave(owner)
    page = Open(FormerState, admin)
    await page.call("on_load")
    assert [row["words"] for row in page.state.asks if row["id"] == str(ask.id)] == ["It has no sound"]
    await page.call("grant", {"ask_id": str(ask.id), "answer": "Sorry"})
    assert str(ask.id) not in {row["id"] for row in page.state.asks}
    await world.drain()
    assert await world.one("SELECT refunded_minor FROM order_line WHERE id = :l", l=line) == 2500


@pytest.mark.parametrize("role", ["member", "moderator"])
async def test_others_see_nothing_of_it(world: World, role: str) -> None:
    owner = await world.creator()
    await sold(world, owner)
    await leave(owner)
    page = Open(FormerState, Actor((await world.person()).id, role))
    await page.call("on_load")
    assert (page.state.owing, page.state.asks) == ([], [])
    page.state.next_key = "00000000-0000-0000-0000-000000000000.usd"
    await page.call("more")
    assert page.state.owing == []


async def test_settings_say_what_stands_in_the_way_and_nothing_is_deleted_meanwhile(world: World) -> None:
    owner = await world.creator()
    await sold(world, owner, restricted=True)
    page = Open(SettingsState, Actor(owner.id, "member", True))
    await page.call("on_load")
    assert page.state.may_leave is False
    assert page.state.notes[0]["kind"] == "stops"
    assert page.state.notes[0]["href"] == "/studio/payouts"
    handle = page.state.profile["handle"]
    await page.call("delete_account", {"confirm": handle})
    assert "$22.50 is waiting" in page.state.errors["leaving"]
    await world.rows("UPDATE merchant SET transfers = 'active' WHERE creator_id = :c", c=owner.id)
    await page.call("delete_account", {"confirm": "not me"})
    assert page.state.errors["confirm"]
    assert await world.one("SELECT deleted_at IS NULL FROM account WHERE id = :a", a=owner.id)
    await page.call("delete_account", {"confirm": handle})
    assert await world.one("SELECT deleted_at IS NOT NULL FROM account WHERE id = :a", a=owner.id)
    await world.drain()
