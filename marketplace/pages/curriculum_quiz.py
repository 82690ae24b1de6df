"""A quiz as its creator writes it: settings, then the questions, each with the fields of its kind."""

from __future__ import annotations

from typing import Any

import reflex as rx

from marketplace.components.button import button, icon_button
from marketplace.components.disclosure import disclosure
from marketplace.components.field import CONTROL, checkbox, field, field_error, select_input, text_input, textarea
from marketplace.components.icon import icon
from marketplace.components.sentence import phrase
from marketplace.domain.quizzes import quiz as parts
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.studio_parts import error_of
from marketplace.pages.wizard_autosave import autosave
from marketplace.state.curriculum import CurriculumState
from marketplace.state.curriculum_quiz import DraftOption, DraftQuestion, QuizDraft, kind_names

PAGES: list[Route] = []


def quiz_editor(block: rx.Var) -> rx.Component:
    known = CurriculumState.quizzes.contains(block["id"])
    return rx.cond(known, _quiz(CurriculumState.quizzes[block["id"]]))


def _quiz(quiz: rx.Var[QuizDraft]) -> rx.Component:
    return rx.el.div(
        disclosure(_("Settings of the quiz"), _settings(quiz)),
        rx.el.ol(
            rx.foreach(quiz.questions, lambda question: _question(quiz, question)), class_name="grid gap-5 empty:hidden"
        ),
        rx.el.div(
            rx.el.p(_("Add a question"), class_name="mb-2 text-sm font-semibold"),
            rx.el.div(
                *[
                    button(name, kind="secondary", size="sm", icon="plus", on_click=CurriculumState.quiz_add(quiz.id, kind))
                    for kind, name in kind_names().items()
                ],
                class_name="flex flex-wrap gap-2",
            ),
        ),
        class_name="grid gap-5 rounded-card border border-line bg-surface p-4 sm:p-5",
    )  # fmt: skip


def _settings(quiz: rx.Var[QuizDraft]) -> rx.Component:
    state = CurriculumState

    def number(name: str, label: str, hint: str, value: rx.Var, required: bool = False) -> rx.Component:
        return _field(
            label, text_input(name, default_value=value, input_mode="numeric", auto_complete="off", max_length=6),
            place=quiz.id + ":" + name, value=value, hint=hint, required=required,
            on_save=lambda words: state.quiz_setting(quiz.id, name, words),
        )  # fmt: skip

    reviews = [
        ("after_attempt", _("After each attempt")), ("after_pass", _("After passing")), ("never", _("Never")),
    ]  # fmt: skip
    return rx.el.div(
        number("pass_percent", _("Percent to pass"), _("Of all points."), quiz.pass_percent, True),
        number("attempts", _("Attempts"), _("Empty: as many as wanted. The best one counts."), quiz.attempts),
        number("minutes", _("Time limit in minutes"), _("Empty: no limit."), quiz.minutes),
        number("draw", _("Questions per attempt"), _("Empty: all. Fewer: drawn at random."), quiz.draw),
        _field(
            _("Right answers are shown"), select_input("review", reviews, default_value=quiz.review),
            place=quiz.id + ":review", value=quiz.review, delay=0, required=True,
            on_save=lambda words: state.quiz_setting(quiz.id, "review", words),
        ),
        rx.el.div(
            checkbox(
                "shuffle_questions", _("Shuffle the questions"), checked=quiz.shuffle_questions,
                on_change=lambda on: state.quiz_switch(quiz.id, "shuffle_questions", on),
            ),
            checkbox(
                "shuffle_options", _("Shuffle the answers to choose from"), checked=quiz.shuffle_options,
                on_change=lambda on: state.quiz_switch(quiz.id, "shuffle_options", on),
            ),
        ),
        class_name="grid items-start gap-4 pt-4 sm:grid-cols-2",
    )  # fmt: skip


def _field(
    label: str, control: rx.Component, place: rx.Var, value: rx.Var, on_save: Any, hint: str = "", delay: int = 700,
    required: bool = False, limit: int = 0,
) -> rx.Component:  # fmt: skip
    """A field that saves itself, with what was wrong with it below."""
    wrong = CurriculumState.errors.contains(place)
    return field(
        label, autosave(control, value=value, on_save=on_save, held=wrong | CurriculumState.stale, delay=delay, limit=limit),
        hint=hint or None, error=error_of(CurriculumState.errors, place), required=required,
        id=rx.Var.create("f-") + place,
    )  # fmt: skip


def _question(quiz: rx.Var[QuizDraft], question: rx.Var[DraftQuestion]) -> rx.Component:
    state = CurriculumState
    n = question.number

    def area(
        name: str, label: str, value: rx.Var, limit: int, rows: int, required: bool, hint: str = ""
    ) -> rx.Component:
        return _field(
            label, textarea(name, rows=rows, default_value=value, max_length=limit, class_name="field-sizing-content min-h-11!"),
            place=question.id + ":" + name, value=value, required=required, limit=limit, hint=hint,
            on_save=lambda words: state.quiz_write(quiz.id, question.id, name, words),
        )  # fmt: skip

    def line(name: str, label: str, value: rx.Var, hint: str, required: bool, mode: str = "decimal") -> rx.Component:
        return _field(
            label, text_input(name, default_value=value, input_mode=mode, auto_complete="off", max_length=40),
            place=question.id + ":" + name, value=value, required=required, hint=hint,
            on_save=lambda words: state.quiz_write(quiz.id, question.id, name, words),
        )  # fmt: skip

    return rx.el.li(
        rx.el.div(
            rx.el.h3(question.number, ". ", question.name, class_name="grow text-sm font-semibold"),
            icon_button(
                "arrow_up", phrase(_("Move up: question {n}"), n=n), size=18, on_click=state.quiz_step(quiz.id, question.id, False)
            ),
            icon_button(
                "arrow_down", phrase(_("Move down: question {n}"), n=n), size=18, on_click=state.quiz_step(quiz.id, question.id, True)
            ),
            icon_button(
                "trash_2", phrase(_("Remove: question {n}"), n=n), size=18, on_click=state.quiz_remove(quiz.id, question.id)
            ),
            class_name="flex items-center gap-1",
        ),
        area("prompt", _("What is asked"), question.prompt, parts.MAX_PROMPT, 2, True),
        rx.match(
            question.kind,
            (
                "text",
                area(
                    "accepted", _("Right answers"), question.accepted, parts.MAX_LINE * parts.MAX_ACCEPTED, 2, True,
                    _("One per line. Capitals and spaces don't matter."),
                ),
            ),
            (
                "number",
                rx.el.div(
                    line("number", _("Right answer"), question.value, _("Digits only, such as 1250 or 12.5."), True),
                    line("tolerance", _("May be off by"), question.tolerance, _("0: has to be exact."), True),
                    class_name="grid gap-4 sm:grid-cols-2",
                ),
            ),
            (
                "long",
                area(
                    "hint", _("Note for grading"), question.hint, parts.MAX_FEEDBACK, 2, False,
                    _("What a good answer has. Learners don't see it; you give the points under “Grading”."),
                ),
            ),
            _options(quiz, question),
        ),
        disclosure(
            _("Points and feedback"),
            rx.el.div(
                line("points", _("Points"), question.points, _("From 1 to 100."), True, "numeric"),
                rx.cond(
                    question.kind != "long",
                    rx.fragment(
                        area("praise", _("Said when right"), question.praise, parts.MAX_FEEDBACK, 2, False),
                        area("hint", _("Said when wrong"), question.hint, parts.MAX_FEEDBACK, 2, False),
                    ),
                ),
                class_name="grid gap-4 pt-4",
            ),
        ),
        rx.cond(
            question.lacks != "",
            rx.el.p(
                icon("circle_dashed", 16, "mt-0.5"), phrase(_("Before it can be published: {problem}"), problem=question.lacks),
                class_name="flex gap-1.5 text-sm text-muted",
            ),
        ),
        key=question.id,
        custom_attrs={"data-question": question.kind},
        class_name="grid gap-4",
    )  # fmt: skip


def _options(quiz: rx.Var[QuizDraft], question: rx.Var[DraftQuestion]) -> rx.Component:
    hint = rx.match(
        question.kind,
        ("single", _("Mark the one that is right.")),
        ("multiple", _("Mark all that are right.")),
        ("ordering", _("In the right order. Learners see them mixed.")),
        _("What belongs together stands in one line. Learners see the right side mixed."),
    )
    return rx.el.div(
        rx.el.p(hint, class_name="text-sm text-muted"),
        rx.el.ul(
            rx.foreach(question.options, lambda option: _option(quiz, question, option)), class_name="grid gap-3"
        ),
        field_error(error_of(CurriculumState.errors, question.id + ":options")),
        rx.el.div(
            button(
                _("Add an answer"), kind="quiet", size="sm", icon="plus",
                on_click=CurriculumState.quiz_option(quiz.id, question.id),
            )
        ),
        class_name="grid gap-3",
    )  # fmt: skip


def _option(quiz: rx.Var[QuizDraft], question: rx.Var[DraftQuestion], option: rx.Var[DraftOption]) -> rx.Component:
    state = CurriculumState
    chosen = (question.kind == "single") | (question.kind == "multiple")

    def words(name: str, label: str, value: rx.Var, limit: int, extra: str = "") -> rx.Component:
        place = option.id + ":" + name
        return rx.el.div(
            autosave(
                rx.el.input(
                    name=name, default_value=value, max_length=limit, auto_complete="off", aria_label=label,
                    placeholder=label, class_name=f"{CONTROL} {extra or 'h-11'}",
                ),
                value=value, on_save=lambda typed: state.quiz_write(quiz.id, option.id, name, typed),
                held=state.errors.contains(place) | state.stale,
            ),
            field_error(error_of(state.errors, place)),
            class_name="min-w-0 grow",
        )  # fmt: skip

    return rx.el.li(
        rx.el.div(
            rx.cond(
                chosen,
                rx.el.label(
                    rx.el.input(
                        type="checkbox", checked=option.right, aria_label=_("This answer is right"),
                        on_change=lambda on: state.quiz_mark(quiz.id, option.id, on),
                        class_name="size-5 accent-accent",
                    ),
                    title=_("This answer is right"),
                    class_name="grid size-11 shrink-0 cursor-pointer place-items-center",
                ),
            ),
            rx.el.div(
                words("words", _("Answer"), option.words, parts.MAX_OPTION),
                rx.cond(
                    question.kind == "matching",
                    words("match", _("What belongs to it"), option.match, parts.MAX_OPTION),
                ),
                rx.cond(
                    chosen,
                    words("feedback", _("Said to who chose it (optional)"), option.feedback, parts.MAX_FEEDBACK, "h-9 text-sm"),
                ),
                class_name=["grid min-w-0 grow gap-2", rx.cond(question.kind == "matching", "sm:grid-cols-2", "")],
            ),
            rx.cond(
                question.kind == "ordering",
                rx.el.span(
                    icon_button(
                        "arrow_up", phrase(_("Move up: {title}"), title=option.words), size=18,
                        on_click=state.quiz_step(quiz.id, option.id, False),
                    ),
                    icon_button(
                        "arrow_down", phrase(_("Move down: {title}"), title=option.words), size=18,
                        on_click=state.quiz_step(quiz.id, option.id, True),
                    ),
                    class_name="flex shrink-0",
                ),
            ),
            icon_button("x", _("Remove this answer"), size=18, on_click=state.quiz_remove(quiz.id, option.id)),
            class_name="flex items-start gap-1",
        ),
        key=option.id,
    )  # fmt: skip
