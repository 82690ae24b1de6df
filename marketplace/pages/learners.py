"""``/studio/products/<id>/learners``: figures, the way through the lessons, where viewers leave, who is stuck."""

from __future__ import annotations

import reflex as rx

from marketplace.components.breadcrumbs import breadcrumbs
from marketplace.components.button import button, link_button
from marketplace.components.card import panel, stat
from marketplace.components.chart import column_chart
from marketplace.components.empty import cannot_open, empty_state
from marketplace.components.link import link
from marketplace.components.sentence import phrase
from marketplace.components.skeleton import skeleton_rows
from marketplace.components.table import Column, data_table
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.item_analysis import questions_section
from marketplace.pages.studio_parts import studio_frame
from marketplace.state.learners import LearnersState

_NAMED = "font-semibold underline decoration-line-strong underline-offset-4 hover:text-accent"
_CHART = "where-viewers-leave"


def learners_page() -> rx.Component:
    state = LearnersState
    return studio_frame(
        "products",
        rx.cond(
            state.failure != "",
            cannot_open(_("This course can't be opened"), LearnersState.failure),
            rx.cond(
                state.loaded & (state.href != ""),
                rx.el.div(_head(), rx.cond(state.enrolled != "", _learners(), _nobody())),
                rx.el.div(rx.el.h1(_("Learners"), class_name="mb-6 text-2xl sm:text-3xl"), skeleton_rows(6)),
            ),
        ),
        live=state.loaded,
    )


def _head() -> rx.Component:
    state = LearnersState
    title = rx.cond(state.title != "", state.title, _("Untitled course"))
    return rx.el.div(
        breadcrumbs([(_("Your products"), "/studio/products"), (title, state.href + "/curriculum")], _("Learners")),
        rx.el.div(
            rx.el.div(
                rx.el.h1(_("Learners"), class_name="text-2xl sm:text-3xl"),
                rx.el.p(title, class_name="mt-1 text-muted [overflow-wrap:anywhere]"),
                class_name="min-w-0",
            ),
            rx.cond(
                state.enrolled != "",
                rx.el.div(
                    link_button(_("Grading"), state.grading_href, kind="secondary", icon="clipboard_check"),
                    link_button(_("Download CSV"), state.csv_href, kind="secondary", icon="download", document=True),
                    class_name="flex flex-wrap gap-3",
                ),
            ),
            class_name="mt-3 mb-8 flex flex-wrap items-end justify-between gap-4",
        ),
    )


def _nobody() -> rx.Component:
    return empty_state(
        _("Nobody has opened this course yet"),
        _("As soon as somebody does, you see here how far they get, and where they stop."),
        link_button(_("Curriculum"), LearnersState.href + "/curriculum", kind="secondary"),
        icon="users",
    )


def _learners() -> rx.Component:
    state = LearnersState
    return rx.el.div(
        rx.el.div(
            rx.foreach(state.figures, lambda row: stat(row["label"], row["value"], row["hint"])),
            class_name="grid grid-cols-2 gap-3 sm:gap-4 xl:grid-cols-4",
        ),
        rx.cond(state.video.contains("id"), _video()),
        _lessons(),
        rx.cond(state.quiz.contains("id"), questions_section()),
        rx.cond((LearnersState.overdue.length() > 0) | LearnersState.more_overdue, _overdue()),
        _stuck(),
        class_name="grid grid-cols-1 gap-8",
    )


def _video() -> rx.Component:
    video = LearnersState.video
    return panel(
        rx.el.p(
            rx.el.span(video["title"], class_name="font-semibold text-ink"), " · ", video["began"],
            class_name="tnum text-sm text-muted [overflow-wrap:anywhere]",
        ),
        rx.el.p(_("Choose a lesson below to see its video."), class_name="mt-1 mb-5 text-sm text-muted"),
        column_chart(
            _("Still watching"), LearnersState.columns, LearnersState.ticks, LearnersState.marks, key=_("Learners")
        ),
        title=_("Where viewers leave"),
        id=_CHART,
        class_name="min-w-0",
    )  # fmt: skip


def _lessons() -> rx.Component:
    columns = [
        Column(_("Lesson"), cell=_lesson),
        Column(_("Opened"), key="opened", numeric=True),
        Column(_("Completed"), key="completed", numeric=True),
        Column(_("Of all learners"), cell=_bars),
    ]
    return rx.el.section(
        rx.el.h2(_("Lesson by lesson"), class_name="mb-4 text-xl"),
        data_table(columns, LearnersState.lessons, _("How many opened and completed each lesson")),
        rx.cond(
            LearnersState.more_lessons,
            rx.el.div(
                button(_("More lessons"), kind="secondary", on_click=LearnersState.further),
                class_name="mt-6 flex justify-center",
            ),
        ),
    )


def _lesson(row: rx.Var) -> rx.Component:
    return rx.cond(
        row["video_href"].to(str) != "",
        link(row["title"], href=row["video_href"], class_name=f"line-clamp-2 {_NAMED}"),
        rx.el.span(row["title"], class_name="line-clamp-2 font-semibold"),
    )


def _bars(row: rx.Var) -> rx.Component:
    """Completed inside opened, with both in words."""
    return rx.el.span(
        rx.el.span(
            rx.el.span(
                style={"width": row["opened_width"].to(str) + "%"},
                class_name="absolute inset-y-0 start-0 rounded-full bg-accent/30",
            ),
            rx.el.span(
                style={"width": row["done_width"].to(str) + "%"},
                class_name="absolute inset-y-0 start-0 rounded-full bg-accent",
            ),
            aria_hidden="true",
            class_name="relative block h-2 overflow-hidden rounded-full bg-sunken",
        ),
        rx.el.span(
            phrase(_("{opened} opened, {completed} completed"), opened=row["share"], completed=row["done"]),
            class_name="tnum mt-1 block text-xs whitespace-nowrap text-muted",
        ),
        class_name="block w-52",
    )  # fmt: skip


def _overdue() -> rx.Component:
    columns = [
        Column(_("Learner"), cell=_person),
        Column(_("Overdue"), key="lesson"),
        Column(_("Progress"), key="percent", numeric=True),
        Column(_("Last here"), key="last"),
    ]
    return rx.el.section(
        rx.el.h2(_("Who is overdue"), class_name="text-xl"),
        rx.el.p(_("Past the deadline of a lesson, and not finished."), class_name="mt-1 mb-4 text-sm text-muted"),
        rx.cond(
            LearnersState.overdue.length() > 0,
            data_table(columns, LearnersState.overdue, _("Learners past a deadline")),
            rx.el.p(_("None of those looked through so far."), class_name="text-muted"),
        ),
        rx.cond(
            LearnersState.more_overdue,
            rx.el.div(
                button(_("Look through more learners"), kind="secondary", on_click=LearnersState.further_overdue),
                class_name="mt-6 flex justify-center",
            ),
        ),
    )


def _stuck() -> rx.Component:
    columns = [
        Column(_("Learner"), cell=_person),
        Column(_("Last lesson"), key="lesson"),
        Column(_("Last here"), key="last"),
    ]
    return rx.el.section(
        rx.el.h2(_("Who is stuck"), class_name="text-xl"),
        rx.el.p(
            _("Not finished, and nothing opened, watched or completed for 14 days. Who was here last comes first."),
            class_name="mt-1 mb-4 max-w-[70ch] text-sm text-muted",
        ),
        rx.cond(
            LearnersState.stuck.length() > 0,
            data_table(columns, LearnersState.stuck, _("Learners who stopped")),
            rx.el.p(_("Nobody: all who began went on or finished."), class_name="text-muted"),
        ),
        rx.cond(
            LearnersState.more_stuck,
            rx.el.div(
                button(_("Show more"), kind="secondary", on_click=LearnersState.more),
                class_name="mt-6 flex justify-center",
            ),
        ),
    )


def _person(row: rx.Var) -> rx.Component:
    return rx.cond(
        row["href"].to(str) != "",
        link(row["name"], href=row["href"], class_name=_NAMED),
        rx.el.span(row["name"], class_name="font-semibold"),
    )


PAGES = [Route("/studio/products/[course_id]/learners", learners_page, _("Learners"), LearnersState.on_load)]
