"""The library's state with a learner who owns sixty lessons."""

from __future__ import annotations

from uuid import uuid4

import pytest
from shelves import statements

from marketplace.domain.access.service import ANONYMOUS, Actor
from marketplace.domain.accounts.models import Account
from marketplace.state.library import LibraryState
from tests.domain.world import World
from tests.state.pages import Open


@pytest.fixture(scope="module")
async def reader(world: World) -> Account:
    creator, person = await world.creator("Sixty", outcome=""), await world.person()
    for sql in statements(f"sixty{uuid4().hex[:8]}", creator.id, [person.id], 60):
        await world.rows(sql)
    return person


def numbers(items: list[dict[str, str]]) -> list[int]:
    return [int(item["title"].rsplit(" ", 1)[1]) for item in items]


async def test_sixty_lessons_come_in_three_pages(world: World, reader: Account) -> None:
    page, sizes = Open(LibraryState, Actor(reader.id)), []
    await page.call("on_load")
    assert (page.state.total, page.state.filters, page.state.loaded) == (60, True, True)
    assert numbers(page.state.going) == [58, 55, 52, 49, 46, 43]
    while True:
        sizes.append(len(page.state.items))
        if not page.state.next_key:
            break
        await page.call("more")
    assert sizes == [24, 48, 60]
    assert numbers(page.state.items) == list(range(1, 61))
    await page.call("more")
    assert len(page.state.items) == 60


async def test_a_filter_shows_its_lessons_only(world: World, reader: Account) -> None:
    page = Open(LibraryState, Actor(reader.id), show="done")
    await page.call("on_load")
    assert (numbers(page.state.items), page.state.next_key, page.state.going) == (list(range(2, 61, 3)), "", [])
    assert {item["status"] for item in page.state.items} == {"Finished"}
    page.go(show="'; --")
    await page.call("on_load")
    assert (page.state.show, len(page.state.items)) == ("", 24)


async def test_a_newcomer_owns_nothing_and_a_visitor_is_asked_to_sign_in(world: World) -> None:
    page = Open(LibraryState, Actor((await world.person()).id))
    await page.call("on_load")
    state = page.state
    assert (state.loaded, state.total, state.items, state.going, state.next_key) == (True, 0, [], [], "")
    page = Open(LibraryState, ANONYMOUS)
    assert await page.call("on_load") is not None
    assert not page.state.loaded
