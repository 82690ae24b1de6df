"""What a learner's browser kept while it had no connection, and what it keeps to be read without one."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import reflex as rx
from pydantic import Field

from marketplace import merging
from marketplace.db import transaction
from marketplace.state.action import action, actor
from marketplace.state.base import Page

Queue = Annotated[list[merging.Told], Field(max_length=merging.MOST)]


class Reconnecting(Page, rx.State, mixin=True):
    """``owner`` names the account to its own browser. ``heard`` and ``merged``: which reports needn't be told again."""

    owner: str = ""
    home_id: str = ""
    heard: dict[str, str] = {}
    merged: list[dict[str, str | float | bool]] = []

    _product_id: str = ""

    def _show_owner(self, learner: UUID | None) -> None:
        self.owner, self.heard, self.merged = merging.owner_tag(learner), {}, []
        self.home_id = self._product_id

    async def _after_merge(self) -> None:
        """Show what is different now."""

    @action("member", rate=(6, 60))
    async def merge(self, rows: Queue):
        """Reports of this course from while there was no connection."""
        if not self._product_id or not rows:
            return
        async with transaction() as session:
            settled = await merging.merge(session, actor(), UUID(self._product_id), rows)
        self.merged = [row.model_dump() for row in settled]
        await self._after_merge()
