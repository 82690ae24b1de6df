"""Vimeo by PyVimeo (https://developer.vimeo.com/api/reference), or its stand-in when there is no token.

PyVimeo is synchronous, so every call runs in a thread. ``files`` links are never asked for: they
never expire.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import structlog
from requests import RequestException, Response
from vimeo import VimeoClient
from vimeo.exceptions import APIRateLimitExceededFailure

from marketplace import clock
from marketplace.domain.inbox.errors import BadSignature
from marketplace.domain.inbox.ports import ProviderEvent
from marketplace.domain.media.errors import NotAVideo, NotCaptions, VideoMissing, VideoQuotaReached
from marketplace.domain.media.ports import VideoState, VideoUpload
from marketplace.errors import Invalid, Unavailable
from marketplace.gateways.tls import tls
from marketplace.settings import Settings

log = structlog.get_logger()

_SANDBOX_TOKEN = "sandbox-vimeo-token"  # noqa: S105
_TIMEOUT_S = (3, 30)
_QUOTA_CODES = {3500, 4101, 4102, 4104}
_STATE_FIELDS = (
    "uri,upload.status,transcode.status,duration,width,height,player_embed_url,pictures.sizes,play.progressive"
)
_EMBED_FIELDS = "transcode.status,player_embed_url,play.progressive"
_TRACK_FIELDS = "uri,active,language,name,link"
_THUMBNAIL_WIDTH = 1280
_PIECE = 8 * 1024**2
_WEBHOOK_AGE_S = 3 * 86_400

Progress = Literal["in_progress", "complete", "error"]


class VimeoGateway:
    """``VideoGateway`` and, for ``/webhooks/vimeo``, ``EventSource``."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._sandboxed = settings.vimeo_sandboxed
        self._client = VimeoClient(token=settings.vimeo_access_token or _SANDBOX_TOKEN)
        if self._sandboxed:
            self._client.API_ROOT = f"{settings.sandbox_internal_url}/vimeo"

    async def create_upload(self, *, name: str, size: int) -> VideoUpload:
        if size < 1:
            raise NotAVideo
        data = {
            "name": name[:128],
            "upload": {"approach": "tus", "size": str(size)},
            "privacy": {"view": "disable", "embed": "whitelist", "download": False, "comments": "nobody"},
        }
        made = await self._call("post", "/me/videos", params={"fields": "uri,upload.upload_link"}, data=data)
        return VideoUpload(uri=made["uri"], upload_link=made["upload"]["upload_link"])

    async def state(self, uri: str) -> VideoState:
        found = await self._call("get", uri, params={"fields": self._fields(_STATE_FIELDS)})
        return VideoState(
            uri=found["uri"],
            upload=_progress(found.get("upload")),
            transcode=_progress(found.get("transcode")),
            duration_s=int(found.get("duration") or 0),
            width=int(found.get("width") or 0),
            height=int(found.get("height") or 0),
            player_url=self._player_url(found),
            thumbnail_url=_thumbnail(found),
        )

    async def protect(self, uri: str, domain: str) -> None:
        privacy = {"view": "disable", "embed": "whitelist", "download": False}
        await self._call("patch", uri, params={"fields": "uri"}, data={"privacy": privacy})
        await self._call("put", f"{uri}/privacy/domains/{quote(_host(domain), safe='')}")

    async def playback_url(self, uri: str, *, viewer: str) -> str:
        headers = {"X-Sandbox-Viewer": viewer} if self._sandboxed else {}
        found = await self._call("get", uri, params={"fields": self._fields(_EMBED_FIELDS)}, headers=headers)
        if _progress(found.get("transcode")) == "error":
            raise VideoMissing("The video host couldn't read that video. Upload it again.")
        url = self._player_url(found)
        if not url:
            raise Unavailable("The video is still being prepared. Try again in a minute.")
        return url

    async def add_captions(self, uri: str, *, language: str, label: str, vtt: str) -> str:
        data = {"type": "captions", "language": language, "name": label}
        track = await self._call("post", f"{uri}/texttracks", params={"fields": "uri,link"}, data=data)
        await self._put_captions(track["link"], vtt.encode())
        await self._call("patch", track["uri"], params={"fields": "uri"}, data={"active": True})
        return str(track["uri"])

    async def remove_captions(self, uri: str, track_uri: str) -> None:
        await self._delete(track_uri)

    async def captions(self, uri: str) -> list[tuple[str, str, str]]:
        params = {"fields": _TRACK_FIELDS, "per_page": "100"}
        found = await self._call("get", f"{uri}/texttracks", params=params)
        return [(t["language"], t["name"], t["link"]) for t in found["data"] if t["active"] and t["link"]]

    async def caption_file(self, link: str) -> bytes:
        response = await asyncio.to_thread(self._send, "get", self._reachable(link), {"auth": _no_auth})
        _check(response, "get", "captions")
        return bytes(response.content)

    async def file_url(self, uri: str, *, viewer: str) -> str:
        """Vimeo plays what is embedded and hands out no file of it: its ``files`` links never expire, and ``play``
        links need a scope of their own."""
        return await self.playback_url(uri, viewer=viewer) if self._sandboxed else ""

    async def rename(self, uri: str, name: str) -> None:
        await self._call("patch", uri, params={"fields": "uri"}, data={"name": name[:128]})

    async def delete(self, uri: str) -> None:
        await self._delete(uri)

    async def upload_bytes(self, link: str, path: Path) -> None:
        """Sends a file to a tus link from the server, resuming where an earlier try stopped. For demo data."""
        link = self._reachable(link)
        size = (await asyncio.to_thread(path.stat)).st_size
        try:
            async with httpx.AsyncClient(
                timeout=httpx.Timeout(60, connect=3), trust_env=not self._sandboxed, verify=tls()
            ) as client:
                offset = await _tus_offset(client, link)
                while offset < size:
                    offset = await _tus_send(client, link, path, offset, size)
        except httpx.HTTPError as problem:
            raise Unavailable from problem

    def verify(self, source: str, body: bytes, headers: Mapping[str, str]) -> ProviderEvent:
        """The nudge, if it carries our secret's signature and is at most three days old."""
        if not self.enabled(source) or not self._signed(body, headers):
            raise BadSignature
        event = _nudge(body, livemode=not self._sandboxed)
        if clock.now().timestamp() - event.created > _WEBHOOK_AGE_S:
            raise BadSignature("The event is too old.")
        return event

    def enabled(self, source: str) -> bool:
        return source == "vimeo" and bool(self._settings.vimeo_webhook_secret)

    async def events_since(
        self, created: int, *, account_id: str | None = None, limit: int = 500
    ) -> list[ProviderEvent]:
        """Vimeo keeps no list of events: the sweep polls the videos that are not ready."""
        return []

    def _signed(self, body: bytes, headers: Mapping[str, str]) -> bool:
        given = next((value for name, value in headers.items() if name.lower() == "x-vimeo-signature"), "")
        digest = hmac.new(self._settings.vimeo_webhook_secret.encode(), body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(given.encode(), f"sha256={digest}".encode())

    def _fields(self, fields: str) -> str:
        """At Vimeo ``play`` needs a further scope, and the embedded player doesn't need ``play``."""
        return fields if self._sandboxed else fields.removesuffix(",play.progressive")

    def _player_url(self, video: Mapping[str, Any]) -> str:
        if not self._sandboxed:
            return _watch_url(str(video.get("player_embed_url") or ""))
        links = (video.get("play") or {}).get("progressive") or []
        return str(links[0]["link"]) if links else ""

    def _reachable(self, link: str) -> str:
        """The public address may not be reachable from here: take the loopback one."""
        public = self._settings.sandbox_public_url
        return self._settings.sandbox_internal_url + link.removeprefix(public) if link.startswith(public) else link

    async def _put_captions(self, link: str, body: bytes) -> None:
        """The link is its own permission: the account's token stays at home."""
        response = await asyncio.to_thread(
            self._send, "put", link, {"data": body, "auth": _no_auth, "headers": {"Content-Type": "text/vtt"}}
        )
        if response.status_code == 400:
            raise NotCaptions
        _check(response, "put", "captions")

    async def _delete(self, uri: str) -> None:
        response = await asyncio.to_thread(self._send, "delete", uri, {})
        if response.status_code != 404:
            _check(response, "delete", uri)

    async def _call(self, verb: str, path: str, **arguments: Any) -> Any:
        response = await asyncio.to_thread(self._send, verb, path, arguments)
        _check(response, verb, path)
        try:
            return response.json() if response.content else {}
        except ValueError as problem:
            raise Unavailable from problem

    def _send(self, verb: str, path: str, arguments: dict[str, Any]) -> Response:
        if self._sandboxed:
            arguments["proxies"] = {"http": "", "https": "", "all": ""}
        try:
            response: Response = getattr(self._client, verb)(path, timeout=_TIMEOUT_S, **arguments)
        except (APIRateLimitExceededFailure, RequestException) as problem:
            log.warning("vimeo.unavailable", verb=verb, path=urlsplit(path).path, reason=type(problem).__name__)
            raise Unavailable from problem
        return response


def _check(response: Response, verb: str, path: str) -> None:
    """Turns Vimeo's errors into ours; what only the operator can mend is logged."""
    if response.status_code < 400:
        return
    problem = _problem(response)
    code = problem.get("error_code")
    if response.status_code == 404:
        raise VideoMissing
    if code in _QUOTA_CODES:
        raise VideoQuotaReached
    log.error("vimeo.refused", verb=verb, path=path, status=response.status_code, said=code, error=problem.get("error"))
    if response.status_code in (400, 422):
        raise Invalid("The video host refused that. Check the file and its details.")
    raise Unavailable


def _problem(response: Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _progress(part: Mapping[str, Any] | None) -> Progress:
    status = (part or {}).get("status")
    return status if status in ("complete", "error") else "in_progress"


def _watch_url(embed: str) -> str:
    """``https://player.vimeo.com/video/1?h=ab`` as the player's component takes it: ``https://vimeo.com/1/ab``."""
    parts = urlsplit(embed)
    number = parts.path.rstrip("/").rpartition("/")[2]
    if not number:
        return ""
    secret = parse_qs(parts.query).get("h", [""])[0]
    return f"https://vimeo.com/{number}" + (f"/{secret}" if secret else "")


def _thumbnail(video: Mapping[str, Any]) -> str:
    """The largest that is not larger than a page shows."""
    sizes = [s for s in (video.get("pictures") or {}).get("sizes") or [] if s["width"] <= _THUMBNAIL_WIDTH]
    return str(max(sizes, key=lambda size: size["width"])["link"]) if sizes else ""


def _host(domain: str) -> str:
    """The exact host name, from a domain, an origin or a URL."""
    return (urlsplit(domain if "//" in domain else f"//{domain}").hostname or domain).lower()


def _nudge(body: bytes, *, livemode: bool) -> ProviderEvent:
    try:
        event = json.loads(body)
        video, kind, event_id = (str(event[name]) for name in ("video_uri", "event", "id"))
        created = int(event["created"])
    except (ValueError, KeyError, TypeError):
        raise BadSignature("The event is malformed.") from None
    return ProviderEvent(
        source="vimeo",
        id=event_id,
        type=kind,
        object_id=video,
        account_id="",
        created=created,
        livemode=livemode,
        payload={"event": kind, "video_uri": video},
    )


def _no_auth(request: Any) -> Any:
    return request


async def _tus_offset(client: httpx.AsyncClient, link: str) -> int:
    response = await client.head(link, headers={"Tus-Resumable": "1.0.0"})
    _check_tus(response)
    return int(response.headers["upload-offset"])


async def _tus_send(client: httpx.AsyncClient, link: str, path: Path, offset: int, size: int) -> int:
    length = min(_PIECE, size - offset)
    headers = {
        "Tus-Resumable": "1.0.0",
        "Upload-Offset": str(offset),
        "Content-Type": "application/offset+octet-stream",
        "Content-Length": str(length),
    }
    response = await client.patch(link, headers=headers, content=_read(path, offset, length))
    _check_tus(response)
    return int(response.headers["upload-offset"])


async def _read(path: Path, offset: int, length: int) -> AsyncIterator[bytes]:
    def read() -> bytes:
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(length)

    yield await asyncio.to_thread(read)


def _check_tus(response: httpx.Response) -> None:
    if response.status_code in (404, 410):
        raise VideoMissing
    response.raise_for_status()
