"""Playback links: ranges, expiry, forgery, and the lock to our own site."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from vimeo_help import calm, finished, make_video, set_knobs, uploaded

from marketplace.gateways.vimeo import VimeoGateway


@pytest.fixture(scope="module")
def base(sandbox_server) -> str:
    return sandbox_server.settings.sandbox_internal_url


@pytest.fixture(autouse=True)
def calm_after(base: str) -> Iterator[None]:
    set_knobs(base, transcode_seconds=0)
    yield
    calm(base)


@pytest.fixture(scope="module")
def gateway(sandbox_server) -> VimeoGateway:
    return VimeoGateway(sandbox_server.settings)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_video(tmp_path_factory.mktemp("clips") / "clip.mp4")


@pytest.fixture(scope="module")
async def uri(gateway: VimeoGateway, clip: Path) -> str:
    uri = await uploaded(gateway, clip)
    await gateway.protect(uri, "localhost")
    await finished(gateway, uri)
    return uri


def get(url: str, **headers: str) -> httpx.Response:
    return httpx.get(url, headers={k.replace("_", "-"): v for k, v in headers.items()}, trust_env=False)


async def test_ranges(gateway: VimeoGateway, uri: str, clip: Path) -> None:
    data, url = clip.read_bytes(), await gateway.playback_url(uri, viewer="7")
    whole = get(url)
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["cache-control"] == "private"
    part = get(url, range="bytes=100-199")
    assert (part.status_code, part.content) == (206, data[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(data)}"
    assert part.headers["etag"] == whole.headers["etag"]
    assert get(url, range="bytes=-10").content == data[-10:]
    assert get(url, range=f"bytes={len(data)}-").status_code == 416
    assert get(url, range="bytes=0-9", if_range='"other"').status_code == 200
    assert httpx.head(url, trust_env=False).headers["content-length"] == str(len(data))


async def test_the_link_expires_after_four_hours(gateway: VimeoGateway, uri: str, base: str) -> None:
    url = await gateway.playback_url(uri, viewer="7")
    httpx.post(f"{base}/clock", json={"advance": 3.9 * 3600}, trust_env=False)
    assert get(url).status_code == 200
    httpx.post(f"{base}/clock", json={"advance": 0.2 * 3600}, trust_env=False)
    assert get(url).status_code == 403
    assert get(await gateway.playback_url(uri, viewer="7")).status_code == 200


async def test_forged_links_are_refused(gateway: VimeoGateway, uri: str, clip: Path) -> None:
    url = await gateway.playback_url(uri, viewer="7")
    expires, who, signature = re.search(r"/(\d+)\.(\w+)\.(\w+)\.mp4$", url).groups()
    head = url.rpartition("/")[0]
    other = await uploaded(gateway, clip)
    for forged in (
        f"{head}/{int(expires) + 3600}.{who}.{signature}.mp4",
        f"{head}/{expires}.{who[::-1]}.{signature}.mp4",
        f"{head}/{expires}.{who}.{'0' * len(signature)}.mp4",
        f"{head}/{expires}.{who}..mp4",
        f"{head}/x.mp4",
        f"{head}/²³.{who}.{signature}.mp4",
        url.replace(uri.rpartition("/")[2], other.rpartition("/")[2]),
    ):
        assert get(forged).status_code == 403, forged


async def test_links_are_made_for_one_viewer_without_naming_them(gateway: VimeoGateway, uri: str) -> None:
    viewer = "learner@example.com"
    url = await gateway.playback_url(uri, viewer=viewer)
    assert url != await gateway.playback_url(uri, viewer="8")
    assert viewer not in url
    assert base64.b64encode(viewer.encode()).decode().rstrip("=") not in url


async def test_only_on_our_own_site(gateway: VimeoGateway, uri: str) -> None:
    url = await gateway.playback_url(uri, viewer="7")
    await gateway._call("delete", f"{uri}/privacy/domains/localhost")
    assert get(url).status_code == 403
    await gateway.protect(uri, "elsewhere.example.com")
    assert get(url).status_code == 403
    await gateway.protect(uri, "localhost")
    assert get(url).status_code == 200


async def test_privacy(gateway: VimeoGateway, uri: str) -> None:
    url = await gateway.playback_url(uri, viewer="7")
    for privacy, status in (
        ({"view": "nobody"}, 403),
        ({"view": "disable", "embed": "private"}, 403),
        ({"embed": "whitelist"}, 200),
    ):
        await gateway._call("patch", uri, data={"privacy": privacy})
        assert get(url).status_code == status, privacy


async def test_the_embedded_player_knows_sites(gateway: VimeoGateway, uri: str, sandbox_server) -> None:
    embed = (await gateway._call("get", uri, params={"fields": "player_embed_url"}))["player_embed_url"]
    assert "<video" in get(embed, referer=sandbox_server.settings.public_url + "/watch/x").text
    assert get(embed, referer="https://evil.example/").status_code == 403
    assert get(embed).status_code == 403
    assert get(embed.partition("?")[0], referer=sandbox_server.settings.public_url).status_code == 404


async def test_a_deleted_video_stops_playing(gateway: VimeoGateway, clip: Path) -> None:
    uri = await uploaded(gateway, clip)
    await gateway.protect(uri, "localhost")
    state = await finished(gateway, uri)
    await gateway.delete(uri)
    assert get(state.player_url).status_code == 404
    assert get(state.thumbnail_url).status_code == 404


@pytest.mark.parametrize("path", ["/me/videos", "/videos/1", "/videos/1/texttracks", "/nonsense"])
def test_the_api_wants_a_token_and_words_errors_as_vimeo(base: str, path: str) -> None:
    refused = get(f"{base}/vimeo{path}")
    assert refused.status_code == 401
    assert set(refused.json()) == {"error", "link", "developer_message", "error_code"}
    assert int(refused.headers["x-ratelimit-limit"]) > int(refused.headers["x-ratelimit-remaining"])
    assert get(f"{base}/vimeo/videos/1", authorization="Bearer sandbox-vimeo-token").status_code == 404
