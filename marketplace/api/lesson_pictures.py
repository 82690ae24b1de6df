"""Pictures of lessons: the bytes for whoever may open the lesson at this moment, and for their owner while writing."""

from __future__ import annotations

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from marketplace import lesson_texts
from marketplace.api.http import client_ip
from marketplace.classroom import opened
from marketplace.cookies import SESSION
from marketplace.db import transaction
from marketplace.domain.access.service import ANONYMOUS, Actor, require_creator
from marketplace.domain.accounts import service as accounts
from marketplace.domain.courses import service as courses
from marketplace.domain.media import service as media
from marketplace.domain.media.rules import MAX_IMAGE_BYTES
from marketplace.errors import MarketplaceError, Missing
from marketplace.ids import parse_id
from marketplace.vendors import vendors

_A_MINUTE = 600
_HEADERS = {"cache-control": "private, max-age=86400", "cross-origin-resource-policy": "same-site", "vary": "Cookie"}


async def of_lesson(request: Request) -> Response:
    """Of a text of the lesson as it is taught now."""
    product_id, lesson_id, id_ = (_id(request, name) for name in ("product_id", "lesson_id", "picture_id"))

    async def found(session: AsyncSession, who: Actor) -> media.Image | None:
        listing, lesson = await opened(session, who, product_id, lesson_id)
        texts = [lesson_texts.words_of(body) for body in (await courses.contents(session, lesson)).values()]
        return (await lesson_texts.own(session, listing.product.creator_id, texts)).get(id_)

    return await _answer(request, found)


async def of_writer(request: Request) -> Response:
    id_ = _id(request, "picture_id")

    async def found(session: AsyncSession, who: Actor) -> media.Image | None:
        require_creator(who)
        return await media.own_image(session, who, id_)

    return await _answer(request, found)


async def _answer(request: Request, find) -> Response:  # type: ignore[no-untyped-def]
    try:
        async with transaction() as session:
            known = await accounts.who(session, request.cookies.get(SESSION, "")[:200])
            who = known[0].account_id if known else client_ip(request)
            await accounts.limit(session, f"pictures:{who}", most=_A_MINUTE, seconds=60)
            image = await find(session, known[0] if known else ANONYMOUS)
        path = lesson_texts.stored(image).get(request.path_params["width"]) if image else None
        if path is None:
            raise Missing
        etag = f'"{request.path_params["picture_id"]}-{request.path_params["width"]}"'  # its bytes never change
        if etag in request.headers.get("if-none-match", ""):
            return Response(None, 304, {**_HEADERS, "etag": etag})
        body = await vendors().files.read(path, max_bytes=MAX_IMAGE_BYTES)
    except MarketplaceError as error:
        return PlainTextResponse(error.text, error.status, {"cache-control": "no-store"})
    return Response(body, 200, {**_HEADERS, "etag": etag}, "image/webp")


def _id(request: Request, name: str) -> UUID:
    return parse_id(request.path_params[name]) or UUID(int=0)


routes = [
    Route("/lesson-pictures/{product_id}/{lesson_id}/{picture_id}/{width:int}", of_lesson, methods=["GET"]),
    Route("/studio/pictures/{picture_id}/{width:int}", of_writer, methods=["GET"]),
]
