"""The way to the basket, with how much is in it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from marketplace.i18n import _

from .icon import icon
from .link import link


def cart_link(count: rx.Var | int, **props: Any) -> rx.Component:
    """For the header. ``count`` is shown when there is something; ``props`` are passed on, e.g. ``on_mount``."""
    number = rx.el.span(
        count,
        class_name=(
            "tnum absolute top-1 end-0 grid h-4.5 min-w-4.5 place-items-center rounded-full bg-accent px-1 "
            "text-[0.6875rem] font-semibold text-on-accent"
        ),
    )
    return link(
        icon("shopping_cart", 20),
        rx.cond(rx.Var.create(count).to(int) > 0, number),
        href="/cart",
        aria_label=_("Cart"),
        class_name="relative grid size-11 shrink-0 place-items-center rounded-control hover:bg-sunken",
        **props,
    )
