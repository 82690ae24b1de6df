"""Videos, images and captions: their state, never their bytes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
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


class StoredFile(SQLModel, table=True):
    """Something to download, in private storage. State: uploading → ready, or deleted. Published courses refer to it,
    so what is ready never changes. ``promised``: a link to what another table keeps, for as long as the link is good."""

    __tablename__ = "stored_file"
    __table_args__ = (Index("stored_file_uploading", "created_at", postgresql_where=text("state = 'uploading'")),)
    id: UUID = pk()
    owner_id: UUID = ref("account.id")
    path: str = Field(unique=True)
    name: str
    size: int = Field(sa_type=BigInteger)
    mime: str
    state: str = "uploading"
    created_at: datetime = created()


class Image(SQLModel, table=True):
    """A picture in responsive sizes: ``variants`` is [[width, url], …] ascending, as WebP; ``avif`` the same for who
    reads that, made by a job, which gives up after some ``avif_tries``; ``color`` fills its box meanwhile.

    Of a picture in a lesson ``variants`` are paths in private storage: who may see it is decided each time.
    """

    __tablename__ = "image"
    __table_args__ = (
        Index(
            "image_without_avif", "id",
            postgresql_where=text("state = 'ready' AND avif = '[]' AND avif_tries < 5"),
        ),
    )  # fmt: skip
    id: UUID = pk()
    owner_id: UUID = ref("account.id")
    state: str = "pending"
    upload_path: str = ""
    error: str = ""
    variants: list[list[object]] = document(list)
    avif: list[list[object]] = document(list)
    avif_tries: int = 0
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


class Transcript(SQLModel, table=True):
    """What is said in a video, in one language: the captions uploaded here, or what its host has. ``words`` is the
    plain text of it, for searching."""

    __tablename__ = "transcript"
    video_id: UUID = Field(primary_key=True, foreign_key="video.id", ondelete="CASCADE")
    language: str = Field(primary_key=True)
    label: str
    vtt: str
    words: str
    updated_at: datetime = created()
