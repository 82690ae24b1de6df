"""Structured logs with request ids, and without secrets."""

from __future__ import annotations

import logging
import re
from typing import Any

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from marketplace.ids import new_id

_SECRET_NAMES = re.compile(r"password|passwd|secret|token|cookie|authorization|api_?key|verifier|code|ticket", re.I)


def redact(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Values under telling names never reach a log."""
    return {k: "[redacted]" if k != "event" and _SECRET_NAMES.search(k) else v for k, v in event.items()}


def configure(*, json: bool) -> None:
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            redact,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    for noisy in ("httpx", "httpcore", "procrastinate", "stripe", "vimeo"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


class RequestIds:
    """Each request carries an id, ours or the proxy's, into logs and back in the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if re.fullmatch(r"[\w-]{8,64}", given) else new_id().hex

        async def tagged(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["x-request-id"] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            await self._app(scope, receive, tagged)
