"""Why lessons of a course that somebody has don't open yet, and until when. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from marketplace import zones
from marketplace.domain.courses import deadlines
from marketplace.domain.courses.outline import Lesson, Outline
from marketplace.i18n import _, list_words, ngettext


@dataclass(frozen=True, slots=True)
class First:
    """A course that has to be finished before."""

    title: str
    path: str


@dataclass(frozen=True, slots=True)
class Lock:
    """``code`` is course, date, days, needs or order; ``until`` is known for date and days. ``message`` is for the
    learner. ``first`` is the lesson, ``path`` the course to go to."""

    code: str
    message: str
    until: datetime | None = None
    first: UUID | None = None
    path: str = ""


def of(
    outline: Outline, done: Collection[UUID], *, since: datetime | None, at: datetime, zone: str = "",
    courses: Sequence[First] = (),
) -> dict[UUID, Lock]:  # fmt: skip
    """By lesson, those that are shut. ``since``: when the learner got the course; ``at``: now; ``zone``: the learner's;
    ``courses``: what they have to finish before.

    What is complete stays open, and so does a free preview; neither stands in the way of those after it unless it is
    still to be done. Nor does a lesson whose deadline is over for good: nobody waits for what can't be done any more.
    """
    found: dict[UUID, Lock] = {}
    titles = {lesson.id: lesson.title for lesson in outline.lessons}
    over = {lesson_id for lesson_id, due in deadlines.of(outline, since).items() if deadlines.missed(due, at)}
    elsewhere = _course(courses)
    waiting: Lesson | None = None
    for lesson in outline.lessons:
        if lesson.id in done:
            continue
        shut = elsewhere or _time(lesson, since, at, zone, outline.time_zone)
        if shut is None:
            shut = _needs([i for i in lesson.needs if i in titles and i not in done and i not in over], titles)
        if shut is None and waiting is not None and outline.in_order:
            words = _("This course goes in order. Complete “{title}” first.").format(title=waiting.title)
            shut = Lock("order", words, first=waiting.id)
        if shut is not None and not lesson.preview:
            found[lesson.id] = shut
        if lesson.id not in over:
            waiting = waiting or lesson
    return found


def listed(titles: Sequence[str]) -> str:
    """“A”, “B” and “C”."""
    return list_words([_("“{title}”").format(title=title) for title in titles])


def _course(courses: Sequence[First]) -> Lock | None:
    if not courses:
        return None
    named = listed([each.title for each in courses])
    words = _("This course opens when you have finished {courses}.").format(courses=named)
    return Lock("course", words, path=courses[0].path)


def _needs(missing: Sequence[UUID], titles: dict[UUID, str]) -> Lock | None:
    if not missing:
        return None
    words = _("Complete {lessons} first.").format(lessons=listed([titles[each] for each in missing]))
    return Lock("needs", words, first=missing[0])


def _time(lesson: Lesson, since: datetime | None, at: datetime, own: str, course: str) -> Lock | None:
    if lesson.opens_at is not None and at < lesson.opens_at:
        day = zones.said(lesson.opens_at, own=own, course=course)
        words = _("“{title}” opens on {day}, for everybody.").format(title=lesson.title, day=day)
        return Lock("date", words, lesson.opens_at)
    if lesson.after_days and since is not None:
        opens = since + timedelta(days=lesson.after_days)
        if at < opens:
            words = ngettext(
                "“{title}” opens on {day}, a day after you got the course.",
                "“{title}” opens on {day}, {n} days after you got the course.",
                lesson.after_days,
            )
            day = zones.said(opens, own=own, course=own or "UTC")
            day = _("{day} your time").format(day=day) if own else day
            return Lock("days", words.format(title=lesson.title, day=day, n=lesson.after_days), opens)
    return None
