"""The sandbox's index page: every vendor's objects, the event log, the chaos panel and the test clock.

Plain forms, no JavaScript; the same addresses take JSON from scripts.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from marketplace.sandbox import journal, knobs, panel
from marketplace.sandbox.html import e, local, page
from marketplace.sandbox.origin import from_elsewhere
from marketplace.sandbox.store import Row

if TYPE_CHECKING:
    from marketplace.sandbox.app import Sandbox

log = structlog.get_logger()

_MAX_BODY = 64 * 1024
_MAX_ADVANCE_S = 400 * 86_400.0
_UNITS = {"minutes": 60, "hours": 3600, "days": 86_400}

Handler = Callable[[Request], Awaitable[Response]]


class Refused(Exception):
    """Ends a request with a status and a sentence."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    pages = Pages(sandbox)

    def route(path: str, handler: Handler, method: str) -> BaseRoute:
        return Route(path, pages.guarded(handler), methods=[method])

    return [
        route("/", pages.index, "GET"),
        route("/events.json", pages.events, "GET"),
        route("/events/{delivery:int}/{action}", pages.act, "POST"),
        route("/knobs/{vendor}", pages.read_knobs, "GET"),
        route("/knobs/{vendor}", pages.turn, "POST"),
        route("/calm", pages.calm, "POST"),
        route("/clock", pages.clock, "POST"),
    ]


class Pages:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._store = sandbox.store
        self._modules = _mounted(sandbox)
        self._base = local(sandbox.url(""))

    def guarded(self, handler: Handler) -> Handler:
        """Changes only from this site or from scripts; nothing for search engines."""

        async def endpoint(request: Request) -> Response:
            try:
                if request.method != "GET" and from_elsewhere(request, self._sandbox.settings):
                    raise Refused(403, "Another site tried to change this sandbox.")
                response = await handler(request)
            except Refused as refused:
                response = _refusal(request, refused)
            response.headers["X-Robots-Tag"] = "noindex"
            response.headers["Cache-Control"] = "no-store"
            return response

        return endpoint

    async def index(self, request: Request) -> Response:
        before = _number(request.query_params.get("before", "0"))
        fragments = await asyncio.gather(*(_fragment(v, m, self._sandbox) for v, m in self._modules.items()))
        async with self._store.tx() as tx:
            rows = await journal.deliveries(tx, limit=journal.PAGE, before=before)
            turned = {vendor: await tx.knobs(vendor) for vendor in self._modules}
            now, offset = tx.now(), float((await tx.knobs("clock")).get("offset", 0))
        body = panel.index(
            self._base,
            dict(zip(self._modules, fragments, strict=True)),
            journal.table(rows, self._base),
            panel.chaos(self._base, {v: (knobs.knobs_of(m), turned[v]) for v, m in self._modules.items()}),
            panel.clock(self._base, now, offset),
        )
        return page("What the vendors see", body)

    async def events(self, request: Request) -> Response:
        """``?after=<id>&before=<id>&vendor=&limit=``, newest first."""
        given = request.query_params
        after, before, limit = (
            _number(given.get(n, d)) for n, d in (("after", "0"), ("before", "0"), ("limit", "100"))
        )
        async with self._store.tx() as tx:
            rows = await journal.deliveries(
                tx, limit=min(max(limit, 1), 1000), before=before, after=after, vendor=given.get("vendor", "")
            )
        return JSONResponse({"events": [journal.as_json(row) for row in rows]})

    async def act(self, request: Request) -> Response:
        async with self._store.tx() as tx:
            done = await journal.act(tx, request.path_params["delivery"], request.path_params["action"])
        if not done:
            raise Refused(404, "There is no such event or action.")
        return self._done(request, "events", {"ok": True})

    async def read_knobs(self, request: Request) -> Response:
        vendor, _ = self._vendor(request)
        async with self._store.tx() as tx:
            return JSONResponse(await tx.knobs(vendor))

    async def turn(self, request: Request) -> Response:
        """JSON changes the named knobs (null puts one back); the form sets all that it shows."""
        vendor, known = self._vendor(request)
        body = await _read(request)
        changes = body if _is_json(request) else knobs.form_values(known, body)
        async with self._store.tx() as tx:
            try:
                merged = knobs.merge(known, await tx.knobs(vendor), changes)
            except ValueError as problem:
                raise Refused(422, str(problem)) from None
            await tx.set_knobs(vendor, merged)
        return self._done(request, "chaos", merged)

    async def calm(self, request: Request) -> Response:
        """Puts every vendor's knobs back; the clock stays."""
        async with self._store.tx() as tx:
            for vendor in self._modules:
                await tx.set_knobs(vendor, {})
        return self._done(request, "chaos", {"ok": True})

    async def clock(self, request: Request) -> Response:
        """``advance`` (seconds), or ``amount`` with ``unit``, or ``reset``."""
        body = await _read(request)
        async with self._store.tx() as tx:
            offset = float((await tx.knobs("clock")).get("offset", 0))
            offset = 0.0 if body.get("reset") else min(offset + _seconds(body), 10 * _MAX_ADVANCE_S)
            await tx.set_knobs("clock", {"offset": offset})
        return self._done(request, "clock", {"offset": offset})

    def _vendor(self, request: Request) -> tuple[str, tuple[knobs.Knob, ...]]:
        module = self._modules.get(request.path_params["vendor"])
        if module is None:
            raise Refused(404, "No such vendor is in this sandbox.")
        return request.path_params["vendor"], knobs.knobs_of(module)

    def _done(self, request: Request, section: str, body: Row) -> Response:
        if _wants_json(request):
            return JSONResponse(body)
        return RedirectResponse(f"{self._base}/#{section}", status_code=303)


def _mounted(sandbox: Sandbox) -> dict[str, ModuleType]:
    """The vendors that this sandbox plays, by name."""
    from marketplace.sandbox import embeddings, mail, stripe, supabase, vimeo

    settings = sandbox.settings
    wanted = {
        "stripe": (settings.stripe_sandboxed, stripe),
        "supabase": (settings.supabase_sandboxed, supabase),
        "vimeo": (settings.vimeo_sandboxed, vimeo),
        "mail": (settings.mail_sandboxed, mail),
        "embeddings": (settings.embeddings_sandboxed, embeddings),
    }
    return {name: module for name, (mounted, module) in wanted.items() if mounted}


async def _fragment(vendor: str, module: ModuleType, sandbox: Sandbox) -> str:
    """One vendor's failing overview doesn't take the page down that is needed to look into it."""
    overview = getattr(module, "index_html", None)
    if overview is None:
        return f'<p class="card"><a href="{e(local(sandbox.url(f"/{vendor}/pages/")))}">Open its pages</a></p>'
    try:
        return str(await overview(sandbox))
    except Exception:
        log.exception("sandbox.overview_failed", vendor=vendor)
        return '<p class="error">This overview failed; the log says why.</p>'


async def _read(request: Request) -> dict[str, Any]:
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > _MAX_BODY:
            raise Refused(413, "That is too much.")
    if not _is_json(request):
        return dict(parse_qsl(raw.decode(errors="replace"), keep_blank_values=True))
    try:
        body = json.loads(raw or b"{}")
    except ValueError:
        raise Refused(400, "The body is not JSON.") from None
    if not isinstance(body, dict):
        raise Refused(400, "The body must be a JSON object.")
    return body


def _seconds(body: dict[str, Any]) -> float:
    try:
        seconds = float(body.get("advance") or float(body["amount"]) * _UNITS[str(body["unit"])])
    except (KeyError, TypeError, ValueError):
        raise Refused(422, "Say how far to advance: advance in seconds, or amount and unit.") from None
    if not 0 < seconds <= _MAX_ADVANCE_S:
        raise Refused(422, "The clock goes forward only, and by 400 days at most.")
    return seconds


def _refusal(request: Request, refused: Refused) -> Response:
    if _wants_json(request):
        return JSONResponse({"message": str(refused)}, status_code=refused.status)
    return PlainTextResponse(str(refused), status_code=refused.status)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Refused(400, "That is not a number.")
    return int(text)


def _is_json(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith("application/json")


def _wants_json(request: Request) -> bool:
    return _is_json(request) or request.headers.get("accept", "").startswith("application/json")
