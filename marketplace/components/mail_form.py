"""Putting oneself on a list: a plain form that works before JavaScript, with one press for who is signed in."""

from __future__ import annotations

import reflex as rx

from marketplace.i18n import current_locale

from .button import button_class
from .field import CONTROL
from .icon import icon
from .link import plain_form

# As the first paint has it.
LEAVE = "inline-flex min-h-11 items-center text-sm font-semibold underline decoration-line-strong underline-offset-4"
ON = "flex items-start gap-2.5 font-medium"
LETTERS = (
    "mt-8 grid max-w-4xl items-center gap-x-10 gap-y-4 rounded-card border border-line bg-surface p-5 sm:p-6 "
    "md:grid-cols-[minmax(0,1fr)_20rem]"
)
BOX = "mt-4 grid scroll-mt-24 gap-3 md:[aside>&]:mt-0"
TOLD = "flex gap-2 text-sm text-ink"


def mail_form(
    id: str, action: rx.Var, *, label: str, join: rx.Var | str, listed_words: rx.Var | str, leave: str,
    signed_in: rx.Var, listed: rx.Var, told: rx.Var,
) -> rx.Component:  # fmt: skip
    """A list's form.

    Args:
        id: Of the form; the address of its answer ends in it.
        action: The route that it posts to.
        label: Above the address.
        join: The button.
        listed_words: Said to who is on it.
        leave: The button that ends it.
        signed_in: Whether an address is known.
        listed: Whether theirs is on the list.
        told: What became of the form.
    """
    locale = rx.el.input(type="hidden", name="in", value=current_locale.get())
    press = rx.el.button(join, type="submit", class_name=button_class("primary", "md", True))
    return rx.el.div(
        rx.cond(
            signed_in,
            rx.cond(
                listed,
                plain_form(
                    locale,
                    rx.el.input(type="hidden", name="leave", value="1"),
                    rx.el.p(icon("check", 18, "mt-0.5 text-accent"), rx.el.span(listed_words), class_name=ON),
                    rx.el.button(leave, type="submit", class_name=LEAVE),
                    action=action, method="post",
                ),
                plain_form(locale, press, action=action, method="post"),
            ),
            plain_form(
                locale,
                rx.el.label(label, html_for=f"{id}-email", class_name="text-sm font-semibold"),
                rx.el.input(
                    id=f"{id}-email", name="email", type="email", auto_complete="email", required=True, max_length=254,
                    class_name=f"{CONTROL} h-11 w-full min-w-0",
                ),
                press,
                action=action, method="post", class_name="grid gap-2",
            ),
        ),
        rx.el.p(rx.cond(told != "", icon("info", 18, "text-info")), told, role="status", class_name=TOLD),
        id=id,
        class_name=BOX,
    )  # fmt: skip
