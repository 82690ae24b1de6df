"""When a lesson opens and is due, and what comes before it and before the course."""

from __future__ import annotations

import reflex as rx

from marketplace import zones
from marketplace.components.button import button, icon_button
from marketplace.components.disclosure import disclosure
from marketplace.components.field import CONTROL, checkbox, field, field_error, select_input, text_input
from marketplace.components.icon import icon
from marketplace.components.link import link
from marketplace.components.sentence import phrase
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.studio_parts import error_of
from marketplace.pages.wizard_autosave import autosave
from marketplace.state.curriculum import CurriculumState

PAGES: list[Route] = []
# Labels, hints and controls stand in rows of their own, however many lines the hints have.
_PAIR = "grid gap-5 sm:grid-cols-2 sm:gap-y-0 sm:*:row-span-4 sm:*:grid-rows-subgrid"


def course_rules() -> rx.Component:
    """The order of lessons, the time zone, and courses that come before."""
    state = CurriculumState
    return rx.el.div(
        checkbox(
            "in_order", _("In order"), _("Each lesson opens when those before it are complete."),
            default_checked=state.in_order, on_change=state.set_in_order,
        ),
        disclosure(
            _("Time zone and courses before this one"),
            rx.el.div(_time_zone(), _course_needs(), class_name="grid gap-6 pt-3"),
        ),
        class_name="grid gap-1",
    )  # fmt: skip


def _time_zone() -> rx.Component:
    state = CurriculumState
    return field(
        _("Time zone"),
        select_input("time_zone", zones.options(), value=state.time_zone, on_change=state.set_time_zone),
        hint=_("Days and times of this course are meant in it. Learners see them in their own, too."),
        error=error_of(state.errors, "time_zone"),
    )


def _course_needs() -> rx.Component:
    state = CurriculumState
    return rx.el.section(
        rx.el.h3(_("Courses before this one"), class_name="text-sm font-semibold"),
        rx.el.p(
            _("A required one has to be finished before lessons open; its page says so before anybody buys. Who already has "
              "this course isn't asked."),
            class_name="mt-1 text-sm text-muted",
        ),
        rx.el.ul(rx.foreach(state.course_needs, _course_need), class_name="mt-3 grid gap-2 empty:hidden"),
        rx.el.form(
            rx.cond(
                state.offers.length() > 0,
                field(
                    _("One of your courses"),
                    rx.el.div(
                        rx.el.select(
                            rx.el.option(_("Choose a course"), value=""),
                            rx.foreach(state.offers, lambda o: rx.el.option(o["label"], value=o["value"])),
                            name="course", class_name=f"{CONTROL} h-11 appearance-none pe-10",
                        ),
                        icon("chevron_down", 18, "pointer-events-none absolute end-3 top-3.5 text-muted"),
                        class_name="relative",
                    ),
                ),
            ),
            field(
                _("Or the address of another course"),
                text_input("address", auto_complete="off", max_length=300, placeholder="/courses/wheel-basics"),
                error=error_of(state.errors, "course_need"),
            ),
            rx.el.div(button(_("Add this course"), kind="secondary", size="sm", type="submit", icon="plus")),
            on_submit=state.add_course_need,
            key="course-need-" + state.terms_round.to(str),
            class_name="mt-4 grid gap-4",
        ),
    )  # fmt: skip


def _course_need(row: rx.Var) -> rx.Component:
    state = CurriculumState
    return rx.el.li(
        rx.el.div(
            rx.cond(
                row["gone"].to(str) != "",
                rx.el.span(row["title"], class_name="font-medium [overflow-wrap:anywhere]"),
                link(row["title"], href=row["href"], class_name="font-medium underline underline-offset-4 [overflow-wrap:anywhere]"),
            ),
            rx.cond(
                row["gone"].to(str) != "",
                rx.el.p(_("Not on offer any more, so nobody is asked for it."), class_name="text-sm text-warning"),
            ),
            rx.el.label(
                rx.el.input(
                    type="checkbox", checked=row["required"].to(str) != "",
                    on_change=lambda on: state.set_course_required(row["id"], on),
                    class_name="size-5 rounded border-line-strong accent-accent",
                ),
                _("Required; otherwise recommended"),
                class_name="flex min-h-11 cursor-pointer items-center gap-3 text-sm",
            ),
            class_name="min-w-0 grow",
        ),
        icon_button("trash_2", phrase(_("Remove {title}"), title=row["title"]), size=18, on_click=state.drop_course_need(row["id"])),
        key=row["id"],
        class_name="flex items-start gap-2 rounded-control border border-line bg-surface py-1 ps-3 pe-1",
    )  # fmt: skip


def lesson_rules() -> rx.Component:
    """When the lesson opens to those who have the course, until when it is to be done, and what it waits for."""
    state = CurriculumState
    preview = state.lesson["preview"].to(str) != ""
    return rx.el.div(
        rx.cond(preview, rx.fragment(), rx.el.div(_opening(), _needs(), class_name="grid gap-6")),
        _due(),
        class_name="mt-5 grid gap-6",
    )


def _number(name: str, label: str, hint: str, save: rx.event.EventCallback) -> rx.Component:
    state = CurriculumState
    return field(
        label,
        autosave(
            text_input(name, default_value=state.terms[name], input_mode="numeric", max_length=4, auto_complete="off"),
            value=state.terms[name], on_save=save, held=state.errors.contains(name) | state.stale,
        ),
        hint=hint, error=error_of(state.errors, name),
    )  # fmt: skip


def _moment(name: str, label: str, save: rx.event.EventCallback) -> rx.Component:
    state = CurriculumState
    return field(
        label,
        autosave(
            text_input(name, type="datetime-local", default_value=state.terms[name]),
            value=state.terms[name], on_save=save, held=state.errors.contains(name) | state.stale,
        ),
        hint=phrase(_("The same moment for everybody, in {place}"), place=state.time_zone.replace("_", " ")),
        error=error_of(state.errors, name),
    )  # fmt: skip


def _opening() -> rx.Component:
    state = CurriculumState
    return rx.el.div(
        _number(
            "after_days", _("Opens after days"), _("Counted from when a learner gets the course."), state.set_after_days
        ),
        _moment("opens_at", _("Not before"), state.set_opens_at),
        class_name=_PAIR,
    )


def _due() -> rx.Component:
    state = CurriculumState
    return rx.el.div(
        rx.el.div(
            _number(
                "due_days", _("Due after days"), _("At the end of that day, from when a learner gets the course."),
                state.set_due_days,
            ),
            _moment("due_at", _("Due on"), state.set_due_at),
            class_name=_PAIR,
        ),
        rx.cond(
            state.terms["due"] != "",
            checkbox(
                "due_hard", _("The deadline is final"),
                _("After it the lesson can be read, but not completed, and its quiz not begun. Otherwise it shows as overdue."),
                default_checked=state.terms["due_hard"] != "", on_change=state.set_due_hard,
            ),
        ),
        class_name="grid gap-2",
    )  # fmt: skip


def _needs() -> rx.Component:
    """A drop-down of the outline's lessons: no list of its own has to travel."""
    state = CurriculumState
    return rx.el.div(
        field(
            _("Opens after these lessons"),
            rx.el.div(
                rx.el.select(
                    rx.el.option(_("Choose a lesson that comes first"), value=""),
                    rx.foreach(
                        state.rows,
                        lambda row: rx.cond(
                            (row["kind"] == "lesson") & (row["id"] != state.lesson["id"]),
                            rx.el.option(row["title"], value=row["id"]),
                        ),
                    ),
                    value="", on_change=state.add_need, key="needs-" + state.terms_round.to(str),
                    class_name=f"{CONTROL} h-11 appearance-none pe-10",
                ),
                icon("chevron_down", 18, "pointer-events-none absolute end-3 top-3.5 text-muted"),
                class_name="relative",
            ),
        ),
        rx.el.ul(
            rx.foreach(
                state.needs,
                lambda row: rx.el.li(
                    rx.el.span(row["title"], class_name="min-w-0 [overflow-wrap:anywhere]"),
                    icon_button("x", phrase(_("Remove {title}"), title=row["title"]), size=16, on_click=state.drop_need(row["id"])),
                    key=row["id"],
                    class_name="flex min-h-11 items-center gap-1 rounded-full border border-line bg-surface ps-4 text-sm",
                ),
            ),
            aria_label=_("Lessons that come first"),
            class_name="flex flex-wrap gap-2 empty:hidden",
        ),
        field_error(error_of(state.errors, "needs")),
        class_name="grid gap-2",
    )  # fmt: skip
