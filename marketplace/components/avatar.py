"""A person's picture, or initials."""

from __future__ import annotations

import reflex as rx

_SIZES = {
    "xs": "size-6 text-[0.625rem]",
    "sm": "size-8 text-xs",
    "md": "size-10 text-sm",
    "lg": "size-16 text-lg",
    "xl": "size-24 text-2xl",
}


def _initials(name: rx.Var | str) -> rx.Var:
    return rx.Var.create(name).to(str).split(" ").map(lambda word: word.to(str)[0:1]).join("")[0:2]


def avatar(name: rx.Var | str, src: rx.Var | str = "", size: str = "md") -> rx.Component:
    """A round portrait beside a name (so it is silent for screen readers).

    Args:
        name: For the initials when there is no picture.
        src: URL of the picture, or empty.
        size: ``xs`` 24, ``sm`` 32, ``md`` 40, ``lg`` 64, ``xl`` 96 pixels.
    """
    shape = f"{_SIZES[size]} shrink-0 rounded-full"
    return rx.cond(
        rx.Var.create(src).to(str) != "",
        rx.el.img(src=src, alt="", loading="lazy", class_name=f"{shape} bg-sunken object-cover"),
        rx.el.span(
            _initials(name),
            aria_hidden="true",
            class_name=f"{shape} inline-grid place-items-center bg-accent-soft font-semibold text-accent uppercase",
        ),
    )
