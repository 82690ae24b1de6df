"""Lucide icons, one stroke for all."""

from __future__ import annotations

import reflex as rx

# They show where something is in the order of reading: mirrored where that goes from right to left.
_DIRECTED = frozenset(
    [
        "arrow_left",
        "arrow_right",
        "arrow_up_right",
        "chevron_left",
        "chevron_right",
        "log_in",
        "log_out",
        "redo_2",
        "undo_2",
    ]
)
MIRRORED = "rtl:-scale-x-100"


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
        class_name=f"shrink-0 {MIRRORED if name in _DIRECTED else ''} {class_name}",
    )


def spinner(size: int = 18) -> rx.Component:
    """A turning circle for a button that works."""
    return icon("loader_circle", size, "animate-spin motion-reduce:animate-none")
