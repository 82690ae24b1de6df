"""Discount codes: of a creator, and of the platform."""

from __future__ import annotations

from typing import Any

import reflex as rx

from marketplace.components.badge import badge
from marketplace.components.button import button
from marketplace.components.dialog import dialog, open_dialog
from marketplace.components.empty import empty_state
from marketplace.components.field import checkbox, field, field_error, look_above, radio_cards, select_input, text_input
from marketplace.components.page import page_title
from marketplace.components.skeleton import skeleton_rows
from marketplace.components.table import Column, data_table
from marketplace.i18n import _
from marketplace.money import EXPONENTS
from marketplace.pages import Route
from marketplace.pages.admin_parts import admin_tabs
from marketplace.pages.coupon_links import link_button, link_dialog
from marketplace.pages.shell import shell
from marketplace.pages.studio_parts import error_of, studio_frame
from marketplace.state.coupons import CouponsState

_NEW = "new-coupon"


def coupons_page() -> rx.Component:
    return studio_frame(
        "coupons",
        page_title(
            _("Discount codes"), _("A discount of yours comes out of your share; the platform's fee shrinks with it.")
        ),
        rx.cond(CouponsState.loaded, _content(), skeleton_rows()),
        live=CouponsState.loaded,
    )


def platform_page() -> rx.Component:
    return shell(
        page_title(
            _("The platform's codes"), _("The platform bears these: creators get their share of the full price.")
        ),
        admin_tabs("coupons"),
        rx.cond(CouponsState.loaded, _content(), skeleton_rows()),
    )


def _content() -> rx.Component:
    return rx.el.div(
        button(_("New code"), icon="plus", on_click=open_dialog(_NEW), class_name="justify-self-start"),
        rx.cond(
            CouponsState.rows.length() > 0,
            _list(),
            empty_state(
                _("No codes yet"), _("Give a code to your newsletter, or to people who come back."), icon="tag"
            ),
        ),
        _dialog(),
        link_dialog(),
        class_name="grid grid-cols-1 gap-6",
    )


def _list() -> rx.Component:
    columns = [
        Column(_("Code"), cell=lambda row: rx.el.span(row["code"], class_name="font-semibold tracking-wide")),
        Column(_("Discount"), key="off", numeric=True),
        Column(_("Rules"), cell=lambda row: rx.el.span(row["rules"], class_name="text-muted")),
        Column(_("Paid with it"), key="used", numeric=True),
        Column(_("Taken"), key="cap", numeric=True),
        Column(_("Given away"), key="given", numeric=True),
        Column(_("State"), cell=lambda row: badge(row["state"], row["tone"])),
        Column("", cell=_buttons),
    ]
    return rx.el.div(
        data_table(columns, CouponsState.rows, _("Discount codes, newest first")),
        rx.cond(
            CouponsState.next_key != "",
            button(_("Show more"), kind="secondary", on_click=CouponsState.more, class_name="justify-self-center"),
        ),
        class_name="grid gap-6",
    )


def _buttons(row: rx.Var) -> rx.Component:
    return rx.el.div(rx.cond(row["active"] != "", link_button(row)), _switch(row), class_name="flex justify-end gap-1")


def _switch(row: rx.Var) -> rx.Component:
    return rx.cond(
        row["active"] != "",
        button(_("Stop"), kind="quiet", size="sm", on_click=CouponsState.switch(row["id"], False)),
        button(_("Resume"), kind="quiet", size="sm", on_click=CouponsState.switch(row["id"], True)),
    )


def _error(name: str) -> rx.Var:
    return error_of(CouponsState.errors, name)


def _dialog() -> rx.Component:
    """A code that was made makes a new form, and closes the dialog."""
    kinds = [
        ("percent", _("Percentage"), _("Of each product it covers.")),
        ("amount", _("Amount"), _("Off the whole payment, in one currency.")),
    ]
    currencies = [(code, code.upper()) for code in EXPONENTS]
    form = rx.el.form(
        field(
            _("Code"), text_input("code", auto_complete="off", max_length=32, class_name="uppercase"),
            hint=_("Letters, digits, hyphens and underscores. People type it, so keep it short."), error=_error("code"), required=True,
        ),
        radio_cards("kind", kinds, value=CouponsState.kind, on_change=CouponsState.choose_kind, label=_("Kind of discount")),
        rx.cond(
            CouponsState.kind == "percent",
            field(
                _("Percent off"), text_input("percent", input_mode="decimal", auto_complete="off"), error=_error("percent"),
                required=True,
            ),
            field(
                _("Amount off"), text_input("amount", input_mode="decimal", auto_complete="off"), error=_error("amount"),
                required=True,
            ),
        ),
        field(_("Currency"), select_input("currency", currencies, default_value="usd"),
              hint=_("Of an amount or a minimum."), error=_error("currency"), required=True),
        rx.cond(CouponsState.products.length() > 0, _scope()),
        _two(
            field(_("From"), text_input("starts_at", type="date"), error=_error("starts_at")),
            field(_("Until"), text_input("ends_at", type="date"), error=_error("ends_at")),
        ),
        _two(
            field(_("Uses in all"), text_input("max_uses", input_mode="numeric"), error=_error("max_uses")),
            field(_("Per person"), text_input("max_per_person", input_mode="numeric"), error=_error("max_per_person")),
        ),
        field(_("Smallest purchase"), text_input("minimum", input_mode="decimal"), error=_error("minimum")),
        checkbox("first_purchase_only", _("First purchase only"), _("For people who haven't bought here before.")),
        look_above(CouponsState.errors),
        button(_("Create code"), type="submit", full=True),
        on_submit=CouponsState.create,
        reset_on_submit=False,
        class_name="grid gap-5",
    )  # fmt: skip
    return dialog(
        rx.el.div(form, key="coupon-" + CouponsState.made.to(str)), id=_NEW, title=_("New code"), done=CouponsState.made
    )


def _scope() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(_("What it covers"), class_name="mb-1.5 text-sm font-semibold"),
        select_input(
            "scope", [("all", _("Everything of yours")), ("some", _("Only what is ticked"))], default_value="all"
        ),
        rx.el.div(
            rx.foreach(
                CouponsState.products,
                lambda product: checkbox("product-" + product["id"].to(str), product["title"]),
            ),
            class_name=(
                "mt-2 hidden max-h-48 overflow-y-auto rounded-control border border-line px-3 "
                "group-has-[option[value=some]:checked]:block"
            ),
        ),
        rx.el.div(field_error(_error("scope")), class_name="mt-1.5"),
        class_name="group",
    )


def _two(*fields: Any) -> rx.Component:
    return rx.el.div(*fields, class_name="grid gap-5 sm:grid-cols-2")


PAGES = [
    Route("/studio/coupons", coupons_page, _("Discount codes"), CouponsState.on_load),
    Route("/admin/coupons", platform_page, _("The platform's codes"), CouponsState.on_load_platform),
]
