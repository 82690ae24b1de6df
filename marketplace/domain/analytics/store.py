"""All queries of analytics. What is read is always the sums plus the events that they don't hold yet, in one statement
and so from one moment: a figure is right as soon as the sale is, whether or not its event was folded in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.analytics.models import Figures
from marketplace.domain.analytics.rules import Grain, Span, Totals, whole_months

MEASURES = tuple(Figures.model_fields)
_ALL = (*MEASURES, "visitors")
_SUMS = ", ".join(f"coalesce(sum({name}), 0)::bigint AS {name}" for name in _ALL)
_COLUMNS = ", ".join(_ALL)
_EVENT = ", ".join(f"e.{name}" for name in MEASURES) + ", 0 AS visitors"
_ADDED = ", ".join(MEASURES)
_EVENT_SUMS = ", ".join(f"sum({name})" for name in MEASURES)


def _add(table: str, names: Sequence[str]) -> str:
    return ", ".join(f"{name} = {table}.{name} + EXCLUDED.{name}" for name in names)


# writing

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


# sums


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose figures: of one creator in one currency, of one product or of all."""

    creator_id: UUID
    currency: str
    product_id: UUID | None = None

    @property
    def _product(self) -> str:
        return " AND product_id = :product" if self.product_id else ""

    @property
    def values(self) -> dict[str, Any]:
        return {"creator": self.creator_id, "currency": self.currency, "product": self.product_id}

    def folded(self, columns: str, table: str = "", days: str = "day >= :start AND day < :end") -> str:
        table = table or ("stats_product_day" if self.product_id else "stats_day")
        where = f"creator_id = :creator AND currency = :currency{self._product} AND {days}"
        return f"SELECT {columns}, {_COLUMNS} FROM {table} WHERE {where}"

    def waiting(self, columns: str) -> str:
        where = f"p.creator_id = :creator AND currency = :currency{self._product} AND day >= :start AND day < :end"
        return f"SELECT {columns}, {_EVENT} FROM sale_pending p JOIN sale_event e ON e.id = p.event_id WHERE {where}"


def _totals(sums: Sequence[Any]) -> Totals:
    """The columns of ``_SUMS``, which are the fields of ``Totals`` in their order."""
    return Totals(*sums)


async def totals(session: AsyncSession, scope: Scope, span: Span) -> Totals:
    sql = f"SELECT {_SUMS} FROM ({scope.folded('day')} UNION ALL {scope.waiting('day')}) d"
    rows = await session.execute(text(sql), {**scope.values, "start": span.start, "end": span.end})
    return _totals(rows.one())


async def by_time(
    session: AsyncSession,
    scope: Scope,
    span: Span,
    grain: Grain,
    *,
    until: date | None = None,
    limit: int | None = None,
) -> list[tuple[date, Totals]]:
    """Buckets that have something in them, newest first; ``until``: those that began before."""
    start = f"date_trunc('{grain}', day::timestamp)::date"
    sql = (
        f"SELECT {start} AS bucket, {_SUMS} FROM ({scope.folded('day')} UNION ALL {scope.waiting('day')}) d"
        f" WHERE CAST(:until AS date) IS NULL OR {start} < :until GROUP BY 1 ORDER BY 1 DESC LIMIT CAST(:limit AS bigint)"
    )
    rows = await session.execute(
        text(sql), {**scope.values, "start": span.start, "end": span.end, "until": until, "limit": limit}
    )
    return [(row[0], _totals(row[1:])) for row in rows.all()]


async def by_product(
    session: AsyncSession, scope: Scope, span: Span, *, after: tuple[int, UUID] | None = None, limit: int
) -> list[tuple[UUID, Totals]]:
    """Products by what they earned, most first. Whole months are read as such, the days around them one by one."""
    months = whole_months(span)
    parts = [scope.folded("product_id", "stats_product_day", "day >= :start AND day < :first")]
    if months.days:
        parts.append(scope.folded("product_id", "stats_product_month", "day >= :first AND day < :past"))
        parts.append(scope.folded("product_id", "stats_product_day", "day >= :past AND day < :end"))
    parts.append(scope.waiting("product_id"))
    kept = "sum(net_minor - refunded_net_minor + shared_minor - shared_back_minor)"
    key = f" HAVING ({kept}, product_id) < (:kept, :product_key)" if after else ""
    sql = (
        f"SELECT product_id, {_SUMS} FROM ({' UNION ALL '.join(parts)}) d GROUP BY product_id{key}"
        f" ORDER BY {kept} DESC, product_id DESC LIMIT :limit"
    )
    values = {
        **scope.values, "start": span.start, "end": span.end, "first": months.start, "past": months.end, "limit": limit,
        **({"kept": after[0], "product_key": after[1]} if after else {}),
    }  # fmt: skip
    rows = await session.execute(text(sql), values)
    return [(row[0], _totals(row[1:])) for row in rows.all()]


async def currencies(session: AsyncSession, creator_id: UUID) -> list[tuple[str, int]]:
    """Currencies that anything was sold or looked at in, with the number of sales, most first."""
    rows = await session.execute(
        text(
            "SELECT currency, sum(sales)::bigint FROM (SELECT currency, sales FROM stats_day WHERE creator_id = :creator"
            " UNION ALL SELECT e.currency, e.sales FROM sale_pending p JOIN sale_event e ON e.id = p.event_id"
            " WHERE p.creator_id = :creator) d WHERE currency <> '' GROUP BY 1 ORDER BY 2 DESC, 1"
        ),
        {"creator": creator_id},
    )
    return [(row[0], int(row[1])) for row in rows.all()]


async def has_product(session: AsyncSession, scope: Scope) -> bool:
    rows = await session.execute(
        text(
            "SELECT EXISTS (SELECT 1 FROM stats_product_day WHERE creator_id = :creator AND currency = :currency"
            " AND product_id = :product) OR EXISTS (SELECT 1 FROM sale_pending p JOIN sale_event e ON e.id = p.event_id"
            " WHERE p.creator_id = :creator AND e.currency = :currency AND e.product_id = :product)"
        ),
        scope.values,
    )
    return bool(rows.scalar_one())


async def first_day(session: AsyncSession, scope: Scope) -> date | None:
    rows = await session.execute(
        text(
            "SELECT least((SELECT min(day) FROM stats_day WHERE creator_id = :creator AND currency = :currency),"
            " (SELECT min(e.day) FROM sale_pending p JOIN sale_event e ON e.id = p.event_id"
            " WHERE p.creator_id = :creator AND e.currency = :currency))"
        ),
        {"creator": scope.creator_id, "currency": scope.currency},
    )
    found: date | None = rows.scalar_one()
    return found


# events, one by one


@dataclass(frozen=True, slots=True)
class EventRow:
    id: UUID
    at: datetime
    product_id: UUID
    buyer_id: UUID
    line_id: UUID | None
    currency: str
    sales: int
    units: int
    gross_minor: int
    net_minor: int
    discount_minor: int
    refunded_minor: int
    refunded_net_minor: int
    shares: int
    shared_minor: int
    shared_back_minor: int
    partner: bool
    buyer_name: str
    buyer_email: str
    buyer_gone: bool

    @property
    def kept_minor(self) -> int:
        return self.net_minor - self.refunded_net_minor + self.shared_minor - self.shared_back_minor


# Who bought another's product isn't told to those who share in it.
_PERSON = (
    "CASE WHEN e.partner THEN '' ELSE a.name END AS buyer_name, CASE WHEN e.partner THEN '' ELSE a.email END AS buyer_email,"
    " a.deleted_at IS NOT NULL AND NOT e.partner AS buyer_gone"
)
_EVENTS = f"""
SELECT e.id, e.at, e.product_id, e.buyer_id, e.line_id, e.currency, e.sales, e.units, e.gross_minor, e.net_minor,
       e.discount_minor, e.refunded_minor, e.refunded_net_minor, e.shares, e.shared_minor, e.shared_back_minor,
       e.partner, {_PERSON}
FROM sale_event e JOIN account a ON a.id = e.buyer_id WHERE e.creator_id = :creator
"""


async def events(
    session: AsyncSession,
    scope: Scope,
    start: datetime,
    end: datetime,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[EventRow]:
    """Sales and refunds in the order they happened."""
    only = " AND e.product_id = :product" if scope.product_id else ""
    begin = "(e.at, e.id) > (:at, :id)" if after else "e.at >= :start"
    sql = f"{_EVENTS} AND e.currency = :currency{only} AND {begin} AND e.at < :end ORDER BY e.at, e.id LIMIT :limit"
    values = {**scope.values, "start": start, "end": end, "limit": limit}
    if after:
        values |= {"at": after[0], "id": after[1]}
    return [EventRow(**row) for row in (await session.execute(text(sql), values)).mappings().all()]


async def purchases(
    session: AsyncSession, creator_id: UUID, buyer_id: UUID, *, before: tuple[datetime, UUID] | None, limit: int
) -> list[EventRow]:
    """What somebody bought from a creator, newest first."""
    key = " AND (e.at, e.id) < (:at, :id)" if before else ""
    sql = f"{_EVENTS} AND e.buyer_id = :buyer AND e.sales = 1{key} ORDER BY e.at DESC, e.id DESC LIMIT :limit"
    values: dict[str, Any] = {"creator": creator_id, "buyer": buyer_id, "limit": limit}
    if before:
        values |= {"at": before[0], "id": before[1]}
    return [EventRow(**row) for row in (await session.execute(text(sql), values)).mappings().all()]


async def refunded(session: AsyncSession, creator_id: UUID, buyer_id: UUID) -> dict[UUID, tuple[int, int]]:
    """Order line → (what went back to this buyer, the creator's part of it)."""
    rows = await session.execute(
        text(
            "SELECT line_id, sum(refunded_minor)::bigint, sum(refunded_net_minor)::bigint FROM sale_event"
            " WHERE creator_id = :creator AND buyer_id = :buyer AND sales = 0 AND line_id IS NOT NULL AND NOT partner"
            " GROUP BY 1"
        ),
        {"creator": creator_id, "buyer": buyer_id},
    )
    return {row[0]: (int(row[1]), int(row[2])) for row in rows.all()}


# customers


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
        _taken(
            "SELECT buyer_id, currency, sum(spent)::bigint, sum(refunded)::bigint FROM ("
            " SELECT buyer_id, currency, spent_minor AS spent, refunded_minor AS refunded FROM customer_spend"
            " WHERE creator_id = :creator AND buyer_id = ANY(:ids)"
            " UNION ALL SELECT e.buyer_id, e.currency, e.gross_minor, e.refunded_minor FROM sale_pending p"
            " JOIN sale_event e ON e.id = p.event_id WHERE p.creator_id = :creator AND e.buyer_id = ANY(:ids) AND NOT e.partner"
            ") s GROUP BY 1, 2 ORDER BY 1, 2"
        ),
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
