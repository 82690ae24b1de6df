"""A code exercise in the player: the task, the editor, and what the tests said."""

from __future__ import annotations

import reflex as rx

from marketplace.components.badge import badge
from marketplace.components.code_lab import code_lab
from marketplace.components.disclosure import disclosure
from marketplace.components.field import field_error
from marketplace.components.icon import icon
from marketplace.components.inner_html import sanitised
from marketplace.components.sentence import phrase
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.studio_parts import error_of
from marketplace.pages.wizard_autosave import save_status
from marketplace.state.learn import LearnState
from marketplace.state.learn_code import ExampleView, ExerciseView, VerdictView

PAGES: list[Route] = []
_CODE = "rounded bg-sunken px-1.5 py-0.5 font-mono text-sm [overflow-wrap:anywhere]"


def code_block(block: rx.Var) -> rx.Component:
    return rx.cond(LearnState.exercises.contains(block["id"]), _exercise(LearnState.exercises[block["id"]]))


def _exercise(exercise: rx.Var[ExerciseView]) -> rx.Component:
    state = LearnState
    return rx.el.section(
        rx.el.div(
            rx.el.h2(_("Code exercise"), id="code-" + exercise.id, class_name="text-lg"),
            rx.cond(exercise.ever_passed, badge(_("Passed"), "success", "check")),
            class_name="flex flex-wrap items-center gap-3",
        ),
        rx.el.div(custom_attrs=sanitised(exercise.html), class_name="prose mt-3 max-w-[65ch]"),
        _examples(exercise),
        rx.el.div(
            rx.cond(
                exercise.open,
                code_lab(
                    exercise.code, _("Your code"), exercise.seconds, starter=exercise.starter, calls=exercise.calls,
                    check_label=_("Check"), held=state.errors.contains(exercise.id),
                    on_keep=lambda code: state.exercise_keep(exercise.id, code),
                    on_check=lambda code, results: state.exercise_check(exercise.id, code, results),
                ),
                code_lab(exercise.code, _("Your code"), exercise.seconds, starter=exercise.starter, calls=[]),
            ),
            field_error(error_of(state.errors, exercise.id)),
            rx.cond(
                exercise.open,
                save_status(state.saved_at, state.handled, state.errors.length() > 0, False),
                rx.el.p(
                    _("You can try it here. With the course, what you write is kept and checked."),
                    class_name="text-sm text-muted",
                ),
            ),
            class_name="mt-5 grid gap-3",
        ),
        _verdicts(exercise),
        aria_labelledby="code-" + exercise.id,
        class_name="rounded-card border border-line bg-surface p-5 sm:p-7",
    )  # fmt: skip


def _examples(exercise: rx.Var[ExerciseView]) -> rx.Component:
    """The tests that may be seen before anything is written."""

    def row(example: rx.Var[ExampleView]) -> rx.Component:
        return rx.el.li(
            rx.el.code(example.call, class_name=_CODE),
            rx.el.span(_("gives"), class_name="text-sm text-muted"),
            rx.el.code(example.expected, class_name=_CODE),
            class_name="flex flex-wrap items-baseline gap-2",
        )

    return rx.cond(
        (exercise.examples.length() > 0) | (exercise.hidden != ""),
        rx.el.div(
            disclosure(
                _("Tests"),
                rx.el.ul(rx.foreach(exercise.examples, row), class_name="grid gap-2 pt-1 empty:hidden"),
                rx.cond(
                    exercise.hidden != "",
                    rx.el.p(
                        phrase(_("Hidden tests besides: {n}"), n=exercise.hidden),
                        class_name="mt-2 text-sm text-muted",
                    ),
                ),
                open=True,
            ),
            class_name="mt-4",
        ),
    )


def _verdicts(exercise: rx.Var[ExerciseView]) -> rx.Component:
    return rx.el.div(
        rx.cond(
            exercise.score != "",
            rx.el.div(
                rx.el.p(
                    exercise.score,
                    class_name=["tnum font-semibold", rx.cond(exercise.all_good, "text-success", "")],
                ),
                rx.el.ul(rx.foreach(exercise.verdicts, _verdict), class_name="mt-3 divide-y divide-line"),
                class_name="mt-5 border-t border-line pt-5",
            ),
        ),
        aria_live="polite",
    )


def _verdict(mark: rx.Var[VerdictView]) -> rx.Component:
    return rx.el.li(
        rx.cond(
            mark.passed,
            rx.el.span(icon("circle_check", 20, "text-success"), rx.el.span(_("Passed"), class_name="sr-only")),
            rx.el.span(icon("circle_x", 20, "text-danger"), rx.el.span(_("Not passed"), class_name="sr-only")),
        ),
        rx.el.div(
            rx.el.p(mark.label, class_name="text-sm font-semibold"),
            rx.cond(mark.call != "", rx.el.p(rx.el.code(mark.call, class_name=_CODE), class_name="mt-1")),
            rx.cond(
                (mark.call != "") & ~mark.passed,
                rx.el.dl(
                    _said(_("Expected"), mark.expected),
                    rx.cond(
                        mark.error != "", _said(_("Ended in"), mark.error), _said(_("Got"), mark.got)
                    ),
                    class_name="mt-2 grid grid-cols-[auto_minmax(0,1fr)] items-baseline gap-x-3 gap-y-1 text-sm",
                ),
            ),
            class_name="min-w-0 grow",
        ),
        key=mark.id,
        custom_attrs={"data-passed": mark.passed.to(str)},
        class_name="flex gap-3 py-3",
    )  # fmt: skip


def _said(label: str, words: rx.Var) -> rx.Component:
    return rx.fragment(
        rx.el.dt(label, class_name="text-muted"), rx.el.dd(rx.el.code(words, class_name=_CODE))
    )  # fmt: skip
