"""Receives an upload straight to disk: a raw body or a multipart form, within a size limit."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import IO

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from marketplace.sandbox.store import Row, Store
from marketplace.sandbox.supabase.buckets import StorageFault
from marketplace.sandbox.supabase.objects import Upload, guessed_type, new_file

_FORM_ALLOWANCE = 64 * 1024  # what a multipart body may be larger than its file


async def receive(store: Store, request: Request, name: str, limit: int) -> Upload:
    """Raises ``Payload too large`` as soon as the limit is passed; nothing is left on disk then."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await _from_form(store, request, name, limit)
    return await _from_body(store, request, name, limit)


async def _from_body(store: Store, request: Request, name: str, limit: int) -> Upload:
    file, path = new_file(store)
    try:
        size = await _write(path, _limited(request, limit))
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    kind = guessed_type(name, request.headers.get("content-type", ""))
    return Upload(file, size, kind, _cache(request.headers.get("cache-control", "")), {})


async def _write(path: Path, chunks: AsyncGenerator[bytes, None]) -> int:
    size = 0
    with path.open("wb") as target:
        async for chunk in chunks:
            size += len(chunk)
            await asyncio.to_thread(target.write, chunk)
    return size


async def _from_form(store: Store, request: Request, name: str, limit: int) -> Upload:
    parser = MultiPartParser(request.headers, _limited(request, limit + _FORM_ALLOWANCE), max_files=1, max_fields=8)
    try:
        form = await parser.parse()
    except MultiPartException as problem:
        raise StorageFault(400, "invalid_request", problem.message) from None
    try:
        return await _keep(store, form, name, limit)
    finally:
        await form.close()


async def _keep(store: Store, form: FormData, name: str, limit: int) -> Upload:
    """supabase-js names the field with an empty string, the Python SDK calls it ``file``."""
    part = next((value for value in form.values() if isinstance(value, UploadFile)), None)
    if part is None:
        raise StorageFault(400, "invalid_request", "The form holds no file")
    if (part.size or 0) > limit:
        raise _too_large()
    file, path = new_file(store)
    await asyncio.to_thread(_copy, part.file, path)
    cache = f"max-age={form['cacheControl']}" if "cacheControl" in form else ""
    return Upload(
        file,
        part.size or 0,
        guessed_type(name, part.content_type or ""),
        _cache(cache),
        _metadata(form.get("metadata")),
    )


def _copy(source: IO[bytes], path: Path) -> None:
    source.seek(0)
    with path.open("wb") as target:
        shutil.copyfileobj(source, target, 1024 * 1024)


async def _limited(request: Request, limit: int) -> AsyncGenerator[bytes, None]:
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise _too_large()
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise _too_large()
        yield chunk


def _too_large() -> StorageFault:
    return StorageFault(413, "Payload too large", "The object exceeded the maximum allowed size")


def _cache(given: str) -> str:
    """Only a plain ``max-age`` is kept: the value is sent back as a header."""
    seconds = given.strip().removeprefix("max-age=")
    return f"max-age={int(seconds)}" if seconds.isascii() and seconds.isdecimal() else "no-cache"


def _metadata(value: object) -> Row:
    try:
        parsed = json.loads(value) if isinstance(value, str) else {}
    except ValueError:
        raise StorageFault(400, "invalid_request", "metadata must be JSON") from None
    return parsed if isinstance(parsed, dict) else {}
