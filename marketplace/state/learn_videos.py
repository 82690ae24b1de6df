"""The open lesson of a course and its videos, for the sender of an event: decided at that moment."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.classroom import explain_part
from marketplace.db import transaction
from marketplace.domain.access import service as access
from marketplace.domain.catalog import browse
from marketplace.domain.courses import service as courses
from marketplace.domain.courses import standing, taking
from marketplace.domain.courses.models import BlockProgress
from marketplace.domain.courses.outline import Lesson
from marketplace.domain.media import service as media
from marketplace.errors import Denied, Missing
from marketplace.i18n import _
from marketplace.state.action import actor


async def lesson_of(session: AsyncSession, product_id: UUID, lesson_id: UUID) -> tuple[Lesson, access.Decision]:
    """A lesson as it is taught now, and whether the event's sender may open it at this moment."""
    listing = next(iter(await browse.listings(session, [product_id])), None)
    taught = await taking.course(session, product_id)
    lesson = taught.outline.find(lesson_id) if taught else None
    if listing is None or taught is None or lesson is None:
        raise Missing
    return lesson, await explain_part(session, actor(), listing, taught, lesson)


def videos_of(lesson: Lesson, contents: Mapping[UUID, courses.BlockBody]) -> dict[UUID, tuple[UUID, int]]:
    """(video, seconds) of each block that is one."""
    return {
        block.id: (UUID(str(contents[block.id].body["video_id"])), block.seconds)
        for block in lesson.blocks if block.kind == "video" and block.id in contents
    }  # fmt: skip


def left_to_watch(lesson: Lesson, places: Mapping[UUID, BlockProgress]) -> list[str]:
    """The videos that the lesson still waits for."""
    furthest = {block: place.furthest_s for block, place in places.items()}
    return [str(block) for block in standing.left_to_watch(lesson, furthest)]


async def videos_to_play(product_id: UUID, lesson_id: UUID) -> dict[str, tuple[UUID, str]]:
    """(video, the host's uri) of each video of a lesson, by block, if the event's sender may watch it at this moment."""
    async with transaction() as session:
        lesson, decision = await lesson_of(session, product_id, lesson_id)
        if not decision.allowed:
            raise Denied(_("You don't have access to this course."))
        contents = await courses.contents(session, lesson)
        found = {}
        for block in lesson.blocks:
            if block.kind == "video":
                video = await media.video(session, UUID(str(contents[block.id].body["video_id"])))
                if video is not None and video.uri and video.state == "ready":
                    found[str(block.id)] = (video.id, video.uri)
    return found


async def length_of(product_id: UUID, lesson_id: UUID, block_id: UUID) -> int:
    """Seconds of a video of this lesson, as the version that is taught knows it."""
    async with transaction() as session:
        taught = await taking.course(session, product_id)
    lesson = taught.outline.find(lesson_id) if taught else None
    block = next((b for b in lesson.blocks if b.id == block_id and b.kind == "video"), None) if lesson else None
    if block is None:
        raise Missing
    return block.seconds
