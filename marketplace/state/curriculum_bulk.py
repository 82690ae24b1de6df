"""Many videos at once in the curriculum builder: each becomes a draft lesson of the chosen section."""

from __future__ import annotations

from collections.abc import Container
from uuid import UUID

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.db import transaction
from marketplace.domain.courses import bulk
from marketplace.domain.media import service as media
from marketplace.errors import MarketplaceError, Missing
from marketplace.settings import get_settings
from marketplace.state.action import Count, Short, action, actor
from marketplace.state.base import Page, need_id
from marketplace.vendors import vendors


class BulkUploading(Page, rx.State, mixin=True):
    """``bulk_links`` and ``bulk_problems`` answer the browser's questions, by its keys of the files. ``_films``: the
    videos of these keys."""

    bulk_section: str = ""
    bulk_links: dict[str, str] = {}
    bulk_problems: dict[str, str] = {}

    _films: dict[str, str] = {}

    @action("creator", rate=(60, 60))
    async def set_bulk_section(self, section_id: Short):
        self.bulk_section = section_id

    @action("creator", rate=(120, 60), background=True)
    async def bulk_wanted(self, key: Short, name: Short, size: Count, mime: Short):
        """A lesson for this file and the link for its bytes; the same ones as before when its upload was cut off."""
        async with self:
            product_id, section_id = self._product_id, self.bulk_section or self._last_section()
            spent = set(self.bulk_links.values())
        try:
            async with self:
                if self._product_id != product_id:
                    return
                video = await self._by_itself(
                    lambda session: _film(session, need_id(product_id), need_id(section_id), name, size, mime)
                )
                self._films = {**self._films, key: str(video.id)}
            link = await _link(video, spent)
            async with self:
                self.bulk_links = {**self.bulk_links, key: link}
        except MarketplaceError as error:
            async with self:
                self.bulk_problems = {**self.bulk_problems, key: error.text}

    def _last_section(self) -> str:
        return next((row["id"] for row in reversed(self.rows) if row["kind"] == "section"), "")

    @action("creator", rate=(120, 60), background=True)
    async def bulk_done(self, key: Short):
        async with self:
            video_id = self._films.get(key, "")
        if not video_id:
            raise Missing
        async with transaction() as session:
            await media.uploaded(session, actor(), need_id(video_id))
        async with self:
            await self._look_again()


async def _film(
    session: AsyncSession, product_id: UUID, section_id: UUID, name: str, size: int, mime: str
) -> media.Video:
    return await bulk.lesson_for(
        session, actor(), product_id, section_id, filename=name, size=size, mime=mime,
        max_bytes=get_settings().upload_max_bytes,
    )  # fmt: skip


async def _link(video: media.Video, spent: Container[str]) -> str:
    """One that this page had already and asks for again leads nowhere any more: then the upload begins anew."""
    if video.upload_link and video.upload_link not in spent:
        return video.upload_link
    upload = await vendors().video.create_upload(name=f"{video.filename} ({video.id})", size=video.size)
    async with transaction() as session:
        await media.attach_upload(session, video.id, upload)
    return upload.upload_link
