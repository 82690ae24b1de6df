"""The installable app: its manifest, its service worker, the page that works without a connection, and the lessons that
somebody keeps. Everything personal is asked for by that page and never cached on the way."""

from __future__ import annotations

import asyncio
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from marketplace import merging, offline
from marketplace.api import offline_page
from marketplace.api.http import came_from_here
from marketplace.cookies import SESSION
from marketplace.db import transaction
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts import service as accounts
from marketplace.errors import Denied, Invalid, MarketplaceError, Missing, SignInNeeded, Unavailable
from marketplace.i18n import _
from marketplace.ids import parse_id
from marketplace.settings import get_settings
from marketplace.vendors import vendors

Asked = TypeVar("Asked", bound=BaseModel)
_PRIVATE = {"cache-control": "private, no-store"}
_MOST_BYTES = 1_000_000
# The page shows what was kept: pictures and films out of the browser's own storage, and nothing else runs in it.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src blob:;"
    " font-src 'self'; connect-src 'self'{files}; worker-src 'self'; manifest-src 'self'; base-uri 'none';"
    " form-action 'self'; frame-ancestors 'none'"
)


class _Passes(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    passes: Annotated[list[Annotated[str, Field(max_length=600)]], Field(max_length=offline.MOST)]


class _Progress(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    product: Annotated[str, Field(max_length=40)]
    rows: Annotated[list[merging.Told], Field(max_length=merging.MOST)]


async def lesson(request: Request) -> Response:
    """A lesson to keep, with links to what of it are files."""
    try:
        who = await _who(request, "offline.lesson", most=120)
        product_id, lesson_id = (parse_id(request.path_params[name]) for name in ("product_id", "lesson_id"))
        if product_id is None or lesson_id is None:
            raise Missing
        async with transaction() as session:
            kept = await offline.pack(session, who, product_id, lesson_id)
        links = await _links(kept.uris, str(who.account_id))
    except MarketplaceError as error:
        return _problem(error)
    for block in kept.body["blocks"]:
        if block["kind"] == "video":
            block["url"] = links.get(block["id"], "")
            if not block["url"]:
                kept.body["left_out"] = sorted({*kept.body["left_out"], "video"})
    return JSONResponse({**kept.body, "owner": merging.owner_tag(who.account_id)}, headers=_PRIVATE)


async def _links(uris: dict[str, str], viewer: str) -> dict[str, str]:
    """Where the browser fetches each film, if the host hands it out."""
    try:
        found = await asyncio.gather(*(vendors().video.file_url(uri, viewer=viewer) for uri in uris.values()))
    except MarketplaceError as error:
        raise Unavailable(_("The video host isn't answering. Nothing was kept; try again in a minute.")) from error
    return dict(zip(uris, found, strict=True))


async def check(request: Request) -> Response:
    """What may stay. Who is signed out keeps nothing."""
    try:
        who = await _who(request, "offline.check", most=12)
        asked = await _body(request, _Passes)
        async with transaction() as session:
            kept = await offline.check(session, who, asked.passes)
    except MarketplaceError as error:
        return _problem(error)
    return JSONResponse({"owner": merging.owner_tag(who.account_id), "kept": kept}, headers=_PRIVATE)


async def progress(request: Request) -> Response:
    """What was watched and completed in the page without a connection."""
    try:
        who = await _who(request, "offline.progress", most=12)
        asked = await _body(request, _Progress)
        product_id = parse_id(asked.product)
        if product_id is None:
            raise Missing
        async with transaction() as session:
            await merging.merge(session, who, product_id, asked.rows)
    except MarketplaceError as error:
        return _problem(error)
    return JSONResponse({"merged": len(asked.rows)}, headers=_PRIVATE)


async def _who(request: Request, what: str, *, most: int) -> Actor:
    """Who asks, by the session cookie; only our own pages may ask."""
    if not came_from_here(request):
        raise Denied
    async with transaction() as session:
        known = await accounts.who(session, request.cookies.get(SESSION, "")[:200])
        if known is None:
            raise SignInNeeded
        await accounts.limit(session, f"{what}:{known[0].account_id}", most=most, seconds=60)
    return known[0]


async def _body(request: Request, kind: type[Asked]) -> Asked:
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _MOST_BYTES:
            raise Invalid(_("That is more than can be taken at once."))
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        raise Invalid(_("That request wasn't understood. Reload the page and try again.")) from error


def _problem(error: MarketplaceError) -> Response:
    status = 401 if isinstance(error, SignInNeeded) else error.status
    return JSONResponse({"problem": error.text}, status, headers=_PRIVATE)


async def page(request: Request) -> Response:
    settings = get_settings()
    files = "" if settings.supabase_sandboxed else f" {settings.supabase_url}"
    headers = {"content-security-policy": POLICY.format(files=files), "cache-control": "no-cache"}
    return Response(offline_page.html(), media_type="text/html; charset=utf-8", headers=headers)


async def script(request: Request) -> Response:
    return _code(offline_page.script(), "text/javascript")


async def style(request: Request) -> Response:
    return _code(offline_page.STYLE, "text/css")


async def worker(request: Request) -> Response:
    answer = _code(offline_page.worker(), "text/javascript")
    answer.headers["service-worker-allowed"] = "/"
    answer.headers["content-security-policy"] = "default-src 'self'"
    return answer


async def manifest(request: Request) -> Response:
    return JSONResponse(
        offline_page.manifest(),
        media_type="application/manifest+json",
        headers={"cache-control": "public, max-age=3600"},
    )


def _code(text: str, kind: str) -> Response:
    return Response(text, media_type=f"{kind}; charset=utf-8", headers={"cache-control": "no-cache"})


routes = [
    Route("/offline", page, methods=["GET"]),
    Route("/offline.js", script, methods=["GET"]),
    Route("/offline.css", style, methods=["GET"]),
    Route("/sw.js", worker, methods=["GET"]),
    Route("/manifest.webmanifest", manifest, methods=["GET"]),
    Route("/offline/lessons/{product_id}/{lesson_id}", lesson, methods=["GET"]),
    Route("/offline/check", check, methods=["POST"]),
    Route("/offline/progress", progress, methods=["POST"]),
]
