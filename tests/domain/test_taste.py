"""What speaks for a product and what doesn't: purchases, as popularity and recommendations count them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from marketplace import db
from marketplace.api.paint import views
from marketplace.clock import now
from marketplace.domain.access.service import ANONYMOUS
from marketplace.domain.accounts.models import Account
from marketplace.domain.analytics import service as analytics
from marketplace.domain.catalog import browse
from marketplace.domain.catalog.models import Product
from marketplace.domain.search import rules, taste
from marketplace.jobs import search as jobs
from marketplace.recommending import shelves
from tests.domain.test_search import maker, offer
from tests.domain.world import World

__all__ = ["maker"]


async def sale(product: Product, buyer: Account, *, at: Any = None, back: int = 0) -> None:
    async with db.transaction() as session:
        values: dict[str, Any] = {
            "creator_id": product.creator_id, "product_id": product.id, "buyer_id": buyer.id, "currency": "usd",
            "at": at or now(),
        }  # fmt: skip
        await analytics.record_sale(session, key=uuid4().hex, gross_minor=2500, net_minor=2000, **values)
        if back:
            await analytics.record_refund(session, key=uuid4().hex, amount_minor=back, net_minor=back, **values)


async def buyers(product: Product) -> tuple[int, int]:
    await jobs.fold()
    async with db.transaction() as session:
        await taste.count(session)
        row = await session.execute(
            text("SELECT buyers, popularity FROM search_document WHERE product_id = :id"), {"id": product.id}
        )
        return tuple(row.one())  # type: ignore[return-value]


async def old_friends(world: World, count: int) -> list[Account]:
    people = [await world.person() for _ in range(count)]
    async with db.transaction() as session:
        await session.execute(
            text("UPDATE account SET created_at = now() - interval '60 days' WHERE id = ANY(:ids)"),
            {"ids": [person.id for person in people]},
        )
    return people


async def test_own_returned_and_repeated_purchases_do_not_count(world: World, maker: Account) -> None:
    product = await offer(world, maker, "Honest work")
    kept, returned, partner = await old_friends(world, 3)
    async with db.transaction() as session:
        await session.execute(
            text(
                "INSERT INTO partnership (id, product_id, owner_id, partner_id, email, role, percent, code, state, created_at)"
                " VALUES (:id, :p, :o, :b, 'x@example.com', 'affiliate', 10, :code, 'accepted', now())"
            ),
            {"id": uuid4(), "p": product.id, "o": maker.id, "b": partner.id, "code": uuid4().hex},
        )
    for _again in range(3):
        await sale(product, kept)
    await sale(product, returned, back=2500)
    await sale(product, partner)
    await sale(product, maker)
    count, popularity = await buyers(product)
    assert count == 1
    assert 0 < popularity < 100
    async with db.transaction() as session:
        assert (await session.scalar(text("SELECT count(*) FROM taste_pending"))) == 0


async def test_a_burst_of_new_accounts_counts_three_a_day(world: World, maker: Account) -> None:
    product = await offer(world, maker, "Suddenly loved")
    for _n in range(6):
        await sale(product, await world.person())
    assert (await buyers(product))[0] == rules.NEW_A_DAY


async def test_a_buyer_speaks_for_three_products_of_a_creator(world: World) -> None:
    maker, [fan] = await world.creator("Prolific", outcome=""), await old_friends(world, 1)
    products = [await offer(world, maker, f"Prolific {n}") for n in range(5)]
    for product in products:
        await sale(product, fan)
    assert sum([(await buyers(product))[0] for product in products]) == rules.FROM_ONE_CREATOR


async def test_popularity_fades_and_ends(world: World, maker: Account) -> None:
    fresh, old, gone = [await offer(world, maker, f"Fading {n}") for n in range(3)]
    for product, days in ((fresh, 0), (old, 60), (gone, 100)):
        for friend in await old_friends(world, 2):
            await sale(product, friend, at=now() - timedelta(days=days))
    points = [(await buyers(product))[1] for product in (fresh, old, gone)]
    assert points[0] > points[1] > points[2] == 0
    assert points[0] == pytest.approx(rules.popularity(2), abs=1)


def ids(beside: dict[str, list[browse.Listing]]) -> dict[str, list[UUID]]:
    return {kind: [one.product.id for one in listings] for kind, listings in beside.items()}


async def test_what_two_people_bought_together_and_next(world: World, maker: Account) -> None:
    first, second, once = [await offer(world, maker, f"Pair {n}") for n in range(3)]
    friends = await old_friends(world, 2)
    for friend in friends:
        await sale(first, friend, at=now() - timedelta(days=2))
        await sale(second, friend)
    await sale(once, friends[0])
    await jobs.fold()
    async with db.transaction() as session:
        assert ids(await browse.beside(session, first, 1)) == {"after": [second.id]}, "it stands on one shelf only"
        assert ids(await browse.beside(session, second, 1)) == {"together": [first.id]}
    await sale(second, friends[0], back=5000)
    async with db.direct() as connection:
        await connection.execute("LISTEN page_news")
        await jobs.fold()
        told = " ".join([news.payload async for news in connection.notifies(timeout=0.1)])
        await connection.execute("UNLISTEN page_news")
    assert f"product:{first.id}" in told, "its kept page shows another shelf from now on"
    async with db.transaction() as session:
        assert ids(await browse.beside(session, first, 1)).keys() == {"topic"}, "one buyer is nobody's taste"


async def test_a_product_that_nobody_bought_shows_its_topic(world: World, maker: Account) -> None:
    lonely = await offer(world, maker, "Lonely", topic="wellbeing")
    other = await offer(world, await world.creator("Another Maker"), "Company", topic="wellbeing")
    async with db.transaction() as session:
        assert [
            (shelf["title"], [card["title"] for card in shelf["items"]]) for shelf in await shelves(session, lonely)
        ] == [("More in Wellbeing", [other.title])]
    async with db.direct() as connection:
        page = await views.lesson_page(connection, views.Asked(f"/lessons/{lonely.slug}", lonely.slug, {}, ANONYMOUS))
    assert f"product:{other.id}" in page.tags, "a kept page goes when what stands on its shelf changes"
