"""What the studio's rooms share: their frame, and the payments account."""

from __future__ import annotations

from typing import Any

import reflex as rx

from marketplace.components.badge import badge
from marketplace.components.button import button, link_button
from marketplace.components.card import panel
from marketplace.components.field import field, select_input
from marketplace.components.icon import icon
from marketplace.components.navigate import navigate
from marketplace.components.studio_shell import studio_shell
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.shell import shell
from marketplace.settings import get_settings
from marketplace.state.studio import StudioState
from marketplace.state.studio_waits import StudioCounts

PAGES: list[Route] = []


def rooms() -> list[tuple[str, str, str, str]]:
    """``(key, label, href, icon)`` of the studio. There is something to set where creators sell in their own name."""
    creators_sell = get_settings().seller_of_record == "creator"
    return [
        ("home", _("Home"), "/studio", "house"),
        ("products", _("Products"), "/studio/products", "shapes"),
        ("grading", _("Grading"), "/studio/grading", "clipboard_check"),
        ("earnings", _("Earnings"), "/studio/earnings", "wallet"),
        ("customers", _("Customers"), "/studio/customers", "users"),
        ("letters", _("Letters"), "/studio/letters", "mail"),
        ("payouts", _("Payouts"), "/studio/payouts", "landmark"),
        ("coupons", _("Discounts"), "/studio/coupons", "tag"),
        ("badges", _("Badges"), "/studio/badges", "badge_check"),
        ("partners", _("Partners"), "/studio/partners", "handshake"),
        ("requests", _("Requests"), "/studio/requests", "message_circle_question"),
        *([("settings", _("Settings"), "/studio/settings", "settings")] if creators_sell else []),
    ]


def studio_frame(active: str, *children: Any, live: rx.Var | bool = True) -> rx.Component:
    """A room of the studio. Keys of ``active`` as in :func:`rooms`."""
    counts = {
        "grading": StudioCounts.grading, "requests": StudioCounts.requests, "partners": StudioCounts.partners,
    }  # fmt: skip
    frame = studio_shell(active, *children, links=rooms(), counts=counts, on_mount=StudioCounts.refresh)
    return shell(frame, live=live, tab="studio")


def error_of(errors: rx.Var, name: str) -> rx.Var:
    """What is wrong with one field, or an empty text."""
    return rx.cond(errors.contains(name), errors[name], "")


def account_panel(paused: rx.Var | bool = False) -> rx.Component:
    """Where the payments account stands, why, and the next step. ``paused``: it takes money, but pays none out."""
    account = StudioState.account
    waits = (account["state"] == "active") & paused
    told = _("You can sell. What you earn waits in your payments account until your bank details are right.")
    return panel(
        rx.el.div(
            _account_icon(rx.cond(waits, "restricted", account["state"])),
            rx.el.div(
                rx.el.div(
                    rx.el.h3(
                        rx.cond(waits, _("Payouts wait for your bank details"), account["title"]), class_name="text-lg"
                    ),
                    rx.cond(waits, badge(_("Waiting for you"), "warning"), _account_badge(account["state"])),
                    class_name="flex flex-wrap items-center gap-x-3 gap-y-1",
                ),
                rx.el.p(rx.cond(waits, told, account["text"]), class_name="mt-1 max-w-[60ch] text-muted"),
                rx.el.div(_account_action(account["state"], account["action"]), class_name="mt-4 empty:hidden"),
                class_name="min-w-0 grow",
            ),
            class_name="flex gap-4",
        ),
        navigate(StudioState.go, StudioState.trip),
        title=_("Payments account"),
    )


def _account_icon(state: rx.Var) -> rx.Component:
    shape = "grid size-11 shrink-0 place-items-center rounded-full max-sm:hidden"
    return rx.match(
        state,
        ("active", rx.el.span(icon("circle_check", 22), class_name=f"{shape} bg-success-soft text-success")),
        ("rejected", rx.el.span(icon("circle_x", 22), class_name=f"{shape} bg-danger-soft text-danger")),
        ("restricted", rx.el.span(icon("triangle_alert", 22), class_name=f"{shape} bg-warning-soft text-warning")),
        ("pending", rx.el.span(icon("hourglass", 22), class_name=f"{shape} bg-info-soft text-info")),
        rx.el.span(icon("landmark", 22), class_name=f"{shape} bg-sunken text-muted"),
    )


def _account_badge(state: rx.Var) -> rx.Component:
    return rx.match(
        state,
        ("active", badge(_("Active"), "success")),
        ("rejected", badge(_("Closed"), "danger")),
        ("restricted", badge(_("Waiting for you"), "warning")),
        ("pending", badge(_("Being checked"), "info")),
        rx.fragment(),
    )


def _account_action(state: rx.Var, label: rx.Var) -> rx.Component:
    return rx.match(
        state,
        ("none", set_up_form(_("Set up payments"), ask_country=True)),
        ("restricted", set_up_form(label)),
        ("pending", _check_again(label)),
        ("active", _open_dashboard()),
        rx.fragment(),
    )


def set_up_form(label: rx.Var | str, ask_country: bool = False) -> rx.Component:
    """To the payment partner's own pages and back."""
    countries = rx.el.div(
        field(
            _("Country where you live or your business is registered"),
            select_input("country", StudioState.country_options, auto_complete="country"),
            hint=_("It can't be changed later."),
            error=error_of(StudioState.errors, "country"),
            required=True,
        ),
        class_name="max-w-sm",
    )
    return rx.el.form(
        *([countries] if ask_country else []),
        rx.el.div(
            button(label, type="submit", icon="arrow_up_right", loading=StudioState.busy),
            rx.el.p(_("You'll be asked on our payment partner's own pages."), class_name="text-sm text-muted"),
            class_name="flex flex-wrap items-center gap-x-4 gap-y-2",
        ),
        on_submit=StudioState.set_up_payments,
        class_name="grid gap-4",
    )


def _check_again(label: rx.Var) -> rx.Component:
    return rx.el.div(
        button(label, kind="secondary", icon="refresh_cw", on_click=StudioState.refresh_account),
        class_name="flex flex-wrap gap-3",
    )


def _open_dashboard() -> rx.Component:
    return rx.el.div(
        button(
            _("Open payout dashboard"),
            kind="secondary",
            icon="arrow_up_right",
            loading=StudioState.busy,
            on_click=StudioState.open_dashboard,
        ),
        button(_("Refresh"), kind="quiet", icon="refresh_cw", on_click=StudioState.refresh_account),
        class_name="flex flex-wrap gap-3",
    )


def new_lesson_button(kind: str = "primary") -> rx.Component:
    return link_button(_("New lesson"), "/studio/new", icon="plus", kind=kind)
