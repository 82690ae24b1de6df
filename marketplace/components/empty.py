"""What stands where nothing is yet."""

from __future__ import annotations

import reflex as rx

from marketplace.i18n import _

from .button import link_button
from .icon import icon as draw_icon


def empty_state(
    title: rx.Var | str, text: rx.Var | str = "", action: rx.Component | None = None, icon: str = "inbox"
) -> rx.Component:
    """One sentence and one action.

    Args:
        title: "No lessons yet".
        text: What will be here, or how to start.
        action: Usually a ``link_button``.
        icon: Lucide name.
    """
    return rx.el.div(
        rx.el.span(draw_icon(icon, 24), class_name="grid size-12 place-items-center rounded-full bg-sunken text-muted"),
        rx.el.p(title, class_name="mt-4 font-display text-lg font-semibold"),
        rx.el.p(text, class_name="mt-1 max-w-[46ch] text-muted empty:hidden"),
        *([rx.el.div(action, class_name="mt-5")] if action is not None else []),
        class_name="flex flex-col items-center rounded-card border border-dashed border-line px-6 py-14 text-center",
    )


def cannot_open(title: str, why: rx.Var | str) -> rx.Component:
    """In place of an editor of something that isn't there for this creator. ``why`` is the failure."""
    return rx.el.div(
        rx.el.h1(title, class_name="mb-6 text-2xl"),
        empty_state(
            why,
            _("It may have been deleted, or it belongs to someone else."),
            link_button(_("Your products"), "/studio/products", kind="secondary"),
            icon="file_x",
        ),
    )
