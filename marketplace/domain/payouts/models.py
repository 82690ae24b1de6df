"""Creators' accounts at the payment provider, and the payouts to their banks."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from marketplace.domain.columns import Json, created, document, minor, moment, pk, ref


class Merchant(SQLModel, table=True):
    """A creator's connected account as last seen at the provider. ``transfers`` must be active to be paid."""

    __tablename__ = "merchant"
    creator_id: UUID = Field(primary_key=True, foreign_key="account.id", ondelete="RESTRICT")
    account_id: str | None = Field(default=None, unique=True)
    country: str = "US"
    transfers: str = "none"
    requirements: list[Json] = document(list)
    reasons: list[str] = document(list)
    closed: bool = False
    created_at: datetime = created()
    synced_at: datetime | None = moment()


class Payout(SQLModel, table=True):
    """To a creator's bank, as the provider reports it. ``state`` is its: pending, in_transit, paid, failed, canceled."""

    __tablename__ = "payout"
    __table_args__ = (Index("payout_by_creator", "creator_id", text("created_at DESC")),)
    id: str = Field(primary_key=True)
    creator_id: UUID = ref("account.id")
    currency: str
    amount_minor: int = minor()
    state: str
    failure: str = ""
    failure_code: str = ""
    trace_id: str = ""
    automatic: bool = True
    arrives_at: datetime | None = moment()
    created_at: datetime = created()


class PayoutOrder(SQLModel, table=True):
    """A creator's "Pay out now": written before the provider is asked. State: asked → done or refused. One at a time
    for each currency, so that a click that comes twice pays once."""

    __tablename__ = "payout_order"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="payout_order_positive"),
        Index("payout_order_open", "creator_id", "currency", unique=True, postgresql_where=text("state = 'asked'")),
    )
    id: UUID = pk()
    creator_id: UUID = ref("account.id")
    account_id: str
    currency: str
    amount_minor: int = minor()
    state: str = "asked"
    payout_id: str | None = Field(default=None, unique=True)
    failure: str = ""
    created_at: datetime = created()
    done_at: datetime | None = moment()
