"""What holds for one learner in a course: which lessons are shut and why, when lessons are due, in their time zone.

Of the courses that come before: a course that isn't on offer any more is asked of nobody, and who got this course
before it asked for another isn't asked for that one. So nobody is shut out by what somebody else does later.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.access import service as access
from marketplace.domain.accounts import service as accounts
from marketplace.domain.courses import deadlines, locks, terms
from marketplace.domain.courses.deadlines import Due
from marketplace.domain.courses.errors import TooLate
from marketplace.domain.courses.locks import First, Lock
from marketplace.domain.courses.models import CourseDraft
from marketplace.domain.courses.outline import CourseNeed, Lesson, Outline
from marketplace.domain.locks import hold
from marketplace.errors import Invalid
from marketplace.sql import Over, rows

_STATES = (
    "SELECT n.needed_id, n.required, p.title, p.slug, p.state, e.completed_at IS NOT NULL, e.account_id IS NOT NULL,"
    " n.created_at FROM course_needed n JOIN product p ON p.id = n.needed_id"
    " LEFT JOIN enrolment e ON e.product_id = n.needed_id AND e.account_id = %(account)s::uuid"
    " WHERE n.product_id = %(product)s ORDER BY n.place"
)
# From what is needed on: everything that this waits for, too.
_BEYOND = (
    "WITH RECURSIVE beyond AS (SELECT product_id, needed_id FROM course_needed"
    " WHERE required AND product_id = ANY(%(from)s::uuid[])"
    " UNION SELECT n.product_id, n.needed_id FROM course_needed n JOIN beyond b ON n.product_id = b.needed_id"
    " WHERE n.required) SELECT b.product_id, b.needed_id, p.title, q.title FROM beyond b"
    " JOIN product p ON p.id = b.product_id JOIN product q ON q.id = b.needed_id"
)
_DROPPED = "DELETE FROM course_needed WHERE product_id = %(product)s AND needed_id <> ALL(%(kept)s::uuid[])"
# What becomes required is a new rule, from now on.
_ASKED = (
    "INSERT INTO course_needed AS n (product_id, needed_id, required, place, created_at)"
    " VALUES (%(product)s, %(needed)s, %(required)s, %(place)s, %(now)s) ON CONFLICT (product_id, needed_id) DO UPDATE"
    " SET required = EXCLUDED.required, place = EXCLUDED.place,"
    " created_at = CASE WHEN n.required = EXCLUDED.required THEN n.created_at ELSE EXCLUDED.created_at END"
)


@dataclass(frozen=True, slots=True)
class Conditions:
    """``zone``: the learner's own; empty when it isn't known. ``at``: when this was asked."""

    at: datetime
    zone: str = ""
    course_zone: str = "UTC"
    shut: dict[UUID, Lock] = field(default_factory=dict)
    dues: dict[UUID, Due] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Before:
    """A course that another one names, as its page shows it to a visitor."""

    product_id: UUID
    title: str
    path: str
    required: bool
    finished: bool
    begun: bool
    created_at: datetime


async def on(
    session: AsyncSession, account_id: UUID, product_id: UUID, outline: Outline, done: Collection[UUID]
) -> Conditions:
    """For somebody who has the course by a grant."""
    since = await access.since(session, account_id, product_id)
    zone = await accounts.zone_of(session, account_id) if _tells_time(outline) else ""
    asked = await first(session, account_id, product_id, outline)
    return held(outline, done, since=since, zone=zone, first=asked, at=now())


async def first(session: AsyncSession, account_id: UUID, product_id: UUID, outline: Outline) -> list[First]:
    """The courses that have to be finished before this one opens."""
    if not any(need.required for need in outline.needs):
        return []
    got = await access.got(session, account_id, product_id)
    return [
        First(each.title, each.path)
        for each in await before(session, account_id, product_id)
        if each.required and not each.finished and (got is None or each.created_at <= got)
    ]


def held(
    outline: Outline, done: Collection[UUID], *, since: datetime | None, zone: str, first: Sequence[First], at: datetime
) -> Conditions:
    shut = locks.of(outline, done, since=since, at=at, zone=zone, courses=first)
    return Conditions(at, zone, outline.time_zone, shut, deadlines.of(outline, since))


def _tells_time(outline: Outline) -> bool:
    return deadlines.has_any(outline) or any(le.opens_at is not None or le.after_days for le in outline.lessons)


async def before(over: Over, account_id: UUID | None, product_id: UUID) -> list[Before]:
    """The courses on offer that this one names, in its order, and where the visitor is in each."""
    found = await rows(over, _STATES, {"account": account_id, "product": product_id})
    return [
        Before(needed_id, title, f"/courses/{slug}", required, finished, begun, created_at)
        for needed_id, required, title, slug, state, finished, begun, created_at in found
        if state == "published"
    ]


async def in_time(session: AsyncSession, account_id: UUID, product_id: UUID, outline: Outline, lesson: Lesson) -> None:
    """Raises ``TooLate`` after a deadline that ends a lesson."""
    if not lesson.due_hard:
        return
    since = await access.since(session, account_id, product_id)
    if deadlines.missed(deadlines.due(lesson, since, outline.time_zone), now()):
        raise TooLate


async def check(session: AsyncSession, product_id: UUID, title: str, needs: Sequence[CourseNeed]) -> None:
    """Raises ``Invalid`` when courses would wait for each other, as they are published now."""
    wanted = [need.product_id for need in needs if need.required]
    if not wanted:
        return
    graph: dict[UUID, list[UUID]] = {product_id: wanted}
    titles = {product_id: title}
    for one, other, named, other_named in await rows(session, _BEYOND, {"from": wanted}):
        titles[one], titles[other] = named, other_named
        if one != product_id:
            graph.setdefault(one, []).append(other)
        graph.setdefault(other, [])
    titles[product_id] = title
    for each in wanted:
        graph.setdefault(each, [])
    found = terms.cycle(graph)
    if found:
        raise Invalid(terms.chain([titles[each] for each in found]), field="course_need")


async def queue_up(session: AsyncSession, draft: CourseDraft | None) -> None:
    """Before any row of a product is locked, so that two who name each other's courses don't wait for each other."""
    if draft is not None and draft.outline.get("needs"):
        await hold(session, "courses:needs")


async def publish(session: AsyncSession, product_id: UUID, title: str, needs: Sequence[CourseNeed]) -> None:
    """What the published course asks for. One course after the other (:func:`queue_up`): two that come to wait
    for each other at once are seen by whoever is second, and by a trigger of the table."""
    await check(session, product_id, title, needs)
    await rows(session, _DROPPED, {"product": product_id, "kept": [need.product_id for need in needs]})
    for place, need in enumerate(needs):
        values = {"product": product_id, "needed": need.product_id, "required": need.required, "place": place}
        await rows(session, _ASKED, values | {"now": now()})


@dataclass(frozen=True, slots=True)
class Named:
    """A course by its present title. ``on_offer``: whether it can be got."""

    product_id: UUID
    title: str
    path: str
    on_offer: bool


_NAMED = "SELECT id, title, slug, state = 'published' FROM product WHERE id = ANY(%(ids)s::uuid[])"
_OFFERS = (
    "SELECT id, title, slug, true FROM product WHERE creator_id = %(creator)s AND kind = 'course' AND state = 'published'"
    " ORDER BY title, id LIMIT 200"
)


async def named(session: AsyncSession, product_ids: Sequence[UUID]) -> dict[UUID, Named]:
    found = await rows(session, _NAMED, {"ids": list(product_ids)}) if product_ids else []
    return {row[0]: Named(row[0], row[1], f"/courses/{row[2]}", row[3]) for row in found}


async def offers(session: AsyncSession, creator_id: UUID) -> list[Named]:
    """A creator's courses on offer, by title."""
    found = await rows(session, _OFFERS, {"creator": creator_id})
    return [Named(row[0], row[1], f"/courses/{row[2]}", row[3]) for row in found]
