"""Where one buys: a sticky box on desktop, a bar at the bottom of a phone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from marketplace.i18n import _

from .given import given
from .icon import icon
from .money import money

BUY_ID = "buy"
CODE_SUMMARY = "inline-flex min-h-11 cursor-pointer items-center text-sm font-semibold text-accent underline-offset-4 hover:underline"


def price_box(
    price: rx.Var | str,
    action: rx.Component,
    included: Sequence[Any] | rx.Var = (),
    refund_policy: rx.Var | str = "",
    compare_at: rx.Var | str = "",
    bar_action: rx.Component | None = None,
    note: Any = "",
    pays: rx.Var | bool = True,
    tax: rx.Var | str = "",
) -> rx.Component:
    """The buy box.

    Args:
        price: Formatted amount, or "Free".
        action: The one button: "Buy now", or "Continue" for an owner.
        included: What one gets, a line each (a sequence or a Var of strings).
        refund_policy: One line.
        compare_at: The price before a discount, struck through.
        bar_action: The button in the phone's bar; ``action`` again when not given.
        note: Anything under the button, e.g. a coupon field.
        tax: What the price says of tax, e.g. "plus tax".
        pays: Whether the button leads to a payment; how that is secured is said only then.
    """
    return rx.fragment(
        rx.el.aside(
            _price(price, compare_at, tax, "xl"),
            rx.el.div(action, class_name="mt-5 max-lg:hidden"),
            rx.el.div(note, class_name="mt-3 empty:hidden"),
            rx.el.ul(*_lines(included), class_name="mt-5 grid gap-2.5 text-sm empty:hidden"),
            rx.cond(pays, _terms(refund_policy)),
            id=BUY_ID,
            aria_label=_("Buy"),
            class_name="scroll-mt-24 rounded-card border border-line bg-surface p-6 lg:sticky lg:top-24 lg:shadow-float",
        ),
        rx.el.div(
            _price(price, compare_at, tax, "lg"),
            rx.el.div(bar_action if bar_action is not None else action, class_name="min-w-36"),
            custom_attrs={"data-print": "no", "data-bottom-bar": "true"},
            class_name=(
                "fixed inset-x-0 bottom-0 z-30 flex items-center justify-between gap-4 border-t border-line bg-surface "
                "px-4 pt-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] lg:hidden"
            ),
        ),
    )


def _terms(refund_policy: rx.Var | str) -> rx.Component:
    """What paying means."""
    return rx.el.div(
        given(refund_policy, rx.el.p(icon("undo_2", 16), refund_policy, class_name="flex gap-2")),
        rx.el.p(icon("lock", 16), _("Secure payment with Stripe"), class_name="flex gap-2"),
        class_name="mt-5 grid gap-2 border-t border-line pt-4 text-sm text-muted",
    )


def _price(price: rx.Var | str, compare_at: rx.Var | str, tax: rx.Var | str, size: str) -> rx.Component:
    before = rx.el.s(
        rx.el.span(_("Before:"), class_name="sr-only"), " ", compare_at, class_name="tnum text-sm text-muted"
    )
    return rx.el.p(
        money(price, size),
        rx.cond(rx.Var.create(compare_at).to(str) != "", before),
        given(tax, rx.el.span(tax, class_name="text-sm text-muted")),
        class_name="flex flex-wrap items-baseline gap-2",
    )


def _lines(included: Sequence[Any] | rx.Var) -> list[Any]:
    if isinstance(included, rx.Var):
        return [rx.foreach(included, _line)]
    return [_line(text) for text in included]


def _line(text: Any) -> rx.Component:
    return rx.el.li(icon("check", 18, "mt-0.5 text-accent"), rx.el.span(text), class_name="flex gap-2.5")
