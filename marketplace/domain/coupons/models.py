"""Coupons of creators and of the platform. One per order; codes are unique over the whole site."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Numeric, text
from sqlmodel import Field, SQLModel

from marketplace.domain.columns import created, document, minor, moment, pk, ref


class Coupon(SQLModel, table=True):
    """``owner_id`` is the creator who bears the discount, empty when the platform does. Either ``percent`` or
    ``amount_minor`` of ``currency``. ``taken`` counts uses that are held by open orders or done: the check keeps it
    within ``max_uses`` whoever comes at the same time. ``products`` are ids, empty for all of the owner's."""

    __tablename__ = "coupon"
    __table_args__ = (
        CheckConstraint("taken >= 0 AND (max_uses IS NULL OR taken <= max_uses)", name="coupon_within_cap"),
        CheckConstraint("(percent IS NULL) <> (amount_minor IS NULL)", name="coupon_one_kind"),
        CheckConstraint("percent IS NULL OR (percent > 0 AND percent <= 100)", name="coupon_percent"),
        Index("coupon_code_unique", text("upper(code)"), unique=True),
        Index("coupon_by_owner", "owner_id", text("id DESC")),
    )
    id: UUID = pk()
    owner_id: UUID | None = ref("account.id", index=False, nullable=True)
    code: str
    percent: Decimal | None = Field(default=None, sa_type=Numeric(6, 3), nullable=True)
    amount_minor: int | None = Field(default=None, sa_type=BigInteger, nullable=True)
    currency: str = ""
    products: list[str] = document(list)
    starts_at: datetime | None = moment()
    ends_at: datetime | None = moment()
    max_uses: int | None = None
    max_per_person: int | None = None
    min_minor: int = minor()
    first_purchase_only: bool = False
    active: bool = True
    taken: int = 0
    created_at: datetime = created()


class CouponUse(SQLModel, table=True):
    """One use by one order. State: held (the order is open) → used (paid), or released."""

    __tablename__ = "coupon_use"
    __table_args__ = (
        Index("coupon_use_by_person", "coupon_id", "buyer_id", postgresql_where=text("state <> 'released'")),
    )
    order_id: UUID = Field(primary_key=True, foreign_key="order.id", ondelete="RESTRICT")
    coupon_id: UUID = ref("coupon.id", index=False)
    buyer_id: UUID = ref("account.id", index=False)
    amount_minor: int = minor()
    currency: str
    state: str = "held"
    created_at: datetime = created()
