"""Two people open one present at the same moment: one has it. One person isn't given the same thing twice."""

from __future__ import annotations

import asyncio

import pytest

from marketplace import db
from marketplace.checkout import check_out_cart, put_into_cart
from marketplace.domain.access.service import Actor
from marketplace.domain.gifts import service as gifts
from marketplace.domain.orders import refunds
from marketplace.domain.orders import service as orders
from marketplace.errors import Conflict, Invalid
from tests.domain.world import World


async def test_a_present_opened_twice_at_once_has_one_owner(world: World) -> None:
    giver, people = await world.person(), [await world.person(), await world.person()]
    product = await world.lesson(await world.creator())
    await put_into_cart(Actor(giver.id), product.slug, wish=gifts.Wish(people[0].email, "Fin", ""))
    await world.pay(await check_out_cart(Actor(giver.id), "usd"))
    await world.drain()
    gift_id = await world.one("SELECT id FROM gift WHERE giver_id = :g", g=giver.id)
    both_looked = asyncio.Barrier(2)

    async def opens(person: Actor) -> bool:
        try:
            async with db.transaction() as session:
                await gifts.gift(session, gift_id)  # both know it as nobody's
                await both_looked.wait()
                await orders.claim_gift(session, person, gift_id)
        except Conflict:
            return False
        return True

    took = await asyncio.gather(*(opens(Actor(person.id)) for person in people))
    assert sorted(took) == [False, True]
    owner = await world.one("SELECT claimed_by FROM gift WHERE id = :g", g=gift_id)
    assert owner == people[took.index(True)].id
    assert (
        await world.one("SELECT account_id FROM \"grant\" WHERE product_id = :p AND source = 'gift'", p=product.id)
        == owner
    )


async def test_nobody_is_given_the_same_thing_twice(world: World) -> None:
    giver, friend, maker = await world.person(), await world.person(), await world.creator()
    product = await world.lesson(maker)
    wish = gifts.Wish(friend.email.upper())
    await put_into_cart(Actor(giver.id), product.slug, wish=wish)
    await world.pay(await check_out_cart(Actor(giver.id), "usd"))
    await world.drain()
    with pytest.raises(Invalid, match="given them this"):
        await put_into_cart(Actor(giver.id), product.slug, wish=wish)
    line = await world.one("SELECT id FROM order_line WHERE product_id = :p", p=product.id)
    async with db.transaction() as session:
        await refunds.request(
            session, Actor(maker.id, "member", True), line, amount_minor=2500, revoke_access=True, note=""
        )
    await world.drain()
    assert await world.one("SELECT state FROM gift WHERE giver_id = :g", g=giver.id) == "returned"
    await put_into_cart(Actor(giver.id), product.slug, wish=wish)
