"""Files and live sessions in the curriculum builder: every edit is saved at once, as those of the outline are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.db import transaction
from marketplace.domain.courses import live, pieces
from marketplace.domain.courses.outline import Block
from marketplace.domain.courses.service import BlockBody, Editing
from marketplace.domain.media import files
from marketplace.domain.media.errors import FileTooLarge
from marketplace.errors import Conflict, Invalid, MarketplaceError
from marketplace.i18n import _
from marketplace.present import size as size_words
from marketplace.settings import get_settings
from marketplace.state.action import Count, Line, Short, Text, action, actor
from marketplace.state.base import Page, need_id
from marketplace.vendors import vendors


@dataclass
class FileDraft:
    id: str
    name: str
    size: str
    about: str
    offline: bool


@dataclass
class LiveDraft:
    """``lacks``: what keeps it from being published."""

    id: str
    day: str
    clock: str
    zone: str
    minutes: str
    link: str
    about: str
    lacks: str


def file_draft(block_id: UUID, body: dict[str, Any]) -> FileDraft:
    return FileDraft(
        str(block_id), str(body["name"]), size_words(int(body["size"])), str(body["about"]), bool(body["offline"])
    )


def live_draft(block_id: UUID, body: dict[str, Any]) -> LiveDraft:
    session = live.Session.model_validate(body)
    return LiveDraft(
        str(block_id), session.day.isoformat() if session.day else "",
        f"{session.clock:%H:%M}" if session.clock else "", session.zone, str(session.minutes), session.link,
        session.about, live.problem(session),
    )  # fmt: skip


class PieceEditing(Page, rx.State, mixin=True):
    """``file_drafts`` and ``live_drafts`` of the open lesson, by block. ``file_answered`` counts files taken or
    refused, ``file_refusal`` says why."""

    file_drafts: dict[str, FileDraft] = {}
    live_drafts: dict[str, LiveDraft] = {}
    adding_file: bool = False
    file_upload_url: str = ""
    file_answered: int = 0
    file_refusal: str = ""

    _file_id: str = ""
    _file_lesson: str = ""

    def _show_pieces(self, bodies: list[tuple[Block, BlockBody]]) -> None:
        self.file_drafts = {str(b.id): file_draft(b.id, body.body) for b, body in bodies if b.kind == "file"}
        self.live_drafts = {str(b.id): live_draft(b.id, body.body) for b, body in bodies if b.kind == "live"}

    def _forget_file(self) -> None:
        """Another lesson is open: its chooser begins anew."""
        self.adding_file, self.file_upload_url, self.file_refusal = False, "", ""
        self._file_id, self._file_lesson = "", ""

    @action("creator", rate=(120, 60))
    async def choose_file(self):
        """Show the place for a file, or hide it again."""
        self.adding_file = not self.adding_file

    @action("creator", rate=(60, 600), background=True)
    async def file_chosen(self, name: Short, size: Count, mime: Short):
        settings = get_settings()
        async with self:
            self.file_upload_url, self.file_refusal = "", ""
            lesson_id = self._lesson_id
        try:
            async with transaction() as session:
                row = await files.start(
                    session, actor(), filename=name, size=size, endings=settings.file_endings,
                    max_bytes=settings.file_max_bytes,
                )  # fmt: skip
            url = await vendors().files.signed_upload(row.path)
            async with self:
                self._file_id, self._file_lesson, self.file_upload_url = str(row.id), lesson_id, url
        except MarketplaceError as error:
            async with self:
                self._answer_file(error.text)

    @action("creator", rate=(60, 600), background=True)
    async def file_uploaded(self):
        """Look at what arrived, and put it into the lesson that it was chosen for."""
        async with self:
            file_id, lesson_id, product_id = self._file_id, self._file_lesson, self._product_id
            self.file_upload_url = ""
        try:
            size = await _arrived(need_id(file_id))
            try:
                async with self:
                    await self._by_itself(_put_file(need_id(product_id), need_id(lesson_id), need_id(file_id), size))
                    self._answer_file("")
                    self._saved()
            except MarketplaceError as error:
                await _drop_file(need_id(file_id), error)
        except MarketplaceError as error:
            async with self:
                self._answer_file(error.text)

    def _answer_file(self, refusal: str) -> None:
        self.file_upload_url, self.file_refusal = "", refusal
        self.file_answered += 1

    @action("creator", rate=(60, 60))
    async def file_failed(self, message: Line):
        """The uploader says why and offers to try again."""
        self.file_upload_url = ""

    @action("creator", rate=(240, 60))
    async def file_rename(self, block_id: Short, name: Line):
        await self._answer(f"{block_id}:name", self._on_block(_describe(block_id, name=name), block_id))

    @action("creator", rate=(240, 60))
    async def file_about(self, block_id: Short, words: Line):
        await self._answer(f"{block_id}:about", self._on_block(_describe(block_id, about=words), block_id))

    @action("creator", rate=(240, 60))
    async def file_offline(self, block_id: Short, on: bool):
        await self._on_block(_describe(block_id, offline=on), block_id)

    @action("creator", rate=(120, 60))
    async def add_live(self, zone: Short):
        """``zone``: what the browser's clock goes by."""
        lesson_id = need_id(self._lesson_id)
        await self._on_block(
            lambda session, product_id, revision: pieces.add_live(
                session, actor(), product_id, lesson_id, zone, revision=revision
            )
        )

    @action("creator", rate=(240, 60))
    async def live_write(self, block_id: Short, name: Short, words: Text):
        place = f"{block_id}:{name}"

        def change(session: live.Session) -> live.Session:
            return live.write(session, name, words, place)

        await self._answer(
            place,
            self._on_block(
                lambda session, product_id, revision: pieces.edit_live(
                    session, actor(), product_id, need_id(block_id), change, revision=revision
                ),
                block_id,
            ),
        )


def _describe(block_id: str, **changes: Any) -> Callable[[AsyncSession, UUID, int], Awaitable[Editing]]:
    async def edit(session: AsyncSession, product_id: UUID, revision: int) -> Editing:
        return await pieces.describe_file(session, actor(), product_id, need_id(block_id), revision=revision, **changes)

    return edit


async def _arrived(file_id: UUID) -> int:
    """How many bytes the storage has of it."""
    async with transaction() as session:
        row = await files.own(session, actor(), file_id)
    return await vendors().files.size(row.path)


def _put_file(
    product_id: UUID, lesson_id: UUID, file_id: UUID, size: int
) -> Callable[[AsyncSession], Awaitable[Editing]]:
    async def put(session: AsyncSession) -> Editing:
        await files.arrived(session, actor(), file_id, size=size, max_bytes=get_settings().file_max_bytes)
        return await pieces.add_file(session, actor(), product_id, lesson_id, file_id)

    return put


async def _drop_file(file_id: UUID, error: MarketplaceError) -> None:
    """What wasn't there, too big, or had no place any more is refused and goes again."""
    async with transaction() as session:
        await files.drop(session, file_id)
    if isinstance(error, FileTooLarge | Invalid | Conflict):
        raise error
    raise Conflict(_("The lesson that this file was for is gone. Choose it again in another one.")) from error
