"""Rows of other products under a product."""

from __future__ import annotations

import reflex as rx

from .card import product_grid

SHELF = "mt-14 border-t border-line pt-10 sm:mt-20 sm:pt-14"
TITLE = "mb-5 text-xl"


def shelf_rows(shelves: rx.Var) -> rx.Component:
    return rx.foreach(
        shelves,
        lambda shelf: rx.el.section(
            rx.el.h2(shelf["title"], class_name=TITLE),
            product_grid(shelf["items"].to(list[dict[str, str]]), columns=3),
            class_name=SHELF,
        ),
    )
