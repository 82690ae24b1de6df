"""The outline of a course: sections, their lessons, and places to add them."""

from __future__ import annotations

from typing import Any

import reflex as rx

from marketplace.components.button import button, icon_button
from marketplace.components.empty import empty_state
from marketplace.components.field import CONTROL, field_error
from marketplace.components.icon import icon
from marketplace.components.link import link
from marketplace.components.menu import menu_button, menu_line
from marketplace.components.sentence import phrase
from marketplace.components.sortable import sortable
from marketplace.domain.courses.outline import MAX_NAME
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.curriculum_add import lesson_sign
from marketplace.pages.studio_parts import error_of
from marketplace.pages.wizard_autosave import autosave
from marketplace.state.curriculum import CurriculumState

PAGES: list[Route] = []


def outline() -> rx.Component:
    state = CurriculumState
    return rx.cond(
        state.rows.length() > 0,
        sortable(rx.el.ol(rx.foreach(state.rows, _row), class_name="grid"), on_drop=state.drop, on_step=state.step),
        empty_state(
            _("Start with a section"),
            _("Sections are the chapters of the course. Lessons go into them; you can move everything later."),
            button(_("Add section"), icon="plus", on_click=state.add_section),
            icon="list_tree",
        ),
    )


def _row(row: rx.Var) -> rx.Component:
    return rx.match(row["kind"], ("section", _section_row(row)), ("lesson", _lesson_row(row)), _add_row(row))


def _grip(row: rx.Var) -> rx.Component:
    return rx.el.button(
        icon("grip_vertical", 18),
        type="button",
        aria_label=phrase(_("Move: {title}"), title=row["title"]),
        title=_("Drag, or use the arrow keys"),
        custom_attrs={"data-grip": "true"},
        class_name=(
            "grid h-11 w-7 shrink-0 cursor-grab touch-none place-items-center rounded-control text-muted/70 hover:text-ink "
            "active:cursor-grabbing"
        ),
    )


def _menu(row: rx.Var, *more: Any) -> rx.Component:
    state = CurriculumState
    menu_id = rx.Var.create("part-") + row["id"].to(str)
    return rx.el.span(
        icon_button(
            "ellipsis", phrase(_("Actions for {title}"), title=row["title"]), size=18,
            custom_attrs={"popoverTarget": menu_id},
        ),
        rx.el.nav(
            menu_button(_("Move up"), "arrow_up", on_click=state.step(row["id"], False)),
            menu_button(_("Move down"), "arrow_down", on_click=state.step(row["id"], True)),
            menu_line(),
            menu_button(_("Remove"), "trash_2", on_click=state.remove(row["id"])),
            id=menu_id, aria_label=_("Actions"), custom_attrs={"popover": "auto"}, class_name="menu text-start",
        ),
    )  # fmt: skip


def _section_row(row: rx.Var) -> rx.Component:
    state = CurriculumState
    wrong = error_of(state.errors, row["id"])
    return rx.el.li(
        rx.el.div(
            _grip(row),
            rx.el.div(
                autosave(
                    rx.el.input(
                        id="name-" + row["id"].to(str), name="section", default_value=row["title"], max_length=MAX_NAME, auto_complete="off",
                        aria_label=_("Name of the section"),
                        class_name=(
                            "h-11 w-full min-w-0 rounded-control border border-transparent bg-transparent px-2 font-display "
                            "text-lg font-semibold hover:border-line-strong focus-visible:bg-surface"
                        ),
                    ),
                    value=row["title"], on_save=lambda words: state.rename_section(row["id"], words),
                    held=state.errors.contains(row["id"]) | state.stale,
                ),
                class_name="min-w-0 grow",
            ),
            _menu(row),
            class_name="flex items-center gap-1",
        ),
        field_error(wrong),
        key=row["id"],
        custom_attrs={"data-row": row["id"]},
        class_name="mt-5 first:mt-0 data-dragging:opacity-50",
    )  # fmt: skip


def _lesson_row(row: rx.Var) -> rx.Component:
    state = CurriculumState
    here = state.lesson.get("id", "") == row["id"]
    return rx.el.li(
        _grip(row),
        link(
            lesson_sign(row["icon"]),
            rx.el.span(
                rx.el.span(row["title"], dir="auto", class_name="line-clamp-2 font-medium [overflow-wrap:anywhere]"),
                rx.el.span(row["meta"], class_name="tnum block text-xs text-muted empty:hidden"),
                class_name="min-w-0 grow",
            ),
            href=state.href + "?lesson=" + row["id"].to(str),
            aria_current=rx.cond(here, "page", "false"),
            class_name=[
                "flex min-h-11 min-w-0 grow items-center gap-3 rounded-control px-2 py-1.5 hover:bg-sunken",
                rx.cond(here, "bg-sunken", ""),
            ],
        ),
        _menu(row),
        key=row["id"],
        custom_attrs={"data-row": row["id"]},
        class_name="flex items-center gap-1 data-dragging:opacity-50",
    )


def _add_row(row: rx.Var) -> rx.Component:
    state = CurriculumState
    wrong = error_of(state.errors, row["id"])
    return rx.el.li(
        rx.el.form(
            rx.el.input(type="hidden", name="section", value=row["id"]),
            rx.el.label(
                phrase(_("New lesson in {title}"), title=row["title"]), html_for="add-" + row["id"].to(str),
                class_name="sr-only",
            ),
            rx.el.input(
                id="add-" + row["id"].to(str), name="title", placeholder=_("Add a lesson"), max_length=MAX_NAME,
                auto_complete="off", required=True,
                class_name=f"{CONTROL} h-10 border-dashed text-sm",
            ),
            button(_("Add"), kind="secondary", size="sm", type="submit"),
            on_submit=state.add_lesson,
            reset_on_submit=True,
            class_name="flex items-center gap-2 ps-8",
        ),
        rx.el.div(field_error(wrong), class_name="ps-8 pt-1 empty:hidden"),
        key="add-" + row["id"].to(str),
        custom_attrs={"data-row": "add-" + row["id"].to(str), "data-before": row["before"]},
        class_name="mt-1.5",
    )  # fmt: skip
