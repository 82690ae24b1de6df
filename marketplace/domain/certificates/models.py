"""Certificates, and the keys they are signed with."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from marketplace.domain.columns import Json, created, document, moment, pk, ref


class Badge(SQLModel, table=True):
    """What is awarded to whoever meets its ``rule``. ``owner_id``: the creator who gives it; none: the house does.
    ``swept_at``: all who met it until then have it."""

    __tablename__ = "badge"
    __table_args__ = (Index("badge_by_owner", "owner_id", "id"),)
    id: UUID = pk()
    owner_id: UUID | None = ref("account.id", index=False, nullable=True)
    name: str
    description: str = ""
    skills: list[str] = document(list)
    rule: Json = document()
    created_at: datetime = created()
    archived_at: datetime | None = moment()
    swept_at: datetime | None = moment()


class BadgeCourse(SQLModel, table=True):
    """A course that a badge's rule asks about."""

    __tablename__ = "badge_course"
    badge_id: UUID = Field(primary_key=True, foreign_key="badge.id", ondelete="CASCADE")
    product_id: UUID = Field(primary_key=True, foreign_key="product.id", ondelete="CASCADE", index=True)


class Certificate(SQLModel, table=True):
    """That somebody completed a course, or was awarded a badge (then it has ``badge_id``, what it stands for, and the
    ``courses`` that it was earned with). The database keeps what it says: another name is another row, which replaces
    this one. ``token`` is its public address, and the only way to find it. The name is emptied when its holder leaves."""

    __tablename__ = "certificate"
    __table_args__ = (
        Index(
            "certificate_current", "account_id", "product_id", unique=True, postgresql_where=text("replaced_at IS NULL")
        ),
        CheckConstraint("(revoked_at IS NULL) = (revoked_reason = '')", name="certificate_revoked_with_reason"),
        Index(
            "certificate_badge", "badge_id", "account_id", unique=True,
            postgresql_where=text("replaced_at IS NULL AND badge_id IS NOT NULL"),
        ),
        CheckConstraint(
            "CASE WHEN badge_id IS NULL THEN product_id IS NOT NULL AND creator_id IS NOT NULL AND lessons > 0 AND version > 0"
            " ELSE product_id IS NULL AND narrative <> '' END",
            name="certificate_of_something",
        ),
    )  # fmt: skip
    id: UUID = pk()
    token: str = Field(unique=True)
    account_id: UUID = ref("account.id", index=False)
    product_id: UUID | None = ref("product.id", nullable=True)
    creator_id: UUID | None = ref("account.id", index=False, nullable=True)
    badge_id: UUID | None = ref("badge.id", index=False, nullable=True)
    name: str
    title: str
    creator_name: str
    version: int = 0
    lessons: int = 0
    description: str = ""
    narrative: str = ""
    skills: list[str] = document(list)
    courses: list[str] = document(list)
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
