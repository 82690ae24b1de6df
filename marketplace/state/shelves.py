"""What is shown under a product."""

from __future__ import annotations

import reflex as rx

from marketplace.db import transaction
from marketplace.domain.catalog import browse
from marketplace.recommending import Shelf, shelves
from marketplace.state.action import action
from marketplace.state.base import param


class ShelvesState(rx.State):
    shelves: list[Shelf] = []

    @action("anyone")
    async def on_load(self):
        slug = param(self, "lesson_slug") or param(self, "course_slug")
        async with transaction() as session:
            listing = await browse.found(session, slug)
            shown = listing is not None and listing.product.state == "published"
            self.shelves = await shelves(session, listing.product) if shown else []
