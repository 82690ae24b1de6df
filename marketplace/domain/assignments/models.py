"""What learners hand in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import SQLModel

from marketplace.domain.columns import Json, created, document, moment, pk, ref


class Submission(SQLModel, table=True):
    """One go at an assignment: draft → waiting → sent_back or graded. ``body_id`` is the assignment as it was when it was
    begun. A learner has one that is a draft or waits at most. ``revision`` grows with each edit of a draft, and with each
    answer: who looked before is told.

    ``levels``: what was given of the rubric, by criterion.
    """

    __tablename__ = "submission"
    __table_args__ = (
        Index(
            "submission_open", "account_id", "product_id", "block_id", unique=True,
            postgresql_where=text("state IN ('draft', 'waiting')"),
        ),
        Index("submission_number", "account_id", "product_id", "block_id", "number", unique=True),
        CheckConstraint("state IN ('draft', 'waiting', 'sent_back', 'graded')", name="submission_state"),
        CheckConstraint("(state = 'draft') = (submitted_at IS NULL)", name="submission_handed_in"),
        CheckConstraint("points >= 0 AND points <= total", name="submission_points"),
    )  # fmt: skip
    id: UUID = pk()
    account_id: UUID = ref("account.id", index=False)
    product_id: UUID = ref("product.id", index=False)
    block_id: UUID
    body_id: UUID = ref("block_body.id", index=False)
    number: int
    state: str = "draft"
    words: str = ""
    revision: int = 0
    started_at: datetime = created()
    submitted_at: datetime | None = moment()
    answered_at: datetime | None = moment()
    levels: Json = document()
    points: int = 0
    total: int = 0
    passed: bool = False

    @property
    def percent(self) -> int:
        return 100 * self.points // self.total if self.total else 0


class SubmissionFile(SQLModel, table=True):
    """A file in private storage. Who hands in again takes files along: then several rows have one ``path``."""

    __tablename__ = "submission_file"
    __table_args__ = (Index("submission_file_path", "path"),)
    id: UUID = pk()
    submission_id: UUID = ref("submission.id")
    name: str
    size: int
    path: str
    picture: bool = False
    created_at: datetime = created()


class SubmissionComment(SQLModel, table=True):
    __tablename__ = "submission_comment"
    __table_args__ = (Index("submission_comment_thread", "submission_id", "created_at", "id"),)
    id: UUID = pk()
    submission_id: UUID = ref("submission.id", index=False)
    author_id: UUID = ref("account.id", index=False)
    words: str
    created_at: datetime = created()
