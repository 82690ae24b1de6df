"""Small videos, made by ffmpeg, and what the Vimeo tests share."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import imageio_ffmpeg
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from marketplace.domain.media.ports import VideoState
from marketplace.gateways.vimeo import VimeoGateway

TUS = {"Tus-Resumable": "1.0.0"}
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def make_video(path: Path, *codecs: str, seconds: float = 2, audio: bool = True, size: str = "320x180") -> Path:
    """A test pattern with a tone; the container follows from the name."""
    sound = ["-f", "lavfi", "-i", f"sine=d={seconds}"] if audio else []
    picture = ["-f", "lavfi", "-i", f"testsrc=d={seconds}:s={size}:r=12"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *picture, *sound, *(codecs or H264), str(path)]
    subprocess.run(command, check=True)
    return path


def patch_headers(offset: int) -> dict[str, str]:
    return {**TUS, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}


async def uploaded(gateway: VimeoGateway, path: Path, name: str = "A lesson") -> str:
    """The uri of a video whose bytes have all arrived."""
    made = await gateway.create_upload(name=name, size=path.stat().st_size)
    await gateway.upload_bytes(made.upload_link, path)
    return made.uri


async def finished(gateway: VimeoGateway, uri: str, seconds: float = 20) -> VideoState:
    """Polls until transcoding ended."""
    end = time.monotonic() + seconds
    while (state := await gateway.state(uri)).transcode == "in_progress":
        assert time.monotonic() < end, "transcoding never ended"
        await asyncio.sleep(0.1)
    return state


def set_knobs(base: str, vendor: str = "vimeo", **knobs: Any) -> httpx.Response:
    return httpx.post(f"{base}/knobs/{vendor}", json=knobs, trust_env=False)


def calm(base: str) -> None:
    httpx.post(f"{base}/calm", json={}, trust_env=False)
    httpx.post(f"{base}/clock", json={"reset": True}, trust_env=False)


@contextmanager
def receiving(app: Any, path: str) -> Iterator[list[tuple[bytes, dict[str, str]]]]:
    """Takes webhooks at ``path`` of the test server."""
    seen: list[tuple[bytes, dict[str, str]]] = []

    async def take(request: Request) -> Response:
        seen.append((await request.body(), dict(request.headers)))
        return Response(status_code=200)

    route = Route(path, take, methods=["POST"])
    app.router.routes.insert(0, route)
    try:
        yield seen
    finally:
        app.router.routes.remove(route)
