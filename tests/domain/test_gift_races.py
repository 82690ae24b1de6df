"""Two people open one present at the same moment: one has it, and the present says so."""

from __future__ import annotations

import asyncio

from marketplace import db
from marketplace.checkout import check_out_cart, put_into_cart
from marketplace.domain.access.service import Actor
from marketplace.domain.gifts import service as gifts
from marketplace.domain.orders import service as orders
from marketplace.errors import Conflict
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
