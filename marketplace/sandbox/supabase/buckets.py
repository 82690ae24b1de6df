"""Storage's buckets, and the shape of its errors."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from marketplace.sandbox.store import Row, Tx
from marketplace.sandbox.supabase import users
from marketplace.sandbox.supabase.call import PUBLISHABLE_KEY, SECRET_KEY, VENDOR, api_key, is_admin

if TYPE_CHECKING:
    from marketplace.sandbox.app import Sandbox

DEFAULT_LIMIT = 50 * 1024 * 1024  # bytes per object where the bucket sets none, as on the free plan
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,62}")


class StorageFault(Exception):
    """``status`` goes in the body; the HTTP status is 400 but for the few that Storage sends as they are."""

    def __init__(self, status: int, error: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.error = error
        self.message = message

    def answer(self) -> JSONResponse:
        body = {"statusCode": str(self.status), "error": self.error, "message": self.message}
        return JSONResponse(body, self.status if self.status in (413, 415, 416) else 400)


@dataclass(frozen=True)
class StorageCall:
    sandbox: Sandbox
    request: Request

    @property
    def bucket(self) -> str:
        return str(self.request.path_params["bucket"])

    @property
    def path(self) -> str:
        return str(self.request.path_params["path"])

    async def json(self) -> Row:
        try:
            body = await self.request.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise StorageFault(400, "invalid_request", "body must be object")
        return body


StorageHandler = Callable[[StorageCall], Awaitable[Response]]


def route(sandbox: Sandbox, method: str, path: str, handler: StorageHandler, *, key: str = "secret") -> Route:
    """``open``: no key at all (public and signed addresses); else row level security lets only the secret key pass."""

    async def run(request: Request) -> Response:
        try:
            if key != "open":
                _require_key(request)
            return await handler(StorageCall(sandbox, request))
        except StorageFault as fault:
            return fault.answer()

    return Route(path, run, methods=[method])


def _require_key(request: Request) -> None:
    if api_key(request) not in (PUBLISHABLE_KEY, SECRET_KEY):
        raise StorageFault(401, "Unauthorized", "Invalid API key")
    if not is_admin(request):
        raise StorageFault(403, "Unauthorized", "new row violates row-level security policy")


async def require(tx: Tx, name: str) -> Row:
    bucket = await tx.get(VENDOR, "bucket", name)
    if bucket is None:
        raise StorageFault(404, "Bucket not found", "Bucket not found")
    return bucket


async def create(call: StorageCall) -> Response:
    body = await call.json()
    name = str(body.get("id") or body.get("name") or "")
    if not _NAME.fullmatch(name):
        raise StorageFault(400, "InvalidBucketName", "Bucket name invalid")
    async with call.sandbox.store.tx() as tx:
        if await tx.get(VENDOR, "bucket", name):
            raise StorageFault(409, "Duplicate", "The resource already exists")
        now = users.stamp(tx)
        bucket = {"id": name, "name": name, "owner": "", "created_at": now, "type": "STANDARD"}
        await tx.put(VENDOR, "bucket", name, {**bucket, **_options(body, {}), "updated_at": now})
    return JSONResponse({"name": name})


def _options(body: Row, before: Row) -> Row:
    names = {"public": False, "file_size_limit": None, "allowed_mime_types": None}
    return {name: body.get(name, before.get(name, default)) for name, default in names.items()}


async def show_all(call: StorageCall) -> Response:
    async with call.sandbox.store.tx() as tx:
        return JSONResponse(await tx.find(VENDOR, "bucket", limit=1000))


async def show(call: StorageCall) -> Response:
    async with call.sandbox.store.tx() as tx:
        return JSONResponse(await require(tx, call.bucket))


async def update(call: StorageCall) -> Response:
    body = await call.json()
    async with call.sandbox.store.tx() as tx:
        bucket = await require(tx, call.bucket)
        changed = {**bucket, **_options(body, bucket), "updated_at": users.stamp(tx)}
        await tx.put(VENDOR, "bucket", call.bucket, changed)
    return JSONResponse({"message": "Successfully updated"})


async def delete(call: StorageCall) -> Response:
    async with call.sandbox.store.tx() as tx:
        await require(tx, call.bucket)
        if await tx.find(VENDOR, "object", {"bucket": call.bucket}, limit=1):
            raise StorageFault(409, "InvalidRequest", "The bucket you tried to delete is not empty")
        await tx.delete(VENDOR, "bucket", call.bucket)
    return JSONResponse({"message": "Successfully deleted"})
