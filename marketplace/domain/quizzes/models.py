"""Attempts at quizzes, and the sums over them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from marketplace.domain.columns import Json, created, document, moment, pk


class QuizAttempt(SQLModel, table=True):
    """One sitting. ``body_id`` is the quiz as it was when it began; ``seed`` its order. A learner has one open attempt
    at a quiz at most; what was handed in has its points.

    ``waiting``: long answers in it wait for a person; until then the points are those so far, and it isn't passed.
    ``marks``: what was given for them, by question: ``points`` and ``words``. ``revision`` grows with each grading.
    """

    __tablename__ = "quiz_attempt"
    __table_args__ = (
        Index(
            "quiz_attempt_open", "account_id", "product_id", "block_id", unique=True,
            postgresql_where=text("submitted_at IS NULL"),
        ),
        Index("quiz_attempt_number", "account_id", "product_id", "block_id", "number", unique=True),
        Index("quiz_attempt_by_block", "product_id", "block_id"),
        CheckConstraint("points >= 0 AND points <= total", name="quiz_attempt_points"),
    )  # fmt: skip
    id: UUID = pk()
    account_id: UUID = Field(foreign_key="account.id", ondelete="RESTRICT")
    product_id: UUID = Field(foreign_key="product.id", ondelete="RESTRICT")
    block_id: UUID
    body_id: UUID = Field(foreign_key="block_body.id", ondelete="RESTRICT")
    number: int
    seed: str
    answers: Json = document()
    started_at: datetime = created()
    deadline_at: datetime | None = moment()
    submitted_at: datetime | None = moment()
    points: int = 0
    total: int = 0
    passed: bool = False
    waiting: bool = False
    marks: Json = document()
    revision: int = 0

    @property
    def percent(self) -> int:
        return 100 * self.points // self.total if self.total else 0

    @property
    def timed_out(self) -> bool:
        """Did its time end it? A page counts in whole seconds, so it may hand in a little before."""
        if self.submitted_at is None or self.deadline_at is None:
            return False
        return self.submitted_at >= self.deadline_at - timedelta(seconds=1)


class ItemPending(SQLModel, table=True):
    """An attempt whose questions aren't added to the sums yet, or with ``sign`` -1 is to be taken out of them.
    ``items`` is None where an attempt was handed in before they were counted."""

    __tablename__ = "item_pending"
    __table_args__ = (
        Index("item_pending_by_course", "product_id"),
        Index("item_pending_unread", "id", postgresql_where=text("items IS NULL")),
    )
    id: UUID = pk()
    product_id: UUID
    block_id: UUID
    attempt_id: UUID
    sign: int
    items: list[dict[str, Any]] | None = Field(default=None, sa_type=JSONB, nullable=True)


class ItemSum(SQLModel, table=True):
    """A question over all attempts. ``x`` is the percent of its points that were got, ``y`` that of the rest of the
    quiz; with their squares and product the correlation can be had."""

    __tablename__ = "item_sum"
    product_id: UUID = Field(primary_key=True)
    block_id: UUID = Field(primary_key=True)
    question: str = Field(primary_key=True)
    asked: int = Field(sa_type=BigInteger)
    answered: int = Field(sa_type=BigInteger)
    whole: int = Field(sa_type=BigInteger)
    got: int = Field(sa_type=BigInteger)
    x: int = Field(sa_type=BigInteger)
    xx: int = Field(sa_type=BigInteger)
    y: int = Field(sa_type=BigInteger)
    yy: int = Field(sa_type=BigInteger)
    xy: int = Field(sa_type=BigInteger)


class ChoiceSum(SQLModel, table=True):
    """How often an option was chosen that is wrong."""

    __tablename__ = "choice_sum"
    product_id: UUID = Field(primary_key=True)
    block_id: UUID = Field(primary_key=True)
    question: str = Field(primary_key=True)
    choice: str = Field(primary_key=True)
    chosen: int = Field(sa_type=BigInteger)
