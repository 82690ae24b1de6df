"""The wizard's state: starting a lesson, and its address."""

from __future__ import annotations

import re
from typing import Any

import pytest

from marketplace import db
from marketplace.domain.access.service import ANONYMOUS, Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.catalog import service as catalog
from marketplace.state.action import declared
from marketplace.state.wizard import WizardState
from tests.domain.world import World
from tests.state.pages import Open

ID = re.compile(r"/studio/new\?id=([0-9a-f-]{36})")


@pytest.fixture
async def maker(world: World) -> Account:
    return await world.creator("Wanda Wizard", outcome="")


def wizard(person: Account, **query: str) -> Open:
    return Open(WizardState, Actor(person.id, "member", True), **query)


async def drafts(world: World, person: Account) -> int:
    return int(await world.one("SELECT count(*) FROM product WHERE creator_id = :c", c=person.id))


async def begin(page: Open) -> str:
    """The id that the browser is sent to."""
    found = ID.search(str(await page.call("begin")))
    assert found
    return found[1]


async def test_opening_the_page_makes_nothing_and_starting_is_limited(world: World, maker: Account) -> None:
    page = wizard(maker)
    assert await page.call("on_load") is WizardState.begin
    assert (page.state.starting, await drafts(world, maker)) == (True, 0)
    assert await begin(page) == await begin(page)
    assert await drafts(world, maker) == 1
    start: Any = declared(WizardState.begin.fn)
    assert start.who == "creator"
    assert start.rate[0] * 3600 / start.rate[1] <= 200


@pytest.mark.parametrize("who", [ANONYMOUS, "member"])
async def test_who_does_not_sell_starts_no_lesson(world: World, who: Any) -> None:
    person = await world.person()
    page = Open(WizardState, Actor(person.id) if who == "member" else who)
    assert await page.call("on_load") not in (None, WizardState.begin)
    await page.call("begin")  # refused, as a message
    assert await drafts(world, person) == 0


async def test_the_address_follows_the_title_and_then_what_is_typed(world: World, maker: Account) -> None:
    page = wizard(maker)
    page.go(id=await begin(page))
    await page.call("on_load")
    assert page.state.address["slug"] == "lesson"
    await page.call("edit", "title", "Carve a spoon")
    assert (page.state.form["slug"], page.state.address["slug"]) == ("", "carve-a-spoon")
    await page.call("edit", "slug", " Spoon & bowl ")
    assert (page.state.form["slug"], page.state.address["slug"]) == ("spoon-bowl", "spoon-bowl")
    assert page.state.address["old"] == ""
    await page.call("edit", "slug", "!!!")
    assert set(page.state.errors) == {"slug"}
    assert page.state.form["slug"] == "spoon-bowl"
    await page.call("edit", "slug", "")
    assert (page.state.errors, page.state.address["slug"]) == ({}, "carve-a-spoon")


async def test_moving_a_published_lesson(world: World, maker: Account) -> None:
    lesson = await world.lesson(maker, price_kind="free")
    page = wizard(maker, id=str(lesson.id))
    await page.call("on_load")
    assert (page.state.form["slug"], page.state.has_changes) == (lesson.slug, False)
    await page.call("edit", "slug", f"{lesson.slug}-again")
    assert (page.state.address["old"], page.state.has_changes) == (f"/lessons/{lesson.slug}", True)
    assert page.state.public_href == f"/lessons/{lesson.slug}"
    async with db.transaction() as session:
        await catalog.publish(session, Actor(maker.id, "member", True), lesson.id, revision=None)
    await page.call("reload")
    assert page.state.public_href == f"/lessons/{lesson.slug}-again"
    assert (page.state.address["old"], page.state.has_changes) == ("", False)


async def test_anothers_lesson_can_not_be_opened(world: World, maker: Account) -> None:
    lesson, other = await world.lesson(maker, price_kind="free"), await world.creator("Other", outcome="")
    page = wizard(other, id=str(lesson.id))
    await page.call("on_load")
    assert page.state.failure
    assert (page.state.form, page.state.address) == ({}, {})
    page.state._product_id = str(lesson.id)
    await page.call("edit", "slug", "mine-now")
    assert await world.one("SELECT slug FROM product_draft WHERE product_id = :p", p=lesson.id) == ""
