"""Vimeo's stand-in: API 3.4 as PyVimeo uses it, tus uploads, transcoding by ffmpeg, signed playback."""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import TYPE_CHECKING

from starlette.routing import BaseRoute, Route

from marketplace.sandbox.delivery import Endpoint
from marketplace.sandbox.knobs import Knob
from marketplace.sandbox.vimeo.attachments import Attachments, Pictures, TextTracks
from marketplace.sandbox.vimeo.pages import Pages, index_html
from marketplace.sandbox.vimeo.playback import Playback
from marketplace.sandbox.vimeo.processing import DEFAULT_TRANSCODE_S
from marketplace.sandbox.vimeo.tus import Tus
from marketplace.sandbox.vimeo.videos import Videos
from marketplace.sandbox.vimeo.wire import TOKEN, Handler, Meter, api

if TYPE_CHECKING:
    from marketplace.sandbox.app import Sandbox

__all__ = ["KNOBS", "TOKEN", "api_routes", "endpoints", "index_html", "page_routes"]

KNOBS = (
    Knob("transcode_seconds", "Transcoding takes (seconds)", 3600, default=DEFAULT_TRANSCODE_S),
    Knob("transcode_error", "Transcoding fails (%)", 100),
    Knob("quota_mb", "Upload quota (MB, 0 is unlimited)", 10_000_000),
)


def endpoints(sandbox: Sandbox) -> dict[str, Endpoint]:
    def sign(body: bytes) -> dict[str, str]:
        digest = hmac.new(sandbox.settings.vimeo_webhook_secret.encode(), body, hashlib.sha256).hexdigest()
        return {"X-Vimeo-Signature": f"sha256={digest}"}

    return {"vimeo": Endpoint(f"http://127.0.0.1:{sandbox.settings.port}/webhooks/vimeo", sign)}


def page_routes(sandbox: Sandbox) -> list[BaseRoute]:
    return Pages(sandbox).routes()


def api_routes(sandbox: Sandbox) -> list[BaseRoute]:
    """The API behind the token, and what browsers reach by links that are permissions themselves."""
    meter = Meter()
    videos, tracks, pictures = Videos(sandbox), TextTracks(sandbox), Pictures(sandbox)

    def route(path: str, **verbs: Handler) -> list[BaseRoute]:
        return [Route(path, api(verbs[verb], meter, _seconds), methods=[verb.upper()]) for verb in verbs]

    return [
        *Tus(sandbox).routes(),
        *Playback(sandbox).routes(),
        *_open_routes(tracks),
        *_open_routes(pictures),
        *route("/me", get=videos.me),
        *route("/me/videos", post=videos.create, get=videos.list),
        *route("/videos/{video}", get=videos.get, patch=videos.edit, delete=videos.delete),
        *route("/videos/{video}/privacy/domains", get=videos.domains),
        *route("/videos/{video}/privacy/domains/{domain}", put=videos.allow_domain, delete=videos.refuse_domain),
        *route("/videos/{video}/texttracks", post=tracks.create, get=tracks.list),
        *route("/videos/{video}/texttracks/{id}", get=tracks.get, patch=tracks.edit, delete=tracks.delete),
        *route("/videos/{video}/pictures", post=pictures.create, get=pictures.list),
        *route("/videos/{video}/pictures/{id}", get=pictures.get, patch=pictures.edit, delete=pictures.delete),
        *route("/{path:path}", get=videos.missing, post=videos.missing, put=videos.missing, patch=videos.missing),
    ]


def _open_routes(files: Attachments) -> list[BaseRoute]:
    return [
        Route(f"/put/{files.kind}/{{token}}", files.receive, methods=["PUT"]),
        Route(f"/files/{files.kind}/{{video}}/{{id}}/{{token}}{files.suffix}", files.download, methods=["GET"]),
    ]


def _seconds() -> int:
    return int(time.time())
