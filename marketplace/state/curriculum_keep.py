"""In the curriculum builder: what learners may keep offline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx

from marketplace.domain.courses.outline import Outline
from marketplace.domain.courses.service import outline
from marketplace.state.action import Short, action
from marketplace.state.base import Page


class KeepChoice(Page, rx.State, mixin=True):
    keep: str = "text"

    async def _edit(self, change: Callable[[Outline], Outline]) -> Any:
        raise NotImplementedError

    @action("creator", rate=(60, 60))
    async def set_keep(self, what: Short):
        await self._edit(lambda o: outline.set_keep(o, what))
