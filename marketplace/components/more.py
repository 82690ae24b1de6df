"""The end of a list that has more pages."""

from __future__ import annotations

from typing import Any

import reflex as rx

from marketplace.i18n import _

from .button import button


def show_more(next_key: rx.Var, on_click: Any, gap: str = "mt-12") -> rx.Component:
    """A button that adds the next page, while there is one.

    Args:
        next_key: Var that is empty on the last page.
        on_click: Handler that fetches from there on.
        gap: Distance to the list.
    """
    return rx.cond(
        next_key != "",
        rx.el.div(button(_("Show more"), kind="secondary", on_click=on_click), class_name=f"{gap} flex justify-center"),
    )
