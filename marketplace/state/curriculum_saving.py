"""How the curriculum builder saves: on what its tab saw, or, where that takes nothing away, on what other tabs made of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.db import transaction
from marketplace.domain.courses import meeting
from marketplace.domain.courses import service as courses
from marketplace.domain.courses.errors import StaleOutline
from marketplace.domain.courses.outline import Outline
from marketplace.domain.courses.service import Editing
from marketplace.errors import MarketplaceError
from marketplace.state.action import actor
from marketplace.state.base import Page, need_id
from marketplace.state.curriculum_views import bodies_of, digests, video_again

T = TypeVar("T")
Edit = Callable[[AsyncSession, UUID, int], Awaitable[Editing]]
Apart = Callable[[AsyncSession, Editing], Awaitable[bool]]


class OutlineSaving(Page, rx.State, mixin=True):
    """``_revision``, ``_seen`` and ``_digests`` (of the open lesson's contents, by block) are what this tab last took over;
    ``stale``: an edit here met one of another tab, and what was typed is still in its field. ``_past`` holds the outlines
    before each edit of this tab."""

    saved_at: str = ""
    handled: int = 0
    stale: bool = False

    _product_id: str = ""
    _revision: int = 0
    _seen: Outline = Outline()
    _digests: dict[str, str] = {}
    _past: list[Outline] = []

    async def _show(self, session: Any, editing: Editing, *, taken_over: bool = True) -> None:
        raise NotImplementedError  # the page's state has it

    async def _outline(self) -> Outline:
        raise NotImplementedError

    def _remember(self, before: Outline) -> None:
        raise NotImplementedError

    def _write_into(self, field_id: str) -> None:
        raise NotImplementedError

    async def _look_again(self) -> None:
        """How far the videos are, for a task of this page. What another tab changed is left to the next edit here, so
        that nothing typed is taken away."""
        async with transaction() as session:
            editing = await courses.load(session, actor(), need_id(self._product_id))
            if editing.revision == self._revision:
                await self._show(session, editing)
            else:
                self.blocks = [await video_again(session, block) for block in self.blocks]

    async def _by_itself(self, write: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """An edit that a task of this page makes. It holds the page meanwhile, so that no edit of its person comes
        between the two and finds an older revision."""
        product_id = need_id(self._product_id)
        async with transaction() as session:
            before = await courses.load(session, actor(), product_id)
            done, up_to_date = await write(session), before.revision == self._revision
            after = await courses.load(session, actor(), product_id)
            if not up_to_date:
                self._past = []
            if after.outline != before.outline:
                self._remember(before.outline)
            await self._show(session, after, taken_over=up_to_date)
        return done

    async def _edit(
        self, change: Callable[[Outline], Outline], *, undoable: bool = True, replaces: bool = False
    ) -> bool:
        """One edit of this tab; ``replaces``: the whole outline. False when the course moved on elsewhere."""

        async def edit(session: AsyncSession, product_id: UUID, revision: int) -> Editing:
            before = (await courses.load(session, actor(), product_id)).outline
            editing = await courses.edit(session, actor(), product_id, change, revision=revision)
            if undoable and editing.outline != before:
                self._remember(before)
            return editing

        async def apart(_session: AsyncSession, newest: Editing) -> bool:
            return not replaces and meeting.apart(self._seen, change(self._seen), newest.outline)

        return await self._write(edit, apart)

    async def _on_block(self, edit: Edit, block_id: str = "") -> bool:
        """One edit of the contents of ``block_id``, or a block added, which is written into next and which "Undo" removes.
        False when they, or something else that it needs, were changed elsewhere."""
        known = {block["id"] for block in self.blocks}

        async def apart(session: AsyncSession, newest: Editing) -> bool:
            if not block_id:
                return True
            found = newest.outline.block(need_id(block_id))
            now_there = digests(await bodies_of(session, found[0])) if found else {}
            return block_id in now_there and now_there[block_id] == self._digests.get(block_id)

        before = None if block_id else await self._outline()
        if not await self._write(edit, apart):
            return False
        if before is not None:
            self._remember(before)
        if added := [block["id"] for block in self.blocks if block["id"] not in known]:
            self._write_into(f"block-{added[-1]}")
        return True

    async def _write(self, edit: Edit, apart: Apart) -> bool:
        """On the revision that this tab saw. When the course moved on elsewhere, on the newest one, where what is edited
        is ``apart`` from what was changed there; and not while something typed here still waits to be saved."""
        try:
            try:
                await self._save(edit, self._revision)
            except StaleOutline:
                await self._save(edit, await self._newest(apart))
        except StaleOutline:
            self.stale = True
            return False
        self._saved()
        return True

    async def _save(self, edit: Edit, revision: int) -> None:
        async with transaction() as session:
            await self._show(session, await edit(session, need_id(self._product_id), revision))

    async def _newest(self, apart: Apart) -> int:
        """Going back from there would take the other tab's edits away: so "Undo" begins anew."""
        async with transaction() as session:
            editing = await courses.load(session, actor(), need_id(self._product_id))
            if self.stale or not await apart(session, editing):
                raise StaleOutline
        self._past = []
        return editing.revision

    def _saved(self) -> None:
        self.saved_at = now().isoformat()

    async def _answer(self, field: str, change: Any) -> None:
        """What is refused stays as typed, with the reason beside its own field."""
        self.errors = {name: text for name, text in self.errors.items() if name != field}
        try:
            await change
        except MarketplaceError as error:
            self.errors = {**self.errors, field: error.text}
        finally:
            self.handled += 1
