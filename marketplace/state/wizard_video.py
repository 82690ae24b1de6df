"""The wizard's video: an upload straight to the host that can be gone on with, then watching it being prepared."""

from __future__ import annotations

import asyncio

import reflex as rx

from marketplace.db import transaction
from marketplace.domain.catalog import service as catalog
from marketplace.domain.media import service as media
from marketplace.errors import MarketplaceError
from marketplace.jobs.media import poll
from marketplace.settings import get_settings
from marketplace.state.action import Count, Line, Short, action, actor
from marketplace.state.base import need_id
from marketplace.state.wizard_draft import DraftPage
from marketplace.vendors import vendors


class VideoUpload(DraftPage, rx.State, mixin=True):
    """``_failed_video``: its link is spent; ``_following``: the video that a task of this page watches."""

    video_round: int = 0
    video_upload_url: str = ""
    video_problem: str = ""

    _failed_video: str = ""
    _following: str = ""

    @action("creator", rate=(30, 600), background=True)
    async def video_chosen(self, name: Short, size: Count, mime: Short):
        """A new upload, or the same file again: then the old link goes on where it stopped."""
        async with self:
            self.video_problem, known, self.video_upload_url = "", self._video_id, ""
            product_id, failed = self._product_id, self._failed_video
        try:
            link = await same_upload(known, name, size) if known != failed else None
            if link is None:
                link = await new_upload(product_id, known, name, size, mime)
            async with self:
                await self._refresh()
                self.video_upload_url = link
        except MarketplaceError as error:
            async with self:
                self.video_problem = error.text
                self.video_round += 1

    @action("creator", rate=(60, 60), background=True)
    async def video_uploaded(self):
        async with self:
            video_id, self.video_upload_url = self._video_id, ""
        async with transaction() as session:
            await media.uploaded(session, actor(), need_id(video_id))
        async with self:
            await self._refresh()
        return self.__class__.follow_video

    @action("creator", rate=(60, 60), background=True)
    async def follow_video(self):
        """Watch the host prepare the video while the page is open; the job goes on without it."""
        async with self:
            video_id = self._video_id
            if not video_id or self._following == video_id:
                return
            self._following = video_id
        try:
            for attempt in range(120):
                if not await self._still_preparing(video_id):
                    return
                await asyncio.sleep(min(5.0, 1 + attempt / 4))
        finally:
            async with self:
                self._following = ""

    async def _still_preparing(self, video_id: str) -> bool:
        try:
            await poll(video_id)
        except MarketplaceError:
            await asyncio.sleep(5)
        async with self:
            if video_id != self._video_id:
                return False
            await self._refresh()
            return self.video.get("state") in ("transcoding", "uploading")

    @action("creator", rate=(30, 60))
    async def video_failed(self, message: Line):
        """The uploader says why and offers to go on; when its link is spent, the next choice gets a new one."""
        self.video_upload_url, self._failed_video = "", self._video_id

    @action("creator", rate=(30, 60))
    async def remove_video(self):
        """Cancel the upload, or take the video out of the draft. A published lesson keeps its own until then."""
        video_id, product_id = self._video_id, need_id(self._product_id)
        if not video_id:
            return
        async with transaction() as session:
            product, _draft = await catalog.load(session, actor(), product_id)
            await catalog.save(session, actor(), product_id, {"video_id": None}, revision=None)
            if str(product.video_id) != video_id:
                await media.drop_video(session, need_id(video_id))
        self.video_upload_url, self.video_problem = "", ""
        await self._refresh()


async def same_upload(video_id: str, name: str, size_: int) -> str | None:
    """The link of an unfinished upload of this very file."""
    if not video_id:
        return None
    async with transaction() as session:
        video = await media.own_video(session, actor(), need_id(video_id))
    same = video.state == "uploading" and video.size == size_ and video.upload_link
    return video.upload_link if same and name.rsplit("/", 1)[-1][-40:] == video.filename[-40:] else None


async def new_upload(product_id: str, known: str, name: str, size_: int, mime: str) -> str:
    who = actor()
    async with transaction() as session:
        await catalog.load(session, who, need_id(product_id))
        video = await media.start_upload(
            session, who, filename=name, size=size_, mime=mime, max_bytes=get_settings().upload_max_bytes
        )
    upload = await vendors().video.create_upload(name=f"{video.filename} ({video.id})", size=size_)
    async with transaction() as session:
        await media.attach_upload(session, video.id, upload)
        product, draft = await catalog.load(session, who, need_id(product_id))
        if draft.video_id and draft.video_id != product.video_id:
            await media.drop_video(session, draft.video_id)
        await catalog.save(session, who, need_id(product_id), {"video_id": video.id}, revision=None)
    return upload.upload_link
