"""All queries on progress, and on what a person owns together with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.learning.models import Progress
from marketplace.sql import Over, rows

# What was watched grows no faster than time passes since the report before, or since the lesson was opened.
_SAVE = (
    "WITH known AS (SELECT furthest_s, extract(epoch FROM %(now)s::timestamptz - updated_at) AS elapsed FROM progress"
    " WHERE account_id = %(account)s AND product_id = %(product)s FOR UPDATE),"
    " told AS (SELECT CASE WHEN %(trusted)s THEN %(position)s ELSE least(%(position)s, coalesce("
    "(SELECT furthest_s + floor(%(pace)s * greatest(0, elapsed))::int FROM known), 0)"
    " + CASE WHEN coalesce((SELECT furthest_s FROM known), 0) = 0 THEN %(slack)s ELSE 0 END) END AS reached)"
    " INSERT INTO progress AS p (account_id, product_id, position_s, furthest_s, duration_s, started_at, updated_at, completed_at)"
    " SELECT %(account)s, %(product)s, %(position)s, reached, %(duration)s, %(now)s, %(now)s,"
    " CASE WHEN %(duration)s > 0 AND reached::bigint * 100 >= %(duration)s::bigint * %(complete)s THEN CAST(%(now)s AS timestamptz) END"
    " FROM told ON CONFLICT (account_id, product_id) DO UPDATE SET position_s = EXCLUDED.position_s,"
    " furthest_s = greatest(p.furthest_s, EXCLUDED.furthest_s), duration_s = EXCLUDED.duration_s,"
    " updated_at = EXCLUDED.updated_at, completed_at = coalesce(p.completed_at, EXCLUDED.completed_at)"
    " RETURNING furthest_s, completed_at IS NOT NULL"
)
_OPENED = (
    "INSERT INTO progress (account_id, product_id, position_s, furthest_s, duration_s, started_at, updated_at)"
    " VALUES (%(account)s, %(product)s, 0, 0, %(duration)s, %(now)s, %(now)s) ON CONFLICT DO NOTHING"
)

# The same borders as rules.standing.
_BEGUN = "(p.duration_s > 0 AND p.furthest_s * 100 >= p.duration_s)"
_STANDING = {
    "": "",
    "new": f"AND p.completed_at IS NULL AND NOT coalesce({_BEGUN}, false) AND e.started_at IS NULL",
    "going": f"AND ((p.completed_at IS NULL AND {_BEGUN}) OR (e.started_at IS NOT NULL AND e.completed_at IS NULL))",
    "done": "AND (p.completed_at IS NOT NULL OR e.completed_at IS NOT NULL)",
}
_OWNED = """
SELECT g.granted_at, g.id, g.product_id FROM "grant" g
LEFT JOIN progress p ON p.account_id = g.account_id AND p.product_id = g.product_id
LEFT JOIN enrolment e ON e.account_id = g.account_id AND e.product_id = g.product_id
WHERE g.account_id = :account AND g.revoked_at IS NULL {standing} {after}
AND NOT EXISTS (
    SELECT 1 FROM "grant" n WHERE n.account_id = g.account_id AND n.product_id = g.product_id
    AND n.revoked_at IS NULL AND (n.granted_at, n.id) > (g.granted_at, g.id)
)
ORDER BY g.granted_at DESC, g.id DESC LIMIT :limit
"""
_GOING = f"""
SELECT p.updated_at, p.product_id FROM progress p
WHERE p.account_id = :account AND p.completed_at IS NULL AND {_BEGUN} AND EXISTS (
    SELECT 1 FROM "grant" g
    WHERE g.account_id = p.account_id AND g.product_id = p.product_id AND g.revoked_at IS NULL
)
ORDER BY p.updated_at DESC, p.product_id LIMIT :limit
"""
_COUNT = 'SELECT count(DISTINCT product_id) FROM "grant" WHERE account_id = :account AND revoked_at IS NULL'


async def save(over: Over, values: dict[str, Any]) -> tuple[int, bool]:
    """(furthest second, completed)"""
    [saved] = await rows(over, _SAVE, values)
    return saved[0], saved[1]


async def opened(over: Over, values: dict[str, Any]) -> None:
    await rows(over, _OPENED, values)


async def progress(session: AsyncSession, account_id: UUID, product_id: UUID) -> Progress | None:
    return await session.get(Progress, (account_id, product_id), populate_existing=True)


async def progress_of(session: AsyncSession, account_id: UUID, product_ids: Sequence[UUID]) -> list[Progress]:
    query = select(Progress).where(Progress.account_id == account_id, col(Progress.product_id).in_(product_ids))
    return list((await session.exec(query)).all())


async def owned(
    session: AsyncSession, account_id: UUID, *, standing: str, after: tuple[datetime, UUID] | None, limit: int
) -> list[tuple[datetime, UUID, UUID]]:
    """(granted at, grant, product) from a key on, newest first; of several live grants for a product the newest."""
    later = "AND (g.granted_at, g.id) < (:at, :id)" if after else ""
    values = {"account": account_id, "limit": limit, **({"at": after[0], "id": after[1]} if after else {})}
    found = await session.execute(text(_OWNED.format(standing=_STANDING[standing], after=later)), values)
    return [(row[0], row[1], row[2]) for row in found.all()]


async def going(session: AsyncSession, account_id: UUID, limit: int) -> list[tuple[datetime, UUID]]:
    """(last watched, lesson), the latest first."""
    found = await session.execute(text(_GOING), {"account": account_id, "limit": limit})
    return [(row[0], row[1]) for row in found.all()]


async def count(session: AsyncSession, account_id: UUID) -> int:
    return int((await session.execute(text(_COUNT), {"account": account_id})).scalar_one())
