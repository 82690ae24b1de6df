"""The steps of a wizard."""

from __future__ import annotations

from collections.abc import Sequence

import reflex as rx

from marketplace.i18n import _

from .icon import icon
from .link import link

_DOT = {
    "done": "bg-accent text-on-accent",
    "current": "bg-surface text-accent ring-2 ring-accent",
    "problem": "bg-danger text-on-danger",
    "todo": "bg-surface text-muted ring-1 ring-line-strong",
}


def steps(items: Sequence[tuple[str, rx.Var | str, rx.Var | str]]) -> rx.Component:
    """Steps on top of a wizard, each a link.

    Args:
        items: ``(label, href, state)``; state is ``done``, ``current``, ``problem`` or ``todo`` and may be a Var.
    """
    return rx.el.nav(
        rx.el.ol(
            *[_step(number, *item) for number, item in enumerate(items, 1)],
            class_name="relative flex items-center gap-2 overflow-x-auto py-1 [scrollbar-width:none] sm:gap-3",
        ),
        aria_label=_("Steps"),
    )


def _step(number: int, label: str, href: rx.Var | str, state: rx.Var | str) -> rx.Component:
    value = rx.Var.create(state).to(str)
    said = {"done": _("done"), "current": _("current"), "problem": _("has a problem"), "todo": _("to do")}
    dot = rx.el.span(
        rx.match(
            value,
            ("done", icon("check", 14)),
            ("problem", rx.el.span("!")),
            rx.el.span(str(number)),
        ),
        aria_hidden="true",
        class_name=[
            "tnum grid size-6 shrink-0 place-items-center rounded-full text-xs font-bold",
            rx.match(value, *list(_DOT.items()), _DOT["todo"]),
        ],
    )
    return rx.el.li(
        link(
            dot,
            rx.el.span(label, class_name=rx.cond(value == "current", "font-semibold text-ink", "max-sm:sr-only")),
            rx.el.span(rx.match(value, *list(said.items()), ""), class_name="sr-only"),
            href=href,
            aria_current=rx.cond(value == "current", "step", "false"),
            class_name=(
                "flex min-h-11 items-center gap-2 rounded-control px-1 text-sm whitespace-nowrap text-muted "
                "hover:text-ink"
            ),
        ),
        class_name=(
            "flex items-center gap-2 not-first:before:h-px not-first:before:w-4 not-first:before:bg-line-strong "
            "sm:gap-3 sm:not-first:before:w-8"
        ),
    )
