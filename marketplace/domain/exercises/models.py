"""What learners write in code exercises, and how it fared."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from marketplace.domain.columns import Json, created, document, pk


class CodeDraft(SQLModel, table=True):
    """What a learner last wrote in an exercise."""

    __tablename__ = "code_draft"
    account_id: UUID = Field(primary_key=True, foreign_key="account.id", ondelete="RESTRICT")
    product_id: UUID = Field(primary_key=True, foreign_key="product.id", ondelete="RESTRICT")
    block_id: UUID = Field(primary_key=True)
    code: str = ""
    updated_at: datetime = created()


class CodeAttempt(SQLModel, table=True):
    """One check. ``results`` are what the learner's browser told, by case; the marks are ours."""

    __tablename__ = "code_attempt"
    __table_args__ = (
        Index("code_attempt_of_learner", "account_id", "product_id", "block_id", "id"),
        Index("code_attempt_by_block", "product_id", "block_id"),
        CheckConstraint("good >= 0 AND good <= total", name="code_attempt_good"),
    )
    id: UUID = pk()
    account_id: UUID = Field(foreign_key="account.id", ondelete="RESTRICT")
    product_id: UUID = Field(foreign_key="product.id", ondelete="RESTRICT")
    block_id: UUID
    body_id: UUID = Field(foreign_key="block_body.id", ondelete="RESTRICT")
    code: str = ""
    results: Json = document()
    good: int = 0
    total: int = 0
    passed: bool = False
    checked_at: datetime = created()
