"""What a browser fetches: the video file by a signed link, its thumbnail, and a small embedded player."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from marketplace.sandbox.html import e
from marketplace.sandbox.store import Row
from marketplace.sandbox.vimeo import signing
from marketplace.sandbox.vimeo.records import VENDOR, embeddable, host_of, playable_path, poster_path, public_video

if TYPE_CHECKING:
    from marketplace.sandbox.app import Sandbox

_REFUSED = "Because of its privacy settings, this video can't be played here."


class Playback:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/play/{video}/{token}.{suffix}", self.play, methods=["GET"]),
            Route("/thumbnails/{video}.jpg", self.thumbnail, methods=["GET"]),
            Route("/player/{video}", self.player, methods=["GET"]),
        ]

    async def play(self, request: Request) -> Response:
        """Ranges, ETag and 416 are the file response's; what is checked here is the right to play."""
        async with self._sandbox.store.tx() as tx:
            video = await tx.get(VENDOR, "video", request.path_params["video"])
            purpose = f"play:{request.path_params['video']}"
            good = signing.valid(self._sandbox.settings, purpose, request.path_params["token"], tx.timestamp())
        if not good:
            return _refuse("This link is wrong or has expired.")
        if video is None or video["transcode"] != "complete":
            return PlainTextResponse("Not found.", status_code=404)
        if not embeddable(video, host_of(self._sandbox.settings.public_url)):
            return _refuse(_REFUSED)
        return _file(playable_path(self._sandbox.store, video), f"video/{video['suffix'][1:]}", "private")

    async def thumbnail(self, request: Request) -> Response:
        async with self._sandbox.store.tx() as tx:
            video = await tx.get(VENDOR, "video", request.path_params["video"])
        if video is None or video["transcode"] != "complete":
            return PlainTextResponse("Not found.", status_code=404)
        return _file(poster_path(self._sandbox.store, video["id"]), "image/jpeg", "public, max-age=86400")

    async def player(self, request: Request) -> Response:
        """Vimeo's embed: knows which site asks, not which person."""
        async with self._sandbox.store.tx() as tx:
            video = await tx.get(VENDOR, "video", request.path_params["video"])
            if video is None or request.query_params.get("h") != video["hash"]:
                return PlainTextResponse("Not found.", status_code=404)
            shown = public_video(self._sandbox, tx, video)
        if not embeddable(video, host_of(request.headers.get("referer", ""))):
            return _refuse(_REFUSED)
        return HTMLResponse(_player(shown))


class _FileResponse(FileResponse):
    """Always sends the bytes itself: handing the path to the server would lose them in middleware."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await super().__call__({**scope, "extensions": {}}, receive, send)


def _file(path: Path, media_type: str, cache: str) -> Response:
    if not path.exists():
        return PlainTextResponse("Not found.", status_code=404)
    headers = {"Cache-Control": cache, "X-Content-Type-Options": "nosniff", "X-Robots-Tag": "noindex"}
    return _FileResponse(path, media_type=media_type, headers=headers)


def _refuse(text: str) -> Response:
    return PlainTextResponse(text, status_code=403, headers={"Cache-Control": "no-store"})


def _player(shown: Row) -> str:
    links = shown["play"].get("progressive", [])
    body = f'<video controls playsinline src="{e(links[0]["link"])}"></video>' if links else "<p>Not ready yet.</p>"
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{e(shown["name"])}</title>'
        "<style>html,body{margin:0;height:100%;background:#000;color:#fff;font-family:sans-serif}"
        f"video{{width:100%;height:100%}}</style>{body}</html>"
    )
