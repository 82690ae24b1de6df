"""What creators earn, from whom, and how many who look buy: figures that are added up as things happen.

Each sale, refund or refund that came back writes one row of its own in the transaction that books it, so that sales
never wait for each other. A job folds those rows into sums per day, month, product and customer. Reading takes the sums
and what isn't folded in yet together. Days are UTC.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.access.service import Actor, require_creator
from marketplace.domain.analytics import booking_store, customer_store, rules, store
from marketplace.domain.analytics.customer_store import CustomerRow
from marketplace.domain.analytics.rules import Grain, Span, Totals
from marketplace.domain.analytics.store import EventRow, Scope
from marketplace.errors import Missing
from marketplace.ids import new_id, new_token

__all__ = [
    "CustomerRow", "EventRow", "Grain", "Scope", "Span", "Totals", "View", "by_product", "by_time", "currencies",
    "customer", "customer_count", "customers", "events", "first_day", "fold", "has_product", "purchases", "record_refund",
    "record_sale", "record_share", "record_share_back", "record_views", "rules", "salt", "scope", "spends", "tidy", "totals",
]  # fmt: skip

KEPT_DAYS = 2  # of visits: today's and yesterday's


# what is booked


async def record_sale(
    session: AsyncSession, *, key: str, creator_id: UUID, product_id: UUID, buyer_id: UUID, currency: str, at: datetime,
    gross_minor: int, net_minor: int, discount_minor: int = 0, quantity: int = 1, line_id: UUID | None = None,
) -> bool:  # fmt: skip
    """A sale, for one creator, in the transaction that books it. Returns whether this ``key`` was new.

    ``gross_minor`` is what the buyer paid (after ``discount_minor`` was taken off), ``net_minor`` the creator's part of
    it. ``line_id`` is the order line: refunds of it are shown beside it, and its page in the studio is linked.
    """
    return await _book(
        session, at, key=key, creator_id=creator_id, product_id=product_id, buyer_id=buyer_id, currency=currency,
        line_id=line_id, sales=1, units=quantity, gross_minor=gross_minor, net_minor=net_minor,
        discount_minor=discount_minor,
    )  # fmt: skip


async def record_refund(
    session: AsyncSession, *, key: str, creator_id: UUID, product_id: UUID, buyer_id: UUID, currency: str, at: datetime,
    amount_minor: int, net_minor: int, line_id: UUID | None = None,
) -> bool:  # fmt: skip
    """A refund of ``amount_minor``, of which ``net_minor`` from the creator's part. Both negative: it came back."""
    return await _book(
        session, at, key=key, creator_id=creator_id, product_id=product_id, buyer_id=buyer_id, currency=currency,
        line_id=line_id, refunds=1 if amount_minor >= 0 else -1, refunded_minor=amount_minor,
        refunded_net_minor=net_minor,
    )  # fmt: skip


async def record_share(
    session: AsyncSession, *, key: str, partner_id: UUID, product_id: UUID, buyer_id: UUID, currency: str, at: datetime,
    amount_minor: int, line_id: UUID | None = None,
) -> bool:  # fmt: skip
    """What came to a partner by the sale of another's product. It is no sale of theirs, and its buyer not their
    customer: their revenue and the owner's figures don't change."""
    return await _book(
        session, at, key=key, creator_id=partner_id, product_id=product_id, buyer_id=buyer_id, currency=currency,
        line_id=line_id, shares=1, shared_minor=amount_minor, partner=True,
    )  # fmt: skip


async def record_share_back(
    session: AsyncSession, *, key: str, partner_id: UUID, product_id: UUID, buyer_id: UUID, currency: str, at: datetime,
    amount_minor: int, line_id: UUID | None = None,
) -> bool:  # fmt: skip
    """The partner's part of a refund or a dispute. Negative: it came back."""
    return await _book(
        session, at, key=key, creator_id=partner_id, product_id=product_id, buyer_id=buyer_id, currency=currency,
        line_id=line_id, shared_back_minor=amount_minor, partner=True,
    )  # fmt: skip


async def _book(session: AsyncSession, at: datetime, **values: Any) -> bool:
    nothing = {**dict.fromkeys(store.MEASURES, 0), "partner": False}
    return await booking_store.book(session, {**nothing, **values, "id": new_id(), "at": at, "day": rules.day_of(at)})


async def fold(session: AsyncSession, limit: int = 1000) -> int:
    """Add up to ``limit`` waiting events to the sums, exactly once. Returns how many; less than ``limit``: all done."""
    return await booking_store.fold(session, limit)


@dataclass(frozen=True, slots=True)
class View:
    """Somebody looked at a product's page. ``currency`` is that of its price, empty when it costs nothing."""

    creator_id: UUID
    product_id: UUID
    currency: str
    visitor: str
    at: datetime


async def record_views(session: AsyncSession, views: Sequence[View]) -> int:
    """Count visitors, each once a day for each product. Returns how many were new. What is too old is left out: it
    isn't known any more who was there."""
    oldest = rules.day_of(now()) - timedelta(days=KEPT_DAYS - 1)
    rows = [{**asdict(view), "day": rules.day_of(view.at)} for view in views if rules.day_of(view.at) >= oldest]
    return await booking_store.count_views(session, _json(rows), _json) if rows else 0


def _json(rows: list[dict[str, Any]]) -> str:
    return json.dumps(rows, default=str)


async def salt(session: AsyncSession, day: date) -> str:
    """The secret of the day for visitors' digests, shared by all processes."""
    return await booking_store.salt(session, day, new_token())


async def tidy(session: AsyncSession) -> None:
    """Forget who looked at what, and the secrets of days that are over."""
    today = rules.day_of(now())
    await booking_store.forget_visits(session, visits_before=today - timedelta(days=KEPT_DAYS - 1), salts_before=today)


# what creators read


def scope(actor: Actor, currency: str, product_id: UUID | None = None) -> Scope:
    """The actor's own figures; another creator's product has none in it."""
    return Scope(require_creator(actor), currency, product_id)


async def currencies(session: AsyncSession, actor: Actor) -> list[str]:
    """Those with anything in them, the one with the most sales first."""
    return [currency for currency, _sales in await store.currencies(session, require_creator(actor))]


async def has_product(session: AsyncSession, of: Scope) -> bool:
    """Was the scope's product ever sold by, or looked at with, this creator?"""
    return await store.has_product(session, of)


async def first_day(session: AsyncSession, of: Scope) -> date | None:
    return await store.first_day(session, of)


async def totals(session: AsyncSession, of: Scope, span: Span) -> Totals:
    return await store.totals(session, of, span)


async def by_time(
    session: AsyncSession, of: Scope, span: Span, grain: Grain, *, until: date | None = None, limit: int | None = None
) -> list[tuple[date, Totals]]:
    """Days, weeks or months with anything in them, newest first, by their first day. ``until``: those before it."""
    return await store.by_time(session, of, span, grain, until=until, limit=limit)


async def by_product(
    session: AsyncSession, of: Scope, span: Span, *, after: tuple[int, UUID] | None = None, limit: int = 30
) -> list[tuple[UUID, Totals]]:
    """Products by what the creator keeps of them, most first. ``after``: (kept, id) of the last one before."""
    return await store.by_product(session, of, span, after=after, limit=limit)


async def events(
    session: AsyncSession, of: Scope, span: Span, *, after: tuple[datetime, UUID] | None = None, limit: int = 1000
) -> list[EventRow]:
    """Sales and refunds in the order they happened, page by page."""
    start, end = (datetime.combine(day, time(), UTC) for day in (span.start, span.end))
    return await store.events(session, of, start, end, after=after, limit=limit)


@dataclass(frozen=True, slots=True)
class Customers:
    """A page of customers with what they spent: buyer → currency → (spent, refunded)."""

    rows: list[CustomerRow]
    spends: dict[UUID, dict[str, tuple[int, int]]] = field(default_factory=dict)


async def customers(
    session: AsyncSession, actor: Actor, *, most_in: str = "", search: str = "",
    after: tuple[datetime | int, UUID] | None = None, limit: int = 30,
) -> Customers:  # fmt: skip
    """Own customers: who bought last first, or who spent the most in the currency ``most_in``. ``search`` are beginnings
    of words of their name or address; who has left is not found by it."""
    query = rules.search_words(search)
    if search.strip() and not query:
        return Customers([])
    rows = await customer_store.customers(
        session, require_creator(actor), most=bool(most_in), currency=most_in, query=query, after=after, limit=limit
    )
    return Customers(rows, await customer_store.spends(session, require_creator(actor), [row.buyer_id for row in rows]))


async def customer(session: AsyncSession, actor: Actor, buyer_id: UUID) -> CustomerRow:
    """One of the actor's own customers; for anybody else ``Missing``."""
    found = await customer_store.customer(session, require_creator(actor), buyer_id)
    if found is None:
        raise Missing("There is no customer at this address.")
    return found


async def spends(session: AsyncSession, actor: Actor, buyer_id: UUID) -> dict[str, tuple[int, int]]:
    """Currency → (spent, refunded) of one customer."""
    return (await customer_store.spends(session, require_creator(actor), [buyer_id])).get(buyer_id, {})


async def customer_count(session: AsyncSession, actor: Actor, most: int = 10_000) -> int:
    return await customer_store.customer_count(session, require_creator(actor), most)


async def purchases(
    session: AsyncSession, actor: Actor, buyer_id: UUID, *, before: tuple[datetime, UUID] | None = None, limit: int = 30
) -> tuple[list[EventRow], dict[UUID, tuple[int, int]]]:
    """What a customer bought, newest first, and what went back by order line: (refunded, of the creator's part)."""
    creator_id = require_creator(actor)
    rows = await store.purchases(session, creator_id, buyer_id, before=before, limit=limit)
    return rows, await store.refunded(session, creator_id, buyer_id)
