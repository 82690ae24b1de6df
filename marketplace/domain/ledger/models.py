"""The double-entry journal. Debits are positive, credits negative; each entry sums to zero per currency.

The database enforces it: a deferred constraint trigger checks every entry at commit, and rows can be
neither changed nor deleted. Another trigger adds each posting to the sums that balances are read from.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, SmallInteger, text
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
    """``owner_id`` is the creator of a per-creator account, empty for the platform's own.

    ``about_id`` is the creator out of whose business a platform's posting came (the fee on their sale), so
    that their statement can show it.
    """

    __tablename__ = "ledger_posting"
    __table_args__ = (
        Index(
            "ledger_posting_by_owner",
            "owner_id",
            "currency",
            text("entry_id DESC"),
            postgresql_include=["account", "amount_minor"],
            postgresql_where=text("owner_id IS NOT NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    entry_id: UUID = ref("ledger_entry.id")
    account: str
    owner_id: UUID | None = ref("account.id", index=False, nullable=True)
    about_id: UUID | None = ref("account.id", index=False, nullable=True)
    currency: str
    amount_minor: int = Field(sa_type=BigInteger)
    memo: str = ""


class Balance(SQLModel, table=True):
    """The sum of an account's postings, kept by the database in shards: transactions that run at the same
    time add to different rows. ``owner_id`` is :data:`~marketplace.domain.ledger.store.NOBODY` for the platform."""

    __tablename__ = "ledger_balance"
    __table_args__ = (Index("ledger_balance_debt", "owner_id", "currency", postgresql_where=text("account = 'debt'")),)
    owner_id: UUID = Field(primary_key=True)
    currency: str = Field(primary_key=True)
    account: str = Field(primary_key=True)
    shard: int = Field(primary_key=True, sa_type=SmallInteger, sa_column_kwargs={"autoincrement": False})
    amount_minor: int = Field(sa_type=BigInteger)


class Flow(SQLModel, table=True):
    """What each kind of event did to a creator's accounts, and to the platform's about them; kept like balances."""

    __tablename__ = "ledger_flow"
    creator_id: UUID = Field(primary_key=True)
    currency: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    account: str = Field(primary_key=True)
    shard: int = Field(primary_key=True, sa_type=SmallInteger, sa_column_kwargs={"autoincrement": False})
    amount_minor: int = Field(sa_type=BigInteger)
