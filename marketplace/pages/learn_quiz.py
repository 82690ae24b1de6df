"""A quiz in the player: what it asks, the questions, and what came of it."""

from __future__ import annotations

import reflex as rx

from marketplace.components.badge import badge
from marketplace.components.button import button, icon_button
from marketplace.components.countdown import countdown
from marketplace.components.disclosure import disclosure
from marketplace.components.field import CONTROL, checkbox, field_error, text_input, textarea
from marketplace.components.follow import follow
from marketplace.components.icon import icon
from marketplace.components.inner_html import sanitised
from marketplace.components.notice import notice
from marketplace.components.sentence import phrase
from marketplace.domain.quizzes.rules import MAX_LONG, MAX_TYPED
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.studio_parts import error_of
from marketplace.pages.wizard_autosave import autosave, save_status
from marketplace.state.learn import LearnState
from marketplace.state.quiz_views import EarlierView, OptionView, QuestionView, QuizView, ReviewView

PAGES: list[Route] = []


def quiz_block(block: rx.Var) -> rx.Component:
    known = LearnState.quizzes.contains(block["id"])
    quiz = LearnState.quizzes[block["id"]]
    return rx.cond(
        known, follow(_quiz(quiz), stage=quiz.stage + quiz.attempt, class_name="scroll-mt-24 rounded-card outline-none")
    )


def _quiz(quiz: rx.Var[QuizView]) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(_("Quiz"), id="quiz-" + quiz.id, class_name="text-lg"),
            rx.cond(quiz.ever_passed, badge(_("Passed"), "success", "check")),
            class_name="flex flex-wrap items-center gap-3",
        ),
        rx.el.p(quiz.facts, class_name="tnum mt-1 text-sm text-muted"),
        rx.match(
            quiz.stage,
            ("open", _paper(quiz)),
            ("result", _result(quiz)),
            ("locked", rx.el.p(_("You can take the quiz when you have the course."), class_name="mt-4 text-sm")),
            _start(quiz, _("Start the quiz")),
        ),
        rx.cond(
            quiz.earlier.length() > 0,
            rx.el.div(
                rx.el.h3(_("Earlier attempts"), class_name="text-base"),
                rx.el.div(rx.foreach(quiz.earlier, _earlier), class_name="border-t border-line"),
                class_name="mt-7 grid gap-2",
            ),
        ),
        aria_labelledby="quiz-" + quiz.id,
        class_name="rounded-card border border-line bg-surface p-5 sm:p-7",
    )  # fmt: skip


def _start(quiz: rx.Var[QuizView], words: str) -> rx.Component:
    begin = rx.cond(
        LearnState.due_kind == "over",
        rx.el.p(_("The deadline is over, so it can't be begun any more."), class_name="text-sm font-semibold"),
        button(words, on_click=LearnState.quiz_begin(quiz.id)),
    )
    return rx.el.div(
        rx.cond(quiz.again, begin, rx.el.p(_("You have used all your attempts."), class_name="text-sm font-semibold")),
        rx.cond(quiz.tries != "", rx.el.span(quiz.tries, class_name="tnum text-sm text-muted")),
        class_name="mt-5 flex flex-wrap items-center gap-4",
    )


def _paper(quiz: rx.Var[QuizView]) -> rx.Component:
    state = LearnState
    timed = quiz.left >= 0
    return rx.el.div(
        rx.el.div(
            rx.el.span(quiz.answered, class_name="tnum text-sm text-muted"),
            save_status(state.saved_at, state.handled, state.errors.length() > 0, False),
            rx.cond(
                timed,
                rx.el.span(
                    icon("clock", 18, "text-muted"), countdown(quiz.left, state.quiz_submit(quiz.id)),
                    class_name="ms-auto inline-flex items-center gap-2",
                ),
            ),
            class_name=(
                "sticky top-16 z-10 -mx-5 flex flex-wrap items-center gap-x-5 gap-y-1 border-y border-line bg-surface px-5 "
                "py-2.5 sm:-mx-7 sm:px-7"
            ),
        ),
        rx.el.ol(
            rx.foreach(quiz.questions, lambda question: _question(quiz, question)), class_name="mt-6 grid gap-8"
        ),
        rx.el.div(
            button(_("Hand in"), icon="check", on_click=state.quiz_submit(quiz.id)),
            rx.el.p(
                rx.cond(
                    timed,
                    _("Your answers are kept. The time runs on, also without this page; when it is up, they are handed in."),
                    _("You can close this page and go on later: your answers are kept."),
                ),
                class_name="text-sm text-muted",
            ),
            class_name="mt-8 flex flex-wrap items-center gap-4 border-t border-line pt-5",
        ),
        key=quiz.id + quiz.attempt,
        class_name="mt-4",
    )  # fmt: skip


def _question(quiz: rx.Var[QuizView], question: rx.Var[QuestionView]) -> rx.Component:
    name = "q-" + question.id
    return rx.el.li(
        rx.el.fieldset(
            rx.el.div(
                rx.el.h3(
                    phrase(_("Question {n}"), n=question.number),
                    id=name + "-n",
                    class_name="text-sm font-semibold text-muted",
                ),
                rx.el.span(question.points, class_name="tnum text-sm text-muted"),
                class_name="flex justify-between gap-4",
            ),
            rx.el.div(custom_attrs=sanitised(question.html), id=name + "-p", class_name="prose max-w-[65ch]"),
            rx.match(
                question.kind,
                ("single", _choices(quiz, question, name)),
                ("multiple", _ticks(quiz, question)),
                ("ordering", _order(quiz, question)),
                ("matching", _pairs(quiz, question)),
                ("long", _written(quiz, question, name)),
                _typed(quiz, question, name),
            ),
            field_error(error_of(LearnState.errors, question.id)),
            aria_labelledby=name + "-n " + name + "-p",
            class_name="m-0 grid min-w-0 gap-3 border-0 p-0",
        ),
        key=question.id,
        custom_attrs={"data-question": question.kind},
    )


def _choices(quiz: rx.Var[QuizView], question: rx.Var[QuestionView], name: rx.Var) -> rx.Component:
    def one(option: rx.Var[OptionView]) -> rx.Component:
        return rx.el.label(
            rx.el.input(
                type="radio", name=name, value=option.id, default_checked=option.chosen != "",
                on_change=lambda value: LearnState.quiz_choose(quiz.id, question.id, value),
                class_name="mt-0.5 size-5 shrink-0 accent-accent",
            ),
            rx.el.span(option.words, dir="auto", class_name="min-w-0 [overflow-wrap:anywhere]"),
            key=option.id,
            class_name=(
                "flex min-h-11 cursor-pointer items-start gap-3 rounded-control border border-line px-4 py-2.5 "
                "transition-colors hover:border-line-strong has-checked:border-accent has-checked:bg-accent-soft"
            ),
        )  # fmt: skip

    return rx.el.div(rx.foreach(question.options, one), class_name="grid gap-2")


def _ticks(quiz: rx.Var[QuizView], question: rx.Var[QuestionView]) -> rx.Component:
    return rx.el.div(
        rx.el.p(_("Choose all that are right."), class_name="text-sm text-muted"),
        rx.foreach(
            question.options,
            lambda option: rx.el.div(
                checkbox(
                    "option", rx.el.span(option.words, dir="auto", class_name="[overflow-wrap:anywhere]"),
                    default_checked=option.chosen != "",
                    on_change=lambda on: LearnState.quiz_tick(quiz.id, question.id, option.id, on),
                ),
                key=option.id,
                class_name=(
                    "rounded-control border border-line px-4 transition-colors hover:border-line-strong "
                    "has-checked:border-accent has-checked:bg-accent-soft"
                ),
            ),
        ),
        class_name="grid gap-2",
    )  # fmt: skip


def _order(quiz: rx.Var[QuizView], question: rx.Var[QuestionView]) -> rx.Component:
    def one(option: rx.Var[OptionView]) -> rx.Component:
        move = LearnState.quiz_move
        return rx.el.li(
            rx.el.span(option.place, class_name="tnum w-6 shrink-0 text-center text-sm text-muted"),
            rx.el.span(option.words, dir="auto", class_name="min-w-0 grow py-2 [overflow-wrap:anywhere]"),
            icon_button(
                "arrow_up", phrase(_("Move up: {title}"), title=option.words), size=18,
                on_click=move(quiz.id, question.id, option.id, False),
            ),
            icon_button(
                "arrow_down", phrase(_("Move down: {title}"), title=option.words), size=18,
                on_click=move(quiz.id, question.id, option.id, True),
            ),
            key=option.id,
            class_name="flex items-center gap-2 rounded-control border border-line ps-2",
        )  # fmt: skip

    return rx.el.div(
        rx.el.p(_("Put this in the right order. It is handed in as it stands."), class_name="text-sm text-muted"),
        rx.el.ol(rx.foreach(question.options, one), class_name="grid gap-2"),
        rx.el.p(error_of(LearnState.moved, question.id), role="status", class_name="sr-only"),
        rx.cond(
            question.options[0].chosen == "",
            button(
                _("Leave it in this order"),
                kind="quiet",
                size="sm",
                icon="check",
                on_click=LearnState.quiz_move(quiz.id, question.id, question.options[0].id, False),
                class_name="justify-self-start",
            ),
        ),
        class_name="grid gap-2",
    )


def _pairs(quiz: rx.Var[QuizView], question: rx.Var[QuestionView]) -> rx.Component:
    def one(option: rx.Var[OptionView]) -> rx.Component:
        return rx.el.label(
            rx.el.span(option.words, dir="auto", class_name="min-w-0 self-center [overflow-wrap:anywhere]"),
            rx.el.div(
                rx.el.select(
                    rx.el.option(_("Choose…"), value=""),
                    rx.foreach(question.choices, lambda choice: rx.el.option(choice["label"], value=choice["value"])),
                    name="match", default_value=option.chosen,
                    on_change=lambda value: LearnState.quiz_match(quiz.id, question.id, option.id, value),
                    class_name=f"{CONTROL} h-11 appearance-none pe-10",
                ),
                icon("chevron_down", 18, "pointer-events-none absolute end-3 top-3.5 text-muted"),
                class_name="relative min-w-0",
            ),
            key=option.id,
            class_name="grid gap-x-5 gap-y-1.5 sm:grid-cols-2",
        )  # fmt: skip

    return rx.el.div(rx.foreach(question.options, one), class_name="grid gap-3")


def _typed(quiz: rx.Var[QuizView], question: rx.Var[QuestionView], name: rx.Var) -> rx.Component:
    return rx.el.div(
        autosave(
            text_input(
                "answer", default_value=question.typed, max_length=MAX_TYPED, auto_complete="off",
                input_mode=rx.cond(question.kind == "number", "decimal", "text"),
                aria_label=rx.cond(question.kind == "number", _("Your answer, a number"), _("Your answer")),
                custom_attrs={"aria-describedby": name + "-p"},
            ),
            value=question.typed, on_save=lambda words: LearnState.quiz_write(quiz.id, question.id, words),
            held=LearnState.errors.contains(question.id),
        ),
        class_name="max-w-md",
    )  # fmt: skip


def _written(quiz: rx.Var[QuizView], question: rx.Var[QuestionView], name: rx.Var) -> rx.Component:
    return autosave(
        textarea(
            "answer", rows=6, default_value=question.typed, max_length=MAX_LONG, aria_label=_("Your answer"),
            custom_attrs={"aria-describedby": name + "-p"}, class_name="field-sizing-content min-h-32",
        ),
        value=question.typed, on_save=lambda words: LearnState.quiz_long(quiz.id, question.id, words),
        held=LearnState.errors.contains(question.id), limit=MAX_LONG,
    )  # fmt: skip


def _result(quiz: rx.Var[QuizView]) -> rx.Component:
    passed, failed = (
        notice(quiz.score, kind, title, None)
        for kind, title in (("success", _("Passed")), ("warning", _("Not passed this time")))
    )
    waits = notice(quiz.score, "info", _("Some answers wait to be graded"))
    return rx.el.div(
        rx.el.div(rx.cond(quiz.waiting, waits, rx.cond(quiz.passed, passed, failed)), class_name="tnum"),
        rx.cond(quiz.timed_out, rx.el.p(_("The time was up; your answers were handed in."), class_name="text-sm")),
        rx.cond(quiz.best != "", rx.el.p(quiz.best, class_name="text-sm")),
        rx.cond(quiz.hidden != "", rx.el.p(quiz.hidden, class_name="text-sm text-muted")),
        rx.cond(
            quiz.reviews.length() > 0,
            rx.el.ol(rx.foreach(quiz.reviews, _review), class_name="grid gap-6 border-t border-line pt-5"),
        ),
        _start(quiz, _("Try again")),
        class_name="mt-5 grid gap-4",
    )


def _earlier(one: rx.Var[EarlierView]) -> rx.Component:
    return rx.el.div(
        rx.cond(
            one.reviews.length() > 0,
            disclosure(
                one.title,
                rx.el.ol(rx.foreach(one.reviews, _review), class_name="grid gap-6"),
                aside=one.score,
            ),
            rx.el.p(
                rx.el.span(one.title, class_name="grow font-semibold"),
                rx.el.span(one.score, class_name="tnum text-sm text-muted"),
                class_name="flex min-h-12 items-center gap-2 border-b border-line py-2 ps-6.5",
            ),
        ),
        key=one.number,
    )


def _review(one: rx.Var[ReviewView]) -> rx.Component:
    verdict = rx.match(
        one.tone,
        ("success", rx.el.span(icon("circle_check", 18), one.verdict, class_name=f"{_VERDICT} text-success")),
        ("warning", rx.el.span(icon("circle_dashed", 18), one.verdict, class_name=f"{_VERDICT} text-warning")),
        ("info", rx.el.span(icon("clock", 18), one.verdict, class_name=f"{_VERDICT} text-info")),
        rx.el.span(icon("circle_x", 18), one.verdict, class_name=f"{_VERDICT} text-danger"),
    )
    return rx.el.li(
        rx.el.div(
            rx.el.h3(phrase(_("Question {n}"), n=one.number), class_name="grow text-sm font-semibold text-muted"),
            verdict,
            rx.el.span(one.points, class_name="tnum ms-auto text-sm text-muted"),
            class_name="flex flex-wrap items-center gap-x-4",
        ),
        rx.el.div(custom_attrs=sanitised(one.html), class_name="prose max-w-[65ch]"),
        rx.el.dl(
            rx.cond(one.said != "", _said(_("Your answer"), one.said)),
            rx.cond(one.key != "", _said(_("Right answer"), one.key)),
            class_name="grid gap-1 text-sm",
        ),
        rx.foreach(one.notes, lambda words: rx.el.p(words, class_name="text-sm whitespace-pre-line")),
        key=one.id,
        class_name="grid gap-2",
    )


_VERDICT = "inline-flex items-center gap-1.5 text-sm font-semibold"


def _said(label: str, words: rx.Var) -> rx.Component:
    return rx.el.div(
        rx.el.dt(label, class_name="shrink-0 text-muted sm:w-28"),
        rx.el.dd(words, dir="auto", class_name="min-w-0 font-medium whitespace-pre-line [overflow-wrap:anywhere]"),
        class_name="flex gap-x-4 max-sm:flex-col",
    )
