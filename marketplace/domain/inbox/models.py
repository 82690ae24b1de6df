"""Webhook events: stored once, handled by a job, parked with a reason when they can't be."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from marketplace.domain.columns import Json, created, document, moment, pk


class WebhookEvent(SQLModel, table=True):
    """State: received → handled, ignored (not one of ours) or parked (with ``error``)."""

    __tablename__ = "webhook_event"
    __table_args__ = (
        UniqueConstraint("source", "event_id"),
        Index("webhook_unhandled", "received_at", postgresql_where=text("state IN ('received','parked')")),
    )
    id: UUID = pk()
    source: str
    event_id: str
    type: str
    object_id: str = ""
    account_id: str = ""
    livemode: bool = False
    payload: Json = document()
    state: str = "received"
    attempts: int = 0
    error: str = ""
    occurred_at: datetime = created()
    received_at: datetime = created()
    handled_at: datetime | None = moment()


class SweepMark(SQLModel, table=True):
    """Up to when a source was asked for events that never arrived."""

    __tablename__ = "sweep_mark"
    source: str = Field(primary_key=True)
    until: datetime = created()
