"""The reviews of a product's page for everybody who may come: the state holds what the first paint showed."""

from __future__ import annotations

import pytest

from marketplace import db
from marketplace.api.paint.reviews import reviews as painted
from marketplace.api.paint.views import Asked, lesson_page
from marketplace.domain.access.service import ANONYMOUS, Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.catalog import service as catalog
from marketplace.domain.catalog.models import Product
from marketplace.domain.reviews import service as reviews
from marketplace.reviewing import Shown, next_address
from marketplace.state.admin_reviews import AdminReviewsState
from marketplace.state.library import LibraryState
from marketplace.state.reviews import ReviewsState
from tests.domain.test_reviews import lesson, owner, write
from tests.domain.world import World
from tests.state.pages import Open


@pytest.fixture(scope="module")
async def maker(world: World) -> Account:
    return await world.creator("Page Maker", outcome="")


@pytest.fixture(scope="module")
async def rated(world: World, maker: Account) -> Product:
    """Twelve reviews, so that there is a second page."""
    product = await lesson(world, maker)
    for n in range(12):
        who = await owner(world, product)
        id_ = await write(who, product, 1 + n % 5, f"What number {n} has to say")
    async with db.transaction() as session:
        await reviews.reply(session, Actor(maker.id, "member", True), id_, "An answer to the last one")
    return product


@pytest.mark.parametrize("visitor", ["nobody", "stranger", "not yet", "may", "author", "hidden", "creator"])
async def test_the_first_paint_is_what_the_live_page_shows(
    world: World, maker: Account, rated: Product, visitor: str
) -> None:
    who = await guest(world, maker, rated, visitor)
    query = {"review": "written"}
    async with db.transaction() as session:
        view = await lesson_page(session, Asked(f"/lessons/{rated.slug}", rated.slug, query, who))
    page = Open(ReviewsState, who, lesson_slug=rated.slug, **query)
    await page.call("on_load")
    state = page.state
    there = painted(
        Shown(
            state.figures, state.bars, state.items, state.next_key,
            next_address(f"/lessons/{rated.slug}", state.next_key), state.mine, state.answers, state.told,
        )
    )  # fmt: skip
    assert there is not None
    assert there in view.main
    assert ("Thank you. Your review" in there) is (visitor != "nobody")
    assert ("How many stars?" in there) is (visitor in ("may", "author", "hidden"))
    assert ("/reply" in there) is (visitor == "creator")


async def guest(world: World, maker: Account, product: Product, visitor: str) -> Actor:
    if visitor in ("nobody", "creator"):
        return ANONYMOUS if visitor == "nobody" else Actor(maker.id, "member", True)
    if visitor == "stranger":
        return Actor((await world.person()).id)
    who = await owner(world, product, used=visitor != "not yet")
    if visitor in ("author", "hidden"):
        id_ = await write(who, product, 2, "Mine, written just now")
        if visitor == "hidden":
            async with db.transaction() as session:
                await reviews.hide(session, Actor(maker.id, "admin"), id_, "Insults")
    return who


async def test_more_come_live_and_what_is_archived_shows_nothing(world: World, maker: Account) -> None:
    product = await lesson(world, maker)
    for n in range(12):
        who = await owner(world, product)
        await write(who, product, 5, f"Live number {n}")
    page = Open(ReviewsState, ANONYMOUS, lesson_slug=product.slug)
    await page.call("on_load")
    assert len(page.state.items) == 10
    await page.call("more")
    assert (len({item["id"] for item in page.state.items}), page.state.next_key) == (12, "")
    again = Open(ReviewsState, ANONYMOUS, lesson_slug=product.slug)
    await again.call("on_load")
    async with db.transaction() as session:
        await catalog.change_state(session, Actor(maker.id, "member", True), product.id, "unpublish")
        await catalog.change_state(session, Actor(maker.id, "member", True), product.id, "archive")
    await again.call("more")
    assert len(again.state.items) == 10
    await again.call("on_load")
    assert (again.state.items, again.state.figures) == ([], {})
    kept = Open(ReviewsState, who, lesson_slug=product.slug)
    await kept.call("on_load")
    assert kept.state.mine["has"] == "yes", "who has it finds their review, and can still change it"


async def test_the_library_leads_to_the_form_once_something_is_finished(world: World, maker: Account) -> None:
    product = await lesson(world, maker)
    who = await owner(world, product)
    page = Open(LibraryState, who)
    await page.call("on_load")
    assert [item["review"] for item in page.state.items] == [""]
    await world.rows("UPDATE progress SET completed_at = now() WHERE account_id = :a", a=who.account_id)
    await page.call("on_load")
    assert [item["review"] for item in page.state.items] == [f"/lessons/{product.slug}"]
    await write(who, product, 5)
    await page.call("on_load")
    assert [item["review"] for item in page.state.items] == [""]


async def test_an_admin_hides_and_restores_and_others_are_sent_away(world: World, maker: Account) -> None:
    product = await lesson(world, maker)
    id_ = str(await write(await owner(world, product), product, 1, "Hide me if you like"))
    for who in (ANONYMOUS, Actor(maker.id, "moderator")):
        page = Open(AdminReviewsState, who)
        await page.call("on_load")
        assert page.state.rows == []
        assert page.state.loaded is False
    page = Open(AdminReviewsState, Actor(maker.id, "admin"), show="all")
    await page.call("on_load")

    def hidden() -> str:
        return str(next(row["hidden"] for row in page.state.rows if row["id"] == id_))

    assert hidden() == ""
    await page.call("hide", {"review": id_, "reason": ""})
    assert page.state.errors == {"reason": "The reason can't be empty."}
    await page.call("hide", {"review": id_, "reason": "Insults"})
    assert hidden() == "Insults"
    await page.call("restore", id_)
    assert hidden() == ""
