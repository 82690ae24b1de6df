"""“Share and embed” of a product: its link, with the name of where it is posted, and code for other sites."""

from __future__ import annotations

from urllib.parse import urlencode

import reflex as rx

from marketplace import embedding, sharing
from marketplace.db import transaction
from marketplace.domain.catalog import browse
from marketplace.domain.catalog import service as catalog
from marketplace.errors import Missing
from marketplace.i18n import in_language
from marketplace.present import product_path
from marketplace.settings import get_settings
from marketplace.state.action import Line, Short, action, actor
from marketplace.state.base import need_id
from marketplace.text import clean_line


class ShareState(rx.State):
    """``shown``: of the product that was chosen last."""

    shown: dict[str, str] = {}
    link: str = ""
    errors: dict[str, str] = {}

    @action("creator", rate=(60, 60))
    async def choose(self, product_id: Short):
        """Only what is on offer: nothing else has an address that works."""
        self.errors = {}
        async with transaction() as session:
            product, _draft = await catalog.load(session, actor(), need_id(product_id))
            listing = next(iter(await browse.listings(session, [product.id])), None)
        if listing is None or listing.product.state != "published":
            raise Missing
        self.link = f"{get_settings().public_url}{in_language(product_path(listing.product))}"
        self.shown = {
            "id": str(product.id), "title": product.title, "page": self.link,
            "picture": sharing.product_picture(listing),
            "card": embedding.frame(listing.product), "button": embedding.frame(listing.product, button=True),
            "anchor": embedding.link_code(listing.product), "preview": embedding.card_path(listing.product),
        }  # fmt: skip

    @action("creator", rate=(120, 60))
    async def place(self, name: Line):
        """Where it will be posted: earnings then tell what came from there."""
        self.errors = {}
        source = clean_line(name, limit=60, field="place", label="The name", required=False)
        page = self.shown.get("page", "")
        self.link = f"{page}?{urlencode({'utm_source': source})}" if source and page else page
