"""Public pages for visitors who aren't signed in, from memory.

Outermost: what is kept was dressed by everything inside, and goes out again as it was. Nothing that depends on a person
is kept: a session's cookie, or an address that sets one, goes past. Only what the first paint names with tags is kept,
and only while :mod:`marketplace.page_news` hears every change. The host and forwarded headers are no part of a page.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
import zlib
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

import brotli
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from marketplace.api.http import client_ip
from marketplace.api.kept_pages import Kept, KeptPages, Key
from marketplace.api.languages import CHOICE
from marketplace.cookies import SESSION
from marketplace.i18n import current_locale, split_path
from marketplace.ids import new_id
from marketplace.page_news import EVERYTHING, PageNews
from marketplace.visits import Shown, visits

PUBLIC = "public, max-age=0, s-maxage=5, stale-while-revalidate=30, stale-if-error=3600"
_SECONDS = 300.0  # after which a page is made again, whatever was heard
_SEARCH_SECONDS = 30.0  # for results, whose order follows more than the products themselves
_SITEMAP_SECONDS = 600.0
_LONGEST = 600  # bytes of a query
_POLISH_AFTER = 3  # hits, after which a page is worth the time that the smallest form takes
_TRACKERS = ("utm_", "mc_", "gclid", "fbclid", "msclkid", "igshid")  # what the names of tags for advertising begin with
_SESSION = SESSION.encode()
_OWN = {b"content-length", b"content-encoding", b"x-request-id", b"date", b"server", b"transfer-encoding"}
NAME = "marketplace.page"  # in the scope


@dataclass(frozen=True, slots=True)
class Kind:
    """``parts`` of the address after the first; ``matters``: names in the query that change the page, None for all."""

    parts: int
    matters: frozenset[str] | None = frozenset()
    seconds: float = _SECONDS


KINDS = {
    "": Kind(0),
    "search": Kind(0, None, _SEARCH_SECONDS),
    "topics": Kind(1, frozenset({"key"})),
    "creators": Kind(1, frozenset({"key", "letters"})),
    "lessons": Kind(1, frozenset({"cancelled", "refused", "waitlist", "reviews"})),
    "courses": Kind(1, frozenset({"cancelled", "refused", "waitlist", "reviews"})),
    "feeds": Kind(2, seconds=_SITEMAP_SECONDS),
    "llms.txt": Kind(0, seconds=_SITEMAP_SECONDS),
    "sitemap.xml": Kind(0, seconds=_SITEMAP_SECONDS),
    "sitemaps": Kind(1, seconds=_SITEMAP_SECONDS),
}


@dataclass(slots=True)
class Making:
    """In the scope of a page that may be kept. The first paint says with ``tags`` that it may."""

    tags: frozenset[str] = frozenset()
    shown: Shown | None = None


class PageCache:
    """One per process. :meth:`around` is the middleware, :meth:`listening` its life."""

    def __init__(self, most: int) -> None:
        self.pages = KeptPages(most)
        self._sure = False
        self._open: dict[Key, asyncio.Future[Kept | None]] = {}
        self._app: ASGIApp | None = None
        self._polishing: set[asyncio.Task[None]] = set()

    def around(self, app: ASGIApp) -> ASGIApp:
        self._app = app
        return self

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        news = asyncio.create_task(PageNews(self.drop, self.trust).listen())
        try:
            yield
        finally:
            news.cancel()
            with suppress(asyncio.CancelledError):
                await news

    def drop(self, tags: Iterable[str]) -> None:
        self.pages.drop(tags)
        self._open.clear()  # who comes from now on doesn't wait for a page that was begun before

    def trust(self, sure: bool) -> None:
        if not sure or not self._sure:
            self.drop([EVERYTHING])
        self._sure = sure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._app is not None
        key = self._key(scope) if self._sure else None
        if key is None:
            return await self._app(scope, receive, send)
        page = self.pages.get(key)
        if page is None and (running := self._open.get(key)) is not None:
            page = await asyncio.shield(running)
        if page is None:
            return await self._make(key, scope, receive, send)
        await self._give(key, page, scope, send)

    def _key(self, scope: Scope) -> Key | None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return None
        path = scope["path"]
        language, plain = split_path(path)
        if plain == path and language != current_locale.get():
            return None  # it leads to the language that its visitor chose
        _, _, rest = plain.partition("/")
        first, *others = rest.split("/")
        kind = KINDS.get(first)
        if kind is None or len(others) != kind.parts or (others and not others[0]):
            return None
        if any(name == b"cookie" and _SESSION in value for name, value in scope["headers"]):
            return None
        query = normal(scope["query_string"], kind) if scope["query_string"] else ""
        return (path, query, current_locale.get()) if query is not None else None

    async def _make(self, key: Key, scope: Scope, receive: Receive, send: Send) -> None:
        """The page as it is now, for this visitor and for those who ask for it meanwhile."""
        assert self._app is not None
        future = asyncio.get_running_loop().create_future()
        self._open[key] = future
        making, since, messages = Making(), self.pages.moment(), list[Message]()

        async def held(message: Message) -> None:
            messages.append(message)

        page: Kept | None = None
        try:
            await self._app({**scope, "method": "GET", NAME: making}, receive, held)
            page = await _kept(making, messages, _seconds(key))
            if page is not None:
                self.pages.put(key, page, since)
        finally:
            future.set_result(page)
            if self._open.get(key) is future:
                del self._open[key]
        if page is not None:
            return await self._give(key, page, scope, send)
        for message in messages:
            is_body = message["type"] == "http.response.body"
            await send({**message, "body": b""} if is_body and scope["method"] == "HEAD" else message)

    async def _give(self, key: Key, page: Kept, scope: Scope, send: Send) -> None:
        request = Request(scope)
        if page.shown is not None and is_looked_at(request):
            agent = request.headers.get("user-agent", "")
            await visits.saw(page.shown, viewer=None, ip=client_ip(request), user_agent=agent)
        asked = {name: value for name, value in scope["headers"] if name in _ASKED}
        headers = [*page.headers, (b"x-request-id", _request_id(asked.get(b"x-request-id", b"")))]
        if page.etag in asked.get(b"if-none-match", b""):
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            return await send({"type": "http.response.body", "body": b""})
        encoding = encoding_for(asked.get(b"accept-encoding", b""))
        body = page.bodies[encoding] if encoding in page.bodies else zlib.decompress(page.bodies["gzip"], 31)
        if encoding:
            headers.append((b"content-encoding", encoding.encode()))
        headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body if scope["method"] == "GET" else b""})
        page.hits += 1
        if page.hits == _POLISH_AFTER:
            task = asyncio.create_task(self._polish(page))
            self._polishing.add(task)
            task.add_done_callback(self._polishing.discard)

    async def _polish(self, page: Kept) -> None:
        """What is asked for often is made as small as it gets, beside the event loop."""
        small = await asyncio.to_thread(lambda: brotli.compress(zlib.decompress(page.bodies["gzip"], 31), quality=10))
        page.bodies["br"] = min(small, page.bodies["br"], key=len)  # never more bytes than the shelf has counted


_ASKED = {b"if-none-match", b"accept-encoding", b"x-request-id"}


def _request_id(given: bytes) -> bytes:
    fine = 8 <= len(given) <= 64 and given.replace(b"-", b"").replace(b"_", b"").isalnum() and given.isascii()
    return given if fine else new_id().hex.encode()


def _seconds(key: Key) -> float:
    return KINDS[split_path(key[0])[1][1:].partition("/")[0]].seconds


async def _kept(making: Making, messages: Sequence[Message], seconds: float) -> Kept | None:
    if not making.tags or not messages or messages[0]["status"] != 200:
        return None
    headers = [(name, value) for name, value in messages[0]["headers"] if name.lower() not in _OWN]
    if any(name.lower() == b"set-cookie" for name, _value in headers):
        return None
    body = b"".join(message.get("body", b"") for message in messages[1:])
    etag = b'W/"' + hashlib.sha256(body).hexdigest()[:32].encode() + b'"'
    bodies = await asyncio.to_thread(_encoded, body)
    return Kept([*headers, (b"etag", etag)], etag, bodies, making.tags, making.shown, time.monotonic() + seconds)


def _encoded(body: bytes) -> dict[str, bytes]:
    """Without compression it is kept for nobody: the few who take none get it unpacked."""
    packer = zlib.compressobj(6, wbits=31)
    return {"br": brotli.compress(body, quality=5), "gzip": packer.compress(body) + packer.flush()}


def normal(query: bytes, kind: Kind) -> str | None:
    """The query without what changes nothing, in one order; None for one that goes past the kept pages."""
    if len(query) > _LONGEST:
        return None
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    if any(name in ("via", "code", CHOICE) for name, _value in pairs):
        return None  # links of affiliates and languages set a cookie; codes are counted for each who tries them
    if kind.matters is not None:
        return urlencode(sorted((name, value) for name, value in dict(pairs).items() if name in kind.matters))
    return urlencode(sorted((name, value) for name, value in pairs if not name.startswith(_TRACKERS)))


def is_looked_at(request: Request) -> bool:
    """Not one that a browser fetches in case somebody will look at it."""
    purposes = (request.headers.get(name, "") for name in ("sec-purpose", "purpose", "x-moz"))
    return request.method == "GET" and not any("prefetch" in purpose for purpose in purposes)


@lru_cache(maxsize=256)
def encoding_for(accepted: bytes) -> str:
    """``br``, ``gzip`` or nothing, as the browser takes it; of two that it likes equally, the smaller."""
    wanted: dict[str, float] = {}
    for part in accepted.decode("latin-1").lower().split(",")[:20]:
        name, *parameters = (piece.strip() for piece in part.split(";"))
        quality = next((p[2:] for p in parameters if p.startswith("q=")), "1")
        try:
            wanted[name] = float(quality)
        except ValueError:
            wanted[name] = 0.0
    rated = [(wanted.get(name, wanted.get("*", 0.0)), name) for name in ("br", "gzip")]
    quality, name = max(rated, key=lambda one: one[0])
    return name if quality > 0 else ""
