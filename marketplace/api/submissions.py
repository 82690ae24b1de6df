"""``/submissions/files/<id>``: what learners handed in, for themselves, their course's maker and staff.

A file is only ever given to be saved, never shown: it was made by a stranger. Of pictures there is one drawn anew.
"""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from marketplace.api.http import redirect
from marketplace.cookies import session_cookie
from marketplace.db import transaction
from marketplace.domain.accounts import service as accounts
from marketplace.domain.assignments.service import SubmissionFile
from marketplace.domain.courses import desk
from marketplace.domain.media import service as media
from marketplace.errors import MarketplaceError, Missing
from marketplace.ids import parse_id
from marketplace.vendors import vendors

MAX_BYTES = 20 * 1024**2
_HEADERS = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox; default-src 'none'",
    "vary": "Cookie",
    "x-robots-tag": "noindex",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-site",
}
_A_MINUTE = 120  # files for one person


async def file(request: Request) -> Response:
    try:
        row = await _find(request)
        if row is None:
            return redirect("/login")
        body = await vendors().files.read(row.path, max_bytes=MAX_BYTES)
    except MarketplaceError as error:
        return PlainTextResponse(error.text, error.status, headers={**_HEADERS, "cache-control": "no-store"})
    headers = {
        **_HEADERS, "cache-control": "private, no-store",
        "content-disposition": f"attachment; filename*=UTF-8''{quote(row.name, safe='')}",
    }  # fmt: skip
    return Response(body, media_type="application/octet-stream", headers=headers)


async def picture(request: Request) -> Response:
    """Drawn anew, small, without what the camera wrote into it."""
    try:
        row = await _find(request)
        if row is None or not row.picture:
            raise Missing
        body = await vendors().files.read(row.path, max_bytes=MAX_BYTES)
        drawn = await asyncio.to_thread(media.pictures.render, body, (1280,))
    except MarketplaceError as error:
        return PlainTextResponse(error.text, error.status, headers={**_HEADERS, "cache-control": "no-store"})
    headers = {**_HEADERS, "cache-control": "private, max-age=3600"}
    return Response(drawn.renditions[0].body, media_type="image/webp", headers=headers)


async def _find(request: Request) -> SubmissionFile | None:
    """The file, or None for who isn't signed in. Raises ``Missing`` for who may not."""
    file_id = parse_id(request.path_params["file_id"])
    async with transaction() as session:
        known = await accounts.who(session, session_cookie(request.headers.get("cookie", "")))
        if known is None:
            return None
        await accounts.limit(session, f"submissions:{known[0].account_id}", most=_A_MINUTE, seconds=60)
    if file_id is None:
        raise Missing
    async with transaction() as session:
        return await desk.file(session, known[0], file_id)


routes = [
    Route("/submissions/files/{file_id}", file, methods=["GET"]),
    Route("/submissions/files/{file_id}/picture", picture, methods=["GET"]),
]
