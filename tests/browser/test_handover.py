"""What is painted and what is live show the same, and nothing moves when one takes over from the other."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from product import Product

from browser.conftest import Person, query

pytestmark = pytest.mark.browser

# What a person sees of the page's own part: words, prices, pictures, and where links and forms lead.
_SEEN = """() => {
  const main = [...document.querySelectorAll("main")].find((one) => one.checkVisibility());
  const shown = (selector) => [...main.querySelectorAll(selector)].filter((one) => one.checkVisibility());
  return {
    words: main.innerText.split("\\n").map((line) => line.trim()).filter(Boolean),
    links: shown("a[href]").map((one) => one.getAttribute("href")),
    pictures: shown("img").map((one) => [one.getAttribute("src"), one.getAttribute("srcset"), one.width]),
    headings: shown("h1, h2, h3").map((one) => one.tagName + " " + one.innerText),
    title: document.title,
  };
}"""
_SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => list.getEntries().forEach((entry) => { window.shifted += entry.value; }))
  .observe({ type: "layout-shift", buffered: true });
"""


_OF_EACH_KIND = """
SELECT DISTINCT ON (p.kind, p.price_kind) p.kind, p.slug, a.handle FROM product p JOIN account a ON a.id = p.creator_id
WHERE p.state = 'published' ORDER BY p.kind, p.price_kind, p.id
"""


def _places(product: Product) -> list[str]:
    """One public page of every kind; of products one for each way to pay."""
    rows = query(product, _OF_EACH_KIND)
    products = [f"/{'courses' if kind == 'course' else 'lessons'}/{slug}" for kind, slug, _handle in rows]
    others = ["/", "/topics/bread", "/topics/nothing", "/search?q=clay", "/lessons/nothing-here"]
    return [*others, f"/creators/{rows[0][2]}", *products]


def _live(page: Page, path: str) -> dict[str, object]:
    page.goto(path)
    page.wait_for_selector("main[data-live=true]")
    expect(page.locator("[data-first-page]")).not_to_be_attached()
    return dict(page.evaluate(_SEEN))


def test_painted_and_live_pages_show_the_same_and_nothing_moves(
    product: Product, person: Callable[..., Person]
) -> None:
    painted = person(java_script_enabled=False, viewport={"width": 1280, "height": 900}).page
    live = person(viewport={"width": 1280, "height": 900}).page
    live.add_init_script(_SHIFTS)
    for path in _places(product):
        painted.goto(path)
        before, after = dict(painted.evaluate(_SEEN)), _live(live, path)
        assert before["words"], path
        for part in ("title", "headings", "words", "links", "pictures"):
            assert before[part] == after[part], f"{part} of {path}"
        assert live.evaluate("window.shifted") < 0.01, path


_LOOKS = """() => {
  const rows = [...document.querySelectorAll("html, body, first-page, first-page *")].map((one, at) =>
    [undefined, "::before", "::after"].map((part) => {
      const looks = getComputedStyle(one, part);
      if (part && looks.content === "none") return "";
      return `${at} ${one.tagName}${part ?? ""} ${one.className}: ` + [...looks].map((name) => name + "=" + looks.getPropertyValue(name)).join(";");
    }).join("|"));
  const before = globalThis.looked ?? rows;
  globalThis.looked = rows;
  const parts = (row) => new Set(row.split(";"));
  return rows.flatMap((row, at) => row === before[at] ? [] : [[...parts(row).symmetricDifference(parts(before[at]))].slice(0, 4)]).slice(0, 5);
}"""
_WHOLE = """() => new Promise((done) => {
  const styles = document.querySelector("link[media=print]").cloneNode();
  Object.assign(styles, { rel: "stylesheet", media: "all" });
  styles.addEventListener("load", done);
  document.head.append(styles);
})"""


@pytest.mark.parametrize("width", [390, 1280])
def test_the_styles_in_a_painted_page_are_all_that_it_needs(
    product: Product, person: Callable[..., Person], width: int
) -> None:
    page = person(viewport={"width": width, "height": 900}).context.new_page()  # nobody is there: it stays painted
    for path in _places(product):
        page.goto(path)
        page.add_style_tag(
            content="* { transition: none !important; animation: none !important; content-visibility: visible !important; }"
        )
        size = page.evaluate("() => document.querySelector('style[data-styles]').textContent.length")
        page.wait_for_load_state("networkidle")
        assert page.evaluate(_LOOKS) == []
        page.evaluate(_WHOLE)
        assert page.evaluate(_LOOKS) == [], path
        assert size < 60_000, path


_FAMILIES = "() => [...document.fonts].map((face) => face.family.replaceAll('\"', ''))"
_DRAWN = """() => document.fonts.ready.then(
  () => [...document.fonts].some((face) => face.family.includes("Instrument Sans") && face.status === "loaded")
)"""
_FETCHED = """() => new Promise((done) => {
  const look = () => localStorage.getItem("typefaces") ? done() : setTimeout(look, 50);
  look();
})"""


def test_a_phone_draws_at_once_and_has_our_typefaces_from_the_next_page_on(person: Callable[..., Person]) -> None:
    page = person(viewport={"width": 390, "height": 844}).context.new_page()  # nobody is there
    page.goto("/")
    assert "Instrument Sans" not in page.evaluate(_FAMILIES)
    page.evaluate(_FETCHED)
    assert "Instrument Sans" not in page.evaluate(_FAMILIES), "or what is shown would move"
    page.goto("/search")
    assert "Instrument Sans" in page.evaluate(_FAMILIES)
    assert page.evaluate(_DRAWN)


def test_a_wide_page_has_our_typefaces_at_once(person: Callable[..., Person]) -> None:
    page = person(viewport={"width": 1280, "height": 900}).context.new_page()
    page.goto("/")
    assert page.evaluate(_DRAWN)


def test_without_its_stylesheet_a_page_stays_painted_and_tries_again(person: Callable[..., Person]) -> None:
    page = person().page
    there: list[str] = []
    page.route("**/*.css", lambda route: route.continue_() if there else route.abort("internetdisconnected"))
    page.goto("/search?q=clay")
    held = page.locator("script[data-held-module]")
    expect(page.locator("link[rel=stylesheet][media=all]")).to_have_count(0)
    expect(held).to_be_attached()
    expect(page.locator("[data-first-page]").get_by_role("heading", level=1)).to_be_visible()
    there.append("now")
    page.mouse.move(40, 40)
    expect(page.locator("[data-first-page]")).not_to_be_attached()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
