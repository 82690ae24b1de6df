"""How far something is."""

from __future__ import annotations

import math

import reflex as rx

_RADIUS = 9
_ROUND = 2 * math.pi * _RADIUS


def progress_bar(percent: rx.Var | int, label: rx.Var | str, text: rx.Var | str = "") -> rx.Component:
    """A bar with its name.

    Args:
        percent: 0 to 100.
        label: What progresses, for screen readers.
        text: Shown at the right, e.g. "12 min left"; may be empty.
    """
    value = rx.Var.create(percent)
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                style={"width": value.to(str) + "%"},
                class_name="h-full rounded-full bg-accent transition-[width]",
            ),
            role="progressbar",
            aria_label=label,
            aria_valuenow=value,
            aria_valuemin=0,
            aria_valuemax=100,
            class_name="h-1.5 grow overflow-hidden rounded-full bg-line",
        ),
        rx.el.span(text, class_name="tnum text-xs whitespace-nowrap text-muted empty:hidden"),
        class_name="flex items-center gap-3",
    )


def progress_ring(percent: rx.Var | int, label: rx.Var | str, size: int = 24) -> rx.Component:
    """A ring, ticked when full.

    Args:
        percent: 0 to 100.
        label: What progresses, for screen readers.
        size: Pixels.
    """
    value = rx.Var.create(percent).to(float)
    return rx.el.svg(
        rx.el.circle(cx="12", cy="12", r=str(_RADIUS), class_name="stroke-line-strong/50", stroke_width="2.5"),
        rx.cond(value > 0, _arc(value)),
        rx.cond(
            value >= 100,
            rx.el.path(d="M8 12.2l2.8 2.8 5-5.6", stroke_width="2", class_name="stroke-accent", stroke_linecap="round"),
        ),
        role="progressbar",
        aria_label=label,
        aria_valuenow=value,
        aria_valuemin=0,
        aria_valuemax=100,
        fill="none",
        view_box="0 0 24 24",
        width=str(size),
        height=str(size),
        class_name="shrink-0",
    )


def _arc(value: rx.Var) -> rx.Component:
    return rx.el.circle(
        cx="12",
        cy="12",
        r=str(_RADIUS),
        stroke_width="2.5",
        stroke_linecap="round",
        custom_attrs={
            "strokeDasharray": f"{_ROUND:.2f}",
            "strokeDashoffset": _ROUND - value * (_ROUND / 100),
            "transform": "rotate(-90 12 12)",
        },
        class_name="stroke-accent transition-[stroke-dashoffset]",
    )
