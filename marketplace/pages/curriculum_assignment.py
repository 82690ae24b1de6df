"""An assignment as its creator writes it: what to do, what is handed in, and how it is graded."""

from __future__ import annotations

from typing import Any

import reflex as rx

from marketplace.components.button import button, icon_button
from marketplace.components.disclosure import disclosure
from marketplace.components.field import CONTROL, checkbox, field, field_error, text_input, textarea
from marketplace.components.icon import icon
from marketplace.components.sentence import phrase
from marketplace.domain.assignments import assignment as parts
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.studio_parts import error_of
from marketplace.pages.wizard_autosave import autosave
from marketplace.state.curriculum import CurriculumState
from marketplace.state.curriculum_assignment import AssignmentDraft, DraftCriterion, DraftLevel, type_names

PAGES: list[Route] = []


def assignment_editor(block: rx.Var) -> rx.Component:
    known = CurriculumState.assignments.contains(block["id"])
    return rx.cond(known, _assignment(CurriculumState.assignments[block["id"]]))


def _assignment(made: rx.Var[AssignmentDraft]) -> rx.Component:
    return rx.el.div(
        _setting(
            made, "instructions", _("What is to be done"), made.instructions,
            textarea(
                "instructions", rows=5, default_value=made.instructions, max_length=parts.MAX_INSTRUCTIONS,
                class_name="field-sizing-content min-h-32",
            ),
            hint=_("Markdown, as in texts. Say what a good result looks like."), required=True,
            limit=parts.MAX_INSTRUCTIONS,
        ),
        _what(made),
        _rubric(made),
        disclosure(_("Points and tries"), _figures(made)),
        rx.cond(
            made.lacks != "",
            rx.el.p(
                icon("circle_dashed", 16, "mt-0.5"), phrase(_("Before it can be published: {problem}"), problem=made.lacks),
                class_name="flex gap-1.5 text-sm text-muted",
            ),
        ),
        class_name="grid gap-6 rounded-card border border-line bg-surface p-4 sm:p-5",
    )  # fmt: skip


def _setting(
    made: rx.Var[AssignmentDraft], name: str, label: str, value: rx.Var, control: rx.Component, hint: str = "",
    required: bool = False, limit: int = 0,
) -> rx.Component:  # fmt: skip
    state, place = CurriculumState, made.id + ":" + name
    held = state.errors.contains(place) | state.stale
    return field(
        label,
        autosave(
            control, value=value, on_save=lambda words: state.assignment_setting(made.id, name, words), held=held,
            limit=limit,
        ),
        hint=hint or None, error=error_of(state.errors, place), required=required, id=rx.Var.create("f-") + place,
    )  # fmt: skip


def _number(made: rx.Var[AssignmentDraft], name: str, label: str, value: rx.Var, hint: str, required: bool) -> Any:
    control = text_input(name, default_value=value, input_mode="numeric", auto_complete="off", max_length=4)
    return _setting(made, name, label, value, control, hint, required)


def _what(made: rx.Var[AssignmentDraft]) -> rx.Component:
    """What is handed in."""
    state = CurriculumState
    kinds = [
        checkbox(
            name, label, checked=made.types[name] != "",
            on_change=lambda on, name=name: state.assignment_switch(made.id, name, on),
        )
        for name, label in type_names().items()
    ]  # fmt: skip
    return rx.el.fieldset(
        rx.el.legend(_("What is handed in"), class_name="text-sm font-semibold"),
        checkbox(
            "words", _("Text"), _("A field to write in, of up to 50,000 characters."), checked=made.words,
            on_change=lambda on: state.assignment_switch(made.id, "words", on),
        ),
        rx.el.div(
            _number(made, "files", _("Files, at most"), made.files, _("Empty: none. Up to 10."), False),
            _number(made, "megabytes", _("MB for each file"), made.megabytes, _("From 1 to 20."), True),
            class_name="grid gap-4 sm:grid-cols-2",
        ),
        rx.cond(
            made.files != "",
            rx.el.div(
                rx.el.p(_("Kinds of files"), class_name="text-sm font-semibold"),
                rx.el.div(*kinds, class_name="grid grid-cols-2 gap-x-4 sm:grid-cols-3"),
            ),
        ),
        class_name="m-0 grid min-w-0 gap-3 border-0 p-0",
    )  # fmt: skip


def _rubric(made: rx.Var[AssignmentDraft]) -> rx.Component:
    return rx.el.section(
        rx.el.h3(_("Rubric"), class_name="text-sm font-semibold"),
        rx.el.p(
            _("What you look at, and what each level is worth. Learners see it before they begin. Without one you give points freely."),
            class_name="text-sm text-muted",
        ),
        rx.el.ol(
            rx.foreach(made.criteria, lambda one: _criterion(made, one)), class_name="grid gap-5 empty:hidden"
        ),
        rx.el.div(
            button(
                _("Add a criterion"), kind="secondary", size="sm", icon="plus",
                on_click=CurriculumState.criterion_add(made.id),
            )
        ),
        class_name="grid gap-3",
    )  # fmt: skip


def _line(made: rx.Var, part: rx.Var, name: str, value: rx.Var, label: rx.Var, look: str, **props: Any) -> rx.Component:
    """A field of the rubric that saves itself."""
    state, place = CurriculumState, part + ":" + name
    return autosave(
        rx.el.input(
            name=name, default_value=value, auto_complete="off", aria_label=label,
            custom_attrs={"aria-invalid": state.errors.contains(place)}, class_name=f"{CONTROL} {look}", **props,
        ),
        value=value, on_save=lambda words: state.rubric_write(made.id, part, name, words),
        held=state.errors.contains(place) | state.stale,
    )  # fmt: skip


def _criterion(made: rx.Var[AssignmentDraft], one: rx.Var[DraftCriterion]) -> rx.Component:
    state = CurriculumState
    n = one.number
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                _line(
                    made, one.id, "name", one.name, phrase(_("Name of criterion {n}"), n=n), "h-11 font-semibold",
                    max_length=parts.MAX_NAME, placeholder=_("What you look at, such as “Even walls”"),
                ),
                class_name="min-w-0 grow",
            ),
            icon_button(
                "arrow_up", phrase(_("Move up: criterion {n}"), n=n), size=18, on_click=state.criterion_step(made.id, one.id, False)
            ),
            icon_button(
                "arrow_down", phrase(_("Move down: criterion {n}"), n=n), size=18, on_click=state.criterion_step(made.id, one.id, True)
            ),
            icon_button(
                "trash_2", phrase(_("Remove: criterion {n}"), n=n), size=18, on_click=state.rubric_remove(made.id, one.id)
            ),
            class_name="flex items-center gap-1",
        ),
        field_error(error_of(state.errors, one.id + ":name")),
        rx.el.ul(rx.foreach(one.levels, lambda level: _level(made, level, n)), class_name="grid gap-2"),
        rx.el.div(
            button(
                _("Add a level"), kind="quiet", size="sm", icon="plus", on_click=state.level_add(made.id, one.id),
                aria_label=phrase(_("Add a level to criterion {n}"), n=n),
            )
        ),
        key=one.id,
        class_name="grid gap-2 border-s-2 border-line ps-3",
    )  # fmt: skip


def _level(made: rx.Var[AssignmentDraft], level: rx.Var[DraftLevel], n: rx.Var) -> rx.Component:
    state = CurriculumState
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                _line(
                    made, level.id, "points", level.points, phrase(_("Points of a level of criterion {n}"), n=n), "tnum h-11 text-center",
                    max_length=4, input_mode="numeric",
                ),
                class_name="w-16 shrink-0",
            ),
            rx.el.div(
                _line(
                    made, level.id, "words", level.words, phrase(_("Words of a level of criterion {n}"), n=n), "h-11",
                    max_length=parts.MAX_WORDS, placeholder=_("When these points are given"),
                ),
                class_name="min-w-0 grow",
            ),
            icon_button(
                "x", phrase(_("Remove a level of criterion {n}"), n=n), size=18,
                on_click=state.rubric_remove(made.id, level.id),
            ),
            class_name="flex items-center gap-2",
        ),
        field_error(error_of(state.errors, level.id + ":points")),
        field_error(error_of(state.errors, level.id + ":words")),
        key=level.id,
    )  # fmt: skip


def _figures(made: rx.Var[AssignmentDraft]) -> rx.Component:
    return rx.el.div(
        rx.cond(
            made.criteria.length() > 0,
            rx.el.p(phrase(_("The rubric gives up to {n} points."), n=made.total), class_name="tnum text-sm sm:col-span-2"),
            _number(made, "points", _("Points, at most"), made.points, _("From 1 to 1,000."), True),
        ),
        _number(made, "pass_percent", _("Percent to pass"), made.pass_percent, _("Of all points."), True),
        _number(
            made, "tries", _("Times it can be graded"), made.tries,
            _("Empty: as often as wanted. What you send back doesn't count, and the best grade does."), False,
        ),
        class_name="grid items-start gap-4 pt-4 sm:grid-cols-2",
    )  # fmt: skip
