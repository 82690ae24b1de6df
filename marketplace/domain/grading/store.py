"""All queries on the queue and the history of grades."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel import col, delete, func, select, tuple_
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.grading.models import GradeEntry, ToGrade
from marketplace.ids import new_id
from marketplace.sql import rows

_WAIT: LiteralString = (
    "INSERT INTO to_grade (subject_id, kind, creator_id, account_id, product_id, block_id, waiting_since)"
    " SELECT %(subject)s, %(kind)s, creator_id, %(account)s, %(product)s, %(block)s, %(at)s FROM product"
    " WHERE id = %(product)s ON CONFLICT DO NOTHING"
)
_ENTER: LiteralString = (
    "INSERT INTO grade_entry (id, subject_id, kind, creator_id, account_id, product_id, block_id, grader_id, what, points,"
    " total, passed, marks, at) SELECT %(id)s, %(subject)s, %(kind)s, creator_id, %(account)s, %(product)s, %(block)s,"
    " %(grader)s, %(what)s, %(points)s, %(total)s, %(passed)s, CAST(%(marks)s AS jsonb), %(at)s FROM product"
    " WHERE id = %(product)s"
)
# Marked and counted in one statement: what comes in meanwhile is told next time.
_TELL: LiteralString = (
    "WITH due AS (SELECT DISTINCT t.product_id FROM to_grade t LEFT JOIN grading_told g USING (product_id)"
    " WHERE t.told_at IS NULL AND t.waiting_since <= %(settled)s AND (g.told_at IS NULL OR g.told_at <= %(before)s)),"
    " told AS (UPDATE to_grade SET told_at = %(at)s WHERE told_at IS NULL AND product_id IN (SELECT product_id FROM due)"
    " RETURNING product_id),"
    " noted AS (INSERT INTO grading_told (product_id, told_at) SELECT product_id, %(at)s FROM due"
    " ON CONFLICT (product_id) DO UPDATE SET told_at = EXCLUDED.told_at)"
    " SELECT product_id, count(*) FROM told GROUP BY 1"
)


async def wait(session: AsyncSession, values: dict[str, Any]) -> None:
    await rows(session, _WAIT, {**values, "at": now()})


async def enter(session: AsyncSession, values: dict[str, Any]) -> UUID:
    entry_id = new_id()
    await rows(session, _ENTER, {**values, "id": entry_id, "at": now()})
    return entry_id


async def gone(session: AsyncSession, subject_id: UUID) -> None:
    await session.execute(delete(ToGrade).where(col(ToGrade.subject_id) == subject_id))


async def forget(session: AsyncSession, account_id: UUID) -> None:
    """What waits of somebody who leaves."""
    await session.execute(delete(ToGrade).where(col(ToGrade.account_id) == account_id))


async def waiting(
    session: AsyncSession, creator_id: UUID, product_id: UUID | None, after: tuple[datetime, UUID] | None, limit: int
) -> list[ToGrade]:
    query = select(ToGrade).where(ToGrade.creator_id == creator_id)
    if product_id is not None:
        query = query.where(ToGrade.product_id == product_id)
    if after is not None:
        query = query.where(tuple_(col(ToGrade.waiting_since), col(ToGrade.subject_id)) > after)
    query = query.order_by(col(ToGrade.waiting_since), col(ToGrade.subject_id)).limit(limit)
    return list((await session.exec(query)).all())


async def counts(session: AsyncSession, creator_id: UUID) -> dict[UUID, int]:
    """How many wait, by course."""
    query = select(ToGrade.product_id, func.count()).where(ToGrade.creator_id == creator_id)
    return {product: int(n) for product, n in (await session.exec(query.group_by(col(ToGrade.product_id)))).all()}


async def graded(
    session: AsyncSession, creator_id: UUID, product_id: UUID | None, before: tuple[datetime, UUID] | None, limit: int
) -> list[GradeEntry]:
    query = select(GradeEntry).where(GradeEntry.creator_id == creator_id)
    if product_id is not None:
        query = query.where(GradeEntry.product_id == product_id)
    if before is not None:
        query = query.where(tuple_(col(GradeEntry.at), col(GradeEntry.id)) < before)
    query = query.order_by(col(GradeEntry.at).desc(), col(GradeEntry.id).desc()).limit(limit)
    return list((await session.exec(query)).all())


async def history(session: AsyncSession, subject_id: UUID) -> list[GradeEntry]:
    query = select(GradeEntry).where(GradeEntry.subject_id == subject_id)
    return list((await session.exec(query.order_by(col(GradeEntry.at), col(GradeEntry.id)).limit(100))).all())


async def find(session: AsyncSession, subject_id: UUID) -> tuple[str, UUID] | None:
    row = await session.get(ToGrade, subject_id)
    if row is not None:
        return row.kind, row.product_id
    query = select(GradeEntry.kind, GradeEntry.product_id).where(GradeEntry.subject_id == subject_id).limit(1)
    return (await session.exec(query)).first()


async def entry(session: AsyncSession, entry_id: UUID) -> GradeEntry | None:
    return await session.get(GradeEntry, entry_id)


async def tell(session: AsyncSession, *, settled: timedelta, every: timedelta) -> list[tuple[UUID, int]]:
    at = now()
    found = await rows(session, _TELL, {"at": at, "settled": at - settled, "before": at - every})
    return [(product_id, int(count)) for product_id, count in found]
