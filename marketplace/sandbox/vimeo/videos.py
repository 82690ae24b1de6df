"""Videos and where they may be embedded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from marketplace.sandbox.store import Row
from marketplace.sandbox.vimeo import processing
from marketplace.sandbox.vimeo.records import (
    VENDOR,
    check_quota,
    count,
    delete_video,
    get_video,
    new_video,
    page_of_videos,
    public_video,
    save_video,
    used_bytes,
)
from marketplace.sandbox.vimeo.wire import answer, invalid, listing, not_found, paging, read_json, vimeo_json

if TYPE_CHECKING:
    from marketplace.sandbox.app import Sandbox

_CHOICES: dict[str, set[str | bool]] = {
    "view": {"anybody", "contacts", "disable", "nobody", "password", "unlisted", "users"},
    "embed": {"private", "public", "whitelist"},
    "comments": {"anybody", "contacts", "nobody"},
    "download": {True, False},
    "add": {True, False},
}
_DOMAIN = re.compile(r"(?!-)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*")


class Videos:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._store = sandbox.store

    async def me(self, request: Request) -> Response:
        async with self._store.tx() as tx:
            used = await used_bytes(tx)
            quota = int(float((await tx.knobs(VENDOR)).get("quota_mb", 0)) * 1024**2)
        space = {"used": used, "max": quota or None, "free": max(0, quota - used) if quota else None}
        body = {"uri": "/users/1", "name": "Sandbox", "upload_quota": {"space": space}}
        return answer(request, body, kind="user")

    async def create(self, request: Request) -> Response:
        body = await read_json(request)
        size = _size(body)
        body["privacy"] = _privacy(body)
        async with self._store.tx() as tx:
            await check_quota(tx, size)
            video = await save_video(tx, new_video(body, size, tx.timestamp()))
            upload = {"id": video["token"], "video": video["id"], "size": size}
            await tx.put(VENDOR, "upload", upload["id"], upload)
            shown = public_video(self._sandbox, tx, video)
        return answer(request, shown)

    async def list(self, request: Request) -> Response:
        page, per_page = paging(request)
        async with self._store.tx() as tx:
            total = await count(tx, "video")
            videos = await page_of_videos(tx, page, per_page)
            shown = [public_video(self._sandbox, tx, video) for video in videos]
        return listing(request, shown, total, page=page, per_page=per_page)

    async def get(self, request: Request) -> Response:
        """``X-Sandbox-Viewer`` names the viewer for whom the ``play`` links are made."""
        video = await self._settled(request)
        async with self._store.tx() as tx:
            shown = public_video(self._sandbox, tx, video, request.headers.get("x-sandbox-viewer", ""))
        return answer(request, shown)

    async def edit(self, request: Request) -> Response:
        body = await read_json(request)
        privacy = _privacy(body)
        await self._settled(request)
        async with self._store.tx() as tx:
            video = await get_video(tx, request.path_params["video"], lock=True)
            if "name" in body:
                video["name"] = str(body["name"])[:128]
            if "description" in body:
                video["description"] = str(body["description"])[:5000] or None
            video["privacy"] |= privacy
            await save_video(tx, video)
            shown = public_video(self._sandbox, tx, video)
        return answer(request, shown)

    async def delete(self, request: Request) -> Response:
        if not await delete_video(self._store, request.path_params["video"]):
            raise not_found()
        return Response(status_code=204)

    async def domains(self, request: Request) -> Response:
        async with self._store.tx() as tx:
            video = await get_video(tx, request.path_params["video"])
        uri = f"/videos/{video['id']}/privacy/domains"
        rows = [{"domain": domain, "uri": f"{uri}/{domain}", "allow_hd": True} for domain in video["domains"]]
        return listing(request, rows, len(rows))

    async def allow_domain(self, request: Request) -> Response:
        domain = request.path_params["domain"].lower()
        if not _DOMAIN.fullmatch(domain):
            raise invalid("That is not a domain.", "Give an exact host name, without scheme, port or wildcard.")
        async with self._store.tx() as tx:
            video = await get_video(tx, request.path_params["video"], lock=True)
            video["domains"] = sorted({*video["domains"], domain})
            await save_video(tx, video)
        return Response(status_code=204)

    async def refuse_domain(self, request: Request) -> Response:
        domain = request.path_params["domain"].lower()
        async with self._store.tx() as tx:
            video = await get_video(tx, request.path_params["video"], lock=True)
            if domain not in video["domains"]:
                raise not_found("domain")
            video["domains"].remove(domain)
            await save_video(tx, video)
        return Response(status_code=204)

    async def missing(self, request: Request) -> Response:
        return vimeo_json(not_found("page").body, status=404, kind="error")

    async def _settled(self, request: Request) -> Row:
        async with self._store.tx() as tx:
            video = await get_video(tx, request.path_params["video"])
        return await processing.settle(self._sandbox, video)


def _size(body: Row) -> int:
    upload = body.get("upload")
    if not isinstance(upload, dict) or upload.get("approach") != "tus":
        raise invalid("The upload approach must be tus.", "The sandbox offers upload.approach=tus only.")
    size = str(upload.get("size", ""))
    if not (size.isascii() and size.isdigit()) or int(size) < 1:
        raise invalid("You have provided an invalid parameter.", "upload.size must be a positive number of bytes.")
    return int(size)


def _privacy(body: Row) -> Row:
    """The privacy settings to change; an unknown name or value is refused, as Vimeo does."""
    privacy = body.get("privacy", {})
    if not isinstance(privacy, dict):
        raise invalid("privacy must be an object.")
    for name, value in privacy.items():
        if not isinstance(value, str | bool) or value not in _CHOICES.get(name, set()):
            raise invalid("You have provided an invalid parameter.", f"privacy.{name} can't be {value!r}.")
    return privacy
