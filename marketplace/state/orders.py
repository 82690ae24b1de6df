"""``/orders`` and ``/orders/<id>``: what was bought, and where its payment stands."""

from __future__ import annotations

import asyncio
from datetime import datetime

import reflex as rx

from marketplace.db import transaction
from marketplace.domain.accounts import service as accounts
from marketplace.domain.catalog import browse
from marketplace.domain.orders import service as orders
from marketplace.domain.orders import store as order_store
from marketplace.domain.orders.models import Order, OrderLine
from marketplace.errors import Missing, Unavailable
from marketplace.i18n import _
from marketplace.jobs.webhooks import apply_checkout
from marketplace.money import format_minor
from marketplace.present import day, moment
from marketplace.state.action import action, actor
from marketplace.state.base import Page, need_id, param

STATES = {
    "paid": "Paid", "processing": "Payment on its way", "pending": "Waiting for payment", "failed": "Payment failed",
    "expired": "Not paid in time", "canceled": "Cancelled",
}  # fmt: skip


def state_words(order: Order) -> str:
    if order.refunded_minor and order.refunded_minor == order.total_minor:
        return _("Refunded")
    if order.refunded_minor:
        return _("Partly refunded")
    return STATES.get(order.state, order.state)


def row(order: Order, lines: list[OrderLine]) -> dict[str, str]:
    return {
        "id": str(order.id), "href": f"/orders/{order.id}", "number": str(order.number),
        "titles": ", ".join(line.title for line in lines), "total": format_minor(order.total_minor, order.currency),
        "state": state_words(order), "tone": _tone(order), "day": day(order.created_at),
    }  # fmt: skip


def _tone(order: Order) -> str:
    if order.refunded_minor:
        return "info"
    return {"paid": "success", "processing": "warning", "failed": "danger"}.get(order.state, "neutral")


class OrdersState(Page, rx.State):
    items: list[dict[str, str]] = []
    next_key: str = ""

    @action("anyone")
    async def on_load(self):
        if not actor().signed_in:
            return rx.redirect("/login?next=/orders", replace=True)
        self.items, self.next_key = [], ""
        await self._fetch(None)
        self.loaded = True
        return None

    @action("member", rate=(60, 60))
    async def more(self):
        if self.next_key:
            await self._fetch(datetime.fromisoformat(self.next_key))

    async def _fetch(self, before: datetime | None) -> None:
        async with transaction() as session:
            found = await orders.orders_of(session, actor(), before=before, limit=21)
        self.items = [*self.items, *[row(o, lines) for o, lines in found[:20]]]
        self.next_key = found[19][0].created_at.isoformat() if len(found) > 20 else ""


class OrderState(Page, rx.State):
    """One order: also the page that the payment provider sends the buyer back to."""

    order: dict[str, str] = {}
    lines: list[dict[str, str]] = []
    refunds: list[dict[str, str]] = []
    checking: bool = False
    unsure: bool = False
    refunded_all: bool = False

    _order_id: str = ""
    _round: int = 0

    @action("anyone")
    async def on_load(self):
        if not actor().signed_in:
            return rx.redirect(f"/login?next=/orders/{param(self, 'order_id')}", replace=True)
        self.order, self.lines, self.refunds, self.failure = {}, [], [], ""
        self.checking = self.unsure = False
        self._order_id = param(self, "order_id")
        try:
            order = await self._show()
        except Missing:
            self.failure, self.loaded = _("There is no order at this address."), True
            return None
        self.loaded = True
        if order.state in ("pending", "processing", "failed", "expired") and order.checkout_id:
            self.checking = order.state == "pending"
            return OrderState.check
        return None

    async def _show(self) -> Order:
        async with transaction() as session:
            order, lines = await orders.order_for(session, actor(), need_id(self._order_id))
            buyer = await accounts.account(session, order.buyer_id)
            listings = {i.product.id: i for i in await browse.listings(session, [line.product_id for line in lines])}
            refunds = await order_store.refunds(session, order.id)
        self.order = {
            **row(order, lines), "paid_at": moment(order.paid_at), "created": moment(order.created_at),
            "buyer": buyer.name, "email": buyer.email, "failure": order.failure, "raw_state": order.state,
            "resume": order.checkout_url if order.state == "pending" else "",
            "kept": format_minor(order.total_minor - order.refunded_minor, order.currency),
        }  # fmt: skip
        self.refunded_all = order.refunded_minor > 0 and order.refunded_minor == order.total_minor
        self.lines = [
            {
                "title": line.title, "amount": format_minor(line.amount_minor, line.currency),
                "creator": listings[line.product_id].creator.name,
                "href": f"/watch/{listings[line.product_id].product.slug}",
                "lesson": f"/lessons/{listings[line.product_id].product.slug}",
            }
            for line in lines
        ]  # fmt: skip
        self.refunds = [
            {"amount": format_minor(r.amount_minor, r.currency), "day": moment(r.created_at), "state": r.state}
            for r in refunds if r.state in ("pending", "succeeded")
        ]  # fmt: skip
        return order

    @action("member", rate=(30, 60), background=True)
    async def check(self):
        """Ask the provider, whether or not its webhook came: the same code brings the order up to date.

        While it doesn't answer, nobody knows whether the order is paid: the page says so, and asks again."""
        async with self:
            order_id = self._order_id
            self._round += 1
            mine = self._round
        for attempt in range(20):
            answered = await _ask_provider(order_id)
            async with self:
                if self._round != mine or self._order_id != order_id:
                    return
                self.checking = False
                order = await self._show()
                self.unsure = not answered and order.state != "paid"
                if not self.unsure:
                    return
            await asyncio.sleep(min(15, 2 + attempt))

    @action("member", rate=(30, 60))
    async def check_again(self):
        self.checking = True
        return OrderState.check


async def _ask_provider(order_id: str) -> bool:
    """False when it doesn't answer."""
    async with transaction() as session:
        order, _lines = await orders.order_for(session, actor(), need_id(order_id))
    try:
        if order.checkout_id:
            await apply_checkout(order.checkout_id)
    except Unavailable:
        return False
    return True
