"""Amounts, already formatted by the server (``Money`` knows currency and locale)."""

from __future__ import annotations

from collections.abc import Sequence

import reflex as rx

from .link import link

_SIZES = {
    "sm": "text-sm",
    "md": "text-base",
    "lg": "font-display text-xl font-semibold",
    "xl": "text-3xl font-display font-semibold",
}


def money(amount: rx.Var | str, size: str = "md", class_name: str = "") -> rx.Component:
    """One amount with digits of equal width.

    Args:
        amount: Formatted text, e.g. "$12.50".
        size: ``sm``, ``md``, ``lg`` or ``xl``.
        class_name: Extra classes.
    """
    return rx.el.span(amount, class_name=f"tnum whitespace-nowrap {_SIZES[size]} {class_name}".strip())


def sum_lines(
    lines: Sequence[tuple[rx.Var | str, rx.Var | str]] | rx.Var,
    total_label: rx.Var | str,
    total: rx.Var | str,
    total_href: rx.Var | str = "",
) -> rx.Component:
    """A sum spelled out: price − discount − fee − tax = yours.

    Args:
        lines: ``(label, amount)`` pairs, or a Var of dicts with ``label`` and ``amount``.
        total_label: What the sum is.
        total: The amount.
        total_href: Page that explains it, or empty.
    """
    if isinstance(lines, rx.Var):
        rows = [rx.foreach(lines, lambda row: _line(row["label"], row["amount"]))]
    else:
        rows = [_line(label, amount) for label, amount in lines]
    shown = money(total, "lg")
    if total_href:
        shown = link(shown, href=total_href, class_name="underline decoration-1 underline-offset-4")
    return rx.el.dl(
        *rows,
        rx.el.div(
            rx.el.dt(total_label, class_name="font-semibold"),
            rx.el.dd(shown),
            class_name="flex items-baseline justify-between gap-4 border-t border-line pt-3",
        ),
        class_name="grid gap-2",
    )


def _line(label: rx.Var | str, amount: rx.Var | str) -> rx.Component:
    return rx.el.div(
        rx.el.dt(label, class_name="text-muted"),
        rx.el.dd(money(amount)),
        class_name="flex items-baseline justify-between gap-4",
    )
