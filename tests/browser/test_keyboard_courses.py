"""A course is built, arranged and published by keyboard alone."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.conftest import Person, make_cover
from browser.keys import Keys
from browser.test_courses import titles
from browser.test_keyboard_commerce import kept
from browser.test_selling import saved

pytestmark = pytest.mark.browser


def row(page: Page, title: str) -> Locator:
    return page.get_by_role("link", name=re.compile(title))


def arrange(keys: Keys) -> None:
    page = keys.page
    keys.to(page.get_by_role("button", name="Move: Split it")).press("ArrowUp")
    expect(page.locator("[data-row]").nth(1)).to_contain_text("Split it")
    expect(page.get_by_role("button", name="Move: Split it")).to_be_focused()
    saved(page)
    keys.follow(page.get_by_role("button", name="Actions for Choose a branch"))
    remove = page.get_by_role("button", name="Remove", exact=True).locator("visible=true")
    keys.follow(remove)
    expect(row(page, "Choose a branch")).to_have_count(0)
    kept(keys)
    keys.to(page.get_by_role("button", name="Undo"), "Shift+Tab").press("Enter")
    expect(row(page, "Choose a branch")).to_be_visible()
    kept(keys)
    assert titles(page) == ["Split it", "Choose a branch"]


def test_a_course_is_built_and_published(person: Callable[..., Person], tmp_path: Path) -> None:
    page = person("creator@example.com").page
    keys, title = Keys(page), f"Ladles {secrets.token_hex(3)}"
    page.goto("/studio/products")
    keys.live().follow(page.get_by_role("link", name="New course"))
    page.wait_for_url("**/studio/new?id=*")
    expect(page.get_by_label("Title")).to_be_visible()
    keys.fill("Title", title)
    keys.fill("Summary", "From a branch to the table.")
    choose = page.locator("#step-details input[type=file]")
    keys.to(choose)
    choose.set_input_files(make_cover(tmp_path))
    expect(page.get_by_text("Replace the cover")).to_be_visible()
    keys.fill("Description", "Split, hew, carve.")
    keys.to(page.get_by_label("Topic")).press("W", "Tab")
    saved(page)
    keys.follow(page.get_by_role("link", name="Continue to curriculum"))
    keys.follow(page.get_by_role("link", name="Build the curriculum"))
    keys.follow(page.get_by_role("button", name="Add section").last)
    expect(page.get_by_label("Name of the section")).to_be_focused()
    keys.type("Green wood")
    saved(page)
    for name in ("Choose a branch", "Split it"):
        keys.to(page.get_by_placeholder("Add a lesson").last).type(name)
        keys.press("Enter")
        expect(row(page, name)).to_be_visible()
        expect(page.get_by_placeholder("Add a lesson").last).to_be_focused()  # for the next one
        expect(page.get_by_placeholder("Add a lesson").last).to_have_value("")
    arrange(keys)
    for name in ("Split it", "Choose a branch"):
        keys.to(row(page, name), "Shift+Tab").press("Enter")
        expect(page.get_by_label("Lesson title")).to_have_value(name)
        keys.follow(page.get_by_role("button", name="Add text"))
        expect(page.get_by_label("Text of the lesson")).to_be_focused()
        keys.type("Along the pith.")
        saved(page)
    keys.to(page.get_by_label("Free preview")).press("Space")
    expect(page.locator("[data-row]").nth(2)).to_contain_text("Free preview")
    keys.to(page.get_by_role("link", name="Continue to price"), "Shift+Tab").press("Enter")
    keys.follow(page.get_by_role("link", name="Continue to publish"))
    keys.follow(page.get_by_role("button", name="Publish", exact=True))
    expect(page.get_by_text("This course is in the shop.")).to_be_visible()
    keys.follow(page.get_by_role("link", name="View in shop"))
    expect(page.get_by_role("heading", name=title, level=1).locator("visible=true")).to_be_visible()
