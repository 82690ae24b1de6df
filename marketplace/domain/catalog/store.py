"""All queries on products."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, literal_column, text, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.accounts.models import Account
from marketplace.domain.catalog.models import Product, ProductDraft, SlugHistory
from marketplace.domain.catalog.rules import Lesson
from marketplace.domain.locks import hold
from marketplace.domain.media.models import Image
from marketplace.keys import Place
from marketplace.sql import Over, rows

Row = tuple[Product, Account, Image | None]
CANDIDATES = 2000


async def product(session: AsyncSession, product_id: UUID, *, lock: bool = False) -> Product | None:
    return await session.get(Product, product_id, with_for_update=lock, populate_existing=True)


async def draft(session: AsyncSession, product_id: UUID, *, lock: bool = False) -> ProductDraft | None:
    return await session.get(ProductDraft, product_id, with_for_update=lock, populate_existing=True)


async def slug_holder(session: AsyncSession, slug: str) -> UUID | None:
    """The product that has this address, or had it."""
    rows = await session.execute(
        text("SELECT id FROM product WHERE slug = :s UNION ALL SELECT product_id FROM slug_history WHERE slug = :s"),
        {"s": slug},
    )
    found = rows.first()
    return found[0] if found else None


async def claim_slug(session: AsyncSession, slug: str, product_id: UUID) -> bool:
    """May this product have the address? Whoever else wants it waits until this transaction has ended."""
    await hold(session, f"slug:{slug}")
    return await slug_holder(session, slug) in (None, product_id)


async def forget_slug(session: AsyncSession, slug: str) -> None:
    """An address that becomes the present one again redirects no more."""
    await session.execute(text("DELETE FROM slug_history WHERE slug = :s"), {"s": slug})


async def titles(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, str]:
    found = await session.exec(select(Product.id, Product.title).where(col(Product.id).in_(ids)))
    return dict(found.all())


async def renamed(session: AsyncSession, slug: str) -> str | None:
    """The current slug of a product that once had this one."""
    query = select(Product.slug).join(SlugHistory, col(SlugHistory.product_id) == Product.id)
    return (await session.exec(query.where(SlugHistory.slug == slug))).first()


def _listing() -> Any:
    query = select(Product, Account, Image).join(Account, col(Account.id) == Product.creator_id)
    return query.join(Image, col(Image.id) == Product.image_id, isouter=True)


async def by_slug(session: AsyncSession, slug: str) -> Row | None:
    return (await session.execute(_listing().where(col(Product.slug) == slug))).tuples().first()


async def by_ids(session: AsyncSession, ids: Sequence[UUID]) -> list[Row]:
    rows = (await session.execute(_listing().where(col(Product.id).in_(ids)))).tuples().all()
    order = {product_id: n for n, product_id in enumerate(ids)}
    return sorted(rows, key=lambda row: order[row[0].id])


async def lesson(over: Over, product_id: UUID) -> Lesson | None:
    found = await rows(
        over,
        "SELECT title, creator_id, state, price_kind, duration_s FROM product WHERE id = %(id)s",
        {"id": product_id},
    )
    return Lesson(product_id, *found[0]) if found else None


async def newest(
    session: AsyncSession, *, topic: str, creator_id: UUID | None, after: tuple[datetime, UUID] | None, limit: int
) -> list[Row]:
    """Published products, newest first, from a key on."""
    query = _listing().where(col(Product.state) == literal_column("'published'"))
    if topic:
        query = query.where(col(Product.topic) == topic)
    if creator_id is not None:
        query = query.where(col(Product.creator_id) == creator_id)
    if after is not None:
        query = query.where(
            text("(product.published_at, product.id) < (:at, :id)").bindparams(at=after[0], id=after[1])
        )
    query = query.order_by(col(Product.published_at).desc(), col(Product.id).desc()).limit(limit)
    return list((await session.execute(query)).tuples().all())


_SEARCH = """
WITH q AS (SELECT to_tsquery('english', :query) AS query),
candidates AS (
    SELECT p.id, p.search, p.published_at FROM product p, q
    WHERE p.state = 'published' AND p.search @@ q.query AND (:topic = '' OR p.topic = :topic) LIMIT {cap}
)
SELECT c.id FROM candidates c, q ORDER BY ts_rank(c.search, q.query) DESC, c.published_at DESC, c.id DESC
LIMIT :limit OFFSET :skip
"""


async def search(session: AsyncSession, *, tsquery: str, topic: str, skip: int, limit: int) -> list[UUID]:
    """Ranked ids. Common words stop at ``CANDIDATES`` matches before ranking, so that cost stays flat."""
    rows = await session.execute(
        text(_SEARCH.format(cap=CANDIDATES)), {"query": tsquery, "topic": topic, "skip": skip, "limit": limit}
    )
    return [row[0] for row in rows.all()]


async def studio(
    session: AsyncSession, creator_id: UUID, *, state: str, query: str, before: Place | None, limit: int
) -> list[tuple[Product, ProductDraft, Image | None]]:
    wanted = select(Product, ProductDraft, Image).join(ProductDraft, col(ProductDraft.product_id) == Product.id)
    wanted = wanted.join(Image, col(Image.id) == ProductDraft.image_id, isouter=True)
    wanted = wanted.where(Product.creator_id == creator_id)
    wanted = wanted.where(Product.state == state) if state else wanted.where(Product.state != "archived")
    if query:
        pattern = "%" + query.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        wanted = wanted.where(cast(ProductDraft.title, Text).ilike(pattern))
    if before is not None:
        wanted = wanted.where(tuple_(col(Product.created_at), col(Product.id)) < before)
    wanted = wanted.order_by(col(Product.created_at).desc(), col(Product.id).desc())
    return list((await session.exec(wanted.limit(limit))).all())


async def untouched_draft(session: AsyncSession, creator_id: UUID, kind: str) -> Product | None:
    query = select(Product).join(ProductDraft, col(ProductDraft.product_id) == Product.id)
    query = query.where(
        Product.creator_id == creator_id, Product.kind == kind, Product.state == "draft", ProductDraft.revision == 0
    )
    return (await session.exec(query.order_by(col(Product.created_at)).limit(1))).first()


async def published_slugs(session: AsyncSession, limit: int = 50_000) -> list[tuple[str, str, datetime]]:
    """(kind, slug, changed)"""
    query = select(Product.kind, Product.slug, Product.updated_at).where(Product.state == "published")
    return list((await session.exec(query.order_by(col(Product.published_at).desc()).limit(limit))).all())


async def published_handles(session: AsyncSession, limit: int = 50_000) -> list[str]:
    query = select(Account.handle).where(
        col(Account.id).in_(select(Product.creator_id).where(Product.state == "published").distinct())
    )
    return list((await session.exec(query.limit(limit))).all())


async def topics_in_use(session: AsyncSession) -> list[str]:
    """Topics with something published: one index probe each, however many products there are."""
    rows = await session.execute(
        text(
            "WITH RECURSIVE t AS ((SELECT topic FROM product WHERE state = 'published' ORDER BY topic LIMIT 1)"
            " UNION ALL SELECT (SELECT p.topic FROM product p WHERE p.state = 'published' AND p.topic > t.topic"
            " ORDER BY p.topic LIMIT 1) FROM t WHERE t.topic IS NOT NULL) SELECT topic FROM t WHERE topic IS NOT NULL"
        )
    )
    return [row[0] for row in rows.all()]


async def rename_creator(session: AsyncSession, creator_id: UUID, name: str) -> None:
    await session.execute(
        text("UPDATE product SET creator_name = :name WHERE creator_id = :id AND creator_name <> :name"),
        {"name": name, "id": creator_id},
    )


async def archive_all(session: AsyncSession, creator_id: UUID, at: datetime) -> None:
    await session.execute(
        text(
            "UPDATE product SET state = 'archived', archived_at = :at, updated_at = :at"
            " WHERE creator_id = :id AND state <> 'archived'"
        ),
        {"at": at, "id": creator_id},
    )
