"""Issuing certificates, once per learner and course; issuing them again, revoking them, and whether they stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace import text
from marketplace.clock import now
from marketplace.domain.access import service as access
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts import service as accounts
from marketplace.domain.audit import service as audit
from marketplace.domain.catalog import browse
from marketplace.domain.certificates import rules, store
from marketplace.domain.certificates.models import Certificate, SigningKey
from marketplace.domain.certificates.rules import Issuer, Standing
from marketplace.domain.locks import hold
from marketplace.errors import Conflict, Missing
from marketplace.i18n import N_
from marketplace.ids import new_id, new_short_token

__all__ = [
    "Certificate", "Found", "Issuer", "SigningKey", "Standing", "add_key", "award", "count_of", "find", "forget", "is_reviewer",
    "issue", "issue_again", "key", "keys", "newest_key", "of_account", "revoke",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """A certificate and whether it stands now. ``token_now`` is the one that took its place, else its own."""

    row: Certificate
    standing: Standing
    token_now: str


async def issue(
    session: AsyncSession, account_id: UUID, product_id: UUID, *, version: int, lessons: int, completed_at: datetime
) -> Certificate | None:
    """The one there is, or a new one, in the transaction that completes the course. None for who has the course by no
    grant: its maker, and staff who look. A revoked one stays the one there is."""
    known = await store.current(session, account_id, product_id)
    if known is not None:
        return known
    if not await access.owned_among(session, account_id, [product_id]):
        return None
    [listing] = await browse.listings(session, [product_id])
    holder = await accounts.account(session, account_id)
    await store.add(session, {
        "id": new_id(), "token": new_short_token(), "account_id": account_id, "product_id": product_id,
        "creator_id": listing.creator.id, "name": holder.name, "title": listing.product.title,
        "creator_name": listing.creator.name, "version": version, "lessons": lessons, "completed_at": completed_at,
        "issued_at": now(), "revoked_reason": "",
    })  # fmt: skip
    return await store.current(session, account_id, product_id)


async def find(session: AsyncSession, token: str) -> Found:
    """By its public address. Raises ``Missing``."""
    row = await store.by_token(session, token) if rules.is_token(token) else None
    if row is None:
        raise Missing("There is no certificate at this address.")
    return await _found(session, row)


async def _found(session: AsyncSession, row: Certificate) -> Found:
    courses = [row.product_id] if row.product_id else [UUID(each) for each in row.courses]
    times = [await access.ended(session, row.account_id, each) for each in courses]
    ended = min((at for at in times if at is not None), default=None)
    newer = await store.current_of(session, row) if row.replaced_at else None
    return Found(row, rules.standing(row, ended), newer.token if newer else row.token)


async def issue_again(session: AsyncSession, actor: Actor, token: str) -> Certificate:
    """With the holder's present name. The old row stays, and no longer stands; the same name changes nothing."""
    row = await _locked(session, token)
    account_id = access.require_owner(actor, row.account_id)
    if row.replaced_at is not None:
        current = await store.current_of(session, row)
        assert current is not None
        return current
    standing = (await _found(session, row)).standing
    if not standing.valid:
        raise Conflict("This certificate is no longer valid, so it can't be issued again.")
    name = (await accounts.account(session, account_id)).name
    if name == row.name:
        return row
    row.replaced_at = now()
    await session.flush()
    made = Certificate(
        token=new_short_token(), account_id=row.account_id, product_id=row.product_id, creator_id=row.creator_id,
        badge_id=row.badge_id, description=row.description, narrative=row.narrative, skills=row.skills, courses=row.courses,
        name=name, title=row.title, creator_name=row.creator_name, version=row.version, lessons=row.lessons,
        completed_at=row.completed_at, issued_at=now(),
    )  # fmt: skip
    session.add(made)
    await audit.record(session, account_id, "certificate.again", f"certificate:{made.id}", replaces=str(row.id))
    await session.flush()
    return made


def is_reviewer(actor: Actor, row: Certificate) -> bool:
    """May this person revoke it? The course's maker and admins may."""
    return actor.is_admin if row.creator_id is None else access.is_party(actor, row.creator_id)


async def revoke(session: AsyncSession, actor: Actor, token: str, reason: str) -> None:
    """For good, with a reason that everybody reads. The first reason stays."""
    row = await _locked(session, token)
    by = access.require_owner(actor, row.creator_id, or_admin=True) if row.creator_id else _admin(actor)
    if row.replaced_at is not None:
        raise Conflict("This certificate was issued again. Revoke the one that took its place.")
    said = text.clean_line(reason, limit=300, field="reason", label="The reason")
    if row.revoked_at is None:
        row.revoked_at, row.revoked_reason = now(), said
        await audit.record(session, by, "certificate.revoke", f"certificate:{row.id}", reason=said)
        await session.flush()


def _admin(actor: Actor) -> UUID:
    """What the house gave, only the house takes back; others don't learn more than that."""
    if actor.account_id is None or not actor.is_admin:
        raise Missing
    return actor.account_id


async def award(session: AsyncSession, account_id: UUID, made: dict[str, Any]) -> bool:
    """A badge: what it says, by the names of a certificate's fields. Once for each person and badge, also when it was
    revoked. True when this call awarded it."""
    holder = await accounts.account(session, account_id)
    if holder.deleted_at is not None:
        return False
    at = now()
    values = {
        "id": new_id(), "token": new_short_token(), "account_id": account_id, "name": holder.name, "version": 0,
        "lessons": 0, "completed_at": at, "issued_at": at, "revoked_reason": "",
    }  # fmt: skip
    return await store.add_badge(session, values | made)


async def of_account(session: AsyncSession, account_id: UUID, *, limit: int) -> list[Certificate]:
    """Somebody's certificates and badges that stand, the newest first."""
    return await store.of_account(session, account_id, limit=limit)


async def _locked(session: AsyncSession, token: str) -> Certificate:
    row = await store.by_token(session, token, lock=True) if rules.is_token(token) else None
    if row is None:
        raise Missing("There is no certificate at this address.")
    return row


async def count_of(session: AsyncSession, account_id: UUID) -> int:
    """How many of a person's certificates stand."""
    return await store.count_of(session, account_id)


async def forget(session: AsyncSession, actor: Actor) -> None:
    """The holder leaves: their name goes, and so nothing is certified any more."""
    await store.forget(session, access.require_signed_in(actor), N_("Its holder closed their account."))


async def newest_key(session: AsyncSession) -> SigningKey | None:
    return await store.newest_key(session)


async def keys(session: AsyncSession) -> list[SigningKey]:
    return await store.keys(session)


async def key(session: AsyncSession, key_id: UUID) -> SigningKey | None:
    return await store.key(session, key_id)


async def add_key(session: AsyncSession, made: SigningKey, *, after: UUID | None) -> SigningKey:
    """The new pair, unless another process made one since ``after`` was the newest: then that one."""
    await hold(session, "certificates:key")
    newest = await store.newest_key(session)
    if newest is not None and newest.id != after:
        return newest
    session.add(made)
    await session.flush()
    return made
