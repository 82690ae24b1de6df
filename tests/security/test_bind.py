"""The door's binding of a page's state to the session of its connection, where only a part of the state is loaded."""

from __future__ import annotations

from typing import Any

import pytest
import reflex as rx
from reflex_base.event import Event

from marketplace.ids import digest
from marketplace.state import door
from marketplace.state.viewer import Viewer
from marketplace.state.wizard import WizardState


class Stored:
    """States kept elsewhere, as with Redis: a tree has only those that were asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = rx.State(init_substates=False, _reflex_internal_init=True)
        self.kept: dict[type, Any] = {}
        stored = self

        async def get_state(_self: rx.State, cls: type) -> Any:
            one = stored.of(cls)
            stored.root.substates[cls.get_name()] = one  # type: ignore[attr-defined]
            return one

        monkeypatch.setattr(rx.State, "get_state", get_state)

    def of(self, cls: type) -> Any:
        if cls not in self.kept:
            self.kept[cls] = cls(parent_state=self.root, init_substates=False, _reflex_internal_init=True)
        return self.kept[cls]


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> Stored:
    found = Stored(monkeypatch)
    found.of(WizardState).form = {"title": "secret"}
    found.of(WizardState)._product_id = "secret"
    found.of(Viewer)._bound = digest("victim")
    return found


@pytest.mark.parametrize("token", ["thief", ""])
async def test_another_session_finds_nothing_also_in_what_was_not_loaded(stored: Stored, token: str) -> None:
    await door._bind(stored.root, token, None)
    assert (stored.of(WizardState).form, stored.of(WizardState)._product_id) == ({}, "")
    assert stored.of(Viewer)._bound == (digest("thief") if token else "anonymous")


async def test_a_lost_binding_is_no_binding(stored: Stored) -> None:
    """The viewer's part may expire before the rest."""
    stored.of(Viewer)._bound = ""
    await door._bind(stored.root, "thief", None)
    assert stored.of(WizardState).form == {}


async def test_the_same_session_keeps_its_page(stored: Stored) -> None:
    await door._bind(stored.root, "victim", None)
    assert stored.of(WizardState).form == {"title": "secret"}
    assert WizardState.get_name() not in stored.root.substates


async def test_a_document_loaded_anew_starts_empty(stored: Stored) -> None:
    """Else what the tab showed before would come first, also where somebody types already."""
    await door._bind(stored.root, "victim", None, fresh=True)
    assert stored.of(WizardState).form == {}
    assert stored.of(Viewer)._bound == digest("victim")


@pytest.mark.parametrize(
    ("name", "payload", "fresh"),
    [
        (door.HYDRATE_AND_LOAD, {"hashes": ["a"]}, True), (door.HYDRATE_AND_LOAD, {}, False),
        (door.HYDRATE_AND_LOAD, {"hashes": []}, False), (door.HYDRATE_AND_LOAD, None, False),
        (door.SET_IS_HYDRATED, {"hashes": ["a"]}, False),
    ],
)  # fmt: skip
def test_only_the_first_event_of_a_document_is_fresh(name: str, payload: Any, fresh: bool) -> None:
    assert door._is_new_document(Event(name=name, payload=payload)) is fresh


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ("plain", True), ("ünïcode 💥", True), ("nul\x00", False), ("\ud800", False), ({"a": ["b\x00"]}, False),
        ({"k\x00": 1}, False), ([1, None, 2.5, True], True), ({}, True),
    ],
)  # fmt: skip
def test_only_text_that_can_be_kept_comes_in(value: Any, fits: bool) -> None:
    assert door._storable(value) is fits


def test_nesting_without_end_is_refused() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert door._storable(deep) is False
