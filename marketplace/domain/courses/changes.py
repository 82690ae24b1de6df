"""What differs between two outlines, in the words of their makers. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from marketplace.domain.courses.outline import Lesson, Outline

COURSE = UUID(int=0)
KINDS = ("added", "removed", "edited", "renamed", "moved", "kept")


@dataclass(frozen=True, slots=True)
class Change:
    """``what`` is course (how its lessons open, what may be kept), section or lesson, ``kind`` one of ``KINDS``; ``was`` the
    former title of what is renamed."""

    what: str
    kind: str
    id: UUID
    title: str
    was: str = ""


def between(old: Outline, new: Outline) -> list[Change]:
    """In the new outline's order, what is gone at the end. Something moved when its order among those that stayed,
    or its section, is another."""
    same = (old.in_order, old.time_zone, old.needs) == (new.in_order, new.time_zone, new.needs)
    order = [] if same else [Change("course", "edited", COURSE, "")]
    kept = [] if old.keep == new.keep else [Change("course", "kept", COURSE, "")]
    return [*order, *kept, *_sections(old, new), *_lessons(old, new)]


def _sections(old: Outline, new: Outline) -> Iterator[Change]:
    before = {section.id: section for section in old.sections}
    moved = _moved([s.id for s in old.sections], [s.id for s in new.sections])
    for section in new.sections:
        known = before.pop(section.id, None)
        if known is None:
            yield Change("section", "added", section.id, section.title)
        elif known.title != section.title:
            yield Change("section", "renamed", section.id, section.title, known.title)
        elif section.id in moved:
            yield Change("section", "moved", section.id, section.title)
    for section in before.values():
        yield Change("section", "removed", section.id, section.title)


def _lessons(old: Outline, new: Outline) -> Iterator[Change]:
    before = {lesson.id: lesson for lesson in old.lessons}
    homes = {lesson.id: section.id for section in old.sections for lesson in section.lessons}
    for section in new.sections:
        known_home = [i for i, home in homes.items() if home == section.id]
        moved = _moved(known_home, [lesson.id for lesson in section.lessons])
        for lesson in section.lessons:
            known = before.pop(lesson.id, None)
            if known is None:
                yield Change("lesson", "added", lesson.id, lesson.title)
                continue
            if known.title != lesson.title:
                yield Change("lesson", "renamed", lesson.id, lesson.title, known.title)
            if _contents(known) != _contents(lesson):
                yield Change("lesson", "edited", lesson.id, lesson.title)
            if lesson.id in moved or homes[lesson.id] != section.id:
                yield Change("lesson", "moved", lesson.id, lesson.title)
    for lesson in before.values():
        yield Change("lesson", "removed", lesson.id, lesson.title)


def _contents(lesson: Lesson) -> tuple[object, ...]:
    return (
        lesson.preview, lesson.must_watch, lesson.must_pass, lesson.after_days, lesson.opens_at,
        lesson.needs, lesson.due_at, lesson.due_days, lesson.due_hard, *((b.id, b.kind, b.body_id) for b in lesson.blocks),
    )  # fmt: skip


def _moved(old: list[UUID], new: list[UUID]) -> set[UUID]:
    """The fewest that had to move: all that stayed in both but for a longest run that kept its order."""
    place = {item: n for n, item in enumerate(old)}
    row = [item for item in new if item in place]
    tails: list[list[UUID]] = []
    for item in row:
        length = next((n for n, run in enumerate(tails) if place[run[-1]] > place[item]), len(tails))
        run = [*(tails[length - 1] if length else []), item]
        tails[length : length + 1] = [run]
    return set(row) - set(tails[-1] if tails else [])
