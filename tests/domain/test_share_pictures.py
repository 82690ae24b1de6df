"""The picture of a product where its address is shared: what it shows, for whom, and for how long it is kept."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from PIL import Image
from starlette.applications import Starlette

from marketplace import db, sharing
from marketplace.api import share_pictures
from marketplace.domain.catalog import browse
from marketplace.paper import share_png
from marketplace.paper.share import Shared
from tests.domain.world import World

BOWL = Shared("Atelier", "Video lesson", "A bowl", "by Mara", "$24.00", "")


@pytest.fixture
async def web() -> AsyncIterator[httpx.AsyncClient]:
    share_pictures.drawings.cache_clear()
    transport = httpx.ASGITransport(Starlette(routes=share_pictures.routes))
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as one:
        yield one


async def address(slug: str) -> str:
    async with db.reading() as session:
        listing = await browse.lesson(session, slug)
        assert listing is not None
        return sharing.product_picture(listing)


async def test_each_version_is_kept_for_ever_and_a_changed_price_is_another(
    world: World, web: httpx.AsyncClient
) -> None:
    product = await world.lesson(await world.creator("Ogden"))
    first = await address(product.slug)
    answer = await web.get(first)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert Image.open(io.BytesIO(answer.content)).size == (1200, 630)
    assert "immutable" in answer.headers["cache-control"]
    again = await web.get(first, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    await world.rows("UPDATE product SET price_minor = 9900 WHERE id = :i", i=product.id)
    assert await address(product.slug) != first
    stale = await web.get(first)
    assert stale.content != answer.content
    assert "immutable" not in stale.headers["cache-control"]


async def test_nothing_of_what_is_not_for_everybody(world: World, web: httpx.AsyncClient) -> None:
    owner, buyer = await world.creator("Olga"), await world.person("Bo")
    product = await world.lesson(owner)
    await world.rows("UPDATE product SET state = 'unpublished' WHERE id = :i", i=product.id)
    for path in (
        f"/og/products/{product.slug}.png", "/og/products/none.png", f"/og/creators/{buyer.handle}.png", "/og/x/y.png",
        "/og/products/%00.png", f"/og/products/{'x' * 5000}.png",
    ):  # fmt: skip
        assert (await web.get(path)).status_code == 404, path
    assert (await web.get(f"/og/creators/{owner.handle}.png")).status_code == 200


async def test_a_crowd_draws_once_and_a_flood_is_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []

    def slow(shared: Shared, _stored: Any) -> bytes:
        drawn.append(shared.title)
        return b"picture"

    monkeypatch.setattr(share_pictures, "_render", slow)
    monkeypatch.setattr(share_pictures, "_WAITING", 3)
    drawings = share_pictures.Drawings()
    crowd = await asyncio.gather(*(drawings.picture(BOWL) for _ in range(20)))
    assert (set(crowd), drawn) == ({b"picture"}, ["A bowl"])
    flood = await asyncio.gather(*(drawings.picture(replace(BOWL, title=str(n))) for n in range(9)))
    assert flood.count(None) == 6


@pytest.mark.parametrize("title", ["", "x" * 400, "שלום עולם", "🏺" * 9, "A " * 75])
def test_any_title_and_a_broken_cover_give_a_picture(title: str) -> None:
    body = share_png.render(replace(BOWL, title=title), b"no picture at all")
    assert Image.open(io.BytesIO(body)).size == share_png.SIZE
