"""Courses. A course is a product of kind ``course``; these rows hold what is taught in it, and what learners did."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, Index, text
from sqlmodel import Field, SQLModel

from marketplace.domain.columns import Json, created, document, moment, pk


class CourseDraft(SQLModel, table=True):
    """The outline being edited. ``revision`` grows with every edit: a second tab that came late is told. ``left_out``: what
    an import couldn't bring, ``lesson`` and ``name`` of each, until its maker has read it."""

    __tablename__ = "course_draft"
    product_id: UUID = Field(primary_key=True, foreign_key="product.id", ondelete="CASCADE")
    outline: Json = document()
    revision: int = 0
    updated_at: datetime = created()
    left_out: list[dict[str, str]] = document(list)


class CourseVersion(SQLModel, table=True):
    """A published outline. The database refuses to change it."""

    __tablename__ = "course_version"
    product_id: UUID = Field(primary_key=True, foreign_key="product.id", ondelete="RESTRICT")
    number: int = Field(primary_key=True)
    outline: Json = document()
    lessons: int = 0
    seconds: int = 0
    notes: str = ""
    published_at: datetime = created()


class CourseNeeded(SQLModel, table=True):
    """A published course names another one to be finished before (``required``), or recommends it. The database refuses
    courses that wait for each other. Who had the course before ``created_at`` isn't asked."""

    __tablename__ = "course_needed"
    product_id: UUID = Field(primary_key=True, foreign_key="product.id", ondelete="CASCADE")
    needed_id: UUID = Field(primary_key=True, foreign_key="product.id", ondelete="CASCADE", index=True)
    required: bool = True
    place: int = 0
    created_at: datetime = created()


class VersionNews(SQLModel, table=True):
    """Learners are told of a version by mail: once, by its key. ``after``: told as far as this learner."""

    __tablename__ = "version_news"
    product_id: UUID = Field(primary_key=True, foreign_key="product.id", ondelete="CASCADE")
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    after: UUID | None = None
    told: int = 0
    created_at: datetime = created()
    done_at: datetime | None = moment()


class BlockBody(SQLModel, table=True):
    """What a block holds: ``{"md": …}``, ``{"video_id": …}``, a quiz, a file, a code exercise or a live session. A
    published one (``frozen``) is never changed: an edit makes a new row."""

    __tablename__ = "block_body"
    __table_args__ = (Index("block_body_file", text("(body ->> 'file_id')"), postgresql_where=text("kind = 'file'")),)
    id: UUID = pk()
    product_id: UUID = Field(foreign_key="product.id", ondelete="CASCADE", index=True)
    kind: str
    body: Json = document()
    frozen: bool = False
    created_at: datetime = created()


class Enrolment(SQLModel, table=True):
    """A learner in a course, from the first time it was opened. ``seen_version``: what was new up to it is known."""

    __tablename__ = "enrolment"
    __table_args__ = (
        Index("enrolment_by_product", "product_id", "account_id"),
        Index("enrolment_by_activity", "product_id", "opened_at", "account_id", postgresql_include=["completed_at"]),
        Index(
            "enrolment_going", "account_id", text("opened_at DESC"), "product_id",
            postgresql_where=text("completed_at IS NULL"),
        ),
        Index("enrolment_finished", "product_id", "completed_at", postgresql_where=text("completed_at IS NOT NULL")),
    )  # fmt: skip
    account_id: UUID = Field(primary_key=True, foreign_key="account.id", ondelete="RESTRICT")
    product_id: UUID = Field(primary_key=True, foreign_key="product.id", ondelete="RESTRICT")
    seen_version: int = 1
    lesson_id: UUID | None = Field(default=None)
    started_at: datetime = created()
    opened_at: datetime = created()
    completed_at: datetime | None = moment()
    mail_off: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})


class LessonDone(SQLModel, table=True):
    """A learner completed a lesson. Only ever added."""

    __tablename__ = "lesson_done"
    __table_args__ = (Index("lesson_done_by_lesson", "product_id", "lesson_id"),)
    account_id: UUID = Field(primary_key=True, foreign_key="account.id", ondelete="RESTRICT")
    product_id: UUID = Field(primary_key=True, foreign_key="product.id", ondelete="RESTRICT")
    lesson_id: UUID = Field(primary_key=True)
    version: int = 1
    completed_at: datetime = created()


class BlockProgress(SQLModel, table=True):
    """Where a learner is in a block, and how far they can have watched it: who jumps ahead is ahead of that.
    ``furthest_s`` never goes back."""

    __tablename__ = "block_progress"
    account_id: UUID = Field(primary_key=True, foreign_key="account.id", ondelete="RESTRICT")
    product_id: UUID = Field(primary_key=True, foreign_key="product.id", ondelete="RESTRICT")
    block_id: UUID = Field(primary_key=True)
    position_s: int = 0
    furthest_s: int = 0
    updated_at: datetime = created()


class LessonOpened(SQLModel, table=True):
    """A learner opened a lesson. Only ever added."""

    __tablename__ = "lesson_opened"
    account_id: UUID = Field(primary_key=True, foreign_key="account.id", ondelete="RESTRICT")
    product_id: UUID = Field(primary_key=True, foreign_key="product.id", ondelete="RESTRICT")
    lesson_id: UUID = Field(primary_key=True)
    opened_at: datetime = created()


class LessonPending(SQLModel, table=True):
    """A lesson was opened or completed by one more learner, and ``lesson_sum`` doesn't know it yet."""

    __tablename__ = "lesson_pending"
    __table_args__ = (Index("lesson_pending_by_product", "product_id"),)
    id: UUID = pk()
    product_id: UUID = Field(nullable=False)
    lesson_id: UUID = Field(nullable=False)
    opened: int = 0
    completed: int = 0


class LessonSum(SQLModel, table=True):
    """How many learners opened and completed a lesson, but for what is pending."""

    __tablename__ = "lesson_sum"
    product_id: UUID = Field(primary_key=True)
    lesson_id: UUID = Field(primary_key=True)
    opened: int = 0
    completed: int = 0


class ReachPending(SQLModel, table=True):
    """A learner got further in a block, from the tenth second ``before`` (none: they began it) to ``place``. Written by
    a trigger of ``block_progress``; ``reach_sum`` doesn't know it yet."""

    __tablename__ = "reach_pending"
    __table_args__ = (Index("reach_pending_by_block", "product_id", "block_id"),)
    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    product_id: UUID = Field(nullable=False)
    block_id: UUID = Field(nullable=False)
    before: int | None = None
    place: int


class ReachSum(SQLModel, table=True):
    """How many learners got as far as these ten seconds of a block and no further, but for what is pending."""

    __tablename__ = "reach_sum"
    product_id: UUID = Field(primary_key=True)
    block_id: UUID = Field(primary_key=True)
    place: int = Field(primary_key=True)
    learners: int = 0
