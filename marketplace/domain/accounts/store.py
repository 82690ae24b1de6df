"""All queries on people and sessions."""

from __future__ import annotations

from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlalchemy import func, text, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.accounts.models import Account, Flow, Session, Ticket
from marketplace.domain.accounts.rules import Person
from marketplace.sql import Over, columns, made, rows


async def by_id(session: AsyncSession, account_id: UUID) -> Account | None:
    return await session.get(Account, account_id)


async def language_of(session: AsyncSession, email: str) -> str:
    known = select(Account.language).where(
        func.lower(Account.email) == email.lower(), col(Account.deleted_at).is_(None)
    )
    return (await session.exec(known.limit(1))).first() or ""


async def set_language(over: Over, account_id: UUID, language: str) -> None:
    values = {"id": account_id, "language": language}
    await rows(
        over, "UPDATE account SET language = %(language)s WHERE id = %(id)s AND language <> %(language)s", values
    )


async def zone_of(session: AsyncSession, account_id: UUID) -> str:
    return (await session.exec(select(Account.time_zone).where(Account.id == account_id))).first() or ""


async def by_auth_id(session: AsyncSession, auth_id: UUID) -> Account | None:
    return (await session.exec(select(Account).where(Account.auth_id == auth_id))).first()


_BY_HANDLE: LiteralString = (
    f"SELECT {columns(Account, 'a')} FROM account a WHERE lower(handle) = %(handle)s AND deleted_at IS NULL"
)


async def by_handle(over: Over, handle: str) -> Account | None:
    """To look at."""
    found = await rows(over, _BY_HANDLE, {"handle": handle.lower()})
    return made(Account, found[0]) if found else None


async def by_email(session: AsyncSession, email: str) -> Account | None:
    query = select(Account).where(func.lower(Account.email) == email.lower(), col(Account.deleted_at).is_(None))
    return (await session.exec(query)).first()


async def visitor(over: Over, digest: str, at: datetime) -> tuple[UUID, datetime, Person] | None:
    """Whose live session this is, with its id and when it was last seen."""
    found = await rows(
        over,
        "SELECT s.id, s.last_seen_at, a.id, a.role, a.is_creator, a.name, a.handle, a.email, a.avatar_url, a.language"
        " FROM session s JOIN account a ON a.id = s.account_id WHERE s.token_digest = %(digest)s"
        " AND s.revoked_at IS NULL AND s.expires_at > %(at)s AND a.deleted_at IS NULL",
        {"digest": digest, "at": at},
    )
    return (found[0][0], found[0][1], Person(*found[0][2:])) if found else None


async def live_sessions(session: AsyncSession, account_id: UUID, at: datetime) -> list[Session]:
    query = select(Session).where(
        Session.account_id == account_id, col(Session.revoked_at).is_(None), Session.expires_at > at
    )
    return list((await session.exec(query.order_by(col(Session.last_seen_at).desc()).limit(100))).all())


async def revoke_sessions(
    session: AsyncSession, account_id: UUID, at: datetime, *, only: UUID | None = None, but: UUID | None = None
) -> int:
    query = update(Session).where(col(Session.account_id) == account_id, col(Session.revoked_at).is_(None))
    if only is not None:
        query = query.where(col(Session.id) == only)
    if but is not None:
        query = query.where(col(Session.id) != but)
    return int((await session.execute(query.values(revoked_at=at))).rowcount)  # type: ignore[attr-defined]


async def touch(over: Over, session_id: UUID, at: datetime) -> None:
    await rows(over, "UPDATE session SET last_seen_at = %(at)s WHERE id = %(id)s", {"id": session_id, "at": at})


async def take_ticket(session: AsyncSession, digest: str, at: datetime) -> Ticket | None:
    """The ticket, once: the update and its check are one statement."""
    query = update(Ticket).where(
        col(Ticket.digest) == digest, col(Ticket.used_at).is_(None), col(Ticket.expires_at) > at
    )
    return (await session.execute(query.values(used_at=at).returning(Ticket))).scalars().first()


async def take_flow(session: AsyncSession, digest: str, at: datetime) -> Flow | None:
    query = update(Flow).where(col(Flow.digest) == digest, col(Flow.used_at).is_(None), col(Flow.expires_at) > at)
    return (await session.execute(query.values(used_at=at).returning(Flow))).scalars().first()


async def give_back_flow(session: AsyncSession, digest: str) -> None:
    await session.execute(update(Flow).where(col(Flow.digest) == digest).values(used_at=None))


async def flow(session: AsyncSession, digest: str) -> Flow | None:
    return await session.get(Flow, digest)


async def hit(over: Over, bucket: str, window: int) -> int:
    """Counts one more in this window; returns the count."""
    found = await rows(
        over,
        'INSERT INTO rate_window (bucket, "window", hits) VALUES (%(bucket)s, %(window)s, 1)'
        ' ON CONFLICT (bucket, "window") DO UPDATE SET hits = rate_window.hits + 1 RETURNING hits',
        {"bucket": bucket, "window": window},
    )
    return int(found[0][0])


async def forget_old(session: AsyncSession, at: datetime) -> None:
    """Old tickets, flows, sessions and rate windows."""
    await session.execute(text("DELETE FROM auth_ticket WHERE expires_at < :at - interval '1 day'"), {"at": at})
    await session.execute(text("DELETE FROM auth_flow WHERE expires_at < :at - interval '1 day'"), {"at": at})
    await session.execute(text("DELETE FROM session WHERE expires_at < :at - interval '30 days'"), {"at": at})
    await session.execute(text('DELETE FROM rate_window WHERE "window" < :w'), {"w": int(at.timestamp()) - 172800})
