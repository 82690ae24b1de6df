"""The tus 1.0 upload address (https://tus.io/protocols/resumable-upload), for browsers and servers.

The link's token is the permission. The offset is the size of the file on disk, so a broken
connection or a killed server resumes from what arrived. One PATCH at a time, by a file lock that
the operating system frees when its process dies.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from marketplace.sandbox.store import Row
from marketplace.sandbox.vimeo import processing
from marketplace.sandbox.vimeo.records import VENDOR, delete_video, source_path
from marketplace.sandbox.vimeo.wire import Problem

if TYPE_CHECKING:
    from marketplace.sandbox.app import Sandbox

log = structlog.get_logger()

_BUFFER = 1024**2
_SILENCE_S = 60.0
_METHODS = ("OPTIONS", "HEAD", "PATCH", "DELETE")
_HEADERS = {
    "Tus-Resumable": "1.0.0",
    "Cache-Control": "no-store",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Upload-Offset, Upload-Length, Tus-Resumable, Tus-Version, Tus-Extension",
}
_PREFLIGHT = {
    "Tus-Version": "1.0.0",
    "Tus-Extension": "termination",
    "Access-Control-Allow-Methods": ", ".join(_METHODS),
    "Access-Control-Allow-Headers": "Content-Type, Upload-Offset, Upload-Length, Tus-Resumable, Authorization",
    "Access-Control-Max-Age": "86400",
}


class Refused(Exception):
    """Ends a tus request with this status."""

    def __init__(self, status: int, text: str = "") -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class Tus:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[BaseRoute]:
        return [Route("/tus/{token}", self.endpoint, methods=[*_METHODS, "GET", "POST", "PUT"])]

    async def endpoint(self, request: Request) -> Response:
        try:
            return await self._answer(request)
        except Refused as refused:
            return _tus(refused.status, refused.text)

    async def _answer(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return _tus(204, headers=_PREFLIGHT)
        if request.method not in _METHODS:
            return _tus(405, headers={"Allow": ", ".join(_METHODS)})
        if request.headers.get("tus-resumable") != "1.0.0":
            return _tus(412, "Tus-Resumable: 1.0.0 is needed.", headers={"Tus-Version": "1.0.0"})
        upload = await self._upload(request.path_params["token"])
        match request.method:
            case "HEAD":
                return await self._head(upload)
            case "PATCH":
                return await self._patch(request, upload)
            case _:
                return await self._terminate(upload)

    async def _upload(self, token: str) -> Row:
        async with self._sandbox.store.tx() as tx:
            upload = await tx.get(VENDOR, "upload", token)
        if upload is None:
            raise Refused(404, "There is no such upload.")
        return upload

    async def _head(self, upload: Row) -> Response:
        offset = await self._offset(upload)
        if offset == upload["size"]:
            await self._complete(upload)
        return _tus(200, headers={"Upload-Offset": str(offset), "Upload-Length": str(upload["size"])})

    async def _patch(self, request: Request, upload: Row) -> Response:
        start = _claimed_offset(request)
        offset = await self._offset(upload)
        if upload.get("complete") or (start == offset == upload["size"]):
            return await self._repeated_end(upload, start)
        with _locked(source_path(self._sandbox.store, upload["video"])) as file:
            offset = await self._receive(request, upload, file, start)
        if offset == upload["size"]:
            await self._complete(upload)
        return _tus(204, headers={"Upload-Offset": str(offset)})

    async def _repeated_end(self, upload: Row, start: int) -> Response:
        """The client missed our last answer and asks again with nothing left to send."""
        if start != upload["size"]:
            raise Refused(409, "The upload is at another offset.")
        await self._complete(upload)
        return _tus(204, headers={"Upload-Offset": str(start)})

    async def _receive(self, request: Request, upload: Row, file: BinaryIO, start: int) -> int:
        """Appends the body; returns the new offset, which a broken connection only stops early."""
        if start != os.fstat(file.fileno()).st_size:
            raise Refused(409, "The upload is at another offset.")
        declared = request.headers.get("content-length", "0")
        if start + (int(declared) if declared.isdigit() else 0) > upload["size"]:
            raise Refused(413, "That is more than the upload's length.")
        try:
            await _append(request, file, upload["size"] - start)
        except Refused:
            file.truncate(start)
            raise
        except (ClientDisconnect, TimeoutError):
            log.info("sandbox.vimeo_upload_broken", video=upload["video"])
        return os.fstat(file.fileno()).st_size

    async def _terminate(self, upload: Row) -> Response:
        async with self._sandbox.store.tx() as tx:
            video = await tx.get(VENDOR, "video", upload["video"])
        if video is not None and video["upload"] != "in_progress":
            raise Refused(410, "The upload is complete.")
        await delete_video(self._sandbox.store, upload["video"])
        return _tus(204)

    async def _offset(self, upload: Row) -> int:
        if upload.get("complete"):
            return int(upload["size"])
        path = source_path(self._sandbox.store, upload["video"])
        return path.stat().st_size if path.exists() else 0

    async def _complete(self, upload: Row) -> None:
        """Once converted the uploaded file is gone, so completion is written down."""
        try:
            await processing.upload_completed(self._sandbox, upload["video"])
        except Problem:
            raise Refused(410, "The video was deleted.") from None
        async with self._sandbox.store.tx() as tx:
            await tx.put(VENDOR, "upload", upload["id"], upload | {"complete": True})


def _tus(status: int, text: str = "", *, headers: dict[str, str] | None = None) -> Response:
    return Response(text or None, status_code=status, headers={**_HEADERS, **(headers or {})})


def _claimed_offset(request: Request) -> int:
    if request.headers.get("content-type", "") != "application/offset+octet-stream":
        raise Refused(415, "Content-Type must be application/offset+octet-stream.")
    value = request.headers.get("upload-offset", "")
    if not (value.isascii() and value.isdigit()):
        raise Refused(400, "Upload-Offset must be a number.")
    return int(value)


@contextmanager
def _locked(path: Path) -> Iterator[BinaryIO]:
    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(423, "Another request is sending this upload.") from None
        yield file


async def _append(request: Request, file: BinaryIO, room: int) -> None:
    """Writes in large pieces off the event loop; what arrived before a break is kept."""
    pending = bytearray()
    stream = request.stream()
    try:
        while (chunk := await _next(stream)) is not None:
            room -= len(chunk)
            if room < 0:
                raise Refused(413, "That is more than the upload's length.")
            pending += chunk
            if len(pending) >= _BUFFER:
                await asyncio.to_thread(_write, file, bytes(pending))
                pending.clear()
    finally:
        if pending:
            await asyncio.shield(asyncio.to_thread(_write, file, bytes(pending)))


async def _next(stream: AsyncIterator[bytes]) -> bytes | None:
    """The next chunk, None at the end; a connection silent for a minute counts as broken."""
    async with asyncio.timeout(_SILENCE_S):
        return await anext(stream, None)


def _write(file: BinaryIO, data: bytes) -> None:
    file.write(data)
    file.flush()
