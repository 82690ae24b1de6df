"""``/studio/coupons``: discount codes that a creator gives and bears; in ``/admin/coupons`` those of the platform."""

from __future__ import annotations

from datetime import UTC, datetime, time

import reflex as rx

from marketplace.clock import now
from marketplace.db import transaction
from marketplace.domain.catalog import service as catalog
from marketplace.domain.coupons import service as coupons
from marketplace.domain.coupons.models import Coupon
from marketplace.errors import Invalid
from marketplace.i18n import _, joined, ngettext, percent_words
from marketplace.ids import parse_id
from marketplace.money import format_minor, parse, parse_percent
from marketplace.present import day, product_path
from marketplace.state.action import Form, Short, action, actor
from marketplace.state.base import need_id, text_of
from marketplace.state.coupon_links import CodeLinks
from marketplace.state.viewer import success

_PAGE = 30
_MOST_PRODUCTS = 100


class CouponsState(CodeLinks, rx.State):
    """One page of codes, and the form for a new one. ``platform``: those that the platform bears. Which of the two
    somebody may see and change is the service's to decide: an administrator needn't be a creator."""

    rows: list[dict[str, str]] = []
    kind: str = "percent"
    next_key: str = ""
    made: int = 0
    platform: bool = False

    @action("anyone")
    async def on_load(self):
        if not actor().is_creator:
            return rx.redirect("/studio", replace=True)
        self.platform = False
        await self._begin()
        return None

    @action("anyone")
    async def on_load_platform(self):
        if not actor().is_admin:
            return rx.redirect("/admin", replace=True)
        self.platform = True
        await self._begin()
        return None

    async def _begin(self) -> None:
        self.rows, self.next_key, self.errors, self.kind, self.products = [], "", {}, "percent", []
        await self._fetch("")
        if not self.platform:
            async with transaction() as session:
                mine = await catalog.studio(session, actor(), state="published", limit=_MOST_PRODUCTS)
            self.products = [
                {"id": str(p.id), "title": p.title, "path": product_path(p)}
                for p, _draft, _image in mine if p.price_kind != "free"
            ]  # fmt: skip
        self.loaded = True

    async def _fetch(self, before: str) -> None:
        async with transaction() as session:
            found = await coupons.mine(
                session, actor(), platform=self.platform, before=parse_id(before), limit=_PAGE + 1
            )
            totals = await coupons.totals(session, [coupon.id for coupon in found])
        self.rows = [*self.rows, *[_row(coupon, totals.get(coupon.id, [])) for coupon in found[:_PAGE]]]
        self.next_key = str(found[_PAGE - 1].id) if len(found) > _PAGE else ""

    @action("member", rate=(60, 60))
    async def more(self):
        if self.next_key:
            await self._fetch(self.next_key)

    @action("member", rate=(120, 60))
    async def choose_kind(self, kind: Short):
        self.kind = "amount" if kind == "amount" else "percent"

    @action("member", rate=(20, 60))
    async def create(self, form: Form):
        """A new code, usable at once."""
        self.errors = {}
        draft = _draft(form, platform=self.platform)
        async with transaction() as session:
            for product_id in draft.products:
                await catalog.load(session, actor(), product_id)
            await coupons.create(session, actor(), draft)
        self.made += 1
        await self._begin()
        if draft.starts_at is not None and draft.starts_at > now():
            return success(_("The code works from {day} on.").format(day=day(draft.starts_at)))
        return success(_("The code works from now on."))

    @action("member", rate=(60, 60))
    async def switch(self, coupon_id: Short, active: bool):
        async with transaction() as session:
            await coupons.switch(session, actor(), need_id(coupon_id), active=active)
        self.rows, self.next_key = [], ""
        await self._fetch("")


def _draft(form: dict[str, str | bool | None], *, platform: bool) -> coupons.Draft:
    """What was typed. Raises ``Invalid`` with the field's name."""
    amount_kind, currency = text_of(form, "kind") == "amount", text_of(form, "currency") or "usd"
    minimum, ends_at = text_of(form, "minimum"), _day(text_of(form, "ends_at"), "ends_at", end=True)
    if ends_at is not None and ends_at <= now():
        raise Invalid(_("That day is over already."), field="ends_at")
    chosen = [
        need_id(name.removeprefix("product-")) for name, value in form.items() if name.startswith("product-") and value
    ]
    return coupons.Draft(
        code=text_of(form, "code"),
        percent=None if amount_kind else parse_percent(text_of(form, "percent")),
        amount_minor=parse(text_of(form, "amount"), currency, field="amount") if amount_kind else None,
        currency=currency if amount_kind or minimum else "",
        products=() if text_of(form, "scope") != "some" else tuple(chosen) or _nothing_chosen(),
        starts_at=_day(text_of(form, "starts_at"), "starts_at"), ends_at=ends_at,
        max_uses=_whole(text_of(form, "max_uses"), "max_uses"),
        max_per_person=_whole(text_of(form, "max_per_person"), "max_per_person"),
        min_minor=parse(minimum, currency, field="minimum") if minimum else 0,
        first_purchase_only=bool(form.get("first_purchase_only")), platform=platform,
    )  # fmt: skip


def _nothing_chosen() -> tuple[()]:
    raise Invalid(_("Choose at least one product."), field="scope")


def _whole(typed: str, field: str) -> int | None:
    if not typed.strip():
        return None
    if not typed.strip().isdecimal() or len(typed.strip()) > 9:
        raise Invalid(_("Type a whole number, or leave it empty."), field=field)
    return int(typed)


def _day(typed: str, field: str, *, end: bool = False) -> datetime | None:
    """A day from a date field: its beginning, or its very end, in UTC."""
    if not typed:
        return None
    try:
        return datetime.combine(datetime.strptime(typed, "%Y-%m-%d").date(), time.max if end else time.min, UTC)
    except ValueError as error:
        raise Invalid(_("Choose a day."), field=field) from error


def _row(coupon: Coupon, totals: list[tuple[str, int, int]]) -> dict[str, str]:
    off = (
        percent_words(coupon.percent.normalize())
        if coupon.percent is not None
        else format_minor(coupon.amount_minor or 0, coupon.currency)
    )
    rules = [
        *([_("from {day}").format(day=day(coupon.starts_at))] if coupon.starts_at else []),
        *([_("until {day}").format(day=day(coupon.ends_at))] if coupon.ends_at else []),
        *([_("from {amount}").format(amount=format_minor(coupon.min_minor, coupon.currency))] if coupon.min_minor else []),
        *([_("{n} per person").format(n=coupon.max_per_person)] if coupon.max_per_person else []),
        *([_("first purchase only")] if coupon.first_purchase_only else []),
        *([_products(len(coupon.products))] if coupon.products else []),
    ]  # fmt: skip
    used = sum(count for _currency, count, _total in totals)
    return {
        "id": str(coupon.id), "code": coupon.code, "off": off, "rules": joined(rules) or "—", "used": str(used),
        "cap": f"{coupon.taken} / {coupon.max_uses}" if coupon.max_uses else str(coupon.taken),
        "given": " · ".join(format_minor(total, currency) for currency, _count, total in totals) or "—",
        "active": "yes" if coupon.active else "", "products": " ".join(coupon.products), **coupons.state_of(coupon, now()),
    }  # fmt: skip


def _products(count: int) -> str:
    return ngettext("{n} product", "{n} products", count).format(n=count)
