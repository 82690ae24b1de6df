"""The library's state with a learner who owns sixty lessons."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
import reflex as rx
from shelves import statements

from marketplace.domain.access.service import ANONYMOUS, Actor
from marketplace.domain.accounts.models import Account
from marketplace.state import action
from marketplace.state.library import LibraryState
from tests.domain.world import World


@pytest.fixture(scope="module")
async def reader(world: World) -> Account:
    creator, person = await world.creator("Sixty", outcome=""), await world.person()
    for sql in statements(f"sixty{uuid4().hex[:8]}", creator.id, [person.id], 60):
        await world.rows(sql)
    return person


def library(who: Actor, **query: str) -> Any:
    """The state on the page ``/library?<query>``, for an event that the door let in as ``who``."""
    action.enter(who, "")
    root = rx.State(init_substates=False, _reflex_internal_init=True)  # type: ignore[call-arg]
    root.router_data = {"query": query}
    return LibraryState(parent_state=root, init_substates=False, _reflex_internal_init=True)  # type: ignore[call-arg]


async def call(state: Any, handler: str) -> Any:
    return await LibraryState.event_handlers[handler].fn(state)


def numbers(items: list[dict[str, str]]) -> list[int]:
    return [int(item["title"].rsplit(" ", 1)[1]) for item in items]


async def test_sixty_lessons_come_in_three_pages(world: World, reader: Account) -> None:
    state, sizes = library(Actor(reader.id)), []
    await call(state, "on_load")
    assert (state.total, state.filters, state.loaded) == (60, True, True)
    assert numbers(state.going) == [58, 55, 52, 49, 46, 43]
    while True:
        sizes.append(len(state.items))
        if not state.next_key:
            break
        await call(state, "more")
    assert sizes == [24, 48, 60]
    assert numbers(state.items) == list(range(1, 61))
    await call(state, "more")
    assert len(state.items) == 60


async def test_a_filter_shows_its_lessons_only(world: World, reader: Account) -> None:
    state = library(Actor(reader.id), show="done")
    await call(state, "on_load")
    assert (numbers(state.items), state.next_key, state.going) == (list(range(2, 61, 3)), "", [])
    assert {item["status"] for item in state.items} == {"Finished"}
    state = library(Actor(reader.id), show="'; --")
    await call(state, "on_load")
    assert (state.show, len(state.items)) == ("", 24)


async def test_a_newcomer_owns_nothing_and_a_visitor_is_asked_to_sign_in(world: World) -> None:
    state = library(Actor((await world.person()).id))
    await call(state, "on_load")
    assert (state.loaded, state.total, state.items, state.going, state.next_key) == (True, 0, [], [], "")
    state = library(ANONYMOUS)
    assert await call(state, "on_load") is not None
    assert not state.loaded
