"""One request to the API: its sandbox, body, keys and redirect address."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from marketplace.sandbox.store import Row, Store
from marketplace.sandbox.supabase.faults import Fault, reply

if TYPE_CHECKING:
    from marketplace.sandbox.app import Sandbox
    from marketplace.settings import Settings

VENDOR = "supabase"
PUBLISHABLE_KEY = "sb_publishable_sandbox"
SECRET_KEY = "sb_secret_sandbox"  # noqa: S105 -- opens the sandbox only
_MAX_JSON = 256 * 1024


@dataclass(frozen=True)
class Call:
    sandbox: Sandbox
    request: Request
    body: Row

    @property
    def store(self) -> Store:
        return self.sandbox.store

    @property
    def redirect_to(self) -> str:
        wanted = self.request.query_params.get("redirect_to") or str(self.body.get("redirect_to") or "")
        return allowed_redirect(self.sandbox.settings, wanted)

    @property
    def bearer(self) -> str:
        return bearer(self.request)

    def text(self, name: str) -> str:
        value = self.body.get(name)
        return value if isinstance(value, str) else ""

    def mapping(self, name: str) -> Row:
        value = self.body.get(name)
        return value if isinstance(value, dict) else {}

    def reply(self, body: object, status: int = 200) -> JSONResponse:
        return reply(self.request, body, status)


Handler = Callable[[Call], Awaitable[Response]]


def issuer(settings: Settings) -> str:
    """The ``iss`` of access tokens: the address that the server side knows this project by."""
    return f"{settings.sandbox_internal_url}/supabase/auth/v1"


def bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def api_key(request: Request) -> str:
    return request.headers.get("apikey") or request.query_params.get("apikey", "")


def is_admin(request: Request) -> bool:
    return SECRET_KEY in (api_key(request), bearer(request))


def allowed_redirect(settings: Settings, wanted: str) -> str:
    """Compares whole origins: a prefix would let ``https://site.example.evil.test`` pass."""
    parts = urlsplit(wanted)
    origin = f"{parts.scheme}://{parts.netloc}"
    return wanted if origin in {settings.public_url, *settings.origins} else settings.public_url


def route(sandbox: Sandbox, method: str, path: str, handler: Handler, *, key: str = "any") -> Route:
    """``key``: ``open`` (browsers come without one), ``any``, or ``secret``."""

    async def run(request: Request) -> Response:
        refusal = _refuse_key(request, key)
        if refusal:
            return refusal
        try:
            return await handler(Call(sandbox, request, await _json(request)))
        except Fault as fault:
            return fault.answer(request)

    return Route(path, run, methods=[method])


def _refuse_key(request: Request, key: str) -> Response | None:
    given = api_key(request)
    if key == "open":
        return None
    if not given:
        return JSONResponse({"message": "No API key found in request"}, status_code=401)
    if given not in (PUBLISHABLE_KEY, SECRET_KEY):
        return JSONResponse({"message": "Invalid API key"}, status_code=401)
    if key == "secret" and not is_admin(request):
        return Fault(403, "not_admin", "User not allowed").answer(request)
    return None


async def _json(request: Request) -> Row:
    if request.method == "GET" or "json" not in request.headers.get("content-type", ""):
        return {}
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > _MAX_JSON:
            raise Fault(413, "bad_json", "Request body too large")
    try:
        body = json.loads(raw or b"{}")
    except ValueError:
        raise Fault(400, "bad_json", "Could not parse request body as JSON") from None
    return body if isinstance(body, dict) else {}
