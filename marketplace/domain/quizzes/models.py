"""Attempts at quizzes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from marketplace.domain.columns import Json, created, document, moment, pk


class QuizAttempt(SQLModel, table=True):
    """One sitting. ``body_id`` is the quiz as it was when it began; ``seed`` its order. A learner has one open attempt
    at a quiz at most; what was handed in has its points."""

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

    @property
    def percent(self) -> int:
        return 100 * self.points // self.total if self.total else 0
