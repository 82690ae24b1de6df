"""Of a creator's view of learners: a quiz's questions, as a chart and as a table."""

from __future__ import annotations

import reflex as rx

from marketplace.components.button import link_button
from marketplace.components.chart import column_chart
from marketplace.components.link import link
from marketplace.components.table import Column, data_table
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.state.learners import LearnersState

PAGES: list[Route] = []
_TABLE = "question-by-question"


def questions_section() -> rx.Component:
    state = LearnersState
    columns = [
        Column(_("Question"), cell=lambda row: rx.el.span(row["name"], class_name="line-clamp-3 font-semibold")),
        Column(_("Answered"), key="answered", numeric=True),
        Column(_("Right, of all attempts"), key="right", numeric=True),
        Column(_("Points, on average"), key="average", numeric=True),
        Column(_("Tells who knows"), cell=_tells),
        Column(_("Chosen most of what is wrong"), key="wrong"),
    ]
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h2(_("Quizzes, question by question"), class_name="text-xl"),
                rx.el.p(
                    rx.el.span(state.quiz["title"], class_name="font-semibold text-ink"),
                    rx.cond(state.quiz["count"] != "", rx.fragment(" · ", state.quiz["count"])),
                    class_name="tnum mt-1 text-sm text-muted [overflow-wrap:anywhere]",
                ),
                class_name="min-w-0",
            ),
            rx.cond(
                state.quiz["count"] != "",
                link_button(
                    _("Download CSV"), state.questions_href, kind="secondary", size="sm", icon="download", document=True
                ),
            ),
            class_name="mb-4 flex flex-wrap items-end justify-between gap-4",
        ),
        rx.cond(
            state.quiz_links.length() > 1,
            rx.el.nav(
                rx.foreach(state.quiz_links, _quiz_link),
                aria_label=_("Quizzes"), class_name="mb-5 flex flex-wrap gap-2",
            ),
        ),
        rx.cond(
            state.quiz["count"] != "",
            rx.fragment(
                rx.el.div(
                    column_chart(
                        _("Share of attempts that got it wholly right"), state.quiz_columns, state.quiz_ticks,
                        state.quiz_marks, table=_TABLE, key=_("Right"),
                    ),
                    class_name="mb-5 rounded-card border border-line bg-surface p-5 sm:p-6",
                ),
                rx.el.div(
                    data_table(columns, state.questions, _("How each question was answered")), id=_TABLE
                ),
                rx.el.p(
                    _("“Tells who knows” compares a question with the rest, from −1 to 1. Above 0.3 it tells well; near 0 it is luck."),
                    class_name="mt-3 max-w-[70ch] text-sm text-muted",
                ),
            ),
            rx.el.p(_("No answers are handed in and graded yet."), class_name="text-muted"),
        ),
    )  # fmt: skip


def _quiz_link(row: rx.Var) -> rx.Component:
    return link(
        row["title"],
        href=row["href"],
        aria_current=rx.cond(row["here"] != "", "page", "false"),
        class_name=(
            "inline-flex min-h-9 max-w-full items-center truncate rounded-full border border-line px-4 text-sm "
            "hover:border-line-strong aria-[current=page]:border-accent aria-[current=page]:bg-accent-soft "
            "pointer-coarse:min-h-11"
        ),
    )


def _tells(row: rx.Var) -> rx.Component:
    tone = rx.match(row["tone"], ("warning", "text-warning"), ("success", "text-success"), "")
    return rx.el.span(
        rx.el.span(row["tells"], class_name=["tnum font-semibold", tone]),
        rx.el.span(row["words"], class_name="block text-xs text-muted"),
        class_name="block",
    )
