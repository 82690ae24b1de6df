"""A page's state as the door hands it to a handler, without a browser."""

from __future__ import annotations

from typing import Any

import reflex as rx

from marketplace.domain.access.service import Actor
from marketplace.state import action


class Open:
    """One page of ``who`` at an address with this query."""

    def __init__(self, cls: type[rx.State], who: Actor, **query: str) -> None:
        root = rx.State(init_substates=False, _reflex_internal_init=True)  # type: ignore[call-arg]
        self.state: Any = cls(parent_state=root, init_substates=False, _reflex_internal_init=True)  # type: ignore[call-arg]
        self._root, self._cls, self._who = root, cls, who
        self.go(**query)

    def go(self, **query: str) -> None:
        self._root.router_data = {"query": query}

    async def call(self, handler: str, *arguments: object) -> Any:
        action.enter(self._who, "")
        return await self._cls.event_handlers[handler].fn(self.state, *arguments)
