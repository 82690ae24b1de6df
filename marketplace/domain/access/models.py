"""Grants: why someone may open something. Access is computed from live grants, never stored as a flag."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import SQLModel

from marketplace.domain.columns import created, moment, pk, ref


class Grant(SQLModel, table=True):
    """One source of access: ``source`` is order, free or gift; ``source_id`` the row that gave it."""

    __tablename__ = "grant"
    __table_args__ = (
        UniqueConstraint("source", "source_id"),
        Index("grant_by_account", "account_id", "product_id"),
        Index("grant_by_product", "product_id"),
        Index(
            "grant_live", "account_id", text("granted_at DESC"), text("id DESC"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )  # fmt: skip
    id: UUID = pk()
    account_id: UUID = ref("account.id", index=False)
    product_id: UUID = ref("product.id", index=False)
    source: str
    source_id: str
    granted_at: datetime = created()
    revoked_at: datetime | None = moment()
    revoked_reason: str = ""
