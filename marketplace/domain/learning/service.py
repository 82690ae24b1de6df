"""What a person owns and how far they are: the last position wins, what was reached never goes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.activity import service as activity
from marketplace.domain.courses import pace, taking
from marketplace.domain.learning import rules, store
from marketplace.domain.learning.models import Progress
from marketplace.keys import from_key, to_key
from marketplace.sql import Over

__all__ = ["Shelf", "consumed", "going", "library", "opened", "owned_count", "progress", "progress_of", "rules", "save"]

PAGE = 24


@dataclass(frozen=True, slots=True)
class Shelf:
    """A page of someone's library. ``next_key`` is opaque, empty on the last page."""

    product_ids: list[UUID]
    next_key: str


async def library(
    session: AsyncSession, account_id: UUID, *, standing: str = "", key: str = "", limit: int = PAGE
) -> Shelf:
    """Products with a live grant, the latest first; ``standing`` is one of ``rules.STANDINGS``, or empty for all."""
    rows = await store.owned(session, account_id, standing=standing, after=from_key(key), limit=limit + 1)
    shown = rows[:limit]
    return Shelf([row[2] for row in shown], to_key(shown[-1][0], shown[-1][1]) if len(rows) > limit else "")


async def going(session: AsyncSession, account_id: UUID, limit: int) -> list[UUID]:
    """Lessons and courses that were begun and can still be opened, the last one first."""
    begun = [*await store.going(session, account_id, limit), *await taking.going(session, account_id, limit)]
    return [product_id for _at, product_id in sorted(begun, reverse=True)[:limit]]


async def owned_count(session: AsyncSession, account_id: UUID) -> int:
    return await store.count(session, account_id)


async def opened(over: Over, account_id: UUID, product_id: UUID, *, duration_s: int) -> None:
    """The lesson's page was opened: from now on time passes in which it can be watched."""
    await store.opened(over, {"account": account_id, "product": product_id, "duration": duration_s, "now": now()})


async def save(
    over: Over, account_id: UUID, product_id: UUID, *, position_s: float, duration_s: int, trusted: bool = False
) -> tuple[int, bool]:
    """(furthest second, completed). ``duration_s`` is the video's as the server knows it, never the client's word. What
    counts as watched grows no faster than time passes; ``trusted``: the house's own word."""
    await activity.note(over, account_id)
    return await store.save(
        over,
        {
            "account": account_id, "product": product_id, "position": rules.clamp(position_s, duration_s),
            "duration": duration_s, "now": now(), "complete": rules.COMPLETE_AT_PERCENT, "trusted": trusted,
            "pace": pace.FASTEST, "slack": pace.SLACK_S,
        },
    )  # fmt: skip


async def consumed(session: AsyncSession, account_id: UUID, product_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Percent of each lesson and course that somebody began."""
    seen = await progress_of(session, account_id, product_ids)
    lessons = {p: rules.percent(row.furthest_s, row.duration_s, bool(row.completed_at)) for p, row in seen.items()}
    return lessons | await taking.consumed(session, account_id, product_ids)


async def progress(session: AsyncSession, account_id: UUID, product_id: UUID) -> Progress | None:
    return await store.progress(session, account_id, product_id)


async def progress_of(session: AsyncSession, account_id: UUID, product_ids: Sequence[UUID]) -> dict[UUID, Progress]:
    return {p.product_id: p for p in await store.progress_of(session, account_id, product_ids)}
