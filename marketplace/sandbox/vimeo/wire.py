"""How Vimeo's API 3.4 talks: bearer token, error shape, ``fields`` filter, paging, rate-limit headers."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from marketplace.sandbox.store import Row

TOKEN = "sandbox-vimeo-token"  # noqa: S105
RATE_LIMIT = 600
_RATE_WINDOW_S = 60
_MAX_BODY = 64 * 1024

Handler = Callable[[Request], Awaitable[Response]]


class Problem(Exception):
    """An error as Vimeo words it."""

    def __init__(self, status: int, error: str, *, code: int, developer: str = "") -> None:
        super().__init__(error)
        self.status = status
        self.body: Row = {
            "error": error,
            "link": None,
            "developer_message": developer or error,
            "error_code": code,
        }


def not_found(what: str = "video") -> Problem:
    return Problem(404, f"The requested {what} couldn't be found.", code=5000)


def invalid(error: str, developer: str = "") -> Problem:
    return Problem(400, error, code=2204, developer=developer)


class Meter:
    """Counts one process's calls per minute, only for the headers; the 429s come from the chaos panel."""

    def __init__(self) -> None:
        self._window = 0
        self._used = 0

    def headers(self, timestamp: int) -> dict[str, str]:
        window = timestamp // _RATE_WINDOW_S
        self._used = self._used + 1 if window == self._window else 1
        self._window = window
        return {
            "X-RateLimit-Limit": str(RATE_LIMIT),
            "X-RateLimit-Remaining": str(max(0, RATE_LIMIT - self._used)),
            "X-RateLimit-Reset": str((window + 1) * _RATE_WINDOW_S),
        }


def api(handler: Handler, meter: Meter, clock: Callable[[], int]) -> Handler:
    """Wraps an endpoint: token first, problems as JSON, rate-limit headers on everything."""

    async def endpoint(request: Request) -> Response:
        try:
            _authenticate(request)
            response = await handler(request)
        except Problem as problem:
            response = vimeo_json(problem.body, status=problem.status, kind="error")
        response.headers.update(meter.headers(clock()))
        return response

    return endpoint


def _authenticate(request: Request) -> None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or token != TOKEN:
        raise Problem(401, "You must provide a valid authenticated access token.", code=8003)


def vimeo_json(body: Any, *, status: int = 200, kind: str = "video") -> JSONResponse:
    return JSONResponse(body, status_code=status, media_type=f"application/vnd.vimeo.{kind}+json")


def answer(request: Request, body: Row, *, status: int = 200, kind: str = "video") -> JSONResponse:
    """The object, reduced to ``?fields=`` when given."""
    return vimeo_json(select(body, _fields(request)), status=status, kind=kind)


def listing(request: Request, rows: list[Row], total: int, *, page: int = 1, per_page: int = 25) -> JSONResponse:
    """Vimeo's list envelope; ``fields`` applies to each row, also when written as ``data.uri``."""
    fields = {field.removeprefix("data.") for field in _fields(request)}
    last = max(1, -(-total // per_page))
    body = {
        "total": total,
        "page": page,
        "per_page": per_page,
        "paging": {
            "next": _page(request, page + 1) if page < last else None,
            "previous": _page(request, page - 1) if page > 1 else None,
            "first": _page(request, 1),
            "last": _page(request, last),
        },
        "data": [select(row, fields) for row in rows],
    }
    return vimeo_json(body, kind="list")


def paging(request: Request) -> tuple[int, int]:
    """(page, per_page), within Vimeo's limits."""
    try:
        page, per_page = (
            int(request.query_params.get(name, default)) for name, default in (("page", 1), ("per_page", 25))
        )
    except ValueError:
        raise invalid("page and per_page must be numbers.") from None
    if page < 1 or not 1 <= per_page <= 100:
        raise invalid("page starts at 1 and per_page is 1 to 100.")
    return page, per_page


async def read_json(request: Request) -> Row:
    """The request's JSON object; an empty body is an empty object."""
    raw = await request.body()
    if len(raw) > _MAX_BODY:
        raise invalid("The request body is too large.")
    try:
        body = json.loads(raw or b"{}")
    except ValueError:
        raise invalid("The request body is not JSON.") from None
    if not isinstance(body, dict):
        raise invalid("The request body must be a JSON object.")
    return body


def select(body: Row, fields: set[str]) -> Row:
    """Keeps the named fields; ``a.b`` reaches into objects and lists."""
    if not fields:
        return body
    wanted: dict[str, set[str]] = {}
    for field in fields:
        head, _, tail = field.partition(".")
        wanted.setdefault(head, set()).add(tail)
    return {head: _descend(body[head], tails) for head, tails in wanted.items() if head in body}


def _descend(value: Any, tails: set[str]) -> Any:
    if "" in tails:
        return value
    if isinstance(value, list):
        return [_descend(item, tails) for item in value]
    return select(value, tails) if isinstance(value, dict) else value


def _fields(request: Request) -> set[str]:
    return {field.strip() for field in request.query_params.get("fields", "").split(",") if field.strip()}


def _page(request: Request, number: int) -> str:
    return f"{request.url.path}?{request.url.include_query_params(page=number).query}"
