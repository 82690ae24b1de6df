"""A visitor: what is on offer, found, shown, and shown before JavaScript."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from product import Product

from browser.conftest import Person, knob, query

pytestmark = pytest.mark.browser
PAID = "hand-cut-dovetails"
FREE = "wedge-clay-like-a-shell"
WITH_PREVIEW = "country-loaf"


def fetch(product: Product, path: str) -> tuple[int, str, dict[str, str]]:
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_args: object) -> None:
            return None

    try:
        with urllib.request.build_opener(Stay).open(product.url + path, timeout=20) as answer:
            return answer.status, answer.read().decode(), {k.lower(): v for k, v in answer.headers.items()}
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), {k.lower(): v for k, v in error.headers.items()}


def test_home_shows_lessons_as_cards_and_leads_to_one(person: Callable[..., Person]) -> None:
    page = person().page
    page.goto("/")
    expect(page.locator("h1:visible")).to_have_count(1)
    card = page.locator("a[href^='/lessons/']:visible").first
    expect(card).to_be_visible()
    card.click()
    page.wait_for_url("**/lessons/*")
    expect(page.locator("h1:visible")).to_have_count(1)


def test_search_finds_by_word_and_topic_and_lives_in_the_address(person: Callable[..., Person]) -> None:
    page = person().page
    page.goto("/")
    box = page.locator("input[type=search]:visible").first
    box.fill("clay")
    box.press("Enter")
    page.wait_for_url("**/search?q=clay")
    expect(page.locator(f"a[href='/lessons/{FREE}']:visible").first).to_be_visible()
    page.goto("/search?topic=bread")
    expect(page.locator("a[href^='/lessons/']:visible").first).to_be_visible()
    expect(page.locator(f"a[href='/lessons/{FREE}']:visible")).to_have_count(0)
    page.goto("/search?q=zzzzqqq")
    expect(page.get_by_text("Nothing matches yet").locator("visible=true")).to_have_count(1)


@pytest.mark.parametrize(
    "words", ["a" * 10_000, "' OR 1=1 --", "clay & | ! :* <->", "%00", "🏺", "خزف", "<script>alert(1)</script>"]
)
def test_hostile_searches_answer_calmly(product: Product, words: str) -> None:
    from urllib.parse import quote

    status, body, _ = fetch(product, f"/search?q={quote(words[:3000], safe='%')}")
    assert status == 200
    assert "<script>alert(1)" not in body


def test_lesson_page_says_everything_before_javascript(product: Product) -> None:
    status, body, headers = fetch(product, f"/lessons/{PAID}")
    row = query(product, "SELECT title, summary FROM product WHERE slug = %s", PAID)[0]
    from html import unescape

    assert status == 200
    text = unescape(body)
    assert str(row[0]) in text
    assert str(row[1]) in text
    assert f'rel="canonical" href="{product.url}/lessons/{PAID}"' in body
    assert 'property="og:image"' in body
    data = [json.loads(m) for m in re.findall(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', body, re.S)]
    assert any("Product" in json.dumps(d) for d in data)
    assert "unsafe-inline" not in headers["content-security-policy"].split("script-src")[1].split(";")[0]


def test_no_public_page_holds_a_video(product: Product) -> None:
    uris = [str(row[0]).rsplit("/", 1)[-1] for row in query(product, "SELECT uri FROM video WHERE uri IS NOT NULL")]
    for path in ("/", f"/lessons/{PAID}", "/creators/mara", f"/watch/{PAID}"):
        body = fetch(product, path)[1]
        assert not [uri for uri in uris if uri in body], path


@pytest.mark.parametrize(
    "path", ["/lessons/there-is-no-such", "/creators/nobody-here", "/no/such/page", "/lessons/%00"]
)
def test_unknown_addresses_answer_404_with_a_helpful_page(product: Product, path: str) -> None:
    status, body, _ = fetch(product, path)
    assert status == 404
    assert 'action="/search"' in body or 'href="/search' in body


@pytest.mark.parametrize("early", [True, False], ids=["painted", "live"])
@pytest.mark.parametrize(("slug", "said"), [(PAID, 1), (FREE, 0)])
def test_how_paying_is_secured_is_said_where_one_pays(
    person: Callable[..., Person], slug: str, said: int, early: bool
) -> None:
    page = person(java_script_enabled=not early).page
    page.goto(f"/lessons/{slug}")
    expect(page.locator("[data-first-page]")).to_have_count(1 if early else 0)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_text("Secure payment with Stripe")).to_have_count(said)


def test_browsing_works_without_javascript(person: Callable[..., Person], product: Product) -> None:
    page = person(java_script_enabled=False).page
    page.goto("/")
    expect(page.locator("h1:visible")).to_have_count(1)
    lesson = page.locator("a[href^='/lessons/']:visible").first
    address = str(lesson.get_attribute("href"))
    lesson.click()
    expect(page).to_have_url(re.compile(re.escape(address) + "$"))
    title = str(query(product, "SELECT title FROM product WHERE slug = %s", address.rsplit("/", 1)[-1])[0][0])
    expect(page.locator("h1:visible")).to_have_text(title)


def test_the_player_comes_with_the_press_on_play_and_nothing_moves(person: Callable[..., Person]) -> None:
    page = person().page
    scripts: list[str] = []
    page.on("request", lambda request: scripts.append(request.url) if request.resource_type == "script" else None)
    page.goto(f"/lessons/{WITH_PREVIEW}")
    play = page.locator("[data-live=true]").get_by_role("button", name="Play free preview")
    expect(play).to_be_visible()
    page.wait_for_load_state("networkidle")
    before, at_first = play.bounding_box(), set(scripts)
    heading = page.locator("h1:visible").bounding_box()
    assert heading
    play.press("Enter")
    video = page.locator("video")
    expect(video).to_be_visible()
    expect(video).to_have_js_property("paused", False)
    assert video.bounding_box() == before
    assert page.locator("h1:visible").bounding_box() == heading
    assert set(scripts) - at_first


def test_a_preview_that_cannot_play_is_said_and_can_be_tried_again(
    person: Callable[..., Person], product: Product
) -> None:
    page = person().page
    page.goto(f"/lessons/{WITH_PREVIEW}")
    play = page.locator("[data-live=true]").get_by_role("button", name="Play free preview")
    knob(product, "vimeo", down=True)
    try:
        play.click()
        expect(page.get_by_text("The preview can't be played")).to_be_visible()
        expect(play).to_be_visible()
    finally:
        knob(product, "vimeo", down=False)
    play.click()
    expect(page.locator("video")).to_be_visible()


def test_creator_page_lists_their_work(person: Callable[..., Person]) -> None:
    page = person().page
    page.goto("/creators/mara")
    expect(page.locator("h1:visible")).to_contain_text("Mara")
    expect(page.locator("main a[href^='/lessons/']:visible").first).to_be_visible()


def test_sitemap_and_robots(product: Product) -> None:
    status, body, _ = fetch(product, "/sitemap.xml")
    assert status == 200
    assert f"{product.url}/lessons/{PAID}" in body
    status, body, _ = fetch(product, "/robots.txt")
    assert status == 200
    assert "Sitemap:" in body
