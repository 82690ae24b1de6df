"""Storage's endpoints for objects: upload, read, list, remove, sign."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

import jwt
from jwt.types import Options
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from marketplace.sandbox.store import Row, Tx
from marketplace.sandbox.supabase import buckets, objects
from marketplace.sandbox.supabase.buckets import StorageCall, StorageFault, route
from marketplace.sandbox.supabase.call import VENDOR
from marketplace.sandbox.supabase.objects import Upload
from marketplace.sandbox.supabase.receive import receive

if TYPE_CHECKING:
    from marketplace.sandbox.app import Sandbox

UPLOAD_LIFETIME = 2 * 3600
_MAX_LIFETIME = 365 * 86400
Use = Literal["download", "upload"]


def routes(sandbox: Sandbox) -> list[Route]:
    base = "/storage/v1"
    named, any_object = f"{base}/bucket/{{bucket}}", "{bucket}/{path:path}"
    return [
        route(sandbox, "POST", f"{base}/bucket", buckets.create),
        route(sandbox, "GET", f"{base}/bucket", buckets.show_all),
        route(sandbox, "GET", named, buckets.show),
        route(sandbox, "PUT", named, buckets.update),
        route(sandbox, "DELETE", named, buckets.delete),
        route(sandbox, "POST", f"{named}/empty", empty_bucket),
        route(sandbox, "GET", f"{base}/object/public/{any_object}", read_public, key="open"),
        route(sandbox, "GET", f"{base}/object/sign/{any_object}", read_signed, key="open"),
        route(sandbox, "POST", f"{base}/object/sign/{any_object}", sign_download),
        route(sandbox, "POST", f"{base}/object/sign/{{bucket}}", sign_downloads),
        route(sandbox, "POST", f"{base}/object/upload/sign/{any_object}", sign_upload),
        route(sandbox, "PUT", f"{base}/object/upload/sign/{any_object}", upload_signed, key="open"),
        route(sandbox, "GET", f"{base}/object/info/{any_object}", show_info),
        route(sandbox, "POST", f"{base}/object/list/{{bucket}}", list_objects),
        route(sandbox, "GET", f"{base}/object/authenticated/{any_object}", read),
        route(sandbox, "GET", f"{base}/object/{any_object}", read),
        route(sandbox, "POST", f"{base}/object/{any_object}", upload),
        route(sandbox, "PUT", f"{base}/object/{any_object}", replace),
        route(sandbox, "DELETE", f"{base}/object/{any_object}", remove_one),
        route(sandbox, "DELETE", f"{base}/object/{{bucket}}", remove),
    ]


async def upload(call: StorageCall) -> Response:
    upsert = call.request.headers.get("x-upsert", "").lower() == "true"
    return await _store(call, upsert=upsert)


async def replace(call: StorageCall) -> Response:
    return await _store(call, upsert=True)


async def upload_signed(call: StorageCall) -> Response:
    """A token is spent with the object it created, so that a broken upload can be tried again."""
    async with call.sandbox.store.tx() as tx:
        token = await _verified(tx, call, "upload")
        await _require_unspent(tx, token)
    return await _store(call, upsert=bool(token["upsert"]), token=token)


async def _store(call: StorageCall, *, upsert: bool, token: Row | None = None) -> Response:
    name, store = objects.check_name(call.path), call.sandbox.store
    async with store.tx() as tx:
        bucket = await buckets.require(tx, call.bucket)
    received = await receive(store, call.request, name, objects.limit_of(bucket))
    try:
        row, before = await _commit(call, bucket, received, upsert, token)
    except BaseException:
        objects.location(store, received.file).unlink(missing_ok=True)
        raise
    await objects.discard(store, [before] if before else [])
    return JSONResponse({"Id": row["id"], "Key": f"{call.bucket}/{name}"})


async def _commit(
    call: StorageCall, bucket: Row, received: Upload, upsert: bool, token: Row | None
) -> tuple[Row, Row | None]:
    async with call.sandbox.store.tx() as tx:
        if token:
            await tx.connection.execute("SELECT pg_advisory_xact_lock(723006, hashtext(%s))", (token["jti"],))
            await _require_unspent(tx, token)
            await tx.put(VENDOR, "spent", token["jti"], {"exp": token["exp"]})
        return await objects.put(tx, bucket, call.path, received, upsert=upsert)


async def _require_unspent(tx: Tx, token: Row) -> None:
    if await tx.get(VENDOR, "spent", token["jti"]):
        raise StorageFault(409, "Duplicate", "The signed upload URL was used already")


async def read(call: StorageCall) -> Response:
    async with call.sandbox.store.tx() as tx:
        row = await objects.require(tx, call.bucket, call.path)
    return _file(call, row, "private, no-store")


async def read_public(call: StorageCall) -> Response:
    async with call.sandbox.store.tx() as tx:
        bucket = await tx.get(VENDOR, "bucket", call.bucket)
        if not bucket or not bucket["public"]:
            raise StorageFault(404, "Bucket not found", "Bucket not found")
        row = await objects.require(tx, call.bucket, call.path)
    return _file(call, row, f"public, {row['cache_control']}")


async def read_signed(call: StorageCall) -> Response:
    async with call.sandbox.store.tx() as tx:
        token = await _verified(tx, call, "download")
        row = await objects.require(tx, call.bucket, call.path)
        left = int(token["exp"]) - tx.timestamp()
    return _file(call, row, f"private, max-age={max(min(left, 300), 0)}")


def _file(call: StorageCall, row: Row, cache: str) -> Response:
    """Ranges are the response's own work. Uploaded HTML or SVG never runs in this origin."""
    path = objects.location(call.sandbox.store, row["file"])
    headers = {
        "cache-control": cache,
        "etag": f'"{row["file"]}"',
        "x-content-type-options": "nosniff",
        "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; media-src 'self'",
    }
    wanted = call.request.query_params.get("download")
    if wanted is not None:
        headers["content-disposition"] = _attachment(wanted or row["name"].rpartition("/")[2])
    return FileResponse(path, media_type=row["mimetype"], headers=headers)


def _attachment(filename: str) -> str:
    return f"attachment; filename*=UTF-8''{quote(filename, safe='')}"


async def show_info(call: StorageCall) -> Response:
    async with call.sandbox.store.tx() as tx:
        return JSONResponse(objects.info(await objects.require(tx, call.bucket, call.path)))


async def list_objects(call: StorageCall) -> Response:
    options = await call.json()
    async with call.sandbox.store.tx() as tx:
        await buckets.require(tx, call.bucket)
        return JSONResponse(await objects.listing(tx, call.bucket, options))


async def remove(call: StorageCall) -> Response:
    names = (await call.json()).get("prefixes")
    if not isinstance(names, list):
        raise StorageFault(400, "invalid_request", "body must have required property 'prefixes'")
    return await _remove(call, [str(name) for name in names])


async def remove_one(call: StorageCall) -> Response:
    await _remove(call, [call.path])
    return JSONResponse({"message": "Successfully deleted"})


async def _remove(call: StorageCall, names: list[str]) -> Response:
    async with call.sandbox.store.tx() as tx:
        rows = await objects.remove(tx, call.bucket, names)
    await objects.discard(call.sandbox.store, rows)
    return JSONResponse([objects.info(row) for row in rows])


async def empty_bucket(call: StorageCall) -> Response:
    async with call.sandbox.store.tx() as tx:
        names = [row["name"] for row in await tx.find(VENDOR, "object", {"bucket": call.bucket}, limit=10_000)]
    await _remove(call, names)
    return JSONResponse({"message": "Successfully emptied"})


async def sign_download(call: StorageCall) -> Response:
    seconds = _lifetime(await call.json())
    async with call.sandbox.store.tx() as tx:
        await objects.require(tx, call.bucket, call.path)
        return JSONResponse({"signedURL": await _signed(tx, call.bucket, call.path, seconds)})


async def sign_downloads(call: StorageCall) -> Response:
    body = await call.json()
    seconds, answer = _lifetime(body), []
    async with call.sandbox.store.tx() as tx:
        for name in [str(path) for path in body.get("paths") or []]:
            row = await tx.get(VENDOR, "object", f"{call.bucket}/{name}")
            url = await _signed(tx, call.bucket, name, seconds) if row else None
            error = None if row else "Either the object does not exist or you do not have access to it"
            answer.append({"path": name, "error": error, "signedURL": url})
    return JSONResponse(answer)


async def _signed(tx: Tx, bucket: str, name: str, seconds: int) -> str:
    token = await _token(tx, "download", f"{bucket}/{name}", seconds)
    return f"/object/sign/{bucket}/{quote(name)}?token={token}"


async def sign_upload(call: StorageCall) -> Response:
    name = objects.check_name(call.path)
    upsert = call.request.headers.get("x-upsert", "").lower() == "true"
    async with call.sandbox.store.tx() as tx:
        await buckets.require(tx, call.bucket)
        if not upsert and await tx.get(VENDOR, "object", f"{call.bucket}/{name}"):
            raise StorageFault(409, "Duplicate", "The resource already exists")
        token = await _token(tx, "upload", f"{call.bucket}/{name}", UPLOAD_LIFETIME, upsert=upsert)
    return JSONResponse({"url": f"/object/upload/sign/{call.bucket}/{quote(name)}?token={token}", "token": token})


async def _token(tx: Tx, use: Use, url: str, seconds: int, *, upsert: bool = False) -> str:
    now = tx.timestamp()
    claims = {"url": url, "use": use, "upsert": upsert, "jti": secrets.token_hex(12), "iat": now, "exp": now + seconds}
    return jwt.encode(claims, await _secret(tx), algorithm="HS256")


async def _verified(tx: Tx, call: StorageCall, use: Use) -> Row:
    """Time is the sandbox's, so the claims' times are compared here."""
    try:
        token = call.request.query_params.get("token", "")
        unchecked: Options = {"verify_exp": False, "verify_iat": False}
        claims: Row = jwt.decode(token, await _secret(tx), algorithms=["HS256"], options=unchecked)
    except jwt.InvalidTokenError as problem:
        raise StorageFault(400, "InvalidJWT", str(problem)) from None
    if claims.get("url") != f"{call.bucket}/{call.path}" or claims.get("use") != use:
        raise StorageFault(400, "InvalidSignature", "The token is for another address")
    if claims["exp"] <= tx.timestamp():
        raise StorageFault(400, "InvalidJWT", '"exp" claim timestamp check failed')
    return claims


async def _secret(tx: Tx) -> str:
    row = await tx.get(VENDOR, "key", "storage")
    if row is None:
        await tx.connection.execute("SELECT pg_advisory_xact_lock(723007)")
        row = await tx.get(VENDOR, "key", "storage")
    if row is None:
        row = await tx.put(VENDOR, "key", "storage", {"secret": secrets.token_hex(32)})
    return str(row["secret"])


def _lifetime(body: Row) -> int:
    given = str(body.get("expiresIn", ""))
    if not given.isdecimal() or not 1 <= int(given) <= _MAX_LIFETIME:
        raise StorageFault(400, "invalid_request", "body/expiresIn must be >= 1")
    return int(given)
