"""Small labels for states and kinds."""

from __future__ import annotations

import reflex as rx

from .icon import icon as draw_icon
from .link import link

TONES = {
    "neutral": "bg-sunken text-ink",
    "accent": "bg-accent-soft text-accent",
    "success": "bg-success-soft text-success",
    "warning": "bg-warning-soft text-warning",
    "danger": "bg-danger-soft text-danger",
    "info": "bg-info-soft text-info",
}


def badge(label: rx.Var | str, tone: rx.Var | str = "neutral", icon: str | None = None) -> rx.Component:
    """A state in a word or two: the word says it, the colour only helps.

    Args:
        label: "Published".
        tone: ``neutral``, ``accent``, ``success``, ``warning``, ``danger`` or ``info``; may come from state.
        icon: Lucide name before the label.
    """
    if isinstance(tone, rx.Var):
        colours = rx.match(tone, *[(key, value) for key, value in TONES.items()], TONES["neutral"])
    else:
        colours = TONES[tone]
    drawn = [draw_icon(icon, 14)] if icon else []
    return rx.el.span(
        *drawn,
        label,
        class_name=[
            "inline-flex items-center gap-1 rounded-full px-2.5 py-0.5 text-xs font-semibold whitespace-nowrap",
            colours,
        ],
    )


def chip(label: rx.Var | str, href: rx.Var | str, active: rx.Var | bool = False) -> rx.Component:
    """A topic or filter that is a link.

    Args:
        label: What it narrows to.
        href: The page with the filter on (or off, when active).
        active: Whether it is on.
    """
    return link(
        label,
        href=href,
        aria_current=rx.cond(active, "true", "false"),
        class_name="chip",
    )
