"""What ratings say of products in search: the filter of stars, and what they add to the standing. All queries of it.

Triggers note each change of the figures; a job takes the notes, a minute later at most. The filter follows what is
shown; the standing leaves out who doesn't speak for a product (``rules.speaks``).
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.locks import hold
from marketplace.domain.search import making, rules
from marketplace.sql import rows

_TAKE = """
WITH taken AS (
    DELETE FROM review_pending WHERE id IN (SELECT id FROM review_pending ORDER BY id LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED) RETURNING product_id
)
SELECT DISTINCT product_id FROM taken
"""
_RATED = f"""
WITH wanted AS (SELECT unnest(%(ids)s::uuid[]) AS id), fresh AS (
    SELECT r.product_id, r.stars, r.created_at - a.created_at AS age,
        row_number() OVER (PARTITION BY r.product_id, r.created_at - a.created_at < %(new)s,
                           (r.created_at AT TIME ZONE 'UTC')::date ORDER BY r.created_at, r.id) AS of_day
    FROM wanted JOIN review r ON r.product_id = wanted.id JOIN account a ON a.id = r.account_id
    WHERE r.shown AND r.created_at - a.created_at >= %(week)s
), speaking AS (
    SELECT product_id, count(*)::int AS count, sum(stars)::int AS total FROM fresh
    WHERE age >= %(new)s OR of_day <= %(new_a_day)s GROUP BY product_id
), known AS (
    SELECT w.id, {making.stars("f.count", "f.total")} AS rating,
        coalesce({rules.STAR} * (s.total - {rules.USUAL} * s.count) / (s.count + {rules.BESIDE}), 0)::smallint AS rated
    FROM wanted w LEFT JOIN review_figures f ON f.product_id = w.id LEFT JOIN speaking s ON s.product_id = w.id
)
UPDATE search_document d SET rating = k.rating, rated = k.rated,
    quality = {making.standing("d.popularity", "d.fresh", "k.rated")},
    words = ts_delete(d.words, ARRAY{[f"r {value}" for value in rules.RATINGS]})
            || array_to_tsvector({making.starred("k.rating")})
FROM known k WHERE d.product_id = k.id AND (d.rating, d.rated) IS DISTINCT FROM (k.rating, k.rated)
"""


async def fold(session: AsyncSession, limit: int) -> bool:
    """Up to ``limit`` notes. Returns whether more may wait."""
    await hold(session, "search:rating")
    found = await rows(session, _TAKE, {"limit": limit})
    await _rate(session, [row[0] for row in found])
    [(more,)] = await rows(session, "SELECT EXISTS (SELECT 1 FROM review_pending)", {})
    return bool(more)


async def _rate(session: AsyncSession, ids: Sequence[UUID]) -> None:
    values = {
        "ids": list(ids), "week": rules.NEW_ACCOUNT, "new": rules.NEW_REVIEWER, "new_a_day": rules.NEW_A_DAY,
    }  # fmt: skip
    if ids:
        await rows(session, _RATED, values)
