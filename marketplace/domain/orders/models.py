"""Orders, refunds, disputes, and the transfers that pay creators. All amounts in minor units."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, Numeric, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from marketplace.domain.columns import Json, created, document, minor, moment, pk, ref


class Order(SQLModel, table=True):
    """State: pending → paid, or processing (a slow payment method) → paid; failed, expired, canceled.

    A paid order stays paid: refunds and disputes are rows of their own. ``total_minor`` is what the goods cost after
    discounts and before ``tax_minor``; ``tax_included``: the prices that the buyer saw held that tax; ``fingerprint`` tells the same
    basket again. ``fee_minor`` is the provider's own fee, ``estimated_fee_minor`` what was booked while it was unknown.
    Transfers wait ``hold_days`` after payment.
    ``source``, ``medium`` and ``campaign`` say where the buyer first came from. ``buyer_details`` is what the payment
    page asked for: name, address, country, tax number.
    """

    __tablename__ = "order"
    __table_args__ = (
        CheckConstraint(
            "refunded_minor >= 0 AND disputed_minor >= 0 AND refunded_minor + disputed_minor <= total_minor + tax_minor",
            name="order_taken_within_paid",
        ),
        Index("order_by_buyer", "buyer_id", text("created_at DESC")),
        Index("order_open", "expires_at", postgresql_where=text("state IN ('pending','processing')")),
        Index(
            "order_fee_missing", "id",
            postgresql_where=text("state = 'paid' AND fee_minor IS NULL AND charge_id IS NOT NULL"),
        ),
    )  # fmt: skip
    id: UUID = pk()
    number: int = Field(
        sa_type=BigInteger, sa_column_args=(Identity(start=100001),), unique=True, nullable=False, default=None
    )
    buyer_id: UUID = ref("account.id", index=False)
    state: str = "pending"
    currency: str
    total_minor: int = minor()
    discount_minor: int = minor()
    tax_minor: int = minor()
    tax_included: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    refunded_minor: int = minor()
    disputed_minor: int = minor()
    fingerprint: str = ""
    coupon_id: UUID | None = ref("coupon.id", nullable=True)
    coupon_code: str = ""
    source: str = ""
    medium: str = ""
    campaign: str = ""
    hold_days: int = 0
    buyer_details: Json = document(dict)
    checkout_id: str | None = Field(default=None, unique=True)
    checkout_url: str = ""
    payment_intent_id: str | None = Field(default=None, unique=True)
    charge_id: str | None = Field(default=None, unique=True)
    fee_minor: int | None = Field(default=None, sa_type=BigInteger)
    estimated_fee_minor: int = minor()
    failure: str = ""
    created_at: datetime = created()
    expires_at: datetime = created()
    paid_at: datetime | None = moment()


class OrderLine(SQLModel, table=True):
    """One product sold, as it was at checkout.

    ``amount_minor`` is the price after the discount and before tax, ``tax_percent`` the tax's rate where the provider
    said it. ``subsidy_minor`` is the part of the discount that
    the platform bears; the rest is the creator's. ``shares_minor`` goes to the payees (:class:`Share`). ``open`` is
    true while the order can still be paid: the unique index makes a second open order for the same thing impossible.
    ``refunded_minor`` and ``disputed_minor`` count what the buyer got back, tax included.
    """

    __tablename__ = "order_line"
    __table_args__ = (
        CheckConstraint("shares_minor + fee_minor = amount_minor + subsidy_minor", name="line_split_is_exact"),
        CheckConstraint(
            "list_minor - discount_minor = amount_minor AND subsidy_minor BETWEEN 0 AND discount_minor AND amount_minor >= 0",
            name="line_discount_is_exact",
        ),
        CheckConstraint(
            "refunded_minor >= 0 AND disputed_minor >= 0 AND refunded_minor + disputed_minor <= amount_minor + tax_minor",
            name="line_taken_within_amount",
        ),
        Index(
            "order_line_open", "buyer_id", "product_id", unique=True,
            postgresql_where=text("open AND gift_id IS NULL"),
        ),
        Index("order_line_by_creator", "creator_id", text("id DESC")),
    )  # fmt: skip
    id: UUID = pk()
    order_id: UUID = ref("order.id")
    buyer_id: UUID = ref("account.id", index=False)
    product_id: UUID = ref("product.id")
    creator_id: UUID = ref("account.id", index=False)
    title: str
    currency: str
    list_minor: int = minor()
    discount_minor: int = minor()
    subsidy_minor: int = minor()
    amount_minor: int = minor()
    tax_minor: int = minor()
    tax_percent: Decimal | None = Field(default=None, sa_type=Numeric(6, 3))
    fee_percent: Decimal = Field(default=Decimal(0), sa_type=Numeric(6, 3), nullable=False)
    fee_minor: int = minor()
    shares_minor: int = minor()
    refunded_minor: int = minor()
    disputed_minor: int = minor()
    refund_days: int = 0
    refund_max_percent: int = 100
    bundle_id: UUID | None = ref("product.id", nullable=True)
    bundle_title: str = ""
    gift_id: UUID | None = ref("gift.id", nullable=True)
    open: bool = True


class Share(SQLModel, table=True):
    """What one payee gets of a line. ``role``: creator (also gets the odd cent), co_creator, affiliate.

    ``taken_minor`` is the part of refunds and disputes that falls on this payee; ``debt_minor`` what a short reversal
    left them owing; ``withheld_minor`` what was kept back from this share to pay such debt. ``refused``: why the provider
    wouldn't transfer it although the account takes money.
    """

    __tablename__ = "share"
    __table_args__ = (
        UniqueConstraint("line_id", "payee_id", "role"),
        CheckConstraint("amount_minor >= 0 AND taken_minor BETWEEN 0 AND amount_minor", name="share_amounts"),
        Index("share_by_payee", "payee_id", text("line_id DESC")),
        Index("share_unsettled", "id", postgresql_where=text("NOT settled")),
        Index("share_refused", "id", postgresql_where=text("refused <> ''")),
    )
    id: UUID = pk()
    order_id: UUID = ref("order.id")
    line_id: UUID = ref("order_line.id", index=False)
    payee_id: UUID = ref("account.id", index=False)
    role: str = "creator"
    percent: Decimal | None = Field(default=None, sa_type=Numeric(6, 3), nullable=True)
    currency: str
    amount_minor: int = minor()
    taken_minor: int = minor()
    withheld_minor: int = minor()
    debt_minor: int = minor()
    settled: bool = True
    refused: str = ""


class Refund(SQLModel, table=True):
    """State: requested → pending → succeeded, or failed (the money came back), or refused by the provider.

    One provider's refund made in its dashboard may be spread over several lines, so over several rows.
    """

    __tablename__ = "refund"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="refund_positive"),
        UniqueConstraint("provider_id", "line_id"),
        Index("refund_unsettled", "created_at", postgresql_where=text("state IN ('requested','pending')")),
    )
    id: UUID = pk()
    order_id: UUID = ref("order.id")
    line_id: UUID = ref("order_line.id")
    amount_minor: int = minor()
    shares_minor: int = minor()
    tax_minor: int = minor()
    currency: str
    state: str = "requested"
    provider_id: str | None = Field(default=None)
    revoke_access: bool = True
    note: str = ""
    failure: str = ""
    requested_by: UUID | None = ref("account.id", index=False, nullable=True)
    created_at: datetime = created()
    settled_at: datetime | None = moment()


class RefundAsk(SQLModel, table=True):
    """A buyer's own "Ask for a refund", and how it was decided. State: approved (by the policy), declined (by the
    policy), asked (the buyer wants the creator to look), granted, refused (by a person)."""

    __tablename__ = "refund_ask"
    __table_args__ = (
        Index("refund_ask_waiting", "creator_id", "created_at", postgresql_where=text("state = 'asked'")),
    )
    id: UUID = pk()
    line_id: UUID = ref("order_line.id", unique=True)
    buyer_id: UUID = ref("account.id")
    creator_id: UUID = ref("account.id", index=False)
    words: str = ""
    state: str
    reason: str = ""
    answer: str = ""
    answered_by: UUID | None = ref("account.id", index=False, nullable=True)
    created_at: datetime = created()
    answered_at: datetime | None = moment()


class Dispute(SQLModel, table=True):
    """A buyer's bank takes a payment back. ``status`` is the provider's (needs_response, under_review, won, lost,
    warning_… for inquiries that move no money); ``evidence`` is our draft until it is submitted. From ``sending_at`` on
    nobody changes it; ``refusal`` is why the provider didn't take it, and then it may be changed again.

    ``withdrawn_minor`` is what the provider has taken from the platform at this moment, its fee apart;
    ``loss_minor`` the part of it that no line covers (it was refunded before).
    """

    __tablename__ = "dispute"
    __table_args__ = (Index("dispute_open", "due_at", postgresql_where=text("closed_at IS NULL")),)
    id: str = Field(primary_key=True)
    order_id: UUID = ref("order.id")
    amount_minor: int = minor()
    currency: str
    reason: str = ""
    status: str
    due_at: datetime | None = moment()
    withdrawn_minor: int = minor()
    loss_minor: int = minor()
    fee_minor: int = minor()
    evidence: Json = document(dict)
    sending_at: datetime | None = moment()
    refusal: str = ""
    submitted_at: datetime | None = moment()
    created_at: datetime = created()
    closed_at: datetime | None = moment()


class DisputeFile(SQLModel, table=True):
    """A file of the answer to a dispute, one for each of the provider's fields. The provider has its bytes, we don't.
    ``added_by`` is empty for what the product attached itself."""

    __tablename__ = "dispute_file"
    __table_args__ = (UniqueConstraint("dispute_id", "field"), CheckConstraint("size > 0", name="dispute_file_size"))
    id: UUID = pk()
    dispute_id: str = Field(foreign_key="dispute.id", ondelete="RESTRICT")
    field: str
    name: str
    kind: str
    size: int
    provider_id: str
    added_by: UUID | None = ref("account.id", index=False, nullable=True)
    created_at: datetime = created()


class DisputePart(SQLModel, table=True):
    """How much of a dispute lies on one line."""

    __tablename__ = "dispute_part"
    dispute_id: str = Field(primary_key=True, foreign_key="dispute.id", ondelete="RESTRICT")
    line_id: UUID = Field(primary_key=True, foreign_key="order_line.id", ondelete="RESTRICT", index=True)
    amount_minor: int = minor()


class Transfer(SQLModel, table=True):
    """Money on its way to a payee. Written as ``intended`` before the provider is called, ``done`` after."""

    __tablename__ = "transfer"
    __table_args__ = (
        CheckConstraint("amount_minor > 0 AND reversed_minor BETWEEN 0 AND amount_minor", name="transfer_amounts"),
        Index("transfer_intended", "created_at", postgresql_where=text("state = 'intended'")),
    )
    id: UUID = pk()
    order_id: UUID = ref("order.id")
    share_id: UUID = ref("share.id")
    creator_id: UUID = ref("account.id")
    account_id: str
    currency: str
    amount_minor: int = minor()
    reversed_minor: int = minor()
    from_charge: bool = True
    state: str = "intended"
    provider_id: str | None = Field(default=None, unique=True)
    created_at: datetime = created()
    done_at: datetime | None = moment()


class Reversal(SQLModel, table=True):
    """Money taken back from a payee; ``amount_minor`` is what the provider could take of ``asked_minor``."""

    __tablename__ = "reversal"
    __table_args__ = (Index("reversal_intended", "created_at", postgresql_where=text("state = 'intended'")),)
    id: UUID = pk()
    transfer_id: UUID = ref("transfer.id")
    share_id: UUID = ref("share.id")
    asked_minor: int = minor()
    amount_minor: int = minor()
    state: str = "intended"
    provider_id: str | None = Field(default=None, unique=True)
    created_at: datetime = created()
    done_at: datetime | None = moment()
