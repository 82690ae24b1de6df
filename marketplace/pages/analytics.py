"""The figures of ``/studio/earnings``: period, currency, product; how it goes; what sells; day by day."""

from __future__ import annotations

import reflex as rx

from marketplace.components.badge import chip
from marketplace.components.button import button, link_button
from marketplace.components.card import panel
from marketplace.components.chart import column_chart, kpis
from marketplace.components.field import field_error, text_input
from marketplace.components.icon import icon
from marketplace.components.link import link, plain_form
from marketplace.components.sentence import phrase, sentence
from marketplace.components.skeleton import skeleton
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.studio_parts import error_of
from marketplace.state.analytics import AnalyticsState

PAGES: list[Route] = []

_TABLE = "earnings-breakdown"


def figures() -> rx.Component:
    """Nothing at all before anything was sold or looked at: then the page itself says how that begins."""
    return rx.cond(
        AnalyticsState.loaded,
        rx.cond(AnalyticsState.has_any, _figures(), rx.fragment()),
        rx.el.div(
            skeleton("h-9 w-80 max-w-full rounded-full"),
            skeleton("h-32 w-full rounded-card"),
            skeleton("h-80 w-full rounded-card"),
            role="status",
            aria_label=_("Loading"),
            class_name="grid gap-5",
        ),
    )


def _figures() -> rx.Component:
    return rx.el.section(
        rx.el.h2(_("How it goes"), class_name="sr-only"),
        _choices(),
        kpis(AnalyticsState.kpis, _("In this period")),
        rx.el.div(
            panel(
                column_chart(
                    AnalyticsState.chart_title,
                    AnalyticsState.columns,
                    AnalyticsState.ticks,
                    AnalyticsState.marks,
                    compared=AnalyticsState.days["before"] != "",
                    table=_TABLE,
                ),
                class_name="min-w-0",
            ),
            rx.cond(AnalyticsState.top.length() > 0, _top()),
            class_name="grid grid-cols-1 items-start gap-5 2xl:grid-cols-[minmax(0,1fr)_20rem]",
        ),
        _breakdown(),
        class_name="grid grid-cols-1 gap-5",
    )


def _choices() -> rx.Component:
    days = AnalyticsState.days
    return rx.el.div(
        rx.el.div(
            _chips(AnalyticsState.periods, _("Period")),
            rx.cond(AnalyticsState.currencies.length() > 1, _chips(AnalyticsState.currencies, _("Currency"))),
            class_name="flex flex-wrap items-center justify-between gap-x-8 gap-y-3",
        ),
        _own_days(),
        rx.el.p(
            rx.el.span(days["name"], class_name="font-semibold"),
            rx.cond(
                days["before"] != "",
                rx.el.span(phrase(_("compared with {days}"), days=days["before"]), class_name="text-muted"),
            ),
            rx.el.span(_("Days are UTC."), class_name="text-muted"),
            class_name="tnum flex flex-wrap gap-x-3 text-sm",
        ),
        rx.cond(AnalyticsState.product.contains("title"), _only_product()),
        class_name="grid grid-cols-1 gap-3",
    )


def _chips(choices: rx.Var, label: str) -> rx.Component:
    return rx.el.nav(
        rx.foreach(choices, lambda choice: chip(choice["label"], choice["href"], choice["on"] != "")),
        aria_label=label,
        class_name="-mx-4 flex min-w-0 gap-2 overflow-x-auto px-4 py-0.5 [scrollbar-width:none] sm:mx-0 sm:flex-wrap sm:px-0",
    )


def _own_days() -> rx.Component:
    days = AnalyticsState.days
    hidden = [
        rx.cond(days[name] != "", rx.el.input(type="hidden", name=name, value=days[name]))
        for name in ("currency", "by", "product")
    ]
    return rx.el.details(
        rx.el.summary(
            icon("chevron_right", 16, "text-muted transition-transform [[open]>summary>&]:rotate-90"),
            _("Other days"),
            class_name="inline-flex min-h-9 items-center gap-1.5 text-sm font-medium hover:text-accent pointer-coarse:min-h-11",
        ),
        plain_form(
            rx.el.input(type="hidden", name="period", value="custom"),
            *hidden,
            _date(_("From"), "from", days["from"]),
            _date(_("To"), "to", days["to"]),
            button(_("Show"), kind="secondary", type="submit"),
            action="/studio/earnings",
            class_name="mt-1 flex flex-wrap items-end gap-3",
        ),
        rx.el.div(field_error(error_of(AnalyticsState.errors, "period")), class_name="mt-2"),
        open=days["custom"] != "",
        key=days["custom"],
    )


def _date(label: str, name: str, value: rx.Var) -> rx.Component:
    return rx.el.label(
        rx.el.span(label, class_name="text-sm font-semibold"),
        text_input(name, type="date", default_value=value, key=value, class_name="tnum", required=True),
        class_name="grid gap-1",
    )


def _only_product() -> rx.Component:
    product = AnalyticsState.product
    return rx.el.p(
        rx.el.span(
            *sentence(_("Only {title}"), title=rx.el.span(product["title"], class_name="font-semibold")),
            class_name="min-w-0",
        ),
        link(
            icon("x", 16),
            _("All products"),
            href=product["href"],
            class_name="inline-flex min-h-9 items-center gap-1 font-semibold text-accent hover:text-accent-hover pointer-coarse:min-h-11",
        ),
        class_name="flex flex-wrap items-center gap-x-4 rounded-control bg-sunken px-4 py-1 text-sm",
    )


def _top() -> rx.Component:
    return panel(
        rx.el.ol(rx.foreach(AnalyticsState.top, _best), class_name="grid grid-cols-1 gap-4"),
        title=_("What sells best"),
        class_name="min-w-0",
    )


def _best(row: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            link(
                row["title"],
                href=row["href"],
                class_name="min-w-0 truncate font-medium underline decoration-line-strong underline-offset-4 hover:text-accent",
            ),
            rx.el.span(row["yours"], class_name="tnum shrink-0 font-semibold"),
            class_name="flex justify-between gap-4",
        ),
        rx.el.div(
            rx.el.div(style={"width": row["share"].to(str) + "%"}, class_name="h-full rounded-full bg-accent"),
            aria_hidden="true",
            class_name="my-1.5 h-1.5 overflow-hidden rounded-full bg-sunken",
        ),
        rx.el.p(
            rx.el.span(row["sales"]),
            rx.el.span(row["conversion"], class_name="empty:hidden"),
            class_name="tnum flex justify-between gap-4 text-sm text-muted",
        ),
    )


def _breakdown() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(_("In figures"), class_name="text-xl"),
            link_button(
                _("Download CSV"), AnalyticsState.csv_href, kind="secondary", size="sm", icon="download", document=True
            ),
            class_name="mt-3 mb-3 flex flex-wrap items-center justify-between gap-3",
        ),
        rx.el.div(_chips(AnalyticsState.cuts, _("Cut by")), class_name="mb-4 grid grid-cols-1"),
        rx.cond(
            AnalyticsState.rows.length() > 0,
            _table(),
            rx.el.p(
                _("Nothing was sold or looked at in these days."),
                class_name="rounded-card border border-dashed border-line px-5 py-8 text-center text-muted",
            ),
        ),
        rx.cond(
            AnalyticsState.more_rows,
            rx.el.div(
                button(_("Show more"), kind="secondary", on_click=AnalyticsState.more),
                class_name="mt-6 flex justify-center",
            ),
        ),
    )


def _table() -> rx.Component:
    """On a phone three columns, and the rest in a line below the name."""
    cut = rx.match(AnalyticsState.by, ("product", _("Product")), ("week", _("Week")), ("month", _("Month")), _("Day"))

    def head(label: str, wide: str = "") -> rx.Component:
        return rx.el.th(label, scope="col", class_name=f"{_HEAD} text-end {wide}")

    return rx.el.div(
        rx.el.table(
            rx.el.caption(_("The same figures, line by line"), class_name="sr-only"),
            rx.el.thead(
                rx.el.tr(
                    rx.el.th(cut, scope="col", class_name=f"{_HEAD} text-start"),
                    head(_("Sales")),
                    *[head(label, _WIDE) for label in (_("Revenue"), _("Discounts"), _("Given back"))],
                    rx.cond(AnalyticsState.has_shares, head(_("From shares"), _WIDE)),
                    head(_("Yours")),
                    *[head(label, _WIDE) for label in (_("Visitors"), _("Conversion"))],
                )
            ),
            rx.el.tbody(rx.foreach(AnalyticsState.rows, _row)),
            class_name="w-full text-sm",
        ),
        id=_TABLE,
        class_name="relative overflow-x-auto rounded-card border border-line bg-surface",
    )


_WIDE = "max-md:hidden"
_HEAD = "px-4 py-3 text-xs font-semibold text-muted"


def _row(row: rx.Var) -> rx.Component:
    def number(key: str, more: str = "") -> rx.Component:
        return rx.el.td(row[key], class_name=f"tnum px-4 py-3 text-end whitespace-nowrap {more}".strip())

    return rx.el.tr(
        rx.el.th(
            _row_name(row),
            rx.el.span(row["rest"], class_name="tnum mt-0.5 block font-normal text-muted md:hidden"),
            scope="row",
            class_name="px-4 py-3 text-start font-medium",
        ),
        number("sales"),
        *[number(key, _WIDE) for key in ("revenue", "discounts", "refunded")],
        rx.cond(AnalyticsState.has_shares, number("shares", _WIDE)),
        number("yours", "font-semibold"),
        *[number(key, _WIDE) for key in ("visitors", "conversion")],
        class_name="border-t border-line align-top transition-colors md:hover:bg-paper",
    )


def _row_name(row: rx.Var) -> rx.Component:
    return rx.cond(
        row["href"].to(str) != "",
        link(
            row["name"],
            href=row["href"],
            class_name="line-clamp-2 underline decoration-line-strong underline-offset-4 hover:text-accent",
        ),
        rx.el.span(row["name"]),
    )


def sales_download() -> rx.Component:
    """Every sale and refund of the period as a file."""
    return rx.cond(
        AnalyticsState.has_any,
        link_button(
            _("Download sales of this period"),
            AnalyticsState.csv_sales_href,
            kind="secondary",
            size="sm",
            icon="download",
            document=True,
        ),
    )
