"""The platform's fee on a product: the most exact rule wins (creator and kind, creator, kind, default)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.access.service import Actor, require_admin
from marketplace.domain.accounts import service as accounts
from marketplace.domain.audit import service as audit
from marketplace.domain.fees import rules, store
from marketplace.domain.fees.models import FeeRule
from marketplace.domain.locks import hold
from marketplace.errors import Conflict, Invalid, Missing
from marketplace.sql import Over

__all__ = [
    "Draft", "FeeRule", "Forecast", "creator_called", "end", "ended", "forecast", "in_force", "percent_for", "rules", "set_percent",
]  # fmt: skip


async def percent_for(over: Over, creator_id: UUID | None, kind: str, default: Decimal) -> Decimal:
    """For a sale at this moment; without a creator, what somebody without a rule of their own would pay."""
    best = rules.winner(await store.covering(over, creator_id, kind), creator_id, kind)
    return best.percent if best is not None else default


async def in_force(
    session: AsyncSession, actor: Actor, *, before: UUID | None = None, limit: int = 50
) -> Sequence[FeeRule]:
    """The newest first."""
    require_admin(actor)
    return await store.in_force(session, before, limit)


async def ended(
    session: AsyncSession, actor: Actor, *, before: tuple[datetime, UUID] | None = None, limit: int = 50
) -> Sequence[FeeRule]:
    """Those that count no more, the last one that ended first."""
    require_admin(actor)
    return await store.ended(session, before, limit)


async def creator_called(session: AsyncSession, handle: str) -> UUID | None:
    """Whose handle this is, with or without its @; empty is nobody in particular. Says so when it is nobody's."""
    wanted = handle.strip().removeprefix("@")
    if not wanted:
        return None
    found = await accounts.by_handle(session, wanted)
    if found is None:
        raise Invalid("There is nobody called @{wanted}. Check the handle.", field="creator", wanted=wanted[:60])
    if not found.is_creator:
        raise Invalid("@{handle} doesn't sell anything here.", field="creator", handle=found.handle)
    return found.id


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule that isn't saved yet."""

    creator_id: UUID | None
    kind: str
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Forecast:
    """What counts for a sale: ``now``, and ``then`` with the draft in force. Empty is the default."""

    now: FeeRule | None
    then: FeeRule | Draft | None


async def forecast(
    session: AsyncSession, actor: Actor, *, creator_id: UUID | None, kind: str, sale_kind: str, percent: Decimal | None
) -> Forecast:
    """What a rule for this creator and kind would do to a sale of ``sale_kind``. Nothing is saved."""
    require_admin(actor)
    live = await store.covering(session, creator_id, sale_kind)
    known = rules.winner(live, creator_id, sale_kind)
    if percent is None or (creator_id is None and not kind):
        return Forecast(known, known)
    rules.check(creator_id, kind, percent)
    others = [rule for rule in live if (rule.creator_id, rule.kind) != (creator_id, kind)]
    candidates: list[FeeRule | Draft] = [*others, Draft(creator_id, kind, percent)]
    return Forecast(known, rules.winner(candidates, creator_id, sale_kind))


async def set_percent(
    session: AsyncSession, actor: Actor, *, creator_id: UUID | None, kind: str, percent: Decimal
) -> FeeRule:
    """For sales from now on; what was sold keeps its fee. A rule for the same ends."""
    admin_id = require_admin(actor)
    rules.check(creator_id, kind, percent)
    await hold(session, f"fee:{creator_id}:{kind}")
    known = next(
        (r for r in await store.covering(session, creator_id, kind) if (r.creator_id, r.kind) == (creator_id, kind)), None
    )  # fmt: skip
    before = await store.lock(session, known.id) if known is not None else None
    if before is not None and before.percent == percent:
        raise Conflict("This very rule is in force already.", field="percent")
    if before is not None:
        before.ended_at, before.ended_by = now(), admin_id
        await session.flush()
    rule = FeeRule(creator_id=creator_id, kind=kind, percent=percent, set_by=admin_id, created_at=now())
    session.add(rule)
    await audit.record(
        session, admin_id, "fee.set", f"account:{creator_id}" if creator_id else f"kind:{kind}", rule=str(rule.id),
        kind=kind, percent=str(percent), before=str(before.percent) if before is not None else "",
    )  # fmt: skip
    await session.flush()
    return rule


async def end(session: AsyncSession, actor: Actor, rule_id: UUID) -> FeeRule:
    """The next exact rule counts for sales from now on. Ending it twice is ending it once."""
    admin_id = require_admin(actor)
    rule = await store.lock(session, rule_id)
    if rule is None:
        raise Missing
    if rule.ended_at is None:
        rule.ended_at, rule.ended_by = now(), admin_id
        subject = f"account:{rule.creator_id}" if rule.creator_id else f"kind:{rule.kind}"
        await audit.record(
            session, admin_id, "fee.end", subject, rule=str(rule.id), kind=rule.kind, percent=str(rule.percent)
        )
        await session.flush()
    return rule
