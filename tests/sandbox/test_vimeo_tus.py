"""The tus address: resuming after breaks, and refusing what would spoil a file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from tusclient.client import TusClient
from vimeo_help import TUS, calm, finished, make_video, patch_headers, set_knobs

from marketplace.gateways.vimeo import VimeoGateway


@pytest.fixture(scope="module")
def gateway(sandbox_server) -> VimeoGateway:
    set_knobs(sandbox_server.settings.sandbox_internal_url, transcode_seconds=0)
    yield VimeoGateway(sandbox_server.settings)
    calm(sandbox_server.settings.sandbox_internal_url)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_video(tmp_path_factory.mktemp("clips") / "clip.mp4")


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        yield client


async def offset_of(client: httpx.AsyncClient, link: str) -> int:
    return int((await client.head(link, headers=TUS)).headers["upload-offset"])


async def test_options_and_head(gateway: VimeoGateway, client: httpx.AsyncClient) -> None:
    link = (await gateway.create_upload(name="Lesson", size=100)).upload_link
    options = await client.options(link)
    assert (options.status_code, options.headers["tus-version"]) == (204, "1.0.0")
    head = await client.head(link, headers=TUS)
    assert head.status_code == 200
    assert head.headers["upload-offset"] == "0"
    assert head.headers["upload-length"] == "100"
    assert head.headers["cache-control"] == "no-store"
    assert head.headers["tus-resumable"] == "1.0.0"


async def test_protocol_errors(gateway: VimeoGateway, client: httpx.AsyncClient) -> None:
    link = (await gateway.create_upload(name="Lesson", size=100)).upload_link
    assert (await client.head(link)).status_code == 412
    assert (await client.head(link + "x", headers=TUS)).status_code == 404
    plain = {**patch_headers(0), "Content-Type": "text/plain"}
    assert (await client.patch(link, headers=plain, content=b"x")).status_code == 415
    assert (
        await client.patch(link, headers={**patch_headers(0), "Upload-Offset": "-1"}, content=b"x")
    ).status_code == 400
    assert (await client.get(link)).status_code == 405
    assert await offset_of(client, link) == 0


async def test_a_wrong_offset_changes_nothing(gateway: VimeoGateway, client: httpx.AsyncClient) -> None:
    link = (await gateway.create_upload(name="Lesson", size=100)).upload_link
    assert (await client.patch(link, headers=patch_headers(0), content=b"a" * 40)).headers["upload-offset"] == "40"
    for wrong in (0, 39, 41, 100):
        assert (await client.patch(link, headers=patch_headers(wrong), content=b"b" * 10)).status_code == 409
    assert await offset_of(client, link) == 40


@pytest.mark.parametrize("chunked", [False, True])
async def test_more_than_the_length_is_refused(gateway: VimeoGateway, client: httpx.AsyncClient, chunked: bool) -> None:
    async def stream() -> AsyncIterator[bytes]:
        yield b"b" * 61

    link = (await gateway.create_upload(name="Lesson", size=100)).upload_link
    await client.patch(link, headers=patch_headers(0), content=b"a" * 40)
    refused = await client.patch(link, headers=patch_headers(40), content=stream() if chunked else b"b" * 61)
    assert refused.status_code == 413
    assert await offset_of(client, link) == 40


async def test_a_connection_broken_half_way_resumes_from_what_arrived(
    gateway: VimeoGateway, client: httpx.AsyncClient, clip: Path
) -> None:
    data = clip.read_bytes()
    made = await gateway.create_upload(name="Lesson", size=len(data))
    await break_off(made.upload_link, data, len(data) // 2)
    for _ in range(100):
        if (offset := await offset_of(client, made.upload_link)) == len(data) // 2:
            break
        await asyncio.sleep(0.02)
    assert offset == len(data) // 2
    rest = await client.patch(made.upload_link, headers=patch_headers(offset), content=data[offset:])
    assert (rest.status_code, rest.headers["upload-offset"]) == (204, str(len(data)))
    state = await finished(gateway, made.uri)
    assert (state.transcode, state.duration_s) == ("complete", 2)


async def break_off(link: str, data: bytes, sent: int) -> None:
    """Announces everything, sends a part, and hangs up."""
    parts = urlsplit(link)
    reader, writer = await asyncio.open_connection("127.0.0.1", parts.port)
    headers = {**patch_headers(0), "Host": parts.netloc, "Content-Length": str(len(data))}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(f"PATCH {parts.path} HTTP/1.1\r\n{head}\r\n".encode() + data[:sent])
    await writer.drain()
    await asyncio.sleep(0.2)
    writer.close()
    del reader


async def test_two_at_once_never_interleave(gateway: VimeoGateway, client: httpx.AsyncClient) -> None:
    release = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield b"a" * 50
        await release.wait()
        yield b"a" * 50

    link = (await gateway.create_upload(name="Lesson", size=100)).upload_link
    first = asyncio.create_task(client.patch(link, headers=patch_headers(0), content=slowly()))
    await asyncio.sleep(0.3)
    second = await client.patch(link, headers=patch_headers(0), content=b"b" * 100)
    assert second.status_code == 423
    release.set()
    assert (await first).headers["upload-offset"] == "100"


async def test_asking_again_after_the_end_is_harmless(
    gateway: VimeoGateway, client: httpx.AsyncClient, clip: Path
) -> None:
    data = clip.read_bytes()
    made = await gateway.create_upload(name="Lesson", size=len(data))
    assert (await client.patch(made.upload_link, headers=patch_headers(0), content=data)).status_code == 204
    await finished(gateway, made.uri)
    assert (await client.patch(made.upload_link, headers=patch_headers(len(data)), content=b"")).status_code == 204
    assert (await client.patch(made.upload_link, headers=patch_headers(0), content=data)).status_code == 409
    assert await offset_of(client, made.upload_link) == len(data)
    assert (await client.delete(made.upload_link, headers=TUS)).status_code == 410


async def test_terminate(gateway: VimeoGateway, client: httpx.AsyncClient) -> None:
    link = (await gateway.create_upload(name="Lesson", size=100)).upload_link
    await client.patch(link, headers=patch_headers(0), content=b"a" * 40)
    assert (await client.delete(link, headers=TUS)).status_code == 204
    assert (await client.head(link, headers=TUS)).status_code == 404


async def test_a_video_deleted_meanwhile_ends_its_upload(gateway: VimeoGateway, client: httpx.AsyncClient) -> None:
    made = await gateway.create_upload(name="Lesson", size=100)
    await gateway.delete(made.uri)
    refused = await client.patch(made.upload_link, headers=patch_headers(0), content=b"a" * 100)
    assert refused.status_code == 404


async def test_tuspy_uploads_in_pieces(gateway: VimeoGateway, clip: Path) -> None:
    made = await gateway.create_upload(name="Lesson", size=clip.stat().st_size)
    uploader = TusClient("http://unused").uploader(str(clip), url=made.upload_link, chunk_size=5000)
    await asyncio.to_thread(uploader.upload)
    assert (await finished(gateway, made.uri)).transcode == "complete"


async def test_a_lost_answer_doesnt_lose_the_upload(
    gateway: VimeoGateway, client: httpx.AsyncClient, clip: Path, sandbox_server
) -> None:
    """The last PATCH takes effect, its answer is a 500, and the client asks where it stands."""
    base = sandbox_server.settings.sandbox_internal_url
    data = clip.read_bytes()
    made = await gateway.create_upload(name="Lesson", size=len(data))
    set_knobs(base, fail_after=100)
    assert (await client.patch(made.upload_link, headers=patch_headers(0), content=data)).status_code == 500
    set_knobs(base, fail_after=None)
    assert await offset_of(client, made.upload_link) == len(data)
    assert (await finished(gateway, made.uri)).transcode == "complete"
