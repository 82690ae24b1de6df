"""Pages that paint before JavaScript: real HTML, metadata and status codes out of the database.

Sits in front of the static files. Public pages get their content painted in; private ones are served as built, with
``noindex``; what no page and no route of the API answers is a real 404. Never in the way: without a build or a
database the built page is served as it is.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import structlog
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from marketplace.api.http import client_ip
from marketplace.api.languages import choose
from marketplace.api.page_cache import NAME, PUBLIC, Making, is_looked_at
from marketplace.api.paint import views
from marketplace.api.paint.document import Built, Page, as_built, built, document, in_its_language
from marketplace.api.paint.views import PAINTED, Asked, View, Viewing
from marketplace.api.security import page_policy, shows_account
from marketplace.cookies import VIA, VIA_SECONDS, session_cookie, via_code
from marketplace.db import direct
from marketplace.domain.access.service import ANONYMOUS, Actor
from marketplace.domain.accounts import service as accounts
from marketplace.domain.accounts.rules import Person
from marketplace.i18n import _, current_locale, in_language, split_path
from marketplace.settings import get_settings
from marketplace.visits import visits

log = structlog.get_logger()
_PATIENCE = 5  # seconds to wait for the database before the bare page is served
_VARY = "Accept-Encoding, Cookie"
_NOINDEX = b'<meta name="robots" content="noindex"></head>'


@cache
def build_folder() -> Path:
    from reflex.utils.prerequisites import get_web_dir
    from reflex_base.constants import Dirs

    return Path(get_web_dir()) / Dirs.STATIC


class FirstPaint:
    """ASGI middleware. ``patterns`` are the addresses of all pages, e.g. ``/lessons/[lesson_slug]``."""

    def __init__(self, app: ASGIApp, *, patterns: Sequence[str] = (), folder: Path | None = None) -> None:
        self._app = app
        self._folder = folder
        self._plain = {pattern for pattern in patterns if pattern.startswith("/") and "[" not in pattern}
        self._open: dict[int, list[tuple[str, re.Pattern[str]]]] = {}  # by how many parts they have
        for pattern in patterns:
            if pattern.startswith("/") and "[" in pattern:
                self._open.setdefault(pattern.count("/"), []).append((pattern, _expression(pattern)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return await self._app(scope, receive, send)
        folder = self._folder or build_folder()
        if not (folder / "__spa-fallback.html").exists():
            return await self._app(scope, receive, send)
        path = scope["path"]
        pattern = self._pattern(path)
        if pattern is not None and (choice := choose(scope)):
            return await choice(scope, receive, send)
        if pattern is not None and (elsewhere := in_language(path)) != path and split_path(path)[1] == path:
            moved = RedirectResponse(
                _same_query(elsewhere, scope), 302, {"cache-control": "private, no-store", "vary": _VARY}
            )
            return await moved(scope, receive, send)  # to the language that its visitor chose
        if pattern is None and path != "/" and self._pattern(path.rstrip("/")):
            answer: Response = RedirectResponse(_same_query(path.rstrip("/"), scope), 308)
        elif pattern is not None:
            answer = await _page(folder, pattern, Request(scope))
        else:
            return await _elsewhere(self._app, folder, scope, receive, send)
        await answer(scope, receive, send)

    def _pattern(self, path: str) -> str | None:
        if path in self._plain:
            return path
        alike = self._open.get(path.count("/"), ())
        return next((pattern for pattern, expression in alike if expression.fullmatch(path)), None)


def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile(
        "".join("[^/]+" if part.startswith("[") else re.escape(part) for part in re.split(r"(\[\w+\])", pattern))
    )


def _same_query(path: str, scope: Scope) -> str:
    query = scope["query_string"].decode("latin-1")
    # One leading slash only: "//host" would lead to another site.
    return "/" + path.lstrip("/") + (f"?{query}" if query else "")


async def _page(folder: Path, pattern: str, request: Request) -> Response:
    viewing = PAINTED.get(split_path(pattern)[1])
    return await _painted(folder, pattern, viewing, request) if viewing else _bare(folder, request)


async def _painted(folder: Path, route: str, viewing: Viewing, request: Request) -> Response:
    try:
        page = built(folder, current_locale.get())
        async with asyncio.timeout(_PATIENCE):
            view, viewer = await _view(viewing, request)
    except Exception as error:
        log.warning("first_paint.skipped", path=request.url.path, error=type(error).__name__)
        return _bare(folder, request, 503)
    if view.moved:
        return RedirectResponse(
            _same_query(in_language(view.moved), request.scope), view.status, {"cache-control": "no-cache"}
        )
    painted = document(
        page,
        view.facts,
        view.main,
        route=route,
        viewer=viewer,
        query=view.search,
        path=split_path(request.scope["path"])[1],
    )
    making = request.scope.get(NAME)
    if making is not None and viewer is None and view.status == 200 and view.tags:
        return _to_keep(making, view, painted.html, page)
    if is_looked_at(request):
        await visits.saw(
            view.shown,
            viewer=viewer.id if viewer else None,
            ip=client_ip(request),
            user_agent=request.headers.get("user-agent", ""),
        )
    answer = _answer(request, painted, page.policy, view.status)
    if code := via_code(request.query_params.get("via", "")):
        secure = get_settings().secure_cookies
        answer.set_cookie(VIA, code, VIA_SECONDS, httponly=True, samesite="lax", secure=secure)
    return answer


def _to_keep(making: Making, view: View, html: bytes, page: Built) -> Response:
    """For the cache in front, which compresses it, answers conditional requests and counts visits."""
    making.tags, making.shown = view.tags, view.shown
    headers = {"content-security-policy": page.policy, "cache-control": PUBLIC, "vary": _VARY}
    return Response(html, 200, headers, media_type="text/html")


async def _view(viewing: Viewing, request: Request) -> tuple[View, Person | None]:
    path = split_path(request.scope["path"])[1]
    async with direct() as connection:
        known = await accounts.who(connection, _token(request))
        actor: Actor = known[0] if known else ANONYMOUS
        asked = Asked(path, path.rsplit("/", 1)[-1][:200], dict(request.query_params), actor, client_ip(request))
        view = await viewing(connection, asked)
    return await view.then() if view.then else view, known[1] if known else None


def _token(request: Request) -> str:
    return session_cookie(request.headers.get("cookie", ""))


def _bare(folder: Path, request: Request, status: int = 200) -> Response:
    """The page as it was built."""
    name = request.url.path.strip("/") or "index"
    own = folder / f"{name}.html" if re.fullmatch(r"[a-z/-]+", name) else folder / "__spa-fallback.html"
    html = in_its_language((own if own.exists() else folder / "__spa-fallback.html").read_text()).encode()
    html = html.replace(b"</head>", _NOINDEX, 1) if status == 200 else html
    account = shows_account(request.url.path, request.query_params)
    answer = _answer(request, as_built(html), page_policy(html, account=account), status)
    if account:
        answer.headers["cross-origin-opener-policy"] = (
            "unsafe-none"  # signing in at Stripe happens in a window of its own
        )
    return answer


def _answer(request: Request, page: Page, policy: str, status: int) -> Response:
    etag = page.etag
    headers = {
        "content-security-policy": policy,
        "cache-control": "private, no-cache" if _token(request) else "no-cache",
        "vary": _VARY,
        "etag": etag,
    }
    if status == 503:
        headers |= {"retry-after": "30", "cache-control": "no-store"}
    if status == 200 and etag in request.headers.get("if-none-match", ""):
        return Response(None, 304, headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["content-encoding"] = "gzip"
    body = page.packed if "content-encoding" in headers else page.html
    answer = Response(body, status, headers, media_type="text/html")
    if request.method == "HEAD":
        answer.body = b""
    return answer


async def _elsewhere(app: ASGIApp, folder: Path, scope: Scope, receive: Receive, send: Send) -> None:
    """The API or a file; where the static files would say 404, the page for that."""
    missing = False
    inner = {**scope, "extensions": {k: v for k, v in scope.get("extensions", {}).items() if "pathsend" not in k}}

    async def watched(message: Message) -> None:
        nonlocal missing
        if message["type"] == "http.response.start":
            missing = _is_static_page(scope["path"], message)
        if not missing:
            await send(message)

    await app(inner, receive, watched)
    if missing:
        is_file = "." in scope["path"].rsplit("/", 1)[-1]
        no_file = PlainTextResponse(_("There is nothing at this address"), 404)
        answer = no_file if is_file else await _painted(folder, "/*", views.missing, Request(scope))
        await answer(scope, receive, send)


def _is_static_page(path: str, start: Message) -> bool:
    """A built document under an address that is no page's: the fallback, or ``/index.html`` and the like."""
    kind = Headers(raw=start["headers"]).get("content-type", "")
    ours = not path.startswith(("/sandbox/", "/auth/"))
    return ours and kind.startswith("text/html") and (start["status"] == 404 or path.endswith((".html", "/", "/index")))
