"""Documents and their numbers; the names and addresses that go on the next ones."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from marketplace.domain.columns import Json, created, document, minor, moment, pk, ref


class DocumentSeries(SQLModel, table=True):
    """A row per run of numbers. It is locked from the drawing of a number until the document is committed: no gaps."""

    __tablename__ = "document_series"
    seller_key: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    series: str = Field(primary_key=True)
    next_number: int = Field(default=1, sa_type=BigInteger, nullable=False)


class Document(SQLModel, table=True):
    """An invoice, a credit note, or the correction of a credit note whose refund came back. Never changed.

    ``seller``, ``buyer`` and ``lines`` are as they were then. ``paid_at`` is when the money moved: to the seller for
    an invoice, to the buyer for a credit note.
    """

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("seller_key", "number", name="document_number"),
        CheckConstraint("net_minor + tax_minor = total_minor", name="document_adds_up"),
        CheckConstraint(
            "(kind = 'invoice' AND refund_id IS NULL AND original_id IS NULL)"
            " OR (kind IN ('credit_note', 'correction') AND refund_id IS NOT NULL AND original_id IS NOT NULL)",
            name="document_kind",
        ),
        Index("document_invoice", "order_id", "seller_key", unique=True, postgresql_where=text("kind = 'invoice'")),
        Index(
            "document_credit_note", "refund_id", "seller_key", unique=True,
            postgresql_where=text("kind = 'credit_note'"),
        ),
        Index("document_correction", "original_id", unique=True, postgresql_where=text("kind = 'correction'")),
    )  # fmt: skip
    id: UUID = pk()
    kind: str
    seller_key: str
    number: str
    order_id: UUID = ref("order.id")
    order_number: int = Field(sa_type=BigInteger)
    refund_id: UUID | None = ref("refund.id", index=False, nullable=True)
    original_id: UUID | None = ref("document.id", nullable=True)
    buyer_id: UUID = ref("account.id")
    currency: str
    seller: Json = document()
    buyer: Json = document()
    lines: list[Json] = document(list)
    net_minor: int = minor()
    tax_minor: int = minor()
    total_minor: int = minor()
    tax_included: bool = False
    reverse_charge: bool = False
    paid_at: datetime | None = moment()
    issued_at: datetime = created()


class Address(SQLModel):
    """The columns of a postal address and a tax number."""

    line1: str = ""
    line2: str = ""
    postal_code: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    tax_id: str = ""


class BillingProfile(Address, table=True):
    """What a buyer wants on their invoices. Without a name, the account's stands there."""

    __tablename__ = "billing_profile"
    account_id: UUID = Field(primary_key=True, foreign_key="account.id", ondelete="RESTRICT")
    name: str = ""
    company: str = ""
    updated_at: datetime = created()


class SellerProfile(Address, table=True):
    """In whose name a creator sells, where creators are the sellers of record."""

    __tablename__ = "seller_profile"
    creator_id: UUID = Field(primary_key=True, foreign_key="account.id", ondelete="RESTRICT")
    name: str = ""
    updated_at: datetime = created()
