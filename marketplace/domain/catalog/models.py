"""Products: what the world sees (``product``) and what the creator is writing (``product_draft``)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Index, text
from sqlmodel import Field, SQLModel

from marketplace.clock import now
from marketplace.domain.columns import Json, created, document, minor, moment, pk, ref


class LessonFields(SQLModel):
    """What a lesson says of itself, in draft and in public. Amounts in minor units of ``currency``.

    Buyers get their money back on request within ``refund_days`` (0: not at all) while they have watched at most
    ``refund_max_percent``. ``opens_at`` is the release: before it, ``before`` says whether people can put themselves on
    a waitlist or buy already (preorder); after it, or with neither, the product is simply on offer. ``blocks`` is what its
    page is made of (:mod:`marketplace.domain.catalog.blocks`); none: its plain form.
    """

    title: str = ""
    summary: str = ""
    description_md: str = ""
    learn: list[str] = document(list)
    topic: str = ""
    level: str = "all"
    language: str = "en"
    image_id: UUID | None = Field(default=None, foreign_key="image.id", ondelete="RESTRICT")
    video_id: UUID | None = Field(default=None, foreign_key="video.id", ondelete="RESTRICT")
    preview_video_id: UUID | None = Field(default=None, foreign_key="video.id", ondelete="RESTRICT")
    price_kind: str = "free"
    price_minor: int = minor()
    min_minor: int = minor()
    currency: str = "usd"
    refund_days: int = 14
    refund_max_percent: int = 30
    before: str = ""
    opens_at: datetime | None = moment()
    blocks: list[Json] = document(list)


class Product(LessonFields, table=True):
    """State: draft (never published) → published ⇄ unpublished → archived. Fields are the published ones."""

    __tablename__ = "product"
    __table_args__ = (
        CheckConstraint("price_minor >= 0 AND min_minor >= 0", name="product_price_not_negative"),
        Index("product_newest", text("published_at DESC"), text("id DESC"), postgresql_where=text("state = 'published'")),
        Index(
            "product_by_topic", "topic", text("published_at DESC"), text("id DESC"),
            postgresql_where=text("state = 'published'"),
        ),
        Index("product_by_creator", "creator_id", text("created_at DESC")),
        Index(
            "product_newest_of_creator", "creator_id", text("published_at DESC"), text("id DESC"),
            postgresql_where=text("state = 'published'"),
        ),
        Index("product_by_release", "opens_at", postgresql_where=text("before <> ''")),
        Index("product_by_change", "updated_at", postgresql_where=text("revision > 0")),
    )  # fmt: skip
    id: UUID = pk()
    kind: str = "lesson"
    creator_id: UUID = Field(foreign_key="account.id", ondelete="RESTRICT", nullable=False)
    slug: str = Field(unique=True)
    state: str = "draft"
    revision: int = 0
    creator_name: str = ""
    duration_s: int = 0
    created_at: datetime = created()
    updated_at: datetime = created()
    published_at: datetime | None = moment()
    archived_at: datetime | None = moment()


class ProductDraft(LessonFields, table=True):
    """The working copy. ``revision`` grows with every save: a second tab that saved late is told."""

    __tablename__ = "product_draft"
    product_id: UUID = Field(primary_key=True, foreign_key="product.id", ondelete="CASCADE")
    revision: int = 0
    slug: str = ""
    updated_at: datetime = created()


class IndexMark(SQLModel, table=True):
    """Up to which moment search engines were told what changed: one row."""

    __tablename__ = "index_mark"
    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    told_until: datetime = created()


class SlugHistory(SQLModel, table=True):
    """A renamed slug redirects forever."""

    __tablename__ = "slug_history"
    slug: str = Field(primary_key=True)
    product_id: UUID = ref("product.id")
    created_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True), nullable=False, index=True)
