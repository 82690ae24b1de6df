"""Files and live sessions in the player. The way into a session is sent at the moments when it may be known, and no
file has an address of its own: a backend route decides on each download."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.classroom import explain_part
from marketplace.clock import now
from marketplace.db import transaction
from marketplace.domain.catalog import browse
from marketplace.domain.courses import live, taking
from marketplace.domain.courses import service as courses
from marketplace.domain.courses.outline import Lesson
from marketplace.domain.courses.service import BlockBody
from marketplace.domain.media import files as stored
from marketplace.errors import Denied
from marketplace.i18n import _, date_words, joined
from marketplace.markdown import render
from marketplace.present import size as size_words
from marketplace.settings import get_settings
from marketplace.state.action import action, actor
from marketplace.state.base import Page

_SIGNS = {
    "image": {"jpg", "jpeg", "png", "webp", "gif", "avif", "tif", "tiff", "psd", "ai", "svg"},
    "audio": {"mp3", "m4a", "wav", "flac", "ogg", "mid", "midi"},
    "archive": {"zip", "7z", "tar", "gz"},
    "sheet": {"csv", "tsv", "xlsx", "xls", "ods", "numbers"},
}


@dataclass
class FileView:
    id: str
    name: str
    sign: str
    facts: str
    about: str
    href: str


@dataclass
class LiveView:
    """``starts`` and ``ends`` in milliseconds since 1970, for the browser's own zone; ``until`` and ``turns``: seconds
    until it begins, and until something about it changes. ``link`` is there only while one may join."""

    id: str
    stage: str
    starts: int
    ends: int
    until: int
    turns: int
    asked_at: int
    says: str
    link: str
    html: str
    calendar: str
    recorded: bool


class PieceShowing(Page, rx.State, mixin=True):
    """``files`` and ``lives`` of the open lesson, by block."""

    files: dict[str, FileView] = {}
    lives: dict[str, LiveView] = {}

    def _clear_pieces(self) -> None:
        self.files, self.lives = {}, {}

    def _show_pieces(self, lesson: Lesson, contents: Mapping[UUID, BlockBody]) -> None:
        """Of a lesson that its reader may open at this moment."""
        base = f"{get_settings().backend}/learn/{self._product_id}/{lesson.id}"
        here = {block.id: contents[block.id].body for block in lesson.blocks if block.id in contents}
        kinds = {block.id: block.kind for block in lesson.blocks}
        self.files = {str(b): file_view(b, body, base) for b, body in here.items() if kinds[b] == "file"}
        recorded = "video" in kinds.values()
        at = now()
        self.lives = {
            str(b): live_view(b, body, base, at, recorded) for b, body in here.items() if kinds[b] == "live"
        }  # fmt: skip

    @action("anyone", rate=(60, 60))
    async def live_turn(self):
        """A session begins, opens its doors or ends: access is decided again, and by the server's clock what is shown."""
        if not self._product_id or not self._lesson_id:
            return
        async with transaction() as session:
            lesson = await self._allowed_lesson(session)
            self._show_pieces(lesson, await courses.contents(session, lesson))

    async def _allowed_lesson(self, session: AsyncSession) -> Lesson:
        """The open lesson, if the event's sender may open it at this moment."""
        listing = next(iter(await browse.listings(session, [UUID(self._product_id)])), None)
        taught = await taking.course(session, UUID(self._product_id))
        lesson = taught.outline.find(UUID(self._lesson_id)) if taught else None
        if listing is None or taught is None or lesson is None:
            self._clear_pieces()
            raise Denied(_("You don't have access to this course."))
        decision = await explain_part(session, actor(), listing, taught, lesson)
        if not decision.allowed:
            self._clear_pieces()
            raise Denied(decision.message)
        return lesson


def file_view(block_id: UUID, body: Mapping[str, Any], base: str) -> FileView:
    ending = stored.ending(str(body["name"]))
    sign = next((sign for sign, endings in _SIGNS.items() if ending in endings), "file")
    facts = " · ".join(filter(None, [ending.upper(), size_words(int(body["size"]))]))
    return FileView(str(block_id), str(body["name"]), sign, facts, str(body["about"]), f"{base}/{block_id}/file")


def live_view(block_id: UUID, body: Mapping[str, Any], base: str, at: datetime, recorded: bool) -> LiveView:
    session = live.Session.model_validate(body)
    starts, ends, stage = session.starts or at, session.ends or at, live.stage(session, at)
    turn = {"upcoming": starts - live.DOORS_OPEN, "now": ends, "over": at}[stage]
    return LiveView(
        str(block_id), stage, int(starts.timestamp() * 1000), int(ends.timestamp() * 1000),
        int((starts - at).total_seconds()), max(0, int((turn - at).total_seconds()) + 1), int(at.timestamp() * 1000),
        joined([date_words(session.day, "d MMMM y"), f"{session.clock:%H:%M} ({session.zone})"])
        if session.day and session.clock else "",
        live.way_in(session, at), render(session.about), f"{base}/{block_id}/session.ics", recorded,
    )  # fmt: skip
