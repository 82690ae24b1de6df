"""Copying a link that applies a code on arrival."""

from __future__ import annotations

import reflex as rx

from marketplace.components.button import button
from marketplace.components.client import copy_text
from marketplace.components.dialog import dialog, open_dialog
from marketplace.components.field import field, select_input, text_input
from marketplace.components.sentence import phrase
from marketplace.i18n import _
from marketplace.pages.studio_parts import error_of
from marketplace.state.coupons import CouponsState

_DIALOG = "code-link"


def link_button(row: rx.Var) -> rx.Component:
    """What it opens shows the code that was chosen last."""
    return rx.el.span(
        button(
            rx.fragment(_("Copy link"), rx.el.span(" ", row["code"], class_name="sr-only")),
            kind="quiet",
            size="sm",
            on_click=CouponsState.choose_code(row["id"]),
        ),
        on_click=open_dialog(_DIALOG),
    )


def link_dialog() -> rx.Component:
    return dialog(
        rx.el.div(
            rx.el.p(
                _("Who opens this link sees the price with the code at once, and pays that."), class_name="text-muted"
            ),
            rx.cond(CouponsState.platform, _any_page(), _own_products()),
            rx.cond(CouponsState.link != "", _copy()),
            class_name="grid gap-4",
        ),
        id=_DIALOG,
        title=phrase(_("Link with {code}"), code=CouponsState.link_code),
    )


def _own_products() -> rx.Component:
    return rx.cond(
        CouponsState.link_products.length() > 0,
        field(
            _("Leads to"),
            rx.el.div(
                select_input("link_product", CouponsState.link_products, on_change=CouponsState.choose_product),
                key="links-" + CouponsState.link_code,
            ),
            required=True,
        ),
        rx.el.p(_("Nothing that this code covers is for sale at the moment.")),
    )


def _any_page() -> rx.Component:
    return rx.el.form(
        field(
            _("Address of the product's page"),
            text_input("page", auto_complete="off", max_length=500),
            error=error_of(CouponsState.errors, "page"),
            required=True,
        ),
        button(_("Make the link"), kind="secondary", type="submit", class_name="justify-self-start"),
        on_submit=CouponsState.link_to,
        reset_on_submit=False,
        key="links-" + CouponsState.link_code,
        class_name="grid gap-3",
    )


def _copy() -> rx.Component:
    return rx.el.div(
        rx.el.code(CouponsState.link, class_name="min-w-0 text-sm [overflow-wrap:anywhere]"),
        button(_("Copy link"), size="sm", on_click=copy_text(CouponsState.link), class_name="shrink-0"),
        class_name="flex items-center justify-between gap-3 rounded-control bg-sunken px-3 py-2",
    )
