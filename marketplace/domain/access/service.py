"""Who may do what, and why. Every handler authorises here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.access import store
from marketplace.domain.access.rules import ANONYMOUS, Actor, Decision, decide_watch, locked, with_preview
from marketplace.errors import Denied, Missing, SignInNeeded
from marketplace.sql import Over

__all__ = [
    "ANONYMOUS", "Actor", "Decision", "ended", "explain_watch", "give", "is_party", "keeps", "locked", "owned_among",
    "require_admin", "require_creator", "require_owner", "require_signed_in", "restore", "since", "take_back",
    "with_preview",
]  # fmt: skip


def require_signed_in(actor: Actor) -> UUID:
    """The actor's account id, or ``SignInNeeded``."""
    if actor.account_id is None:
        raise SignInNeeded
    return actor.account_id


def require_creator(actor: Actor) -> UUID:
    account_id = require_signed_in(actor)
    if not actor.is_creator:
        raise Denied("Start selling first: it takes a minute.")
    return account_id


def require_admin(actor: Actor) -> UUID:
    account_id = require_signed_in(actor)
    if not actor.is_admin:
        raise Denied
    return account_id


def require_owner(actor: Actor, owner_id: UUID, *, or_admin: bool = False) -> UUID:
    """Another's thing answers as if it didn't exist: ids can't be probed."""
    account_id = require_signed_in(actor)
    if account_id != owner_id and not (or_admin and actor.is_admin):
        raise Missing
    return account_id


def is_party(actor: Actor, *owners: UUID | str) -> bool:
    """Is the actor one of those whom a shared thing concerns, such as a document's buyer and seller, or an admin?"""
    return actor.is_admin or (actor.signed_in and str(actor.account_id) in {str(owner) for owner in owners})


async def explain_watch(
    over: Over, actor: Actor, *, product_id: UUID, title: str, creator_id: UUID, state: str, price_kind: str
) -> Decision:
    """May the actor watch this lesson, and why (not)? From live grants, at this moment."""
    facts = await store.grants(over, actor.account_id, product_id) if actor.account_id is not None else []
    return decide_watch(
        actor, title=title, creator_id=creator_id, state=state, price_kind=price_kind, grants=facts, at=now()
    )


async def ended(session: AsyncSession, account_id: UUID, product_id: UUID) -> datetime | None:
    """When the last of this person's grants was taken back; None while one lives, or when there never was one."""
    facts = await store.grants(session, account_id, product_id)
    times = [fact.revoked_at for fact in facts if fact.revoked_at is not None]
    return max(times) if times and len(times) == len(facts) else None


async def give(session: AsyncSession, account_id: UUID, product_id: UUID, source: str, source_id: str) -> bool:
    """A grant from one source, once. Returns whether this call made it."""
    return await store.add(session, account_id, product_id, source, source_id)


async def take_back(session: AsyncSession, source: str, source_id: str, reason: str) -> bool:
    """Revokes that source's grant and leaves all others."""
    return await store.revoke(session, source, source_id, reason)


async def since(session: AsyncSession, account_id: UUID, product_id: UUID) -> datetime | None:
    """When somebody got what they still have, or when it came out, if that was later; None without a live grant."""
    live = [g for g in await store.grants(session, account_id, product_id) if g.revoked_at is None]
    return min((max(g.granted_at, g.opens_at or g.granted_at) for g in live), default=None)


async def got(session: AsyncSession, account_id: UUID, product_id: UUID) -> datetime | None:
    """When somebody got what they still have, also if it wasn't out yet; None without a live grant."""
    live = [g for g in await store.grants(session, account_id, product_id) if g.revoked_at is None]
    return min((g.granted_at for g in live), default=None)


async def restore(session: AsyncSession, source: str, source_id: str) -> None:
    """Undo a revocation whose cause fell away (a refund that failed at the bank)."""
    await store.restore(session, source, source_id)


async def owned_among(over: Over, account_id: UUID, product_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these have a live grant."""
    return await store.owned_among(over, account_id, product_ids)


async def keeps(session: AsyncSession, account_id: UUID, product_id: UUID) -> bool:
    """Is there a live grant? If so it can't be taken back before this transaction has ended."""
    return await store.keep(session, account_id, product_id)
