"""``/learn/…``: what is fetched out of a lesson. Access is decided for each request, by the same function as for the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from marketplace.api.http import client_ip, redirect
from marketplace.classroom import explain_part
from marketplace.clock import now
from marketplace.cookies import session_cookie
from marketplace.db import transaction
from marketplace.domain.access.service import ANONYMOUS
from marketplace.domain.accounts import service as accounts
from marketplace.domain.catalog import browse
from marketplace.domain.courses import live, taking
from marketplace.domain.courses import service as courses
from marketplace.domain.media import files
from marketplace.errors import Denied, MarketplaceError, Missing
from marketplace.ids import parse_id
from marketplace.settings import get_settings
from marketplace.vendors import vendors

_PRIVATE = {"cache-control": "private, no-store", "x-robots-tag": "noindex", "referrer-policy": "no-referrer"}
_A_MINUTE, _LINK_SECONDS = 60, 60


@dataclass(frozen=True, slots=True)
class _Found:
    course: str
    lesson: str
    page: str
    block: UUID
    body: dict[str, Any]


async def file(request: Request) -> Response:
    """To the file in its storage, by a link that is good for a minute."""
    try:
        found = await _find(request, "file")
        if isinstance(found, Response):
            return found
        async with transaction() as session:
            stored = await files.find(session, UUID(str(found.body["file_id"])))
        if stored is None or stored.state != "ready":
            raise Missing
        url = await vendors().files.signed_download(
            stored.path, seconds=_LINK_SECONDS, filename=str(found.body["name"])
        )
    except MarketplaceError as error:
        return PlainTextResponse(error.text, error.status, headers=_PRIVATE)
    return Response(status_code=303, headers={**_PRIVATE, "location": url})


async def calendar(request: Request) -> Response:
    """When a live session is, for calendars. The way into it isn't in it."""
    try:
        found = await _find(request, "live")
        if isinstance(found, Response):
            return found
        session = live.Session.model_validate(found.body)
        if session.starts is None:
            raise Missing
    except MarketplaceError as error:
        return PlainTextResponse(error.text, error.status, headers=_PRIVATE)
    settings = get_settings()
    text = live.calendar(
        session, uid=f"{found.block}@{settings.public_url.partition('://')[2]}", title=f"{found.course}: {found.lesson}",
        url=settings.public_url + found.page, at=now(),
    )  # fmt: skip
    headers = {**_PRIVATE, "content-disposition": 'attachment; filename="live-session.ics"'}
    return Response(text, media_type="text/calendar; charset=utf-8", headers=headers)


async def _find(request: Request, kind: str) -> _Found | Response:
    """The block of a lesson as it is taught now, if whoever asks may open that lesson at this moment. Who isn't signed in
    may do so first, and is then led to the lesson."""
    wanted = [parse_id(request.path_params[name]) for name in ("product_id", "lesson_id", "block_id")]
    async with transaction() as session:
        known = await accounts.who(session, session_cookie(request.headers.get("cookie", "")))
        who = known[0] if known else ANONYMOUS
        await accounts.limit(session, f"blocks:{who.account_id or client_ip(request)}", most=_A_MINUTE, seconds=60)
    product_id, lesson_id, block_id = wanted
    if product_id is None or lesson_id is None or block_id is None:
        raise Missing
    async with transaction() as session:
        listing = next(iter(await browse.listings(session, [product_id])), None)
        taught = await taking.course(session, product_id)
        lesson = taught.outline.find(lesson_id) if taught else None
        if listing is None or taught is None or lesson is None:
            raise Missing
        page = f"/learn/{listing.product.slug}/{lesson.id}"
        decision = await explain_part(session, who, listing, taught, lesson)
        if not decision.allowed:
            if not who.signed_in:
                return redirect(f"/login?next={page}")
            raise Denied(decision.message)
        block = next((b for b in lesson.blocks if b.id == block_id and b.kind == kind), None)
        body = (await courses.contents(session, lesson)).get(block_id)
        if block is None or body is None:
            raise Missing
        return _Found(listing.product.title, lesson.title, page, block_id, body.body)


routes = [
    Route("/learn/{product_id}/{lesson_id}/{block_id}/file", file, methods=["GET"]),
    Route("/learn/{product_id}/{lesson_id}/{block_id}/session.ics", calendar, methods=["GET"]),
]
