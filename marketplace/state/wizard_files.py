"""The wizard's smaller files, cover and captions: the browser puts them into storage, then they are fetched and read."""

from __future__ import annotations

import asyncio
from uuid import UUID

import reflex as rx

from marketplace.db import transaction
from marketplace.domain.media import service as media
from marketplace.domain.media.rules import LANGUAGES, MAX_CAPTION_BYTES, MAX_IMAGE_BYTES
from marketplace.errors import Invalid, MarketplaceError
from marketplace.i18n import _
from marketplace.ids import new_id
from marketplace.state.action import Count, Line, Short, action, actor
from marketplace.state.base import need_id
from marketplace.state.wizard_draft import DraftPage
from marketplace.vendors import vendors


class CoverUpload(DraftPage, rx.State, mixin=True):
    """``cover_round`` grows when the chooser must forget its file."""

    cover_upload_url: str = ""
    cover_problem: str = ""
    cover_busy: bool = False
    cover_round: int = 0

    _image_id: str = ""

    @action("creator", rate=(30, 600), background=True)
    async def cover_chosen(self, name: Short, size: Count, mime: Short):
        async with self:
            self.cover_problem, self.cover_upload_url = "", ""
        try:
            async with transaction() as session:
                image = await media.start_image(session, actor(), size=size, mime=mime)
            url = await vendors().files.signed_upload(image.upload_path)
            async with self:
                self._image_id, self.cover_upload_url, self.cover_busy = str(image.id), url, False
        except MarketplaceError as error:
            async with self:
                self.cover_problem = error.text
                self.cover_round += 1

    @action("creator", rate=(30, 600), background=True)
    async def cover_uploaded(self):
        """Fetch what arrived, make the responsive sizes, put the picture into the draft."""
        async with self:
            image_id, self.cover_upload_url, self.cover_busy = self._image_id, "", True
        try:
            async with transaction() as session:
                image = await media.own_image(session, actor(), need_id(image_id))
            await make_renditions(image.id, image.upload_path)
            async with self:
                self.cover_busy = False
                self.cover_round += 1
                await self._save({"image_id": image.id}, own=False)
        except MarketplaceError as error:
            async with self:
                self.cover_busy, self.cover_problem = False, error.text
                self.cover_round += 1

    @action("creator", rate=(30, 60))
    async def cover_failed(self, message: Line):
        self.cover_busy, self.cover_upload_url = False, ""


class CaptionUpload(DraftPage, rx.State, mixin=True):
    """Captions belong to the video and are there at once, without publishing."""

    caption_language: str = "en"
    caption_upload_url: str = ""
    caption_round: int = 0
    caption_problem: str = ""

    _caption_path: str = ""

    @action("creator", rate=(60, 60))
    async def set_caption_language(self, value: Short):
        if value in LANGUAGES:
            self.caption_language = value

    @action("creator", rate=(30, 600), background=True)
    async def caption_chosen(self, name: Short, size: Count, mime: Short):
        who = actor()
        async with self:
            self.caption_problem, self.caption_upload_url = "", ""
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
                self.caption_problem = error.text
                self.caption_round += 1

    @action("creator", rate=(30, 600), background=True)
    async def caption_uploaded(self):
        async with self:
            path, language, video_id = self._caption_path, self.caption_language, self._video_id
            self.caption_upload_url = ""
        try:
            source = await vendors().files.read(path, max_bytes=MAX_CAPTION_BYTES)
            async with transaction() as session:
                await media.add_caption(session, actor(), need_id(video_id), language=language, source=source)
            await vendors().files.delete(path)
            async with self:
                self.caption_round += 1
                await self._refresh()
        except MarketplaceError as error:
            async with self:
                self.caption_problem = error.text
                self.caption_round += 1

    @action("creator", rate=(30, 60))
    async def caption_failed(self, message: Line):
        self.caption_upload_url = ""

    @action("creator", rate=(30, 60))
    async def remove_caption(self, caption_id: Short):
        async with transaction() as session:
            await media.remove_caption(session, actor(), need_id(caption_id))
        await self._refresh()


async def make_renditions(image_id: UUID, path: str) -> None:
    """Original in private storage → responsive sizes in public storage; the original goes."""
    source = await vendors().files.read(path, max_bytes=MAX_IMAGE_BYTES)
    picture = await asyncio.to_thread(media.pictures.render, source)
    urls = [
        (r.width, await vendors().files.write_public(f"covers/{r.name}", r.body, content_type="image/webp"))
        for r in picture.renditions
    ]
    async with transaction() as session:
        await media.finish_image(session, image_id, picture, urls)
    await vendors().files.delete(path)
