"""The wizard's cover: the browser puts it into storage, then it is fetched and read."""

from __future__ import annotations

import asyncio
from uuid import UUID

import reflex as rx

from marketplace.db import transaction
from marketplace.domain.media import service as media
from marketplace.domain.media.rules import MAX_IMAGE_BYTES
from marketplace.errors import MarketplaceError
from marketplace.state.action import Count, Line, Short, action, actor
from marketplace.state.base import need_id
from marketplace.state.wizard_draft import DraftPage
from marketplace.vendors import vendors


class CoverUpload(DraftPage, rx.State, mixin=True):
    """``cover_round`` grows when the chooser must forget its file."""

    cover_upload_url: str = ""
    cover_problem: str = ""
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
                self._image_id, self.cover_upload_url = str(image.id), url
        except MarketplaceError as error:
            async with self:
                self._answer_cover(error.text)

    @action("creator", rate=(30, 600), background=True)
    async def cover_uploaded(self):
        """Fetch what arrived, make the responsive sizes, put the picture into the draft."""
        async with self:
            image_id, self.cover_upload_url = self._image_id, ""
        try:
            async with transaction() as session:
                image = await media.own_image(session, actor(), need_id(image_id))
            await make_renditions(image.id, image.upload_path)
            async with self:
                await self._save({"image_id": image.id}, own=False)
                self._answer_cover()
        except MarketplaceError as error:
            async with self:
                self._answer_cover(error.text)

    def _answer_cover(self, problem: str = "") -> None:
        """Taken, or why not."""
        self.cover_problem, self.cover_upload_url = problem, ""
        self.cover_round += 1

    @action("creator", rate=(30, 60))
    async def cover_failed(self, message: Line):
        self.cover_upload_url = ""


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
