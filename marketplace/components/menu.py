"""Menus on the browser's own popover: opened by a button, closed by Escape or a click elsewhere."""

from __future__ import annotations

from typing import Any

import reflex as rx

from .icon import icon as draw_icon
from .link import link


def opens(id: str) -> dict[str, str]:
    """``custom_attrs`` for the button that opens the menu with this id."""
    return {"popoverTarget": id}


def menu(*items: Any, id: str, label: rx.Var | str) -> rx.Component:
    """A menu; give its button ``custom_attrs=opens(id)``.

    Args:
        items: :func:`menu_link`, :func:`menu_button`, :func:`menu_line`.
        id: Unique on the page.
        label: Names the menu.
    """
    return rx.el.nav(*items, id=id, aria_label=label, custom_attrs={"popover": "auto"}, class_name="menu")


def menu_link(label: rx.Var | str, href: rx.Var | str, icon: str, document: bool = False) -> rx.Component:
    """An entry that goes somewhere."""
    return link(draw_icon(icon, 18, "text-muted"), label, href=href, document=document, class_name="menu-entry")


def menu_button(label: rx.Var | str, icon: str, **props: Any) -> rx.Component:
    """An entry that does something; ``props`` has its ``on_click``."""
    return rx.el.button(draw_icon(icon, 18, "text-muted"), label, type="button", class_name="menu-entry", **props)


def menu_submit(label: rx.Var | str, icon: str) -> rx.Component:
    """An entry that submits the plain form it stands in."""
    return rx.el.button(draw_icon(icon, 18, "text-muted"), label, type="submit", class_name="menu-entry")


def menu_line() -> rx.Component:
    """A line between groups."""
    return rx.el.hr(class_name="my-1.5 border-line")
