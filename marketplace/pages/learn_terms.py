"""Until when the open lesson is to be done, and notes about what is new."""

from __future__ import annotations

import reflex as rx

from marketplace.components.icon import icon
from marketplace.components.inner_html import sanitised
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.state.learn import LearnState

PAGES: list[Route] = []


def due_notice() -> rx.Component:
    """Quiet while there is time, and louder the less there is."""
    kind = LearnState.due_kind
    return rx.el.p(
        icon("clock", 18, "mt-0.5 shrink-0"),
        rx.el.span(LearnState.due),
        rx.cond(kind == "late", rx.el.span(_("Overdue"), class_name="sr-only")),
        class_name=[
            "flex items-start gap-2.5 rounded-card px-4 py-3 text-sm",
            rx.match(
                kind,
                ("over", "bg-danger-soft text-danger"),
                ("late", "bg-warning-soft text-warning"),
                ("soon", "bg-warning-soft text-warning"),
                "bg-sunken text-muted",
            ),
        ],
    )


def news_notes() -> rx.Component:
    """What the course's maker says about what is new."""
    return rx.foreach(
        LearnState.told,
        lambda note: rx.el.div(
            rx.el.p(note["day"], class_name="tnum text-xs text-muted"),
            rx.el.div(custom_attrs=sanitised(note["html"]), class_name="prose text-sm"),
            class_name="mt-1 mb-3",
        ),
    )
