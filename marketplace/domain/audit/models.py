"""Who did what to whose money, access or account."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import SQLModel

from marketplace.domain.columns import Json, created, document, pk, ref


class AuditEvent(SQLModel, table=True):
    __tablename__ = "audit_event"
    __table_args__ = (Index("audit_by_subject", "subject", text("created_at DESC")),)
    id: UUID = pk()
    actor_id: UUID | None = ref("account.id", nullable=True)
    action: str
    subject: str
    detail: Json = document()
    created_at: datetime = created()
