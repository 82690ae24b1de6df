""" "Have a code?" under the button that buys, and what the code takes off."""

from __future__ import annotations

import reflex as rx

from marketplace.components.button import button
from marketplace.components.field import CONTROL, field_error
from marketplace.components.icon import icon
from marketplace.components.price_box import CODE_SUMMARY
from marketplace.components.sentence import sentence
from marketplace.i18n import _
from marketplace.state.lesson import LessonState

offer = LessonState.offer


def price_with_code(price: rx.Var) -> rx.Var:
    return rx.cond(applied(), offer["price"], price)


def price_before() -> rx.Var:
    return rx.cond(applied(), offer["before"], "")


def applied() -> rx.Var:
    return offer.contains("price") & (offer["price"].to(str) != "")


def code_part() -> rx.Component:
    """The field, or the code that is applied."""
    return rx.el.div(rx.cond(applied(), _applied(), _field()))


def _applied() -> rx.Component:
    return rx.el.div(
        icon("tag", 16, "shrink-0 text-accent"),
        rx.el.span(*sentence(_("Code {code} is applied."), code=rx.el.strong(offer["code"])), role="status"),
        button(
            _("Remove code"), kind="quiet", size="sm", on_click=LessonState.drop_code,
            class_name="-me-3 ms-auto shrink-0",
        ),
        class_name="mt-2 flex items-center gap-2 text-sm [overflow-wrap:anywhere]",
    )  # fmt: skip


def _field() -> rx.Component:
    wrong = LessonState.errors.contains("code")
    return rx.el.details(
        rx.el.summary(_("Have a code?"), class_name=CODE_SUMMARY),
        rx.el.form(
            rx.el.div(
                rx.el.input(
                    id="code", name="code", type="text", auto_complete="off", max_length=40, aria_invalid=wrong,
                    default_value=rx.cond(offer.contains("code"), offer["code"], ""), key=offer["code"].to(str),
                    aria_label=_("Discount code"),
                    custom_attrs={"aria-describedby": "code-error", "autocapitalize": "characters"},
                    class_name=f"{CONTROL} h-11 min-w-0 flex-1 uppercase",
                ),
                button(_("Apply"), kind="secondary", type="submit"),
                class_name="flex gap-2",
            ),
            field_error(rx.cond(wrong, LessonState.errors["code"], ""), id="code-error"),
            on_submit=LessonState.use_code,
            reset_on_submit=False,
            class_name="grid gap-1.5 pb-1",
        ),
        open=wrong,
    )  # fmt: skip
