"""What a course teaches, on its page."""

from __future__ import annotations

import reflex as rx

from marketplace.components.badge import badge
from marketplace.components.icon import icon
from marketplace.components.link import link
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.state.lesson import LessonState

PAGES: list[Route] = []


def syllabus() -> rx.Component:
    """What a course teaches, in its order."""
    return rx.cond(
        LessonState.syllabus.length() > 0,
        rx.el.section(
            rx.el.h2(_("What it teaches"), class_name="text-xl"),
            rx.el.ol(
                rx.foreach(LessonState.syllabus, _taught),
                class_name="mt-4 overflow-hidden rounded-card border border-line bg-surface",
            ),
        ),
    )


def _taught(row: rx.Var) -> rx.Component:
    title = rx.el.span(
        row["title"],
        rx.el.span(row["terms"], class_name="block text-sm font-normal text-muted empty:hidden"),
        class_name="min-w-0 grow [overflow-wrap:anywhere]",
    )
    meta = rx.el.span(row["meta"], class_name="tnum shrink-0 text-sm font-normal text-muted empty:hidden")
    preview = rx.cond(row["preview"].to(str) != "", badge(row["preview"], "success"))
    line = "flex min-h-11 items-center gap-3 px-4 py-2 sm:px-5"
    return rx.cond(
        row["kind"] == "section",
        rx.el.li(title, meta, class_name=f"{line} border-t border-line bg-sunken font-semibold first:border-t-0"),
        rx.el.li(
            rx.cond(
                row["href"].to(str) != "",
                link(
                    icon("play", 16, "shrink-0 text-accent"), title, preview, meta, href=row["href"],
                    class_name=f"{line} hover:bg-sunken",
                ),
                rx.el.span(icon("lock", 16, "shrink-0 text-muted"), title, meta, class_name=line),
            ),
            class_name="border-t border-line",
        ),
    )  # fmt: skip
