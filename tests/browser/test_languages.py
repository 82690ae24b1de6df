"""The site in another language: chosen without loading anew, painted before any script, remembered."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from browser.conftest import Person

pytestmark = pytest.mark.browser

HEADING = "h1:visible"


def test_the_language_is_changed_without_loading_and_remembered(person: Callable[..., Person]) -> None:
    page = person().page
    page.goto("/search?q=bread")
    expect(page.locator("main[data-live='true']")).to_be_attached()
    english = page.locator(HEADING).inner_text()
    page.evaluate("window.stayed = true")
    page.get_by_role("link", name="العربية").click()
    page.wait_for_url(re.compile(r"/ar/search\?q=bread$"))
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator(HEADING)).not_to_have_text(english)
    assert page.evaluate("window.stayed") is True
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.goto("/lessons/hand-cut-dovetails")
    page.wait_for_url(re.compile(r"/ar/lessons/hand-cut-dovetails$"))
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("dir", "ltr")


def test_another_language_is_painted_before_any_script(person: Callable[..., Person]) -> None:
    page = person(java_script_enabled=False, viewport={"width": 390, "height": 844}).page
    page.goto("/ar/lessons/hand-cut-dovetails")
    assert page.locator("html").get_attribute("lang") == "ar"
    assert page.locator("html").get_attribute("dir") == "rtl"
    expect(page.locator("#first-paint").get_by_text("شراء الآن").locator("visible=true").first).to_be_attached()
    page.goto("/ar/courses/nowhere-to-be-found")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")


def test_the_choice_is_remembered_without_scripts(person: Callable[..., Person]) -> None:
    page = person(java_script_enabled=False).page
    page.goto("/search?q=bread")
    for language, there in (("العربية", "/ar/search?q=bread"), ("English", "/search?q=bread")):
        page.get_by_role("link", name=language).click()
        expect(page).to_have_url(re.compile(re.escape(there) + "$"))
        page.goto("/lessons/hand-cut-dovetails")
        assert page.locator("html").get_attribute("lang") == ("ar" if there.startswith("/ar/") else "en")
        page.goto(there)


def test_where_nothing_is_the_page_stays_in_its_language(person: Callable[..., Person]) -> None:
    page = person().page
    page.goto("/ar/there/is/nothing")
    painted = (page.title(), page.locator(HEADING).inner_text())
    expect(page.locator("main[data-live='true']")).to_be_attached()
    expect(page.locator("#first-paint")).to_have_count(0)
    assert (page.title(), page.locator(HEADING).inner_text()) == painted
    assert page.locator("html").get_attribute("dir") == "rtl"
    page.get_by_role("link", name="English").click()
    expect(page.locator(HEADING)).to_have_text("There is nothing at this address")
    expect(page).to_have_title(re.compile("^Nothing here"))
