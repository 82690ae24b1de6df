"""What visitors see: lists, search, one lesson."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.accounts.models import Account
from marketplace.domain.catalog import store
from marketplace.domain.catalog.models import Product
from marketplace.domain.catalog.rules import Lesson
from marketplace.domain.media.models import Image
from marketplace.keys import from_key, to_key
from marketplace.sql import Over
from marketplace.text import JOINERS

PAGE = 24
_MAX_SKIP = 480


@dataclass(frozen=True, slots=True)
class Listing:
    product: Product
    creator: Account
    image: Image | None


@dataclass(frozen=True, slots=True)
class Page:
    """``next_key`` is opaque, empty on the last page."""

    items: list[Listing]
    next_key: str


def words(query: str) -> list[str]:
    """Up to eight searchable words of what someone typed; operators and other signs mean nothing.

    Words are what the database takes for words: marks and joiners belong to them, as the scripts of India and of
    Persian need it, and upper and lower case are its own affair ("ß" isn't "ss" there)."""
    text = unicodedata.normalize("NFKC", query[:400])
    kept = "".join(c if unicodedata.category(c)[0] in "LMN" or c in JOINERS else " " for c in text)
    return [word for word in kept.split() if any(c.isalnum() for c in word)][:8]


def tsquery(query: str) -> str:
    """All words, the last one as a prefix (someone may still be typing)."""
    found = words(query)
    return " & ".join([*found[:-1], f"{found[-1]}:*"]) if found else ""


async def lessons(
    session: AsyncSession,
    *,
    query: str = "",
    topic: str = "",
    creator_id: UUID | None = None,
    key: str = "",
    limit: int = PAGE,
) -> Page:
    """A page of published lessons: ranked when there is a query, else newest first."""
    if tsquery(query):
        return await _search(session, query, topic, key, limit)
    rows = await store.newest(session, topic=topic, creator_id=creator_id, after=from_key(key), limit=limit + 1)
    items = [Listing(*row) for row in rows[:limit]]
    last = items[-1].product if len(rows) > limit else None
    return Page(items, to_key(last.published_at, last.id) if last and last.published_at else "")


async def _search(session: AsyncSession, query: str, topic: str, key: str, limit: int) -> Page:
    skip = int(key) if key.isdecimal() and len(key) < 9 and int(key) <= _MAX_SKIP else 0
    ids = await store.search(session, tsquery=tsquery(query), topic=topic, skip=skip, limit=limit + 1)
    items = [Listing(*row) for row in await store.by_ids(session, ids[:limit])]
    more = len(ids) > limit and skip + limit <= _MAX_SKIP
    return Page(items, str(skip + limit) if more else "")


async def lesson(session: AsyncSession, slug: str) -> Listing | None:
    """The product at this address, in any state: whoever shows it decides what may be shown."""
    row = await store.by_slug(session, slug) if slug.isprintable() else None
    return Listing(*row) if row else None


async def found(session: AsyncSession, slug: str) -> Listing | None:
    """As :func:`lesson`, also by an address that it had before."""
    return await lesson(session, slug) or await lesson(session, await moved_to(session, slug) or "")


async def facts(over: Over, product_id: UUID) -> Lesson | None:
    """The little that every report of a player needs."""
    return await store.lesson(over, product_id)


async def moved_to(session: AsyncSession, slug: str) -> str | None:
    return await store.renamed(session, slug) if slug.isprintable() else None


async def listings(session: AsyncSession, ids: list[UUID]) -> list[Listing]:
    return [Listing(*row) for row in await store.by_ids(session, ids)]


async def titles(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, str]:
    """The present titles of these products, in any state."""
    return await store.titles(session, ids)


async def topics(session: AsyncSession) -> list[str]:
    return await store.topics_in_use(session)


async def sitemap(session: AsyncSession) -> tuple[list[tuple[str, str, datetime]], list[str]]:
    """(kind, slug, changed at) of products, and the handles of creators who have one."""
    return await store.published_slugs(session), await store.published_handles(session)
