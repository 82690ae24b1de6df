"""A video for the open lesson: the link for its bytes, a new one or that of an upload which was cut off, and how far its host
is with it."""

from __future__ import annotations

import asyncio
from uuid import UUID

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.db import transaction
from marketplace.domain.courses import service as courses
from marketplace.domain.courses.outline import Outline
from marketplace.domain.courses.service import outline
from marketplace.domain.media import service as media
from marketplace.domain.media.ports import VideoUpload
from marketplace.errors import Conflict, MarketplaceError
from marketplace.i18n import _
from marketplace.jobs.media import poll
from marketplace.settings import get_settings
from marketplace.state.action import Count, Line, Short, action, actor
from marketplace.state.base import Page, need_id
from marketplace.vendors import vendors


class VideoAdding(Page, rx.State, mixin=True):
    """``uploading``: the ``block`` whose bytes this page sends, its ``video``, and the ``lesson`` with its ``title``, which
    needn't be the open one. ``_following``: a task of this page asks how far the videos are."""

    video_round: int = 0
    video_upload_url: str = ""
    video_problem: str = ""
    uploading: dict[str, str] = {}

    _following: str = ""

    @action("creator", rate=(30, 600), background=True)
    async def video_chosen(self, name: Short, size: Count, mime: Short):
        """A new video for the open lesson, or an unfinished one chosen again: then it goes on where it stopped."""
        async with self:
            self.video_problem, self.video_upload_url, self.uploading = "", "", {}
            product_id, lesson_id, blocks = self._product_id, self._lesson_id, list(self.blocks)
        try:
            link, block_id = await same_upload(product_id, blocks, name, size)
            begun = None if link else await new_upload(product_id, lesson_id, name, size, mime)
            async with self:
                if begun:
                    link, block_id = await self._by_itself(lambda session: put(session, product_id, lesson_id, *begun))
                else:
                    await self._look_again()
                self.uploading, self.video_upload_url = await self._place(block_id), link
        except MarketplaceError as error:
            async with self:
                self.video_problem = error.text
                self.video_round += 1

    async def _place(self, block_id: str) -> dict[str, str]:
        async with transaction() as session:
            editing = await courses.load(session, actor(), need_id(self._product_id))
            found = editing.outline.block(need_id(block_id))
            if found is None:
                raise Conflict(_("This lesson was removed meanwhile."))
            body = (await courses.contents(session, found[0]))[found[1].id].body
        return {
            "block": block_id, "video": str(body["video_id"]), "lesson": str(found[0].id), "title": found[0].title
        }  # fmt: skip

    def _forget_upload(self) -> None:
        """The uploader begins anew, and sends no more."""
        self.video_upload_url, self.video_problem, self.uploading = "", "", {}
        self.video_round += 1

    @action("creator", rate=(60, 60), background=True)
    async def video_uploaded(self):
        async with self:
            sent = self.uploading
            self._forget_upload()
        if not sent:
            return None
        async with transaction() as session:
            await media.uploaded(session, actor(), need_id(sent["video"]))
        async with self:
            await self._look_again()
        return self.__class__.follow

    @action("creator", rate=(30, 60))
    async def video_failed(self, message: Line):
        """The uploader says why and offers to go on."""
        self.video_upload_url = ""

    @action("creator", rate=(60, 60))
    async def video_cancelled(self):
        if not self.uploading:
            return
        gone, video_id = need_id(self.uploading["block"]), need_id(self.uploading["video"])
        self._forget_upload()
        if not await self._edit(lambda o: outline.remove_block(o, gone), undoable=False):
            return
        self._forget_block(gone)
        async with transaction() as session:
            video = await media.own_video(session, actor(), video_id)
            await media.drop_video(session, video.id)

    def _forget_block(self, gone: UUID) -> None:
        """No "Undo" brings it back."""
        past: list[Outline] = []
        for one in self._past:
            without = one if one.block(gone) is None else outline.remove_block(one, gone)
            if not past or past[-1] != without:
                past.append(without)
        if past and past[-1] == self._seen:
            past.pop()
        self._past, self.can_undo = past, bool(past)

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
                    await self._look_again()
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


async def new_upload(
    product_id: str, lesson_id: str, name: str, size: int, mime: str
) -> tuple[media.Video, VideoUpload]:
    """The video that will arrive, and what its host says to that."""
    who = actor()
    async with transaction() as session:
        editing = await courses.load(session, who, need_id(product_id))
        if editing.outline.find(need_id(lesson_id)) is None:
            raise Conflict(_("This lesson was removed meanwhile."))
        video = await media.start_upload(
            session, who, filename=name, size=size, mime=mime, max_bytes=get_settings().upload_max_bytes
        )
    return video, await vendors().video.create_upload(name=f"{video.filename} ({video.id})", size=size)


async def put(
    session: AsyncSession, product_id: str, lesson_id: str, video: media.Video, upload: VideoUpload
) -> tuple[str, str]:
    """The link of the upload, and its block in the lesson."""
    await media.attach_upload(session, video.id, upload)
    editing = await courses.put_video(session, actor(), need_id(product_id), need_id(lesson_id), video.id)
    lesson = editing.outline.find(need_id(lesson_id))
    assert lesson is not None
    return upload.upload_link, str(lesson.blocks[0].id)
