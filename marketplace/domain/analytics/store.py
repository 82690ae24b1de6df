"""The sums of analytics and the events that they are made of. What is read is always the sums plus the events that they
don't hold yet, in one statement and so from one moment: a figure is right as soon as the sale is, whether or not its event
was folded in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.analytics.models import Figures
from marketplace.domain.analytics.rules import Grain, Span, Totals, whole_months

MEASURES = tuple(Figures.model_fields)
_ALL = (*MEASURES, "visitors")
_SUMS = ", ".join(f"coalesce(sum({name}), 0)::bigint AS {name}" for name in _ALL)
_COLUMNS = ", ".join(_ALL)
_EVENT = ", ".join(f"e.{name}" for name in MEASURES) + ", 0 AS visitors"


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
