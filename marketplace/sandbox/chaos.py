"""Chaos around a vendor's API: slow, failing before or after taking effect, or answering 429.

Knobs (percentages 0–100, ``slow_ms`` in milliseconds; ``fail_next``/``limit_next`` count down):
``slow_ms``, ``fail_before``, ``fail_after``, ``fail_next``, ``limit_next``, ``down``.
"""

from __future__ import annotations

import asyncio
import secrets

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from marketplace.sandbox.store import Row, Store


class Chaos:
    """ASGI middleware around one vendor's API (not around the pages people use)."""

    def __init__(self, app: ASGIApp, store: Store, vendor: str) -> None:
        self._app = app
        self._store = store
        self._vendor = vendor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        knobs = await self._take()
        if knobs.get("slow_ms"):
            await asyncio.sleep(int(knobs["slow_ms"]) / 1000)
        if knobs.get("limit_now"):
            return await _error(429, "Too many requests")(scope, receive, send)
        if knobs.get("down") or knobs.get("fail_now") or _hit(knobs, "fail_before"):
            return await _error(500, "The sandbox was told to fail")(scope, receive, send)
        if _hit(knobs, "fail_after"):
            await self._app(scope, receive, _swallow)
            return await _error(500, "The sandbox was told to fail after taking effect")(scope, receive, send)
        await self._app(scope, receive, send)

    async def _take(self) -> Row:
        async with self._store.tx() as tx:
            knobs = await tx.knobs(self._vendor)
            spent = dict(knobs)
            for counter, flag in (("fail_next", "fail_now"), ("limit_next", "limit_now")):
                if int(knobs.get(counter, 0)) > 0:
                    spent[counter] = int(knobs[counter]) - 1
                    knobs[flag] = True
            if spent != {k: v for k, v in knobs.items() if not k.endswith("_now")}:
                await tx.set_knobs(self._vendor, spent)
            return knobs


def _hit(knobs: Row, name: str) -> bool:
    return secrets.randbelow(100) < int(knobs.get(name, 0))


def _error(status: int, message: str) -> JSONResponse:
    body = {"error": {"type": "api_error", "message": message}, "message": message, "msg": message}
    return JSONResponse(body, status_code=status)


async def _swallow(_message: Message) -> None:
    return None
