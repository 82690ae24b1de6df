"""Reviews, and what they come to. Triggers keep the figures, and what follows from grants (migration 0025)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, Column, Computed, Index, SmallInteger, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from marketplace.domain.columns import created, moment, pk, ref

_SHOWN = "stands AND hidden_at IS NULL AND removed_at IS NULL"


class Review(SQLModel, table=True):
    """One for each person and product. ``stands``: its author has the product still, and no share in what it earns.
    Who takes a review back empties it, and the row stays: what was hidden can't come back as a new one. The database
    makes ``shown`` of these."""

    __tablename__ = "review"
    __table_args__ = (
        CheckConstraint("stars BETWEEN 1 AND 5", name="review_stars"),
        UniqueConstraint("product_id", "account_id", name="review_once"),
        Index(
            "review_newest", "product_id", text("created_at DESC"), text("id DESC"), postgresql_where=text("shown")
        ),
        Index("review_by_person", "account_id", "product_id"),
        Index(
            "review_reported", text("reported_at DESC"), text("id DESC"),
            postgresql_where=text("reported_at IS NOT NULL"),
        ),
        Index("review_hidden", text("hidden_at DESC"), text("id DESC"), postgresql_where=text("hidden_at IS NOT NULL")),
        Index("review_latest", text("created_at DESC"), text("id DESC"), postgresql_where=text("removed_at IS NULL")),
    )  # fmt: skip
    id: UUID = pk()
    product_id: UUID = ref("product.id", index=False)
    account_id: UUID = ref("account.id", index=False)
    stars: int = Field(sa_type=SmallInteger, nullable=False)
    words: str = ""
    created_at: datetime = created()
    edited_at: datetime | None = moment()
    removed_at: datetime | None = moment()
    stands: bool = True
    reply: str = ""
    replied_at: datetime | None = moment()
    reported_at: datetime | None = moment()
    report_reason: str = ""
    hidden_at: datetime | None = moment()
    hidden_reason: str = ""
    shown: bool | None = Field(
        default=None, sa_column=Column(Boolean, Computed(_SHOWN, persisted=True), nullable=False)
    )


class ReviewFigures(SQLModel, table=True):
    """Of the shown reviews of a product: how many, the sum of their stars, how many of each."""

    __tablename__ = "review_figures"
    product_id: UUID = Field(primary_key=True, foreign_key="product.id", ondelete="CASCADE")
    count: int = 0
    total: int = 0
    stars_1: int = 0
    stars_2: int = 0
    stars_3: int = 0
    stars_4: int = 0
    stars_5: int = 0


class ReviewPending(SQLModel, table=True):
    """Search doesn't know yet that the figures of this product changed."""

    __tablename__ = "review_pending"
    id: UUID = pk()
    product_id: UUID = Field(nullable=False)
