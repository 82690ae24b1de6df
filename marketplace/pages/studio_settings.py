"""``/studio/settings``: in whose name a creator's lessons are sold."""

from __future__ import annotations

import reflex as rx

from marketplace.components.address import address_fields
from marketplace.components.button import button
from marketplace.components.card import panel
from marketplace.components.field import field, text_input
from marketplace.components.notice import notice
from marketplace.components.page import page_title
from marketplace.components.skeleton import skeleton_lines
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.studio_parts import error_of, studio_frame
from marketplace.present import countries
from marketplace.settings import get_settings
from marketplace.state.billing import InvoicingState


def studio_settings() -> rx.Component:
    return studio_frame(
        "settings",
        page_title(_("Studio settings")),
        rx.cond(InvoicingState.loaded, _invoicing(), skeleton_lines(6)),
        live=InvoicingState.loaded,
    )


def _invoicing() -> rx.Component:
    sold_by_us = _("{site} sells your lessons and writes the invoices, so there is nothing to fill in here.")
    return panel(
        rx.cond(
            InvoicingState.own != "",
            rx.el.div(
                rx.el.p(
                    _("You sell in your own name. This is who your buyers see on their invoices."),
                    class_name="text-muted",
                ),
                _form(),
                class_name="grid max-w-xl gap-6",
            ),
            notice(sold_by_us.format(site=get_settings().site_name), "info"),
        ),
        title=_("Invoice details"),
    )


def _form() -> rx.Component:
    details, errors = InvoicingState.details, InvoicingState.errors
    name = text_input(
        "business_name", default_value=details["business_name"], auto_complete="organization", max_length=120
    )
    return rx.el.form(
        field(
            _("Business name"),
            name,
            hint=_("Your own name, if you have no company."),
            error=error_of(errors, "business_name"),
            required=True,
        ),
        address_fields(details, errors, countries(), required=True),
        rx.el.div(button(_("Save invoice details"), type="submit")),
        key=InvoicingState.saves.to(str),
        on_submit=InvoicingState.save,
        method="post",
        class_name="grid gap-5",
    )


PAGES = [Route("/studio/settings", studio_settings, _("Studio settings"), InvoicingState.on_load)]
