"""All queries on products."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlalchemy import Text, cast, text, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.accounts.models import Account
from marketplace.domain.catalog.models import Product, ProductDraft
from marketplace.domain.catalog.rules import Lesson
from marketplace.domain.locks import hold
from marketplace.domain.media.models import Image
from marketplace.domain.reviews.models import ReviewFigures
from marketplace.domain.reviews.rules import Rating
from marketplace.keys import Place
from marketplace.sql import Over, columns, made, names, rows

Row = tuple[Product, Account, Image | None, Rating]


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


async def renamed(over: Over, slug: str) -> str | None:
    """The current slug of a product that once had this one."""
    query: LiteralString = (
        "SELECT p.slug FROM product p JOIN slug_history h ON h.product_id = p.id WHERE h.slug = %(slug)s"
    )
    found = await rows(over, query, {"slug": slug})
    return str(found[0][0]) if found else None


# Every public page asks for these: outside of the mapper, which takes several times as long as the database.
_WITH: LiteralString = f"{columns(Account, 'a')}, {columns(Image, 'i')}, f.count, f.total"
_WHOLE: LiteralString = f"{columns(Product, 'p')}, {_WITH}"
_COLUMNS: LiteralString = f"{columns(Product, 'p', 'blocks')}, {_WITH}"  # lists show nothing of its blocks: that's long
_JOINED: LiteralString = (
    "JOIN account a ON a.id = p.creator_id LEFT JOIN image i ON i.id = p.image_id"
    f" LEFT JOIN {ReviewFigures.__tablename__} f ON f.product_id = p.id"
)
_LISTING: LiteralString = f"SELECT {_COLUMNS} FROM product p {_JOINED}"
_ONE: LiteralString = f"SELECT {_WHOLE} FROM product p {_JOINED}"
_NEWEST: LiteralString = " ORDER BY p.published_at DESC, p.id DESC LIMIT %(limit)s"
_WITH_OTHERS: LiteralString = (
    f"({_ONE} WHERE p.slug = %(slug)s) UNION ALL ({_LISTING} WHERE p.state = 'published' AND p.creator_id ="
    f" (SELECT creator_id FROM product WHERE slug = %(slug)s){_NEWEST})"
)
_CREATOR = len(names(Product))  # where the columns of each begin
_PICTURE = _CREATOR + len(names(Account))
_END = _PICTURE + len(names(Image))
_CREATOR_ID, _PICTURE_ID = _CREATOR + names(Account).index("id"), _PICTURE + names(Image).index("id")


async def _listings(over: Over, query: LiteralString, values: dict[str, Any]) -> list[Row]:
    return _shown(await rows(over, query, values))


def _shown(found: Sequence[Sequence[Any]]) -> list[Row]:
    people = {row[_CREATOR_ID]: row[_CREATOR:_PICTURE] for row in found}
    creators = {creator_id: made(Account, values) for creator_id, values in people.items()}
    return [
        (
            _product(row[:_CREATOR]),
            creators[row[_CREATOR_ID]],
            made(Image, row[_PICTURE:_END]) if row[_PICTURE_ID] is not None else None,
            Rating(row[_END] or 0, row[_END + 1] or 0),
        )
        for row in found
    ]


def _product(values: Sequence[Any]) -> Product:
    product = made(Product, values)
    if product.blocks is None:  # of a list: who asks for them fails, instead of finding none
        del product.blocks
    return product


async def by_slug(over: Over, slug: str) -> Row | None:
    return next(iter(await _listings(over, f"{_ONE} WHERE p.slug = %(slug)s", {"slug": slug})), None)


async def with_others(over: Over, slug: str, limit: int) -> list[Row]:
    """What has this address, in any state, and the newest on offer of the same creator: it may be among them again."""
    return await _listings(over, _WITH_OTHERS, {"slug": slug, "limit": limit})


async def chosen(over: Over, choice: LiteralString, values: dict[str, Any]) -> list[tuple[str, Row]]:
    """What another statement chose, as its columns kind, id and place say."""
    query: LiteralString = (
        f"SELECT c.kind, {_COLUMNS} FROM ({choice}) c JOIN product p ON p.id = c.id {_JOINED} ORDER BY c.kind, c.place"
    )
    found = await rows(over, query, values)
    return list(zip([row[0] for row in found], _shown([row[1:] for row in found]), strict=True))


async def by_ids(over: Over, ids: Sequence[UUID]) -> list[Row]:
    if not ids:
        return []
    found = await _listings(over, f"{_LISTING} WHERE p.id = ANY(%(ids)s)", {"ids": list(ids)})
    order = {product_id: n for n, product_id in enumerate(ids)}
    return sorted(found, key=lambda row: order[row[0].id])


async def lesson(over: Over, product_id: UUID) -> Lesson | None:
    found = await rows(
        over,
        "SELECT title, creator_id, state, price_kind, duration_s FROM product WHERE id = %(id)s",
        {"id": product_id},
    )
    return Lesson(product_id, *found[0]) if found else None


async def newest(
    over: Over, *, topic: str, creator_id: UUID | None, after: tuple[datetime, UUID] | None, limit: int
) -> list[Row]:
    """Published products, newest first, from a key on."""
    query = _LISTING + " WHERE p.state = 'published'"
    if topic:
        query += " AND p.topic = %(topic)s"
    if creator_id is not None:
        query += " AND p.creator_id = %(creator)s"
    if after is not None:
        query += " AND (p.published_at, p.id) < (%(at)s, %(id)s)"
    at, last = after or (None, None)
    values = {"topic": topic, "creator": creator_id, "at": at, "id": last, "limit": limit}
    return await _listings(over, query + _NEWEST, values)


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


async def topics_in_use(over: Over) -> list[str]:
    """Topics with something published: one index probe each, however many products there are."""
    query: LiteralString = (
        "WITH RECURSIVE t AS ((SELECT topic FROM product WHERE state = 'published' ORDER BY topic LIMIT 1)"
        " UNION ALL SELECT (SELECT p.topic FROM product p WHERE p.state = 'published' AND p.topic > t.topic"
        " ORDER BY p.topic LIMIT 1) FROM t WHERE t.topic IS NOT NULL) SELECT topic FROM t WHERE topic IS NOT NULL"
    )
    return [row[0] for row in await rows(over, query, {})]


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
