"""The reviews of a product's page. Writing them is the forms' own (``api/reviews.py``)."""

from __future__ import annotations

from uuid import UUID

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.checkout import explain, parts_of
from marketplace.db import transaction
from marketplace.domain.catalog import browse
from marketplace.domain.catalog.browse import Listing
from marketplace.reviewing import Shown, more, shown
from marketplace.state.action import action, actor
from marketplace.state.base import param


class ReviewsState(rx.State):
    figures: dict[str, str] = {}
    bars: list[dict[str, str]] = []
    items: list[dict[str, str]] = []
    next_key: str = ""
    mine: dict[str, str] = {}
    answers: bool = False
    told: str = ""

    _product_id: str = ""

    @action("anyone")
    async def on_load(self):
        slug = param(self, "lesson_slug") or param(self, "course_slug")
        async with transaction() as session:
            listing = await browse.found(session, slug)
            seen = listing is not None and await _may_see(session, listing)
            page = await self._look(session, listing) if listing is not None and seen else Shown()
        self._product_id = str(listing.product.id) if listing is not None and seen else ""
        self.figures, self.bars, self.items, self.next_key = page.figures, page.bars, page.items, page.next_key
        self.mine, self.answers, self.told = page.mine, page.answers, page.told

    async def _look(self, session: AsyncSession, listing: Listing) -> Shown:
        key, said = param(self, "reviews")[:100], param(self, "review")[:20]
        return await shown(session, actor(), listing, await parts_of(session, listing), key=key, said=said)

    @action("anyone", rate=(120, 60))
    async def more(self):
        if not self.next_key or not self._product_id:
            return
        async with transaction() as session:
            [listing] = await browse.listings(session, [UUID(self._product_id)])
            if not await _may_see(session, listing):
                return
            found, self.next_key = await more(session, listing, await parts_of(session, listing), self.next_key)
        self.items = [*self.items, *found]


async def _may_see(session: AsyncSession, listing: Listing) -> bool:
    """What isn't on offer shows its page only to who has it."""
    return listing.product.state == "published" or (await explain(session, actor(), listing)).allowed
