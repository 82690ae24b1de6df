"""Presents: bought by one person, claimed by another through a link."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import SQLModel

from marketplace.domain.columns import created, moment, pk, ref


class Gift(SQLModel, table=True):
    """State: draft (in a basket) → paid → sent → claimed; returned when it was refunded in full."""

    __tablename__ = "gift"
    __table_args__ = (
        Index("gift_due", "deliver_at", postgresql_where=text("state = 'paid'")),
        Index("gift_by_giver", "giver_id", text("id DESC")),
    )
    id: UUID = pk()
    giver_id: UUID = ref("account.id", index=False)
    recipient_email: str
    recipient_name: str = ""
    note: str = ""
    deliver_at: datetime | None = moment()
    state: str = "draft"
    claimed_by: UUID | None = ref("account.id", nullable=True)
    created_at: datetime = created()
    sent_at: datetime | None = moment()
    claimed_at: datetime | None = moment()
