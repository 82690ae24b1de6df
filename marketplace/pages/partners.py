"""Sharing the sales of a product."""

from __future__ import annotations

import reflex as rx

from marketplace.components.badge import badge
from marketplace.components.button import button
from marketplace.components.card import panel
from marketplace.components.client import copy_text
from marketplace.components.dialog import confirm_dialog, open_dialog
from marketplace.components.field import field, radio_cards, select_input, text_input
from marketplace.components.notice import notice
from marketplace.components.page import page_title
from marketplace.components.skeleton import skeleton_rows
from marketplace.components.table import Column, data_table
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.studio_parts import error_of, studio_frame
from marketplace.state.partners import PartnersState


def partners_page() -> rx.Component:
    return studio_frame(
        "partners",
        page_title(
            _("Partners"),
            _(
                "Co-creators get a part of every sale, affiliates of sales through their link. You get the rest, odd cents included."
            ),
        ),
        rx.cond(PartnersState.loaded, _content(), skeleton_rows()),
        live=PartnersState.loaded,
    )


def _content() -> rx.Component:
    set_up = button(_("Set up payments"), size="sm", on_click=PartnersState.be_paid)
    return rx.el.div(
        rx.cond(
            PartnersState.unpaid != "",
            notice(PartnersState.unpaid, "warning", _("Your share can't be paid out yet"), set_up),
        ),
        rx.cond(PartnersState.offers.length() > 0, _offers()),
        rx.cond(PartnersState.given.length() > 0, _given()),
        rx.cond(PartnersState.products.length() > 0, _invite(), _nothing_to_share()),
        class_name="grid grid-cols-1 gap-10",
    )


def _nothing_to_share() -> rx.Component:
    return rx.cond(
        PartnersState.offers.length() == 0,
        rx.el.p(_("Publish something first; then you can share its sales here."), class_name="text-muted"),
    )


def _offers() -> rx.Component:
    return rx.el.section(
        rx.el.h2(_("Others share with you"), class_name="mb-4 text-xl"),
        rx.el.ul(rx.foreach(PartnersState.offers, _offer), class_name="grid grid-cols-1 gap-3"),
    )


def _offer(row: rx.Var) -> rx.Component:
    answers = rx.el.div(
        button(_("Accept"), size="sm", on_click=PartnersState.answer(row["id"], True)),
        button(_("Decline"), kind="secondary", size="sm", on_click=PartnersState.answer(row["id"], False)),
        class_name="flex gap-2",
    )
    return rx.el.li(
        rx.el.div(
            rx.el.p(row["title"], class_name="font-semibold"),
            rx.el.p(row["owner"], " · ", row["share"], " · ", row["role"], class_name="text-sm text-muted"),
            rx.cond(
                row["link"] != "",
                rx.el.div(
                    rx.el.code(row["link"], class_name="min-w-0 truncate text-sm"),
                    button(_("Copy link"), kind="quiet", size="sm", on_click=copy_text(row["link"])),
                    class_name="mt-2 flex items-center justify-between gap-3 rounded-control bg-sunken px-3 py-1",
                ),
            ),
            class_name="min-w-0 flex-1 [overflow-wrap:anywhere] max-sm:basis-full",
        ),
        rx.cond(
            row["open"] != "",
            answers,
            rx.el.div(
                badge(row["state"], row["tone"]),
                _end(row, _("You get nothing of sales from then on. What was sold until then stays yours.")),
                class_name="flex items-center gap-2",
            ),
        ),
        class_name="flex flex-wrap items-center gap-4 rounded-card border border-line bg-surface p-4",
    )


def _end(row: rx.Var, meaning: str) -> rx.Component:
    """A new invitation is needed to undo it, so it asks first."""
    box = "end-" + row["id"].to(str)
    offer = row["open"] != ""
    return rx.fragment(
        button(_("End"), kind="quiet", size="sm", on_click=open_dialog(box)),
        confirm_dialog(
            box,
            rx.cond(offer, _("Take back this offer?"), _("End this share?")),
            rx.cond(offer, _("They can't accept it any more, and get a mail about it."), meaning),
            rx.cond(offer, _("Take it back"), _("End it")),
            PartnersState.end(row["id"]),
        ),
    )


def _given() -> rx.Component:
    columns = [
        Column(_("Product"), cell=lambda row: rx.el.span(row["title"], class_name="font-semibold")),
        Column(_("Partner"), key="email"),
        Column(_("Kind"), key="role"),
        Column(_("Share"), cell=lambda row: rx.el.span(row["share"], class_name="whitespace-nowrap"), numeric=True),
        Column(_("State"), cell=lambda row: badge(row["state"], row["tone"])),
        Column(
            "",
            cell=lambda row: rx.cond(
                row["live"] != "",
                _end(row, _("They get nothing of sales from then on. What was sold until then stays shared.")),
            ),
        ),
    ]
    return rx.el.section(
        rx.el.h2(_("You share"), class_name="mb-4 text-xl"),
        data_table(columns, PartnersState.given, _("Shares of your products, newest first")),
    )


def _invite() -> rx.Component:
    roles = [
        ("co_creator", _("Co-creator"), _("Of every sale of the product.")),
        ("affiliate", _("Affiliate"), _("Of sales that come through their link.")),
    ]
    error = PartnersState.errors
    form = rx.el.form(
        field(_("Product"), select_input("product", PartnersState.products), required=True),
        field(
            _("Their email address"), text_input("email", type="email", auto_complete="off"), error=error_of(error, "email"),
            required=True,
        ),
        radio_cards("role", roles, value="co_creator", label=_("Kind of partner")),
        field(
            _("Their share in percent"), text_input("percent", input_mode="decimal", auto_complete="off"),
            hint=_("Of what the platform's fee leaves. They get it rounded down; you get the rest."),
            error=error_of(error, "percent"), required=True,
        ),
        button(_("Invite"), type="submit", class_name="justify-self-start"),
        on_submit=PartnersState.invite,
        reset_on_submit=False,
        class_name="grid max-w-xl gap-5",
    )  # fmt: skip
    return rx.el.div(panel(form, title=_("Share a product")), key="invite-" + PartnersState.made.to(str))


PAGES = [Route("/studio/partners", partners_page, _("Partners"), PartnersState.on_load)]
