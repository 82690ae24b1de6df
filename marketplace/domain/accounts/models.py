"""People, their sessions and the short-lived pieces of signing in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from marketplace.domain.columns import created, moment, pk, ref


class Account(SQLModel, table=True):
    """A person. ``auth_id`` is the identity provider's UUID; role is member, moderator or admin. ``time_zone``: an
    IANA name; empty until a browser said it. ``language``: of the pages they read, and of their mails; empty until
    it is known."""

    __tablename__ = "account"
    __table_args__ = (
        Index("account_handle_unique", text("lower(handle)"), unique=True),
        Index("account_email", text("lower(email)")),
        Index("account_left", "id", postgresql_where=text("deleted_at IS NOT NULL")),
    )
    id: UUID = pk()
    auth_id: UUID = Field(unique=True)
    email: str
    name: str
    handle: str
    bio: str = ""
    avatar_url: str = ""
    role: str = "member"
    is_creator: bool = False
    time_zone: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    language: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    created_at: datetime = created()
    deleted_at: datetime | None = moment()


class Session(SQLModel, table=True):
    """One signed-in browser. Only the token's digest is kept."""

    __tablename__ = "session"
    id: UUID = pk()
    account_id: UUID = ref("account.id")
    token_digest: str = Field(unique=True)
    created_at: datetime = created()
    last_seen_at: datetime = created()
    expires_at: datetime = created()
    revoked_at: datetime | None = moment()
    user_agent: str = ""
    ip: str = ""


class Ticket(SQLModel, table=True):
    """One-time pass from a websocket handler, which can't set a cookie, to the route that can."""

    __tablename__ = "auth_ticket"
    digest: str = Field(primary_key=True)
    account_id: UUID = ref("account.id")
    next_path: str = "/"
    expires_at: datetime = created()
    used_at: datetime | None = moment()


class Flow(SQLModel, table=True):
    """A sign-up, recovery or OAuth under way: the PKCE verifier waits here, encrypted."""

    __tablename__ = "auth_flow"
    digest: str = Field(primary_key=True)
    purpose: str
    verifier: str
    email: str = ""
    next_path: str = "/"
    browser_digest: str = ""
    auth_id: UUID | None = Field(default=None)
    created_at: datetime = created()
    expires_at: datetime = created()
    used_at: datetime | None = moment()


class RateWindow(SQLModel, table=True):
    """Counts per bucket and time window, shared by all workers."""

    __tablename__ = "rate_window"
    bucket: str = Field(primary_key=True)
    window: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    hits: int = 0
