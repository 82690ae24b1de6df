"""People who get part of a product's sales besides its creator."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, text
from sqlmodel import Field, SQLModel

from marketplace.domain.columns import created, moment, pk, ref


class Partnership(SQLModel, table=True):
    """``percent`` of what the platform's fee leaves. ``role``: co_creator (every sale) or affiliate (sales that came
    through their link, which carries ``code``). State: invited → accepted or declined; ended by either side."""

    __tablename__ = "partnership"
    __table_args__ = (
        CheckConstraint("percent > 0 AND percent <= 100", name="partnership_percent"),
        Index(
            "partnership_once", "product_id", "email", "role", unique=True,
            postgresql_where=text("state IN ('invited','accepted')"),
        ),
        Index("partnership_by_email", "email", postgresql_where=text("state IN ('invited','accepted')")),
    )  # fmt: skip
    id: UUID = pk()
    product_id: UUID = ref("product.id")
    owner_id: UUID = ref("account.id")
    partner_id: UUID | None = ref("account.id", nullable=True)
    email: str
    role: str
    percent: Decimal = Field(sa_type=Numeric(6, 3), nullable=False)
    code: str = Field(unique=True)
    state: str = "invited"
    created_at: datetime = created()
    answered_at: datetime | None = moment()
    ended_at: datetime | None = moment()
