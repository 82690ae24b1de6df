"""Every gateway method, by the official SDK, against the sandbox."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from vimeo_help import calm, finished, make_video, receiving, set_knobs, uploaded

from marketplace.domain.inbox.errors import BadSignature
from marketplace.domain.inbox.ports import EventSource
from marketplace.domain.media.errors import NotAVideo, NotCaptions, VideoMissing, VideoQuotaReached
from marketplace.domain.media.ports import VideoGateway
from marketplace.errors import Invalid, Unavailable
from marketplace.gateways.vimeo import VimeoGateway, _watch_url
from marketplace.settings import Settings

VTT = "WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n"


@pytest.fixture(scope="module")
def base(sandbox_server) -> str:
    return sandbox_server.settings.sandbox_internal_url


@pytest.fixture(autouse=True)
def calm_vimeo(base: str) -> Iterator[None]:
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
async def ready(gateway: VimeoGateway, clip: Path) -> str:
    """The uri of a protected video that plays."""
    uri = await uploaded(gateway, clip)
    await gateway.protect(uri, "localhost")
    await finished(gateway, uri)
    return uri


def test_the_ports_are_met(gateway: VimeoGateway) -> None:
    videos: VideoGateway = gateway
    events: EventSource = gateway
    assert videos is events


async def test_upload_is_created_private_with_a_link_for_the_browser(gateway: VimeoGateway, sandbox_server) -> None:
    made = await gateway.create_upload(name="Lesson", size=1000)
    assert made.uri.startswith("/videos/")
    assert made.upload_link.startswith(sandbox_server.settings.sandbox_public_url + "/vimeo/tus/")
    state = await gateway.state(made.uri)
    assert (state.upload, state.transcode, state.player_url, state.thumbnail_url) == (
        "in_progress",
        "in_progress",
        "",
        "",
    )
    found = await gateway._call("get", made.uri, params={"fields": "privacy"})
    assert {k: found["privacy"][k] for k in ("view", "embed", "download")} == {
        "view": "disable",
        "embed": "whitelist",
        "download": False,
    }


async def test_an_empty_file_is_refused(gateway: VimeoGateway) -> None:
    with pytest.raises(NotAVideo):
        await gateway.create_upload(name="Empty", size=0)
    with pytest.raises(Invalid):
        await gateway._call("post", "/me/videos", data={"upload": {"approach": "tus", "size": "0"}})


async def test_a_video_becomes_playable(gateway: VimeoGateway, ready: str, clip: Path) -> None:
    state = await gateway.state(ready)
    assert (state.upload, state.transcode, state.duration_s, state.width, state.height) == (
        *("complete", "complete"),
        *(2, 320, 180),
    )
    thumbnail = httpx.get(state.thumbnail_url, trust_env=False)
    assert thumbnail.headers["content-type"] == "image/jpeg"
    assert thumbnail.content.startswith(b"\xff\xd8\xff")
    played = httpx.get(await gateway.playback_url(ready, viewer="7"), trust_env=False)
    assert (played.status_code, played.headers["content-type"]) == (200, "video/mp4")
    assert played.content == clip.read_bytes()


async def test_protect_is_idempotent_and_takes_origins(gateway: VimeoGateway) -> None:
    made = await gateway.create_upload(name="Lesson", size=10)
    await gateway.protect(made.uri, "learn.example.com")
    await gateway.protect(made.uri, "https://Learn.example.com:8443")
    domains = await gateway._call("get", f"{made.uri}/privacy/domains")
    assert [row["domain"] for row in domains["data"]] == ["learn.example.com"]


async def test_a_wildcard_is_no_domain(gateway: VimeoGateway) -> None:
    made = await gateway.create_upload(name="Lesson", size=10)
    with pytest.raises(Invalid):
        await gateway.protect(made.uri, "*.example.com")


async def test_a_video_that_is_not_ready_has_no_playback(gateway: VimeoGateway) -> None:
    made = await gateway.create_upload(name="Lesson", size=10)
    with pytest.raises(Unavailable):
        await gateway.playback_url(made.uri, viewer="7")


async def test_captions_come_and_go(gateway: VimeoGateway, ready: str) -> None:
    assert await gateway.captions(ready) == []
    track = await gateway.add_captions(ready, language="en", label="English", vtt=VTT)
    ((language, label, url),) = await gateway.captions(ready)
    assert (language, label) == ("en", "English")
    shown = httpx.get(url, trust_env=False)
    assert (shown.text, shown.headers["content-type"].partition(";")[0]) == (VTT, "text/vtt")
    head, _, tail = url.rpartition("/")
    assert httpx.get(f"{head}/1{tail}", trust_env=False).status_code == 403
    await gateway.remove_captions(ready, track)
    await gateway.remove_captions(ready, track)
    assert await gateway.captions(ready) == []


async def test_what_is_no_webvtt_is_refused(gateway: VimeoGateway, ready: str) -> None:
    with pytest.raises(NotCaptions):
        await gateway.add_captions(ready, language="en", label="English", vtt="hello")
    assert await gateway.captions(ready) == []


async def test_rename(gateway: VimeoGateway) -> None:
    made = await gateway.create_upload(name="Old", size=10)
    await gateway.rename(made.uri, "New")
    assert (await gateway._call("get", made.uri, params={"fields": "name"})) == {"name": "New"}


async def test_delete_is_harmless_twice_and_the_video_is_missing(gateway: VimeoGateway, clip: Path) -> None:
    uri = await uploaded(gateway, clip)
    await gateway.delete(uri)
    await gateway.delete(uri)
    for call in (
        gateway.state(uri),
        gateway.playback_url(uri, viewer="7"),
        gateway.captions(uri),
        gateway.protect(uri, "localhost"),
        gateway.rename(uri, "x"),
    ):
        with pytest.raises(VideoMissing):
            await call


async def test_a_full_plan_is_named(gateway: VimeoGateway, base: str) -> None:
    set_knobs(base, quota_mb=1)
    with pytest.raises(VideoQuotaReached):
        await gateway.create_upload(name="Big", size=2 * 1024**2)
    space = (await gateway._call("get", "/me"))["upload_quota"]["space"]
    assert space["max"] == 1024**2


@pytest.mark.parametrize("knob", [{"down": True}, {"limit_next": 1}, {"fail_next": 1}, {"fail_after": 100}])
async def test_trouble_at_vimeo_is_unavailable(gateway: VimeoGateway, base: str, knob: dict[str, int]) -> None:
    made = await gateway.create_upload(name="Lesson", size=10)
    set_knobs(base, **knob)
    with pytest.raises(Unavailable):
        await gateway.state(made.uri)
    calm(base)
    assert (await gateway.state(made.uri)).uri == made.uri


async def test_nobody_listening_is_unavailable() -> None:
    gateway = VimeoGateway(Settings(_env_file=None, marketplace_env="test", port=9))
    with pytest.raises(Unavailable):
        await gateway.state("/videos/1")


async def test_a_wrong_token_is_unavailable_and_reads_nothing(
    gateway: VimeoGateway, sandbox_server, ready: str
) -> None:
    other = VimeoGateway(sandbox_server.settings)
    other._client.token = "wrong"
    with pytest.raises(Unavailable):
        await other.state(ready)


async def test_paging(gateway: VimeoGateway) -> None:
    made = [await gateway.create_upload(name=f"Page {n}", size=10) for n in range(3)]
    first = await gateway._call("get", "/me/videos", params={"per_page": "2", "fields": "uri"})
    assert [row["uri"] for row in first["data"]] == [made[2].uri, made[1].uri]
    assert first["total"] >= 3
    second = await gateway._call("get", "/me/videos", params={"per_page": "2", "page": "2", "fields": "uri"})
    assert second["data"][0]["uri"] == made[0].uri


async def test_a_picture_is_uploaded(gateway: VimeoGateway, ready: str, tmp_path: Path) -> None:
    state = await gateway.state(ready)
    cover = tmp_path / "cover.jpg"
    cover.write_bytes(httpx.get(state.thumbnail_url, trust_env=False).content)
    picture = await asyncio.to_thread(gateway._client.upload_picture, ready, str(cover), True)
    assert picture["active"] is True
    assert (await gateway._call("get", f"{ready}/pictures"))["total"] == 1


async def test_the_nudge_is_delivered_and_verified(gateway: VimeoGateway, sandbox_server, clip: Path) -> None:
    with receiving(sandbox_server.app, "/webhooks/vimeo") as seen:
        uri = await uploaded(gateway, clip)
        await finished(gateway, uri)
        for _ in range(100):
            mine = [(body, headers) for body, headers in seen if uri in body.decode()]
            if mine:
                break
            await asyncio.sleep(0.05)
    body, headers = mine[0]
    event = gateway.verify("vimeo", body, headers)
    assert (event.source, event.type, event.object_id) == ("vimeo", "video.transcode.complete", uri)
    assert not event.livemode
    for forged in ({}, {**headers, "x-vimeo-signature": "sha256=" + "0" * 64}, {**headers, "x-vimeo-signature": "é"}):
        with pytest.raises(BadSignature):
            gateway.verify("vimeo", body, forged)
    with pytest.raises(BadSignature):
        gateway.verify("vimeo", body + b" ", headers)


@pytest.mark.parametrize(
    "body", [b"[]", b"nonsense", b'{"event":"x"}', b'{"event":"x","id":"1","video_uri":"/videos/1","created":1}']
)
def test_signed_nonsense_and_old_events_are_refused(gateway: VimeoGateway, sandbox_server, body: bytes) -> None:
    secret = sandbox_server.settings.vimeo_webhook_secret
    with pytest.raises(BadSignature):
        gateway.verify("vimeo", body, {"X-Vimeo-Signature": _signature(secret, body)})


def test_without_a_secret_the_endpoint_is_closed(gateway: VimeoGateway, sandbox_server) -> None:
    settings = Settings(_env_file=None, marketplace_env="test", vimeo_access_token="real")
    real = VimeoGateway(settings)
    assert gateway.enabled("vimeo")
    assert not gateway.enabled("stripe")
    assert not real.enabled("vimeo")
    body = json.dumps({"event": "x", "id": "1", "video_uri": "/videos/1", "created": int(time.time())}).encode()
    with pytest.raises(BadSignature):
        real.verify("vimeo", body, {"X-Vimeo-Signature": _signature("", body)})


async def test_there_are_no_events_to_list(gateway: VimeoGateway) -> None:
    assert await gateway.events_since(0) == []


@pytest.mark.parametrize(
    ("embed", "watch"),
    [
        ("https://player.vimeo.com/video/123?h=abc", "https://vimeo.com/123/abc"),
        ("https://player.vimeo.com/video/123?badge=0&h=abc&app_id=1", "https://vimeo.com/123/abc"),
        ("https://player.vimeo.com/video/123", "https://vimeo.com/123"),
        ("", ""),
    ],
)
def test_a_real_embed_url_suits_the_player(embed: str, watch: str) -> None:
    assert _watch_url(embed) == watch


def test_the_real_api_is_never_asked_for_files_or_play_links() -> None:
    real = VimeoGateway(Settings(_env_file=None, marketplace_env="test", vimeo_access_token="real"))
    assert real._client.API_ROOT == "https://api.vimeo.com"
    assert "play." not in real._fields("uri,play.progressive")


async def test_states_are_plain_values(gateway: VimeoGateway, ready: str) -> None:
    assert dataclasses.asdict(await gateway.state(ready))["uri"] == ready


def _signature(secret: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
