"""Orders, refunds, and the transfers that pay creators. All amounts in minor units."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, text
from sqlmodel import Field, SQLModel

from marketplace.domain.columns import created, minor, moment, pk, ref


class Order(SQLModel, table=True):
    """State: pending → paid, or processing (a slow payment method) → paid; failed, expired, canceled.

    A paid order stays paid: refunds are rows of their own.
    """

    __tablename__ = "order"
    __table_args__ = (
        CheckConstraint("refunded_minor >= 0 AND refunded_minor <= total_minor", name="order_refund_within_total"),
        Index("order_by_buyer", "buyer_id", text("created_at DESC")),
        Index("order_open", "expires_at", postgresql_where=text("state IN ('pending','processing')")),
    )
    id: UUID = pk()
    number: int = Field(
        sa_type=BigInteger, sa_column_args=(Identity(start=100001),), unique=True, nullable=False, default=None
    )
    buyer_id: UUID = ref("account.id", index=False)
    state: str = "pending"
    currency: str
    total_minor: int = minor()
    refunded_minor: int = minor()
    checkout_id: str | None = Field(default=None, unique=True)
    checkout_url: str = ""
    payment_intent_id: str | None = Field(default=None, unique=True)
    charge_id: str | None = Field(default=None, unique=True)
    fee_minor: int | None = Field(default=None, sa_type=BigInteger)
    failure: str = ""
    created_at: datetime = created()
    expires_at: datetime = created()
    paid_at: datetime | None = moment()


class OrderLine(SQLModel, table=True):
    """One product sold. ``creator_minor + fee_minor = amount_minor``, snapshotted at checkout.

    ``open`` is true while the order can still be paid: the unique index makes a second open order
    for the same thing impossible. ``debt_minor``: what a short reversal left the creator owing;
    ``withheld_minor``: what was kept back from this line to pay such debt.
    """

    __tablename__ = "order_line"
    __table_args__ = (
        CheckConstraint("creator_minor + fee_minor = amount_minor", name="line_split_is_exact"),
        CheckConstraint(
            "refunded_minor >= 0 AND refunded_minor <= amount_minor AND refunded_creator_minor <= creator_minor",
            name="line_refund_within_amount",
        ),
        Index("order_line_open", "buyer_id", "product_id", unique=True, postgresql_where=text("open")),
        Index("order_line_by_creator", "creator_id", text("id DESC")),
    )
    id: UUID = pk()
    order_id: UUID = ref("order.id")
    buyer_id: UUID = ref("account.id", index=False)
    product_id: UUID = ref("product.id")
    creator_id: UUID = ref("account.id", index=False)
    title: str
    currency: str
    amount_minor: int = minor()
    fee_minor: int = minor()
    creator_minor: int = minor()
    refunded_minor: int = minor()
    refunded_creator_minor: int = minor()
    withheld_minor: int = minor()
    debt_minor: int = minor()
    open: bool = True


class Refund(SQLModel, table=True):
    """State: requested → pending → succeeded, or failed (the money came back), or refused by the provider."""

    __tablename__ = "refund"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="refund_positive"),
        Index("refund_unsettled", "created_at", postgresql_where=text("state IN ('requested','pending')")),
    )
    id: UUID = pk()
    order_id: UUID = ref("order.id")
    line_id: UUID = ref("order_line.id")
    amount_minor: int = minor()
    creator_minor: int = minor()
    currency: str
    state: str = "requested"
    provider_id: str | None = Field(default=None, unique=True)
    revoke_access: bool = True
    note: str = ""
    failure: str = ""
    requested_by: UUID | None = ref("account.id", index=False, nullable=True)
    created_at: datetime = created()
    settled_at: datetime | None = moment()


class Transfer(SQLModel, table=True):
    """Money on its way to a creator. Written as ``intended`` before the provider is called, ``done`` after."""

    __tablename__ = "transfer"
    __table_args__ = (
        CheckConstraint("amount_minor > 0 AND reversed_minor BETWEEN 0 AND amount_minor", name="transfer_amounts"),
    )
    id: UUID = pk()
    line_id: UUID = ref("order_line.id")
    creator_id: UUID = ref("account.id")
    account_id: str
    currency: str
    amount_minor: int = minor()
    reversed_minor: int = minor()
    state: str = "intended"
    provider_id: str | None = Field(default=None, unique=True)
    created_at: datetime = created()
    done_at: datetime | None = moment()


class Reversal(SQLModel, table=True):
    """Money taken back from a creator; ``amount_minor`` is what the provider could take of ``asked_minor``."""

    __tablename__ = "reversal"
    id: UUID = pk()
    transfer_id: UUID = ref("transfer.id")
    line_id: UUID = ref("order_line.id")
    asked_minor: int = minor()
    amount_minor: int = minor()
    state: str = "intended"
    provider_id: str | None = Field(default=None, unique=True)
    created_at: datetime = created()
    done_at: datetime | None = moment()
