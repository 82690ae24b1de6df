"""``/studio/bundles/<id>``: several lessons for one price. What is saved is what is on offer."""

from __future__ import annotations

import reflex as rx

from marketplace.db import transaction
from marketplace.domain.bundles import service as bundles
from marketplace.domain.catalog import service as catalog
from marketplace.domain.orders.rules import spread
from marketplace.errors import Invalid, MarketplaceError
from marketplace.i18n import _, joined
from marketplace.ids import parse_id
from marketplace.money import format_minor, granularity, parse, to_input
from marketplace.present import cover, price, sales_page_href
from marketplace.state.action import Form, Line, Short, action, actor
from marketplace.state.base import Page, need_id, param, text_of
from marketplace.state.viewer import success

_MOST_LESSONS = 200


class BundleState(Page, rx.State):
    """``chosen`` are the bundle's lessons in their order, each with the part of the price that falls on it;
    ``missing`` names those that aren't in the shop any more; ``dearer``: than they are one by one."""

    form: dict[str, str] = {}
    lessons: list[dict[str, str]] = []
    chosen: list[dict[str, str]] = []
    rule: str = "by_price"
    state: str = ""
    missing: str = ""
    taken_out: int = 0
    public_href: str = ""
    page_href: str = ""
    worth: str = ""
    dearer: bool = False

    _bundle_id: str = ""

    @action("anyone")
    async def on_load(self):
        if not actor().is_creator:
            return rx.redirect("/studio", replace=True)
        wanted = param(self, "bundle_id")
        self.errors, self.failure, self.chosen, self.rule = {}, "", [], "by_price"
        self._bundle_id, self.state, self.public_href, self.missing, self.page_href = "", "", "", "", ""
        self.taken_out += 1
        self.form = {"title": "", "summary": "", "description": "", "price": "", "currency": "usd", "refund_days": "14",
                     "refund_max_percent": "30"}  # fmt: skip
        try:
            await self._lessons()
            if wanted != "new":
                await self._open(wanted)
        except MarketplaceError:
            self.failure = _("There is no bundle at this address.")
        self._spread()
        self.loaded = True
        return None

    async def _lessons(self) -> None:
        async with transaction() as session:
            mine = await catalog.studio(session, actor(), state="published", limit=_MOST_LESSONS)
        self.lessons = [
            {
                "id": str(p.id), "title": p.title, "cover": cover(image, 160), "minor": str(p.price_minor if p.price_kind != "free" else 0),
                "price": price(p.price_kind, p.price_minor, p.min_minor, p.currency), "currency": p.currency,
            }
            for p, _draft, image in mine if p.kind != "bundle"
        ]  # fmt: skip

    async def _open(self, wanted: str) -> None:
        async with transaction() as session:
            product, _draft = await catalog.load(session, actor(), need_id(wanted))
            parts = await bundles.members(session, product.id)
            known = {lesson["id"]: lesson for lesson in self.lessons}
            gone = [
                (await catalog.load(session, actor(), part.product_id))[0].title
                for part in parts
                if str(part.product_id) not in known
            ]
        if product.kind != "bundle":
            raise Invalid(_("This isn't a bundle."))
        self._bundle_id, self.state = str(product.id), product.state
        self.public_href = f"/lessons/{product.slug}" if product.state == "published" else ""
        self.form = {
            "title": product.title, "summary": product.summary, "description": product.description_md,
            "price": to_input(product.price_minor, product.currency), "currency": product.currency,
            "refund_days": str(product.refund_days), "refund_max_percent": str(product.refund_max_percent),
        }  # fmt: skip
        self.page_href = sales_page_href(product.id)
        self.missing = (
            _("Not in the shop any more: {titles}. They leave the bundle when you save it.").format(titles=joined(gone))
            if gone
            else ""
        )
        self.chosen = [
            {**known[str(part.product_id)], "weight": str(part.weight)}
            for part in parts
            if str(part.product_id) in known
        ]
        self.rule = self._rule_of([int(row["weight"]) for row in self.chosen])

    def _rule_of(self, weights: list[int]) -> str:
        """By which rule these weights came about; prices that changed since make them the creator's own."""
        for rule in ("by_price", "equal"):
            self.rule = rule
            if self._weights() == weights:
                return rule
        return "custom"

    def _weights(self) -> list[int]:
        if self.rule == "custom":
            return [
                int(row["weight"]) if row["weight"].isdecimal() and len(row["weight"]) < 7 else 0 for row in self.chosen
            ]
        prices = [int(row["minor"]) for row in self.chosen]
        return [max(1, minor) for minor in prices] if self.rule == "by_price" and any(prices) else [1] * len(prices)

    def _spread(self) -> None:
        """What falls on each lesson, by the rule that settles a sale."""
        currency = self.form.get("currency", "usd")
        try:
            minor = parse(self.form.get("price", ""), currency)
        except MarketplaceError:
            minor = 0
        step = granularity(currency)
        parts = [step * part for part in spread(minor // step, self._weights())]
        self.chosen = [
            {**row, "weight": row.get("weight", "1"), "part": format_minor(part, currency) if minor else ""}
            for row, part in zip(self.chosen, parts, strict=True)
        ]
        same = [int(row["minor"]) for row in self.chosen if row["currency"] == currency]
        known = len(same) > 1 and len(same) == len(self.chosen)
        self.worth = format_minor(sum(same), currency) if known else ""
        self.dearer = known and sum(same) < minor

    @action("creator", rate=(240, 60))
    async def edit(self, field: Short, value: Line):
        """Price and currency decide what falls on each lesson."""
        if field in ("price", "currency"):
            self.form = {**self.form, field: value}
            self.errors = {name: words for name, words in self.errors.items() if name != field}
            self._spread()

    @action("creator", rate=(120, 60))
    async def choose_rule(self, rule: Short):
        self.rule = rule if rule in bundles.RULES else "by_price"
        self._spread()

    @action("creator", rate=(240, 60))
    async def weigh(self, product_id: Short, value: Short):
        self.chosen = [{**row, "weight": value} if row["id"] == product_id else row for row in self.chosen]
        self._spread()

    @action("creator", rate=(240, 60))
    async def toggle(self, product_id: Short, into: bool):
        """Into the bundle, at its end, or out of it."""
        self.errors = {}
        self.chosen = [row for row in self.chosen if row["id"] != product_id]
        found = next((row for row in self.lessons if row["id"] == product_id), None)
        if into and found:
            self.chosen = [*self.chosen, {**found, "weight": "1"}]
        self._spread()

    @action("creator", rate=(240, 60))
    async def take_out(self, product_id: Short):
        """Out of the bundle by its row in the list; its box has to follow."""
        self.chosen = [row for row in self.chosen if row["id"] != product_id]
        self.taken_out += 1
        self._spread()

    @action("creator", rate=(60, 60))
    async def save(self, form: Form):
        """Saved, and put into the shop at once."""
        self.errors = {}
        self.chosen = [{**row, "weight": text_of(form, f"weight-{row['id']}") or row["weight"]} for row in self.chosen]
        currency = text_of(form, "currency")
        days, percent = text_of(form, "refund_days"), text_of(form, "refund_max_percent")
        made = bundles.Form(
            title=text_of(form, "title"), summary=text_of(form, "summary"), description=text_of(form, "description"),
            price_minor=parse(text_of(form, "price"), currency), currency=currency,
            refund_days=int(days) if days.isdecimal() and len(days) < 4 else -1,
            refund_max_percent=int(percent) if percent.isdecimal() and len(percent) < 4 else -1,
            products=[need_id(row["id"]) for row in self.chosen], rule=self.rule, weights=self._weights(),
        )  # fmt: skip
        async with transaction() as session:
            bundle = await bundles.save(session, actor(), parse_id(self._bundle_id), made)
            await bundles.offer(session, actor(), bundle.id)
        self._bundle_id = str(bundle.id)  # a second press saves this one
        return [rx.redirect(f"/studio/bundles/{bundle.id}"), success(_("The bundle is in the shop."))]

    @action("creator", rate=(20, 60))
    async def take_off(self):
        async with transaction() as session:
            await catalog.change_state(session, actor(), need_id(self._bundle_id), "unpublish")
        await self._open(self._bundle_id)
        self._spread()
        return success(_("Taken off the shop. Buyers keep what they have."))
