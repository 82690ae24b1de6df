"""What a learner sees of rules: what is next and due, what comes first, and a badge that anybody can check."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from browser.conftest import Person

pytestmark = pytest.mark.browser


def test_a_learner_finds_what_is_next_due_and_first(person: Callable[..., Person]) -> None:
    page = person("learner@example.com", timezone_id="Europe/Berlin").page
    page.goto("/courses/handles-that-hold")
    expect(page.get_by_role("heading", name="You need first").locator("visible=true")).to_be_visible()
    first = page.get_by_role("link", name=re.compile("A month at the wheel.*Required")).locator("visible=true")
    expect(first).to_contain_text("You are in the middle of it")

    page.goto("/library")
    page.get_by_role("navigation", name="Library").get_by_role("link", name="Learning").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Learning")
    expect(page.get_by_text(re.compile("days? in a row"))).to_be_visible()
    due = page.get_by_role("link", name=re.compile("Throw a mug"))
    expect(due).to_contain_text("America/New_York")
    page.get_by_label("Weekly goal").select_option("3")
    expect(page.get_by_text(re.compile("of 3 days this week"))).to_be_visible()

    with page.expect_navigation(url=re.compile("/certificates/")):
        page.get_by_role("link", name=re.compile("Knows clay")).click()
    expect(page.get_by_text("Valid.")).to_be_visible()
    expect(page.get_by_role("link", name="Add to LinkedIn")).to_be_visible()

    page.goto("/learn/a-month-at-the-wheel")
    page.locator("nav[aria-label=Lessons] a", has_text="Reading the kiln").first.click()
    expect(page.get_by_role("alert").filter(has_text="Complete “Dip without drips” first.")).to_be_visible()
    expect(page.locator("aside").get_by_text(re.compile(r"^\d+\s%$"))).to_be_visible()
    page.get_by_role("link", name="Go there").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dip without drips")
