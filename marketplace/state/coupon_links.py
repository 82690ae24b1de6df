"""Links that apply a code on arrival, to copy: one for each product that it covers."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import reflex as rx

from marketplace.db import transaction
from marketplace.domain.catalog import browse
from marketplace.errors import Invalid
from marketplace.i18n import _
from marketplace.present import product_path
from marketplace.settings import get_settings
from marketplace.state.action import Form, Line, Short, action
from marketplace.state.base import Page, text_of

_PRODUCT = re.compile(r"/(?:lessons|courses)/([^/?#\s]+)")


class CodeLinks(Page, rx.State, mixin=True):
    """``link_code`` is the code whose link is wanted, ``link_products`` what it covers of the creator's own. The
    platform's codes cover what everybody sells, so there the page is asked for."""

    rows: list[dict[str, str]] = []
    products: list[dict[str, str]] = []
    link: str = ""
    link_code: str = ""
    link_products: list[dict[str, str]] = []

    @action("member", rate=(120, 60))
    async def choose_code(self, coupon_id: Short):
        """Its links are wanted."""
        row = next((row for row in self.rows if row["id"] == coupon_id), None)
        if row is None:
            return
        covered = row["products"].split()
        self.errors = {}
        self.link_code = row["code"]
        self.link_products = [
            {"value": one["path"], "label": one["title"]}
            for one in self.products if not covered or one["id"] in covered
        ]  # fmt: skip
        self.link = self._link(self.link_products[0]["value"]) if self.link_products else ""

    @action("member", rate=(120, 60))
    async def choose_product(self, path: Line):
        self.link = self._link(path) if any(one["value"] == path for one in self.link_products) else ""

    @action("admin", rate=(60, 60))
    async def link_to(self, form: Form):
        """To the page of anything for sale, whose address is given."""
        self.errors, self.link = {}, ""
        address = _PRODUCT.search(text_of(form, "page")[:500])
        slug = address[1] if address else ""
        async with transaction() as session:
            found = await browse.found(session, slug) if slug else None
        if found is None or found.product.state != "published":
            raise Invalid(_("Nothing is for sale at that address. Copy it from the product's page."), field="page")
        self.link = self._link(product_path(found.product))

    def _link(self, path: str) -> str:
        return f"{get_settings().public_url}{path}?{urlencode({'code': self.link_code})}"
