"""Things that fold away, without JavaScript."""

from __future__ import annotations

from typing import Any

import reflex as rx

from .icon import icon


def disclosure(title: Any, *children: Any, open: bool = False, aside: Any = "") -> rx.Component:
    """A heading that opens what is under it.

    Args:
        title: Text or components.
        children: What folds away.
        open: At first.
        aside: A short remark at the right, e.g. "6 lessons".
    """
    return rx.el.details(
        rx.el.summary(
            icon("chevron_right", 18, "text-muted transition-transform [[open]>summary>&]:rotate-90"),
            rx.el.span(title, class_name="grow font-semibold"),
            rx.el.span(aside, class_name="tnum text-sm text-muted empty:hidden"),
            class_name="flex min-h-12 items-center gap-2 rounded-control py-2 hover:text-accent",
        ),
        rx.el.div(*children, class_name="pb-4 ps-7"),
        open=open,
        class_name="border-b border-line",
    )
