"""What was sold, refunded and looked at: the events, and the sums that pages read.

Products are named by id without a foreign key: a draft can be deleted, and without an index on ``product_id`` that
would look through all of these rows. A product that was sold stays because of its order lines.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field, SQLModel

from marketplace.domain.columns import created, minor, moment, pk, ref


def count() -> int:
    """A number of things; events of refunds that came back count backwards."""
    return Field(default=0, sa_type=BigInteger, nullable=False)  # type: ignore[no-any-return]


def part(target: str = "") -> UUID:
    """A part of a primary key."""
    return Field(primary_key=True, foreign_key=target or None, ondelete="RESTRICT" if target else None)  # type: ignore[no-any-return,call-overload]


class Figures(SQLModel):
    """What adds up. ``gross_minor`` is what buyers paid, ``net_minor`` the creator's part of it, ``discount_minor``
    what buyers didn't have to pay; ``buyers`` are those who hadn't bought this product before. ``shares`` are sales of
    others' products that the creator has a part in: ``shared_minor`` came to them, ``shared_back_minor`` went back.
    """

    sales: int = count()
    units: int = count()
    buyers: int = count()
    gross_minor: int = minor()
    net_minor: int = minor()
    discount_minor: int = minor()
    refunds: int = count()
    refunded_minor: int = minor()
    refunded_net_minor: int = minor()
    shares: int = count()
    shared_minor: int = minor()
    shared_back_minor: int = minor()


class SaleEvent(Figures, table=True):
    """One sale, refund, or refund that came back, for one creator; never changed. ``line_id`` is its order line.

    ``partner``: the product is another's, and ``creator_id`` has a share in it. The buyer is no customer of theirs.
    """

    __tablename__ = "sale_event"
    __table_args__ = (
        Index("sale_event_by_creator", "creator_id", "at", "id"),
        Index("sale_event_by_buyer", "creator_id", "buyer_id", "product_id"),
    )
    id: UUID = pk()
    key: str = Field(unique=True)
    creator_id: UUID = ref("account.id", index=False)
    buyer_id: UUID = ref("account.id", index=False)
    product_id: UUID
    line_id: UUID | None = Field(default=None)
    currency: str
    at: datetime = created()
    day: date
    partner: bool = False


class SalePending(SQLModel, table=True):
    """An event that the sums below don't hold yet. Folding it in deletes this row, in one transaction."""

    __tablename__ = "sale_pending"
    __table_args__ = (Index("sale_pending_by_creator", "creator_id"),)
    event_id: UUID = part("sale_event.id")
    creator_id: UUID


class StatsDay(Figures, table=True):
    """A creator's day (UTC) in one currency. Visitors of pages without a price are under the currency ""."""

    __tablename__ = "stats_day"
    creator_id: UUID = part("account.id")
    currency: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    visitors: int = count()


class StatsProductDay(Figures, table=True):
    """The same for each product."""

    __tablename__ = "stats_product_day"
    __table_args__ = (Index("stats_product_day_by_day", "creator_id", "currency", "day"),)
    creator_id: UUID = part("account.id")
    currency: str = Field(primary_key=True)
    product_id: UUID = part()
    day: date = Field(primary_key=True)
    visitors: int = count()


class StatsProductMonth(Figures, table=True):
    """The same for whole months, so that years of many products are few rows. ``day`` is the first of the month."""

    __tablename__ = "stats_product_month"
    creator_id: UUID = part("account.id")
    currency: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    product_id: UUID = part()
    visitors: int = count()


class Customer(SQLModel, table=True):
    """Who bought from whom, how often and when. ``last_at`` is empty while only a refund is known."""

    __tablename__ = "customer"
    __table_args__ = (Index("customer_recent", "creator_id", text("last_at DESC"), text("buyer_id DESC")),)
    creator_id: UUID = part("account.id")
    buyer_id: UUID = part("account.id")
    purchases: int = count()
    first_at: datetime | None = moment()
    last_at: datetime | None = moment()


class CustomerSpend(SQLModel, table=True):
    """What a customer spent in one currency; ``kept_minor`` is what of it wasn't refunded."""

    __tablename__ = "customer_spend"
    __table_args__ = (
        Index("customer_spend_most", "creator_id", "currency", text("kept_minor DESC"), text("buyer_id DESC")),
    )
    creator_id: UUID = part("account.id")
    buyer_id: UUID = part("account.id")
    currency: str = Field(primary_key=True)
    purchases: int = count()
    spent_minor: int = minor()
    refunded_minor: int = minor()
    kept_minor: int = minor()


class Visit(SQLModel, table=True):
    """Somebody looked at a product's page on a day: kept for two days, so that nobody is counted twice."""

    __tablename__ = "visit"
    product_id: UUID = part()
    day: date = Field(primary_key=True)
    visitor: str = Field(primary_key=True)


class VisitSalt(SQLModel, table=True):
    """The day's secret that visitors' digests are made with. It is deleted when the day is over."""

    __tablename__ = "visit_salt"
    day: date = Field(primary_key=True)
    salt: str
