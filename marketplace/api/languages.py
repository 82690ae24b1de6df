"""The language of a request: what its address says, else what its visitor chose."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from marketplace.cookies import LANGUAGE, LANGUAGE_SECONDS, language_cookie
from marketplace.i18n import DEFAULT_LOCALE, in_language, split_path, use_locale
from marketplace.settings import get_settings

CHOICE = "choose"


def chosen(cookies: str) -> str:
    """The language that somebody chose and that there still is; English when none."""
    found = language_cookie(cookies) if cookies else ""
    return found if found in get_settings().page_languages else DEFAULT_LOCALE


def choosing(path: str, language: str, query: str = "") -> str:
    """Where a link leads that works before the page is live, e.g. ``/ar/search?q=bread&choose=ar``: see :func:`choose`."""
    return f"{in_language(path, language)}?{urlencode([*parse_qsl(query), (CHOICE, language)])}"


class Languages:
    """ASGI middleware: everything inside runs in the language of the request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        language, rest = split_path(scope["path"])
        if rest == scope["path"]:
            language = chosen(Headers(scope=scope).get("cookie", ""))
        with use_locale(language):
            await self._app(scope, receive, send)


def choose(scope: Scope) -> Response | None:
    """Remembers the language that a link named and sends its visitor on to the address without it."""
    if CHOICE.encode() not in scope["query_string"]:
        return None
    query = parse_qsl(scope["query_string"].decode("utf-8", "replace"), keep_blank_values=True)
    language = dict(query).get(CHOICE, "")
    if language not in get_settings().page_languages:
        return None
    rest = urlencode([pair for pair in query if pair[0] != CHOICE])
    path = "/" + in_language(split_path(scope["path"])[1], language).lstrip("/")  # "//host" would lead to another site
    answer = RedirectResponse(path + (f"?{rest}" if rest else ""), 302, {"cache-control": "private, no-store"})
    secure = get_settings().secure_cookies
    answer.set_cookie(LANGUAGE, language, LANGUAGE_SECONDS, samesite="lax", secure=secure)
    return answer
