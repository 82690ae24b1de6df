"""Storage's objects: rows in the store, bytes in files named by a random id, never by the object's name."""

from __future__ import annotations

import mimetypes
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from marketplace.sandbox.store import Row, Store, Tx, in_thread
from marketplace.sandbox.supabase import buckets, users
from marketplace.sandbox.supabase.buckets import StorageFault
from marketplace.sandbox.supabase.call import VENDOR

_ALLOWED = re.compile(r"[\w/!\-.*'() &$@=;:+,?]{1,1024}", re.ASCII)
GENERIC = "application/octet-stream"


@dataclass(frozen=True)
class Upload:
    """A received file that isn't an object yet."""

    file: str
    size: int
    content_type: str
    cache_control: str
    metadata: Row


def check_name(name: str) -> str:
    """Raises ``InvalidKey`` for names that Storage refuses, dot segments among them."""
    segments = name.split("/")
    if not _ALLOWED.fullmatch(name) or any(part in ("", ".", "..") for part in segments):
        raise StorageFault(400, "InvalidKey", f"Invalid key: {name}")
    return name


def new_file(store: Store) -> tuple[str, Path]:
    name = secrets.token_hex(16)
    return name, location(store, name)


def location(store: Store, file: str) -> Path:
    return store.path("supabase", "files", file[:2], file)


async def require(tx: Tx, bucket: str, name: str) -> Row:
    row = await tx.get(VENDOR, "object", f"{bucket}/{name}")
    if row is None:
        raise StorageFault(404, "not_found", "Object not found")
    return row


async def put(tx: Tx, bucket: Row, name: str, upload: Upload, *, upsert: bool) -> tuple[Row, Row | None]:
    """The new row, and the one it replaced. Raises ``Duplicate``, ``invalid_mime_type``."""
    key = f"{bucket['id']}/{name}"
    _check_type(bucket, upload.content_type)
    await tx.connection.execute("SELECT pg_advisory_xact_lock(723005, hashtext(%s))", (key,))
    before = await tx.get(VENDOR, "object", key)
    if before and not upsert:
        raise StorageFault(409, "Duplicate", "The resource already exists")
    now = users.stamp(tx)
    row = {
        "id": before["id"] if before else str(uuid4()),
        "bucket": bucket["id"],
        "name": name,
        "file": upload.file,
        "size": upload.size,
        "mimetype": upload.content_type,
        "cache_control": upload.cache_control,
        "user_metadata": upload.metadata,
        "created_at": before["created_at"] if before else now,
        "updated_at": now,
    }
    return await tx.put(VENDOR, "object", key, row), before


def _check_type(bucket: Row, content_type: str) -> None:
    allowed = bucket.get("allowed_mime_types")
    if not allowed:
        return
    kind = content_type.partition(";")[0].strip()
    if kind not in allowed and f"{kind.partition('/')[0]}/*" not in allowed:
        raise StorageFault(415, "invalid_mime_type", f"mime type {kind} is not supported")


async def remove(tx: Tx, bucket: str, names: list[str]) -> list[Row]:
    """The rows that were there. Their files go once the transaction is kept: see :func:`discard`."""
    removed = []
    for name in names:
        row = await tx.get(VENDOR, "object", f"{bucket}/{name}", lock=True)
        if row:
            await tx.delete(VENDOR, "object", f"{bucket}/{name}")
            removed.append(row)
    return removed


async def discard(store: Store, rows: list[Row]) -> None:
    for row in rows:
        await in_thread(location(store, row["file"]).unlink, True)


def guessed_type(name: str, given: str) -> str:
    """A raw upload without a type is known by its name."""
    return given or mimetypes.guess_type(name)[0] or GENERIC


async def listing(tx: Tx, bucket: str, options: dict[str, Any]) -> list[Row]:
    """One folder's entries: objects with their details, sub-folders with a null id."""
    prefix = str(options.get("prefix") or "").strip("/")
    folder = f"{prefix}/" if prefix else ""
    search = str(options.get("search") or "").lower()
    entries: dict[str, Row] = {}
    for row in await tx.find(VENDOR, "object", {"bucket": bucket}, limit=10_000):
        if not row["name"].startswith(folder):
            continue
        name, _, deeper = row["name"][len(folder) :].partition("/")
        if search in name.lower():
            entries.setdefault(name, _folder(name) if deeper else _entry(row, name))
    return _window(list(entries.values()), options)


def _window(entries: list[Row], options: dict[str, Any]) -> list[Row]:
    order = options.get("sortBy") or {}
    wanted = str(order.get("column"))
    column = wanted if wanted in ("name", "created_at", "updated_at") else "name"
    entries.sort(key=lambda entry: entry[column] or "", reverse=order.get("order") == "desc")
    offset = int(options.get("offset") or 0)
    return entries[offset : offset + int(options.get("limit") or 100)]


def _folder(name: str) -> Row:
    return {"name": name, "id": None, "updated_at": None, "created_at": None, "last_accessed_at": None} | {
        "metadata": None
    }


def _entry(row: Row, name: str) -> Row:
    times = {"created_at": row["created_at"], "updated_at": row["updated_at"], "last_accessed_at": row["updated_at"]}
    return {"name": name, "id": row["id"], **times, "metadata": metadata(row)}


def metadata(row: Row) -> Row:
    return {
        "size": row["size"],
        "contentLength": row["size"],
        "mimetype": row["mimetype"],
        "cacheControl": row["cache_control"],
        "eTag": f'"{row["file"]}"',
        "lastModified": row["updated_at"],
        "httpStatusCode": 200,
    }


def info(row: Row) -> Row:
    return {
        "id": row["id"],
        "name": row["name"],
        "bucket_id": row["bucket"],
        "version": row["file"],
        "size": row["size"],
        "content_type": row["mimetype"],
        "cache_control": row["cache_control"],
        "etag": f'"{row["file"]}"',
        "metadata": row["user_metadata"],
        "last_modified": row["updated_at"],
        "created_at": row["created_at"],
    }


def limit_of(bucket: Row) -> int:
    return int(bucket.get("file_size_limit") or buckets.DEFAULT_LIMIT)
