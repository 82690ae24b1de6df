"""Lucide icons, one stroke for all."""

from __future__ import annotations

import reflex as rx


def icon(name: str, size: int = 20, class_name: str = "") -> rx.Component:
    """A decorative Lucide icon; what it means is said beside it or in its button's label.

    Args:
        name: Lucide name in snake_case, e.g. ``arrow_right``; a plain ``str``, so only icons in use are shipped.
        size: Pixels.
        class_name: Extra classes, e.g. ``text-muted``.
    """
    return rx.icon(
        name,
        size=size,
        custom_attrs={"strokeWidth": 1.5, "aria-hidden": "true"},
        class_name=f"shrink-0 {class_name}",
    )


def spinner(size: int = 18) -> rx.Component:
    """A turning circle for a button that works."""
    return icon("loader_circle", size, "animate-spin motion-reduce:animate-none")
