"""How far a learner is in a version of a course. Pure: derived from what was done, never stored.

What was done is kept by lesson and by block, across versions. So a new version can only add work or take it away:
a lesson once complete stays complete, also when its blocks change, and a course once complete stays complete.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from marketplace.domain.courses.outline import Lesson, Outline

DONE_AT = 0.9
PASSABLE = ("quiz", "assignment", "code")


@dataclass(frozen=True, slots=True)
class Standing:
    """``done`` lessons of this version, in its order. ``fresh``: came after the learner finished the course, so they
    count neither for nor against it. ``finished``: all was done once."""

    done: tuple[UUID, ...]
    fresh: tuple[UUID, ...]
    total: int
    finished: bool

    @property
    def percent(self) -> int:
        return percent(len(self.done), self.total, finished=self.finished)


def percent(done: int, total: int, *, finished: bool) -> int:
    """100 only when nothing is left, and 0 only when nothing is done."""
    if finished:
        return 100
    if not total or not done:
        return 0
    return min(99, max(1, round(100 * done / total)))


def of(outline: Outline, done: Collection[UUID], *, finished: bool) -> Standing:
    """``done``: every lesson that the learner ever completed, of whatever version."""
    here = [lesson.id for lesson in outline.lessons]
    kept = tuple(i for i in here if i in done)
    fresh = tuple(i for i in here if i not in done) if finished else ()
    return Standing(kept, fresh, len(here), finished or (bool(here) and len(kept) == len(here)))


def next_lesson(outline: Outline, done: Collection[UUID], after: UUID | None = None) -> Lesson | None:
    """The first that isn't complete, from ``after`` on and then from the start; None when all are."""
    row = outline.lessons
    start = next((n + 1 for n, lesson in enumerate(row) if lesson.id == after), 0)
    return next((lesson for lesson in (*row[start:], *row[:start]) if lesson.id not in done), None)


def watched(position_s: int, seconds: int) -> bool:
    return seconds > 0 and position_s >= DONE_AT * seconds


def left_to_watch(lesson: Lesson, furthest: Mapping[UUID, int]) -> list[UUID]:
    """The blocks whose watching a lesson with ``must_watch`` still waits for."""
    if not lesson.must_watch:
        return []
    return [b.id for b in lesson.films if not watched(furthest.get(b.id, 0), b.seconds)]


def left_to_pass(lesson: Lesson, passed: Collection[UUID]) -> list[UUID]:
    """The blocks whose passing a lesson with ``must_pass`` still waits for."""
    return [b.id for b in lesson.blocks if lesson.must_pass and b.kind in PASSABLE and b.id not in passed]
