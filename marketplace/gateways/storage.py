"""Files by Supabase Storage, through its SDK."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from storage3.exceptions import StorageApiError
from storage3.types import CreateOrUpdateBucketOptions
from supabase import AsyncClient

from marketplace import errors
from marketplace.domain.media.errors import FileMissing, FileTooLarge
from marketplace.gateways.supabase_auth import browser_url, open_client, server_url
from marketplace.gateways.tls import tls
from marketplace.settings import Settings

PRIVATE = "private"
PUBLIC = "public"
MAX_BYTES = 20 * 1024 * 1024
_YEAR = "31536000"


class SupabaseStorage:
    """The ``FileStorage`` of :mod:`marketplace.domain.media.ports`. Everything goes by the secret key."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def ensure_buckets(self) -> None:
        """Creates what is missing and brings the rest in line."""
        largest = max(MAX_BYTES, self._settings.file_max_bytes)
        buckets: dict[str, CreateOrUpdateBucketOptions] = {
            PRIVATE: {"public": False, "file_size_limit": largest},
            PUBLIC: {"public": True, "file_size_limit": MAX_BYTES},
        }
        async with self._client() as client:
            for name, options in buckets.items():
                try:
                    await client.storage.create_bucket(name, options=options)
                except StorageApiError as problem:
                    if not _is_duplicate(problem):
                        raise
                    await client.storage.update_bucket(name, options)

    async def signed_upload(self, path: str) -> str:
        _check(path)
        async with self._client() as client:
            answer = await client.storage.from_(PRIVATE).create_signed_upload_url(path)
        return self._for_browser(answer["signed_url"])

    async def signed_download(self, path: str, *, seconds: int, filename: str | None = None) -> str:
        _check(path)
        async with self._client() as client:
            bucket = client.storage.from_(PRIVATE)
            answer = await bucket.create_signed_url(path, seconds, {"download": filename} if filename else {})
        if not answer["signedUrl"]:
            raise FileMissing
        return self._for_browser(answer["signedUrl"])

    async def read(self, path: str, *, max_bytes: int) -> bytes:
        _check(path)
        async with self._client() as client:
            bucket = client.storage.from_(PRIVATE)
            if int((await bucket.info(path)).get("size") or 0) > max_bytes:
                raise FileTooLarge
            body = await bucket.download(path)
        if len(body) > max_bytes:
            raise FileTooLarge
        return body

    async def write_private(self, path: str, body: bytes, *, content_type: str) -> None:
        """As with public ones: what is at the path already holds the same bytes."""
        _check(path)
        async with self._client() as client:
            try:
                await client.storage.from_(PRIVATE).upload(path, body, {"content-type": content_type})
            except StorageApiError as problem:
                if not _is_duplicate(problem):
                    raise

    async def size(self, path: str) -> int:
        _check(path)
        async with self._client() as client:
            return int((await client.storage.from_(PRIVATE).info(path)).get("size") or 0)

    async def read_public(self, url: str, *, max_bytes: int) -> bytes:
        """By its public address: the SDK's own download of a bucket called ``public`` asks for another file."""
        server, browser = server_url(self._settings), browser_url(self._settings)
        if not url.startswith(f"{browser}/storage/v1/object/public/{PUBLIC}/"):
            raise FileMissing
        body = bytearray()
        try:
            async with (
                httpx.AsyncClient(timeout=60, verify=tls()) as client,
                client.stream("GET", server + url.removeprefix(browser)) as answer,
            ):
                if answer.status_code != 200:
                    raise FileMissing if answer.status_code < 500 else errors.Unavailable
                async for part in answer.aiter_bytes():
                    body += part
                    if len(body) > max_bytes:
                        raise FileTooLarge
        except httpx.TransportError as problem:
            raise errors.Unavailable from problem
        return bytes(body)

    async def write_public(self, path: str, body: bytes, *, content_type: str) -> str:
        """A path that exists already holds the same bytes, since paths are named by content."""
        _check(path)
        async with self._client() as client:
            bucket = client.storage.from_(PUBLIC)
            try:
                await bucket.upload(path, body, {"content-type": content_type, "cache-control": _YEAR})
            except StorageApiError as problem:
                if not _is_duplicate(problem):
                    raise
            return self._for_browser(await bucket.get_public_url(path))

    async def delete(self, path: str) -> None:
        _check(path)
        async with self._client() as client:
            await client.storage.from_(PRIVATE).remove([path])

    def _for_browser(self, url: str) -> str:
        """The SDK builds on the address that it was given, which in the sandbox is a loopback one."""
        server, browser = server_url(self._settings), browser_url(self._settings)
        return browser + url.removeprefix(server) if url.startswith(server) else url

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[AsyncClient]:
        try:
            async with open_client(self._settings, admin=True, timeout_s=60) as client:
                yield client
        except StorageApiError as problem:
            raise _translate(problem) from problem
        except httpx.TransportError as problem:
            raise errors.Unavailable from problem


def _check(path: str) -> None:
    """Paths come from our own ids: one that leaves its folder is a bug or an attack."""
    if not path or any(part in ("", ".", "..") for part in path.split("/")) or "%" in path or "\\" in path:
        raise errors.Invalid("That file name can't be used.")


def _is_duplicate(problem: StorageApiError) -> bool:
    return str(problem.status) == "409" or problem.code == "Duplicate"


def _translate(problem: StorageApiError) -> Exception:
    status = int(problem.status) if str(problem.status).isdecimal() else 500
    if status == 404 or problem.code == "not_found":
        return FileMissing()
    if status == 413:
        return FileTooLarge()
    if status == 429:
        return errors.Limited()
    if status >= 500:
        return errors.Unavailable()
    return problem
