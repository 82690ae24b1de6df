"""Notes and bookmarks: each belongs to one learner, and nobody else ever reads it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from marketplace.domain.columns import created, moment, pk, ref

_LIVE = text("deleted_at IS NULL")


class Note(SQLModel, table=True):
    """At ``at_s`` seconds of a video (``block_id``), or on the lesson as a whole. ``lesson_id`` is a course's lesson, or
    the product itself where that is one lesson. ``revision`` grows with every change: a second tab that came late is told.
    """

    __tablename__ = "note"
    __table_args__ = (
        CheckConstraint("at_s IS NULL OR at_s >= 0", name="note_time"),
        Index("note_by_lesson", "account_id", "product_id", "lesson_id", "id", postgresql_where=_LIVE),
        Index("note_by_course", "account_id", "product_id", text("id DESC"), postgresql_where=_LIVE),
        Index("note_deleted", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL")),
    )
    id: UUID = pk()
    account_id: UUID = ref("account.id", index=False)
    product_id: UUID = ref("product.id", index=False)
    lesson_id: UUID = Field(nullable=False)
    block_id: UUID | None = None
    at_s: int | None = None
    bookmark: bool = False
    words: str = ""
    revision: int = 1
    created_at: datetime = created()
    updated_at: datetime = created()
    deleted_at: datetime | None = moment()
