"""A product's card on other sites: anybody may frame it, it runs nothing, and it knows only what is on offer."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette

from marketplace.api import embeds, product_cards
from marketplace.clock import now
from tests.domain.world import World

BLOG = {"referer": "https://www.blog.example/post?who=me"}


@pytest.fixture
async def web() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(Starlette(routes=[*product_cards.routes, *embeds.routes]))
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as one:
        yield one


async def test_the_card_buys_in_the_whole_window_and_names_the_site_it_stood_on(
    world: World, web: httpx.AsyncClient
) -> None:
    product = await world.lesson(await world.creator("Emb"), title='Glaze <b>"&" fire</b>')
    for path in (f"/embed/product/{product.slug}", f"/embed/product/{product.slug}?as=button"):
        answer = await web.get(path, headers=BLOG)
        policy = answer.headers["content-security-policy"]
        assert "frame-ancestors *" in policy
        assert "script-src" not in policy
        assert "default-src 'none'" in policy
        assert "<script" not in answer.text
        assert "<b>" not in answer.text
        form = re.search(r"<form[^>]*>", answer.text)
        assert form is not None
        assert 'target="_top"' in form[0]
        assert f"/buy/{product.slug}?utm_source=blog.example&amp;utm_medium=embed" in form[0]
        assert "who=me" not in answer.text
        assert answer.headers["vary"] == "Referer"
    for link in re.findall(r"<a [^>]*>", answer.text):
        assert 'target="_top"' in link


async def test_what_is_not_sold_at_a_price_leads_to_its_page(world: World, web: httpx.AsyncClient) -> None:
    owner = await world.creator("Fri")
    free = await world.lesson(owner, price_kind="free")
    any_ = await world.lesson(owner, price_kind="pwyw", price_minor=1000, min_minor=0)
    for product, words in ((free, "Get it free"), (any_, "Choose an amount")):
        text = (await web.get(f"/embed/product/{product.slug}")).text
        assert words in text
        assert "<form" not in text


async def test_what_is_not_out_yet_is_announced_there_too(world: World, web: httpx.AsyncClient) -> None:
    owner, soon = await world.creator("Ann"), now() + timedelta(days=9)
    listed = await world.lesson(owner, before="waitlist", opens_at=soon)
    sold = await world.lesson(owner, before="preorder", opens_at=soon)
    waits, buys = [(await web.get(f"/embed/product/{one.slug}")).text for one in (listed, sold)]
    assert "Join the waitlist" in waits
    assert "<form" not in waits
    assert "Pre-order" in buys
    assert "<form" in buys


async def test_other_frames_stay_closed_and_hidden_products_have_no_card(world: World, web: httpx.AsyncClient) -> None:
    product = await world.lesson(await world.creator("Hid"))
    await world.rows("UPDATE product SET state = 'unpublished' WHERE id = :i", i=product.id)
    page = f"{world.settings.public_url}/lessons/{product.slug}"
    for path in (f"/embed/product/{product.slug}", "/embed/product/%00", "/embed/product/none", f"/oembed?url={page}"):
        assert (await web.get(path)).status_code == 404
    player = await web.get("/embed/youtube/dQw4w9WgXcQ")
    assert "frame-ancestors *" not in player.headers.get("content-security-policy", "")


async def test_oembed_hands_out_the_card_of_a_page_of_ours(world: World, web: httpx.AsyncClient) -> None:
    product = await world.lesson(await world.creator("Oe & M"))
    page = f"{world.settings.public_url}/lessons/{product.slug}"
    told = (await web.get("/oembed", params={"url": page, "maxwidth": "300"})).json()
    assert (told["type"], told["title"], told["width"], told["author_name"]) == ("rich", product.title, 300, "Oe & M")
    assert f"/embed/product/{product.slug}" in told["html"]
    low = (await web.get("/oembed", params={"url": page, "maxheight": "100"})).json()
    assert low["height"] <= 100
    assert "as=button" in low["html"]
    german = (await web.get("/oembed", params={"url": page.replace("/lessons/", "/de/lessons/")})).json()
    assert "in=de" in german["html"]
    for bad, status in (
        ({"url": page.replace("localhost", "evil.example")}, 404), ({"url": "javascript:alert(1)"}, 404),
        ({"url": "http://[x"}, 404), ({}, 404), ({"url": page, "format": "xml"}, 501), ({"url": page, "maxwidth": "x"}, 400),
    ):  # fmt: skip
        assert (await web.get("/oembed", params=bad)).status_code == status, bad
