"""A video for the open lesson: the link for its bytes, a new one or that of an upload which was cut off, and how far its host
is with it."""

from __future__ import annotations

import asyncio

import reflex as rx

from marketplace.db import transaction
from marketplace.domain.courses import service as courses
from marketplace.domain.courses.service import outline
from marketplace.domain.media import service as media
from marketplace.errors import Conflict, MarketplaceError
from marketplace.i18n import _
from marketplace.jobs.media import poll
from marketplace.settings import get_settings
from marketplace.state.action import Count, Line, Short, action, actor
from marketplace.state.base import Page, need_id
from marketplace.vendors import vendors


class VideoAdding(Page, rx.State, mixin=True):
    """``_uploading``: the block whose bytes this page sends. ``_following``: a task of this page asks how far the videos
    are."""

    video_round: int = 0
    video_upload_url: str = ""
    video_problem: str = ""

    _following: str = ""
    _uploading: str = ""

    @action("creator", rate=(30, 600), background=True)
    async def video_chosen(self, name: Short, size: Count, mime: Short):
        """A new video for the open lesson, or an unfinished one chosen again: then it goes on where it stopped."""
        async with self:
            self.video_problem, self.video_upload_url = "", ""
            product_id, lesson_id, blocks = self._product_id, self._lesson_id, list(self.blocks)
        try:
            link, block_id = await same_upload(product_id, blocks, name, size)
            if not link:
                link, block_id = await new_upload(product_id, lesson_id, name, size, mime)
            async with self:
                await self._refresh()
                self.video_upload_url, self._uploading = link, block_id
        except MarketplaceError as error:
            async with self:
                self.video_problem = error.text
                self.video_round += 1

    @action("creator", rate=(60, 60), background=True)
    async def video_uploaded(self):
        async with self:
            block = next((b for b in self.blocks if b["id"] == self._uploading), None)
            self.video_upload_url, self._uploading = "", ""
            self.video_round += 1
        if block is None:
            return None
        async with transaction() as session:
            await media.uploaded(session, actor(), need_id(block["video_id"]))
        async with self:
            await self._refresh()
        return self.__class__.follow

    @action("creator", rate=(30, 60))
    async def video_failed(self, message: Line):
        """The uploader says why and offers to go on."""
        self.video_upload_url = ""

    @action("creator", rate=(60, 60))
    async def video_cancelled(self):
        if not self._uploading:
            return
        gone, self._uploading, self.video_upload_url = need_id(self._uploading), "", ""
        video_id = next((b["video_id"] for b in self.blocks if b["id"] == str(gone)), "")
        await self._edit(lambda o: outline.remove_block(o, gone), undoable=False)
        async with transaction() as session:
            video = await media.own_video(session, actor(), need_id(video_id))
            await media.drop_video(session, video.id)

    def _preparing(self) -> list[str]:
        return [b["video_id"] for b in self.blocks if b.get("state") == "transcoding"]

    @action("creator", rate=(60, 60), background=True)
    async def follow(self):
        """Watch the host prepare the open lesson's videos while the page is open; the jobs go on without it."""
        async with self:
            lesson_id = self._lesson_id
            if self._following == lesson_id:
                return
            self._following = lesson_id
        try:
            for attempt in range(120):
                async with self:
                    if self._lesson_id != lesson_id:
                        return
                    await self._refresh()
                    waiting = self._preparing()
                if not waiting:
                    return
                for video_id in waiting:
                    try:
                        await poll(video_id)
                    except MarketplaceError:
                        await asyncio.sleep(5)
                await asyncio.sleep(min(5.0, 1 + attempt / 4))
        finally:
            async with self:
                if self._following == lesson_id:
                    self._following = ""


async def same_upload(product_id: str, blocks: list[dict[str, str]], name: str, size: int) -> tuple[str, str]:
    """The link of an unfinished upload of this very file, and its block."""
    for block in blocks:
        if block.get("state") == "uploading":
            async with transaction() as session:
                video = await media.own_video(session, actor(), need_id(block["video_id"]))
            if video.size == size and video.upload_link and name.rsplit("/", 1)[-1][-40:] == video.filename[-40:]:
                return video.upload_link, block["id"]
    return "", ""


async def new_upload(product_id: str, lesson_id: str, name: str, size: int, mime: str) -> tuple[str, str]:
    who = actor()
    async with transaction() as session:
        editing = await courses.load(session, who, need_id(product_id))
        if editing.outline.find(need_id(lesson_id)) is None:
            raise Conflict(_("This lesson was removed meanwhile."))
        video = await media.start_upload(
            session, who, filename=name, size=size, mime=mime, max_bytes=get_settings().upload_max_bytes
        )
    upload = await vendors().video.create_upload(name=f"{video.filename} ({video.id})", size=size)
    async with transaction() as session:
        await media.attach_upload(session, video.id, upload)
        editing = await courses.put_video(session, who, need_id(product_id), need_id(lesson_id), video.id)
    lesson = editing.outline.find(need_id(lesson_id))
    assert lesson is not None
    return upload.upload_link, str(lesson.blocks[0].id)
