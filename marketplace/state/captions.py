"""Captions of a video: the browser puts a file into storage, then it is fetched and read."""

from __future__ import annotations

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.db import transaction
from marketplace.domain.media import service as media
from marketplace.domain.media.rules import LANGUAGES, MAX_CAPTION_BYTES
from marketplace.errors import Invalid, MarketplaceError
from marketplace.i18n import _
from marketplace.ids import new_id, parse_id
from marketplace.state.action import Count, Line, Short, action, actor
from marketplace.state.base import Page, need_id
from marketplace.vendors import vendors


class CaptionUpload(Page, rx.State, mixin=True):
    """Captions belong to the video and are there at once, without publishing."""

    captions: list[dict[str, str]] = []
    caption_language: str = "en"
    caption_upload_url: str = ""
    caption_round: int = 0
    caption_problem: str = ""

    _caption_path: str = ""
    _caption_for: str = ""

    def _captioned(self) -> str:
        """The video whose captions are shown."""
        raise NotImplementedError

    async def _show_captions(self, session: AsyncSession) -> None:
        video_id = parse_id(self._captioned())
        rows = await media.captions(session, video_id) if video_id else []
        self.captions = [{"id": str(c.id), "label": c.label, "language": c.language} for c in rows]

    @action("creator", rate=(60, 60))
    async def set_caption_language(self, value: Short):
        if value in LANGUAGES:
            self.caption_language = value

    @action("creator", rate=(30, 600), background=True)
    async def caption_chosen(self, name: Short, size: Count, mime: Short):
        who = actor()
        async with self:
            self.caption_problem, self.caption_upload_url = "", ""
            self._caption_for = self._captioned()
        try:
            if not name.lower().endswith((".vtt", ".srt")):
                raise Invalid(_("Choose a .vtt or .srt file."))
            if not 0 < size <= MAX_CAPTION_BYTES:
                raise Invalid(_("Captions can have at most 1 MB."))
            path = f"captions/{who.account_id}/{new_id()}"
            url = await vendors().files.signed_upload(path)
            async with self:
                self._caption_path, self.caption_upload_url = path, url
        except MarketplaceError as error:
            async with self:
                self._answer_caption(error.text)

    @action("creator", rate=(30, 600), background=True)
    async def caption_uploaded(self):
        async with self:
            path, language, video_id = self._caption_path, self.caption_language, self._caption_for
            self.caption_upload_url = ""
        try:
            source = await vendors().files.read(path, max_bytes=MAX_CAPTION_BYTES)
            async with transaction() as session:
                await media.add_caption(session, actor(), need_id(video_id), language=language, source=source)
            async with self, transaction() as session:
                await self._show_captions(session)
                self._answer_caption()
            await vendors().files.delete(path)
        except MarketplaceError as error:
            async with self:
                self._answer_caption(error.text)

    def _answer_caption(self, problem: str = "") -> None:
        """Taken, or why not."""
        self.caption_problem, self.caption_upload_url = problem, ""
        self.caption_round += 1

    @action("creator", rate=(30, 60))
    async def caption_failed(self, message: Line):
        self.caption_upload_url = ""

    @action("creator", rate=(30, 60))
    async def remove_caption(self, caption_id: Short):
        async with transaction() as session:
            await media.remove_caption(session, actor(), need_id(caption_id))
            await self._show_captions(session)
