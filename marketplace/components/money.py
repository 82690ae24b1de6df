"""Amounts, already formatted by the server (``Money`` knows currency and locale)."""

from __future__ import annotations

from collections.abc import Sequence

import reflex as rx

from marketplace.i18n import _

from .link import link
from .notice import notice
from .sentence import phrase

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


def balance_panel(
    heading: rx.Var | rx.Component | str,
    figures: Sequence[tuple[str, rx.Var, rx.Component | rx.Var | str]],
    debt: rx.Var,
    *below: rx.Component,
    heading_class: str = "mb-4 text-sm font-semibold text-muted",
) -> rx.Component:
    """A creator's money in one currency, in the order it travels, and what they owe.

    Args:
        heading: The currency.
        figures: ``(label, amount, what it means)``; three stand beside each other, four where there is room.
        debt: What is owed, or empty.
        below: What can be done with it.
        heading_class: Of the heading.
    """
    wide, size = ("sm:grid-cols-3", "text-3xl") if len(figures) < 4 else ("sm:grid-cols-2 xl:grid-cols-4", "text-2xl")
    owed = rx.fragment(
        rx.el.strong(phrase(_("You owe {amount}."), amount=debt), " "),
        _("More was taken back than your balance held. It is kept back from your next sales."),
    )
    return rx.el.section(
        rx.el.h2(heading, class_name=heading_class),
        rx.el.dl(*[_figure(*figure, size) for figure in figures], class_name=f"grid gap-x-8 gap-y-6 {wide}"),
        rx.cond(debt != "", rx.el.div(notice(owed, "warning"), class_name="mt-5")),
        *below,
        class_name="rounded-card border border-line bg-surface p-5 sm:p-6",
    )


def _figure(label: str, amount: rx.Var, text: rx.Component | rx.Var | str, size: str) -> rx.Component:
    return rx.el.div(
        rx.el.dt(label, class_name="text-sm font-semibold"),
        rx.el.dd(amount, class_name=f"tnum mt-1 font-display font-semibold {size}"),
        rx.el.dd(text, class_name="mt-1 max-w-[30ch] text-sm text-muted"),
    )
