"""All queries on fee rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlalchemy import tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.fees.models import FeeRule
from marketplace.sql import Over, columns, made, rows

_NOBODY: LiteralString = "00000000-0000-0000-0000-000000000000"


_COVERING: LiteralString = (
    f"SELECT {columns(FeeRule, 'r')} FROM fee_rule r WHERE coalesce(creator_id, '{_NOBODY}') IN ('{_NOBODY}', %(creator)s)"
    " AND kind IN ('', %(kind)s) AND ended_at IS NULL"
)


async def covering(over: Over, creator_id: UUID | None, kind: str) -> Sequence[FeeRule]:
    """At most four, to look at: what is in force for this creator's products of this kind."""
    found = await rows(over, _COVERING, {"creator": creator_id or UUID(_NOBODY), "kind": kind})
    return [made(FeeRule, row) for row in found]


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
