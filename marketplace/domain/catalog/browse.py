"""What visitors see: lists, search, one lesson."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.accounts.models import Account
from marketplace.domain.catalog import sitemap_store, store
from marketplace.domain.catalog.models import Product
from marketplace.domain.catalog.rules import Lesson
from marketplace.domain.media.models import Image
from marketplace.domain.reviews.rules import NONE, Rating
from marketplace.domain.search import service as search
from marketplace.domain.search import taste
from marketplace.keys import from_key, to_key
from marketplace.sql import Over

PAGE = 24


@dataclass(frozen=True, slots=True)
class Listing:
    """To look at: what changes a product loads it (:mod:`marketplace.domain.catalog.service`)."""

    product: Product
    creator: Account
    image: Image | None
    rating: Rating = NONE


@dataclass(frozen=True, slots=True)
class Page:
    """``next_key`` is opaque, empty on the last page."""

    items: list[Listing]
    next_key: str


async def lessons(
    over: Over,
    *,
    query: str = "",
    topic: str = "",
    creator_id: UUID | None = None,
    key: str = "",
    limit: int = PAGE,
) -> Page:
    """A page of published lessons: ranked when there is a query, else newest first."""
    if search.rules.words(query):
        return await _search(over, query, topic, key, limit)
    rows = await store.newest(over, topic=topic, creator_id=creator_id, after=from_key(key), limit=limit + 1)
    items = [Listing(*row) for row in rows[:limit]]
    last = items[-1].product if len(rows) > limit else None
    return Page(items, to_key(last.published_at, last.id) if last and last.published_at else "")


async def _search(over: Over, query: str, topic: str, key: str, limit: int) -> Page:
    filters = (("topic", topic),) if topic else ()
    found = await search.find(over, search.Asked(query, filters=filters, key=key), limit=limit)
    return Page(await listings(over, [hit.product_id for hit in found.hits]), found.next_key)


async def lesson(over: Over, slug: str) -> Listing | None:
    """The product at this address, in any state: whoever shows it decides what may be shown."""
    row = await store.by_slug(over, slug) if slug.isprintable() else None
    return Listing(*row) if row else None


async def lesson_and_others(over: Over, slug: str, limit: int) -> tuple[Listing | None, list[Listing]]:
    """As :func:`lesson`, and what else is newest on offer of the same creator, in one go."""
    rows = await store.with_others(over, slug, limit) if slug.isprintable() else []
    found = next((Listing(*row) for row in rows if row[0].slug == slug), None)
    return found, [Listing(*row) for row in rows if row[0].slug != slug]


async def found(over: Over, slug: str) -> Listing | None:
    """As :func:`lesson`, also by an address that it had before."""
    return await lesson(over, slug) or await lesson(over, await moved_to(over, slug) or "")


async def facts(over: Over, product_id: UUID) -> Lesson | None:
    """The little that every report of a player needs."""
    return await store.lesson(over, product_id)


async def moved_to(over: Over, slug: str) -> str | None:
    return await store.renamed(over, slug) if slug.isprintable() else None


async def listings(over: Over, ids: Sequence[UUID]) -> list[Listing]:
    return [Listing(*row) for row in await store.by_ids(over, ids)]


async def beside(over: Over, product: Product, limit: int) -> dict[str, list[Listing]]:
    """What stands beside a product: bought ``after`` it and ``together`` with it, or else the best of its ``topic``."""
    found: dict[str, list[Listing]] = {}
    for kind, row in await store.chosen(over, taste.BESIDE, taste.beside(product.id, product.topic, limit)):
        found.setdefault(kind, []).append(Listing(*row))
    return found


async def titles(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, str]:
    """The present titles of these products, in any state."""
    return await store.titles(session, ids)


async def topics(over: Over) -> list[str]:
    return await store.topics_in_use(over)


async def sitemap(session: AsyncSession, limit: int) -> tuple[list[tuple[str, str, datetime]], list[str]]:
    """(kind, slug, changed at) of products, and the handles of creators who have one; at most ``limit`` of each."""
    return (
        await sitemap_store.products(session, sitemap_store.FIRST, limit),
        await sitemap_store.creators(session, sitemap_store.FIRST, limit),
    )


_PARTS_FOR = 600.0  # seconds for which the pieces of the sitemap stay as they are
_parts: tuple[float, int, list[tuple[str, UUID]]] = (0.0, 0, [])


async def sitemap_parts(session: AsyncSession, size: int) -> list[tuple[str, UUID]]:
    """``("products" or "creators", id where it begins)`` of files with ``size`` entries each. New ones come at the end."""
    global _parts
    if _parts[0] < time.monotonic() or _parts[1] != size:
        _parts = (time.monotonic() + _PARTS_FOR, size, await sitemap_store.parts(session, size))
    return _parts[2]


async def sitemap_products(session: AsyncSession, start: UUID, limit: int) -> list[tuple[str, str, datetime]]:
    return await sitemap_store.products(session, start, limit)


async def sitemap_creators(session: AsyncSession, start: UUID, limit: int) -> list[str]:
    return await sitemap_store.creators(session, start, limit)


async def popular(over: Over, limit: int) -> list[Listing]:
    """What is bought most."""
    found = await search.find(over, search.Asked(sort="popular"), limit=limit)
    return await listings(over, [hit.product_id for hit in found.hits])
