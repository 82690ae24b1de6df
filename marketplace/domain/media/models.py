"""Videos, images and captions: their state, never their bytes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field, SQLModel

from marketplace.domain.columns import created, document, moment, pk, ref


class Video(SQLModel, table=True):
    """State: uploading → transcoding → ready, or failed; deleted when replaced or cancelled.

    ``uri`` and ``upload_link`` never reach anyone but the owner's uploader and granted viewers.
    """

    __tablename__ = "video"
    id: UUID = pk()
    owner_id: UUID = ref("account.id")
    filename: str
    size: int = Field(sa_type=BigInteger)
    uri: str | None = Field(default=None, unique=True)
    upload_link: str = ""
    state: str = Field(default="uploading", index=True)
    error: str = ""
    duration_s: int = 0
    width: int = 0
    height: int = 0
    protected: bool = False
    created_at: datetime = created()
    updated_at: datetime = created()
    ready_at: datetime | None = moment()


class Image(SQLModel, table=True):
    """A picture in responsive sizes: ``variants`` is [[width, url], …] ascending; ``color`` fills its box meanwhile."""

    __tablename__ = "image"
    id: UUID = pk()
    owner_id: UUID = ref("account.id")
    state: str = "pending"
    upload_path: str = ""
    error: str = ""
    variants: list[list[object]] = document(list)
    width: int = 0
    height: int = 0
    color: str = "#e6e0d6"
    created_at: datetime = created()


class Caption(SQLModel, table=True):
    __tablename__ = "caption"
    __table_args__ = (UniqueConstraint("video_id", "language"),)
    id: UUID = pk()
    video_id: UUID = ref("video.id")
    language: str
    label: str
    vtt: str
    track_uri: str = ""
    created_at: datetime = created()
