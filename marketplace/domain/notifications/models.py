"""Mails: written in the business transaction, sent by a job, once per key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from marketplace.domain.columns import created, moment


class OutgoingMail(SQLModel, table=True):
    __tablename__ = "outgoing_mail"
    __table_args__ = (Index("outgoing_mail_unsent", "created_at", postgresql_where=text("sent_at IS NULL")),)
    key: str = Field(primary_key=True)
    recipient: str
    subject: str
    text: str
    html: str
    leave: str = ""
    created_at: datetime = created()
    sent_at: datetime | None = moment()
