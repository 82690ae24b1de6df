"""Banners that say what happened and what to do."""

from __future__ import annotations

from typing import Any

import reflex as rx

from marketplace.i18n import _

from .button import button
from .given import given
from .icon import icon

_KINDS = {
    "info": ("bg-info-soft", "text-info", "info"),
    "success": ("bg-success-soft", "text-success", "circle_check"),
    "warning": ("bg-warning-soft", "text-warning", "triangle_alert"),
    "error": ("bg-danger-soft", "text-danger", "circle_alert"),
}


def notice(text: Any, kind: str = "info", title: rx.Var | str = "", action: rx.Component | None = None) -> rx.Component:
    """A banner inside a page.

    Args:
        text: What happened, what is kept, what to do.
        kind: ``info``, ``success``, ``warning`` or ``error``.
        title: A short lead, or empty.
        action: A small button or link.
    """
    background, colour, name = _KINDS[kind]
    return rx.el.div(
        icon(name, 20, colour),
        rx.el.div(
            given(title, rx.el.p(title, class_name="font-semibold")), rx.el.div(text), class_name="min-w-0 flex-1"
        ),
        *([rx.el.div(action, class_name="shrink-0 max-sm:basis-full max-sm:ps-8")] if action is not None else []),
        role="alert" if kind == "error" else "status",
        class_name=f"flex flex-wrap items-start gap-3 rounded-card p-4 text-sm text-ink sm:flex-nowrap {background}",
    )


def changed_elsewhere(stale: rx.Var, what: rx.Var | str, reload: Any) -> rx.Component:
    """In an editor that lost a race: ``what`` was changed in another tab, and ``reload`` shows that. Stays in sight
    wherever in the editor one writes, so it has to stand in what is as long as the editor."""
    return rx.cond(
        stale,
        rx.el.div(
            notice(
                rx.el.span(
                    _("Your last change here was not saved, so that nothing of the other one is lost."),
                    " ",
                    _("Copy what you typed, then load that version."),
                ),
                "warning",
                what,
                button(_("Load that version"), kind="secondary", size="sm", on_click=reload),
            ),
            class_name="sticky top-20 z-10 mt-6 rounded-card shadow-float",
        ),
    )
