"""The basket of a signed-in person. It reserves nothing; orders do."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field, SQLModel

from marketplace.domain.columns import created, minor, pk, ref


class CartItem(SQLModel, table=True):
    """``seen_minor`` of ``seen_currency`` is the price its owner last agreed to; ``offered_minor`` what they typed
    where the price is theirs to choose. A present is an item of its own, beside one for oneself."""

    __tablename__ = "cart_item"
    __table_args__ = (
        Index("cart_item_once", "account_id", "product_id", unique=True, postgresql_where=text("gift_id IS NULL")),
        Index("cart_by_account", "account_id", "added_at"),
    )
    id: UUID = pk()
    account_id: UUID = ref("account.id", index=False)
    product_id: UUID = ref("product.id", index=False)
    gift_id: UUID | None = ref("gift.id", index=False, nullable=True, unique=True)
    offered_minor: int | None = Field(default=None, sa_type=BigInteger)
    seen_minor: int = minor()
    seen_currency: str = "usd"
    via: str = ""
    added_at: datetime = created()


class CartCode(SQLModel, table=True):
    """The coupon code that stands in somebody's basket."""

    __tablename__ = "cart_code"
    account_id: UUID = Field(primary_key=True, foreign_key="account.id", ondelete="RESTRICT")
    code: str
