"""Queries on who learns in a course. Lessons are counted from sums and from what waits to be added, at one moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.ids import new_id
from marketplace.sql import rows

_OPENED = (
    "WITH fresh AS (INSERT INTO lesson_opened (account_id, product_id, lesson_id, opened_at)"
    " VALUES (%(account)s, %(product)s, %(lesson)s, %(now)s) ON CONFLICT DO NOTHING RETURNING lesson_id)"
    " INSERT INTO lesson_pending (id, product_id, lesson_id, opened, completed)"
    " SELECT %(id)s, %(product)s, lesson_id, 1, 0 FROM fresh"
)
_COMPLETED = (
    "INSERT INTO lesson_pending (id, product_id, lesson_id, opened, completed)"
    " VALUES (%(id)s, %(product)s, %(lesson)s, 0, 1)"
)
# Sums are locked in the order of their keys, by everybody.
_FOLD = (
    "WITH gone AS (DELETE FROM lesson_pending WHERE id IN (SELECT id FROM lesson_pending ORDER BY id LIMIT %(limit)s"
    " FOR UPDATE SKIP LOCKED) RETURNING product_id, lesson_id, opened, completed),"
    " added AS (INSERT INTO lesson_sum AS s (product_id, lesson_id, opened, completed)"
    " SELECT product_id, lesson_id, sum(opened), sum(completed) FROM gone GROUP BY 1, 2 ORDER BY 1, 2"
    " ON CONFLICT (product_id, lesson_id) DO UPDATE SET opened = s.opened + EXCLUDED.opened,"
    " completed = s.completed + EXCLUDED.completed) SELECT count(*) FROM gone"
)
_COUNTS = (
    "SELECT count(*), count(*) FILTER (WHERE opened_at >= %(active)s), count(completed_at),"
    " count(*) FILTER (WHERE completed_at IS NULL AND opened_at < %(stuck)s)"
    " FROM enrolment WHERE product_id = %(product)s"
)
_LESSONS = (
    "SELECT lesson_id, sum(opened), sum(completed) FROM"
    " (SELECT lesson_id, opened, completed FROM lesson_sum WHERE product_id = %(product)s"
    " UNION ALL SELECT lesson_id, opened, completed FROM lesson_pending WHERE product_id = %(product)s) all_"
    " GROUP BY 1"
)
_FOLD_REACH = (
    "WITH gone AS (DELETE FROM reach_pending WHERE id IN (SELECT id FROM reach_pending ORDER BY id LIMIT %(limit)s"
    " FOR UPDATE SKIP LOCKED) RETURNING product_id, block_id, before, place),"
    " moved AS (SELECT product_id, block_id, place, 1 AS learners FROM gone"
    " UNION ALL SELECT product_id, block_id, before, -1 FROM gone WHERE before IS NOT NULL),"
    " added AS (INSERT INTO reach_sum AS s (product_id, block_id, place, learners)"
    " SELECT product_id, block_id, place, sum(learners) FROM moved GROUP BY 1, 2, 3 HAVING sum(learners) <> 0 ORDER BY 1, 2, 3"
    " ON CONFLICT (product_id, block_id, place) DO UPDATE SET learners = s.learners + EXCLUDED.learners)"
    " SELECT count(*) FROM gone"
)
_REACHED = (
    "SELECT place, sum(learners) FROM"
    " (SELECT place, learners FROM reach_sum WHERE product_id = %(product)s AND block_id = %(block)s"
    " UNION ALL SELECT place, 1 FROM reach_pending WHERE product_id = %(product)s AND block_id = %(block)s"
    " UNION ALL SELECT before, -1 FROM reach_pending"
    " WHERE product_id = %(product)s AND block_id = %(block)s AND before IS NOT NULL) all_"
    " GROUP BY 1 HAVING sum(learners) <> 0 ORDER BY 1"
)
_PERSON = (
    " a.name, a.deleted_at IS NOT NULL, CASE WHEN c.buyer_id IS NULL THEN '' ELSE a.email END, c.buyer_id IS NOT NULL"
)
_JOINED = (
    " JOIN account a ON a.id = e.account_id"
    " LEFT JOIN customer c ON c.creator_id = %(creator)s AND c.buyer_id = e.account_id AND c.last_at IS NOT NULL"
)
_STUCK = (
    "SELECT e.account_id, e.opened_at, e.lesson_id," + _PERSON + " FROM"
    " (SELECT account_id, opened_at, lesson_id FROM enrolment WHERE product_id = %(product)s AND completed_at IS NULL"
    " AND opened_at < %(stuck)s AND (%(at)s::timestamptz IS NULL OR (opened_at, account_id) < (%(at)s, %(after)s::uuid))"
    " ORDER BY opened_at DESC, account_id DESC LIMIT %(limit)s) e" + _JOINED + " ORDER BY 2 DESC, 1 DESC"
)
_PAGE = (
    "SELECT e.account_id, e.started_at, e.opened_at, e.completed_at,"
    " (SELECT count(*) FROM lesson_done d WHERE d.account_id = e.account_id AND d.product_id = %(product)s"
    " AND d.lesson_id = ANY(%(lessons)s::uuid[]))," + _PERSON + " FROM (SELECT * FROM enrolment WHERE product_id = %(product)s"
    " AND (%(after)s::uuid IS NULL OR account_id > %(after)s::uuid) ORDER BY account_id LIMIT %(limit)s) e"
    + _JOINED + " ORDER BY 1"
)  # fmt: skip


_TOWARD = (
    "SELECT g.account_id, greatest(min(g.granted_at), (SELECT opens_at FROM product WHERE id = %(product)s)),"
    " ARRAY(SELECT d.lesson_id FROM lesson_done d WHERE d.account_id = g.account_id"
    " AND d.product_id = %(product)s AND d.lesson_id = ANY(%(lessons)s::uuid[]))"
    ' FROM "grant" g WHERE g.account_id = ANY(%(accounts)s::uuid[]) AND g.product_id = %(product)s'
    " AND g.revoked_at IS NULL GROUP BY 1"
)


async def opened(session: AsyncSession, account_id: UUID, product_id: UUID, lesson_id: UUID) -> None:
    """Counted with the first time."""
    values = {"account": account_id, "product": product_id, "lesson": lesson_id, "id": new_id(), "now": now()}
    await rows(session, _OPENED, values)


async def completed(session: AsyncSession, product_id: UUID, lesson_id: UUID) -> None:
    await rows(session, _COMPLETED, {"id": new_id(), "product": product_id, "lesson": lesson_id})


async def fold(session: AsyncSession, limit: int) -> int:
    """Add what waits to the sums; how many of the longer queue did."""
    [(lessons,)] = await rows(session, _FOLD, {"limit": limit})
    [(places,)] = await rows(session, _FOLD_REACH, {"limit": limit})
    return max(int(lessons), int(places))


async def counts(session: AsyncSession, product_id: UUID, *, active: datetime, stuck: datetime) -> tuple[int, ...]:
    """(enrolled, here since ``active``, finished, unfinished and not here since ``stuck``)"""
    [found] = await rows(session, _COUNTS, {"product": product_id, "active": active, "stuck": stuck})
    return tuple(int(n) for n in found)


async def lessons(session: AsyncSession, product_id: UUID) -> dict[UUID, tuple[int, int]]:
    """(opened, completed) of each lesson that somebody opened."""
    found = await rows(session, _LESSONS, {"product": product_id})
    return {lesson_id: (int(opened), int(completed)) for lesson_id, opened, completed in found}


async def reached(session: AsyncSession, product_id: UUID, block_id: UUID) -> dict[int, int]:
    """Which ten seconds of the video → how many learners got as far as into them, and no further."""
    found = await rows(session, _REACHED, {"product": product_id, "block": block_id})
    return {int(place): int(count) for place, count in found}


async def stuck(
    session: AsyncSession, creator_id: UUID, product_id: UUID, *, since: datetime,
    after: tuple[datetime, UUID] | None, limit: int,
) -> list[tuple[Any, ...]]:  # fmt: skip
    at, account_id = after or (None, None)
    values = {
        "creator": creator_id, "product": product_id, "stuck": since, "at": at, "after": account_id, "limit": limit,
    }  # fmt: skip
    return await rows(session, _STUCK, values)


async def toward(
    session: AsyncSession, product_id: UUID, account_ids: Sequence[UUID], lesson_ids: Sequence[UUID]
) -> dict[UUID, tuple[datetime, set[UUID]]]:
    """(since when they have the course, which of these lessons they completed), of those who have it."""
    values = {"product": product_id, "accounts": list(account_ids), "lessons": list(lesson_ids)}
    found = await rows(session, _TOWARD, values)
    return {account_id: (since, set(done)) for account_id, since, done in found}


async def page(
    session: AsyncSession, creator_id: UUID, product_id: UUID, lesson_ids: Sequence[UUID], *,
    after: UUID | None, limit: int,
) -> list[tuple[Any, ...]]:  # fmt: skip
    values = {
        "creator": creator_id, "product": product_id, "lessons": list(lesson_ids), "after": after, "limit": limit,
    }  # fmt: skip
    return await rows(session, _PAGE, values)
