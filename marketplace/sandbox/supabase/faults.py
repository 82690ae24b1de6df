"""Errors as GoTrue writes them: by code since API version 2024-01-01, else in the older shape."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse

from marketplace.sandbox.store import Row

API_VERSION = "2024-01-01"
VERSION_HEADER = "x-supabase-api-version"


class Fault(Exception):
    """An answer that is not a success. Raising it inside a transaction undoes the transaction."""

    def __init__(self, status: int, code: str, message: str, **extra: object) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.extra = extra

    def answer(self, request: Request) -> JSONResponse:
        return reply(request, self._body(modern(request)), self.status)

    def _body(self, by_code: bool) -> Row:
        if by_code:
            return {"code": self.code, "message": self.message, **self.extra}
        return {"code": self.status, "error_code": self.code, "msg": self.message, **self.extra}


def modern(request: Request) -> bool:
    return request.headers.get(VERSION_HEADER, "") >= API_VERSION


def reply(request: Request, body: object, status: int = 200) -> JSONResponse:
    """The SDK reads ``code`` only where the answer repeats the version."""
    headers = {"cache-control": "no-store"}
    if modern(request):
        headers[VERSION_HEADER] = API_VERSION
    return JSONResponse(body, status_code=status, headers=headers)


def invalid(message: str) -> Fault:
    return Fault(400, "validation_failed", message)
