"""A code for a first purchase is worth one purchase, however many payment pages are open."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest

from marketplace import db
from marketplace.checkout import start_purchase
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.coupons import service as coupons
from marketplace.errors import Conflict
from marketplace.jobs import webhooks
from tests.domain.world import World, together


async def welcome(owner: Account) -> str:
    code = f"W{uuid4().hex[:10].upper()}"
    async with db.transaction() as session:
        draft = coupons.Draft(code, percent=Decimal(50), first_purchase_only=True)
        await coupons.create(session, Actor(owner.id, "member", True), draft)
    return code


async def test_pages_opened_side_by_side_arent_all_the_first_purchase(world: World) -> None:
    owner, buyer = await world.creator(), Actor((await world.person()).id)
    one, two, three = [await world.lesson(owner, price_minor=1000) for _ in range(3)]
    code, other = await welcome(owner), await welcome(owner)
    page = await start_purchase(buyer, one.slug, code=code)
    assert await start_purchase(buyer, one.slug, code=code) == page, "the same purchase, once more"
    for again in (code, other):
        with pytest.raises(Conflict, match="first purchase only"):
            await start_purchase(buyer, two.slug, code=again)
    await world.pay(page)
    await world.drain()
    with pytest.raises(Conflict, match="first purchase only"):
        await start_purchase(buyer, three.slug, code=other)
    paid = "SELECT count(*) FROM order_line WHERE buyer_id = :b AND discount_minor > 0 AND open = false"
    assert await world.one(paid, b=buyer.account_id) == 1


async def test_at_the_same_moment_one_gets_it(world: World) -> None:
    owner, buyer = await world.creator(), Actor((await world.person()).id)
    lessons = [await world.lesson(owner, price_minor=1000) for _ in range(4)]
    codes = [await welcome(owner), await welcome(owner)]
    tries = [start_purchase(buyer, x.slug, code=codes[n % 2]) for n, x in enumerate(lessons)]
    answers = await together(*tries)
    assert sum(isinstance(answer, str) for answer in answers) == 1


async def test_a_page_that_was_given_up_takes_nothing_away(world: World) -> None:
    owner, buyer = await world.creator(), Actor((await world.person()).id)
    one, two = [await world.lesson(owner, price_minor=1000) for _ in range(2)]
    code = await welcome(owner)
    page = await start_purchase(buyer, one.slug, code=code)
    await world.act("expire", page.rsplit("/", 1)[-1])
    await webhooks.apply_checkout(page.rsplit("/", 1)[-1])
    assert await start_purchase(buyer, two.slug, code=code)
