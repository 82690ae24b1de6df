"""What a learner has before them: where to go on in each course, and what is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.accounts import service as accounts
from marketplace.domain.courses import conditions, deadlines, standing, store, taking
from marketplace.domain.courses.locks import Lock
from marketplace.domain.courses.outline import Lesson, Outline
from marketplace.sql import rows

COURSES, DEADLINES, NEAR = 24, 20, timedelta(days=14)
_OWNED = (
    "SELECT g.product_id, greatest(g.since, p.opens_at), p.title, p.slug, e.opened_at, e.lesson_id FROM"
    ' (SELECT product_id, min(granted_at) AS since FROM "grant" WHERE account_id = %(account)s AND revoked_at IS NULL'
    " GROUP BY 1) g JOIN product p ON p.id = g.product_id AND p.kind = 'course'"
    " LEFT JOIN enrolment e ON e.product_id = g.product_id AND e.account_id = %(account)s"
    " WHERE e.completed_at IS NULL AND (p.opens_at IS NULL OR p.opens_at <= %(now)s)"
    " ORDER BY e.opened_at DESC NULLS LAST, g.since DESC, g.product_id LIMIT %(limit)s"
)


@dataclass(frozen=True, slots=True)
class Going:
    """A course that isn't finished. ``lesson``: where to go on; it is shut for the reason of ``lock``, if of any.
    ``seconds``: what is left to do."""

    title: str
    slug: str
    lesson: Lesson
    lock: Lock | None
    begun: bool
    percent: int
    done: int
    total: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Deadline:
    course: str
    slug: str
    lesson: Lesson
    at: datetime
    hard: bool
    overdue: bool
    course_zone: str


@dataclass(frozen=True, slots=True)
class Ahead:
    """``zone``: the learner's own. Deadlines: overdue ones first, then those of the next fourteen days."""

    zone: str
    going: list[Going]
    deadlines: list[Deadline]


async def look(session: AsyncSession, account_id: UUID) -> Ahead:
    at, zone = now(), await accounts.zone_of(session, account_id)
    owned = await rows(session, _OWNED, {"account": account_id, "limit": COURSES, "now": at})
    taught = await taking.courses(session, [row[0] for row in owned])
    done = await store.done_counts(session, account_id, list(taught))
    going, due = [], []
    for product_id, since, title, slug, opened_at, lesson_id in owned:
        course = taught.get(product_id)
        if course is None or not course.outline.lessons:
            continue
        made = done.get(product_id, set())
        first = await conditions.first(session, account_id, product_id, course.outline)
        held = conditions.held(course.outline, made, since=since, zone=zone, first=first, at=at)
        going += _going(title, slug, course.outline, made, held, last=lesson_id, begun=opened_at is not None)
        due += _deadlines(title, slug, course.outline, made, held)
    due.sort(key=lambda one: one.at)
    return Ahead(zone, going, due[:DEADLINES])


def _going(
    title: str, slug: str, outline: Outline, done: set[UUID], held: conditions.Conditions, *,
    last: UUID | None, begun: bool,
) -> list[Going]:  # fmt: skip
    """The lesson opened last, else the next one that is open, else the next one and why it is shut. None that can't be
    completed any more: a course of which no more is left isn't there."""
    over = {i for i, due in held.dues.items() if deadlines.missed(due, held.at)}
    left = [lesson for lesson in outline.lessons if lesson.id not in done and lesson.id not in over]
    if not left:
        return []
    place = next((le for le in left if le.id == last and le.id not in held.shut), None)
    place = place or standing.next_lesson(outline, done | held.shut.keys() | over, last) or left[0]
    kept = sum(lesson.id in done for lesson in outline.lessons)
    told = standing.of(outline, done, finished=False)
    seconds = sum(lesson.seconds for lesson in left)
    return [Going(title, slug, place, held.shut.get(place.id), begun, told.percent, kept, told.total, seconds)]


def _deadlines(title: str, slug: str, outline: Outline, done: set[UUID], held: conditions.Conditions) -> list[Deadline]:
    found = []
    for lesson in outline.lessons:
        due = held.dues.get(lesson.id)
        if due is None or lesson.id in done or due.at > held.at + NEAR or deadlines.missed(due, held.at):
            continue
        found.append(Deadline(title, slug, lesson, due.at, due.hard, due.at < held.at, outline.time_zone))
    return found
