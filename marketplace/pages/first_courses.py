"""The courses that come before one, on its page."""

from __future__ import annotations

import reflex as rx

from marketplace.components.icon import icon
from marketplace.components.link import link
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.state.lesson import LessonState

PAGES: list[Route] = []


def first_courses() -> rx.Component:
    """As ``api.paint.first_courses``."""
    rows = LessonState.first
    return rx.cond(
        rows.length() > 0,
        rx.el.section(
            rx.cond(
                rows[0]["required"] != "",
                rx.el.h2(_("You need first"), class_name="text-xl"),
                rx.el.h2(_("Recommended before"), class_name="text-xl"),
            ),
            rx.cond(
                rows[0]["required"] != "",
                rx.el.p(_("Lessons open when you have finished what is required."), class_name="mt-1 text-sm text-muted"),
            ),
            rx.el.ul(rx.foreach(rows, _row), class_name="mt-4 grid gap-2"),
        ),
    )  # fmt: skip


def _row(row: rx.Var) -> rx.Component:
    done = row["state"] == "done"
    return rx.el.li(
        link(
            rx.cond(
                done, icon("circle_check", 20, "shrink-0 text-success"), icon("book_open", 20, "shrink-0 text-muted")
            ),
            rx.el.span(
                rx.el.span(row["title"], class_name="block font-semibold [overflow-wrap:anywhere]"),
                rx.el.span(row["words"], class_name="block text-sm text-muted empty:hidden"),
                class_name="min-w-0 grow",
            ),
            rx.el.span(
                rx.cond(row["required"] != "", _("Required"), _("Recommended")),
                class_name="shrink-0 text-sm text-muted",
            ),
            href=row["href"],
            class_name="flex min-h-14 items-center gap-3 rounded-card border border-line bg-surface px-4 py-2 hover:border-line-strong",
        ),
        key=row["href"],
    )  # fmt: skip
