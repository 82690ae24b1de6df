"""The double-entry journal. Debits are positive, credits negative; each entry sums to zero per currency.

The database enforces it: a deferred constraint trigger checks every entry at commit, and rows can be
neither changed nor deleted.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field, SQLModel

from marketplace.domain.columns import created, pk, ref


class Entry(SQLModel, table=True):
    """``key`` is the business event (``sale:<line>``): the same event can't be booked twice."""

    __tablename__ = "ledger_entry"
    __table_args__ = (Index("ledger_entry_by_line", "line_id"),)
    id: UUID = pk()
    key: str = Field(unique=True)
    kind: str
    memo: str = ""
    order_id: UUID | None = ref("order.id", nullable=True)
    line_id: UUID | None = ref("order_line.id", index=False, nullable=True)
    created_at: datetime = created()


class Posting(SQLModel, table=True):
    """``owner_id`` is the creator of a per-creator account, empty for the platform's own."""

    __tablename__ = "ledger_posting"
    __table_args__ = (
        Index(
            "ledger_posting_by_account",
            "account",
            "owner_id",
            "currency",
            text("id DESC"),
            postgresql_include=["amount_minor"],
        ),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    entry_id: UUID = ref("ledger_entry.id")
    account: str
    owner_id: UUID | None = ref("account.id", index=False, nullable=True)
    currency: str
    amount_minor: int = Field(sa_type=BigInteger)
