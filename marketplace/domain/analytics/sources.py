"""Where a creator's sales came from: the site or campaign that their buyers first arrived by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.analytics.rules import Span
from marketplace.domain.analytics.store import Scope


@dataclass(frozen=True, slots=True)
class Source:
    """Sums of one origin, in minor units; all of it empty: nobody knows. ``revenue_minor`` is what buyers paid, less
    what went back to them; ``kept_minor`` the creator's part of it."""

    source: str
    medium: str
    campaign: str
    sales: int
    revenue_minor: int
    kept_minor: int


# The events of a creator's days by their index, then each line's order by its key.
_SOURCES = """
SELECT o.source, o.medium, o.campaign, sum(e.sales)::bigint, sum(e.gross_minor - e.refunded_minor)::bigint,
    sum(e.net_minor - e.refunded_net_minor)::bigint
FROM sale_event e JOIN order_line l ON l.id = e.line_id JOIN "order" o ON o.id = l.order_id
WHERE e.creator_id = :creator AND e.currency = :currency AND e.at >= :start AND e.at < :end AND NOT e.partner{only}
GROUP BY 1, 2, 3 ORDER BY 5 DESC, 1, 2, 3 LIMIT :limit
"""


async def sources(session: AsyncSession, scope: Scope, span: Span, limit: int) -> list[Source]:
    """What brought most comes first."""
    only = " AND e.product_id = :product" if scope.product_id else ""
    values: dict[str, Any] = {
        **scope.values, "limit": limit, "start": datetime.combine(span.start, time(), UTC),
        "end": datetime.combine(span.end, time(), UTC),
    }  # fmt: skip
    rows = await session.execute(text(_SOURCES.format(only=only)), values)
    return [Source(*row) for row in rows.all()]
