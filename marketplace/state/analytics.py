"""The figures of ``/studio/earnings``: which days, currency and product is in the address, so links and Back just work."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.charting import Bar, Chart, chart
from marketplace.db import transaction
from marketplace.domain.analytics import service as analytics
from marketplace.domain.analytics.service import Grain, Span, Totals, rules
from marketplace.figures import (
    Asked,
    Report,
    asked,
    bucket_name,
    conversion,
    figure_row,
    kpis,
    mark_name,
    product_name,
    report,
    sold,
    span_name,
    titles,
)
from marketplace.i18n import _
from marketplace.money import format_minor
from marketplace.present import short_amount
from marketplace.settings import get_settings
from marketplace.state.action import action, actor
from marketplace.state.base import Page, param

_NAMES = ("period", "from", "to", "currency", "by", "product")
_ROWS = 15  # one more than is shown
_TOP = 5
Series = list[tuple[date, Totals]]


class AnalyticsState(Page, rx.State):
    """``has_any`` is whether anything was ever sold or looked at; ``by`` how the breakdown is cut."""

    has_any: bool = False
    periods: list[dict[str, str]] = []
    currencies: list[dict[str, str]] = []
    cuts: list[dict[str, str]] = []
    days: dict[str, str] = {}
    product: dict[str, str] = {}
    kpis: list[dict[str, str]] = []
    columns: list[dict[str, str]] = []
    ticks: list[dict[str, str]] = []
    marks: list[dict[str, str]] = []
    chart_title: str = ""
    top: list[dict[str, str]] = []
    by: str = "day"
    rows: list[dict[str, str]] = []
    more_rows: bool = False
    has_shares: bool = False
    csv_href: str = ""
    csv_sales_href: str = ""

    _asked: Asked = Asked()
    _until: date | None = None
    _after: tuple[int, UUID] | None = None

    @action("anyone")
    async def on_load(self):
        if not actor().is_creator:
            return None
        wanted = asked({name: param(self, name) for name in _NAMES})
        self._asked = replace(wanted, by="") if wanted.by == "sale" else wanted
        async with transaction() as session:
            known = await report(session, actor(), self._asked)
            self.has_any = bool(known.currencies)
            self._show_choices(known)
            self.rows, self._until, self._after = [], None, None
            if self.has_any:
                await self._show_figures(session, known)
        self.loaded = True
        return None

    def _show_choices(self, wanted: Report) -> None:
        now, backend = wanted.asked, get_settings().backend
        self.errors = {"period": wanted.problem} if wanted.problem else {}
        self.periods = [
            {
                "key": name, "label": label, "on": "yes" if name == wanted.period else "",
                "href": now.href(period="" if name == rules.DEFAULT_PERIOD else name, start="", end=""),
            }
            for name, label in _periods()
        ]  # fmt: skip
        self.currencies = [
            {"label": c.upper(), "href": now.href(currency=c), "on": "yes" if c == wanted.scope.currency else ""}
            for c in wanted.currencies
        ]
        self.cuts = [
            {"label": label, "href": now.href(by=name), "on": "yes" if name == wanted.by else ""}
            for name, label in _cuts(wanted)
        ]
        custom = wanted.period == "custom" or wanted.problem
        self.days = {
            "name": span_name(wanted.span), "before": span_name(wanted.before) if wanted.before else "",
            "from": now.start or wanted.span.start.isoformat(), "to": now.end or wanted.span.last.isoformat(),
            "custom": "yes" if custom else "", "currency": now.currency, "by": now.by,
            "product": str(now.product_id or ""),
        }  # fmt: skip
        self.by = wanted.by
        self.csv_href = backend + now.href("/studio/export/earnings.csv", by=wanted.by)
        self.csv_sales_href = backend + now.href("/studio/export/earnings.csv", by="sale")

    async def _show_figures(self, session: AsyncSession, wanted: Report) -> None:
        """The figures on top are those of the columns added up: one look at the sums serves both."""
        scope, span, currency = wanted.scope, wanted.span, wanted.scope.currency
        grain = rules.readable(span, wanted.grain)
        found = await _series(session, wanted, span, grain)
        then = await _series(session, wanted, wanted.before, grain) if wanted.before else None
        self.has_shares = any(figures.shares or figures.partner_minor for _at, figures in found)
        self.kpis = kpis(_added(found), _added(then) if then is not None else None, currency)
        self._draw(found, then or [], grain, currency)
        self.product, self.top = {}, []
        if scope.product_id:
            named = await titles(session, [scope.product_id])
            self.product = {"title": named[scope.product_id], "href": wanted.asked.href(product_id=None)}
        if not scope.product_id or wanted.by == "product":
            await self._show_products(session, wanted)
        if wanted.by == grain:
            self._show_times([(at, figures) for at, figures in reversed(found) if figures != Totals()], grain, currency)
        elif wanted.by != "product":
            await self._show_rows(session, wanted)

    async def _show_products(self, session: AsyncSession, wanted: Report) -> None:
        """The best of them, and as many more as the breakdown shows."""
        found = await analytics.by_product(session, wanted.scope, wanted.span, limit=_ROWS)
        named = await titles(session, [product_id for product_id, _totals in found])
        most = max((figures.kept_minor for _id, figures in found), default=0)
        if not wanted.scope.product_id:
            self.top = [
                _top_row(product_id, product_name(named[product_id], f), f, most, wanted)
                for product_id, f in found[:_TOP]
            ]
        if wanted.by == "product":
            self._show_named(found, named, wanted)

    def _draw(self, found: Series, then: Series, grain: Grain, currency: str) -> None:
        """What is the creator's in each bucket, and in the same one of the time before."""
        drawn = chart([f.kept_minor for _at, f in found], [f.kept_minor for _at, f in then])
        self.ticks = [
            {"y": _percent(drawn.scale.above(value)), "label": short_amount(value, currency)} for value in drawn.scale.lines
        ]  # fmt: skip
        self.marks = [
            {"label": mark_name(found[n][0], grain), "x": _percent(drawn.bars[n].left + drawn.bars[n].room / 2)}
            for n in drawn.marks
        ]
        compared: list[Totals | None] = [*(f for _at, f in then), *[None] * len(found)]
        self.columns = [
            _column(bar, bucket_name(at, grain), figures, before, drawn, currency)
            for bar, (at, figures), before in zip(drawn.bars, found, compared, strict=False)
        ]
        per = {"day": _("Yours, day by day"), "week": _("Yours, week by week"), "month": _("Yours, month by month")}
        self.chart_title = per[grain]

    async def _show_rows(self, session: AsyncSession, wanted: Report) -> None:
        """The next rows of the breakdown."""
        scope, span, currency = wanted.scope, wanted.span, wanted.scope.currency
        if wanted.by != "product":
            grain = wanted.grain
            self._show_times(
                await analytics.by_time(session, scope, span, grain, until=self._until, limit=_ROWS), grain, currency
            )
            return
        found = await analytics.by_product(session, scope, span, after=self._after, limit=_ROWS)
        self._show_named(found, await titles(session, [product_id for product_id, _totals in found]), wanted)

    def _show_named(self, found: list[tuple[UUID, Totals]], named: dict[UUID, str], wanted: Report) -> None:
        shown, currency = found[: _ROWS - 1], wanted.scope.currency
        fresh = [
            {**figure_row(product_name(named[i], f), f, currency), "href": wanted.asked.href(product_id=i, by="")}
            for i, f in shown
        ]
        self._after = (shown[-1][1].kept_minor, shown[-1][0]) if shown else None
        self.rows, self.more_rows = [*self.rows, *fresh], len(found) == _ROWS

    def _show_times(self, found: Series, grain: Grain, currency: str) -> None:
        shown = found[: _ROWS - 1]
        fresh = [{**figure_row(bucket_name(at, grain), figures, currency), "href": ""} for at, figures in shown]
        self._until = shown[-1][0] if shown else None
        self.rows, self.more_rows = [*self.rows, *fresh], len(found) >= _ROWS

    @action("creator", rate=(60, 60))
    async def more(self):
        if self.more_rows:
            async with transaction() as session:
                await self._show_rows(session, await report(session, actor(), self._asked))


def _added(series: Series) -> Totals:
    return rules.added(figures for _at, figures in series)


async def _series(session: AsyncSession, wanted: Report, span: Span, grain: Grain) -> Series:
    """Every bucket of a span, oldest first, also those with nothing in them."""
    found = dict(await analytics.by_time(session, wanted.scope, span, grain))
    return [(at, found.get(at, Totals())) for at in rules.buckets(span, grain)]


def _column(bar: Bar, name: str, now: Totals, then: Totals | None, drawn: Chart, currency: str) -> dict[str, str]:
    """``then`` is the same bucket of the time before, where there is one."""
    money = lambda totals: format_minor(totals.kept_minor, currency)  # noqa: E731
    end = bar.left + bar.room
    return {
        "x": _percent(bar.x), "width": _percent(bar.width), "y": _percent(bar.y), "height": _percent(bar.height),
        "left": _percent(bar.left), "right": _percent(end), "room": _percent(bar.room),
        "below": "yes" if now.kept_minor < 0 else "",
        "side": "start" if bar.left < 30 else "end" if end > 70 else "middle",
        "label": name, "value": money(now), "sales": sold(now),
        "before": _("{amount} before").format(amount=money(then)) if then else "",
        "then": _percent(drawn.scale.above(then.kept_minor)) if then and then.kept_minor else "",
    }  # fmt: skip


def _top_row(product_id: UUID, title: str, totals: Totals, most: int, wanted: Report) -> dict[str, str]:
    share = max(0, totals.kept_minor) * 100 / most if most > 0 else 0
    return {
        "title": title, "href": wanted.asked.href(product_id=product_id, by=""), "share": _percent(share),
        "yours": format_minor(totals.kept_minor, wanted.scope.currency),
        "sales": sold(totals),
        "conversion": _("{percent} of visitors").format(percent=conversion(totals)) if totals.visitors else "",
    }  # fmt: skip


def _percent(value: float) -> str:
    return f"{value:.3f}"


def _periods() -> list[tuple[str, str]]:
    return [
        ("7d", _("7 days")), ("30d", _("30 days")), ("90d", _("90 days")), ("12m", _("12 months")), ("all", _("All")),
    ]  # fmt: skip


def _cuts(wanted: Report) -> list[tuple[str, str]]:
    cuts = [("day", _("Day")), ("week", _("Week")), ("month", _("Month"))]
    return cuts if wanted.scope.product_id else [*cuts, ("product", _("Product"))]
