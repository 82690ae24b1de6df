"""``/admin``: what needs a person, and the means to put it right."""

from __future__ import annotations

from typing import Any

import reflex as rx

from marketplace.components.badge import badge
from marketplace.components.button import button, link_button
from marketplace.components.dialog import open_dialog
from marketplace.components.disclosure import disclosure
from marketplace.components.empty import empty_state
from marketplace.components.field import text_input
from marketplace.components.icon import icon
from marketplace.components.link import link
from marketplace.components.page import page_title
from marketplace.components.refund import refund_dialog, refund_form
from marketplace.components.sentence import sentence
from marketplace.components.skeleton import skeleton_rows
from marketplace.components.table import Column, data_table
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.admin_parts import admin_tabs
from marketplace.pages.former_parts import owing, unanswered
from marketplace.pages.proof_parts import mismatches
from marketplace.pages.shell import shell
from marketplace.pages.studio_parts import error_of
from marketplace.state.admin import AdminState
from marketplace.state.former import FormerState
from marketplace.state.proof import ProofState
from marketplace.state.viewer import Viewer

_REFUND_DIALOG = "refund-order"


def admin_page() -> rx.Component:
    return shell(
        rx.cond(
            AdminState.failure != "",
            _denied(),
            rx.el.div(
                page_title(_("Administration"), _("What the machines couldn't settle by themselves.")),
                rx.cond(
                    AdminState.loaded & Viewer.is_admin,
                    rx.fragment(admin_tabs("overview"), _content()),
                    skeleton_rows(6),
                ),
            ),
        ),
        live=AdminState.loaded,
    )


def _denied() -> rx.Component:
    return rx.el.div(
        rx.el.h1(_("Administration"), class_name="mb-6 text-2xl sm:text-3xl"),
        empty_state(
            AdminState.failure,
            _("Ask whoever runs this place if you need to get in."),
            link_button(_("Back to the start"), "/", kind="secondary"),
            icon="lock",
        ),
    )


def _content() -> rx.Component:
    return rx.el.div(
        _parked(),
        rx.cond(AdminState.refused.length() > 0, _refused()),
        mismatches(),
        owing(),
        unanswered(),
        _orders(),
        _balances(),
        _recent(),
        _refund_dialog(),
        class_name="grid grid-cols-1 gap-12",
    )


def _parked() -> rx.Component:
    columns = [
        Column(_("Event"), cell=_event_name),
        Column(_("Why it stopped"), cell=lambda row: rx.el.span(row["error"], class_name="break-words")),
        Column(_("Tries"), key="attempts", numeric=True),
        Column(_("Received"), key="received"),
        Column("", cell=lambda row: _again(row["type"], AdminState.retry(row["id"]))),
    ]
    return rx.el.section(
        rx.el.h2(_("Events that need you"), class_name="mb-4 text-xl"),
        rx.cond(
            AdminState.parked.length() > 0,
            data_table(columns, AdminState.parked, _("Events that could not be handled")),
            rx.el.p(
                icon("circle_check", 20, "text-success"),
                _("None. Every event was handled."),
                class_name="flex items-center gap-3 rounded-card border border-line bg-surface px-5 py-4",
            ),
        ),
    )


def _refused() -> rx.Component:
    columns = [
        Column(_("Order"), cell=lambda row: rx.el.span("#", row["order"], class_name="tnum font-semibold")),
        Column(_("Who waits"), cell=lambda row: rx.el.span(row["payee"], class_name="[overflow-wrap:anywhere]")),
        Column(_("Amount"), key="amount", numeric=True),
        Column(
            _("Why it was refused"), cell=lambda row: rx.el.span(row["error"], class_name="[overflow-wrap:anywhere]")
        ),
        Column("", cell=lambda row: _again("#" + row["order"].to(str), AdminState.transfer_again(row["id"]))),
    ]
    return rx.el.section(
        rx.el.h2(_("Transfers that were refused"), class_name="text-xl"),
        rx.el.p(
            _("Money for creators whose accounts can take it. Mostly the platform's own balance doesn't cover it: add to it at "
              "the payment partner. They are tried again every hour."),
            class_name="mt-1 mb-4 max-w-prose text-sm text-muted",
        ),
        data_table(columns, AdminState.refused, _("Transfers that were refused")),
    )  # fmt: skip


def _event_name(row: rx.Var) -> rx.Component:
    return rx.el.span(
        rx.el.span(row["type"], class_name="block font-semibold break-all"),
        rx.el.span(row["source"], class_name="block text-xs text-muted"),
    )


def _again(what: rx.Var, on_click: Any) -> rx.Component:
    """``what``: said to those who don't see the row."""
    words = rx.fragment(_("Try again"), rx.el.span(" ", what, class_name="sr-only"))
    return rx.el.span(
        button(words, kind="secondary", size="sm", icon="rotate_cw", on_click=on_click), class_name="flex justify-end"
    )


def _orders() -> rx.Component:
    return rx.el.section(
        rx.el.h2(_("Find an order"), class_name="mb-4 text-xl"),
        rx.el.form(
            rx.el.label(_("Order number or the buyer's email"), html_for="order-search", class_name="text-sm font-semibold"),
            rx.el.div(
                text_input("search", id="order-search", auto_complete="off", class_name="max-w-md", custom_attrs={"required": True}),
                button(_("Find"), kind="secondary", type="submit", icon="search"),
                class_name="flex gap-2",
            ),
            on_submit=AdminState.find,
            role="search",
            class_name="grid gap-1.5",
        ),
        rx.cond(
            AdminState.found.length() > 0,
            rx.el.div(_found(), class_name="mt-5"),
            rx.cond(
                AdminState.search != "",
                rx.el.p(
                    *sentence(
                        _("Nothing found for {query}."), query=rx.el.span(AdminState.search, class_name="font-semibold")
                    ),
                    role="status", class_name="mt-4 text-muted",
                ),
            ),
        ),
    )  # fmt: skip


def _found() -> rx.Component:
    columns = [
        Column(_("Lesson"), cell=_found_link),
        Column(_("Order"), key="order"),
        Column(_("Buyer"), cell=lambda row: rx.el.span(row["buyer"], class_name="break-all")),
        Column(_("Paid"), key="amount", numeric=True),
        Column(_("State"), cell=lambda row: badge(row["state"], row["tone"])),
        Column("", cell=_refund_button),
    ]
    return data_table(columns, AdminState.found, _("Orders found"))


def _found_link(row: rx.Var) -> rx.Component:
    return link(
        row["title"],
        href=row["href"],
        class_name="line-clamp-2 font-semibold underline decoration-line-strong underline-offset-4 hover:text-accent",
    )


def _refund_button(row: rx.Var) -> rx.Component:
    return rx.cond(
        row["can_refund"].to(str) != "",
        rx.el.span(
            button(_("Refund…"), kind="secondary", size="sm", on_click=AdminState.choose(row["line_id"])),
            on_click=open_dialog(_REFUND_DIALOG),
            class_name="flex justify-end",
        ),
    )


def _refund_dialog() -> rx.Component:
    line = AdminState.chosen
    form = refund_form(
        rx.el.p(
            rx.el.span(line["title"], class_name="block font-semibold"),
            rx.el.span(line["buyer"], class_name="block text-sm break-all text-muted"),
        ),
        rx.el.input(type="hidden", name="line_id", value=line["line_id"]),
        currency=line["currency"],
        left=line["left"],
        wrong_amount=error_of(AdminState.errors, "amount"),
        problem=error_of(AdminState.errors, "refund"),
        on_submit=AdminState.refund,
        key=line["line_id"].to(str) + line["left"].to(str),
    )
    return refund_dialog(_REFUND_DIALOG, rx.cond(line.length() > 0, form, skeleton_rows(3)), AdminState.refunded)


def _balances() -> rx.Component:
    columns = [
        Column(_("Currency"), key="currency"),
        Column(_("Platform's balance"), key="stripe", numeric=True),
        Column(_("Creators' accounts"), key="connected", numeric=True),
        Column(_("On hold"), key="held", numeric=True),
        Column(_("Available"), key="available", numeric=True),
        Column(_("Owed to us"), key="debt", numeric=True),
        Column(_("Our fees"), key="fees", numeric=True),
        Column(_("Card fees"), key="processing", numeric=True),
        Column(_("Other accounts"), key="other", numeric=True),
        Column(_("Sum"), cell=lambda row: rx.el.span(row["total"], class_name="font-semibold"), numeric=True),
    ]
    return rx.el.section(
        rx.el.h2(_("Balances of the platform"), class_name="text-xl"),
        rx.el.p(
            _("Debits minus credits of the journal. Every sum must be zero."),
            class_name="mt-1 mb-4 text-muted",
        ),
        rx.cond(
            AdminState.balances.length() > 0,
            data_table(columns, AdminState.balances, _("Balances by account and currency")),
            rx.el.p(_("Nothing has been booked yet."), class_name="text-muted"),
        ),
    )


def _recent() -> rx.Component:
    columns = [
        Column(_("Event"), cell=_event_name),
        Column(_("State"), cell=lambda row: badge(row["state_words"], row["tone"])),
        Column(_("Tries"), key="attempts", numeric=True),
        Column(_("Received"), key="received"),
    ]
    return rx.el.section(
        disclosure(
            _("Recent events"),
            rx.cond(
                AdminState.events.length() > 0,
                data_table(columns, AdminState.events, _("The last 30 events, newest first")),
                rx.el.p(_("None yet."), class_name="text-muted"),
            ),
            aside=AdminState.events.length().to(str),
        )
    )


PAGES = [
    Route("/admin", admin_page, _("Administration"), [AdminState.on_load, ProofState.on_load, FormerState.on_load])
]
