"""Storage's protocol under hostile names and types, by raw requests."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest

SECRET = {"apikey": "sb_secret_sandbox", "authorization": "Bearer sb_secret_sandbox"}


@pytest.fixture
async def http(sandbox_server) -> AsyncIterator[httpx.AsyncClient]:
    base = f"{sandbox_server.settings.sandbox_internal_url}/supabase/storage/v1"
    async with httpx.AsyncClient(base_url=base, headers=SECRET, trust_env=False) as client:
        yield client


@pytest.fixture
async def bucket(http) -> str:
    name = f"b{uuid4().hex[:10]}"
    assert (await http.post("/bucket", json={"id": name, "name": name, "public": True})).status_code == 200
    return name


def raw_request(sandbox_server, target: str, body: bytes = b"x") -> bytes:
    """Sent as it is: HTTP clients would clean the path first."""
    head = f"POST {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n"
    keys = "".join(f"{name}: {value}\r\n" for name, value in SECRET.items())
    with socket.create_connection(("127.0.0.1", sandbox_server.settings.port), 10) as connection:
        connection.sendall(f"{head}{keys}\r\n".encode() + body)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    return answer


@pytest.mark.parametrize(
    "name",
    [
        "../../escape.txt",
        "%2e%2e/%2e%2e/escape.txt",
        "a/..%2f..%2fescape.txt",
        "%2fetc%2fpasswd",
        "a%00b",
        "a//b",
        "a%5cb",
    ],
)
def test_names_that_would_leave_the_folder(sandbox_server, bucket, name):
    answer = raw_request(sandbox_server, f"/sandbox/supabase/storage/v1/object/{bucket}/{name}")
    assert answer.split(b" ", 2)[1] != b"200"
    assert not list(sandbox_server.sandbox.store.folder.parent.rglob("escape.txt"))


async def test_objects_do_not_shadow_each_other(http, bucket):
    """``a`` and ``a/b`` are both fine as object names, though not as file names."""
    for name in ("a", "a/b", "a/b/c"):
        assert (await http.post(f"/object/{bucket}/{name}", content=name.encode())).status_code == 200
    for name in ("a", "a/b", "a/b/c"):
        assert (await http.get(f"/object/{bucket}/{name}")).text == name


async def test_scripts_in_files_do_not_run_here(http, bucket):
    for name, kind in (("x.html", "text/html"), ("x.svg", "image/svg+xml")):
        await http.post(f"/object/{bucket}/{name}", content=b"<script>1</script>", headers={"content-type": kind})
        answer = await http.get(f"/object/public/{bucket}/{name}")
        assert answer.headers["content-security-policy"].startswith("sandbox;")
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_existing_objects_are_kept_unless_asked(http, bucket):
    await http.post(f"/object/{bucket}/x", content=b"1")
    assert (await http.post(f"/object/{bucket}/x", content=b"2")).json()["statusCode"] == "409"
    assert (await http.get(f"/object/{bucket}/x")).content == b"1"
    await http.post(f"/object/{bucket}/x", content=b"3", headers={"x-upsert": "true"})
    assert (await http.get(f"/object/{bucket}/x")).content == b"3"


async def test_types_are_limited_by_the_bucket(http, bucket):
    await http.put(f"/bucket/{bucket}", json={"public": True, "allowed_mime_types": ["image/*"]})
    assert (await http.post(f"/object/{bucket}/x.png", content=b"1")).status_code == 200
    refused = await http.post(
        f"/object/{bucket}/x.exe", content=b"1", headers={"content-type": "application/x-dosexec"}
    )
    assert refused.status_code == 415


async def test_buckets_go_when_empty(http, bucket):
    await http.post(f"/object/{bucket}/x", content=b"1")
    assert (await http.delete(f"/bucket/{bucket}")).status_code == 400
    assert (await http.post(f"/bucket/{bucket}/empty")).status_code == 200
    assert (await http.delete(f"/bucket/{bucket}")).status_code == 200
    assert (await http.get(f"/bucket/{bucket}")).json()["statusCode"] == "404"


@pytest.mark.parametrize("seconds", ["0", "-1", "", "x", str(10**9)])
async def test_lifetimes_are_sane(http, bucket, seconds):
    await http.post(f"/object/{bucket}/x", content=b"1")
    assert (await http.post(f"/object/sign/{bucket}/x", json={"expiresIn": seconds})).status_code == 400
