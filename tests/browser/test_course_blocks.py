"""Python written and checked in a real browser, and many videos that become lessons at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from product import Product

from browser.conftest import Person, query
from marketplace.demo.shapes import MEDIA

pytestmark = pytest.mark.browser


def test_code_is_checked_here_and_films_become_lessons(
    person: Callable[..., Person], product: Product, tmp_path: Path
) -> None:
    learner = person("amara.diallo@example.com", viewport={"width": 390, "height": 844})
    page, asked = learner.page, []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/learn/python-in-an-evening")
    page.get_by_role("button", name=re.compile("^Lessons")).click()
    page.get_by_role("link", name=re.compile("Write one")).last.click()
    editor = page.get_by_label("Your code")
    expect(editor).to_be_visible()
    assert not [url for url in asked if "/python/" in url]
    editor.fill("def average(numbers):")
    editor.press("End")
    for line in ("if not numbers:", "return 0.0", "return sum(numbers) / len(numbers)"):
        page.keyboard.press("Enter")
        page.keyboard.type(line)
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_text("4 of 4 tests passed")).to_be_visible(timeout=60_000)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    editor.fill("import js\nprint(js.fetch)")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_label("Output")).to_contain_text("AttributeError: fetch")
    expect(page.locator("[data-save-status=saved]")).to_be_visible()
    page.reload()
    expect(editor).to_have_value("import js\nprint(js.fetch)")

    studio = person("creator@example.com").page
    ((course,),) = query(product, "SELECT id FROM product WHERE slug = 'a-month-at-the-wheel'")
    films = []
    for name in ("02_pull-the-wall.mp4", "01_center it.mp4", "notes.txt"):
        films.append(tmp_path / name)
        films[-1].write_bytes((MEDIA / "name-things-well.mp4").read_bytes() if name.endswith("4") else b"x")
    studio.goto(f"/studio/products/{course}/curriculum")
    studio.get_by_text("Upload many videos").click()
    studio.get_by_label("Videos of your lessons").set_input_files(films)
    expect(studio.get_by_text("2 of 3 uploaded, 1 not")).to_be_visible()
    titles = studio.locator("li[data-row] a > span > span:first-child")
    assert titles.all_inner_texts()[-2:] == ["Center it", "Pull the wall"]
    for left in (1, 0):
        studio.get_by_role("button", name="Undo").click()
        expect(titles.filter(has_text=re.compile("^(Center it|Pull the wall)$"))).to_have_count(left)
