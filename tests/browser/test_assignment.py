"""An assignment in a real browser: written and handed in by the learner, graded by keyboard by its maker."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import expect

from browser.conftest import Person
from browser.keys import Keys

pytestmark = pytest.mark.browser
WORDS = "Three bowls, and the second one leans."


def test_work_is_handed_in_on_a_phone_and_graded_by_keyboard(person: Callable[..., Person]) -> None:
    someone = person("lucia.fernandez@example.org", viewport={"width": 390, "height": 844})
    page = someone.page
    page.goto("/learn/a-month-at-the-wheel")
    page.get_by_role("button", name=re.compile("^Lessons")).click()
    page.get_by_role("link", name=re.compile("Centre, open, pull")).last.click()
    page.get_by_label("Your text").fill(WORDS)
    picture = io.BytesIO()
    Image.new("RGB", (60, 40), "#b5562f").save(picture, "PNG")
    chooser = page.locator("input[type=file]")
    chooser.set_input_files({"name": "bowls.png", "mimeType": "image/png", "buffer": picture.getvalue()})
    expect(page.get_by_role("link", name="bowls.png")).to_be_visible()
    chooser.set_input_files({"name": "no.png", "mimeType": "image/png", "buffer": b"<html>"})
    expect(page.get_by_text("isn't what its name says")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Your text")).to_have_value(WORDS)
    page.get_by_role("button", name="Hand in").dblclick()
    expect(page.get_by_text("It waits to be graded")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    maker = person("creator@example.com").page
    keys = Keys(maker)
    maker.goto("/studio/grading")
    keys.live().follow(maker.get_by_role("link", name=re.compile("Lucía Fernández")))
    expect(maker.get_by_text(WORDS)).to_be_visible()
    for name in ("Thick foot, thin rim", "Three different bowls", "You describe the bowl"):
        keys.to(maker.get_by_label(re.compile(name))).press("Space", "ArrowDown")
    expect(maker.get_by_text("6 of 12 points")).to_be_visible()
    keys.to(maker.get_by_role("textbox", name=re.compile("^Comment"))).type("Good eyes.")
    keys.follow(maker.get_by_role("button", name="Give grade"))
    expect(maker.get_by_text(re.compile("Graded. Lucía Fernández gets a mail"))).to_be_visible()
    expect(maker.locator("#content:focus, #content :focus")).to_have_count(1)

    page.reload()
    expect(page.get_by_text("50 %: 6 of 12 points").first).to_be_visible()
    expect(page.get_by_text("Good eyes.")).to_be_visible()
