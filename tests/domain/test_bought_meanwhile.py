"""A payment that a worker books while its buyer begins to buy the same thing again is no second purchase."""

from __future__ import annotations

import asyncio

import pytest

from marketplace import db
from marketplace.checkout import start_purchase
from marketplace.domain.access.service import Actor
from marketplace.domain.orders import service as orders
from marketplace.errors import Conflict
from marketplace.vendors import vendors
from tests.domain.world import World


async def test_a_purchase_that_is_just_being_booked_is_not_begun_again(world: World) -> None:
    owner, buyer = await world.creator(), Actor((await world.person()).id)
    lesson = await world.lesson(owner, price_minor=2500)
    page = await start_purchase(buyer, lesson.slug)
    await world.pay(page)
    state = await vendors().payments.checkout(page.rsplit("/", 1)[-1])
    waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND state = 'active'"
    async with db.transaction() as booking:
        assert await orders.apply_checkout(booking, state)
        second = asyncio.create_task(start_purchase(buyer, lesson.slug))
        async with asyncio.timeout(20):
            while not second.done() and not await world.one(waits):
                await asyncio.sleep(0.01)
    with pytest.raises(Conflict, match="already own"):
        await second
    assert await world.one('SELECT count(*) FROM "order" WHERE buyer_id = :b', b=buyer.account_id) == 1
