"""``/admin``: what needs a person: parked events, orders to refund."""

from __future__ import annotations

import asyncio

import reflex as rx

from marketplace.db import transaction
from marketplace.domain.access.service import require_admin
from marketplace.domain.accounts import service as accounts
from marketplace.domain.inbox import service as inbox
from marketplace.domain.ledger import service as ledger
from marketplace.domain.orders import refunds
from marketplace.domain.orders import service as orders
from marketplace.domain.orders import store as order_store
from marketplace.domain.orders.models import OrderLine
from marketplace.errors import Missing
from marketplace.i18n import N_, _
from marketplace.money import format_minor, to_input
from marketplace.present import when
from marketplace.state.action import Form, Short, action, actor
from marketplace.state.base import Page, need_id, text_of
from marketplace.state.earnings import give_refund, words_and_tone
from marketplace.state.orders import line_state
from marketplace.state.viewer import success

BALANCE_ACCOUNTS = ("stripe", "connected", "held", "available", "debt", "fees", "processing")
_EVENT_STATES = {
    "received": (N_("Waiting"), "info"),
    "handled": (N_("Handled"), "success"),
    "ignored": (N_("Not for us"), "neutral"),
    "parked": (N_("Stopped"), "danger"),
}


class AdminState(Page, rx.State):
    parked: list[dict[str, str]] = []
    events: list[dict[str, str]] = []
    refused: list[dict[str, str]] = []
    balances: list[dict[str, str]] = []
    found: list[dict[str, str]] = []
    search: str = ""
    chosen: dict[str, str] = {}
    refunded: int = 0

    @action("anyone")
    async def on_load(self):
        if not actor().is_admin:
            self.failure, self.loaded = _("This page is for administrators."), True
            return rx.redirect("/login?next=/admin", replace=True) if not actor().signed_in else None
        self.failure, self.errors, self.found, self.search = "", {}, [], ""
        await self._show()
        self.loaded = True
        return None

    async def _show(self) -> None:
        require_admin(actor())
        async with transaction() as session:
            self.parked = [_event_row(e) for e in await inbox.parked(session)]
            self.events = [_event_row(e) for e in await inbox.recent(session, 30)]
            sums = await ledger.totals(session)
            waiting = await order_store.refused_shares(session)
            payees = {payee: await accounts.account(session, payee) for payee in {s.payee_id for s, _order in waiting}}
            self.refused = [
                {
                    "id": str(share.id), "order": str(order.number), "error": share.refused,
                    "payee": payees[share.payee_id].name,
                    "amount": format_minor(share.amount_minor - share.taken_minor, share.currency),
                }
                for share, order in waiting
            ]  # fmt: skip
        self.balances = [_balance_row(currency, sums) for currency in sorted({currency for _name, currency in sums})]

    @action("admin", rate=(60, 60))
    async def retry(self, event_id: Short):
        async with transaction() as session:
            await inbox.retry(session, need_id(event_id))
        await self._show()
        return success(_("The event is queued again."))

    @action("admin", rate=(30, 60))
    async def transfer_again(self, share_id: Short):
        """Before the sweep does."""
        async with transaction() as session:
            share = await order_store.lock_share(session, need_id(share_id))
            if share is None or not share.refused:
                raise Missing
            await orders.request_settlement(session, share)
        await self._show()
        return success(_("The transfer is tried again."))

    @action("admin", rate=(60, 60))
    async def find(self, form: Form):
        """By order number or the buyer's email."""
        self.search = text_of(form, "search").strip().removeprefix("#")[:200]
        await self._find()

    @action("admin", rate=(60, 60))
    async def choose(self, line_id: Short):
        """The line that the refund form is about."""
        self.errors, self.chosen = {}, next((row for row in self.found if row["line_id"] == line_id), {})

    async def _find(self) -> None:
        require_admin(actor())
        async with transaction() as session:
            rows = await order_store.find_lines(session, self.search)
            left = {line.id: await refunds.left_to_refund(session, line) for line, _order in rows}
            disputed = await order_store.disputed_among(session, [order.id for _line, order in rows])
            buyers = {line.buyer_id: await accounts.account(session, line.buyer_id) for line, _order in rows}
        self.found = [
            {
                "line_id": str(line.id), "order": str(order.number), "title": line.title, "buyer": buyers[line.buyer_id].email,
                "amount": format_minor(line.amount_minor + line.tax_minor, line.currency), "currency": line.currency.upper(),
                **line_state(line, order, disputed),
                "left": to_input(max(left[line.id], 0), line.currency), "open": "yes" if _asked(line, left[line.id]) else "",
                "href": f"/studio/earnings/{line.id}", "can_refund": "yes" if left[line.id] > 0 else "",
            }
            for line, order in rows
        ]  # fmt: skip

    @action("admin", rate=(20, 60))
    async def refund(self, form: Form):
        await give_refund(self, text_of(form, "line_id"), form)
        await self._find()
        self.chosen, self.refunded = {}, self.refunded + 1
        return [success(_("The refund is on its way.")), AdminState.follow]

    @action("admin", rate=(30, 60), background=True)
    async def follow(self):
        """Show the refund's arrival while the page is open."""
        for _attempt in range(10):
            await asyncio.sleep(1.5)
            async with self:
                await self._find()
                if not any(row["open"] for row in self.found):
                    await self._show()
                    return


def _asked(line: OrderLine, left_minor: int) -> bool:
    """Is a refund of it asked for that the provider hasn't taken yet?"""
    return left_minor < line.amount_minor + line.tax_minor - line.refunded_minor - line.disputed_minor


def _balance_row(currency: str, sums: dict[tuple[str, str], int]) -> dict[str, str]:
    """One currency of the journal, debits minus credits, and the proof that it adds up to zero."""
    mine = {account: sums.get((account, currency), 0) for account in BALANCE_ACCOUNTS}
    total = sum(minor for (_account, code), minor in sums.items() if code == currency)
    shown = {account: format_minor(minor, currency) for account, minor in mine.items()}
    shown["other"] = format_minor(total - sum(mine.values()), currency)  # discounts, taxes, fees of disputes, losses
    return {**shown, "currency": currency.upper(), "total": format_minor(total, currency)}


def _event_row(event) -> dict[str, str]:  # type: ignore[no-untyped-def]
    return {
        "id": str(event.id), "source": event.source, "type": event.type, **words_and_tone(_EVENT_STATES, event.state),
        "attempts": str(event.attempts), "error": event.error, "received": when(event.received_at),
    }  # fmt: skip
