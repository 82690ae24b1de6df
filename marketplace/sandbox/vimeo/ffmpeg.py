"""Looking into a file and making it playable in browsers, with the ffmpeg from imageio-ffmpeg.

The container formats are a closed list: ffmpeg also reads playlists and image sequences, which
could make it open other files than the one that was uploaded.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TRANSCODE_LIMIT = 200 * 1024**2
_FORMATS = "mov,mp4,m4a,matroska,webm,avi,mpegts,mpeg,flv,ogg,asf"
_INPUT = ("-format_whitelist", _FORMATS, "-protocol_whitelist", "file")
_WORK_TIMEOUT_S = 900
_PROBE_TIMEOUT_S = 30

_DURATION = re.compile(r"^\s+Duration: (\d+):(\d+):(\d+(?:\.\d+)?)", re.M)
_CONTAINER = re.compile(r"^Input #0, ([\w,]+), from", re.M)
_BRAND = re.compile(r"^\s+major_brand\s+: (\S+)", re.M)
_VIDEO = re.compile(r"^\s+Stream #0:\d+.*: Video: (\w+)(?!.*\(attached pic\)).*?, (\w+).*?, (\d{1,5})x(\d{1,5})", re.M)
_AUDIO = re.compile(r"^\s+Stream #0:\d+.*: Audio: (\w+)", re.M)
_ROTATED = re.compile(r"rotation of -?(?:90|270)\.", re.M)


class NotPlayable(Exception):
    """The file can't become a playable video; the text says why."""


@dataclass(frozen=True, slots=True)
class Probe:
    """What is in a file. ``duration`` is in seconds, 0 when the container doesn't say."""

    container: str
    video: str
    pixels: str
    audio: str
    duration: float
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Plan:
    """``serve`` the file as it is, or write ``suffix`` with these codec arguments."""

    suffix: str
    serve: bool
    codecs: tuple[str, ...] = ()
    reencodes: bool = False


def parse(output: str, *, webm: bool) -> Probe:
    """Reads ``ffmpeg -i``'s report. Raises ``NotPlayable`` when it shows no video."""
    container, video = _CONTAINER.search(output), _VIDEO.search(output)
    if container is None or video is None:
        raise NotPlayable("This file has no video that can be played.")
    brand, audio, length = _BRAND.search(output), _AUDIO.search(output), _DURATION.search(output)
    kind = container[1].split(",")[0]
    if kind == "matroska" and webm:
        kind = "webm"
    elif kind == "mov" and brand and brand[1] != "qt":
        kind = "mp4"
    seconds = int(length[1]) * 3600 + int(length[2]) * 60 + float(length[3]) if length else 0.0
    width, height = int(video[3]), int(video[4])
    if _ROTATED.search(output):
        width, height = height, width
    return Probe(kind, video[1], video[2], audio[1] if audio else "", seconds, width, height)


def plan(probe: Probe) -> Plan:
    """The least work that makes it play in every browser: nothing, a new container, or new codecs."""
    if probe.video in ("vp8", "vp9") and probe.audio in ("", "vorbis", "opus"):
        return Plan(".webm", probe.container == "webm" and probe.duration > 0, ("-c", "copy"))
    good_video = probe.video == "h264" and probe.pixels in ("yuv420p", "yuvj420p")
    good_audio = probe.audio in ("", "aac", "mp3")
    if good_video and good_audio and probe.container == "mp4" and probe.duration > 0:
        return Plan(".mp4", True)
    picture = ("-c:v", "copy") if good_video else _H264
    sound = ("-c:a", "copy") if good_audio else ("-c:a", "aac", "-ac", "2")
    return Plan(".mp4", False, (*picture, *sound, "-movflags", "+faststart"), reencodes=not good_video)


_H264 = (
    *("-c:v", "libx264", "-preset", "veryfast", "-crf", "24", "-pix_fmt", "yuv420p", "-threads", "2"),
    *("-vf", "scale=w='trunc(min(1280,iw)/2)*2':h=-2"),
)


async def probe(path: Path) -> Probe:
    report = await _run([*_INPUT, "-i", str(path)], _PROBE_TIMEOUT_S)
    return parse(report.output, webm=b"webm" in _head(path))


async def make_playable(source: Path, target: Path, plan: Plan) -> None:
    """Writes ``target``; raises ``NotPlayable`` when it can't be done or would take too long."""
    if plan.reencodes and _size(source) > TRANSCODE_LIMIT:
        raise NotPlayable("The sandbox converts files up to 200 MB only. Upload an H.264 MP4 instead.")
    if plan.reencodes and not await has_h264():
        raise NotPlayable("This ffmpeg can't write H.264. Upload an H.264 MP4 instead.")
    streams = ("-map", "0:v:0", "-map", "0:a:0?", "-map_metadata", "-1")
    result = await _run([*_INPUT, "-i", str(source), *streams, *plan.codecs, "-y", str(target)], _WORK_TIMEOUT_S)
    if result.status:
        raise NotPlayable("The file is damaged and couldn't be converted.")


async def poster(source: Path, target: Path, duration: float) -> None:
    """A frame from the first third as JPEG, which also proves that the video can be decoded."""
    for moment in (min(1.0, duration / 3), 0.0):
        frame = ("-frames:v", "1", "-update", "1", "-vf", "scale=640:-2", "-q:v", "4", "-y", str(target))
        result = await _run([*_INPUT, "-ss", f"{moment:.2f}", "-i", str(source), *frame], _PROBE_TIMEOUT_S)
        if not result.status and _size(target):
            return
    raise NotPlayable("No picture can be read from this video.")


async def has_h264() -> bool:
    return " libx264 " in (await _run(["-encoders"], _PROBE_TIMEOUT_S)).output


@dataclass(frozen=True, slots=True)
class _Result:
    status: int
    output: str


async def _run(arguments: list[str], timeout_s: float) -> _Result:
    """In a thread, since not every event loop runs subprocesses; cancelling kills the process."""
    process = _start(arguments)
    try:
        output, _ = await asyncio.to_thread(process.communicate, None, timeout_s)
    except subprocess.TimeoutExpired:
        raise NotPlayable("Reading this file took too long.") from None
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    return _Result(process.returncode, output.decode(errors="replace"))


def _start(arguments: list[str]) -> subprocess.Popen[bytes]:
    command = [_executable(), "-hide_banner", "-nostdin", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)  # noqa: S603


@cache
def _executable() -> str:
    import imageio_ffmpeg

    return str(imageio_ffmpeg.get_ffmpeg_exe())


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(256)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
