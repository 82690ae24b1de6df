"""Following videos at the host, and captions' and files' way to it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

import structlog

from marketplace.clock import now
from marketplace.db import transaction
from marketplace.domain.media import service as media
from marketplace.domain.media.errors import VideoMissing
from marketplace.errors import MarketplaceError
from marketplace.i18n import N_
from marketplace.queue import enqueue
from marketplace.settings import get_settings
from marketplace.vendors import vendors

log = structlog.get_logger()
_AT_ONCE = 40
_GIVE_UP_AFTER = timedelta(days=2)


async def poll(video_id: str) -> None:
    """Ask the host how far the video is; ask again later while it is at work."""
    async with transaction() as session:
        video = await media.video(session, UUID(video_id))
    if video is None or not video.uri or video.state in ("failed", "deleted"):
        return
    if video.state == "ready":
        await protect(video.id)  # in case that failed when it became ready
        return
    try:
        state = await vendors().video.state(video.uri)
    except VideoMissing:
        async with transaction() as session:
            await media.drop_video(session, video.id, reason=N_("It is no longer at the video host."))
        return
    async with transaction() as session:
        video = await media.apply_video(session, video.id, state)
        if (
            video is not None
            and video.state in ("uploading", "transcoding")
            and now() - video.created_at < _GIVE_UP_AFTER
        ):
            wait = min(300, max(2, int((now() - video.created_at).total_seconds() / 4)))
            await enqueue(session, "media.poll", {"video_id": video_id}, at=now() + timedelta(seconds=wait))
    if video is not None and video.state == "ready":
        await protect(video.id)


async def protect(video_id: UUID) -> None:
    """Lock the video to our domain before anyone can buy it."""
    async with transaction() as session:
        video = await media.video(session, video_id)
    if video is None or video.protected or not video.uri:
        return
    await vendors().video.protect(video.uri, urlsplit(get_settings().public_url).hostname or "localhost")
    async with transaction() as session:
        await media.mark_protected(session, video_id)


async def delete(uri: str) -> None:
    await vendors().video.delete(uri)


async def file_delete(path: str) -> None:
    await vendors().files.delete(path)


async def caption(caption_id: str) -> None:
    """Bring the caption file to the host; an older track of that language goes."""
    async with transaction() as session:
        row = await media.caption(session, UUID(caption_id))
        video = await media.video(session, row.video_id) if row else None
    if row is None or video is None or not video.uri:
        return
    old = row.track_uri
    track_uri = await vendors().video.add_captions(video.uri, language=row.language, label=row.label, vtt=row.vtt)
    async with transaction() as session:
        fresh = await media.caption(session, row.id, lock=True)
        mine = fresh is not None and fresh.track_uri == old
        if fresh is not None and mine:
            fresh.track_uri = track_uri
    unused = old if mine else track_uri  # another run was faster, or it was deleted meanwhile
    if unused and not (mine and old == track_uri):
        await vendors().video.remove_captions(video.uri, unused)


async def caption_delete(uri: str, track_uri: str) -> None:
    await vendors().video.remove_captions(uri, track_uri)


async def avif(image_id: str) -> None:
    """The same sizes once more, in fewer bytes."""
    async with transaction() as session:
        have = await media.try_avif(session, UUID(image_id))
    if not have:
        return
    source = await vendors().files.read_public(have[-1][1], max_bytes=media.rules.MAX_IMAGE_BYTES)
    made = await asyncio.to_thread(media.pictures.modern, source, [width for width, _url in have])
    urls = [
        (one.width, await vendors().files.write_public(f"covers/{one.name}", one.body, content_type="image/avif"))
        for one in made
    ]
    async with transaction() as session:
        await media.finish_avif(session, UUID(image_id), urls)


async def avif_for_all(timestamp: int = 0) -> None:
    """Every five minutes: some of those that have none yet. Where it stopped it goes on the next time."""
    async with transaction() as session:
        ids = await media.without_avif(session, _AT_ONCE)
    for image_id in ids:
        try:
            await avif(str(image_id))
        except MarketplaceError as error:
            log.warning("avif.failed", image=str(image_id), reason=error.text)


PERIODIC = {"media.avif_for_all": ("*/5 * * * *", avif_for_all)}
TASKS = {
    "media.avif": avif,
    "media.poll": poll, "media.delete": delete, "media.caption": caption, "media.caption_delete": caption_delete,
    "media.file_delete": file_delete,
}  # fmt: skip
