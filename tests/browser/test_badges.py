"""A badge of one's own, with a rule about a quiz."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from browser.conftest import Person

pytestmark = pytest.mark.browser


def test_what_a_quiz_needs_is_kept_as_it_was_typed(person: Callable[..., Person]) -> None:
    page = person().sign_in("creator@example.com").page
    page.goto("/studio/badges")
    page.get_by_role("button", name="New badge").first.click()
    offered = page.get_by_label(re.compile("^Add a course or a quiz"))
    wanted = offered.locator("option", has_text="Pass the quiz").first.get_attribute("value")
    offered.select_option(wanted)
    percent = page.get_by_label("at least")
    expect(percent).to_have_value("80")
    page.get_by_label("Name").fill("Reads clay")
    page.get_by_label("What it says about its holder").fill("Tells clays apart.")
    for typed in ("", "0", "101", "7.5", "many"):
        percent.fill(typed)
        page.get_by_role("button", name="Save badge").click()
        expect(page.get_by_text("Type a whole number of percent from 1 to 100.")).to_be_visible()
    percent.fill("70")
    page.get_by_role("button", name="Save badge").click()
    made = page.get_by_role("listitem").filter(has_text="Reads clay")
    expect(made).to_contain_text("at least 70 %")
    made.get_by_role("button", name="Edit Reads clay").click()
    expect(page.get_by_label("at least")).to_have_value("70")
