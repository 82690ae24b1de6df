"""File storage against the sandbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import psycopg
import pytest
from psycopg.types.json import Jsonb

from marketplace import errors
from marketplace.domain.media.errors import FileMissing, FileTooLarge
from marketplace.gateways.storage import MAX_BYTES, SupabaseStorage
from marketplace.gateways.supabase_auth import open_client


@pytest.fixture
def settings(sandbox_server):
    return sandbox_server.settings.model_copy(update={"file_max_bytes": MAX_BYTES})


@pytest.fixture
async def storage(settings) -> SupabaseStorage:
    gateway = SupabaseStorage(settings)
    await gateway.ensure_buckets()
    return gateway


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        yield client


@pytest.fixture
def advance(sandbox_server):
    """Moves the sandbox's clock; back to real time afterwards."""
    connection = psycopg.connect(sandbox_server.sandbox.store._pool.conninfo, autocommit=True)

    def by(seconds: int) -> None:
        connection.execute(
            "INSERT INTO sandbox.knobs VALUES ('clock', %s) ON CONFLICT (vendor) DO UPDATE SET data = EXCLUDED.data",
            (Jsonb({"offset": seconds}),),
        )

    yield by
    by(0)
    connection.close()


def new_path(ending: str = "txt") -> str:
    return f"creators/7/{uuid4().hex}/my file.{ending}"


async def stored(storage, browser, body: bytes = b"0123456789", content_type: str = "text/plain") -> str:
    path = new_path()
    answer = await browser.put(await storage.signed_upload(path), content=body, headers={"content-type": content_type})
    assert answer.status_code == 200, answer.text
    return path


async def test_buckets_are_made_once(storage, settings):
    await storage.ensure_buckets()
    async with open_client(settings, admin=True) as client:
        found = {bucket.id: bucket for bucket in await client.storage.list_buckets()}
    assert (found["private"].public, found["public"].public) == (False, True)
    assert found["private"].file_size_limit == MAX_BYTES


async def test_upload_from_the_browser_and_read(storage, settings, browser):
    path = new_path()
    url = await storage.signed_upload(path)
    assert url.startswith(settings.sandbox_public_url + "/supabase/storage/v1/object/upload/sign/private/")
    with pytest.raises(FileMissing):
        await storage.read(path, max_bytes=100)
    assert (await browser.put(url, content=b"hello", headers={"content-type": "text/plain"})).status_code == 200
    assert await storage.read(path, max_bytes=5) == b"hello"
    with pytest.raises(FileTooLarge):
        await storage.read(path, max_bytes=4)


async def test_upload_as_a_form(storage, browser):
    path = new_path("pdf")
    form = {"": ("sheet.pdf", b"%PDF-1.7 form", "application/pdf")}
    answer = await browser.put(await storage.signed_upload(path), files=form, data={"cacheControl": "60"})
    assert answer.status_code == 200, answer.text
    assert await storage.read(path, max_bytes=100) == b"%PDF-1.7 form"
    shown = await browser.get(await storage.signed_download(path, seconds=60))
    assert shown.headers["content-type"] == "application/pdf"


async def test_the_sdk_uploads_to_a_signed_address(storage, settings):
    path = new_path()
    async with open_client(settings, admin=True) as client:
        bucket = client.storage.from_("private")
        signed = await bucket.create_signed_upload_url(path)
        await bucket.upload_to_signed_url(path, signed["token"], b"by the SDK")
        assert await bucket.exists(path)
        entries = await bucket.list(path.rpartition("/")[0])
        folders = await bucket.list("creators/7", {"limit": 1000})
    assert [entry["name"] for entry in entries] == ["my file.txt"]
    assert all(folder["id"] is None for folder in folders)
    assert await storage.read(path, max_bytes=100) == b"by the SDK"


async def test_a_signed_upload_works_once(storage, browser):
    path = new_path()
    url = await storage.signed_upload(path)
    assert (await browser.put(url, content=b"first")).status_code == 200
    assert (await browser.put(url, content=b"second")).json()["statusCode"] == "409"
    await storage.delete(path)
    assert (await browser.put(url, content=b"third")).json()["statusCode"] == "409"
    with pytest.raises(FileMissing):
        await storage.read(path, max_bytes=100)


async def test_a_signed_upload_is_for_one_path_and_use(storage, browser):
    url, other = await storage.signed_upload(new_path()), await storage.signed_upload(new_path())
    moved = other.partition("?")[0] + "?" + url.partition("?")[2]
    assert (await browser.put(moved, content=b"x")).json()["error"] == "InvalidSignature"
    assert (await browser.put(url.partition("?")[0], content=b"x")).json()["error"] == "InvalidJWT"
    path = await stored(storage, browser)
    token = urlsplit(await storage.signed_download(path, seconds=60)).query
    target = (await storage.signed_upload(new_path())).partition("?")[0]
    assert (await browser.put(f"{target}?{token}", content=b"x")).json()["error"] == "InvalidSignature"


async def test_a_signed_upload_ends_after_two_hours(storage, browser, advance):
    url = await storage.signed_upload(new_path())
    advance(2 * 3600 + 1)
    assert (await browser.put(url, content=b"late")).json()["error"] == "InvalidJWT"


@pytest.mark.parametrize("declared", [True, False])
async def test_uploads_over_the_limit_leave_nothing(storage, settings, browser, sandbox_server, declared):
    path, chunk = new_path(), b"x" * (1024 * 1024)
    url = await storage.signed_upload(path)

    async def stream() -> AsyncIterator[bytes]:
        for _ in range(MAX_BYTES // len(chunk) + 1):
            yield chunk

    before = files_on_disk(sandbox_server)
    headers = {"content-length": str(MAX_BYTES + len(chunk))} if declared else {}
    try:
        answer = await browser.put(url, content=stream(), headers=headers)
        assert (answer.status_code, answer.json()["statusCode"]) == (413, "413")
    except httpx.WriteError:
        pass  # the server answered and closed before all was sent
    assert files_on_disk(sandbox_server) == before
    with pytest.raises(FileMissing):
        await storage.read(path, max_bytes=10)
    assert (await browser.put(url, content=b"small")).status_code == 200


async def test_a_form_over_the_limit_is_refused(storage, browser, sandbox_server):
    before = files_on_disk(sandbox_server)
    form = {"file": ("big.bin", b"x" * (MAX_BYTES + 1), "application/octet-stream")}
    answer = await browser.put(await storage.signed_upload(new_path()), files=form)
    assert answer.status_code == 413
    assert files_on_disk(sandbox_server) == before


async def test_the_limit_itself_fits(storage, browser):
    path = await stored(storage, browser, b"y" * MAX_BYTES)
    assert len(await storage.read(path, max_bytes=MAX_BYTES)) == MAX_BYTES


async def test_signed_download(storage, settings, browser):
    path = await stored(storage, browser)
    url = await storage.signed_download(path, seconds=60, filename='Übung "1".txt')
    assert url.startswith(settings.sandbox_public_url)
    answer = await browser.get(url)
    assert answer.content == b"0123456789"
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''%C3%9Cbung%20%221%22.txt"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"].startswith("private")
    assert "content-disposition" not in (await browser.get(await storage.signed_download(path, seconds=60))).headers


async def test_signed_downloads_end(storage, browser, advance):
    url = await storage.signed_download(await stored(storage, browser), seconds=60)
    advance(61)
    answer = await browser.get(url)
    assert (answer.status_code, answer.json()["error"]) == (400, "InvalidJWT")


async def test_signed_downloads_cannot_be_bent(storage, browser):
    one, two = await stored(storage, browser), await stored(storage, browser)
    url = await storage.signed_download(one, seconds=60)
    other = await storage.signed_download(two, seconds=60)
    assert (await browser.get(other.partition("?")[0] + "?" + url.partition("?")[2])).status_code == 400
    assert (await browser.get(url[:-3])).status_code == 400
    assert (await browser.get(url.partition("?")[0])).status_code == 400


@pytest.mark.parametrize(
    ("wanted", "status", "body", "range_"),
    [
        ("bytes=2-4", 206, b"234", "bytes 2-4/10"),
        ("bytes=7-", 206, b"789", "bytes 7-9/10"),
        ("bytes=-2", 206, b"89", "bytes 8-9/10"),
        ("bytes=10-", 416, None, "bytes */10"),
    ],
)
async def test_ranges(storage, browser, wanted, status, body, range_):
    url = await storage.signed_download(await stored(storage, browser), seconds=60)
    answer = await browser.get(url, headers={"range": wanted})
    assert answer.status_code == status
    assert body is None or answer.content == body
    assert answer.headers["content-range"].removeprefix("bytes ") == range_.removeprefix("bytes ")


async def test_public_files(storage, settings, browser):
    path = f"covers/{uuid4().hex}.webp"
    url = await storage.write_public(path, b"RIFF....WEBP", content_type="image/webp")
    assert await storage.write_public(path, b"RIFF....WEBP", content_type="image/webp") == url
    assert url.startswith(settings.sandbox_public_url)
    answer = await browser.get(url)
    assert answer.content == b"RIFF....WEBP"
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["cache-control"] == "public, max-age=31536000"
    again = await browser.get(url, headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code in (200, 304)


async def test_private_files_written_here(storage, settings, browser):
    path = f"lessons/{uuid4().hex}/320.webp"
    await storage.write_private(path, b"RIFF....WEBP", content_type="image/webp")
    await storage.write_private(path, b"RIFF....WEBP", content_type="image/webp")
    assert await storage.read(path, max_bytes=100) == b"RIFF....WEBP"
    answer = await browser.get(f"{settings.sandbox_public_url}/supabase/storage/v1/object/public/private/{path}")
    assert answer.status_code >= 400


async def test_private_files_are_not_public(storage, settings, browser):
    path = await stored(storage, browser)
    for place in ("object/public/private", "object/private", "object/authenticated/private", "object/info/private"):
        for headers in ({}, {"apikey": "sb_publishable_sandbox"}, {"apikey": "sb_secret_guess"}):
            answer = await browser.get(
                f"{settings.sandbox_public_url}/supabase/storage/v1/{place}/{path}", headers=headers
            )
            assert answer.status_code == 400
            assert b"0123456789" not in answer.content


async def test_the_publishable_key_only_reads_public_files(storage, settings):
    async with open_client(settings) as client:
        for attempt in (
            client.storage.from_("public").upload("x.txt", b"x"),
            client.storage.from_("private").create_signed_url("x.txt", 60),
            client.storage.from_("private").create_signed_upload_url("x.txt"),
            client.storage.create_bucket("mine"),
            client.storage.from_("private").list(),
        ):
            with pytest.raises(Exception, match="row-level security"):
                await attempt


async def test_delete_is_harmless_when_gone(storage, browser, sandbox_server):
    path = await stored(storage, browser)
    before = files_on_disk(sandbox_server)
    await storage.delete(path)
    await storage.delete(path)
    assert files_on_disk(sandbox_server) == before - 1
    with pytest.raises(FileMissing):
        await storage.signed_download(path, seconds=60)


@pytest.mark.parametrize("path", ["../x", "a/../../x", "/etc/passwd", "a//b", "./a", "", "a/%2e%2e/b", "a\\..\\b"])
async def test_paths_that_leave_their_folder_are_refused(storage, path):
    for attempt in (storage.signed_upload(path), storage.read(path, max_bytes=1), storage.delete(path)):
        with pytest.raises(errors.Invalid):
            await attempt


def files_on_disk(sandbox_server) -> int:
    return sum(1 for path in sandbox_server.sandbox.store.folder.joinpath("supabase").rglob("*") if path.is_file())
