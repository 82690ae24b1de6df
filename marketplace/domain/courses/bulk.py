"""Many films at once: each becomes a lesson of its own in the draft, named after its file."""

from __future__ import annotations

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace import text
from marketplace.domain.access.service import Actor
from marketplace.domain.courses import outline, service, store
from marketplace.domain.courses.outline import Outline
from marketplace.domain.media import service as media
from marketplace.domain.media.service import Video


async def lesson_for(
    session: AsyncSession, actor: Actor, product_id: UUID, section_id: UUID, *, filename: str, size: int, mime: str,
    max_bytes: int,
) -> Video:  # fmt: skip
    """The film that will arrive, in a new lesson at the end of the section; or the one of this very file whose upload
    was cut off, wherever its lesson is by now."""
    _product, draft = await service._own(session, actor, product_id, lock=True)
    shown = Outline.model_validate(draft.outline)
    begun = await media.unfinished_of(session, actor, filename=filename, size=size)
    if begun:
        bodies = await store.bodies(
            session, {b.body_id for le in shown.lessons for b in le.blocks if b.kind == "video"}
        )
        held = {str(body.body["video_id"]) for body in bodies.values()}
        known = next((video for video in begun if str(video.id) in held), None)
        if known is not None:
            return known
    video = await media.start_upload(session, actor, filename=filename, size=size, mime=mime, max_bytes=max_bytes)
    title = text.readable_name(filename, limit=outline.MAX_NAME)
    editing = await service.edit(
        session, actor, product_id, lambda o: outline.add_lesson(o, section_id, title)[0], revision=None
    )
    home = next(section for section in editing.outline.sections if section.id == section_id)
    await service.put_video(session, actor, product_id, home.lessons[-1].id, video.id)
    return video
