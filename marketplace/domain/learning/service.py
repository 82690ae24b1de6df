"""Progress in lessons: the last value wins, what was reached never goes back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.learning import rules
from marketplace.domain.learning.models import Progress
from marketplace.sql import Over, rows

__all__ = ["progress", "progress_of", "rules", "save"]

_SAVE = (
    "INSERT INTO progress (account_id, product_id, position_s, furthest_s, duration_s, started_at, updated_at, completed_at)"
    " VALUES (%(account)s, %(product)s, %(position)s, %(position)s, %(duration)s, %(now)s, %(now)s,"
    " CASE WHEN %(complete)s THEN CAST(%(now)s AS timestamptz) END)"
    " ON CONFLICT (account_id, product_id) DO UPDATE SET position_s = EXCLUDED.position_s,"
    " furthest_s = greatest(progress.furthest_s, EXCLUDED.furthest_s), duration_s = EXCLUDED.duration_s,"
    " updated_at = EXCLUDED.updated_at, completed_at = coalesce(progress.completed_at, EXCLUDED.completed_at)"
    " RETURNING furthest_s, completed_at IS NOT NULL"
)


async def save(
    over: Over, account_id: UUID, product_id: UUID, *, position_s: float, duration_s: int
) -> tuple[int, bool]:
    """(furthest second, completed). ``duration_s`` is the video's as the server knows it, never the client's word."""
    position = rules.clamp(position_s, duration_s)
    saved = await rows(
        over,
        _SAVE,
        {
            "account": account_id, "product": product_id, "position": position, "duration": duration_s, "now": now(),
            "complete": rules.is_complete(position, duration_s),
        },
    )  # fmt: skip
    return saved[0][0], saved[0][1]


async def progress(session: AsyncSession, account_id: UUID, product_id: UUID) -> Progress | None:
    return await session.get(Progress, (account_id, product_id), populate_existing=True)


async def progress_of(session: AsyncSession, account_id: UUID, product_ids: Sequence[UUID]) -> dict[UUID, Progress]:
    query = select(Progress).where(Progress.account_id == account_id, col(Progress.product_id).in_(product_ids))
    return {p.product_id: p for p in (await session.exec(query)).all()}
