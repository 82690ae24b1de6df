"""When lessons are due for a learner. Pure.

A date that had passed when somebody got the course isn't theirs: nobody buys a deadline that is over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from marketplace import zones
from marketplace.domain.courses.outline import Lesson, Outline


@dataclass(frozen=True, slots=True)
class Due:
    """``hard``: after it the lesson can be read, but not completed, and its quizzes not begun."""

    at: datetime
    hard: bool


def due(lesson: Lesson, since: datetime | None, zone: str) -> Due | None:
    """``since``: when the learner got the course; None: no deadline is theirs. ``zone`` is the course's."""
    if since is None:
        return None
    times = [lesson.due_at] if lesson.due_at is not None and lesson.due_at > since else []
    if lesson.due_days:
        times.append(zones.end_of(zones.days_later(since, lesson.due_days, zone), zone))
    return Due(min(times), lesson.due_hard) if times else None


def of(outline: Outline, since: datetime | None) -> dict[UUID, Due]:
    """By lesson, of those that are due ever."""
    found = {lesson.id: due(lesson, since, outline.time_zone) for lesson in outline.lessons}
    return {lesson_id: each for lesson_id, each in found.items() if each is not None}


def missed(each: Due | None, at: datetime) -> bool:
    """Is it too late to complete it?"""
    return each is not None and each.hard and at > each.at


def has_any(outline: Outline) -> bool:
    return any(lesson.due_at is not None or lesson.due_days for lesson in outline.lessons)
