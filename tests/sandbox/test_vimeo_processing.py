"""From bytes to a playable video: what plays as it is, what is converted, what is refused."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
from vimeo_help import H264, calm, finished, make_video, set_knobs, uploaded

from marketplace.gateways.vimeo import VimeoGateway
from marketplace.sandbox.vimeo import ffmpeg
from marketplace.sandbox.vimeo.ffmpeg import NotPlayable, Probe


@pytest.fixture(scope="module")
def base(sandbox_server) -> str:
    return sandbox_server.settings.sandbox_internal_url


@pytest.fixture(autouse=True)
def quick(base: str) -> Iterator[None]:
    set_knobs(base, transcode_seconds=0)
    yield
    calm(base)


@pytest.fixture(scope="module")
def gateway(sandbox_server) -> VimeoGateway:
    return VimeoGateway(sandbox_server.settings)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_video(tmp_path_factory.mktemp("clips") / "clip.mp4")


def reason(sandbox_server, uri: str) -> str:
    with psycopg.connect(sandbox_server.sandbox.store._pool.conninfo) as connection:
        row = connection.execute(
            "SELECT data->>'reason' FROM sandbox.objects WHERE kind='video' AND id=%s", (uri.rpartition("/")[2],)
        ).fetchone()
    return row[0]


def mp4(video: str = "h264", audio: str = "aac", pixels: str = "yuv420p", duration: float = 2) -> Probe:
    return Probe("mp4", video, pixels, audio, duration, 320, 180)


@pytest.mark.parametrize(
    ("probe", "suffix", "serve", "reencodes"),
    [
        (mp4(), ".mp4", True, False),
        (mp4(audio=""), ".mp4", True, False),
        (mp4(audio="pcm_s16le"), ".mp4", False, False),
        (mp4(duration=0), ".mp4", False, False),
        (mp4(pixels="yuv444p"), ".mp4", False, True),
        (mp4(video="hevc"), ".mp4", False, True),
        (mp4(video="vp9", audio="aac"), ".mp4", False, True),
        (Probe("mov", "h264", "yuv420p", "aac", 2, 2, 2), ".mp4", False, False),
        (Probe("webm", "vp8", "yuv420p", "vorbis", 2, 2, 2), ".webm", True, False),
        (Probe("webm", "vp9", "yuv420p", "opus", 0, 2, 2), ".webm", False, False),
        (Probe("matroska", "vp9", "yuv420p", "opus", 2, 2, 2), ".webm", False, False),
        (Probe("avi", "mpeg4", "yuv420p", "mp3", 2, 2, 2), ".mp4", False, True),
    ],
)
def test_the_least_work_that_plays(probe: Probe, suffix: str, serve: bool, reencodes: bool) -> None:
    plan = ffmpeg.plan(probe)
    assert (plan.suffix, plan.serve, plan.reencodes) == (suffix, serve, reencodes)


def test_rotated_videos_are_upright() -> None:
    report = (
        "Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'x':\n  Duration: 00:01:02.50, start\n"
        "  Stream #0:0[0x1](und): Video: h264 (High) (avc1 / 0x31637661), yuv420p(tv, bt709), 1920x1080, 30 fps\n"
        "      displaymatrix: rotation of -90.00 degrees\n"
    )
    probe = ffmpeg.parse(report, webm=False)
    assert (probe.width, probe.height, probe.duration) == (1080, 1920, 62.5)


def test_cover_art_is_no_video() -> None:
    report = (
        "Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'x':\n"
        "  Stream #0:0: Audio: aac (LC), 44100 Hz\n"
        "  Stream #0:1[0x0]: Video: mjpeg (Baseline), yuvj420p(pc), 600x600, 90k tbr (attached pic)\n"
    )
    with pytest.raises(NotPlayable):
        ffmpeg.parse(report, webm=False)


@pytest.mark.parametrize(
    ("name", "codecs", "content_type"),
    [
        ("a.webm", ("-c:v", "libvpx", "-c:a", "libvorbis"), "video/webm"),
        ("a.mov", (*H264, "-c:a", "pcm_s16le"), "video/mp4"),
        ("a.mkv", (*H264, "-c:a", "aac"), "video/mp4"),
        ("a.avi", ("-c:v", "mpeg4", "-c:a", "mp3"), "video/mp4"),
    ],
)
async def test_usual_files_become_playable(
    gateway: VimeoGateway, tmp_path: Path, name: str, codecs: tuple[str, ...], content_type: str
) -> None:
    uri = await uploaded(gateway, make_video(tmp_path / name, *codecs))
    await gateway.protect(uri, "localhost")
    state = await finished(gateway, uri)
    assert (state.transcode, state.duration_s, state.width, state.height) == ("complete", 2, 320, 180)
    played = httpx.get(state.player_url, trust_env=False)
    assert played.headers["content-type"] == content_type
    (tmp_path / "played").write_bytes(played.content)
    assert ffmpeg.plan(await ffmpeg.probe(tmp_path / "played")).serve


@pytest.mark.parametrize(
    "content",
    [
        b"Just text, renamed to .mp4.\n" * 50,
        b"\0" * 1000,
        b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
    ],
)
async def test_what_is_no_video_fails_to_transcode(
    gateway: VimeoGateway, sandbox_server, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "notes.mp4").write_bytes(content)
    uri = await uploaded(gateway, tmp_path / "notes.mp4")
    state = await finished(gateway, uri)
    assert (state.upload, state.transcode, state.player_url) == ("complete", "error", "")
    assert reason(sandbox_server, uri)


async def test_pictures_sound_and_cut_files_fail(gateway: VimeoGateway, clip: Path, tmp_path: Path) -> None:
    picture = make_video(tmp_path / "a.png", "-frames:v", "1", audio=False)
    sound = make_video(tmp_path / "b.m4a", "-vn", "-c:a", "aac")
    cut = tmp_path / "c.mp4"
    cut.write_bytes(clip.read_bytes()[:4000])
    for path in (picture, sound, cut):
        assert (await finished(gateway, await uploaded(gateway, path))).transcode == "error", path.name


async def test_large_files_are_not_converted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_video(tmp_path / "a.avi", "-c:v", "mpeg4")
    monkeypatch.setattr(ffmpeg, "TRANSCODE_LIMIT", 10)
    with pytest.raises(NotPlayable, match="200 MB"):
        await ffmpeg.make_playable(path, tmp_path / "b.mp4", ffmpeg.plan(await ffmpeg.probe(path)))


async def test_transcoding_takes_its_time(gateway: VimeoGateway, base: str, clip: Path) -> None:
    set_knobs(base, transcode_seconds=1.2)
    started = time.monotonic()
    uri = await uploaded(gateway, clip)
    state = await gateway.state(uri)
    assert (state.upload, state.transcode) == ("complete", "in_progress")
    await finished(gateway, uri)
    assert time.monotonic() - started >= 1.1


async def test_the_panel_finishes_or_fails_or_deletes(gateway: VimeoGateway, base: str, clip: Path) -> None:
    set_knobs(base, transcode_seconds=3000)
    first, second, third = [await uploaded(gateway, clip) for _ in range(3)]
    for uri, action in ((first, "complete"), (second, "fail"), (third, "delete")):
        answer = httpx.post(f"{base}/vimeo/pages{uri}/{action}", trust_env=False)
        assert answer.status_code == 303
    assert (await finished(gateway, first)).transcode == "complete"
    assert (await gateway.state(second)).transcode == "error"
    await gateway.delete(third)
    assert httpx.post(f"{base}/vimeo/pages{third}/fail", trust_env=False).status_code == 404
    assert httpx.post(f"{base}/vimeo/pages{first}/nonsense", trust_env=False).status_code == 404


async def test_another_site_cant_delete(gateway: VimeoGateway, base: str, clip: Path) -> None:
    uri = await uploaded(gateway, clip)
    cross = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    answer = httpx.post(f"{base}/vimeo/pages{uri}/delete", headers=cross, trust_env=False)
    assert answer.status_code == 403
    assert (await gateway.state(uri)).uri == uri


async def test_the_knob_makes_transcoding_fail(gateway: VimeoGateway, base: str, clip: Path) -> None:
    set_knobs(base, transcode_error=100)
    assert (await finished(gateway, await uploaded(gateway, clip))).transcode == "error"


async def test_work_left_by_a_dead_process_starts_again(gateway: VimeoGateway, sandbox_server, clip: Path) -> None:
    """As after a restart: the bytes are there, the lease is somebody else's and ran out."""
    uri = await uploaded(gateway, clip)
    await finished(gateway, uri)
    died = '{"transcode": "in_progress", "lease": "dead", "lease_until": %s, "file": "", "duration": 0}'
    await change(sandbox_server, uri, died % (time.time() + 1))
    assert (await gateway.state(uri)).transcode == "in_progress"
    await asyncio.sleep(0.3)
    assert (await gateway.state(uri)).transcode == "in_progress"
    await asyncio.sleep(0.9)
    assert (await finished(gateway, uri)).duration_s == 2


async def test_bytes_that_arrived_before_a_crash_are_noticed(gateway: VimeoGateway, sandbox_server, clip: Path) -> None:
    uri = await uploaded(gateway, clip)
    await finished(gateway, uri)
    await change(sandbox_server, uri, '{"upload": "in_progress", "transcode": "in_progress", "lease_until": 0}')
    assert (await finished(gateway, uri)).transcode == "complete"


async def change(sandbox_server, uri: str, patch: str) -> None:
    async with await psycopg.AsyncConnection.connect(sandbox_server.sandbox.store._pool.conninfo) as connection:
        await connection.execute(
            "UPDATE sandbox.objects SET data = data || %s::jsonb WHERE kind='video' AND id=%s",
            (patch, uri.rpartition("/")[2]),
        )
