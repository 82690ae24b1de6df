"""Why lessons of a course that somebody has don't open yet, and until when. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from marketplace.domain.courses.outline import Lesson, Outline


@dataclass(frozen=True, slots=True)
class Lock:
    """``code`` is date, days or order; ``until`` is known for the first two. ``message`` is for the learner."""

    code: str
    message: str
    until: datetime | None = None


def of(outline: Outline, done: Collection[UUID], *, since: datetime | None, at: datetime) -> dict[UUID, Lock]:
    """By lesson, those that are shut. ``since``: when the learner got the course; ``at``: now.

    What is complete stays open, and so does a free preview; neither stands in the way of those after it unless it is
    still to be done.
    """
    found: dict[UUID, Lock] = {}
    waiting: Lesson | None = None
    for lesson in outline.lessons:
        if lesson.id in done:
            continue
        shut = _time(lesson, since, at)
        if shut is None and waiting is not None and outline.in_order:
            shut = Lock("order", f"This course goes in order. Complete “{waiting.title}” first.")
        if shut is not None and not lesson.preview:
            found[lesson.id] = shut
        waiting = waiting or lesson
    return found


def _time(lesson: Lesson, since: datetime | None, at: datetime) -> Lock | None:
    if lesson.opens_at is not None and at < lesson.opens_at:
        return Lock("date", f"“{lesson.title}” opens on {_day(lesson.opens_at)}, for everybody.", lesson.opens_at)
    if lesson.after_days and since is not None:
        opens = since + timedelta(days=lesson.after_days)
        if at < opens:
            days = "a day" if lesson.after_days == 1 else f"{lesson.after_days} days"
            return Lock("days", f"“{lesson.title}” opens on {_day(opens)}, {days} after you got the course.", opens)
    return None


def _day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"
