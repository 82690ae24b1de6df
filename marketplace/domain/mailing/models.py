"""Who asked for mail: of a creator's letters, or when a product comes out."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from marketplace.domain.columns import created, moment, pk, ref


class Subscriber(SQLModel, table=True):
    """One address on one list: of a product's waitlist, or without a product of its creator's letters. It counts once
    it is confirmed. Who leaves is deleted. ``told_at``: of a waitlist, when they were told of the release."""

    __tablename__ = "subscriber"
    __table_args__ = (
        Index(
            "subscriber_of_product", "product_id", "email", unique=True,
            postgresql_where=text("product_id IS NOT NULL"),
        ),
        Index("subscriber_of_creator", "creator_id", "email", unique=True, postgresql_where=text("product_id IS NULL")),
        Index("subscriber_by_list", "creator_id", "product_id", "id", postgresql_where=text("confirmed_at IS NOT NULL")),
        Index("subscriber_unconfirmed", "asked_at", postgresql_where=text("confirmed_at IS NULL")),
        Index(
            "subscriber_to_tell", "product_id", "id",
            postgresql_where=text("confirmed_at IS NOT NULL AND told_at IS NULL AND product_id IS NOT NULL"),
        ),
        Index("subscriber_by_email", "email"),
    )  # fmt: skip
    id: UUID = pk()
    creator_id: UUID = ref("account.id", index=False)
    product_id: UUID | None = Field(default=None, foreign_key="product.id", ondelete="CASCADE", nullable=True)
    email: str
    asked_at: datetime = created()
    confirmed_at: datetime | None = moment()
    told_at: datetime | None = moment()


class Letter(SQLModel, table=True):
    """What a creator writes to those who asked for it. State: draft → sending → sent. ``after`` is how far the list was
    gone through; ``total`` how many got it."""

    __tablename__ = "letter"
    __table_args__ = (
        Index("letter_by_creator", "creator_id", text("id DESC")),
        Index("letter_sending", "queued_at", postgresql_where=text("state = 'sending'")),
    )
    id: UUID = pk()
    creator_id: UUID = ref("account.id", index=False)
    subject: str = ""
    body_md: str = ""
    state: str = "draft"
    total: int = 0
    after: UUID | None = Field(default=None, nullable=True)
    created_at: datetime = created()
    updated_at: datetime = created()
    queued_at: datetime | None = moment()
    done_at: datetime | None = moment()


class LetterCopy(SQLModel, table=True):
    """One letter to one subscriber, once; ``mail_key`` is the mail that carries it. Who leaves stays counted."""

    __tablename__ = "letter_copy"
    letter_id: UUID = Field(primary_key=True, foreign_key="letter.id", ondelete="CASCADE")
    subscriber_id: UUID = Field(primary_key=True)
    mail_key: str
