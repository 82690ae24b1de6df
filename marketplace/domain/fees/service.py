"""The platform's fee on a product: the most exact rule wins (creator and kind, creator, kind, default)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.access.service import Actor, require_admin
from marketplace.domain.audit import service as audit
from marketplace.domain.fees.models import FeeRule
from marketplace.errors import Invalid, Missing


async def percent_for(session: AsyncSession, creator_id: UUID, kind: str, default: Decimal) -> Decimal:
    found = await session.exec(
        select(FeeRule).where(
            or_(col(FeeRule.creator_id).is_(None), col(FeeRule.creator_id) == creator_id),
            col(FeeRule.kind).in_(["", kind]),
        )
    )
    best = max(found.all(), key=lambda rule: (rule.creator_id is not None, rule.kind != ""), default=None)
    return best.percent if best is not None else default


async def rules_of(session: AsyncSession, actor: Actor) -> Sequence[FeeRule]:
    require_admin(actor)
    return (await session.exec(select(FeeRule).order_by(col(FeeRule.id).desc()).limit(200))).all()


async def set_percent(
    session: AsyncSession, actor: Actor, *, creator_id: UUID | None, kind: str, percent: Decimal
) -> FeeRule:
    """For sales from now on; what was sold keeps its fee."""
    admin_id = require_admin(actor)
    if not (percent.is_finite() and 0 <= percent <= 90):
        raise Invalid("The fee is between 0 and 90 percent.", field="percent")
    if creator_id is None and not kind:
        raise Invalid("Choose a creator, a kind of product, or both. The default fee is a setting.", field="creator")
    found = await session.exec(
        select(FeeRule).where(col(FeeRule.creator_id).is_not_distinct_from(creator_id), FeeRule.kind == kind)
    )
    rule = found.first() or FeeRule(creator_id=creator_id, kind=kind, percent=percent)
    rule.percent = percent
    session.add(rule)
    await audit.record(
        session, admin_id, "fee.set", f"account:{creator_id}" if creator_id else f"kind:{kind}", kind=kind,
        percent=str(percent),
    )  # fmt: skip
    await session.flush()
    return rule


async def drop(session: AsyncSession, actor: Actor, rule_id: UUID) -> None:
    admin_id = require_admin(actor)
    rule = await session.get(FeeRule, rule_id)
    if rule is None:
        raise Missing
    await audit.record(session, admin_id, "fee.drop", f"fee:{rule_id}", kind=rule.kind, percent=str(rule.percent))
    await session.delete(rule)
    await session.flush()
