"""All queries on the customers of creators, the waiting events included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid
from sqlmodel.ext.asyncio.session import AsyncSession


def _words(account: str) -> str:
    """The same expression as in the index ``account_words``."""
    return f"to_tsvector('simple', translate({account}.name || ' ' || {account}.email, '.@_-+/:', '       '))"


MANY = 5000  # accounts that match a search: beyond that the customers are looked through instead


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """``key`` is what the list is sorted by: the last purchase, or what was kept of the money spent."""

    buyer_id: UUID
    key: Any
    purchases: int
    first_at: datetime
    last_at: datetime
    name: str
    email: str
    gone: bool


_WAITING = """
    SELECT e.buyer_id, sum(e.sales)::bigint AS purchases, min(e.at) FILTER (WHERE e.sales > 0) AS first_at,
           max(e.at) FILTER (WHERE e.sales > 0) AS last_at,
           coalesce(sum(e.gross_minor - e.refunded_minor) FILTER (WHERE e.currency = :currency), 0)::bigint AS kept_minor,
           bool_or(e.currency = :currency) AS in_currency
    FROM sale_pending p JOIN sale_event e ON e.id = p.event_id WHERE p.creator_id = :creator AND NOT e.partner GROUP BY 1
"""
_RECENT = """
WITH waiting AS ({waiting}), page AS (
    (SELECT c.buyer_id, c.last_at AS key FROM customer c WHERE c.creator_id = :creator AND c.last_at IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM waiting w WHERE w.buyer_id = c.buyer_id) {older} {found}
     ORDER BY c.last_at DESC, c.buyer_id DESC LIMIT :limit)
    UNION ALL
    SELECT * FROM (SELECT w.buyer_id, greatest(c.last_at, w.last_at) AS last_at FROM waiting w
        LEFT JOIN customer c ON c.creator_id = :creator AND c.buyer_id = w.buyer_id) c
    WHERE c.last_at IS NOT NULL {older} {found}
)
"""
_MOST = """
WITH waiting AS ({waiting}), page AS (
    (SELECT c.buyer_id, c.kept_minor AS key FROM customer_spend c WHERE c.creator_id = :creator AND c.currency = :currency
        AND NOT EXISTS (SELECT 1 FROM waiting w WHERE w.buyer_id = c.buyer_id) {older} {found}
     ORDER BY c.kept_minor DESC, c.buyer_id DESC LIMIT :limit)
    UNION ALL
    SELECT * FROM (SELECT w.buyer_id, coalesce(c.kept_minor, 0) + w.kept_minor AS kept_minor FROM waiting w
        LEFT JOIN customer_spend c ON c.creator_id = :creator AND c.buyer_id = w.buyer_id AND c.currency = :currency
        WHERE c.buyer_id IS NOT NULL OR w.in_currency) c
    WHERE true {older} {found}
)
"""
_FACTS = """
SELECT k.buyer_id, k.key, coalesce(c.purchases, 0) + coalesce(w.purchases, 0) AS purchases,
       least(c.first_at, w.first_at) AS first_at, greatest(c.last_at, w.last_at) AS last_at,
       a.name, a.email, a.deleted_at IS NOT NULL AS gone
FROM (SELECT * FROM page ORDER BY key DESC, buyer_id DESC LIMIT :limit) k
JOIN account a ON a.id = k.buyer_id
LEFT JOIN customer c ON c.creator_id = :creator AND c.buyer_id = k.buyer_id
LEFT JOIN waiting w ON w.buyer_id = k.buyer_id
ORDER BY k.key DESC, k.buyer_id DESC
"""


async def customers(
    session: AsyncSession, creator_id: UUID, *, most: bool, currency: str, query: str, after: tuple[Any, UUID] | None,
    limit: int,
) -> list[CustomerRow]:  # fmt: skip
    """Who bought last first, or who spent ``most`` of a currency; ``query`` is a full-text query or empty."""
    values: dict[str, Any] = {"creator": creator_id, "currency": currency, "limit": limit, "q": query}
    found = await _found(session, query) if query else ""
    sort = "kept_minor" if most else "last_at"
    older = ""
    if after:
        older = f"AND (c.{sort}, c.buyer_id) < (:key, :buyer)"
        values |= {"key": after[0], "buyer": after[1]}
    sql = (_MOST if most else _RECENT).format(waiting=_WAITING, older=older, found=found) + _FACTS
    rows = (await session.execute(text(sql), values)).mappings().all()
    return [CustomerRow(**row) for row in rows if row["first_at"] is not None]


async def _found(session: AsyncSession, query: str) -> str:
    """A rare word's few accounts are looked up among the customers. A common word's many are not: then the customers are
    looked through in their order until a page is full, which is soon."""
    match = f"a.deleted_at IS NULL AND {_words('a')} @@ to_tsquery('simple', :q)"
    rows = await session.execute(
        text(f"SELECT count(*) FROM (SELECT 1 FROM account a WHERE {match} LIMIT {MANY + 1}) found"), {"q": query}
    )
    if int(rows.scalar_one()) <= MANY:
        return f"AND c.buyer_id = ANY (ARRAY(SELECT a.id FROM account a WHERE {match} LIMIT {MANY + 1}))"
    return f"AND EXISTS (SELECT 1 FROM account a WHERE a.id = c.buyer_id AND {match})"


async def spends(
    session: AsyncSession, creator_id: UUID, buyers: Sequence[UUID]
) -> dict[UUID, dict[str, tuple[int, int]]]:
    """Buyer → currency → (spent, refunded)."""
    rows = await session.execute(
        text(
            "SELECT buyer_id, currency, sum(spent)::bigint, sum(refunded)::bigint FROM ("
            " SELECT buyer_id, currency, spent_minor AS spent, refunded_minor AS refunded FROM customer_spend"
            " WHERE creator_id = :creator AND buyer_id = ANY(:ids)"
            " UNION ALL SELECT e.buyer_id, e.currency, e.gross_minor, e.refunded_minor FROM sale_pending p"
            " JOIN sale_event e ON e.id = p.event_id WHERE p.creator_id = :creator AND e.buyer_id = ANY(:ids) AND NOT e.partner"
            ") s GROUP BY 1, 2 ORDER BY 1, 2"
        ).bindparams(bindparam("ids", type_=ARRAY(Uuid))),
        {"creator": creator_id, "ids": list(buyers)},
    )
    out: dict[UUID, dict[str, tuple[int, int]]] = {}
    for buyer, currency, spent, back in rows.all():
        out.setdefault(buyer, {})[currency] = (int(spent), int(back))
    return out


async def customer(session: AsyncSession, creator_id: UUID, buyer_id: UUID) -> CustomerRow | None:
    rows = await session.execute(
        text(f"WITH waiting AS ({_WAITING}), page AS (SELECT CAST(:buyer AS uuid) AS buyer_id, 0 AS key) {_FACTS}"),
        {"creator": creator_id, "buyer": buyer_id, "currency": "", "limit": 1},
    )
    found = rows.mappings().first()
    return CustomerRow(**found) if found is not None and found["first_at"] is not None else None


async def customer_count(session: AsyncSession, creator_id: UUID, most: int) -> int:
    """How many customers, counted up to ``most``."""
    rows = await session.execute(
        text(
            "SELECT count(*) FROM (SELECT buyer_id FROM (SELECT buyer_id FROM customer WHERE creator_id = :creator"
            " AND last_at IS NOT NULL LIMIT :most) c UNION SELECT e.buyer_id FROM sale_pending p"
            " JOIN sale_event e ON e.id = p.event_id WHERE p.creator_id = :creator AND e.sales = 1) b"
        ),
        {"creator": creator_id, "most": most},
    )
    return min(int(rows.scalar_one()), most)
