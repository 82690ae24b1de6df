"""``/og/<kind>/<name>.png``: what is shown of a product or a creator where their address is shared.

Drawn when somebody asks, beside the event loop, each version once: a few at a time, so that a crawler costs no visitor
anything. The version in the address lets it be kept for ever.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from functools import cache

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from marketplace import sharing
from marketplace.db import reading
from marketplace.domain.accounts import service as accounts
from marketplace.domain.catalog import browse
from marketplace.errors import MarketplaceError
from marketplace.i18n import DEFAULT_LOCALE, _, use_locale
from marketplace.paper.share import Shared
from marketplace.settings import get_settings
from marketplace.vendors import vendors

_AT_ONCE, _WAITING = 2, 24  # pictures that are drawn, and that wait for it
_KEPT = 64  # pictures in memory, some 150 kB each
_MOST = 8 * 1024**2  # bytes of a stored cover
_FOR_EVER = "public, max-age=31536000, immutable"
_FOR_NOW = "public, max-age=300"


class Drawings:
    """One per process. Who asks for what is being drawn waits for it; a crowd that asks for too much is sent away."""

    def __init__(self) -> None:
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._open: dict[str, asyncio.Task[bytes]] = {}

    async def picture(self, shared: Shared) -> bytes | None:
        """None when too many wait."""
        version = shared.version
        if version in self._kept:
            self._kept.move_to_end(version)
            return self._kept[version]
        if version not in self._open:
            if len(self._open) >= _WAITING:
                return None
            self._open[version] = asyncio.create_task(self._draw(shared))
        return await asyncio.shield(self._open[version])

    async def _draw(self, shared: Shared) -> bytes:
        try:
            async with self._room:
                stored = await _stored(shared.picture)
                body = await asyncio.to_thread(_render, shared, stored)
            self._kept[shared.version] = body
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            return body
        finally:
            del self._open[shared.version]


@cache
def drawings() -> Drawings:
    return Drawings()


def _render(shared: Shared, stored: bytes | None) -> bytes:
    from marketplace.paper import share_png  # what draws is loaded where pictures are asked for

    return share_png.render(shared, stored, tuple(get_settings().font_files))


async def _stored(address: str) -> bytes | None:
    """The cover; pictures of other sites (a portrait from where somebody signed in) aren't fetched."""
    if not address:
        return None
    try:
        return await vendors().files.read_public(address, max_bytes=_MOST)
    except MarketplaceError:
        return None


async def picture(request: Request) -> Response:
    """404 for what isn't there for everybody."""
    locale = request.query_params.get("in", "")
    with use_locale(locale if locale in get_settings().page_languages else DEFAULT_LOCALE):
        shared = await _shared(request.path_params["kind"], request.path_params["name"])
        if shared is None:
            return PlainTextResponse(_("There is nothing at this address"), 404)
    etag = f'"{shared.version}"'
    same = request.query_params.get("v") == shared.version
    headers = {
        "cache-control": _FOR_EVER if same else _FOR_NOW, "etag": etag,
        "cross-origin-resource-policy": "cross-origin",
    }  # fmt: skip
    if etag in request.headers.get("if-none-match", ""):
        return Response(None, 304, headers)
    body = await drawings().picture(shared)
    if body is None:
        return PlainTextResponse(_("Too many pictures are asked for. Try again soon."), 503, {"retry-after": "5"})
    return Response(body, media_type="image/png", headers=headers)


async def _shared(kind: str, name: str) -> Shared | None:
    async with reading() as session:
        if kind == "products":
            listing = await browse.lesson(session, name[:200])
            return sharing.of_product(listing) if listing and listing.product.state == "published" else None
        if kind == "creators" and name.isprintable():
            account = await accounts.by_handle(session, name[:200])
            return sharing.of_creator(account) if account and account.is_creator else None
    return None


routes = [Route("/og/{kind}/{name}.png", picture)]
