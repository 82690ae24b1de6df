"""Writing reviews, answering and hiding them, and what pages show of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.access import service as access
from marketplace.domain.access.service import Actor, require_admin, require_owner, require_signed_in
from marketplace.domain.audit import service as audit
from marketplace.domain.catalog.models import Product
from marketplace.domain.reviews import rules, store
from marketplace.domain.reviews.errors import NotAllowed
from marketplace.domain.reviews.models import Review
from marketplace.domain.reviews.rules import Rating
from marketplace.domain.reviews.store import Listed, Written
from marketplace.errors import Conflict, Invalid, Missing
from marketplace.keys import from_key, to_key
from marketplace.queue import enqueue
from marketplace.sql import Over

__all__ = [
    "LISTS", "Figures", "Listed", "Mine", "Page", "Rating", "Written", "count_of", "dismiss", "figures", "find", "hide", "listed",
    "mine", "page", "remove", "reply", "report", "restore", "reviewed_among", "rules", "write",
]  # fmt: skip

LISTS = ("reported", "hidden", "all")


@dataclass(frozen=True, slots=True)
class Mine:
    """May this person review it, and what they have written; ``why_not`` is for them."""

    standing: rules.Standing
    why_not: str = ""
    review: Review | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """The newest first. ``next_key`` is opaque, empty on the last page."""

    reviews: list[Written]
    next_key: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """``stars``: how many gave one star, two, and so on."""

    rating: Rating = field(default_factory=Rating)
    stars: tuple[int, ...] = (0, 0, 0, 0, 0)


async def mine(over: Over, actor: Actor, product: Product) -> Mine:
    """What this person may do, and has done. Nobody owns a bundle: who bought one reviews what is in it."""
    if actor.account_id is None or product.kind == "bundle":
        return Mine("signed_out" if actor.account_id is None else "not_owned")
    found = rules.standing(await _facts(over, actor, product))
    review = await store.written_by(over, actor.account_id, product.id) if found in ("may", "not_used") else None
    kept = review if review and review.removed_at is None else None
    return Mine("may" if kept else found, "" if kept else rules.why_not(found), kept)


async def _facts(over: Over, actor: Actor, product: Product) -> rules.Facts:
    account_id = require_signed_in(actor)
    has = product.id in await access.owned_among(over, account_id, [product.id])
    partner, used = await store.facts(over, account_id, product.id)
    return rules.Facts(True, account_id == product.creator_id, partner, has, used)


async def write(session: AsyncSession, actor: Actor, product: Product, *, stars: int, words: str) -> Review:
    """Their one review of it, new or changed. Raises ``NotAllowed`` with the reason."""
    me = require_signed_in(actor)
    stars, words = rules.clean_stars(stars), rules.clean_words(words)
    if not await access.keeps(session, me, product.id):
        raise NotAllowed("Only people who own it can review it.")
    can = await mine(session, actor, product)
    if can.standing != "may":
        raise NotAllowed(can.why_not)
    fresh = await store.put(session, me, product.id, stars, words)
    review = await store.of_person(session, me, product.id)
    assert review is not None
    if fresh:
        await enqueue(session, "reviews.tell_creator", {"review_id": str(review.id)})
    return review


async def remove(session: AsyncSession, actor: Actor, product_id: UUID) -> None:
    """Their own; they can write another one."""
    if not await store.take_back(session, require_signed_in(actor), product_id):
        raise Missing("There is no review of yours here any more.")


async def page(over: Over, product_ids: Sequence[UUID], *, key: str = "", limit: int = rules.PAGE) -> Page:
    found = await store.newest(over, product_ids, after=from_key(key), limit=limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    return Page(found[:limit], to_key(last.created_at, last.id) if last else "")


async def figures(over: Over, product_ids: Sequence[UUID]) -> Figures:
    """Of these products together."""
    found = await store.figures(over, product_ids)
    each = [(one.stars_1, one.stars_2, one.stars_3, one.stars_4, one.stars_5) for one in found]
    rating = Rating(sum(one.count for one in found), sum(one.total for one in found))
    return Figures(rating, tuple(map(sum, zip(*each, strict=True))) if each else (0, 0, 0, 0, 0))


async def reviewed_among(session: AsyncSession, account_id: UUID, product_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these they have reviewed."""
    return await store.reviewed_among(session, account_id, product_ids)


async def count_of(session: AsyncSession, account_id: UUID) -> int:
    """How many reviews somebody has written."""
    return await store.count_of(session, account_id)


async def find(session: AsyncSession, review_id: UUID) -> Review | None:
    return await store.find(session, review_id)


async def _of_mine(session: AsyncSession, actor: Actor, review_id: UUID) -> Review:
    """A shown review of one of the actor's own products."""
    review = await store.find(session, review_id)
    product = await session.get(Product, review.product_id) if review else None
    if review is None or product is None:
        raise Missing
    require_owner(actor, product.creator_id)
    if not review.shown:
        raise Missing("This review isn't there any more.")
    return review


async def reply(session: AsyncSession, actor: Actor, review_id: UUID, words: str) -> Review:
    """The creator's one answer: given, changed, and with no words taken back."""
    review = await _of_mine(session, actor, review_id)
    kept = rules.clean_reply(words)
    review.reply, review.replied_at = kept, (review.replied_at or now()) if kept else None
    await session.flush()
    return review


async def report(session: AsyncSession, actor: Actor, review_id: UUID, reason: str) -> None:
    """The creator asks administration to look at it. It stays where it is until somebody has."""
    review = await _of_mine(session, actor, review_id)
    kept = rules.clean_reason(reason)
    if review.reported_at is None:
        review.reported_at, review.report_reason = now(), kept
        await session.flush()


async def listed(session: AsyncSession, actor: Actor, which: str, *, key: str = "", limit: int = 20) -> tuple[
    list[Listed], str
]:  # fmt: skip
    """(a page of what administration looks at, the key of the next one)"""
    require_admin(actor)
    if which not in LISTS:
        raise Invalid("Choose one from the list.")
    found = await store.listed(session, which, after=from_key(key), limit=limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    return found[:limit], to_key(last.at, last.written.id) if last else ""


async def hide(session: AsyncSession, actor: Actor, review_id: UUID, reason: str) -> None:
    """Nobody but its author sees it from now on, and the author sees why."""
    admin = require_admin(actor)
    kept = rules.clean_reason(reason)
    review = await _known(session, review_id)
    if review.hidden_at is not None:
        raise Conflict("This review is hidden already.")
    review.hidden_at, review.hidden_reason = now(), kept
    review.reported_at, review.report_reason = None, ""
    await audit.record(session, admin, "review.hide", f"review:{review.id}", reason=kept)


async def restore(session: AsyncSession, actor: Actor, review_id: UUID) -> None:
    admin = require_admin(actor)
    review = await _known(session, review_id)
    if review.hidden_at is not None:
        review.hidden_at, review.hidden_reason = None, ""
        await audit.record(session, admin, "review.restore", f"review:{review.id}")


async def dismiss(session: AsyncSession, actor: Actor, review_id: UUID) -> None:
    """Reported, looked at, and fine."""
    admin = require_admin(actor)
    review = await _known(session, review_id)
    if review.reported_at is not None:
        review.reported_at, review.report_reason = None, ""
        await audit.record(session, admin, "review.dismiss", f"review:{review.id}")


async def _known(session: AsyncSession, review_id: UUID) -> Review:
    review = await store.find(session, review_id)
    if review is None:
        raise Missing
    return review
