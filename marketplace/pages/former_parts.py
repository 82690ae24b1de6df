"""The parts of ``/admin`` about debts, and about creators who left."""

from __future__ import annotations

import reflex as rx

from marketplace.components.button import button
from marketplace.components.icon import icon
from marketplace.components.link import link
from marketplace.components.table import Column, data_table
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.requests import ask_card
from marketplace.state.former import FormerState

PAGES: list[Route] = []


def owing() -> rx.Component:
    """Every debt, and what is still due to people who left."""
    columns = [
        Column(_("Who"), cell=_who),
        Column(_("Left"), key="left"),
        Column(_("Owes us"), key="debt", numeric=True),
        Column(_("On hold"), key="held", numeric=True),
        Column(_("Available"), key="available", numeric=True),
        Column(_("Payments account"), cell=lambda row: rx.el.span(row["account"], class_name="text-xs break-all")),
    ]
    return rx.el.section(
        rx.el.h2(_("Debts, and money of creators who left"), class_name="text-xl"),
        rx.el.p(
            _("Debts are kept back from what still comes in. What is due to somebody who left goes out by itself."),
            class_name="mt-1 mb-4 text-muted",
        ),
        rx.cond(
            FormerState.owing.length() > 0,
            data_table(columns, FormerState.owing, _("Debts, and money of creators who left")),
            _none(_("Nobody owes anything, and nothing is due to anybody who left.")),
        ),
        rx.cond(
            FormerState.next_key != "",
            rx.el.div(
                button(_("Show more"), kind="secondary", on_click=FormerState.more),
                class_name="mt-6 flex justify-center",
            ),
        ),
    )


def _who(row: rx.Var) -> rx.Component:
    return link(
        rx.el.span(row["name"], class_name="block font-semibold"),
        rx.el.span("@", row["handle"], class_name="block text-xs text-muted"),
        href=row["href"],
        class_name="hover:text-accent",
    )


def unanswered() -> rx.Component:
    """What buyers asked of creators who left since: nobody else answers it."""
    return rx.cond(
        FormerState.asks.length() > 0,
        rx.el.section(
            rx.el.h2(_("Refunds asked of creators who left"), class_name="mb-4 text-xl"),
            rx.el.ul(
                rx.foreach(FormerState.asks, lambda row: ask_card(row, FormerState.grant, FormerState.refuse)),
                class_name="grid gap-4",
            ),
        ),
    )


def _none(words: str) -> rx.Component:
    return rx.el.p(
        icon("circle_check", 20, "text-success"),
        words,
        class_name="flex items-center gap-3 rounded-card border border-line bg-surface px-5 py-4",
    )
