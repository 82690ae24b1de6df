"""Queries for search engines: everything that is published, by id, in pieces."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

FIRST = UUID(int=0)

_PRODUCTS = """
SELECT kind, slug, updated_at FROM product WHERE state = 'published' AND id >= :start ORDER BY id LIMIT :limit
"""
_CREATORS = """
SELECT handle FROM account a
WHERE id >= :start AND is_creator
    AND EXISTS (SELECT 1 FROM product p WHERE p.creator_id = a.id AND p.state = 'published')
ORDER BY id LIMIT :limit
"""
_PARTS = """
WITH products AS (
    SELECT id, row_number() OVER (ORDER BY id) AS n FROM product WHERE state = 'published'
), creators AS (
    SELECT id, row_number() OVER (ORDER BY id) AS n
    FROM (SELECT DISTINCT creator_id AS id FROM product WHERE state = 'published') c
)
SELECT 'products', id FROM products WHERE n % :size = 1
UNION ALL SELECT 'creators', id FROM creators WHERE n % :size = 1 ORDER BY 1, 2
"""


async def products(session: AsyncSession, start: UUID, limit: int) -> list[tuple[str, str, datetime]]:
    """(kind, slug, changed at)"""
    rows = await session.execute(text(_PRODUCTS), {"start": start, "limit": limit})
    return [(row[0], row[1], row[2]) for row in rows.all()]


async def creators(session: AsyncSession, start: UUID, limit: int) -> list[str]:
    """Handles of those who have something on offer."""
    rows = await session.execute(text(_CREATORS), {"start": start, "limit": limit})
    return [row[0] for row in rows.all()]


async def parts(session: AsyncSession, size: int) -> list[tuple[str, UUID]]:
    """Where each piece of ``size`` entries begins."""
    rows = await session.execute(text(_PARTS), {"size": size})
    return [(row[0], row[1]) for row in rows.all()]
