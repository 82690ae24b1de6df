"""Videos, pictures and captions of creators: their state. Bytes never pass through here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import LiteralString
from uuid import UUID

from sqlalchemy import or_, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.access.service import Actor, require_creator, require_owner
from marketplace.domain.media import pictures, rules, transcripts
from marketplace.domain.media.models import Caption, Image, Video
from marketplace.domain.media.ports import VideoState, VideoUpload
from marketplace.domain.search import service as search
from marketplace.errors import Invalid, Missing
from marketplace.i18n import N_
from marketplace.ids import new_id
from marketplace.queue import enqueue
from marketplace.sql import Over, columns, made, rows

__all__ = ["Caption", "Image", "Video", "pictures", "rules", "transcripts"]

_WORTH_AVIF = 480  # pixels of width: portraits and the like stay as they are
_AVIF_TRIES = 5
FAILED = N_("The video host couldn't read this file. Export it again as MP4 (H.264 video, AAC sound) and upload that.")


async def start_upload(
    session: AsyncSession, actor: Actor, *, filename: str, size: int, mime: str, max_bytes: int
) -> Video:
    """A new video row in state uploading; the host's link comes with :func:`attach_upload`."""
    name = rules.check_video(filename, size, mime, max_bytes=max_bytes)
    video = Video(owner_id=require_creator(actor), filename=name, size=size)
    session.add(video)
    await session.flush()
    return video


async def attach_upload(session: AsyncSession, video_id: UUID, upload: VideoUpload) -> Video:
    video = await session.get(Video, video_id, with_for_update=True)
    if video is None:
        raise Missing
    if video.uri and video.uri != upload.uri:
        await enqueue(session, "media.delete", {"uri": video.uri})  # an upload that could not go on
    video.uri, video.upload_link, video.updated_at = upload.uri, upload.upload_link, now()
    await enqueue(session, "media.poll", {"video_id": str(video.id)}, at=now() + timedelta(minutes=2))
    await session.flush()
    return video


async def own_video(session: AsyncSession, actor: Actor, video_id: UUID) -> Video:
    video = await session.get(Video, video_id)
    if video is None:
        raise Missing
    require_owner(actor, video.owner_id)
    return video


async def video(session: AsyncSession, video_id: UUID) -> Video | None:
    return await session.get(Video, video_id, populate_existing=True)


async def lengths(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, int]:
    """In seconds; 0 while the host has not read it."""
    query = select(Video.id, Video.duration_s).where(col(Video.id).in_(ids))
    return dict((await session.exec(query)).all()) if ids else {}


async def video_by_uri(session: AsyncSession, uri: str) -> Video | None:
    return (await session.exec(select(Video).where(Video.uri == uri))).first()


async def unfinished_of(session: AsyncSession, actor: Actor, *, filename: str, size: int) -> list[Video]:
    """The creator's own uploads of a file of this name and size that were begun and not finished, newest first."""
    query = select(Video).where(
        Video.state == "uploading", Video.owner_id == require_creator(actor), Video.size == size,
        Video.filename == rules.safe_name(filename, "video.mp4"),
    )  # fmt: skip
    return list((await session.exec(query.order_by(col(Video.created_at).desc()).limit(20))).all())


async def uploaded(session: AsyncSession, actor: Actor, video_id: UUID) -> Video:
    """The browser says that all bytes are there: ask the host soon."""
    video = await own_video(session, actor, video_id)
    if video.state == "uploading":
        video.state, video.updated_at = "transcoding", now()
        await enqueue(session, "media.poll", {"video_id": str(video.id)})
    await session.flush()
    return video


async def apply_video(session: AsyncSession, video_id: UUID, state: VideoState) -> Video | None:
    """What the host says now. Ready stays ready; a failure carries words for the creator."""
    video = await session.get(Video, video_id, with_for_update=True, populate_existing=True)
    if video is None or video.state in ("ready", "deleted"):
        return video
    if state.transcode == "complete" and state.upload == "complete":
        video.state, video.ready_at, video.error = "ready", now(), ""
        video.duration_s, video.width, video.height = state.duration_s, state.width, state.height
    elif state.transcode == "error" or state.upload == "error":
        video.state, video.error = "failed", FAILED
    elif state.upload == "complete":
        video.state = "transcoding"
    video.updated_at = now()
    await session.flush()
    return video


async def mark_protected(session: AsyncSession, video_id: UUID) -> None:
    video = await session.get(Video, video_id, with_for_update=True)
    if video is not None:
        video.protected = True
        await session.flush()


async def drop_video(session: AsyncSession, video_id: UUID, *, reason: str = "") -> Video | None:
    """Cancelled, replaced or gone at the host: the row stays for history, the host's copy is deleted by a job."""
    video = await session.get(Video, video_id, with_for_update=True)
    if video is None or video.state == "deleted":
        return video
    video.state, video.error, video.upload_link, video.updated_at = "deleted", reason, "", now()
    if video.uri:
        await enqueue(session, "media.delete", {"uri": video.uri})
    await session.flush()
    return video


async def unfinished(session: AsyncSession, limit: int = 200) -> list[Video]:
    """Videos that the host may have news of."""
    waiting = col(Video.state) == "transcoding"
    recent = (col(Video.state) == "uploading") & (col(Video.created_at) > now() - timedelta(days=2))
    open_ = (col(Video.state) == "ready") & col(Video.protected).is_(False)
    query = select(Video).where(
        or_(waiting, recent, open_), col(Video.uri).is_not(None), Video.updated_at < now() - timedelta(seconds=20)
    )
    return list((await session.exec(query.order_by(col(Video.updated_at)).limit(limit))).all())


async def start_image(session: AsyncSession, actor: Actor, *, size: int, mime: str) -> Image:
    """A new picture row with the private path that the browser may put it to."""
    rules.check_image(size, mime)
    owner_id = require_creator(actor) if actor.is_creator else actor.account_id
    if owner_id is None:
        raise Missing
    image_id = new_id()
    image = Image(id=image_id, owner_id=owner_id, upload_path=f"pictures/{owner_id}/{image_id}")
    session.add(image)
    await session.flush()
    return image


async def own_image(session: AsyncSession, actor: Actor, image_id: UUID) -> Image:
    image = await session.get(Image, image_id, populate_existing=True)
    if image is None:
        raise Missing
    require_owner(actor, image.owner_id)
    return image


def is_public(image: Image) -> bool:
    """Ready, and for everybody: variants of pictures in lessons are paths in private storage."""
    return image.state == "ready" and all(str(url).startswith(("http", "/")) for _width, url in image.variants)


_OWN: LiteralString = f"SELECT {columns(Image, 'i')} FROM image i WHERE id = ANY(%(ids)s) AND owner_id = %(owner)s"


async def public_of(over: Over, owner_id: UUID, ids: Sequence[UUID]) -> dict[UUID, Image]:
    """Those of these pictures that are public, and this person's own; to look at."""
    found = await rows(over, _OWN, {"ids": list(ids), "owner": owner_id}) if ids else []
    own = [made(Image, row) for row in found]
    return {image.id: image for image in own if is_public(image)}


async def finish_image(
    session: AsyncSession, image_id: UUID, picture: pictures.Picture, urls: Sequence[tuple[int, str]]
) -> Image:
    image = await session.get(Image, image_id, with_for_update=True)
    if image is None:
        raise Missing
    image.state, image.width, image.height, image.color = "ready", picture.width, picture.height, picture.color
    image.variants = [[width, url] for width, url in urls]
    image.upload_path = ""
    if urls and urls[-1][0] >= _WORTH_AVIF and is_public(image):
        await enqueue(session, "media.avif", {"image_id": str(image.id)}, priority=-1)
    await session.flush()
    return image


async def image(session: AsyncSession, image_id: UUID) -> Image | None:
    return await session.get(Image, image_id, populate_existing=True)


async def try_avif(session: AsyncSession, image_id: UUID) -> list[tuple[int, str]]:
    """Counts a try, and says what to make: the WebP renditions, ascending; nothing when that is done or hopeless."""
    image = await session.get(Image, image_id, with_for_update=True, populate_existing=True)
    if image is None or image.state != "ready" or image.avif or image.avif_tries >= _AVIF_TRIES:
        return []
    image.avif_tries += 1
    await session.flush()
    return [(int(str(width)), str(url)) for width, url in image.variants]


async def finish_avif(session: AsyncSession, image_id: UUID, urls: Sequence[tuple[int, str]]) -> None:
    image = await session.get(Image, image_id, with_for_update=True, populate_existing=True)
    if image is not None:
        image.avif = [[width, url] for width, url in urls]
        await session.flush()


async def without_avif(session: AsyncSession, limit: int) -> list[UUID]:
    """Pictures from before there was AVIF, and those whose job was lost; oldest first."""
    rows = await session.execute(
        text(
            "SELECT id FROM image WHERE state = 'ready' AND avif = '[]' AND avif_tries < :most AND width >= :worth"
            " AND variants #>> '{0,1}' ~ '^(http|/)'"  # those in lessons are private
            " AND created_at < now() - interval '10 minutes' ORDER BY id LIMIT :limit"
        ),
        {"most": _AVIF_TRIES, "worth": _WORTH_AVIF, "limit": limit},
    )
    return [row[0] for row in rows.all()]


async def add_caption(session: AsyncSession, actor: Actor, video_id: UUID, *, language: str, source: bytes) -> Caption:
    """One file per language and video; a new one replaces the old."""
    video = await own_video(session, actor, video_id)
    if language not in rules.LANGUAGES:
        raise Invalid("Choose a language from the list.", field="language")
    vtt = rules.to_vtt(source)
    query = select(Caption).where(Caption.video_id == video.id, Caption.language == language).with_for_update()
    caption = (await session.exec(query)).first()
    if caption is None:
        caption = Caption(video_id=video.id, language=language, label=rules.LANGUAGES[language], vtt=vtt)
        session.add(caption)
    caption.vtt = vtt
    await session.flush()
    await transcripts.keep(session, video.id, language=language, label=caption.label, vtt=vtt)
    await search.spoken(session, video.id)
    await enqueue(session, "media.caption", {"caption_id": str(caption.id)}, lock=f"caption:{video.id}")
    return caption


async def remove_caption(session: AsyncSession, actor: Actor, caption_id: UUID) -> None:
    caption = await session.get(Caption, caption_id)
    if caption is None:
        raise Missing
    video = await own_video(session, actor, caption.video_id)
    if video.uri and caption.track_uri:
        await enqueue(session, "media.caption_delete", {"uri": video.uri, "track_uri": caption.track_uri})
    await session.delete(caption)
    await session.flush()
    await transcripts.drop(session, video.id, caption.language)
    await search.spoken(session, video.id)


async def caption(session: AsyncSession, caption_id: UUID, *, lock: bool = False) -> Caption | None:
    return await session.get(Caption, caption_id, with_for_update=lock or None, populate_existing=lock)


async def captions(session: AsyncSession, video_id: UUID) -> list[Caption]:
    query = select(Caption).where(Caption.video_id == video_id).order_by(col(Caption.language))
    return list((await session.exec(query)).all())


async def images(session: AsyncSession, ids: Sequence[UUID | None]) -> dict[UUID, Image]:
    wanted = [i for i in ids if i is not None]
    return (
        {i.id: i for i in (await session.exec(select(Image).where(col(Image.id).in_(wanted)))).all()} if wanted else {}
    )
