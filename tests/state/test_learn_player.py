"""Transcripts and notes through the player's own handlers: what is sent, and to whom."""

from __future__ import annotations

from uuid import uuid4

import pytest

from marketplace import db
from marketplace.domain.access.service import ANONYMOUS, Actor
from marketplace.domain.courses.service import outline
from marketplace.domain.media import service as media
from marketplace.state.learn import LearnState
from marketplace.state.notes import NotesState
from tests.domain.test_courses import as_creator, course_of, editing, publish
from tests.domain.test_offline import Taken, taken
from tests.domain.world import World
from tests.state.pages import Open

VTT = b"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\ncanary-words\n"


async def opened(course: Taken, who: Actor, lesson: int = 0) -> Open:
    page = Open(LearnState, who, course_slug=course.product.slug, lesson_id=str(course.lessons[lesson].id))
    await page.call("on_load")
    return page


async def spoken(world: World) -> Taken:
    course = await taken(world)
    rows = await world.rows(
        "SELECT body->>'video_id' FROM block_body WHERE id = :b", b=course.lessons[0].blocks[0].body_id
    )
    async with db.transaction() as session:
        await media.add_caption(session, as_creator(course.owner), rows[0][0], language="en", source=VTT)
    return course


async def test_a_transcript_goes_to_who_may_watch_and_to_nobody_else(world: World) -> None:
    course = await spoken(world)
    block = str(course.lessons[0].blocks[0].id)
    page = await opened(course, course.who)
    assert page.state.languages == {block: [{"lang": "en", "label": "English"}]}
    await page.call("show_transcript", block, "en")
    assert page.state.transcript == {"block": block, "lang": "en", "cues": [[1.0, 2.0, "canary-words"]]}
    for who in (ANONYMOUS, Actor((await world.person()).id)):
        other = await opened(course, who)
        await other.call("show_transcript", block, "en")
        assert (other.state.transcript, other.state.languages) == ({}, {})
    for lang, of in (("fr", block), ("en", str(uuid4())), ("en", "x")):
        page.state.transcript = {}
        await page.call("show_transcript", of, lang)
        assert page.state.transcript == {}
    await page.call("show_transcript", block, "en")
    await page.call("on_load")
    assert page.state.transcript["block"] == block, "the browser doesn't ask for it again"
    page.state.transcript = {}
    await course.revoke()
    await page.call("show_transcript", block, "en")
    assert page.state.transcript == {}


async def test_notes_are_saved_shown_again_and_private(world: World) -> None:
    course = await spoken(world)
    block = str(course.lessons[0].blocks[0].id)
    page = await opened(course, course.who)
    await page.call("add_note", block, 134.9, False)
    await page.call("add_note", block, 1e12, True)
    await page.call("add_note", "", 0.0, False)
    assert [(n["at"], n["bookmark"]) for n in page.state.notes] == [("134", ""), ("600", "1"), ("", "")]
    first = page.state.notes[0]["id"]
    await page.call("write_note", first, "Elbow on the hip")
    second_tab = await opened(course, course.who)
    assert second_tab.state.notes[0]["words"] == "Elbow on the hip"
    await second_tab.call("write_note", first, "From the second tab")
    await page.call("write_note", first, "From the first")
    assert (page.state.clash["mine"], page.state.clash["theirs"]) == ("From the first", "From the second tab")
    await page.call("settle_note", True)
    assert (page.state.notes[0]["words"], page.state.clash) == ("From the first", {})
    await page.call("remove_note", first)
    assert len(page.state.notes) == 2
    await page.call("undo_note")
    assert page.state.notes[0]["id"] == first

    stranger = await opened(course, Actor((await world.person()).id))
    stranger.state._revisions = {first: 3}
    for handler, arguments in (
        ("add_note", (block, 1.0, False)), ("write_note", (first, "Mine")), ("remove_note", (first,)),
    ):  # fmt: skip
        await stranger.call(handler, *arguments)
    assert stranger.state.notes == []
    await course.revoke()
    await page.call("write_note", first, "After the refund")
    assert "refunded" in page.state.errors[first]

    mine = Open(NotesState, course.who, course_slug=course.product.slug)
    await mine.call("on_load")
    assert [n["words"] for n in mine.state.items] == ["", "", "From the first"], "what they wrote stays theirs to read"
    theirs = Open(NotesState, stranger._who, course_slug=course.product.slug)
    await theirs.call("on_load")
    assert theirs.state.items == []
    await theirs.call("remove", first)
    await mine.call("on_load")
    assert len(mine.state.items) == 3


async def test_an_empty_note_is_asked_for_again_and_not_made_again(world: World) -> None:
    course = await spoken(world)
    block = str(course.lessons[0].blocks[0].id)
    page = await opened(course, course.who)
    for second in (30.0, 31.5, 33.0, 90.0):
        await page.call("add_note", block, second, False)
    for _press in range(3):
        await page.call("add_note", "", 0.0, False)
    assert [note["at"] for note in page.state.notes] == ["30", "90", ""]
    assert (page.state.note_new, page.state.note_asked) == (page.state.notes[2]["id"], 7)
    await page.call("write_note", page.state.notes[2]["id"], "Wedge it well")
    await page.call("add_note", "", 0.0, False)
    await page.call("add_note", block, 31.0, True)
    assert [(note["at"], note["bookmark"]) for note in page.state.notes[3:]] == [("", ""), ("31", "1")]


async def test_what_has_to_be_watched_is_said_before(world: World) -> None:
    course = await taken(world, lambda o: outline.change_lesson(o, o.lessons[0].id, must_watch=True))
    page = await opened(course, course.who)
    block = course.lessons[0].blocks[0]
    assert page.state.to_watch == [str(block.id)]
    await world.rows(
        "UPDATE lesson_opened SET opened_at = now() - interval '1 hour' WHERE account_id = :a RETURNING 1",
        a=course.learner.id,
    )
    await page.call("watched", str(block.id), 10.0, float(block.seconds))
    assert page.state.to_watch == [str(block.id)]
    await world.rows(
        "UPDATE block_progress SET furthest_s = :s, updated_at = now() - interval '1 hour' WHERE account_id = :a RETURNING 1",
        a=course.learner.id, s=block.seconds - 10,
    )  # fmt: skip
    await page.call("watched", str(block.id), float(block.seconds), float(block.seconds))
    assert page.state.to_watch == []
    await page.call("complete")
    assert page.state.done


async def test_one_who_owns_another_course_writes_nothing_into_this_one(world: World) -> None:
    """The page says which lesson is open; another learner's note under its id is nobody's."""
    course, other = await spoken(world), await taken(world)
    page = await opened(course, course.who)
    await page.call("add_note", "", 0.0, False)
    thief = await opened(other, other.who)
    thief.state._revisions = {page.state.notes[0]["id"]: 1}
    await thief.call("write_note", page.state.notes[0]["id"], "Taken")
    await thief.call("remove_note", page.state.notes[0]["id"])
    rows = await world.rows("SELECT words, deleted_at FROM note WHERE account_id = :a", a=course.learner.id)
    assert [tuple(row) for row in rows] == [("", None)]


@pytest.mark.parametrize("role", ["maker", "preview"])
async def test_who_only_looks_writes_no_notes(world: World, role: str) -> None:
    owner = await world.creator()
    product = await course_of(world, owner, 1)
    published = await publish(as_creator(owner), product.id)
    lesson = (await editing(as_creator(owner), product.id)).outline.lessons[0]
    who = as_creator(owner) if role == "maker" else ANONYMOUS
    page = Open(LearnState, who, course_slug=published.slug, lesson_id=str(lesson.id))
    await page.call("on_load")
    await page.call("add_note", "", 0.0, False)
    assert (page.state.notes, page.state.owner, page.state.keeps) == ([], "", False)


async def test_what_was_done_without_a_connection_shows_in_the_open_lesson(world: World) -> None:
    course = await taken(world, lambda o: outline.set_in_order(o, True))
    page = await opened(course, course.who)
    assert [row["state"] for row in page.state.rows[1:]] == ["open", "locked", "locked"]
    await page.call("merge", [course.told(0, done=True)])
    assert len(page.state.merged) == 1
    assert (page.state.done, [row["state"] for row in page.state.rows[1:]]) == (True, ["done", "open", "locked"])
