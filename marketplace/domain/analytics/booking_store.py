"""What is written of analytics: events as they happen, and their folding into sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.analytics.store import MEASURES

_ADDED = ", ".join(MEASURES)
_EVENT_SUMS = ", ".join(f"sum({name})" for name in MEASURES)


def _add(table: str, names: Sequence[str]) -> str:
    return ", ".join(f"{name} = {table}.{name} + EXCLUDED.{name}" for name in names)


_BOOK = text(
    f"""
    WITH event AS (
        INSERT INTO sale_event (id, key, creator_id, buyer_id, product_id, line_id, currency, at, day, partner,
                                {_ADDED})
        SELECT :id, :key, :creator_id, :buyer_id, :product_id, CAST(:line_id AS uuid), :currency, :at, :day, :partner, :sales,
               :units, CASE WHEN :sales = 1 AND NOT EXISTS (
                   SELECT 1 FROM sale_event WHERE creator_id = :creator_id AND buyer_id = :buyer_id
                   AND product_id = :product_id AND sales = 1) THEN 1 ELSE 0 END,
               :gross_minor, :net_minor, :discount_minor, :refunds, :refunded_minor, :refunded_net_minor,
               :shares, :shared_minor, :shared_back_minor
        ON CONFLICT (key) DO NOTHING RETURNING id, creator_id
    )
    INSERT INTO sale_pending (event_id, creator_id) SELECT id, creator_id FROM event RETURNING event_id
    """
)


async def book(session: AsyncSession, values: Mapping[str, Any]) -> bool:
    """One event and its mark that it waits to be folded in. False when its key is known."""
    return (await session.execute(_BOOK, dict(values))).first() is not None


_TAKE = text(
    "DELETE FROM sale_pending WHERE event_id IN (SELECT event_id FROM sale_pending ORDER BY event_id LIMIT :limit"
    " FOR UPDATE SKIP LOCKED) RETURNING event_id"
)


def _taken(sql: str) -> Any:
    return text(sql).bindparams(bindparam("ids", type_=ARRAY(Uuid)))


def _fold_into(table: str, day: str, keys: str) -> Any:
    """Rows are locked in the order of their keys, by everybody: two folds wait for each other at most."""
    return _taken(
        f"INSERT INTO {table} ({keys}, {_ADDED}, visitors) SELECT {keys}, {_EVENT_SUMS}, 0 FROM"
        f" (SELECT creator_id, currency, product_id, {day} AS day, {_ADDED} FROM sale_event WHERE id = ANY(:ids)) e"
        f" GROUP BY {keys} ORDER BY {keys} ON CONFLICT ({keys}) DO UPDATE SET {_add(table, MEASURES)}"
    )


_MONTH = "date_trunc('month', day::timestamp)::date"
_FOLDS = (
    _fold_into("stats_day", "day", "creator_id, currency, day"),
    _fold_into("stats_product_day", "day", "creator_id, currency, product_id, day"),
    _fold_into("stats_product_month", _MONTH, "creator_id, currency, day, product_id"),
    _taken(
        "INSERT INTO customer (creator_id, buyer_id, purchases, first_at, last_at)"
        " SELECT creator_id, buyer_id, sum(sales), min(at) FILTER (WHERE sales > 0), max(at) FILTER (WHERE sales > 0)"
        " FROM sale_event WHERE id = ANY(:ids) AND NOT partner GROUP BY 1, 2 ORDER BY 1, 2"
        " ON CONFLICT (creator_id, buyer_id) DO UPDATE SET purchases = customer.purchases + EXCLUDED.purchases,"
        " first_at = least(customer.first_at, EXCLUDED.first_at), last_at = greatest(customer.last_at, EXCLUDED.last_at)"
    ),
    _taken(
        "INSERT INTO customer_spend (creator_id, buyer_id, currency, purchases, spent_minor, refunded_minor, kept_minor)"
        " SELECT creator_id, buyer_id, currency, sum(sales), sum(gross_minor), sum(refunded_minor),"
        " sum(gross_minor - refunded_minor) FROM sale_event WHERE id = ANY(:ids) AND NOT partner"
        " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
        " ON CONFLICT (creator_id, buyer_id, currency) DO UPDATE SET "
        + _add("customer_spend", ("purchases", "spent_minor", "refunded_minor", "kept_minor"))
    ),
)


async def fold(session: AsyncSession, limit: int) -> int:
    """Up to ``limit`` waiting events into all sums, and off the list, in the caller's one transaction."""
    ids = [row[0] for row in (await session.execute(_TAKE, {"limit": limit})).all()]
    if ids:
        for statement in _FOLDS:
            await session.execute(statement, {"ids": ids})
    return len(ids)


_SEEN = """
WITH seen AS (
    SELECT * FROM jsonb_to_recordset(CAST(:views AS jsonb))
        AS v (creator_id uuid, product_id uuid, currency text, day date, visitor text)
), fresh AS (
    INSERT INTO visit (product_id, day, visitor) SELECT DISTINCT product_id, day, visitor FROM seen ORDER BY 1, 2, 3
    ON CONFLICT DO NOTHING RETURNING product_id, day, visitor
)
SELECT DISTINCT ON (f.product_id, f.day, f.visitor) s.creator_id, s.currency, f.product_id, f.day
FROM fresh f JOIN seen s USING (product_id, day, visitor) ORDER BY f.product_id, f.day, f.visitor, s.currency
"""


def _count_into(table: str, day: str, keys: str) -> Any:
    zeros = ", ".join("0" for _ in MEASURES)
    return text(
        f"INSERT INTO {table} ({keys}, {_ADDED}, visitors) SELECT {keys}, {zeros}, count(*) FROM"
        f" (SELECT creator_id, currency, product_id, {day} AS day FROM jsonb_to_recordset(CAST(:fresh AS jsonb))"
        " AS v (creator_id uuid, currency text, product_id uuid, day date)) v"
        f" GROUP BY {keys} ORDER BY {keys} ON CONFLICT ({keys}) DO UPDATE SET visitors = {table}.visitors + EXCLUDED.visitors"
    )


_COUNTS = (
    _count_into("stats_day", "day", "creator_id, currency, day"),
    _count_into("stats_product_day", "day", "creator_id, currency, product_id, day"),
    _count_into("stats_product_month", _MONTH, "creator_id, currency, day, product_id"),
)


async def count_views(session: AsyncSession, views: str, as_json: Any) -> int:
    """Views, as JSON, of people who weren't there on that day yet. The same tables in the same order as folding."""
    fresh = [dict(row) for row in (await session.execute(text(_SEEN), {"views": views})).mappings().all()]
    if fresh:
        for statement in _COUNTS:
            await session.execute(statement, {"fresh": as_json(fresh)})
    return len(fresh)


async def salt(session: AsyncSession, day: date, fresh: str) -> str:
    """The day's salt: ``fresh`` if nobody made one before."""
    await session.execute(
        text("INSERT INTO visit_salt (day, salt) VALUES (:day, :salt) ON CONFLICT DO NOTHING"),
        {"day": day, "salt": fresh},
    )
    found = await session.execute(text("SELECT salt FROM visit_salt WHERE day = :day"), {"day": day})
    return str(found.scalar_one())


async def forget_visits(session: AsyncSession, *, visits_before: date, salts_before: date) -> None:
    await session.execute(text("DELETE FROM visit WHERE day < :day"), {"day": visits_before})
    await session.execute(text("DELETE FROM visit_salt WHERE day < :day"), {"day": salts_before})
