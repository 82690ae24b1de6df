"""What waits for what, deadlines, and time zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace import zones
from marketplace.domain.courses import changes, deadlines, locks, terms
from marketplace.domain.courses.locks import First
from marketplace.domain.courses.outline import Lesson, Outline, Section
from marketplace.errors import Invalid

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ZONES = st.sampled_from([
    "UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Cairo",
])  # fmt: skip
WALLS = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)).map(lambda w: w.replace(second=0, microsecond=0))


def course(*lessons: Lesson, **more: object) -> Outline:
    return Outline(sections=(Section(title="All", lessons=lessons),), **more)  # type: ignore[arg-type]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=20))
def test_a_way_round_is_found_exactly_when_there_is_one(edges: list[tuple[int, int]]) -> None:
    graph: dict[int, list[int]] = {n: [] for n in range(8)}
    for one, other in edges:
        graph[one].append(other)
    found = terms.cycle(graph)
    left = {n: set(rest) for n, rest in graph.items()}
    while free := [n for n, rest in left.items() if not rest]:
        for n in free:
            del left[n]
        for rest in left.values():
            rest.difference_update(free)
    assert bool(found) == bool(left)
    if found:
        assert found[0] == found[-1]
        assert all(other in graph[one] for one, other in pairwise(found))


def test_lessons_that_wait_for_each_other_are_refused_by_name() -> None:
    a, b, c = Lesson(title="A"), Lesson(title="B"), Lesson(title="C")
    shown = terms.set_need(course(a, b, c), c.id, b.id, True)
    shown = terms.set_need(shown, b.id, a.id, True)
    with pytest.raises(Invalid, match="“A” waits for “C”, “C” for “B” and “B” for “A”: nobody could begin any of them"):
        terms.set_need(shown, a.id, c.id, True)
    with pytest.raises(Invalid, match="can't wait for itself"):
        terms.set_need(shown, a.id, a.id, True)
    with pytest.raises(Invalid, match="This course goes in order"):
        terms.set_need(course(a, b, in_order=True), a.id, b.id, True)
    later = terms.set_need(course(a, b), a.id, b.id, True).model_copy(update={"in_order": True})
    assert "“A”" in next(terms.problems(later))


def test_a_lesson_opens_when_those_it_needs_are_complete_and_removed_ones_ask_nothing() -> None:
    a, b = Lesson(title="Centring"), Lesson(title="Wedging")
    c = Lesson(title="Pulling", needs=(a.id, b.id, uuid4()))
    shut = locks.of(course(a, b, c), set(), since=NOW, at=NOW)
    assert shut[c.id].message == "Complete “Centring” and “Wedging” first."
    assert shut[c.id].first == a.id
    assert locks.of(course(a, b, c), {a.id}, since=NOW, at=NOW)[c.id].message == "Complete “Wedging” first."
    assert locks.of(course(a, b, c), {a.id, b.id}, since=NOW, at=NOW) == {}
    assert locks.of(course(c), set(), since=NOW, at=NOW) == {}


def test_a_course_that_comes_first_shuts_all_but_previews_and_what_is_done() -> None:
    free, done, rest = Lesson(title="Free", preview=True), Lesson(title="Done"), Lesson(title="Rest")
    shut = locks.of(
        course(free, done, rest), {done.id}, since=NOW, at=NOW, courses=[First("Wheel basics", "/courses/w")]
    )
    assert set(shut) == {rest.id}
    assert shut[rest.id].message == "This course opens when you have finished “Wheel basics”."
    assert shut[rest.id].path == "/courses/w"


def test_nobody_waits_for_what_cannot_be_done_any_more() -> None:
    a = Lesson(title="A", due_days=1, due_hard=True)
    b = Lesson(title="B", needs=(a.id,))
    shown, late = course(a, b, in_order=True), NOW + timedelta(days=3)
    assert b.id in locks.of(shown, set(), since=NOW, at=NOW)
    assert locks.of(shown, set(), since=NOW, at=late) == {}
    soft = course(a.model_copy(update={"due_hard": False}), b)
    assert b.id in locks.of(soft, set(), since=NOW, at=late)


def test_deadlines() -> None:
    since = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)  # the 11th in Berlin
    due = deadlines.due(Lesson(title="A", due_days=3), since, "Europe/Berlin")
    assert due is not None
    assert due.at == datetime(2026, 3, 14, 22, 59, tzinfo=UTC)
    at = datetime(2026, 3, 20, 10, tzinfo=UTC)
    fixed = Lesson(title="B", due_at=at, due_hard=True)
    assert deadlines.due(fixed, since, "UTC") == deadlines.Due(at, True)
    assert deadlines.due(fixed, at + timedelta(seconds=1), "UTC") is None  # over before they had the course
    assert deadlines.due(fixed, None, "UTC") is None
    assert deadlines.missed(deadlines.Due(at, True), at + timedelta(seconds=1))
    assert not deadlines.missed(deadlines.Due(at, True), at)
    assert not deadlines.missed(deadlines.Due(at, False), at + timedelta(days=9))


def test_a_final_deadline_is_not_before_something_opens_that_comes_first() -> None:
    early, late = NOW + timedelta(days=1), NOW + timedelta(days=9)
    first, between = Lesson(title="First", opens_at=late), Lesson(title="Between")
    between = between.model_copy(update={"needs": (first.id,)})
    last = Lesson(title="Last", needs=(between.id,), due_at=early, due_hard=True)
    [words] = terms.problems(course(first, between, last))
    assert "“Last” could never be completed: its final deadline is before “First” opens" in words
    assert list(terms.problems(course(first, between, last.model_copy(update={"due_hard": False})))) == []
    assert (
        list(terms.problems(course(first, between, last.model_copy(update={"due_at": late + timedelta(days=1)})))) == []
    )
    free = between.model_copy(update={"preview": True})
    assert list(terms.problems(course(first, free, last))) == [], "who may open a preview at any time doesn't wait"
    slow, soon = Lesson(title="Slow", after_days=14), Lesson(title="Soon", due_days=7, due_hard=True)
    assert list(terms.problems(course(slow, soon))) == []
    assert "before “Slow” opens" in next(terms.problems(course(slow, soon, in_order=True)))


def test_a_deadline_is_a_date_or_days_and_after_the_opening() -> None:
    a = Lesson(title="A", opens_at=NOW)
    with pytest.raises(Invalid, match="either a date or a number of days"):
        terms.set_due(course(a), a.id, at=NOW + timedelta(days=2), days=3, hard=False)
    with pytest.raises(Invalid, match="due before it opens"):
        terms.set_due(course(a), a.id, at=NOW, days=0, hard=False)
    assert not terms.set_due(course(a), a.id, at=None, days=0, hard=True).lessons[0].due_hard


@settings(max_examples=300, deadline=None)
@given(WALLS, ZONES, st.booleans())
def test_what_is_typed_is_what_is_shown(wall: datetime, zone: str, later: bool) -> None:
    """But for the hour that a clock skips, which becomes the next one."""
    shown = zones.wall(zones.instant(wall, zone, later=later), zone)
    assert shown == wall or (shown > wall and shown - wall <= timedelta(days=1))
    assert zones.instant(wall, zone) <= zones.instant(wall, zone, later=True)


@settings(max_examples=200, deadline=None)
@given(WALLS, ZONES, ZONES)
def test_a_course_that_moves_keeps_its_days_and_times(wall: datetime, old: str, new: str) -> None:
    lesson = Lesson(title="A", due_at=zones.instant(wall, old, later=True), opens_at=None)
    before = course(lesson, time_zone=old)
    moved = terms.set_time_zone(before, new)
    due = moved.lessons[0].due_at
    assert due == zones.instant(zones.wall(lesson.due_at, old), new, later=True)  # type: ignore[arg-type]
    assert ("course" in {c.what for c in changes.between(before, moved)}) == (old != new)


@settings(max_examples=200, deadline=None)
@given(WALLS, ZONES, st.integers(1, 365))
def test_days_later_ends_at_the_last_minute_of_that_day(wall: datetime, zone: str, days: int) -> None:
    since = zones.instant(wall, zone)
    due = deadlines.due(Lesson(title="A", due_days=days), since, zone)
    assert due is not None
    assert due.at > since
    shown = zones.wall(due.at, zone)
    want = zones.day_of(since, zone) + timedelta(days=days)
    assert shown == datetime.combine(want, time(23, 59)) or want == date(2011, 12, 30)


def test_times_are_said_in_both_zones_where_they_differ() -> None:
    at = datetime(2026, 7, 1, 16, tzinfo=UTC)
    assert zones.said(at, own="UTC", course="UTC") == "1 July 2026 at 16:00"
    assert zones.said(at, own="Europe/Berlin", course="Europe/Paris") == "1 July 2026 at 18:00"
    both = zones.said(at, own="America/New_York", course="Europe/Berlin")
    assert both == "1 July 2026 at 12:00 your time (1 July 2026 at 18:00 in Europe/Berlin)"
    assert zones.said(at, own="", course="Europe/Berlin") == "1 July 2026 at 18:00 (Europe/Berlin)"


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../../etc/passwd", "posix/Europe/Berlin", "x" * 5000])
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        zones.known(name)


def test_a_stored_outline_from_before_still_reads() -> None:
    lesson = {"id": str(UUID(int=5)), "title": "A", "opens_at": "2026-05-01T00:00:00Z"}
    old = Outline.model_validate({"sections": [{"id": str(UUID(int=4)), "title": "S", "lessons": [lesson]}]})
    assert old.time_zone == "UTC"
    assert zones.wall(old.lessons[0].opens_at, old.time_zone) == datetime(2026, 5, 1)  # type: ignore[arg-type]
    kept = terms.set_time_zone(old, "Europe/Berlin").lessons[0].opens_at
    assert kept == datetime(2026, 4, 30, 22, tzinfo=UTC)
