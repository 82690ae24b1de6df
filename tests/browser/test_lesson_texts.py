"""A text is written with buttons, keys and a picture, and its preview works by keyboard."""

from __future__ import annotations

import io
import re
import secrets
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from browser.conftest import Person
from browser.test_courses import add_lessons, write
from browser.test_selling import saved

pytestmark = pytest.mark.browser


def drawn() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (700, 350), "#0f6b4f").save(out, "PNG")
    return out.getvalue()


def written(page: Page, words: str) -> None:
    """A new course of one lesson with this text, open in the builder."""
    page.goto("/studio/products")
    page.get_by_role("link", name="New course").click()
    page.wait_for_url("**/studio/new?id=*")
    page.get_by_label("Title").fill(f"Texts {secrets.token_hex(3)}")
    saved(page)
    page.goto(re.sub(r".*[?&]id=([0-9a-f-]+).*", r"/studio/products/\1/curriculum", page.url))
    page.get_by_role("button", name="Add section").last.click()
    add_lessons(page, "Only one")
    write(page, "Only one", words)


def test_a_text_is_written_with_buttons_keys_and_a_picture(person: Callable[..., Person]) -> None:
    page = person("creator@example.com").page
    written(page, "Slow hands")
    area = page.get_by_label("Text of the lesson")
    area.press("Control+a")
    area.press("Control+b")
    expect(area).to_have_value("**Slow hands**")
    page.get_by_role("button", name="Preview").click()
    preview = page.get_by_role("region", name="Preview")
    expect(preview.locator("strong")).to_have_text("Slow hands")

    area.press("Control+End")
    page.get_by_role("button", name="Tabs", exact=True).click()
    first, second = preview.get_by_role("radio", name="First"), preview.get_by_role("radio", name="Second")
    expect(first).to_be_checked()
    first.focus()
    page.keyboard.press("ArrowRight")
    expect(second).to_be_checked()
    expect(preview.get_by_text("Text of the second tab")).to_be_visible()
    expect(preview.get_by_text("Text of the first tab")).to_be_hidden()

    area.press("Control+Home")
    page.get_by_label("Choose pictures").set_input_files(
        {"name": "wheel.png", "mimeType": "image/png", "buffer": drawn()}
    )
    expect(area).to_have_value(re.compile(r"^!\[\]\(picture:[0-9a-f-]{36}\)"))
    expect(page.get_by_text("One picture has no description")).to_be_visible()
    page.keyboard.type("A wheel")
    picture = preview.get_by_role("img", name="A wheel")
    expect(picture).to_be_visible()
    assert picture.evaluate("async (image) => { await image.decode(); return image.naturalWidth; }") >= 600
    expect(page.get_by_text("has no description")).to_be_hidden()
    saved(page)
    page.reload()
    expect(area).to_have_value(re.compile(r"^!\[A wheel\]\(picture:.*\*\*Slow hands\*\*.*:::$", re.DOTALL))


WIDE = (
    "```\n" + "print('a line of code that goes on and on') " * 4 + "\n```\n\n"
    "| " + " | ".join(f"a column of {n}" for n in range(9)) + " |\n|" + " --- |" * 9 + "\n|" + " some words here |" * 9
    + "\n\n" + "Donaudampfschifffahrt" * 6 + f"\n\n$$x = {' + '.join(f'x_{{{n}}}' for n in range(40))}$$\n"
)  # fmt: skip


def test_what_is_wide_scrolls_by_itself_on_a_phone(person: Callable[..., Person]) -> None:
    page = person("creator@example.com", viewport={"width": 390, "height": 844}).page
    written(page, WIDE)
    saved(page)
    width = "() => document.documentElement.scrollWidth"
    assert page.evaluate(width) == 390
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("region", name="Preview").get_by_role("table")).to_be_visible()
    assert page.evaluate(width) == 390
