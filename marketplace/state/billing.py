"""What stands on invoices: the buyer's billing details in ``/settings``, the creator's in ``/studio/settings``."""

from __future__ import annotations

import reflex as rx

from marketplace.db import transaction
from marketplace.domain.documents import service as documents
from marketplace.domain.documents.models import Address
from marketplace.i18n import _
from marketplace.settings import get_settings
from marketplace.state.action import Form, action, actor
from marketplace.state.base import Page, text_of
from marketplace.state.viewer import success

_ADDRESS = ("line1", "line2", "postal_code", "city", "region", "country", "tax_id")


def _address(row: Address) -> dict[str, str]:
    return {name: getattr(row, name) for name in _ADDRESS}


def _fields(form: Form, *names: str) -> dict[str, str]:
    return {name: text_of(form, name) for name in (*names, *_ADDRESS)}


class BillingState(Page, rx.State):
    """``saves`` draws the form anew: saving tidies what was typed."""

    billing: dict[str, str] = {}
    saves: int = 0

    @action("anyone")
    async def on_load(self):
        self.errors = {}
        if actor().signed_in:
            await self._show()
            self.loaded = True

    async def _show(self) -> None:
        who = actor()
        assert who.account_id is not None
        async with transaction() as session:
            row = await documents.billing(session, who.account_id)
        self.billing = {"billing_name": row.name, "company": row.company, **_address(row)}

    @action("member", rate=(20, 60))
    async def save(self, form: Form):
        self.errors = {}
        async with transaction() as session:
            await documents.save_billing(session, actor(), _fields(form, "billing_name", "company"))
        await self._show()
        self.saves += 1
        return success(_("Billing details saved. They go on your next invoice."))


class InvoicingState(Page, rx.State):
    """``own`` is yes where creators sell in their own name."""

    details: dict[str, str] = {}
    own: str = ""
    saves: int = 0

    @action("anyone")
    async def on_load(self):
        if not actor().is_creator:
            return rx.redirect("/studio", replace=True)
        self.errors = {}
        self.own = "yes" if get_settings().seller_of_record == "creator" else ""
        await self._show()
        self.loaded = True
        return None

    async def _show(self) -> None:
        who = actor()
        assert who.account_id is not None
        async with transaction() as session:
            row = await documents.seller_profile(session, who.account_id)
        self.details = {"business_name": row.name, **_address(row)}

    @action("creator", rate=(20, 60))
    async def save(self, form: Form):
        self.errors = {}
        async with transaction() as session:
            await documents.save_seller(session, actor(), _fields(form, "business_name"))
        await self._show()
        self.saves += 1
        return success(_("Invoice details saved. They go on your next invoice."))
