"""A discount code where one buys: typed, or brought along by a link (``?code=…``)."""

from __future__ import annotations

from urllib.parse import quote as quoted
from uuid import UUID

import reflex as rx

from marketplace.db import transaction
from marketplace.domain.catalog import browse
from marketplace.errors import Invalid
from marketplace.i18n import _
from marketplace.quotes import Quote, product_link, quote, typed_code
from marketplace.state.action import Form, Short, action, actor, client_ip
from marketplace.state.base import Page, text_of, via


class PriceCode(Page, rx.State, mixin=True):
    """``offer`` is empty without a code; with one that takes nothing off it says why."""

    view: dict[str, str] = {}
    offer: Quote = {}
    amount: str = ""

    _product_id: str = ""

    async def _offer(self, code: str) -> Quote:
        async with transaction() as session:
            found = await browse.listings(session, [UUID(self._product_id)]) if self._product_id else []
            if not found:
                return {}
            return await quote(session, actor(), found[0], code, amount=self.amount, via=via(self), ip=client_ip())

    def _code(self) -> str:
        """The code that the shown price is made with."""
        return self.offer.get("code", "") if self.offer.get("price") else ""

    def _here(self) -> str:
        """This page, with its code: to come back to after signing in, quoted."""
        return quoted(product_link(self.view.get("slug", ""), self._code()), safe="/")

    @action("anyone", rate=(20, 60))
    async def use_code(self, form: Form):
        """The price with the code that was typed; why not, beside the field."""
        self.errors, self.amount = {}, text_of(form, "amount") or self.amount
        code = typed_code(text_of(form, "code"))
        if not code:
            raise Invalid(_("Type the code first."), field="code")
        await self._show_offer(code)

    @action("anyone", rate=(60, 60))
    async def drop_code(self):
        self.offer, self.errors = {}, {}

    @action("anyone", rate=(120, 60))
    async def note_amount(self, typed: Short):
        """What one means to pay: for the basket's button, and for what a code takes off."""
        self.amount = typed
        if self.offer:
            await self._show_offer(self.offer["code"])

    async def _show_offer(self, code: str) -> None:
        """The price with this code; why there is none beside the field, which keeps it."""
        self.offer = await self._offer(code)
        if self.offer.get("refusal"):
            self.errors = {"code": self.offer["refusal"]}
        elif "code" in self.errors:
            self.errors = {}
