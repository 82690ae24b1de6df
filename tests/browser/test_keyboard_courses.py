"""A course is built, arranged and published by keyboard alone."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from product import Product

from browser.conftest import Person, make_cover, query
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
    expect(page.locator("[data-row]").nth(2)).to_be_focused()  # what stands there now
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


@pytest.mark.parametrize("width", [390, 1280])
def test_a_quiz_is_taken_from_its_lesson_to_its_result(
    person: Callable[..., Person], product: Product, width: int
) -> None:
    mine = "account_id = (SELECT id FROM account WHERE email = 'learner@example.com')"
    query(product, f"DELETE FROM quiz_attempt WHERE {mine} AND submitted_at IS NULL RETURNING 1")
    page = person("learner@example.com", viewport={"width": width, "height": 844}).page
    keys = Keys(page)
    page.goto("/learn/a-month-at-the-wheel")
    keys.live()
    lesson = page.get_by_role("link", name=re.compile("What a cut bowl tells you")).locator("visible=true")
    if width < 1024:
        keys.follow(page.get_by_role("button", name="Lessons"))
        expect(page.get_by_role("dialog", name="Lessons")).to_be_visible()
    keys.follow(lesson)
    expect(page.get_by_role("heading", level=1)).to_have_text("What a cut bowl tells you")
    keys.follow(page.get_by_role("button", name=re.compile("Start the quiz|Try again")))
    expect(page.get_by_role("button", name="Hand in")).to_be_visible()
    wanted = page.get_by_role("radio", name="You opened it too deep")
    keys.to(page.get_by_role("group").get_by_role("radio")).press("Space")
    for _option in range(4):
        if not keys.on(wanted):
            keys.press("ArrowDown")
    expect(wanted).to_be_checked()
    keys.to(page.get_by_label("Pressing the floor back with the rib")).press("Space")
    lines = page.locator("[data-question=ordering] li")
    mover = page.get_by_role("button", name=re.compile("^Move down: ")).first
    before = lines.all_inner_texts()
    moved = mover.evaluate("button => button.getAttribute('aria-label')")
    keys.to(mover).press("Enter")
    expect(lines).not_to_have_text(before)
    expect(page.get_by_role("button", name=moved)).to_be_focused()
    pair = page.get_by_label("A spiral inside")
    keys.to(pair).press("H")
    expect(pair.locator("option:checked")).to_have_text(re.compile("^H"))
    keys.fill("Your answer, a number", "3")
    keys.press("Tab")
    expect(page.get_by_text("5 of 5 answered")).to_be_visible()
    kept(keys)
    keys.follow(page.get_by_role("button", name="Hand in"))
    expect(page.get_by_role("button", name="Hand in")).to_have_count(0)
    expect(page.get_by_text(re.compile(r"^\d+ %: \d+ of \d+ points?")).first).to_be_visible()
    assert page.evaluate("() => document.activeElement.innerText").startswith("Quiz")
    keys.forward()
    assert page.evaluate("() => !!document.activeElement?.closest('main')")
