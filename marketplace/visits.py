"""Who looked at a product's page: digests gathered in memory and written a few times a minute.

A visit costs a page's request nothing but a hash. What is lost when a process dies is a second's visits, which no money
depends on. The visitor's address is hashed at once with the day's salt, and goes nowhere else.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import structlog

from marketplace.clock import now
from marketplace.db import transaction
from marketplace.domain.analytics import service as analytics
from marketplace.domain.analytics.service import View
from marketplace.domain.catalog.models import Product

log = structlog.get_logger()
_WAIT = 2.0  # seconds until what was gathered is written
_MOST = 5000  # visits gathered at once; a flood beyond that isn't counted


@dataclass(frozen=True, slots=True)
class Shown:
    """A product on offer whose page was shown. ``currency`` is that of its price, empty when it costs nothing."""

    creator_id: UUID
    product_id: UUID
    currency: str


def shown(product: Product) -> Shown | None:
    """What counts as seen: published products."""
    if product.state != "published":
        return None
    return Shown(product.creator_id, product.id, "" if product.price_kind == "free" else product.currency)


class Visits:
    """One per process."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[UUID, date, str], View] = {}
        self._salt: tuple[date, str] | None = None
        self._task: asyncio.Task[None] | None = None

    async def saw(self, page: Shown | None, *, viewer: UUID | None, ip: str, user_agent: str) -> None:
        """Note a visit, unless by a robot or by the creator. Never fails: a page is worth more than its statistics."""
        if page is None or viewer == page.creator_id or not analytics.rules.is_person(user_agent):
            return
        if len(self._waiting) >= _MOST:
            return
        try:
            at = now()
            day = analytics.rules.day_of(at)
            who = analytics.rules.visitor_digest(await self._salt_of(day), ip, user_agent)
        except Exception as error:
            log.warning("visits.not_counted", error=type(error).__name__)
            return
        self._waiting[page.product_id, day, who] = View(page.creator_id, page.product_id, page.currency, who, at)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._write_soon())

    async def _salt_of(self, day: date) -> str:
        if self._salt is None or self._salt[0] != day:
            async with transaction() as session:
                self._salt = (day, await analytics.salt(session, day))
        return self._salt[1]

    async def _write_soon(self) -> None:
        await asyncio.sleep(_WAIT)
        await self.write()

    async def write(self) -> None:
        """Count what was gathered."""
        views, self._waiting = list(self._waiting.values()), {}
        if not views:
            return
        try:
            async with transaction() as session:
                await analytics.record_views(session, views)
        except Exception as error:
            log.warning("visits.not_counted", error=type(error).__name__, visits=len(views))


visits = Visits()
