"""Where buyers came from: kept from their first arrival to the order, and told to the creator; never who they are."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from marketplace import db
from marketplace.api.arrivals import Arrivals
from marketplace.checkout import check_out_cart, put_into_cart, start_purchase
from marketplace.clock import now
from marketplace.cookies import ORIGIN, SESSION, origin_cookie
from marketplace.domain.access.service import Actor
from marketplace.domain.analytics import service as analytics
from marketplace.domain.analytics.rules import Span
from marketplace.domain.analytics.sources import sources
from marketplace.domain.orders.origin import MOST, NOWHERE, Origin, arrived, pack, unpack
from tests.domain.world import World

OURS = ("shop.example",)
LETTER = Origin("mara's letter", "email", "spring")


@pytest.mark.parametrize(
    ("query", "referrer", "expected"),
    [
        ({"utm_source": "Mara's  Letter", "utm_medium": "Email", "utm_campaign": "Spring"}, "", LETTER),
        ({"utm_source": "x", "utm_medium": "", "utm_campaign": ""}, "https://www.news.example/a?b", Origin("x")),
        ({"utm_campaign": "c"}, "https://www.News.example/a?b", Origin("news.example", "", "c")),
        ({}, "https://www.news.example/a?who=me", Origin("news.example", "referral")),
        ({}, "https://shop.example/search?q=x", NOWHERE),
        ({}, "android-app://com.example/", NOWHERE),
        ({}, "http://[broken", NOWHERE),
        ({"utm_source": "bea@example.com", "utm_campaign": "Bea <bea@example.com>"}, "", NOWHERE),
        ({"utm_source": "a\x00b\nc"}, "", Origin("a b c")),
    ],
)
def test_an_arrival_names_a_site_or_a_campaign(query: dict[str, str], referrer: str, expected: Origin) -> None:
    assert arrived(query, referrer, OURS) == expected


@given(st.tuples(st.text(), st.text(), st.text()), st.text())
def test_whatever_arrives_stays_small_and_comes_back_from_its_cookie(parts: tuple[str, str, str], site: str) -> None:
    found = arrived(dict(zip(("utm_source", "utm_medium", "utm_campaign"), parts, strict=True)), site, OURS)
    assert all(len(part) <= MOST and "@" not in part for part in (found.source, found.medium, found.campaign))
    assert unpack(pack(found)) == found
    assert unpack(origin_cookie(f"{ORIGIN}={pack(found)}")) == found


@given(st.text())
def test_a_forged_cookie_is_read_as_strictly(value: str) -> None:
    found = unpack(value)
    assert all(len(part) <= MOST for part in (found.source, found.medium, found.campaign))


async def _arrive(path: str, **headers: str) -> httpx.Response:
    async def page(_request: Any) -> PlainTextResponse:
        return PlainTextResponse("same for all", headers={"cache-control": "public, s-maxage=5"})

    app = Arrivals(Starlette(routes=[Route("/{rest:path}", page, methods=["GET", "POST"])]))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost:3000") as client:
        return await client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


async def test_the_first_arrival_is_remembered_and_no_cache_between_keeps_that(world: World) -> None:
    answer = await _arrive("/lessons/a?utm_source=letter&utm_campaign=x", referer="https://mail.example/")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{ORIGIN}=letter||x;")
    assert "HttpOnly" in cookie
    assert "Max-Age=2592000" in cookie
    assert answer.headers["cache-control"] == "private, no-cache"
    assert "set-cookie" in (await _arrive("/de/creators/x", referer="https://blog.example/post")).headers


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/lessons/a", {}),
        ("/lessons/a", {"referer": "http://localhost/search"}),
        ("/lessons/a?utm_source=new", {"cookie": f"{ORIGIN}=old||"}),
        ("/lessons/a?utm_source=new", {"cookie": f"{SESSION}=x"}),
        ("/lessons/a?utm_source=new", {"sec_purpose": "prefetch"}),
        ("/auth/session?utm_source=new", {}),
        ("/og/products/a.png", {"referer": "https://social.example/"}),
    ],
)
async def test_nothing_else_gets_a_cookie(world: World, path: str, headers: dict[str, str]) -> None:
    answer = await _arrive(path, **headers)
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "public, s-maxage=5"


async def test_a_sale_tells_its_creator_where_it_came_from_and_nobody_else(world: World) -> None:
    owner, other = await world.creator("Orla"), await world.creator("Otto")
    product = await world.lesson(owner)
    first, second, third = [await world.person() for _ in range(3)]
    await world.pay(await start_purchase(Actor(first.id), product.slug, origin=LETTER))
    await put_into_cart(Actor(second.id), product.slug)
    await world.pay(await check_out_cart(Actor(second.id), "usd", origin=LETTER))
    await world.pay(await start_purchase(Actor(third.id), product.slug))
    await world.drain()
    today = date.fromisoformat(f"{now():%Y-%m-%d}")
    span = Span(today - timedelta(days=1), today + timedelta(days=1))
    async with db.transaction() as session:
        mine = await sources(session, analytics.scope(Actor(owner.id, "member", True), "usd", None), span, 10)
        theirs = await sources(session, analytics.scope(Actor(other.id, "member", True), "usd", None), span, 10)
        early = Span(today - timedelta(days=9), today - timedelta(days=8))
        before = await sources(session, analytics.scope(Actor(owner.id, "member", True), "usd", None), early, 10)
    assert [(s.source, s.campaign, s.sales, s.revenue_minor, s.kept_minor) for s in mine] == [
        ("mara's letter", "spring", 2, 5000, 4500), ("", "", 1, 2500, 2250),
    ]  # fmt: skip
    assert theirs == before == []
