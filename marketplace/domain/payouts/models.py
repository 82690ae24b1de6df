"""Creators' accounts at the payment provider, and the payouts to their banks."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from marketplace.domain.columns import Json, created, document, minor, moment, ref


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
    __tablename__ = "payout"
    id: str = Field(primary_key=True)
    creator_id: UUID = ref("account.id")
    currency: str
    amount_minor: int = minor()
    state: str
    failure: str = ""
    arrives_at: datetime | None = moment()
    created_at: datetime = created()
