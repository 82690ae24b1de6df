"""``/studio/earnings``, one sale of it, and ``/studio/payouts``: amounts big and exact, the sum spelled out."""

from __future__ import annotations

import reflex as rx

from marketplace.components.badge import badge
from marketplace.components.breadcrumbs import breadcrumbs
from marketplace.components.button import button, link_button
from marketplace.components.card import panel
from marketplace.components.dialog import open_dialog
from marketplace.components.empty import empty_state
from marketplace.components.link import link
from marketplace.components.money import balance_panel, sum_lines
from marketplace.components.more import show_more
from marketplace.components.page import page_title
from marketplace.components.refund import refund_dialog, refund_form
from marketplace.components.sentence import phrase, sentence
from marketplace.components.skeleton import skeleton_rows
from marketplace.components.table import Column, data_table
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.analytics import figures, sales_download
from marketplace.pages.earnings_sources import where_from
from marketplace.pages.studio_parts import error_of, studio_frame
from marketplace.state.analytics import AnalyticsState
from marketplace.state.earnings import EarningsState, SaleState
from marketplace.state.sources import SourcesState

_REFUND_DIALOG = "refund"


def earnings_page() -> rx.Component:
    return studio_frame(
        "earnings",
        page_title(
            _("Earnings"),
            _("How it goes, what sells, and each sale with its fee and what's yours."),
            link_button(_("Why is my balance this?"), "/studio/balance", kind="secondary"),
        ),
        rx.el.div(
            rx.cond(EarningsState.loaded, _balances(), skeleton_rows(2)),
            figures(),
            where_from(),
            rx.cond(
                EarningsState.loaded,
                rx.cond(EarningsState.sales.length() > 0, _sales(), _no_sales()),
                skeleton_rows(),
            ),
            class_name="grid grid-cols-1 gap-10",
        ),
        live=EarningsState.loaded & AnalyticsState.loaded,
    )


def _balances() -> rx.Component:
    return rx.cond(
        EarningsState.balances.length() > 0,
        rx.el.div(rx.foreach(EarningsState.balances, _balance), class_name="grid gap-4"),
    )


def _balance(row: rx.Var) -> rx.Component:
    return balance_panel(
        row["currency"],
        [
            (_("On hold"), row["held"], _("Sold, and not in your payments account yet.")),
            (_("Available"), row["available"], _("In your payments account, or arriving there.")),
            (_("Paid out"), row["paid"], _("Sent to your bank so far.")),
        ],
        row["debt"],
    )


def _sales() -> rx.Component:
    columns = [
        Column(_("Lesson"), cell=_sale_link),
        Column(_("Order"), key="order"),
        Column(_("Day"), key="day"),
        Column(_("Paid"), key="amount", numeric=True),
        Column(_("Fee"), key="fee", numeric=True),
        Column(_("Yours"), cell=lambda row: rx.el.span(row["yours"], class_name="font-semibold"), numeric=True),
        Column(_("State"), cell=lambda row: badge(row["state"], row["tone"])),
    ]
    return rx.el.section(
        rx.el.div(
            rx.el.h2(_("Sales"), class_name="text-xl"),
            sales_download(),
            class_name="mb-4 flex flex-wrap items-center justify-between gap-3",
        ),
        data_table(columns, EarningsState.sales, _("Your sales, and others' that you share in, newest first")),
        show_more(EarningsState.next_key, EarningsState.more, gap="mt-6"),
    )


def _sale_link(row: rx.Var) -> rx.Component:
    return rx.el.span(
        link(
            row["title"],
            href=row["href"],
            class_name="line-clamp-2 font-semibold underline decoration-line-strong underline-offset-4 hover:text-accent",
        ),
        rx.el.span(row["role"], class_name="block text-xs font-normal text-muted empty:hidden"),
    )


def _no_sales() -> rx.Component:
    return empty_state(
        _("No sales yet"),
        _("When somebody buys a lesson, it appears here with its price, the fee and what's yours."),
        link_button(_("Your products"), "/studio/products", kind="secondary"),
        icon="wallet",
    )


def sale_page() -> rx.Component:
    sale = SaleState.sale
    return studio_frame(
        "earnings",
        rx.cond(
            SaleState.failure != "",
            rx.el.div(
                rx.el.h1(_("No such sale"), class_name="mb-6 text-2xl"),
                empty_state(
                    SaleState.failure,
                    action=link_button(_("All earnings"), "/studio/earnings", kind="secondary"),
                    icon="search_x",
                ),
            ),
            rx.cond(
                SaleState.loaded & (sale.length() > 0),
                _sale(),
                rx.el.div(rx.el.h1(_("Sale"), class_name="mb-6 text-2xl"), skeleton_rows(4)),
            ),
        ),
        live=SaleState.loaded,
    )


def _sale() -> rx.Component:
    sale = SaleState.sale
    return rx.el.div(
        breadcrumbs([(_("Earnings"), "/studio/earnings")], phrase(_("Order {number}"), number=sale["order"])),
        rx.el.div(
            rx.el.h1(sale["title"], class_name="mt-3 text-2xl sm:text-3xl"),
            rx.el.p(
                badge(sale["state"], sale["tone"]),
                rx.cond(
                    sale["role"] == "",
                    rx.el.span(
                        *sentence(
                            _("Bought by {name}"), name=rx.el.span(sale["buyer"], class_name="font-medium text-ink")
                        )
                    ),
                    rx.el.span(sale["role"]),
                ),
                rx.el.span(sale["paid_at"]),
                class_name="mt-3 flex flex-wrap items-center gap-x-4 gap-y-1 text-sm text-muted",
            ),
            class_name="mb-8",
        ),
        rx.el.div(
            rx.el.div(_sum(), _movements(), class_name="grid min-w-0 grid-cols-1 gap-8"),
            rx.cond(sale["role"] == "", rx.el.div(_refunds(), class_name="min-w-0 xl:w-80")),
            class_name="grid grid-cols-1 items-start gap-8 xl:grid-cols-[minmax(0,1fr)_20rem]",
        ),
        _refund_dialog(),
    )


def _sum() -> rx.Component:
    return panel(
        sum_lines(SaleState.sum_lines, _("Yours"), SaleState.sale["yours"]),
        rx.el.p(SaleState.sale["taxed"], class_name="mt-4 text-sm text-muted empty:hidden"),
        title=_("How it adds up"),
    )


def _movements() -> rx.Component:
    return rx.el.section(
        rx.el.h2(_("Where the money went"), class_name="mb-4 text-lg"),
        rx.el.ol(rx.foreach(SaleState.entries, _movement), class_name="relative ms-1.5 border-s border-line"),
    )


def _movement(entry: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.span(class_name="absolute top-2 -start-[5px] size-2.5 rounded-full bg-line-strong", aria_hidden="true"),
        rx.el.p(entry["what"], class_name="font-semibold"),
        rx.el.p(entry["detail"], class_name="tnum text-sm"),
        rx.el.p(entry["when"], class_name="tnum text-sm text-muted"),
        class_name="relative pb-6 ps-6 last:pb-0",
    )


def _refunds() -> rx.Component:
    return panel(
        rx.cond(
            SaleState.refunds.length() > 0,
            rx.el.ul(rx.foreach(SaleState.refunds, _refund), class_name="mb-5 divide-y divide-line"),
            rx.el.p(_("None so far."), class_name="mb-4 text-muted"),
        ),
        rx.cond(
            SaleState.sale["can_refund"] != "",
            rx.el.div(
                button(_("Give a refund"), kind="secondary", full=True, on_click=open_dialog(_REFUND_DIALOG)),
                rx.el.p(
                    phrase(_("Up to {amount} can still be given back."), amount=SaleState.sale["left"]),
                    class_name="mt-2 text-sm text-muted",
                ),
            ),
        ),
        title=_("Refunds"),
    )


def _refund(row: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.p(
            rx.el.span(row["amount"], class_name="tnum font-semibold"),
            badge(row["state_words"], row["tone"]),
            class_name="flex items-center justify-between gap-3",
        ),
        rx.el.p(row["when"], class_name="tnum mt-1 text-sm text-muted"),
        rx.el.p(row["note"], class_name="mt-1 text-sm empty:hidden"),
        rx.el.p(row["failure"], class_name="mt-1 text-sm text-danger empty:hidden"),
        class_name="py-3 first:pt-0",
    )


def _refund_dialog() -> rx.Component:
    sale = SaleState.sale
    form = refund_form(
        currency=sale["currency"],
        left=sale["left_input"],
        wrong_amount=error_of(SaleState.errors, "amount"),
        problem=error_of(SaleState.errors, "refund"),
        on_submit=SaleState.refund,
    )
    return refund_dialog(_REFUND_DIALOG, form, SaleState.refunds.length())


PAGES = [
    Route(
        "/studio/earnings",
        earnings_page,
        _("Earnings"),
        [AnalyticsState.on_load, EarningsState.on_load, SourcesState.on_load],
    ),
    Route("/studio/earnings/[line_id]", sale_page, _("Sale"), SaleState.on_load),
]
