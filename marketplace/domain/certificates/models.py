"""Certificates, and the keys they are signed with."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from marketplace.domain.columns import Json, created, document, moment, pk, ref


class Certificate(SQLModel, table=True):
    """That somebody completed a course. The database keeps what it says: another name is another row, which replaces
    this one. ``token`` is its public address, and the only way to find it. The name is emptied when its holder leaves."""

    __tablename__ = "certificate"
    __table_args__ = (
        Index(
            "certificate_current", "account_id", "product_id", unique=True, postgresql_where=text("replaced_at IS NULL")
        ),
        CheckConstraint("(revoked_at IS NULL) = (revoked_reason = '')", name="certificate_revoked_with_reason"),
        CheckConstraint("lessons > 0 AND version > 0", name="certificate_of_something"),
    )
    id: UUID = pk()
    token: str = Field(unique=True)
    account_id: UUID = ref("account.id", index=False)
    product_id: UUID = ref("product.id")
    creator_id: UUID = ref("account.id", index=False)
    name: str
    title: str
    creator_name: str
    version: int
    lessons: int
    completed_at: datetime = created()
    issued_at: datetime = created()
    replaced_at: datetime | None = moment()
    revoked_at: datetime | None = moment()
    revoked_reason: str = ""


class SigningKey(SQLModel, table=True):
    """A pair of keys. The private half is sealed with ``SECRET_KEY``; public ones stay, so that what they signed can be
    verified for ever."""

    __tablename__ = "signing_key"
    id: UUID = pk()
    public: Json = document()
    sealed: str
    created_at: datetime = created()
