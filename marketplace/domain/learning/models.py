"""How far a person is in a lesson."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from marketplace.domain.columns import created, moment


class Progress(SQLModel, table=True):
    """Seconds. ``position_s`` is where to resume, ``furthest_s`` never goes back, completion never undone."""

    __tablename__ = "progress"
    __table_args__ = (
        Index(
            "progress_unfinished", "account_id", text("updated_at DESC"), postgresql_where=text("completed_at IS NULL")
        ),
    )
    account_id: UUID = Field(primary_key=True, foreign_key="account.id", ondelete="RESTRICT")
    product_id: UUID = Field(primary_key=True, foreign_key="product.id", ondelete="RESTRICT")
    position_s: int = 0
    furthest_s: int = 0
    duration_s: int = 0
    started_at: datetime = created()
    updated_at: datetime = created()
    completed_at: datetime | None = moment()
