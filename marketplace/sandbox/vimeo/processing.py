"""From uploaded bytes to a playable video.

All state is in the store. Whoever processes a video holds a short lease and renews it; a lease that
ran out belongs to a dead process, and the next read of the video starts the work again.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from psycopg_pool import PoolClosed

from marketplace.sandbox.store import Row, Tx
from marketplace.sandbox.vimeo import ffmpeg
from marketplace.sandbox.vimeo.ffmpeg import NotPlayable
from marketplace.sandbox.vimeo.records import (
    VENDOR,
    get_video,
    poster_path,
    save_video,
    source_path,
    wall_clock,
)

if TYPE_CHECKING:
    from marketplace.sandbox.app import Sandbox

log = structlog.get_logger()

DEFAULT_TRANSCODE_S = 1.5
_LEASE_S = 15.0
_RENEW_S = 4.0
_tasks: set[asyncio.Task[None]] = set()


async def settle(sandbox: Sandbox, video: Row) -> Row:
    """Call on every read: notices a finished upload nobody booked, and work a dead process left."""
    arrived = video["upload"] == "in_progress" and _size(source_path(sandbox.store, video["id"])) == video["size"]
    if arrived:
        return await upload_completed(sandbox, video["id"])
    if _abandoned(video):
        return await _begin(sandbox, video["id"])
    return video


async def upload_completed(sandbox: Sandbox, video_id: str) -> Row:
    """Books the upload once and starts processing."""
    async with sandbox.store.tx() as tx:
        video = await get_video(tx, video_id, lock=True)
        if video["upload"] == "in_progress":
            seconds = float((await tx.knobs(VENDOR)).get("transcode_seconds", DEFAULT_TRANSCODE_S))
            video |= {"upload": "complete", "ready_at": wall_clock() + seconds}
            await save_video(tx, video)
    return await _begin(sandbox, video_id)


async def finish_now(sandbox: Sandbox, video_id: str) -> None:
    """Skips the rest of the waiting time; the work itself still has to be done."""
    async with sandbox.store.tx() as tx:
        video = await get_video(tx, video_id, lock=True)
        video["ready_at"] = 0.0
        await save_video(tx, video)
    await settle(sandbox, video)


async def force_error(sandbox: Sandbox, video_id: str) -> None:
    """Vimeo's own failure, at any moment after the upload."""
    async with sandbox.store.tx() as tx:
        video = await get_video(tx, video_id, lock=True)
        await _conclude(tx, video, {"transcode": "error", "reason": "The sandbox was told to fail."})


def _abandoned(video: Row) -> bool:
    waiting = video["upload"] == "complete" and video["transcode"] == "in_progress"
    return waiting and float(video["lease_until"]) < wall_clock()


async def _begin(sandbox: Sandbox, video_id: str) -> Row:
    """Takes the lease, unless somebody alive holds it, and works in the background."""
    async with sandbox.store.tx() as tx:
        video = await get_video(tx, video_id, lock=True)
        if not _abandoned(video):
            return video
        video |= {"lease": secrets.token_hex(8), "lease_until": wall_clock() + _LEASE_S}
        await tx.put(VENDOR, "video", video_id, video)
    task = asyncio.create_task(_process(sandbox, video))
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)
    return video


async def _process(sandbox: Sandbox, video: Row) -> None:
    try:
        async with _renewing(sandbox, video):
            outcome = await _work(sandbox, video)
            await _wait(sandbox, video)
        await _finish(sandbox, video, outcome)
    except PoolClosed:
        log.info("sandbox.vimeo_interrupted", video=video["id"])
    except Exception:
        log.exception("sandbox.vimeo_processing_failed", video=video["id"])


async def _work(sandbox: Sandbox, video: Row) -> Row:
    """What to write into the video: its playable file and size, or why there is none."""
    try:
        if await _unlucky(sandbox):
            raise NotPlayable("The sandbox was told to fail.")
        return await _convert(sandbox, video["id"])
    except NotPlayable as problem:
        return {"transcode": "error", "reason": str(problem)}


async def _convert(sandbox: Sandbox, video_id: str) -> Row:
    source = source_path(sandbox.store, video_id)
    probe = await ffmpeg.probe(source)
    plan = ffmpeg.plan(probe)
    name = "source" if plan.serve else f"play{plan.suffix}"
    if not plan.serve:
        await _write_playable(source, source.with_name(name), plan)
        probe = await ffmpeg.probe(source.with_name(name))
    await ffmpeg.poster(source.with_name(name), poster_path(sandbox.store, video_id), probe.duration)
    return {
        "transcode": "complete",
        "file": name,
        "suffix": plan.suffix,
        "duration": max(1, round(probe.duration)),
        "width": probe.width,
        "height": probe.height,
    }


async def _write_playable(source: Path, target: Path, plan: ffmpeg.Plan) -> None:
    """Under a draft name first: a half-written file is never taken for a finished one."""
    draft = target.with_name(f"draft-{secrets.token_hex(4)}{plan.suffix}")
    try:
        await ffmpeg.make_playable(source, draft, plan)
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)


async def _wait(sandbox: Sandbox, video: Row) -> None:
    """Until the time is over that transcoding is meant to take; the panel may shorten it."""
    while True:
        async with sandbox.store.tx() as tx:
            current = await tx.get(VENDOR, "video", video["id"])
        if current is None or current["ready_at"] <= wall_clock():
            return
        await asyncio.sleep(min(0.3, max(0.01, current["ready_at"] - wall_clock())))


async def _finish(sandbox: Sandbox, video: Row, outcome: Row) -> None:
    """Writes the outcome, unless the video was deleted or somebody else took over."""
    async with sandbox.store.tx() as tx:
        current = await tx.get(VENDOR, "video", video["id"], lock=True)
        if current is None or current["lease"] != video["lease"] or current["transcode"] != "in_progress":
            return
        await _conclude(tx, current, outcome)
    if outcome.get("file") != "source":
        source_path(sandbox.store, video["id"]).unlink(missing_ok=True)


async def _conclude(tx: Tx, video: Row, outcome: Row) -> None:
    await save_video(tx, video | outcome)
    kind = f"video.transcode.{outcome['transcode']}"
    event: Row = {
        "event": kind,
        "id": f"evt_{secrets.token_hex(12)}",
        "video_uri": f"/videos/{video['id']}",
        "created": tx.timestamp(),
    }
    await tx.deliver(VENDOR, VENDOR, event["id"], kind, event)


async def _unlucky(sandbox: Sandbox) -> bool:
    async with sandbox.store.tx() as tx:
        return secrets.randbelow(100) < int((await tx.knobs(VENDOR)).get("transcode_error", 0))


@asynccontextmanager
async def _renewing(sandbox: Sandbox, video: Row) -> AsyncIterator[None]:
    task = asyncio.create_task(_renew(sandbox, video))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _renew(sandbox: Sandbox, video: Row) -> None:
    while True:
        await asyncio.sleep(_RENEW_S)
        async with sandbox.store.tx() as tx:
            current = await tx.get(VENDOR, "video", video["id"], lock=True)
            if current is None or current["lease"] != video["lease"]:
                return
            current["lease_until"] = wall_clock() + _LEASE_S
            await tx.put(VENDOR, "video", video["id"], current)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else -1
