"""Lists of people who asked for mail. An address typed by somebody gets one mail, to confirm it, and no other before;
who is signed in has confirmed theirs. Leaving takes one press and leaves nothing behind."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.mailing.models import Letter, Subscriber
from marketplace.domain.notifications import service as notifications
from marketplace.domain.notifications.ports import Mail
from marketplace.errors import Invalid
from marketplace.ids import new_id
from marketplace.sql import Over, rows

__all__ = [
    "List",
    "Subscriber",
    "address",
    "ask",
    "confirm",
    "counts",
    "forget",
    "is_on",
    "join",
    "leave",
    "page",
    "tidy",
]

_ADDRESS = re.compile(r"[^@\s<>\",;:()\[\]\\]+@[^@\s<>\",;:()\[\]\\.]+(\.[^@\s<>\",;:()\[\]\\.]+)+")
_KEPT = timedelta(days=14)  # of an address that nobody confirmed


@dataclass(frozen=True, slots=True)
class List:
    """A product's waitlist, or with ``product_id`` empty its creator's letters."""

    creator_id: UUID
    product_id: UUID | None = None


def address(typed: str) -> str:
    """As it is kept. Raises ``Invalid``."""
    found = typed.strip().lower()
    if len(found) > 254 or not found.isprintable() or not _ADDRESS.fullmatch(found):
        raise Invalid("That isn't an email address.", field="email")
    return found


async def ask(session: AsyncSession, list_: List, typed: str, mail: Callable[[Subscriber, str], Mail]) -> None:
    """Somebody wants this address on the list. ``mail`` makes the one that asks its owner, with a key: at most one an
    hour goes out. Whether it is on the list already can't be told from what happens."""
    row = await _row(session, list_, address(typed))
    if row.confirmed_at is None:
        await notifications.queue_mail(session, mail(row, f"confirm-{row.id.hex}-{now():%Y%m%d%H}"))


async def join(session: AsyncSession, list_: List, email: str) -> Subscriber:
    """Somebody signed in, with the address of their account."""
    return await _confirmed(session, await _row(session, list_, address(email)))


async def _row(session: AsyncSession, list_: List, email: str) -> Subscriber:
    await session.execute(
        insert(Subscriber)
        .values(id=new_id(), creator_id=list_.creator_id, product_id=list_.product_id, email=email, asked_at=now())
        .on_conflict_do_nothing()
    )
    found = await session.exec(select(Subscriber).where(*_of(list_), Subscriber.email == email).with_for_update())
    return found.one()


def _of(list_: List) -> tuple[ColumnElement[bool], ...]:
    if list_.product_id is None:
        return (col(Subscriber.creator_id) == list_.creator_id, col(Subscriber.product_id).is_(None))
    return (col(Subscriber.product_id) == list_.product_id,)


async def confirm(session: AsyncSession, subscriber_id: UUID) -> Subscriber | None:
    """None when they left meanwhile, or waited too long."""
    row = await session.get(Subscriber, subscriber_id, with_for_update=True)
    return await _confirmed(session, row) if row is not None else None


async def _confirmed(session: AsyncSession, row: Subscriber) -> Subscriber:
    row.confirmed_at = row.confirmed_at or now()
    await session.flush()
    return row


async def find(session: AsyncSession, subscriber_id: UUID) -> Subscriber | None:
    return await session.get(Subscriber, subscriber_id)


async def leave(session: AsyncSession, subscriber_id: UUID) -> None:
    """Once or again: nothing is left."""
    await session.execute(delete(Subscriber).where(col(Subscriber.id) == subscriber_id))


async def leave_list(session: AsyncSession, list_: List, email: str) -> None:
    await session.execute(delete(Subscriber).where(*_of(list_), col(Subscriber.email) == email.lower()))


async def is_on(over: Over, list_: List, email: str) -> bool:
    return await _is_on(over, list_, "%(whose)s", email.lower())


async def gets(over: Over, list_: List, account_id: UUID) -> bool:
    """Is the address of this account on the list?"""
    return await _is_on(over, list_, "(SELECT lower(email) FROM account WHERE id = %(whose)s)", account_id)


async def _is_on(over: Over, list_: List, email: LiteralString, whose: str | UUID) -> bool:
    which: LiteralString = "creator_id = %(creator)s AND product_id IS NULL"
    if list_.product_id is not None:
        which = "product_id = %(product)s"
    found = await rows(
        over,
        f"SELECT 1 FROM subscriber WHERE {which} AND email = {email} AND confirmed_at IS NOT NULL LIMIT 1",
        {"creator": list_.creator_id, "product": list_.product_id, "whose": whose},
    )
    return bool(found)


async def forget(session: AsyncSession, email: str, account_id: UUID) -> None:
    """Somebody's account goes: their address leaves all lists, and their own lists go."""
    mine = (col(Subscriber.email) == email.lower()) | (col(Subscriber.creator_id) == account_id)
    await session.execute(delete(Subscriber).where(mine))
    await session.execute(delete(Letter).where(col(Letter.creator_id) == account_id))


async def counts(session: AsyncSession, creator_id: UUID, products: Sequence[UUID]) -> dict[UUID, int]:
    """How many wait for each of these products of one creator."""
    query = select(Subscriber.product_id, func.count()).where(
        Subscriber.creator_id == creator_id, col(Subscriber.product_id).in_(products),
        col(Subscriber.confirmed_at).is_not(None),
    )  # fmt: skip
    found = await session.exec(query.group_by(col(Subscriber.product_id)))
    return {product_id: number for product_id, number in found.all() if product_id is not None}


async def page(session: AsyncSession, list_: List, after: UUID | None, limit: int) -> list[Subscriber]:
    """Those who are on the list, in the order in which they came."""
    query = select(Subscriber).where(Subscriber.creator_id == list_.creator_id, *_of(list_))
    query = query.where(col(Subscriber.confirmed_at).is_not(None))
    if after is not None:
        query = query.where(col(Subscriber.id) > after)
    return list((await session.exec(query.order_by(col(Subscriber.id)).limit(limit))).all())


_OUT = """
SELECT DISTINCT s.product_id FROM subscriber s JOIN product p ON p.id = s.product_id
WHERE s.confirmed_at IS NOT NULL AND s.told_at IS NULL AND p.state = 'published'
    AND (p.before = '' OR p.opens_at <= :at) LIMIT :limit
"""


_NEWS = """
SELECT count(pg_notify('page_news', 'shop product:' || id)) FROM product
WHERE before <> '' AND opens_at > :since AND opens_at <= :at AND state = 'published'
"""


async def pages_of_released(session: AsyncSession, since: datetime) -> None:
    """Nothing was written when time alone brought a product out: those who keep its pages are told here."""
    await session.execute(text(_NEWS), {"since": since, "at": now()})


async def out_now(session: AsyncSession, limit: int) -> list[UUID]:
    """Products that are out, and whose waitlist doesn't know it yet."""
    return list((await session.execute(text(_OUT), {"at": now(), "limit": limit})).scalars().all())


async def tell(session: AsyncSession, product_id: UUID, mail: Callable[[Subscriber], Mail], limit: int) -> int:
    """Mails to a part of a product's waitlist, each once: the mail and the mark commit together. Returns how many."""
    query = select(Subscriber).where(
        Subscriber.product_id == product_id,
        col(Subscriber.confirmed_at).is_not(None),
        col(Subscriber.told_at).is_(None),
    )
    query = query.order_by(col(Subscriber.id)).limit(limit).with_for_update(skip_locked=True)
    found = (await session.exec(query)).all()
    for row in found:
        await notifications.queue_mail(session, mail(row))
        row.told_at = now()
    await session.flush()
    return len(found)


async def tidy(session: AsyncSession) -> None:
    """Addresses that nobody confirmed are forgotten."""
    old = (col(Subscriber.confirmed_at).is_(None), col(Subscriber.asked_at) < now() - _KEPT)
    await session.execute(delete(Subscriber).where(*old))
