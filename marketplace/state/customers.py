"""``/studio/customers`` and one of them: a creator's own buyers, what they spent, and how far they are."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.db import transaction
from marketplace.domain.analytics import service as analytics
from marketplace.domain.analytics.service import CustomerRow, EventRow
from marketplace.domain.learning import service as learning
from marketplace.errors import Missing
from marketplace.figures import titles
from marketplace.i18n import _, count_words, ngettext, percent_words
from marketplace.ids import parse_id
from marketplace.money import format_minor
from marketplace.present import day, when
from marketplace.settings import get_settings
from marketplace.state.action import action, actor
from marketplace.state.base import Page, param

_PAGE = "/studio/customers"
_ROWS = 31
_COUNTED = 10_000


def _href(**query: str) -> str:
    named = urlencode({name: value for name, value in query.items() if value})
    return f"{_PAGE}?{named}" if named else _PAGE


def _name(row: CustomerRow) -> str:
    return _("Deleted account") if row.gone else row.name


def _amounts(spends: dict[str, tuple[int, int]]) -> tuple[str, str]:
    """(spent, refunded), currency by currency."""
    spent = [format_minor(total, currency) for currency, (total, _back) in spends.items()]
    back = [format_minor(-total, currency) for currency, (_spent, total) in spends.items() if total]
    return " · ".join(spent), " · ".join(back)


class CustomersState(Page, rx.State):
    """The list follows the address (``?q=…&sort=most&currency=…``)."""

    items: list[dict[str, str]] = []
    query: str = ""
    most_in: str = ""
    sorts: list[dict[str, str]] = []
    count: str = ""
    has_more: bool = False
    csv_href: str = ""

    _after: tuple[datetime | int, UUID] | None = None

    @action("anyone")
    async def on_load(self):
        if not actor().is_creator:
            return rx.redirect("/studio", replace=True)
        self.query = param(self, "q")[:100]
        self.items, self._after = [], None
        async with transaction() as session:
            currencies = await analytics.currencies(session, actor())
            total = await analytics.customer_count(session, actor(), _COUNTED)
            wanted = param(self, "currency")
            usual = currencies[0] if currencies else ""
            self.most_in = (wanted if wanted in currencies else usual) if param(self, "sort") == "most" else ""
            await self._fetch(session)
        self.count = _count(total)
        self.sorts = self._sorts(currencies)
        query = f"?{urlencode({'q': self.query})}" if self.query else ""
        self.csv_href = f"{get_settings().backend}/studio/export/customers.csv{query}"
        self.loaded = True
        return None

    def _sorts(self, currencies: list[str]) -> list[dict[str, str]]:
        """Who bought last, or who spent the most of each currency."""
        most = [
            {
                "label": _("Most spent") if len(currencies) == 1 else _("Most spent, {c}").format(c=currency.upper()),
                "href": _href(q=self.query, sort="most", currency=currency if len(currencies) > 1 else ""),
                "on": "yes" if currency == self.most_in else "",
            }
            for currency in currencies
        ]  # fmt: skip
        recent = {"label": _("Last purchase"), "href": _href(q=self.query), "on": "" if self.most_in else "yes"}
        return [recent, *most]

    async def _fetch(self, session: AsyncSession) -> None:
        page = await analytics.customers(
            session, actor(), most_in=self.most_in, search=self.query, after=self._after, limit=_ROWS
        )
        shown = page.rows[: _ROWS - 1]
        self.items = [*self.items, *[_customer_row(row, page.spends.get(row.buyer_id, {})) for row in shown]]
        self._after = (shown[-1].key, shown[-1].buyer_id) if shown else None
        self.has_more = len(page.rows) == _ROWS

    @action("creator", rate=(60, 60))
    async def more(self):
        if self.has_more:
            async with transaction() as session:
                await self._fetch(session)


def _count(total: int) -> str:
    shown = count_words(total) + ("+" if total >= _COUNTED else "")
    return ngettext("{n} customer", "{n} customers", total).format(n=shown) if total else ""


def _customer_row(row: CustomerRow, spends: dict[str, tuple[int, int]]) -> dict[str, str]:
    spent, back = _amounts(spends)
    return {
        "href": f"{_PAGE}/{row.buyer_id}", "name": _name(row), "email": "" if row.gone else row.email,
        "purchases": count_words(row.purchases), "spent": spent, "refunded": back or "–", "first": day(row.first_at),
        "last": when(row.last_at),
    }  # fmt: skip


class CustomerState(Page, rx.State):
    """``/studio/customers/<account>``: one customer's purchases from this creator."""

    person: dict[str, str] = {}
    purchases: list[dict[str, str]] = []
    has_more: bool = False

    _buyer: UUID | None = None
    _before: tuple[datetime, UUID] | None = None

    @action("anyone")
    async def on_load(self):
        if not actor().is_creator:
            return rx.redirect("/studio", replace=True)
        self.person, self.purchases, self.failure, self.has_more = {}, [], "", False
        self._buyer, self._before = parse_id(param(self, "customer_id")), None
        try:
            async with transaction() as session:
                await self._show(session)
        except Missing as error:
            self.failure = error.text
        self.loaded = True
        return None

    async def _show(self, session: AsyncSession) -> None:
        if self._buyer is None:
            raise Missing(_("There is no customer at this address."))
        row = await analytics.customer(session, actor(), self._buyer)
        spent, back = _amounts(await analytics.spends(session, actor(), self._buyer))
        self.person = {
            "name": _name(row), "email": "" if row.gone else row.email, "gone": "yes" if row.gone else "",
            "spent": spent, "refunded": back, "purchases": count_words(row.purchases), "since": day(row.first_at),
            "last": day(row.last_at),
        }  # fmt: skip
        await self._fetch(session)

    async def _fetch(self, session: AsyncSession) -> None:
        assert self._buyer is not None
        rows, back = await analytics.purchases(session, actor(), self._buyer, before=self._before, limit=_ROWS)
        shown = rows[: _ROWS - 1]
        products = list({row.product_id for row in shown})
        named = await titles(session, products)
        percents = await learning.consumed(session, self._buyer, products)
        self.purchases = [
            *self.purchases,
            *[
                _purchase(r, named[r.product_id], back.get(r.line_id or r.id), percents.get(r.product_id))
                for r in shown
            ],
        ]
        self._before = (shown[-1].at, shown[-1].id) if shown else None
        self.has_more = len(rows) == _ROWS

    @action("creator", rate=(60, 60))
    async def more(self):
        if self.has_more and self._buyer is not None:
            async with transaction() as session:
                await self._fetch(session)


def _purchase(row: EventRow, title: str, back: tuple[int, int] | None, percent: int | None) -> dict[str, str]:
    refunded, of_yours = back or (0, 0)
    return {
        "title": title, "href": f"/studio/earnings/{row.line_id}" if row.line_id else "", "day": day(row.at),
        "paid": format_minor(row.gross_minor, row.currency),
        "refunded": format_minor(-refunded, row.currency) if refunded else "–",
        "yours": format_minor(row.net_minor - of_yours, row.currency),
        "progress": str(percent or 0),
        "reached": _("Not started") if percent is None else _("Finished") if percent == 100 else percent_words(percent),
    }  # fmt: skip
