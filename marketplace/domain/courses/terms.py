"""The rules of a course that its maker sets: what comes before what, deadlines, the time zone. Pure edits and checks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime
from graphlib import TopologicalSorter
from itertools import pairwise
from typing import TypeVar
from uuid import UUID

from marketplace import zones
from marketplace.domain.courses.outline import MAX_DAYS, CourseNeed, Lesson, Outline, on_lesson
from marketplace.errors import Invalid, Missing
from marketplace.i18n import _, list_words

MAX_LESSON_NEEDS, MAX_COURSE_NEEDS = 20, 10
T = TypeVar("T")
_NEVER = datetime.max.replace(tzinfo=UTC)


def cycle(graph: Mapping[T, Collection[T]]) -> list[T]:
    """A way round in what waits for what, its first member again at the end; empty when there is none."""
    white, path, on_path = set(graph), list[T](), set[T]()
    for start in list(graph):
        if start not in white:
            continue
        white.discard(start)
        path, on_path = [start], {start}
        stack = [iter(graph[start])]
        while stack:
            step = next(stack[-1], None)
            if step is None:
                stack.pop()
                on_path.discard(path.pop())
            elif step in on_path:
                return [*path[path.index(step) :], step]
            elif step in white:
                white.discard(step)
                path.append(step)
                on_path.add(step)
                stack.append(iter(graph[step]))
    return []


def waits(outline: Outline) -> dict[UUID, list[UUID]]:
    """What each lesson waits for: what it needs, and in a course that goes in order the one before it."""
    lessons = outline.lessons
    here = {lesson.id for lesson in lessons}
    found = {lesson.id: [need for need in lesson.needs if need in here] for lesson in lessons}
    if outline.in_order:
        for before, after in pairwise(lessons):
            found[after.id].append(before.id)
    return found


def round_trip(outline: Outline) -> str:
    """Which lessons wait for each other, in words; empty when none do."""
    found = cycle(waits(outline))
    if not found:
        return ""
    titles = {lesson.id: lesson.title for lesson in outline.lessons}
    words = chain([titles[each] for each in found])
    return _("{problem} This course goes in order.").format(problem=words) if outline.in_order else words


def chain(titles: list[str]) -> str:
    """“A” waits for “B”, and “B” for “A”: nobody could begin."""
    if len(titles) == 2:
        return _("“{title}” can't wait for itself.").format(title=titles[0])
    first = _("“{title}” waits for “{other}”").format(title=titles[0], other=titles[1])
    rest = [_("“{title}” for “{other}”").format(title=one, other=other) for one, other in pairwise(titles[1:])]
    return _("{waits}: nobody could begin any of them.").format(waits=list_words([first, *rest]))


def set_need(outline: Outline, lesson_id: UUID, need: UUID, on: bool) -> Outline:
    """The lesson opens when another one is complete. Raises ``Invalid`` when they would wait for each other."""
    if on and outline.find(need) is None:
        raise Missing

    def change(lesson: Lesson) -> Lesson:
        here = [each for each in lesson.needs if each != need and outline.find(each) is not None]
        if on and len(here) >= MAX_LESSON_NEEDS:
            raise Invalid("A lesson can wait for at most {most} others.", field="needs", most=MAX_LESSON_NEEDS)
        return lesson.model_copy(update={"needs": (*here, need) if on else tuple(here)})

    changed = on_lesson(outline, lesson_id, change)
    if on and (words := round_trip(changed)):
        raise Invalid(words, field="needs")
    return changed


def set_due(outline: Outline, lesson_id: UUID, *, at: datetime | None, days: int, hard: bool) -> Outline:
    """A date, or days after a learner got the course, or neither."""
    if not 0 <= days <= MAX_DAYS:
        raise Invalid("Type a number of days from 0 to {most}.", field="due_days", most=MAX_DAYS)
    if at is not None and days:
        raise Invalid("A deadline is either a date or a number of days. Empty the other one first.", field="due_at")
    values = {"due_at": at, "due_days": days, "due_hard": hard and (at is not None or days > 0)}

    def change(lesson: Lesson) -> Lesson:
        changed = lesson.model_copy(update=values)
        if words := _too_early(changed):
            raise Invalid(words, field="due_at" if at is not None else "due_days")
        return changed

    return on_lesson(outline, lesson_id, change)


def _too_early(lesson: Lesson) -> str:
    if lesson.due_at is not None and lesson.opens_at is not None and lesson.due_at <= lesson.opens_at:
        return _("“{title}” is due before it opens.").format(title=lesson.title)
    if lesson.due_days and lesson.due_days < lesson.after_days:
        return _("“{title}” is due before it opens.").format(title=lesson.title)
    return ""


def set_time_zone(outline: Outline, name: str) -> Outline:
    """Days and times stay what they say, and are meant in the new zone."""
    zones.known(name)
    if name == outline.time_zone:
        return outline

    def moved(at: datetime | None, *, later: bool) -> datetime | None:
        return zones.instant(zones.wall(at, outline.time_zone), name, later=later) if at is not None else None

    changed = _on_all(
        outline,
        lambda le: (
            le.model_copy(update={"opens_at": moved(le.opens_at, later=False), "due_at": moved(le.due_at, later=True)})
            if le.opens_at or le.due_at
            else le
        ),
    )
    return changed.model_copy(update={"time_zone": name})


def _on_all(outline: Outline, change: Callable[[Lesson], Lesson]) -> Outline:
    sections = tuple(
        s.model_copy(update={"lessons": tuple(change(lesson) for lesson in s.lessons)}) for s in outline.sections
    )
    return outline.model_copy(update={"sections": sections})


def set_course_need(outline: Outline, product_id: UUID, required: bool | None) -> Outline:
    """A course that has to be finished before, or is only recommended; None takes it away."""
    kept = tuple(need for need in outline.needs if need.product_id != product_id)
    if required is None:
        return outline.model_copy(update={"needs": kept})
    if len(kept) >= MAX_COURSE_NEEDS:
        raise Invalid("A course can name at most {most} others.", field="course_need", most=MAX_COURSE_NEEDS)
    fresh = CourseNeed(product_id=product_id, required=required)
    same_place = tuple(fresh if need.product_id == product_id else need for need in outline.needs)
    return outline.model_copy(update={"needs": same_place if len(kept) < len(outline.needs) else (*kept, fresh)})


def problems(outline: Outline) -> Iterator[str]:
    """What keeps these rules from being published."""
    if words := round_trip(outline):
        yield words
    else:
        yield from _out_of_reach(outline)
    yield from (words for lesson in outline.lessons if (words := _too_early(lesson)))


def _out_of_reach(outline: Outline) -> Iterator[str]:
    """Final deadlines that are over before something opens that has to be completed first."""
    lessons, waiting = {lesson.id: lesson for lesson in outline.lessons}, waits(outline)
    last: dict[UUID, list[Lesson]] = {}  # of all that a lesson waits for, what opens last: by its date, and by days
    for lesson_id in TopologicalSorter(waiting).static_order():
        lesson, found = lessons[lesson_id], list[Lesson]()
        for need in waiting[lesson_id]:
            free = lessons[need].preview  # open to all at any time
            found += [] if free else [lessons[need]]
            found += [] if free and not outline.in_order else last[need]
        dated = max((each for each in found if each.opens_at), key=lambda each: each.opens_at or _NEVER, default=None)
        spaced = max((each for each in found if each.after_days), key=lambda each: each.after_days, default=None)
        last[lesson_id] = [each for each in (dated, spaced) if each is not None]
        if lesson.due_hard and (other := _opens_too_late(lesson, dated, spaced)):
            yield _(
                "“{title}” could never be completed: its final deadline is before “{other}” opens, which has to be completed"
                " first."
            ).format(title=lesson.title, other=other.title)


def _opens_too_late(lesson: Lesson, dated: Lesson | None, spaced: Lesson | None) -> Lesson | None:
    if dated is not None and lesson.due_at is not None and lesson.due_at <= (dated.opens_at or _NEVER):
        return dated
    return spaced if spaced is not None and 0 < lesson.due_days < spaced.after_days else None
