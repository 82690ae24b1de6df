"""What each look at the provider's books found, and the money that is kept still because they don't match ours."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import SQLModel

from marketplace.domain.columns import Json, created, document, minor, moment, pk, ref


class ProofResult(SQLModel, table=True):
    """One look at one creator's money in one currency; without a creator, at the platform's.

    The three figures are the balance at the provider as our journal has it, as the provider's objects add up
    to, and as the provider states it. What is still under way is in none of them. ``differences`` has both
    sides of each object that differs. ``since`` is empty when everything was compared; ``cursor`` and the
    two sums after it are how far the provider's statement of the platform was read, and what it came to.
    """

    __tablename__ = "proof_result"
    __table_args__ = (
        Index("proof_result_latest", "creator_id", "currency", text("id DESC")),
        Index("proof_result_old", "checked_at", postgresql_where=text("matched")),
    )
    id: UUID = pk()
    creator_id: UUID | None = ref("account.id", index=False, nullable=True)
    currency: str
    checked_at: datetime = created()
    since: datetime | None = moment()
    journal_minor: int = minor()
    objects_minor: int = minor()
    statement_minor: int = minor()
    held_minor: int = minor()
    available_minor: int = minor()
    debt_minor: int = minor()
    matched: bool
    differences: list[Json] = document(list)
    waiting: list[Json] = document(list)
    cursor: str = ""
    business_minor: int = minor()
    own_minor: int = minor()


class ProofAlert(SQLModel, table=True):
    """A mismatch that somebody has to look at, one for each creator and currency at a time.

    State: suspected → confirmed (the money is kept still) → released by an admin, with a note. It closes by
    itself, in state healed, when a later look matches. ``seen`` are the differences of the last look;
    those in ``accepted`` were released and don't count again.
    """

    __tablename__ = "proof_alert"
    __table_args__ = (
        Index(
            "proof_alert_open",
            "creator_id",
            "currency",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("proof_alert_by_result", "result_id"),
    )
    id: UUID = pk()
    creator_id: UUID | None = ref("account.id", index=False, nullable=True)
    currency: str
    state: str = "suspected"
    result_id: UUID = ref("proof_result.id", index=False)
    first_seen_at: datetime = created()
    confirmed_at: datetime | None = moment()
    seen: list[str] = document(list)
    accepted: list[str] = document(list)
    note: str = ""
    released_by: UUID | None = ref("account.id", index=False, nullable=True)
    released_at: datetime | None = moment()
    closed_at: datetime | None = moment()
