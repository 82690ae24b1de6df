"""A creator takes a course out as a zip and in again, on a phone; and looks at who learns in it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from product import Product

from browser.conftest import Person, query

pytestmark = pytest.mark.browser


def test_a_course_goes_out_and_comes_in_again(person: Callable[..., Person], product: Product, tmp_path: Path) -> None:
    page = person("creator@example.com", viewport={"width": 390, "height": 844}).page
    asked = (
        "SELECT p.id, d.outline::text FROM product p JOIN course_draft d ON d.product_id = p.id"
        " WHERE p.slug = 'a-month-at-the-wheel'"
    )
    ((course, before),) = query(product, asked)
    page.goto(f"/studio/products/{course}/curriculum")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download as zip").click()
    kept = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(kept)
    with zipfile.ZipFile(kept) as zip_:
        assert "course.yaml" in zip_.namelist()

    page.get_by_role("link", name="Learners").click()
    expect(page.get_by_role("heading", name="Lesson by lesson")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

    broken = tmp_path / "broken.zip"
    with zipfile.ZipFile(broken, "w") as zip_:
        zip_.writestr("notes.md", "x")
    page.goto("/studio/products")
    page.get_by_role("button", name="Import a course").click()
    page.locator("dialog input[type=file]").set_input_files(broken)
    expect(page.get_by_text("There is no course.yaml in the zip.")).to_be_visible()
    page.locator("dialog input[type=file]").set_input_files(kept)
    page.get_by_role("button", name="Replace the draft").click()
    expect(page).to_have_url(re.compile(f"{course}/curriculum$"))
    expect(page.get_by_text("Course imported.")).to_be_visible()
    assert query(product, asked) == [(course, before)]
