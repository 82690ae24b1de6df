"""Two months of people who looked at lessons, so that conversions have something to be of."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from marketplace.db import transaction
from marketplace.domain.analytics import service as analytics
from marketplace.domain.analytics.service import View
from marketplace.domain.catalog import browse
from marketplace.jobs import analytics as analytics_jobs
from marketplace.visits import Shown, shown

DAYS = 60


async def plant(slugs: list[str], now: datetime, at) -> None:  # type: ignore[no-untyped-def]
    """The same visits every time. ``at`` makes the clock stand at a moment."""
    pages: list[tuple[Shown, datetime]] = []
    async with transaction() as session:
        for slug in slugs:
            listing = await browse.lesson(session, slug)
            found = shown(listing.product) if listing else None
            if found is not None and listing is not None and listing.product.published_at is not None:
                pages.append((found, listing.product.published_at))
    for ago in range(DAYS, 0, -1):
        moment = now - timedelta(days=ago)
        with at(moment):
            async with transaction() as session:
                await analytics.record_views(session, list(_views(pages, ago, moment)))
    await analytics_jobs.fold()
    await analytics_jobs.tidy()


def _views(pages: list[tuple[Shown, datetime]], ago: int, moment: datetime) -> Iterator[View]:
    """More at weekends, and more lately than two months ago."""
    dice = random.Random(ago)  # noqa: S311 - chosen for looks
    for number, (page, published) in enumerate(pages):
        if published > moment:
            continue
        busy = 2 + (DAYS - ago) // 12 + (3 if moment.weekday() >= 5 else 0) - number % 3
        for visitor in range(max(0, dice.randint(0, busy))):
            yield View(page.creator_id, page.product_id, page.currency, f"demo-{ago}-{visitor}", moment)
