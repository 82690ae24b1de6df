"""Following a video at its host, with a real clip."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from vimeo_help import make_video

from marketplace import db
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.media import service as media
from marketplace.domain.media.models import Video
from marketplace.jobs import media as jobs
from marketplace.jobs import sweep
from marketplace.vendors import vendors
from tests.domain.world import World


@pytest.fixture(scope="module")
async def owner(world: World) -> Account:
    return await world.creator(outcome="")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_video(tmp_path_factory.mktemp("clip") / "clip.mp4", seconds=2)


@pytest.fixture(autouse=True)
async def quiet(world: World) -> None:
    await world.calm()
    await world.rows("DELETE FROM procrastinate_jobs")


async def _started(owner: Account, clip: Path) -> Video:
    who = Actor(owner.id, "member", True)
    async with db.transaction() as session:
        row = await media.start_upload(
            session, who, filename="a.mp4", size=clip.stat().st_size, mime="video/mp4", max_bytes=10**9
        )
    upload = await vendors().video.create_upload(name="A", size=row.size)
    async with db.transaction() as session:
        return await media.attach_upload(session, row.id, upload)


async def _uploaded(owner: Account, clip: Path) -> Video:
    row = await _started(owner, clip)
    await vendors().video.upload_bytes(row.upload_link, clip)
    async with db.transaction() as session:
        return await media.uploaded(session, Actor(owner.id, "member", True), row.id)


async def _video(video_id: UUID) -> Video:
    async with db.transaction() as session:
        found = await media.video(session, video_id)
    assert found is not None
    return found


async def _until(video_id: UUID, *states: str) -> Video:
    end = time.monotonic() + 20
    while (video := await _video(video_id)).state not in states:
        assert time.monotonic() < end, f"the video is still {video.state}"
        await jobs.poll(str(video_id))
        await asyncio.sleep(0.05)
    return video


async def _host(world: World, uri: str | None) -> dict[str, Any]:
    assert uri is not None
    rows = await world.rows(
        "SELECT data FROM sandbox.objects WHERE vendor = 'vimeo' AND kind = 'video' AND id = :i",
        i=uri.rsplit("/", 1)[-1],
    )
    return dict(rows[0][0])


async def test_from_upload_to_ready_and_locked_to_our_domain(world: World, owner: Account, clip: Path) -> None:
    started = await _started(owner, clip)
    await jobs.poll(str(started.id))
    assert (await _video(started.id)).state == "uploading"
    assert [job.task for job in await world.jobs()].count("media.poll") >= 2  # it will be asked again
    ready = await _until((await _uploaded(owner, clip)).id, "ready")
    assert (ready.duration_s, ready.width, ready.height, ready.protected) == (2, 320, 180, True)
    assert "localhost" in (await _host(world, ready.uri))["domains"]


async def test_a_video_that_can_not_be_read(world: World, owner: Account, clip: Path) -> None:
    await world.knobs("vimeo", transcode_error=100)
    failed = await _until((await _uploaded(owner, clip)).id, "failed", "ready")
    assert (failed.state, failed.protected) == ("failed", False)
    assert "Export it again" in failed.error


async def test_a_video_that_is_gone_at_the_host(world: World, owner: Account, clip: Path) -> None:
    row = await _uploaded(owner, clip)
    assert row.uri is not None
    await vendors().video.delete(row.uri)
    gone = await _until(row.id, "deleted")
    assert "no longer" in gone.error


async def test_ready_but_the_lock_failed(world: World, owner: Account, clip: Path) -> None:
    """The process died between the two: the sweep locks it, else it would never play on our domain."""
    ready = await _until((await _uploaded(owner, clip)).id, "ready")
    await world.rows(
        "UPDATE video SET protected = false, updated_at = now() - interval '1 hour' WHERE id = :v", v=ready.id
    )
    await world.rows("DELETE FROM procrastinate_jobs")
    await sweep.videos()
    await world.drain_jobs()
    assert (await _video(ready.id)).protected


async def test_what_is_settled_is_not_asked_again(world: World, owner: Account) -> None:
    for state in ("ready", "failed", "deleted"):
        video, _ = await world.media_of(owner, state=state)
        await jobs.poll(str(video))
        assert (await _video(video)).state == state
    await jobs.poll(str(uuid4()))


async def test_a_nudge_of_the_host_is_no_truth(world: World, owner: Account, clip: Path) -> None:
    """A signed message makes us ask; what it says does not count."""
    await world.knobs("vimeo", transcode_seconds=600)
    row = await _uploaded(owner, clip)
    await world.lose_all()
    await jobs.poll(str(row.id))
    assert (await _video(row.id)).state == "transcoding"
    await world.knobs("vimeo", transcode_seconds=0)
    ready = await _until((await _uploaded(owner, clip)).id, "ready")
    waiting = [d for d in await world.deliveries() if d[1] == "vimeo"]
    assert waiting, "the host said nothing"
    for delivery in waiting:
        assert await world.deliver(delivery[0]) == 200
    await world.drain_jobs()
    assert ((await _video(row.id)).state, (await _video(ready.id)).state) == ("transcoding", "ready")


async def test_captions_reach_the_host_once(world: World, owner: Account, clip: Path) -> None:
    ready, who = await _until((await _uploaded(owner, clip)).id, "ready"), Actor(owner.id, "member", True)
    assert ready.uri is not None
    for said in ("First", "Second"):
        async with db.transaction() as session:
            await media.add_caption(
                session, who, ready.id, language="en", source=f"00:01.000 --> 00:02.000\n{said}".encode()
            )
        await world.drain_jobs()
    tracks = await vendors().video.captions(ready.uri)
    assert [track[0] for track in tracks] == ["en"]
