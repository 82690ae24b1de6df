"""A quiz in a real browser: answered by keyboard, kept over a reload, handed in."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Person

pytestmark = pytest.mark.browser
SECRETS = re.compile(r"the corner between wall and floor|A slow wheel leaves a spiral|That is the whole lesson")


def saved(page: Page) -> None:
    expect(page.locator("[data-save-status=saved]")).to_be_visible()


def test_a_quiz_is_answered_by_keyboard_kept_and_handed_in(person: Callable[..., Person]) -> None:
    someone = person("lucia.fernandez@example.org", viewport={"width": 390, "height": 844})
    page = someone.page
    page.goto("/learn/a-month-at-the-wheel")
    page.get_by_role("button", name="Lessons").click()
    page.get_by_role("dialog", name="Lessons").get_by_role("link", name=re.compile("What a cut bowl tells you")).click()
    begin = page.get_by_role("button", name=re.compile("Start the quiz|Try again"))
    hand_in = page.get_by_role("button", name="Hand in")
    begin.focus()
    page.keyboard.press("Enter")
    expect(hand_in).to_be_visible()
    someone.frames.clear()  # an earlier attempt was shown with its answers
    assert page.evaluate("document.activeElement.innerText").startswith("Quiz")

    page.get_by_label("You opened it too deep").focus()
    page.keyboard.press("Space")
    page.get_by_label("Pressing the floor back with the rib").focus()
    page.keyboard.press("Space")
    rows = page.locator("[data-question=ordering] li")
    mover = page.get_by_role("button", name="Move up: Wedge the clay")
    mover.focus()
    while "Wedge the clay" not in rows.first.inner_text():
        before = rows.all_inner_texts()
        page.keyboard.press("Enter")
        expect(rows).not_to_have_text(before)
    expect(mover).to_be_focused()
    as_it_is = page.get_by_role("button", name="Leave it in this order")
    if as_it_is.is_visible():  # it was drawn in this order
        as_it_is.press("Enter")
    page.get_by_label("A spiral inside").select_option(label="Hands faster than the wheel")
    page.get_by_label("Your answer, a number").fill("3")
    page.keyboard.press("Tab")
    expect(page.get_by_text("5 of 5 answered")).to_be_visible()
    saved(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    page.reload()
    expect(page.get_by_label("You opened it too deep")).to_be_checked()
    expect(page.get_by_label("Pressing the floor back with the rib")).to_be_checked()
    expect(rows.first).to_contain_text("Wedge the clay")
    expect(page.get_by_label("Your answer, a number")).to_have_value("3")
    assert not [frame for frame in someone.frames if SECRETS.search(frame)]

    page.get_by_label("Your answer, a number").fill("three")
    hand_in.click()
    expect(page.get_by_text("Not passed this time")).to_be_visible()
    expect(page.get_by_text("three", exact=True)).to_be_visible()
    expect(page.get_by_text("Then the floor would be thin")).to_be_visible()
    assert [frame for frame in someone.frames if SECRETS.search(frame)]
