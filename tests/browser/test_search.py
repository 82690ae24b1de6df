"""Searching in a browser: suggestions by keyboard, filters, reasons; and all of it without JavaScript."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from browser.conftest import Person

pytestmark = pytest.mark.browser


def test_suggestions_by_keyboard_filters_and_reasons(person: Callable[..., Person]) -> None:
    page = person().page
    page.goto("/search")
    box = page.get_by_role("combobox", name="Search")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.fill("dovet")
    option = page.get_by_role("option").first
    expect(option).to_contain_text("dovetail")
    box.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    box.press("Escape")
    expect(option).to_be_hidden()
    expect(box).to_have_value("dovet")
    box.fill("dovetials")
    box.press("Enter")
    page.wait_for_url("**/search?q=dovetials")
    expect(page.get_by_text("so this is for “dovetails”").locator("visible=true")).to_have_count(1)
    page.get_by_text("Why it is here").locator("visible=true").first.click()
    expect(page.get_by_text("In the title: “dovetails”").locator("visible=true").first).to_be_visible()


def test_all_of_it_works_without_javascript(person: Callable[..., Person]) -> None:
    page = person(java_script_enabled=False).page
    page.goto("/search")
    page.get_by_role("link", name="Pottery").locator("visible=true").first.click()
    assert "topic=pottery" in page.url
    expect(page.locator("main a[href^='/lessons/']:visible").first).to_be_visible()
    page.get_by_role("link", name="Clear all").locator("visible=true").click()
    assert "topic" not in page.url
