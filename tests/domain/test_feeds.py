"""Feeds, and search engines that are told what changed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from xml.etree import ElementTree as Xml

import httpx
import pytest
from product import free_port
from starlette.applications import Starlette

from marketplace import db
from marketplace.api import feeds, seo
from marketplace.domain.access.service import Actor
from marketplace.domain.catalog import service as catalog
from marketplace.errors import Unavailable
from marketplace.jobs import indexing
from marketplace.settings import get_settings
from tests.domain.world import World

ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
async def web() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(Starlette(routes=[*feeds.routes, *seo.routes]))
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as one:
        yield one


async def titles(web: httpx.AsyncClient, path: str) -> list[str | None]:
    answer = await web.get(path)
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, "application/atom+xml")
    return [one.text for one in Xml.fromstring(answer.content).findall("a:entry/a:title", ATOM)]


async def test_what_is_on_offer_stands_in_the_feeds_newest_first(world: World, web: httpx.AsyncClient) -> None:
    owner = await world.creator("Fay & <Feed>", outcome="")
    first = await world.lesson(owner, price_kind="free", title='One & <two> \x0b "three"', topic="sewing")
    second = await world.lesson(owner, price_kind="free", topic="bread")
    hidden = await world.lesson(owner, price_kind="free", topic="sewing")
    await world.rows("UPDATE product SET state = 'unpublished' WHERE id = :i", i=hidden.id)
    assert await titles(web, f"/feeds/creators/{owner.handle}.atom") == [second.title, first.title]
    assert (await titles(web, "/feeds/shop/new.atom"))[:2] == [second.title, first.title]
    sewing = await titles(web, "/feeds/topics/sewing.atom")
    assert first.title in sewing
    assert not {second.title, hidden.title} & set(sewing)
    for path in ("/feeds/creators/nobody.atom", "/feeds/topics/nothing.atom", "/feeds/creators/%00.atom"):
        assert (await web.get(path)).status_code == 404
    text = (await web.get("/llms.txt")).text
    assert "/sitemap.xml" in text
    assert "/topics/sewing" in text


class Told:
    def __init__(self) -> None:
        self.calls: list[dict[str, object]] = []
        self.status = 202


@pytest.fixture
def engine() -> Iterator[tuple[Told, str]]:
    told = Told()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.calls.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(told.status)
            self.end_headers()

        def log_message(self, *_args: object) -> None: ...

    port = free_port()
    server = HTTPServer(("127.0.0.1", port), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield told, f"http://127.0.0.1:{port}/indexnow"
    server.shutdown()


async def _ago(world: World) -> None:
    """What changed by now is settled."""
    await world.rows("UPDATE product SET updated_at = updated_at - interval '2 min'")
    await world.rows("UPDATE slug_history SET created_at = created_at - interval '2 min'")


async def test_search_engines_hear_of_changes_once_and_again_when_they_were_down(
    world: World, web: httpx.AsyncClient, engine: tuple[Told, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told, url = engine
    owner = await world.creator("Ina Index", outcome="")
    who = Actor(owner.id, "member", True)
    product = await world.lesson(owner, price_kind="free")
    await indexing.tell()
    assert (await web.get("/indexnow.txt")).status_code == 404
    assert told.calls == []  # without a key, nobody is told
    settings = get_settings().model_copy(update={"indexnow_key": "abcdefgh1234", "indexnow_url": url})
    for module in (indexing, seo):
        monkeypatch.setattr(module, "get_settings", lambda: settings)
    assert (await web.get("/indexnow.txt")).text == "abcdefgh1234"
    await world.rows(
        "INSERT INTO index_mark VALUES (1, now() - interval '5 min') ON CONFLICT (id) DO UPDATE SET told_until = now() - interval '5 min'"
    )
    old = product.slug
    async with db.transaction() as session:
        await catalog.save(session, who, product.id, {"slug": f"{old}-new"}, revision=None)
        await catalog.publish(session, who, product.id, revision=None)
    await _ago(world)
    told.status = 503
    with pytest.raises(Unavailable):
        await indexing.tell()
    told.status = 202
    await indexing.tell()
    told_of = set(told.calls[-1]["urlList"])  # type: ignore[call-overload]
    public = settings.public_url
    assert {f"{public}/lessons/{old}", f"{public}/lessons/{old}-new"} <= told_of
    assert told.calls[-1]["keyLocation"] == f"{public}/indexnow.txt"
    calls = len(told.calls)
    await indexing.tell()
    assert len(told.calls) == calls
