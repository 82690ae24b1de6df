"""Saving in the curriculum builder: beside the page's own uploads, and beside another tab."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from marketplace import db
from marketplace.domain.courses import meeting
from marketplace.domain.courses import service as courses
from marketplace.domain.courses.outline import Block, Lesson, Outline, Section
from marketplace.domain.courses.service import outline
from marketplace.domain.media import service as media
from marketplace.ids import new_id
from marketplace.state.curriculum import CurriculumState
from marketplace.vendors import vendors
from tests.domain.test_courses import as_creator, course_of, editing
from tests.domain.world import World
from tests.state.pages import Open

MOVIE = ("throwing.mp4", 9000, "video/mp4")


async def tab(world: World, owner: Any, course: UUID, lesson: int = 1) -> Open:
    """The builder at a lesson of this course."""
    shown = (await editing(as_creator(owner), course)).outline
    page = Open(CurriculumState, as_creator(owner), course_id=str(course), lesson=str(shown.lessons[lesson].id))
    await page.call("on_load")
    return page


async def two_tabs(world: World) -> tuple[Open, Open, str]:
    """Both at a lesson with one text, and the text's block."""
    owner = await world.creator()
    course = (await course_of(world, owner, 2)).id
    first, second = await tab(world, owner, course), await tab(world, owner, course)
    return first, second, first.state.blocks[0]["id"]


def kinds(page: Open) -> list[str]:
    return [block["kind"] for block in page.state.blocks]


async def test_no_edit_comes_between_an_upload_and_the_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    page, _other, block = await two_tabs(world)
    held, begun, put_video = asyncio.Lock(), asyncio.Event(), courses.put_video

    async def slowly(*args: Any, **kwargs: Any) -> Any:
        editing = await put_video(*args, **kwargs)
        begun.set()
        await asyncio.sleep(0.2)
        return editing

    async def hold(state: CurriculumState) -> CurriculumState:
        await held.acquire()
        return state

    async def let_go(_state: CurriculumState, *_error: object) -> None:
        held.release()

    monkeypatch.setattr(courses, "put_video", slowly)
    monkeypatch.setattr(CurriculumState, "__aenter__", hold)
    monkeypatch.setattr(CurriculumState, "__aexit__", let_go)
    upload = asyncio.create_task(page.call("video_chosen", *MOVIE))
    await begun.wait()
    async with held:  # as every other handler of a page
        await page.call("step_block", block, False)
    await upload
    assert (kinds(page), page.state.stale) == (["text", "video"], False)


async def test_what_is_added_and_typed_while_the_course_changes_elsewhere_is_kept(world: World) -> None:
    page, other, block = await two_tabs(world)
    await other.call("add_quiz")
    await page.call("add_text")
    assert (kinds(page), page.state.stale) == (["text", "quiz", "text"], False)
    await other.call("on_load")
    await other.call("rename_lesson", other.state.lesson["id"], "Named elsewhere")
    await page.call("write", block, "Typed here")
    assert (page.state.blocks[0]["md"], page.state.lesson["title"]) == ("Typed here", "Named elsewhere")
    await other.call("on_load")
    await other.call("add_section")
    await page.call("rename_lesson", page.state.lesson["id"], "Named here")
    assert (page.state.lesson["title"], len([r for r in page.state.rows if r["kind"] == "section"])) == (
        "Named here",
        2,
    )
    await page.call("undo")  # takes back what was done here alone
    assert (page.state.lesson["title"], len([r for r in page.state.rows if r["kind"] == "section"])) == (
        "Named elsewhere",
        2,
    )
    assert not page.state.can_undo


async def test_words_that_meet_others_are_told_of_until_these_are_loaded(world: World) -> None:
    page, other, block = await two_tabs(world)
    lesson = page.state.lesson["id"]
    await other.call("write", block, "Theirs")
    await page.call("write", block, "Mine")
    assert (page.state.stale, page.state.handled) == (True, 1)
    await page.call("video_chosen", *MOVIE)  # what the page does by itself doesn't hide it
    assert (page.state.stale, kinds(page)) == (True, ["video", "text"])
    await page.call("video_uploaded")
    assert (page.state.stale, page.state.blocks[0]["state"]) == (True, "transcoding")
    await page.call("rename_lesson", lesson, "Not while words wait here")
    assert page.state.stale
    await page.call("reload")
    assert (page.state.stale, page.state.blocks[1]["md"]) == (False, "Theirs")
    await other.call("on_load")
    await other.call("rename_lesson", lesson, "Theirs")
    await page.call("rename_lesson", lesson, "Mine")
    assert (page.state.stale, page.state.lesson["title"]) == (True, "Lesson 1")
    await page.call("reload")
    await page.call("set_preview", True)
    await other.call("on_load")
    await other.call("add_text")
    await page.call("undo")  # to what was before theirs
    assert page.state.stale
    await page.call("reload")
    assert kinds(page) == ["video", "text", "text"]


async def test_undo_takes_back_one_thing_after_the_other(world: World) -> None:
    page, _other, _block = await two_tabs(world)
    lesson = page.state.lesson["id"]
    await page.call("rename_lesson", lesson, "Named")
    await page.call("add_text")
    await page.call("video_chosen", *MOVIE)
    await page.call("undo")
    assert (kinds(page), page.state.uploading, page.state.lesson["title"]) == (["text", "text"], {}, "Named")
    await page.call("undo")
    assert (kinds(page), page.state.lesson["title"]) == (["text"], "Named")
    await page.call("video_chosen", *MOVIE)
    await page.call("set_preview", True)
    await page.call("video_cancelled")
    await page.call("undo")
    assert (kinds(page), page.state.lesson["preview"], page.state.lesson["title"]) == (["text"], "", "Named")
    await page.call("undo")
    assert (page.state.lesson["title"], page.state.can_undo) == ("Lesson 1", False)


async def test_an_upload_goes_on_while_another_lesson_is_open(world: World) -> None:
    owner = await world.creator()
    course = (await course_of(world, owner, 2)).id
    page, shown = await tab(world, owner, course), (await editing(as_creator(owner), course)).outline
    await page.call("video_chosen", *MOVIE)
    block, video = page.state.blocks[0]["id"], page.state.blocks[0]["video_id"]
    assert page.state.uploading["block"] == block
    page.go(course_id=str(course), lesson=str(shown.lessons[0].id))
    await page.call("on_load")
    assert (page.state.uploading["title"], page.state.uploading["lesson"]) == ("Lesson 1", str(shown.lessons[1].id))
    await page.call("video_uploaded")
    assert page.state.uploading == {}
    async with db.transaction() as session:
        stored = await media.video(session, UUID(video))
    assert stored is not None
    assert stored.state == "transcoding"


async def test_a_removed_video_is_sent_no_more(world: World) -> None:
    page, _other, _block = await two_tabs(world)
    await page.call("video_chosen", *MOVIE)
    before = page.state.video_round
    await page.call("remove_block", page.state.blocks[0]["id"])
    assert (page.state.uploading, page.state.video_upload_url) == ({}, "")
    assert page.state.video_round > before  # the uploader begins anew


async def test_the_outline_says_how_long_a_video_is_when_that_is_known(world: World) -> None:
    owner = await world.creator()
    who, course = as_creator(owner), (await course_of(world, owner, 2)).id
    page = await tab(world, owner, course)
    lesson = UUID(page.state.lesson["id"])
    video, _image = await world.media_of(owner, state="transcoding", seconds=0)
    async with db.transaction() as session:
        await courses.put_video(session, who, course, lesson, video)

    async def meta() -> str:
        await page.call("on_load")
        return next(row["meta"] for row in page.state.rows if row["id"] == str(lesson))

    assert await meta() == ""
    await world.rows("UPDATE video SET state = 'ready', duration_s = 30 WHERE id = :id", id=video)
    assert await meta() == "0:31"  # with the text's second


async def test_a_video_of_a_course_gets_captions(world: World) -> None:
    await vendors().files.ensure_buckets()
    owner = await world.creator()
    page = await tab(world, owner, (await course_of(world, owner, 1)).id, 0)
    video, body = page.state.blocks[0]["video_id"], b"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nCentre the clay\n"
    theirs, _image = await world.media_of(await world.creator())
    await page.call("show_captions", str(theirs))
    assert page.state.captions_of == ""
    await page.call("show_captions", video)
    await page.call("set_caption_language", "de")
    await page.call("caption_chosen", "words.txt", len(body), "text/plain")
    assert page.state.caption_problem == "Choose a .vtt or .srt file."
    await page.call("caption_chosen", "words.vtt", len(body), "text/vtt")
    assert (await world.browser.put(page.state.caption_upload_url, content=body)).status_code == 200
    await page.call("caption_uploaded")
    assert (page.state.caption_problem, page.state.blocks[0]["captions"]) == ("", "Deutsch")
    async with db.transaction() as session:
        assert [t.words for t in await media.transcripts.of(session, [UUID(video)])] == ["Centre the clay"]
    await page.call("remove_caption", page.state.captions[0]["id"])
    assert (page.state.captions, page.state.blocks[0]["captions"]) == ([], "")


def test_edits_are_apart_unless_they_change_the_same_thing() -> None:
    lessons = tuple(Lesson(title=name, blocks=(Block(kind="text", body_id=new_id()),)) for name in "ab")
    seen = Outline(sections=(Section(title="One", lessons=lessons), Section(title="Two")))
    a, b, block = lessons[0].id, lessons[1].id, lessons[1].blocks[0]
    renamed = outline.change_lesson(seen, a, title="Mine")
    for theirs in (
        outline.change_lesson(seen, b, title="Theirs"),
        outline.change_lesson(seen, a, preview=True),
        outline.add_section(seen, "Three")[0],
        outline.change_block(seen, block.id, body_id=new_id(), seconds=3),
        outline.move_lesson(seen, a, seen.sections[1].id, 0),
    ):
        assert meeting.apart(seen, renamed, theirs)
        assert meeting.apart(seen, theirs, renamed)
    assert not meeting.apart(seen, renamed, outline.change_lesson(seen, a, title="Theirs"))
    assert not meeting.apart(seen, renamed, outline.remove_lesson(seen, a))
    assert not meeting.apart(seen, outline.remove_section(seen, seen.sections[0].id), renamed)
    assert not meeting.apart(
        seen,
        outline.add_lesson(seen, seen.sections[1].id, "c")[0],
        outline.add_lesson(seen, seen.sections[1].id, "d")[0],
    )
