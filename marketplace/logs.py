"""Structured logs with request ids, and without secrets."""

from __future__ import annotations

import logging
import re
import traceback
from typing import Any

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from marketplace.ids import new_id

_SECRET_NAMES = re.compile(
    r"password|passwd|secret|token|cookie|authorization|api_?key|verifier|ticket|^code$|auth_?code", re.I
)
_SECRET_TEXTS = re.compile(
    r"((?:password|passwd|secret|token|ticket|verifier|api_?key|market_session|market_flow)[\"']?\s*[=:]\s*[\"']?"
    r"|[?&]code=|bearer\s+)[^\s&;,\"'}\])]+",
    re.I,
)
_PARAMETERS = re.compile(r"\[parameters: .*")  # SQLAlchemy's, one line
_EVENT = re.compile(r"(Event\(name='(?:[^'\\]|\\.)*'|event data:|event data must be a dictionary).*", re.I | re.S)
_HIDDEN = "[redacted]"


def redact(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """What stands under a telling name, at any depth or inside a text, never reaches a log."""
    return {name: _clean(value) if name == "event" else _hide(name, value) for name, value in event.items()}


def _hide(name: Any, value: Any) -> Any:
    return _HIDDEN if _SECRET_NAMES.search(str(name)) else _clean(value)


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        value = _EVENT.sub(rf"\1 {_HIDDEN}", _PARAMETERS.sub(_HIDDEN, value))
        return _SECRET_TEXTS.sub(rf"\1{_HIDDEN}", value)
    if isinstance(value, dict):
        return {k: _hide(k, v) for k, v in value.items()}
    return [_clean(v) for v in value] if isinstance(value, list | tuple | set) else value


def _clean_records() -> None:
    """The same for whatever libraries log. Reflex prints whole events, with cookie and payload, when one fails."""
    make = logging.LogRecord

    def cleaned(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make(*args, **kwargs)
        if isinstance(record.args, tuple) and record.name == "uvicorn.access":  # its formatter needs the parts
            record.args = tuple(_clean(part) if isinstance(part, str) else part for part in record.args)
            return record
        text = record.getMessage()
        if record.exc_info and record.exc_info[0]:
            text += "\n" + "".join(traceback.format_exception(*record.exc_info))
            record.exc_info = None
        if text != str(record.msg) or _clean(text) != text:
            record.msg, record.args = _clean(text), ()
        return record

    logging.setLogRecordFactory(cleaned)


def configure(*, json: bool) -> None:
    _clean_records()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redact,
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
