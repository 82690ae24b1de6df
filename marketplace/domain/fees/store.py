"""All queries on fee rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.fees.models import FeeRule

_NOBODY = UUID(int=0)


async def covering(session: AsyncSession, creator_id: UUID | None, kind: str) -> Sequence[FeeRule]:
    """At most four: what is in force for this creator's products of this kind."""
    whose = func.coalesce(FeeRule.creator_id, _NOBODY)
    query = select(FeeRule).where(
        whose.in_([_NOBODY, creator_id or _NOBODY]), col(FeeRule.kind).in_(["", kind]), col(FeeRule.ended_at).is_(None)
    )
    return (await session.exec(query)).all()


async def lock(session: AsyncSession, rule_id: UUID) -> FeeRule | None:
    return await session.get(FeeRule, rule_id, with_for_update=True, populate_existing=True)


async def in_force(session: AsyncSession, before: UUID | None, limit: int) -> Sequence[FeeRule]:
    query = select(FeeRule).where(col(FeeRule.ended_at).is_(None))
    if before is not None:
        query = query.where(FeeRule.id < before)
    return (await session.exec(query.order_by(col(FeeRule.id).desc()).limit(limit))).all()


async def ended(session: AsyncSession, before: tuple[datetime, UUID] | None, limit: int) -> Sequence[FeeRule]:
    query = select(FeeRule).where(col(FeeRule.ended_at).is_not(None))
    if before is not None:
        query = query.where(tuple_(col(FeeRule.ended_at), col(FeeRule.id)) < before)
    return (await session.exec(query.order_by(col(FeeRule.ended_at).desc(), col(FeeRule.id).desc()).limit(limit))).all()
