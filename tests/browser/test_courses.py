"""A course from nothing to a learner who finishes it, and a new version after that."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from product import Product

from browser.conftest import Person, make_clip, make_cover
from browser.test_selling import saved

pytestmark = pytest.mark.browser


def titles(page: Page) -> list[str]:
    """Lessons of the outline, as they stand."""
    return page.locator("[data-row] a[href*='?lesson='] > span > span:first-child").all_inner_texts()


def add_lessons(page: Page, *names: str) -> None:
    for name in names:
        field = page.get_by_placeholder("Add a lesson").last
        field.fill(name)
        field.press("Enter")
        expect(page.get_by_role("link", name=re.compile(name))).to_be_visible()


def write(page: Page, lesson: str, words: str) -> None:
    page.get_by_role("link", name=re.compile(lesson)).click()
    expect(page.get_by_label("Lesson title")).to_have_value(lesson)
    page.get_by_role("button", name="Add text").click()
    page.get_by_label("Text of the lesson").fill(words)
    saved(page)


def drag(page: Page, lesson: str, onto: str) -> None:
    """Above another one."""
    grip = page.get_by_role("button", name=f"Move: {lesson}").bounding_box()
    target = page.get_by_role("button", name=f"Move: {onto}").bounding_box()
    assert grip is not None
    assert target is not None
    page.mouse.move(grip["x"] + 10, grip["y"] + 20)
    page.mouse.down()
    page.mouse.move(target["x"] + 10, target["y"] + 30, steps=6)
    page.mouse.move(target["x"] + 10, target["y"] + 4, steps=4)
    page.mouse.up()


def test_a_course_is_built_taken_and_goes_on(person: Callable[..., Person], product: Product, tmp_path: Path) -> None:
    name = f"Spoons {secrets.token_hex(3)}"
    # A menu that is still moving is pressed again by scrolling, and moves with what it hangs on.
    maker = person("creator@example.com", reduced_motion="reduce").page
    maker.goto("/studio/products")
    maker.get_by_role("link", name="New course").click()
    maker.wait_for_url("**/studio/new?id=*")
    maker.get_by_label("Title").fill(name)
    maker.get_by_label("Summary").fill("From a branch to the table.")
    maker.get_by_label("Topic").select_option("woodwork")
    maker.get_by_label("Description").fill("Split, hew, carve.")
    maker.locator("input[type=file][accept*='image']").set_input_files(make_cover(tmp_path))
    expect(maker.get_by_alt_text("Your cover").first).to_be_visible()
    saved(maker)
    maker.get_by_role("link", name="Continue to curriculum").click()
    maker.get_by_role("link", name="Build the curriculum").click()

    maker.get_by_role("button", name="Add section").last.click()
    section = maker.get_by_label("Name of the section")
    expect(section).to_be_focused()
    maker.keyboard.type("Green wood")
    expect(section).to_have_value("Green wood")
    saved(maker)
    add_lessons(maker, "Choose a branch", "Split it", "Hew it")
    drag(maker, "Hew it", "Choose a branch")
    expect(maker.locator("[data-row]").nth(1)).to_contain_text("Hew it")
    maker.get_by_role("button", name="Move: Hew it").focus()
    maker.keyboard.press("ArrowDown")
    expect(maker.locator("[data-row]").nth(2)).to_contain_text("Hew it")
    expect(maker.get_by_role("button", name="Move: Hew it")).to_be_focused()
    maker.keyboard.press("ArrowDown")
    expect(maker.locator("[data-row]").nth(3)).to_contain_text("Hew it")
    saved(maker)
    maker.get_by_role("button", name="Actions for Split it").click()
    maker.get_by_role("button", name="Remove", exact=True).locator("visible=true").click()
    expect(maker.get_by_role("link", name=re.compile("Split it"))).to_have_count(0)
    maker.get_by_role("button", name="Undo").click()
    expect(maker.get_by_role("link", name=re.compile("Split it"))).to_be_visible()
    assert titles(maker) == ["Choose a branch", "Split it", "Hew it"]

    write(maker, "Choose a branch", "**Birch**, as thick as your wrist. <script>alert(1)</script>")
    maker.get_by_label("Free preview").check()
    expect(maker.locator("[data-row]").nth(1)).to_contain_text("Free preview")
    write(maker, "Split it", "Along the pith.")
    maker.get_by_role("link", name=re.compile("Hew it")).click()
    expect(maker.get_by_label("Lesson title")).to_have_value("Hew it")
    maker.get_by_label("Add a video").set_input_files(make_clip(tmp_path))
    expect(maker.get_by_role("status").filter(has_text=re.compile("Ready ·"))).to_be_visible(timeout=40_000)
    maker.get_by_role("link", name="Continue to price").click()
    maker.get_by_role("link", name="Continue to publish").click()
    maker.get_by_role("button", name="Publish", exact=True).click()
    expect(
        maker.get_by_text("This lesson is in the shop.").or_(maker.get_by_text("This course is in the shop."))
    ).to_be_visible()
    address = maker.get_by_role("link", name="View in shop").get_attribute("href")
    assert address
    assert address.startswith("/courses/")

    visitor = person().page
    visitor.goto(address.replace("/courses/", "/lessons/"))
    expect(visitor).to_have_url(re.compile(address))
    visitor.get_by_role("link", name=re.compile("Choose a branch")).click()
    expect(visitor.get_by_text("as thick as your wrist")).to_be_visible()
    visitor.goto(f"/learn/{address.rpartition('/')[2]}")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Choose a branch")
    locked = visitor.locator("nav[aria-label=Lessons]").locator("visible=true")
    expect(locked.get_by_role("link", name=re.compile("Split it"))).to_have_count(0)

    someone = person("learner@example.com")
    learner = someone.page
    learner.goto(address)
    learner.get_by_role("button", name="Get it free").locator("visible=true").first.click()
    learner.wait_for_url(re.compile("/learn/|/library"))
    learner.goto(f"/learn/{address.rpartition('/')[2]}")
    for lesson in ("Choose a branch", "Split it", "Hew it"):
        expect(learner.get_by_role("heading", level=1)).to_have_text(lesson)
        learner.get_by_role("button", name=re.compile("Complete")).click()
    expect(learner.get_by_text("You finished this course.")).to_be_visible()
    assert not any("Along the pith" in frame for frame in person().frames)

    maker.goto(maker.url.replace("step=publish", "step=curriculum"))
    maker.get_by_role("link", name="Edit the curriculum").click()
    add_lessons(maker, "Carve the bowl")
    expect(maker.get_by_text("Unpublished changes")).to_be_visible()
    write(maker, "Carve the bowl", "Across the grain.")
    maker.get_by_role("link", name="Publish changes").click()
    maker.get_by_role("button", name="Publish changes").click()
    expect(maker.get_by_text("You have unpublished changes.")).to_have_count(0)

    learner.reload()
    expect(learner.get_by_role("heading", name="New since you were here")).to_be_visible()
    connected_outline = learner.locator("nav[aria-label=Lessons]").locator("visible=true")
    expect(connected_outline.get_by_role("link", name=re.compile("Carve the bowl"))).to_contain_text("New")
    expect(learner.get_by_text("100 %").first).to_be_visible()

    for step in ("price", "curriculum"):
        maker.get_by_role("link", name="Back").locator("visible=true").first.click()
        maker.wait_for_url(f"**step={step}")
    maker.get_by_role("link", name="Edit the curriculum").click()
    maker.get_by_text("Versions", exact=True).click()
    maker.get_by_role("button", name="Bring back version 1").click()
    maker.get_by_text("Unpublished changes").click()
    expect(maker.get_by_text("Lesson removed")).to_be_visible()
    expect(maker.locator("[data-row]").filter(has_text="Carve the bowl")).to_have_count(0)


def test_a_locked_lesson_says_why_and_sends_nothing(person: Callable[..., Person]) -> None:
    """Also when its address is known."""
    owner = person("learner@example.com").page
    owner.goto("/learn/a-month-at-the-wheel")
    link = owner.locator("nav[aria-label=Lessons] a", has_text="Reading the kiln").first
    expect(link).to_be_attached()
    address = link.get_attribute("href")
    assert address
    for email in ("", "ravi@example.com"):
        stranger = person(email)
        stranger.page.goto(address)
        expect(stranger.page.get_by_role("heading", level=1)).to_have_text("Reading the kiln")
        expect(stranger.page.get_by_role("alert").first).to_be_visible()
        assert not any("Pinholes" in frame for frame in stranger.frames)
