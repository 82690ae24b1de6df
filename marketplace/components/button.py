"""Buttons and links that look like them."""

from __future__ import annotations

from typing import Any

import reflex as rx

from .icon import icon as draw_icon
from .icon import spinner
from .link import link
from .ready import page_ready

_KINDS = {kind: f"btn btn-{kind}" for kind in ("primary", "secondary", "quiet", "danger")}
_SIZES = {"sm": "h-9 px-3 text-sm", "md": "h-11 px-4 text-base", "lg": "h-12 px-6 text-base"}


def button_class(kind: str = "primary", size: str = "md", full: bool = False) -> str:
    """The classes of a button, for an element that must be something else (a ``summary``, a ``label``)."""
    return f"{_KINDS[kind]} {_SIZES[size]}{' w-full' if full else ''}"


def _face(label: rx.Var | str, icon: str | None, size: str) -> list[Any]:
    drawn = [draw_icon(icon, 16 if size == "sm" else 18)] if icon else []
    return [*drawn, label]


def button(
    label: rx.Var | str,
    kind: str = "primary",
    size: str = "md",
    icon: str | None = None,
    loading: rx.Var | bool = False,
    disabled: rx.Var | bool = False,
    type: str = "button",
    full: bool = False,
    **props: Any,
) -> rx.Component:
    """A button. While ``loading`` it keeps its width and cannot be pressed again.

    Args:
        label: A verb: "Publish lesson".
        kind: ``primary`` (one per view), ``secondary``, ``quiet`` or ``danger``.
        size: ``sm``, ``md`` or ``lg``.
        icon: Lucide name before the label.
        loading: Shows a spinner in place of the label.
        disabled: Not available now; say why nearby.
        type: ``button`` or ``submit``.
        full: As wide as its parent.
        props: Events and attributes, e.g. ``on_click``.
    """
    face = _face(label, icon, size)
    if loading is False:
        body = face
    else:
        hide = rx.cond(loading, "invisible inline-flex items-center gap-2", "inline-flex items-center gap-2")
        body = [
            rx.el.span(*face, class_name=hide),
            rx.cond(loading, rx.el.span(spinner(), class_name="absolute inset-0 grid place-items-center")),
        ]
        disabled = rx.Var.create(disabled).bool() | loading
        props["aria_busy"] = loading
    look: list[rx.Var | str] = [f"{button_class(kind, size, full)} {props.pop('class_name', '')}".strip()]
    if type == "submit":
        # Before the page is connected a form would be submitted by the browser itself, with its fields in the address:
        # until then its button does nothing, and looks as it will.
        waits = ~page_ready()
        disabled, look = rx.Var.create(disabled).bool() | waits, [*look, rx.cond(waits, "disabled:opacity-100!", "")]
    return rx.el.button(*body, type=type, disabled=disabled, class_name=look, **props)


def link_button(
    label: rx.Var | str,
    href: rx.Var | str,
    kind: str = "primary",
    size: str = "md",
    icon: str | None = None,
    full: bool = False,
    document: bool = False,
    **props: Any,
) -> rx.Component:
    """A link that looks like a button. Arguments as in :func:`button` and :func:`~.link.link`."""
    extra = props.pop("class_name", "")
    return link(
        *_face(label, icon, size),
        href=href,
        document=document,
        class_name=f"{button_class(kind, size, full)} {extra}".strip(),
        **props,
    )


def icon_button(name: str, label: rx.Var | str, kind: str = "quiet", size: int = 20, **props: Any) -> rx.Component:
    """A square button with an icon and an accessible name.

    Args:
        name: Lucide name.
        label: What it does, read aloud and shown on hover.
        kind: As in :func:`button`.
        size: Of the icon, in pixels.
        props: Events and attributes.
    """
    extra = props.pop("class_name", "")
    return rx.el.button(
        draw_icon(name, size),
        type="button",
        aria_label=label,
        title=label,
        class_name=f"{_KINDS[kind]} size-11 shrink-0 {extra}".strip(),
        **props,
    )
