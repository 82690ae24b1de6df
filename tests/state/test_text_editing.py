"""Writing a text through the page's own handlers: previews that save nothing, pictures that only their owner adds."""

from __future__ import annotations

import re
from uuid import uuid4

from marketplace.state.curriculum import CurriculumState
from marketplace.vendors import vendors
from tests.domain.test_courses import as_creator, course_of, editing
from tests.domain.test_lesson_texts import drawn
from tests.domain.world import World
from tests.state.pages import Open


async def writer(world: World) -> tuple[Open, str]:
    """The curriculum's page at a lesson with a text, and the text's block."""
    await vendors().files.ensure_buckets()
    owner = await world.creator()
    product = await course_of(world, owner, 2)
    lesson = (await editing(as_creator(owner), product.id)).outline.lessons[1]
    page = Open(CurriculumState, as_creator(owner), course_id=str(product.id), lesson=str(lesson.id))
    await page.call("on_load")
    return page, str(lesson.blocks[0].id)


async def test_a_preview_shows_what_is_typed_and_saves_nothing(world: World) -> None:
    page, block = await writer(world)
    await page.call("show_preview", block)
    await page.call("preview", block, "> [!tip]\n> $x$ <script>alert(1)</script>")
    assert "callout-tip" in page.state.preview_html
    assert "<math" in page.state.preview_html
    assert "<script" not in page.state.preview_html
    await page.call("on_load")
    assert page.state.blocks[0]["md"] == "Some words"
    await page.call("show_preview", block)
    await page.call("preview", block, "late")  # sent before it was closed
    assert (page.state.preview_of, page.state.preview_html) == ("", "")


async def test_a_picture_is_sent_checked_and_shown_to_its_writer(world: World) -> None:
    page, block = await writer(world)
    body = drawn()
    await page.call("picture_chosen", block, "square.png", len(body), "image/png")
    assert (await world.browser.put(page.state.picture["url"], content=body)).status_code == 200
    await page.call("picture_sent")
    picture, html = page.state.picture, f"![Square](picture:{page.state.picture['id']})"
    assert (picture["problem"], picture["url"], picture["round"]) == ("", "", "1")
    await page.call("show_preview", block)
    await page.call("preview", block, html)
    assert re.search(rf'<img src="/studio/pictures/{picture["id"]}/800"', page.state.preview_html)
    await page.call("picture_sent")  # again, with nothing sent
    assert page.state.picture["problem"]


async def test_what_is_no_picture_says_so_and_changes_nothing(world: World) -> None:
    page, block = await writer(world)
    for size, mime in ((10, "image/svg+xml"), (0, "image/png"), (2**40, "image/png")):
        await page.call("picture_chosen", block, "x", size, mime)
        assert page.state.picture["problem"]
        assert not page.state.picture["url"]
    await page.call("picture_chosen", block, "x.png", 10, "image/png")
    assert (await world.browser.put(page.state.picture["url"], content=b"<svg onload=1>")).status_code == 200
    await page.call("picture_sent")
    assert "isn't an image" in page.state.picture["problem"]
    assert page.state.picture["id"] == ""
    await page.call("picture_chosen", str(uuid4()), "x.png", 10, "image/png")
    assert page.state.picture["problem"] == "This text was removed meanwhile."


async def test_nobody_adds_pictures_to_the_course_of_another(world: World) -> None:
    page, block = await writer(world)
    page._who = as_creator(await world.creator())
    await page.call("picture_chosen", block, "x.png", 10, "image/png")
    assert page.state.picture["problem"]
    assert not page.state.picture["url"]
