"""One door for every API request: authentication, parameters, idempotency, errors, expansion."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from psycopg.types.json import Jsonb
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from marketplace.sandbox.app import Sandbox
from marketplace.sandbox.store import Row, Tx
from marketplace.sandbox.stripe import due, forms
from marketplace.sandbox.stripe.errors import ApiError, missing, unauthenticated
from marketplace.sandbox.stripe.objects import API_VERSION, PLATFORM, VENDOR, Loader, expand, load, new_id, render
from marketplace.sandbox.stripe.params import check


@dataclass
class Call:
    """A request that passed the door: typed parameters and the account it acts for."""

    sandbox: Sandbox
    tx: Tx
    account: str
    params: Row
    path: dict[str, str] = field(default_factory=dict)

    @property
    def connected(self) -> bool:
        return self.account != PLATFORM


@dataclass(frozen=True)
class Upload:
    """A file in a multipart body."""

    name: str
    content: bytes


Handler = Callable[[Call], Awaitable[Row]]
LOADERS: dict[tuple[str, str], Loader] = {}


def route(sandbox: Sandbox, method: str, path: str, params: type, handler: Handler) -> Route:
    """An API route whose ``params`` are the SDK's TypedDict for it."""

    async def endpoint(request: Request) -> Response:
        return await _answer(sandbox, request, params, handler)

    return Route(path, endpoint, methods=[method])


async def _answer(sandbox: Sandbox, request: Request, params: type, handler: Handler) -> Response:
    headers = {"request-id": new_id("req_"), "stripe-version": API_VERSION}
    try:
        _authenticate(request)
        given = await _given(request)
        await due.settle(sandbox.store)
        async with sandbox.store.tx() as tx:
            status, body, replayed = await _once(tx, sandbox, request, given, params, handler)
    except ApiError as problem:
        status, body, replayed = problem.status, problem.body, False
    key = request.headers.get("idempotency-key")
    if key and request.method != "GET":
        headers["idempotency-key"] = key
    if replayed:
        headers["idempotent-replayed"] = "true"
    return JSONResponse(body, status, headers)


def _authenticate(request: Request) -> None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            token = base64.b64decode(token).decode().partition(":")[0]
        except ValueError:
            raise unauthenticated() from None
    if not token.startswith(("sk_", "rk_")):
        raise unauthenticated()


async def _given(request: Request) -> Row:
    """v2 bodies are JSON; v1 bodies and all queries are bracketed forms, of parts where a file is among them."""
    if request.method == "GET":
        return forms.decode(request.query_params.multi_items())
    if not request.url.path.partition("/v2/")[1]:
        return forms.decode([(key, await _field(value)) for key, value in (await request.form()).multi_items()])
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError:
        raise ApiError("Invalid JSON.", stored=False) from None
    if not isinstance(body, dict):
        raise ApiError("The body is not an object.", stored=False)
    return body


async def _field(value: str | UploadFile) -> str | Upload:
    return value if isinstance(value, str) else Upload(value.filename or "", await value.read())


async def _once(
    tx: Tx, sandbox: Sandbox, request: Request, given: Row, params: type, handler: Handler
) -> tuple[int, Row, bool]:
    """Status, body and whether it is a replay. One transaction: a crash forgets key and effect together."""
    account = request.headers.get("stripe-account") or PLATFORM
    key = request.headers.get("idempotency-key") if request.method != "GET" else None
    print_ = _fingerprint(request, given)
    if key and (stored := await _claim(tx, f"{account}:{key}", print_)):
        return stored["status"], stored["body"], True
    try:
        async with tx.connection.transaction():
            call = Call(sandbox, tx, await _account(tx, account), check(params, given), dict(request.path_params))
            status, body = 200, await _run(call, handler)
    except ApiError as problem:
        if not problem.stored:
            raise
        status, body = problem.status, problem.body
    if key:
        await tx.connection.execute(
            "INSERT INTO sandbox.replies (vendor, key, request, status, body) VALUES (%s,%s,%s,%s,%s)",
            (VENDOR, f"{account}:{key}", print_, status, Jsonb(body)),
        )
    return status, body, False


async def _run(call: Call, handler: Handler) -> Row:
    paths = call.params.pop("expand", None) or []
    row = await handler(call)
    return await expand(call.tx, render(row, call.tx), paths, LOADERS)


async def _account(tx: Tx, account: str) -> str:
    if account == PLATFORM:
        return account
    try:
        await load(tx, "account", account)
    except ApiError:
        raise ApiError(
            f"The provided key does not have access to account '{account}' (or that account does not exist).",
            code="account_invalid",
            status=403,
            stored=False,
        ) from None
    return account


def _fingerprint(request: Request, given: Row) -> str:
    whole = json.dumps([request.method, request.url.path, given], sort_keys=True, default=_digest)
    return hashlib.sha256(whole.encode()).hexdigest()


def _digest(upload: Upload) -> list[str]:
    return [upload.name, hashlib.sha256(upload.content).hexdigest()]


async def _claim(tx: Tx, key: str, print_: str) -> Row | None:
    """The stored reply of this key, if any. A request of the same key in flight is a conflict."""
    cursor = await tx.connection.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 7)) AS free", (key,))
    row = await cursor.fetchone()
    if not row or not row["free"]:
        raise ApiError(
            "There is currently another in-progress request using this Stripe-Idempotency Key.",
            code="idempotency_key_in_use",
            type="idempotency_error",
            status=409,
            stored=False,
        )
    cursor = await tx.connection.execute(
        "SELECT request, status, body FROM sandbox.replies WHERE vendor=%s AND key=%s", (VENDOR, key)
    )
    stored = await cursor.fetchone()
    if stored and stored["request"] != print_:
        raise ApiError(
            "Keys for idempotent requests can only be used with the same parameters they were first used with.",
            type="idempotency_error",
            stored=False,
        )
    return stored


def retriever(kind: str, name: str = "id", *, scoped: bool = False) -> Handler:
    """``GET /v1/things/{id}`` of a stored kind; ``scoped`` ones belong to the acting account."""

    async def retrieve(call: Call) -> Row:
        return await load(call.tx, kind, call.path[name], account=call.account if scoped else None)

    return retrieve


async def not_found(request: Request) -> Response:
    problem: Any = missing("route", f"{request.method} {request.url.path}")
    return JSONResponse(problem.body, 404)
