"""Remembers where somebody came from, from their first arrival on, for a month: for the creator whose link it was.

In front of the kept pages, which stay the same for everybody: only the answer to this one arrival gets a cookie, and is
marked so that no cache between us keeps that. Nobody is followed: the cookie names a site or a campaign, not a person.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from marketplace.api.page_cache import is_looked_at
from marketplace.cookies import ORIGIN, ORIGIN_SECONDS, SESSION
from marketplace.domain.orders import origin
from marketplace.domain.orders.origin import Origin
from marketplace.i18n import split_path
from marketplace.settings import get_settings

_PAGES = {"", "search", "topics", "creators", "lessons", "courses"}


class Arrivals:
    """ASGI middleware, outermost."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = came_from(scope)
        if not found:
            return await self._app(scope, receive, send)

        async def remembered(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in (200, 304):
                message = {**message, "headers": list(message["headers"])}
                _remember(MutableHeaders(scope=message), found)
            await send(message)

        await self._app(scope, receive, remembered)


def came_from(scope: Scope) -> Origin:
    """Nothing for who is known, who came before, who goes from page to page, and for everything but our pages."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return origin.NOWHERE
    headers = Headers(scope=scope)
    if b"utm_" not in scope["query_string"] and "referer" not in headers:
        return origin.NOWHERE
    cookies = headers.get("cookie", "")
    first = split_path(scope["path"])[1].split("/")[1]
    if SESSION in cookies or ORIGIN in cookies or first not in _PAGES or not is_looked_at(Request(scope)):
        return origin.NOWHERE
    query = dict(parse_qsl(scope["query_string"][:4000].decode("latin-1")))
    ours = {urlsplit(one).hostname or "" for one in get_settings().origins}
    return origin.arrived(query, headers.get("referer", ""), ours)


def remember(answer: Response, found: Origin) -> None:
    secure = get_settings().secure_cookies
    answer.set_cookie(ORIGIN, origin.pack(found), ORIGIN_SECONDS, httponly=True, samesite="lax", secure=secure)


def _remember(headers: MutableHeaders, found: Origin) -> None:
    cookie = Response()
    remember(cookie, found)
    headers.append("set-cookie", cookie.headers["set-cookie"])
    headers["cache-control"] = "private, no-cache"
