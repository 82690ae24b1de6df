"""The inbox: every verified event is stored once, and its handling queued in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.inbox.models import SweepMark, WebhookEvent
from marketplace.domain.inbox.ports import ProviderEvent
from marketplace.ids import new_id
from marketplace.queue import enqueue, enqueue_all

MAX_ATTEMPTS = 8


async def receive(session: AsyncSession, events: Sequence[ProviderEvent]) -> set[tuple[str, str]]:
    """Store events and queue their handling. Returns (source, event id) of those that this call stored:
    duplicates, also within the batch, change nothing."""
    if not events:
        return set()
    made = await session.execute(
        insert(WebhookEvent)
        .values([_row(event) for event in events])
        .on_conflict_do_nothing(index_elements=["source", "event_id"])
        .returning(col(WebhookEvent.id), col(WebhookEvent.source), col(WebhookEvent.event_id))
    )
    stored = made.all()
    await enqueue_all(session, "inbox.handle", [{"id": str(row[0])} for row in stored], queue="webhooks")
    return {(row[1], row[2]) for row in stored}


def _row(event: ProviderEvent) -> dict[str, Any]:
    return {
        "id": new_id(), "source": event.source, "event_id": event.id, "type": event.type, "object_id": event.object_id,
        "account_id": event.account_id, "livemode": event.livemode, "payload": dict(event.payload), "state": "received",
        "attempts": 0, "error": "", "occurred_at": datetime.fromtimestamp(event.created, UTC), "received_at": now(),
    }  # fmt: skip


async def event(session: AsyncSession, event_id: UUID, *, lock: bool = False) -> WebhookEvent | None:
    return await session.get(WebhookEvent, event_id, with_for_update=lock, populate_existing=True)


async def finish(session: AsyncSession, event_id: UUID, state: str, error: str = "") -> None:
    """State ``handled``, ``ignored`` or ``parked``. What is handled stays handled."""
    row = await event(session, event_id, lock=True)
    if row is not None and row.state != "handled":
        row.state, row.error, row.handled_at = state, error[:1000], now()
        await session.flush()


async def attempt_failed(session: AsyncSession, event_id: UUID, error: str) -> bool:
    """Counts the failure. True when the event is now parked: people have to look at it."""
    row = await event(session, event_id, lock=True)
    if row is None or row.state != "received":
        return True
    row.attempts += 1
    row.error = error[:1000]
    if row.attempts >= MAX_ATTEMPTS:
        row.state = "parked"
    await session.flush()
    return row.state == "parked"


async def retry(session: AsyncSession, event_id: UUID) -> None:
    """An admin's "Try again" on a parked event."""
    row = await event(session, event_id, lock=True)
    if row is not None and row.state == "parked":
        row.state, row.attempts = "received", 0
        await enqueue(session, "inbox.handle", {"id": str(row.id)}, queue="webhooks")
        await session.flush()


async def queue_overdue(session: AsyncSession, before: datetime) -> None:
    """Handle again what was received before ``before`` and is still unhandled."""
    waiting = select(WebhookEvent.id).where(WebhookEvent.state == "received", WebhookEvent.received_at < before)
    ids = (await session.exec(waiting.order_by(col(WebhookEvent.received_at)).limit(500))).all()
    await enqueue_all(session, "inbox.handle", [{"id": str(i)} for i in ids], queue="webhooks")


async def parked(session: AsyncSession, limit: int = 100) -> list[WebhookEvent]:
    query = select(WebhookEvent).where(WebhookEvent.state == "parked")
    return list((await session.exec(query.order_by(col(WebhookEvent.received_at).desc()).limit(limit))).all())


async def recent(session: AsyncSession, limit: int = 50) -> list[WebhookEvent]:
    return list((await session.exec(select(WebhookEvent).order_by(col(WebhookEvent.id).desc()).limit(limit))).all())


async def swept_until(session: AsyncSession, source: str) -> datetime | None:
    row = await session.get(SweepMark, source)
    return row.until if row else None


async def mark_swept(session: AsyncSession, source: str, until: datetime) -> None:
    await session.execute(
        insert(SweepMark).values(source=source, until=until).on_conflict_do_update(
            index_elements=["source"], set_={"until": until}
        )
    )  # fmt: skip
