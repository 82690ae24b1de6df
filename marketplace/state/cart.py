"""``/cart``: what somebody means to buy, at prices they agreed to; presents; and opening one."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from urllib.parse import quote
from uuid import UUID

import reflex as rx

from marketplace.checkout import check_out_cart, explain, holding, look, price_of, put_into_cart, wanted_of
from marketplace.clock import now
from marketplace.crypto import read_id
from marketplace.db import transaction
from marketplace.domain.access import service as access
from marketplace.domain.accounts import service as accounts
from marketplace.domain.cart import service as cart
from marketplace.domain.cart.models import CartItem
from marketplace.domain.catalog import browse
from marketplace.domain.catalog.browse import Listing
from marketplace.domain.gifts import service as gifts
from marketplace.domain.gifts.models import Gift
from marketplace.domain.orders import service as orders
from marketplace.domain.orders.rules import Policy, policy_words
from marketplace.errors import Conflict, Invalid, MarketplaceError, Missing
from marketplace.i18n import _
from marketplace.money import format_minor
from marketplace.present import cover, day, open_path, tax_words
from marketplace.quotes import product_link, typed_code
from marketplace.state.action import Form, Short, action, actor
from marketplace.state.base import Page, came_from, need_id, param, text_of, typed_of, via
from marketplace.state.viewer import success

Row = dict[str, str]


TWICE = timedelta(seconds=3)  # in which the same present is a second press


class CartState(Page, rx.State):
    """``rows`` stand in the order they were put in; ``groups`` are the payments they make, one per currency.
    ``refusal`` says why a code that is kept takes nothing off any of them."""

    rows: list[Row] = []
    groups: list[Row] = []
    code: str = ""
    refusal: str = ""
    busy: str = ""
    cancelled: bool = False

    @action("anyone")
    async def on_load(self):
        if not actor().signed_in:
            return rx.redirect("/login?next=/cart", replace=True)
        self.failure, self.errors, self.busy = "", {}, ""
        self.cancelled = param(self, "cancelled") == "1"
        await self._show()
        self.loaded = True
        return None

    async def _show(self) -> None:
        who = actor()
        assert who.account_id is not None
        async with transaction() as session:
            items = await cart.items(session, who)
            self.code = await cart.code(session, who)
            listings = {x.product.id: x for x in await browse.listings(session, [i.product_id for i in items])}
            presents = await gifts.gifts(session, [i.gift_id for i in items if i.gift_id])
            owned = await access.owned_among(session, who.account_id, list(listings))
            owned |= {
                x.product.id
                for x in listings.values()
                if x.product.kind == "bundle" and (await explain(session, who, x)).code == "granted"
            }
            self.rows = [
                _row(i, listings.get(i.product_id), presents.get(i.gift_id) if i.gift_id else None, owned)
                for i in items
            ]
            ready = {row["id"] for row in self.rows if row["ready"]}
            self.groups = []
            for currency in dict.fromkeys(i.seen_currency for i in items):
                chosen = [i for i in items if i.seen_currency == currency and str(i.id) in ready]
                blocked = any(r["currency"] == currency and not r["ready"] for r in self.rows)
                if chosen:
                    self.groups.append(await self._group(session, currency, chosen, blocked))
                elif any(r["currency"] == currency and r["changed"] for r in self.rows):
                    self.groups.append(_refused(currency, 0, _("Agree to the new price first.")))
        self.refusal = "" if any(group["code"] for group in self.groups) else _refusals(self.groups)

    async def _group(self, session, currency: str, items: list[CartItem], blocked: bool) -> Row:  # type: ignore[no-untyped-def]
        money = lambda minor: format_minor(minor, currency)  # noqa: E731
        try:
            held = await holding(session, actor(), self.code)
            basket = await look(session, actor(), [wanted_of(i) for i in items], self.code, except_order=held)
        except MarketplaceError as error:
            return _refused(currency, len(items), error.text)
        priced = basket.priced
        return {
            "currency": currency, "name": currency.upper(), "failure": "", "count": str(len(items)),
            "subtotal": money(priced.total_minor + priced.discount_minor),
            "discount": money(-priced.discount_minor) if priced.discount_minor else "",
            "code": basket.discount.code if basket.discount else "", "refusal": basket.refusal,
            "total": money(priced.total_minor), "minor": str(priced.total_minor), "blocked": "yes" if blocked else "",
            "tax": tax_words() if priced.total_minor else "",
        }  # fmt: skip

    async def _catch_up(self) -> None:
        await self._show()

    @action("member", rate=(60, 60))
    async def remove(self, item_id: Short):
        self.failure = ""
        async with transaction() as session:
            await cart.remove(session, actor(), need_id(item_id))
        await self._show()
        return CartCount.refresh

    @action("member", rate=(60, 60))
    async def accept(self, item_id: Short):
        """The buyer agrees to the new price, if it is still the one that they were shown."""
        self.failure = ""
        shown = next((row["changed"] for row in self.rows if row["id"] == item_id), "")
        async with transaction() as session:
            item = await cart.item(session, actor(), need_id(item_id))
            found = await browse.listings(session, [item.product_id])
            if not found:
                raise Missing
            minor, currency = price_of(found[0], item.offered_minor), found[0].product.currency
            if format_minor(minor, currency) != shown:
                raise Conflict("The price has changed once more. Look at it again.")
            await cart.accept(session, actor(), item.id, seen_minor=minor, seen_currency=currency)
        await self._show()

    @action("member", rate=(20, 60))
    async def use_code(self, form: Form):
        self.errors, self.failure = {}, ""
        typed = text_of(form, "code").strip()[:40]
        async with transaction() as session:
            await cart.set_code(session, actor(), typed.upper())
        await self._show()
        if typed and not any(group["code"] for group in self.groups):
            refusal = self.refusal or _("There is nothing to use it on.")
            async with transaction() as session:
                await cart.set_code(session, actor(), "")
            await self._show()
            raise Invalid(refusal, field="code")

    @action("member", rate=(60, 60))
    async def drop_code(self):
        self.failure = ""
        async with transaction() as session:
            await cart.set_code(session, actor(), "")
        await self._show()

    @action("member", rate=(20, 60), background=True)
    async def check_out(self, currency: Short):
        """Prices are looked up again; what changed is shown, not charged."""
        async with self:
            if self.busy:
                return None
            self.busy, self.errors, self.failure = currency, {}, ""
            origin = came_from(self)
            shown = next((group for group in self.groups if group["currency"] == currency), {})
            discounted, minor = bool(shown.get("code")), shown.get("minor")
        try:
            target = await check_out_cart(
                actor(), currency, discounted=discounted, shown_minor=int(minor) if minor else None, origin=origin
            )
            if target.startswith("/"):
                return rx.redirect(target)
            async with self:
                self._leave_for(target)
            return None
        except Conflict as error:
            async with self:
                await self._show()
                self.failure = error.text
            return CartCount.refresh
        finally:
            async with self:
                self.busy = ""


def _refused(currency: str, count: int, why: str) -> Row:
    """A payment that can't be made as it is."""
    return {
        "currency": currency, "name": currency.upper(), "failure": why, "count": str(count), "total": "", "minor": "",
        "subtotal": "", "discount": "", "refusal": "", "blocked": "yes", "code": "", "tax": "",
    }  # fmt: skip


def _refusals(groups: list[Row]) -> str:
    """Why a code takes nothing off; of several payments each with its own reason."""
    reasons = [(group["name"], group["refusal"]) for group in groups if group["refusal"]]
    if len({reason for _name, reason in reasons}) == 1:
        return reasons[0][1]
    return " ".join(f"{name}: {reason}" for name, reason in reasons)


def _row(item: CartItem, listing: Listing | None, gift: Gift | None, owned: set[UUID]) -> Row:
    """One thing in the basket. ``problem`` says what keeps it from being bought; ``changed`` is the new price."""
    row = {
        "id": str(item.id), "currency": item.seen_currency, "price": format_minor(item.seen_minor, item.seen_currency),
        "title": "", "creator": "", "href": "", "image": "", "color": "", "problem": "", "changed": "", "ready": "",
        "policy": "", "gift": "", "gift_note": "",
    }  # fmt: skip
    if gift is not None:
        words = _("A present for {name} on {day}") if gift.deliver_at else _("A present for {name}")
        row["gift"] = words.format(name=gift.recipient_name or gift.recipient_email, day=day(gift.deliver_at))
        row["gift_note"] = gift.note
    if listing is None:
        return {**row, "title": _("Something that is gone"), "problem": _("It isn't for sale any more.")}
    product = listing.product
    row |= {
        "title": product.title, "creator": listing.creator.name,
        "href": f"/lessons/{product.slug}" if product.state == "published" else "",
        "image": cover(listing.image, 320), "color": listing.image.color if listing.image else "",
        "policy": policy_words(Policy(product.refund_days, product.refund_max_percent), gift=gift is not None),
    }  # fmt: skip
    if gift is None and product.id in owned:
        return {**row, "problem": _("You own this already.")}
    if product.state != "published":
        return {**row, "problem": _("It isn't for sale at the moment.")}
    try:
        now = price_of(listing, item.offered_minor)
    except MarketplaceError as error:
        return {**row, "problem": error.text}
    if (now, product.currency) != (item.seen_minor, item.seen_currency):
        return {**row, "changed": format_minor(now, product.currency)}
    return {**row, "ready": "yes"}


class BasketButtons(Page, rx.State):
    """ "Add to cart" and "Give as a present" on the pages that sell something."""

    added: str = ""
    busy: bool = False

    _given: tuple[str, datetime] = ("", datetime.min.replace(tzinfo=UTC))

    @action("anyone", rate=(30, 60))
    async def add(self, form: Form):
        """Into the basket, at the price shown now."""
        return await self._add(form, None)

    @action("anyone", rate=(10, 60))
    async def give(self, form: Form):
        """Into the basket as a present for somebody."""
        wish = gifts.Wish(
            text_of(form, "gift_email"), text_of(form, "gift_name"), text_of(form, "gift_note"),
            _date(text_of(form, "gift_date")),
        )  # fmt: skip
        same, moment = repr((text_of(form, "slug"), text_of(form, "amount"), wish)), now()
        if self._given[0] == same and moment - self._given[1] < TWICE:
            return rx.redirect("/cart")
        done = await self._add(form, wish)
        self._given = (same, moment)
        return done

    async def _add(self, form: dict[str, str | bool | None], wish: gifts.Wish | None):  # type: ignore[no-untyped-def]
        who, slug, code = actor(), text_of(form, "slug")[:200], typed_code(text_of(form, "code"))
        self.errors = {}
        if not who.signed_in:
            return rx.redirect("/login?next=" + quote(product_link(slug, code), safe="/"))
        await put_into_cart(who, slug, typed_of(form, "amount"), code=code, via=via(self), wish=wish)
        self.added = slug
        return (
            [CartCount.refresh, rx.redirect("/cart")] if wish else [CartCount.refresh, success(_("It's in your cart."))]
        )


def _date(typed: str) -> datetime | None:
    """A day chosen in a date field, at nine in the morning UTC."""
    if not typed:
        return None
    try:
        chosen = datetime.combine(datetime.strptime(typed, "%Y-%m-%d").date(), time(9), UTC)
    except ValueError as error:
        raise Invalid(_("Choose a day."), field="gift_date") from error
    return chosen


class CartCount(rx.State):
    """How many things are in the basket, for the header."""

    count: int = 0

    @action("anyone", rate=(120, 60))
    async def refresh(self):
        who = actor()
        async with transaction() as session:
            self.count = await cart.count(session, who.account_id) if who.account_id else 0


class GiftState(Page, rx.State):
    """``/gifts/<token>``: what somebody was given, and taking it."""

    gift: Row = {}
    lines: list[Row] = []
    signed_in: bool = False

    _gift_id: str = ""

    @action("anyone", rate=(60, 60))
    async def on_load(self):
        self.gift, self.lines, self.failure, self.errors = {}, [], "", {}
        found = read_id("gift", param(self, "gift_token"))
        self._gift_id = str(found) if found else ""
        self.signed_in = actor().signed_in
        await self._show()
        self.loaded = True

    async def _show(self) -> None:
        if not self._gift_id:
            self.failure = _("There is no present at this address.")
            return
        async with transaction() as session:
            gift = await gifts.gift(session, UUID(self._gift_id))
            if gift is None or gift.state in ("draft", "returned"):
                self.failure = _("This present isn't there any more. Ask the person who gave it.")
                return
            giver = await accounts.account(session, gift.giver_id)
            lines = await orders.store.lines_of_gift(session, gift.id)
            listings = {x.product.id: x for x in await browse.listings(session, [x.product_id for x in lines])}
            me = actor().account_id
            owned = me is not None and await orders.has_all(session, me, lines)
        state = "open"
        if gift.claimed_by is not None:
            state = "mine" if gift.claimed_by == me else "opened" if gift.giver_id == me else "taken"
        elif gift.giver_id == me:
            state = "given"
        elif owned:
            state = "owned"
        self.gift = {
            "from": giver.name, "note": gift.note, "state": state, "own": "yes" if gift.giver_id == me else "",
            "name": gift.recipient_name or (gift.recipient_email if gift.giver_id == me else ""),
        }  # fmt: skip
        self.lines = [
            {
                "title": line.title, "href": open_path(listings[line.product_id].product),
                "image": cover(listings[line.product_id].image, 640), "creator": listings[line.product_id].creator.name,
            }
            for line in lines if line.product_id in listings
        ]  # fmt: skip

    async def _catch_up(self) -> None:
        await self._show()

    @action("member", rate=(20, 60))
    async def claim(self):
        async with transaction() as session:
            await orders.claim_gift(session, actor(), need_id(self._gift_id))
        await self._show()
        return success(_("It's yours. Enjoy!"))


__all__ = ["BasketButtons", "CartCount", "CartState", "GiftState"]
