"""The queue of what a person has to grade, and the history of grades."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from marketplace.domain.columns import Json, created, document, moment, pk, ref


class ToGrade(SQLModel, table=True):
    """Something waits: a submission or an attempt at a quiz (``kind``), named by its own id. The row goes when it is
    graded. ``told_at``: its creator got a mail that counts it."""

    __tablename__ = "to_grade"
    __table_args__ = (
        Index("to_grade_of_creator", "creator_id", "waiting_since", "subject_id"),
        Index("to_grade_of_course", "product_id", "waiting_since", "subject_id"),
        Index("to_grade_untold", "product_id", postgresql_where=text("told_at IS NULL")),
        Index("to_grade_of_learner", "account_id"),
    )
    subject_id: UUID = Field(primary_key=True)
    kind: str
    creator_id: UUID = ref("account.id", index=False)
    account_id: UUID = ref("account.id", index=False)
    product_id: UUID = ref("product.id", index=False)
    block_id: UUID
    waiting_since: datetime = created()
    told_at: datetime | None = moment()


class GradeEntry(SQLModel, table=True):
    """Somebody graded something, or sent it back (``what``). Only ever added; the words said to it are kept with it."""

    __tablename__ = "grade_entry"
    __table_args__ = (
        Index("grade_entry_of_subject", "subject_id", "at", "id"),
        Index("grade_entry_of_creator", "creator_id", "at", "id"),
        Index("grade_entry_of_course", "product_id", "at", "id"),
    )
    id: UUID = pk()
    subject_id: UUID
    kind: str
    creator_id: UUID = ref("account.id", index=False)
    account_id: UUID = ref("account.id", index=False)
    product_id: UUID = ref("product.id", index=False)
    block_id: UUID
    grader_id: UUID = ref("account.id", index=False)
    what: str
    points: int = 0
    total: int = 0
    passed: bool = False
    marks: Json = document()
    at: datetime = created()


class GradingTold(SQLModel, table=True):
    """When a course's creator was last told that something waits."""

    __tablename__ = "grading_told"
    product_id: UUID = Field(primary_key=True, foreign_key="product.id", ondelete="RESTRICT")
    told_at: datetime = created()
