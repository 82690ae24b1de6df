"""Outlines of courses: edits lose nothing, differences are whole, and no version takes away what a learner did."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace import clock
from marketplace.domain.courses import changes, outline, standing
from marketplace.domain.courses.outline import Block, Lesson, Outline, Section
from marketplace.errors import Invalid, Missing
from marketplace.ids import new_id
from marketplace.present import length, syllabus, whole

MANY = settings(max_examples=150, deadline=None)
TITLES = st.sampled_from(["Clay", "Glaze", "Öfen", "陶芸", "خزف"])


def some_lesson(title: str = "A lesson", blocks: int = 1) -> Lesson:
    return Lesson(title=title, blocks=tuple(Block(kind="video", body_id=new_id(), seconds=60) for _ in range(blocks)))


LESSONS = st.builds(some_lesson, TITLES, st.integers(0, 2))
OUTLINES = st.lists(
    st.builds(lambda t, ls: Section(title=t, lessons=tuple(ls)), TITLES, st.lists(LESSONS, max_size=4)),
    min_size=1, max_size=4,
).map(lambda sections: Outline(sections=tuple(sections)))  # fmt: skip


@st.composite
def edited(draw: Any) -> tuple[Outline, Outline]:
    """An outline, and the same after some edits."""
    before = after = draw(OUTLINES)
    for _ in range(draw(st.integers(0, 6))):
        after = _edit(draw, after)
    return before, after


def _edit(draw: Any, shown: Outline) -> Outline:
    lessons, sections = shown.lessons, shown.sections
    kind = draw(st.sampled_from(["add", "rename", "remove", "move", "drop", "step", "edit", "section", "cut"]))
    if kind == "section" or not sections:
        return outline.add_section(shown, draw(TITLES))[0]
    if kind == "add" or not lessons:
        return outline.add_lesson(shown, draw(st.sampled_from(sections)).id, draw(TITLES))[0]
    lesson, section = draw(st.sampled_from(lessons)), draw(st.sampled_from(sections))
    match kind:
        case "rename":
            return outline.change_lesson(shown, lesson.id, title=draw(TITLES))
        case "remove":
            return outline.remove_lesson(shown, lesson.id)
        case "move":
            return outline.move_lesson(shown, lesson.id, section.id, draw(st.integers(-1, 9)))
        case "drop":
            places = [None, *(s.id for s in sections), *(le.id for le in lessons)]
            return outline.drop(shown, draw(st.sampled_from([lesson.id, section.id])), draw(st.sampled_from(places)))
        case "step":
            return outline.step_lesson(shown, lesson.id, draw(st.sampled_from([-1, 1])))
        case "cut":
            return outline.remove_section(shown, section.id)
    return outline.add_block(shown, lesson.id, Block(kind="text", body_id=new_id()))


def ids(shown: Outline) -> list[UUID]:
    return [lesson.id for lesson in shown.lessons]


@MANY
@given(OUTLINES, st.data())
def test_moving_keeps_every_lesson_once(shown: Outline, data: st.DataObject) -> None:
    for _ in range(5):
        if not shown.lessons:
            return
        moved = data.draw(st.sampled_from([*(le.id for le in shown.lessons), *(s.id for s in shown.sections)]))
        before = data.draw(st.sampled_from([None, *ids(shown), *(s.id for s in shown.sections)]))
        after = outline.drop(shown, moved, before)
        assert sorted(ids(after)) == sorted(ids(shown))
        assert {s.id for s in after.sections} == {s.id for s in shown.sections}
        shown = after


@MANY
@given(OUTLINES, st.data())
def test_a_step_down_and_up_is_where_it_was(shown: Outline, data: st.DataObject) -> None:
    if shown.lessons:
        lesson = data.draw(st.sampled_from(shown.lessons))
        down = outline.step_lesson(shown, lesson.id, 1)
        assert down == shown or outline.step_lesson(down, lesson.id, -1) == shown


@MANY
@given(OUTLINES, st.data())
def test_a_lesson_dropped_on_another_comes_right_before_it(shown: Outline, data: st.DataObject) -> None:
    if len(shown.lessons) > 1:
        moved, target = data.draw(st.lists(st.sampled_from(ids(shown)), min_size=2, max_size=2, unique=True))
        after = outline.drop(shown, moved, target)
        assert ids(after).index(moved) + 1 == ids(after).index(target)
        assert after.home_of(moved) is not None
        assert after.home_of(moved).id == after.home_of(target).id  # type: ignore[union-attr]


@MANY
@given(edited())
def test_differences_are_none_only_between_equals(pair: tuple[Outline, Outline]) -> None:
    before, after = pair
    assert changes.between(before, before) == []
    assert bool(changes.between(before, after)) == (before != after)


@MANY
@given(edited())
def test_what_is_new_and_what_is_gone_is_said(pair: tuple[Outline, Outline]) -> None:
    before, after = pair
    said = [c for c in changes.between(before, after) if c.what == "lesson"]
    assert {c.id for c in said if c.kind == "added"} == set(ids(after)) - set(ids(before))
    assert {c.id for c in said if c.kind == "removed"} == set(ids(before)) - set(ids(after))


def test_one_moved_lesson_is_one_change() -> None:
    lessons = tuple(some_lesson(str(n)) for n in range(6))
    before = Outline(sections=(Section(title="All", lessons=lessons),))
    after = outline.drop(before, lessons[5].id, lessons[0].id)
    assert [(c.kind, c.title) for c in changes.between(before, after)] == [("moved", "5")]


@MANY
@given(edited(), st.data())
def test_no_new_version_takes_away_what_was_done(pair: tuple[Outline, Outline], data: st.DataObject) -> None:
    before, after = pair
    done = set(data.draw(st.lists(st.sampled_from(ids(before)), unique=True)) if before.lessons else [])
    was = standing.of(before, done, finished=False)
    told = standing.of(after, done, finished=was.finished)
    assert set(was.done) & set(ids(after)) <= set(told.done)
    if was.finished:
        assert told.finished
        assert told.percent == 100
        assert set(told.fresh) == set(ids(after)) - done
    if set(ids(after)) == set(ids(before)):
        assert told.percent == was.percent


@MANY
@given(OUTLINES, st.data())
def test_percent_is_whole_only_when_all_is_done_and_grows(shown: Outline, data: st.DataObject) -> None:
    done: set[UUID] = set()
    last = 0
    for lesson in data.draw(st.permutations(ids(shown))):
        assert standing.of(shown, done, finished=False).percent < 100
        done.add(lesson)
        now = standing.of(shown, done, finished=False).percent
        assert now >= max(1, last)
        last = now
    assert standing.of(shown, done, finished=False).percent == (100 if shown.lessons else 0)


@MANY
@given(OUTLINES, st.data())
def test_the_next_lesson_is_one_that_is_left(shown: Outline, data: st.DataObject) -> None:
    done = set(data.draw(st.lists(st.sampled_from(ids(shown)), unique=True)) if shown.lessons else [])
    after = data.draw(st.sampled_from([None, *ids(shown)]))
    found = standing.next_lesson(shown, done, after)
    assert (found is None) == (set(ids(shown)) <= done)
    assert found is None or found.id not in done


def test_limits_and_strangers() -> None:
    shown, section = outline.add_section(Outline(), "One")
    with pytest.raises(Invalid):
        outline.add_lesson(shown, section.id, "  ")
    with pytest.raises(Invalid):
        outline.add_lesson(shown, section.id, "x" * 151)
    with pytest.raises(Missing):
        outline.add_lesson(shown, new_id(), "Lost")
    full = Outline(sections=(Section(title="All", lessons=tuple(some_lesson(blocks=0) for _ in range(2000))),))
    with pytest.raises(Invalid, match="at most 2000"):
        outline.add_lesson(full, full.sections[0].id, "One more")
    for hostile in (lambda: outline.remove_lesson(shown, new_id()), lambda: outline.drop(shown, new_id(), None)):
        with pytest.raises(Missing):
            hostile()


@pytest.mark.parametrize(
    ("blocks", "words"),
    [
        ((("text", 6),), "1 min read"), ((("text", 150), ("file", 0)), "2 min read"), ((("video", 6), ("text", 6)), "0:12"),
        ((("quiz", 0), ("text", 6)), ""), ((("quiz", 0), ("text", 80)), "1 min"), ((), ""),
    ],
)  # fmt: skip
def test_only_films_are_told_in_seconds(blocks: tuple[tuple[Any, int], ...], words: str) -> None:
    made = tuple(Block(kind=kind, body_id=new_id(), seconds=seconds) for kind, seconds in blocks)
    assert length(Lesson(title="A", blocks=made)) == words


def test_a_course_takes_as_long_as_its_lessons_say() -> None:
    def read(seconds: int) -> Lesson:
        return Lesson(title="A", blocks=(Block(kind="text", body_id=new_id(), seconds=seconds),))

    row = (read(20), read(15), read(0), some_lesson(blocks=0))
    shown = Outline(sections=(Section(title="All", lessons=row),))
    assert ([length(lesson) for lesson in row[:2]], whole(shown.seconds)) == (["1 min read"] * 2, "2 min")


def test_a_syllabus_says_from_when_and_until_when() -> None:
    at = datetime(2026, 12, 1, 12, tzinfo=UTC)
    days = {"opens_at": datetime(2026, 12, 23, 23, tzinfo=UTC), "due_at": datetime(2027, 1, 31, 12, tzinfo=UTC)}
    row = (
        Lesson(title="A", **days, due_hard=True), Lesson(title="B", **days), Lesson(title="C", after_days=3),
        Lesson(title="D", after_days=1, due_days=14, due_hard=True), Lesson(title="E"),
    )  # fmt: skip
    shown = Outline(sections=(Section(title="All", lessons=row),), time_zone="Europe/Berlin")
    with clock.frozen(at):
        found = [line["terms"] for line in syllabus(shown, "clay", opens=False)]
    assert found == [
        "", "opens 24 December, final deadline 31 January 2027", "opens 24 December", "opens 3 days after the start",
        "opens a day after the start, final deadline 14 days after the start", "",
    ]  # fmt: skip
    with clock.frozen(at + timedelta(days=90)):
        assert syllabus(shown, "clay", opens=False)[1]["terms"] == ""
