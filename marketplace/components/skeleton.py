"""Shapes of what is coming; they appear only after 150 ms."""

from __future__ import annotations

import reflex as rx

from marketplace.i18n import _


def skeleton(class_name: str = "h-4 w-full") -> rx.Component:
    """One bar. ``class_name`` gives its size."""
    return rx.el.span(class_name=f"skeleton block {class_name}", aria_hidden="true")


def skeleton_card() -> rx.Component:
    """The shape of a product card."""
    return rx.el.div(
        skeleton("aspect-video w-full rounded-card"),
        skeleton("mt-3 h-5 w-11/12"),
        skeleton("mt-2 h-4 w-1/2"),
        skeleton("mt-2 h-4 w-1/3"),
    )


def skeleton_grid(count: int = 8) -> rx.Component:
    """The shape of a product grid."""
    return _loading(
        *[skeleton_card() for _n in range(count)],
        class_name="grid gap-x-5 gap-y-10 sm:grid-cols-2 lg:grid-cols-3 xl:grid-cols-4",
    )


def skeleton_lines(count: int = 4) -> rx.Component:
    """The shape of a paragraph."""
    widths = ("w-full", "w-11/12", "w-full", "w-2/3")
    return _loading(*[skeleton(f"h-4 {widths[n % 4]}") for n in range(count)], class_name="grid gap-3")


def skeleton_rows(count: int = 5) -> rx.Component:
    """The shape of a table."""
    return _loading(
        *[skeleton("h-11 w-full") for _n in range(count)],
        class_name="grid gap-2 rounded-card border border-line bg-surface p-4",
    )


def _loading(*shapes: rx.Component, class_name: str) -> rx.Component:
    return rx.el.div(*shapes, role="status", aria_label=_("Loading"), class_name=class_name)
