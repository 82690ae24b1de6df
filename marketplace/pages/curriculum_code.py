"""A code exercise as its creator writes it: the task, the start, their own solution, and the tests."""

from __future__ import annotations

import reflex as rx

from marketplace.components.button import button, icon_button
from marketplace.components.code_lab import code_lab
from marketplace.components.field import CONTROL, field_error, text_input, textarea
from marketplace.components.sentence import phrase
from marketplace.domain.exercises import exercise as parts
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.curriculum_pieces import CARD, lacking, saved_field
from marketplace.pages.studio_parts import error_of
from marketplace.pages.wizard_autosave import autosave
from marketplace.state.curriculum import CurriculumState
from marketplace.state.curriculum_code import CaseDraft, ExerciseDraft

PAGES: list[Route] = []


def code_editor(block: rx.Var) -> rx.Component:
    known = CurriculumState.exercises.contains(block["id"])
    return rx.cond(known, _exercise(CurriculumState.exercises[block["id"]]))


def _exercise(exercise: rx.Var[ExerciseDraft]) -> rx.Component:
    state = CurriculumState
    return rx.el.div(
        saved_field(
            _("What to do"),
            textarea(
                "prompt", rows=4, default_value=exercise.prompt, max_length=parts.MAX_PROMPT,
                class_name="field-sizing-content min-h-24",
            ),
            place=exercise.id + ":prompt", value=exercise.prompt, required=True, limit=parts.MAX_PROMPT,
            hint=_("Markdown works. Say what the function is called and what it gives back."),
            on_save=lambda words: state.exercise_write(exercise.id, "prompt", words),
        ),
        _code(
            exercise, "starter", _("Code to start from"), _("Learners find this in their editor."), exercise.starter,
            "", [],
        ),
        _code(
            exercise, "solution", _("Your solution"), _("Stays with you: it is never sent to learners."),
            exercise.solution, _("Take the results of my solution"), exercise.calls,
        ),
        _cases(exercise),
        saved_field(
            _("Seconds until a run is stopped"),
            text_input("seconds", default_value=exercise.seconds, input_mode="numeric", max_length=3, auto_complete="off"),
            place=exercise.id + ":seconds", value=exercise.seconds, required=True,
            on_save=lambda words: state.exercise_write(exercise.id, "seconds", words),
        ),
        lacking(exercise.lacks),
        class_name=CARD,
    )  # fmt: skip


def _code(
    exercise: rx.Var[ExerciseDraft], name: str, label: str, hint: str, code: rx.Var, check: str, calls: rx.Var | list[dict[str, str]]
) -> rx.Component:  # fmt: skip
    state = CurriculumState
    place = exercise.id + ":" + name
    with_check = {"check_label": check, "on_check": lambda c, r: state.case_take(exercise.id, c, r)} if check else {}
    return rx.el.div(
        rx.el.h3(label, class_name="text-sm font-semibold"),
        rx.el.p(hint, class_name="mb-1 text-sm text-muted"),
        code_lab(
            code, label, exercise.seconds.to(int), calls=calls, held=state.errors.contains(place) | state.stale,
            on_keep=lambda words: state.exercise_write(exercise.id, name, words), **with_check,
        ),
        field_error(error_of(state.errors, place)),
        custom_attrs={"data-code": name},
        class_name="grid gap-1",
    )  # fmt: skip


def _cases(exercise: rx.Var[ExerciseDraft]) -> rx.Component:
    return rx.el.div(
        rx.el.h3(_("Tests"), class_name="text-sm font-semibold"),
        rx.el.p(
            _("Each is a call and the value that it has to give, as Python prints it. Of a hidden one learners only hear "
              "whether it passed."),
            class_name="text-sm text-muted",
        ),
        rx.el.ol(
            rx.foreach(exercise.cases, lambda case: _case(exercise, case)), class_name="mt-3 grid gap-4 empty:hidden"
        ),
        rx.el.div(
            button(
                _("Add a test"), kind="secondary", size="sm", icon="plus",
                on_click=CurriculumState.case_add(exercise.id),
            ),
            class_name="mt-3",
        ),
    )  # fmt: skip


def _case(exercise: rx.Var[ExerciseDraft], case: rx.Var[CaseDraft]) -> rx.Component:
    state = CurriculumState

    def line(name: str, label: str, example: str, value: rx.Var, limit: int) -> rx.Component:
        place = case.id + ":" + name
        return rx.el.div(
            autosave(
                rx.el.input(
                    name=name, default_value=value, max_length=limit, auto_complete="off", spell_check=False,
                    auto_capitalize="off", placeholder=example,
                    aria_label=phrase(_("{field} {number}"), field=label, number=case.number), class_name=f"{CONTROL} h-11 font-mono text-sm",
                ),
                value=value, on_save=lambda words: state.case_write(exercise.id, case.id, name, words),
                held=state.errors.contains(place) | state.stale,
            ),
            field_error(error_of(state.errors, place)),
            class_name="min-w-0 grow basis-56",
        )  # fmt: skip

    return rx.el.li(
        rx.el.span(case.number, class_name="tnum mt-3 w-5 shrink-0 text-sm text-muted"),
        rx.el.div(
            line("call", _("Test"), "average([1, 2, 3])", case.call, parts.MAX_CALL),
            line("expected", _("Expected value of test"), "2.0", case.expected, parts.MAX_VALUE),
            rx.el.label(
                rx.el.input(
                    type="checkbox", checked=~case.shown, class_name="size-5 accent-accent",
                    on_change=lambda on: state.case_show(exercise.id, case.id, ~on),
                ),
                _("Hidden"),
                class_name="flex min-h-11 cursor-pointer items-center gap-2 text-sm",
            ),
            class_name="flex min-w-0 grow flex-wrap gap-x-3 gap-y-2",
        ),
        icon_button(
            "x", phrase(_("Remove test {number}"), number=case.number), size=18,
            on_click=state.case_remove(exercise.id, case.id),
        ),
        key=case.id,
        custom_attrs={"data-case": True},
        class_name="flex items-start gap-1",
    )  # fmt: skip
