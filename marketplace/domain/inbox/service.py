"""The inbox: every verified event is stored once, and its handling queued in the same transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
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
from marketplace.sql import Over, rows

MAX_ATTEMPTS = 8
PER_JOB = 20
FIRST_WAIT = 2  # seconds, as for any job that fails

# Two web processes may store the same events at the same time: in order, so that neither waits for the other in a ring.
_STORE = (
    "INSERT INTO webhook_event (id, source, event_id, type, object_id, account_id, livemode, payload, state, attempts,"
    " error, occurred_at, received_at)"
    " SELECT id, source, event_id, type, object_id, account_id, livemode, payload, 'received', 0, '', occurred_at, %(now)s"
    " FROM jsonb_to_recordset(CAST(%(events)s AS jsonb)) AS e (id uuid, source text, event_id text, type text,"
    " object_id text, account_id text, livemode boolean, payload jsonb, occurred_at timestamptz)"
    " ON CONFLICT (source, event_id) DO NOTHING RETURNING id, source, event_id"
)


async def receive(over: Over, events: Sequence[ProviderEvent]) -> set[tuple[str, str]]:
    """Store events and queue their handling. Returns (source, event id) of those that this call stored:
    duplicates, also within the batch, change nothing."""
    if not events:
        return set()
    made = [_row(event) for event in sorted(events, key=lambda event: (event.source, event.id))]
    stored = await rows(over, _STORE, {"events": json.dumps(made), "now": now()})
    await _queue(over, [row[0] for row in stored])
    return {(row[1], row[2]) for row in stored}


def _row(event: ProviderEvent) -> dict[str, Any]:
    return {
        "id": str(new_id()), "source": event.source, "event_id": event.id, "type": event.type,
        "object_id": event.object_id, "account_id": event.account_id, "livemode": event.livemode,
        "payload": dict(event.payload), "occurred_at": datetime.fromtimestamp(event.created, UTC).isoformat(),
    }  # fmt: skip


async def _queue(over: Over, ids: Sequence[UUID]) -> None:
    """Jobs of several events each, since a job costs as much as an event that isn't ours."""
    parts = [[str(i) for i in ids[start : start + PER_JOB]] for start in range(0, len(ids), PER_JOB)]
    await enqueue_all(over, "inbox.handle", [{"id": part[0]} for part in parts if len(part) == 1], queue="webhooks")
    await enqueue_all(over, "inbox.handle_all", [{"ids": part} for part in parts if len(part) > 1], queue="webhooks")


async def waiting(session: AsyncSession, ids: Sequence[UUID]) -> list[WebhookEvent]:
    """Those of these events that are still to be handled."""
    query = select(WebhookEvent).where(col(WebhookEvent.id).in_(ids), WebhookEvent.state == "received")
    return list((await session.exec(query.order_by(col(WebhookEvent.id)))).all())


async def ignore(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """They aren't ours."""
    await rows(
        session,
        "UPDATE webhook_event SET state = 'ignored', handled_at = %(now)s WHERE id = ANY(%(ids)s) AND state = 'received'",
        {"ids": list(ids), "now": now()},
    )


async def try_later(session: AsyncSession, event_id: UUID) -> None:
    """Give an event that failed among others a job of its own."""
    later = now() + timedelta(seconds=FIRST_WAIT)
    await enqueue(session, "inbox.handle", {"id": str(event_id)}, at=later, queue="webhooks")


async def event(session: AsyncSession, event_id: UUID, *, lock: bool = False) -> WebhookEvent | None:
    return await session.get(WebhookEvent, event_id, with_for_update=lock, populate_existing=True)


async def finish(over: Over, event_id: UUID, state: str, error: str = "") -> None:
    """State ``handled``, ``ignored`` or ``parked``. What is handled stays handled."""
    await rows(
        over,
        "UPDATE webhook_event SET state = %(state)s, error = %(error)s, handled_at = %(now)s"
        " WHERE id = %(id)s AND state <> 'handled'",
        {"id": event_id, "state": state, "error": error[:1000].replace("\x00", ""), "now": now()},
    )


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
    await _queue(session, ids)


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
