"""``/orders`` and ``/orders/<id>``: what was bought, and where its payment stands."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from uuid import UUID

import reflex as rx

from marketplace.db import transaction
from marketplace.domain.access import service as access
from marketplace.domain.accounts import service as accounts
from marketplace.domain.catalog import browse
from marketplace.domain.documents import service as documents
from marketplace.domain.gifts import service as gifts
from marketplace.domain.orders import refunds
from marketplace.domain.orders import service as orders
from marketplace.domain.orders import store as order_store
from marketplace.domain.orders.models import Order, OrderLine
from marketplace.domain.orders.rules import Policy, policy_words
from marketplace.errors import Missing, Unavailable
from marketplace.i18n import N_, _, joined, list_words
from marketplace.jobs.people import gift_url as gift_link
from marketplace.jobs.webhooks import apply_checkout
from marketplace.keys import Place, from_key, to_key
from marketplace.money import format_minor
from marketplace.present import day, moment, open_path, product_path
from marketplace.sellers import seller_of
from marketplace.settings import get_settings
from marketplace.state.action import Form, Short, action, actor
from marketplace.state.base import Page, need_id, param, text_of
from marketplace.state.cart import CartCount
from marketplace.state.viewer import success

STATES = {
    "paid": N_("Paid"),
    "processing": N_("Payment on its way"),
    "pending": N_("Waiting for payment"),
    "failed": N_("Payment failed"),
    "expired": N_("Not paid in time"),
    "canceled": N_("Cancelled"),
}
_TONES = {"paid": "success", "processing": "warning", "failed": "danger"}
_PAPERS = {"invoice": N_("Invoice"), "credit_note": N_("Credit note"), "correction": N_("Correction")}


def state_words(order: Order, disputed: Collection[UUID]) -> str:
    if order.disputed_minor:
        return _disputed(order, disputed)
    if order.refunded_minor and order.refunded_minor == order.total_minor + order.tax_minor:
        return _("Refunded")
    if order.refunded_minor:
        return _("Partly refunded")
    return _(STATES.get(order.state, order.state))


def _disputed(order: Order, disputed: Collection[UUID]) -> str:
    return _("Disputed") if order.id in disputed else _("Charged back")


def line_state(line: OrderLine, order: Order, disputed: Collection[UUID]) -> dict[str, str]:
    """Of one line of an order: others of it may have been given back or taken back. ``disputed`` are the orders that
    a bank hasn't decided about yet.
    """
    if line.disputed_minor:
        return {"state": _disputed(order, disputed), "tone": "danger"}
    if line.refunded_minor:
        whole = line.refunded_minor == line.amount_minor + line.tax_minor
        return {"state": _("Refunded") if whole else _("Partly refunded"), "tone": "info"}
    return {"state": _(STATES.get(order.state, order.state)), "tone": _TONES.get(order.state, "neutral")}


def row(order: Order, lines: list[OrderLine], disputed: Collection[UUID]) -> dict[str, str]:
    return {
        "id": str(order.id), "href": f"/orders/{order.id}", "number": str(order.number),
        "titles": joined(dict.fromkeys(line.bundle_title or line.title for line in lines)),
        "total": format_minor(order.total_minor + order.tax_minor, order.currency),
        "state": state_words(order, disputed), "tone": _tone(order), "day": day(order.created_at),
    }  # fmt: skip


def _tone(order: Order) -> str:
    if order.disputed_minor:
        return "danger"
    if order.refunded_minor:
        return "info"
    return _TONES.get(order.state, "neutral")


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
            await self._fetch(from_key(self.next_key))

    async def _fetch(self, before: Place | None) -> None:
        async with transaction() as session:
            found = await orders.orders_of(session, actor(), before=before, limit=21)
            disputed = await order_store.disputed_among(session, [o.id for o, _lines in found])
        self.items = [*self.items, *[row(o, lines, disputed) for o, lines in found[:20]]]
        self.next_key = to_key(found[19][0].created_at, found[19][0].id) if len(found) > 20 else ""


def _tax_within(order: Order, minor: int) -> str:
    """Of a price that the buyer saw with tax. Lines are kept without it."""
    shown = order.tax_included and minor
    return _("includes {amount} tax").format(amount=format_minor(minor, order.currency)) if shown else ""


class OrderState(Page, rx.State):
    """One order: also the page that the payment provider sends the buyer back to."""

    order: dict[str, str] = {}
    lines: list[dict[str, str]] = []
    refunds: list[dict[str, str]] = []
    documents: list[dict[str, str]] = []
    checking: bool = False
    unsure: bool = False
    refunded_all: bool = False

    _order_id: str = ""
    _round: int = 0
    _waits: bool = False  # for the provider's answer to a refund

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
        return CartCount.refresh

    async def _show(self) -> Order:
        async with transaction() as session:
            order, lines = await orders.order_for(session, actor(), need_id(self._order_id))
            buyer = await accounts.account(session, order.buyer_id)
            listings = {i.product.id: i for i in await browse.listings(session, [line.product_id for line in lines])}
            given = await order_store.refunds(session, order.id)
            presents = await gifts.gifts(session, [line.gift_id for line in lines if line.gift_id])
            disputes = await order_store.disputes_of(session, order.id)
            mine = [line for line in lines if line.gift_id is None]
            held = await access.owned_among(session, order.buyer_id, [line.product_id for line in mine])
            papers = await documents.for_order(session, actor(), order.id)
            sellers = [
                await seller_of(session, creator_id) for creator_id in dict.fromkeys(x.creator_id for x in lines)
            ]
            rows = [
                await self._line(
                    session,
                    order,
                    line,
                    listings[line.product_id],
                    presents.get(line.gift_id) if line.gift_id else None,
                    disputed=any(d.closed_at is None for d in disputes),
                )
                for line in lines
            ]
        paid, disputed = order.total_minor + order.tax_minor, {d.order_id for d in disputes if d.closed_at is None}
        kept = [line for line in mine if line.product_id in held]
        whole = {x.bundle_id for x in mine if x.bundle_id} - {x.bundle_id for x in mine if x not in kept}
        money = lambda minor: format_minor(minor, order.currency)  # noqa: E731
        self.order = {
            **row(order, lines, disputed), "paid_at": moment(order.paid_at), "created": moment(order.created_at),
            "sold_by": joined(dict.fromkeys(seller.party.name for seller in sellers)),
            "buyer": buyer.name, "email": buyer.email, "failure": order.failure, "raw_state": order.state,
            "resume": order.checkout_url if order.state == "pending" else "",
            "kept": money(paid - order.refunded_minor), "total": money(paid),
            "partly": "yes" if 0 < order.refunded_minor < paid else "",
            "discount": money(-order.discount_minor) if order.discount_minor else "", "code": order.coupon_code,
            "tax": money(order.tax_minor) if order.tax_minor and not order.tax_included else "",
            "tax_within": _tax_within(order, order.tax_minor),
            "reverse_charge": "yes" if order.buyer_details.get("reverse_charge") and not order.tax_minor else "",
            "disputed": "yes" if disputed else "", "lost": "yes" if order.disputed_minor > 0 and not disputed else "",
            "own": "yes" if order.buyer_id == actor().account_id else "",
            "only_gifts": "yes" if lines and all(line.gift_id for line in lines) else "",
            "gifts": "yes" if any(line.gift_id for line in lines) else "",
            "mine": list_words(list(dict.fromkeys(x.bundle_title if x.bundle_id in whole else x.title for x in kept))),
            "several": "yes" if len({x.bundle_id if x.bundle_id in whole else x.product_id for x in kept}) > 1 else "",
        }  # fmt: skip
        self.documents = [
            {
                "name": f"{_(_PAPERS[paper.kind])} {paper.number}",
                "href": f"{get_settings().backend}/documents/{paper.id}",
            }
            for paper in papers
        ]
        nothing_left = bool(mine) and not kept
        given_back = order.refunded_minor > 0 and order.disputed_minor == 0
        self.refunded_all = given_back and (order.refunded_minor == paid or nothing_left)
        self.lines, self._waits = rows, any(r.state == "requested" for r in given)
        self.refunds = [
            {"amount": format_minor(r.amount_minor, r.currency), "day": moment(r.created_at), "state": r.state}
            for r in given if r.state in ("pending", "succeeded")
        ]  # fmt: skip
        return order

    async def _catch_up(self) -> None:
        await self._show()

    async def _line(self, session, order: Order, line: OrderLine, listing, gift, *, disputed: bool) -> dict[str, str]:  # type: ignore[no-untyped-def]
        """One product of the order: its price, whom it is for, and what the refund policy says about it now."""
        ask = await order_store.ask_of(session, line.id)
        said = await refunds.decision(session, order, line) if order.state == "paid" else None
        left = await refunds.left_to_refund(session, line) if order.state == "paid" else 0
        asked = ask.state if ask else ""
        if asked in ("", "approved", "granted") and left > 0 and await refunds.came_back(session, line.id):
            asked = "came_back"
        back = ""
        if line.refunded_minor:
            whole = line.refunded_minor == line.amount_minor + line.tax_minor
            words = _("{amount} was given back.") if whole else _("{amount} of it was given back.")
            back = words.format(amount=format_minor(line.refunded_minor, line.currency))
        if line.disputed_minor and not disputed:
            back = _("Your bank took this payment back.")
        whom = ""
        if gift is not None:
            when = {"claimed": _("opened"), "sent": _("sent"), "returned": _("returned")}.get(gift.state, "")
            name = gift.recipient_name or gift.recipient_email
            later = _("to be sent on {day}").format(day=day(gift.deliver_at)) if gift.deliver_at else _("on its way")
            whom = _("A present for {name}, {state}").format(name=name, state=when or later)
        return {
            "id": str(line.id), "title": line.title,
            "amount": format_minor(line.list_minor + (line.tax_minor if order.tax_included else 0), line.currency),
            "tax_within": _tax_within(order, line.tax_minor),
            "creator": listing.creator.name, "href": open_path(listing.product) if gift is None else "",
            "lesson": product_path(listing.product), "bundle": line.bundle_title, "gift": whom,
            "gift_link": gift_link(gift.id) if gift is not None and gift.state in ("paid", "sent") else "",
            "policy": policy_words(Policy(line.refund_days, line.refund_max_percent), gift=gift is not None)
            if line.list_minor
            else "",
            "can_ask": "yes" if said and left > 0 and asked in ("", "declined", "came_back") else "",
            "would": "yes" if said and said.allowed else "", "why": said.message if said else "",
            "back": format_minor(left, line.currency), "ask": asked, "given": back,
            "ask_reason": said.message if said and not said.allowed else ask.reason if ask else "", "answer": ask.answer if ask else "",
        }  # fmt: skip

    @action("member", rate=(10, 60))
    async def ask_refund(self, line_id: Short):
        """Decided at once by the policy that was shown when buying."""
        async with transaction() as session:
            ask = await refunds.ask(session, actor(), need_id(line_id), "")
        await self._show()
        return [success(_("Your money is on its way back.")), OrderState.follow] if ask.state == "approved" else None

    @action("member", rate=(30, 60), background=True)
    async def follow(self):
        """Show the refund's arrival, and what went with it, while the page is open."""
        async with self:
            order_id = self._order_id
        for _attempt in range(12):
            await asyncio.sleep(1)
            async with self:
                if self._order_id != order_id:
                    return
                await self._show()
                if not self._waits:
                    return

    @action("member", rate=(10, 60))
    async def appeal(self, form: Form):
        """Put what the policy declined before the creator."""
        self.errors = {}
        async with transaction() as session:
            await refunds.appeal(session, actor(), need_id(text_of(form, "line_id")), text_of(form, "words"))
        await self._show()
        return success(_("The creator has been asked."))

    @action("member", rate=(30, 60), background=True)
    async def check(self):
        """Ask the provider, whether or not its webhook came: the same code brings the order up to date.

        While it doesn't answer, nobody knows whether the order is paid: the page says so, and asks again. It also does
        while a slow payment is on its way."""
        async with self:
            order_id = self._order_id
            self._round += 1
            mine = self._round
        for attempt in range(20):
            answered = await _ask_provider(order_id)
            async with self:
                if self._round != mine or self._order_id != order_id:
                    return None
                self.checking = False
                order = await self._show()
                self.unsure = not answered and order.state != "paid"
                if not self.unsure and order.state != "processing":
                    return CartCount.refresh
            await asyncio.sleep(min(15, 2 + attempt))
        return None

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
