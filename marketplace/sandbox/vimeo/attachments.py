"""Text tracks (captions) and pictures of a video: announce, PUT the file to a link, activate."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from marketplace.sandbox.store import Row, Tx
from marketplace.sandbox.vimeo import signing
from marketplace.sandbox.vimeo.records import VENDOR, get_video
from marketplace.sandbox.vimeo.wire import answer, invalid, listing, not_found, read_json

if TYPE_CHECKING:
    from marketplace.sandbox.app import Sandbox

_LIMIT = 10 * 1024**2
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_TYPES = {"captions", "chapters", "descriptions", "metadata", "subtitles"}


class Attachments:
    """One kind of file that belongs to a video: ``texttrack`` or ``picture``."""

    kind = ""
    suffix = ""
    media_type = ""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._store = sandbox.store

    async def create(self, request: Request) -> Response:
        fields = self.fields(await read_json(request))
        async with self._store.tx() as tx:
            video = await get_video(tx, request.path_params["video"])
            row = {
                **fields,
                "id": str(secrets.randbelow(900_000_000) + 100_000_000),
                "video": video["id"],
                "token": secrets.token_urlsafe(24),
                "active": False,
                "uploaded": False,
            }
            await tx.put(VENDOR, self.kind, row["id"], row)
        return answer(request, self.show(row, self._upload_link(row)), status=201, kind=self.kind)

    async def list(self, request: Request) -> Response:
        async with self._store.tx() as tx:
            video = await get_video(tx, request.path_params["video"])
            rows = await tx.find(VENDOR, self.kind, {"video": video["id"]})
            shown = [self.show(row, self._download_link(tx, row)) for row in reversed(rows)]
        return listing(request, shown, len(shown), per_page=100)

    async def get(self, request: Request) -> Response:
        async with self._store.tx() as tx:
            row = await self._find(tx, request)
            shown = self.show(row, self._download_link(tx, row))
        return answer(request, shown, kind=self.kind)

    async def edit(self, request: Request) -> Response:
        body = await read_json(request)
        async with self._store.tx() as tx:
            row = await self._find(tx, request, lock=True)
            row["active"] = str(body.get("active", row["active"])).lower() == "true"
            if row["active"] and not row["uploaded"]:
                raise invalid("The file hasn't been uploaded.")
            await tx.put(VENDOR, self.kind, row["id"], row)
            shown = self.show(row, self._download_link(tx, row))
        return answer(request, shown, kind=self.kind)

    async def delete(self, request: Request) -> Response:
        async with self._store.tx() as tx:
            row = await self._find(tx, request, lock=True)
            await tx.delete(VENDOR, self.kind, row["id"])
        self._path(row).unlink(missing_ok=True)
        return Response(status_code=204)

    async def receive(self, request: Request) -> Response:
        """The upload link: its token is the permission."""
        async with self._store.tx() as tx:
            found = await tx.find(VENDOR, self.kind, {"token": request.path_params["token"]}, limit=1)
        if not found:
            return PlainTextResponse("No such upload.", status_code=404)
        body = await _limited_body(request)
        if body is None or not self.acceptable(body):
            return PlainTextResponse("This file can't be read.", status_code=400)
        self._path(found[0]).write_bytes(body)
        async with self._store.tx() as tx:
            await tx.put(VENDOR, self.kind, found[0]["id"], found[0] | {"uploaded": True})
        return Response(status_code=200)

    async def download(self, request: Request) -> Response:
        """A signed link that expires, for the player in a browser."""
        video, id, token = (request.path_params[name] for name in ("video", "id", "token"))
        async with self._store.tx() as tx:
            row = await tx.get(VENDOR, self.kind, id)
            good = signing.valid(self._sandbox.settings, f"{self.kind}:{id}", token, tx.timestamp())
        if not good:
            return PlainTextResponse("This link is wrong or has expired.", status_code=403)
        if row is None or row["video"] != video or not self._path(row).exists():
            return PlainTextResponse("Not found.", status_code=404)
        return FileResponse(self._path(row), media_type=self.media_type, headers={"Cache-Control": "private"})

    def fields(self, body: Row) -> Row:
        return {}

    def acceptable(self, body: bytes) -> bool:
        return bool(body)

    def show(self, row: Row, link: str | None) -> Row:
        raise NotImplementedError

    async def _find(self, tx: Tx, request: Request, *, lock: bool = False) -> Row:
        row = await tx.get(VENDOR, self.kind, request.path_params["id"], lock=lock)
        if row is None or row["video"] != request.path_params["video"]:
            raise not_found(self.kind)
        return row

    def _path(self, row: Row) -> Path:
        return self._store.path(VENDOR, row["video"], f"{self.kind}-{row['id']}{self.suffix}")

    def _upload_link(self, row: Row) -> str:
        return f"{self._sandbox.settings.sandbox_internal_url}/vimeo/put/{self.kind}/{row['token']}"

    def _download_link(self, tx: Tx, row: Row) -> str | None:
        if not row["uploaded"]:
            return None
        expires = tx.timestamp() + signing.LIFETIME_S
        token = signing.sign(self._sandbox.settings, f"{self.kind}:{row['id']}", "", expires)
        return self._sandbox.url(f"/vimeo/files/{self.kind}/{row['video']}/{row['id']}/{token}{self.suffix}")


class TextTracks(Attachments):
    kind = "texttrack"
    suffix = ".vtt"
    media_type = "text/vtt"

    def fields(self, body: Row) -> Row:
        language, kind = str(body.get("language", "")), str(body.get("type", ""))
        if not _LANGUAGE.fullmatch(language) or kind not in _TYPES:
            raise invalid("You have provided an invalid parameter.", "A text track needs a type and a language.")
        return {"language": language, "type": kind, "name": str(body.get("name") or language)[:128]}

    def acceptable(self, body: bytes) -> bool:
        return body.removeprefix(b"\xef\xbb\xbf").startswith(b"WEBVTT")

    def show(self, row: Row, link: str | None) -> Row:
        return {
            "uri": f"/videos/{row['video']}/texttracks/{row['id']}",
            "active": row["active"],
            "type": row["type"],
            "language": row["language"],
            "name": row["name"],
            "link": link,
        }


class Pictures(Attachments):
    kind = "picture"
    suffix = ".jpg"
    media_type = "image/jpeg"

    def acceptable(self, body: bytes) -> bool:
        return body.startswith(b"\xff\xd8\xff")

    def show(self, row: Row, link: str | None) -> Row:
        return {
            "uri": f"/videos/{row['video']}/pictures/{row['id']}",
            "active": row["active"],
            "type": "custom",
            "link": link,
            "base_link": link,
        }


async def _limited_body(request: Request) -> bytes | None:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LIMIT:
            return None
    return bytes(body)
