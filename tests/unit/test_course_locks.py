"""Lessons that open later, and courses that go in order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.domain.courses import locks, outline
from marketplace.domain.courses.outline import Lesson, Outline, Section
from marketplace.errors import Invalid
from marketplace.ids import new_id

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
LESSONS = st.builds(
    Lesson, title=st.just("It"), preview=st.booleans(), after_days=st.integers(0, 20),
    opens_at=st.none() | st.datetimes(datetime(2026, 3, 1), datetime(2026, 4, 1), timezones=st.just(UTC)),
)  # fmt: skip
COURSES = st.builds(
    lambda lessons, in_order: Outline(sections=(Section(title="All", lessons=tuple(lessons)),), in_order=in_order),
    st.lists(LESSONS, min_size=1, max_size=8), st.booleans(),
)  # fmt: skip


def course(*lessons: Lesson, in_order: bool = False) -> Outline:
    return Outline(sections=(Section(title="All", lessons=lessons),), in_order=in_order)


@settings(max_examples=200, deadline=None)
@given(COURSES, st.integers(0, 30), st.data())
def test_time_and_work_only_ever_open(shown: Outline, days: int, data: st.DataObject) -> None:
    ids = [lesson.id for lesson in shown.lessons]
    done = set(data.draw(st.lists(st.sampled_from(ids), unique=True)))
    more = done | set(data.draw(st.lists(st.sampled_from(ids), unique=True)))
    since = NOW - timedelta(days=2)
    before = set(locks.of(shown, done, since=since, at=NOW))
    assert set(locks.of(shown, done, since=since, at=NOW + timedelta(days=days))) <= before
    assert set(locks.of(shown, more, since=since, at=NOW)) <= before
    assert not before & done
    assert not before & {lesson.id for lesson in shown.lessons if lesson.preview}
    assert locks.of(shown, done, since=since, at=NOW + timedelta(days=400)).keys() <= (
        {lesson.id for lesson in shown.lessons} if shown.in_order else set()
    )


@settings(max_examples=200, deadline=None)
@given(COURSES)
def test_there_is_always_a_way_through(shown: Outline) -> None:
    """With time, whoever does what is open reaches the end."""
    at, done = NOW + timedelta(days=400), set[UUID]()
    for _ in shown.lessons:
        shut = locks.of(shown, done, since=NOW, at=at)
        done.add(next(le.id for le in shown.lessons if le.id not in done and le.id not in shut))
    assert locks.of(shown, done, since=NOW, at=at) == {}


def test_what_is_said() -> None:
    first, second = Lesson(title="One"), Lesson(title="Two", after_days=3)
    third = Lesson(title="Three", opens_at=datetime(2026, 4, 2, tzinfo=UTC))
    shut = locks.of(course(first, second, third, in_order=True), set(), since=NOW, at=NOW)
    assert first.id not in shut
    assert shut[second.id].message == "“Two” opens on 13 March 2026 at 12:00 (UTC), 3 days after you got the course."
    assert shut[second.id].until == NOW + timedelta(days=3)
    [lock] = locks.of(course(second), set(), since=NOW, at=NOW, zone="Asia/Tokyo").values()
    assert lock.message == "“Two” opens on 13 March 2026 at 21:00 your time, 3 days after you got the course."
    assert shut[third.id].message == "“Three” opens on 2 April 2026, for everybody."
    later = locks.of(course(first, second, in_order=True), set(), since=NOW, at=NOW + timedelta(days=3))
    assert later[second.id].message == "This course goes in order. Complete “One” first."


def test_days_are_bounded_and_order_survives_edits() -> None:
    lesson = Lesson(title="One")
    shown = outline.set_in_order(course(lesson), True)
    for days in (-1, 366):
        with pytest.raises(Invalid):
            outline.set_opening(shown, lesson.id, after_days=days, opens_at=None)
    after, section = outline.add_section(shown, "Next")
    after = outline.move_section(outline.rename_section(after, section.id, "Then"), section.id, 0)
    after = outline.remove_section(outline.move_lesson(after, lesson.id, section.id, 0), shown.sections[0].id)
    assert after.in_order
    assert Outline.model_validate(after.model_dump(mode="json")) == after
    assert new_id() not in locks.of(after, set(), since=None, at=NOW)
