"""``/studio/grading``: the queue, and the desk: what was handed in, beside it how it is graded."""

from __future__ import annotations

import reflex as rx

from marketplace.components.button import button, link_button
from marketplace.components.card import panel
from marketplace.components.disclosure import disclosure
from marketplace.components.empty import empty_state
from marketplace.components.field import field, field_error, select_input, text_input, textarea
from marketplace.components.icon import icon
from marketplace.components.inner_html import sanitised
from marketplace.components.link import link
from marketplace.components.more import show_more
from marketplace.components.notice import notice
from marketplace.components.page import page_title
from marketplace.components.sentence import phrase
from marketplace.components.skeleton import skeleton_rows
from marketplace.components.tabs import tab_links
from marketplace.components.work import files_of, rubric_table, thread, typed, verdict
from marketplace.domain.assignments.rules import MAX_COMMENT
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.studio_parts import error_of, studio_frame
from marketplace.pages.wizard_autosave import autosave
from marketplace.state.grading import AnswerView, GradingState
from marketplace.state.work_views import CriterionView, GoView, LevelView


def grading_page() -> rx.Component:
    state = GradingState
    return studio_frame(
        "grading",
        rx.cond(
            state.failure != "",
            _missing(),
            rx.cond(
                state.loaded,
                rx.cond(state.open, _desk(), _queue()),
                rx.el.div(page_title(_("Grading")), skeleton_rows(5)),
            ),
        ),
        live=state.loaded,
    )


def _missing() -> rx.Component:
    return rx.el.div(
        rx.el.h1(_("This can't be opened"), class_name="mb-6 text-2xl"),
        empty_state(
            GradingState.failure, "", link_button(_("To the queue"), "/studio/grading", kind="secondary"), icon="file_x"
        ),
    )


def _queue() -> rx.Component:
    state = GradingState
    course = rx.cond(state.course != "", "course=" + state.course, "")
    return rx.el.div(
        page_title(_("Grading")),
        rx.el.div(
            tab_links(
                [
                    ("waiting", _("Waiting"), rx.Var.create("/studio/grading?") + course),
                    ("graded", _("Graded"), rx.Var.create("/studio/grading?show=graded&") + course),
                ],
                state.show, _("What is shown"),
            ),
            rx.el.div(
                select_input(
                    "course", state.course_options, value=state.course, on_change=state.choose_course,
                    aria_label=_("Course"),
                ),
                class_name="w-full sm:w-72",
            ),
            class_name="mb-6 flex flex-wrap items-center justify-between gap-4",
        ),
        rx.cond(
            state.items.length() > 0,
            rx.el.div(
                rx.el.ol(
                    rx.foreach(state.items, _item),
                    class_name="divide-y divide-line overflow-hidden rounded-card border border-line bg-surface",
                ),
                show_more(state.more_key, state.more, "mt-6"),
            ),
            rx.cond(
                state.show == "graded",
                empty_state(_("Nothing was graded yet"), _("What you grade is kept here, with who gave what when."), icon="history"),
                empty_state(
                    _("Nothing waits for you"),
                    _("Assignments and long answers of quizzes come here when learners hand them in, and you get a mail."),
                    icon="circle_check",
                ),
            ),
        ),
    )  # fmt: skip


def _item(row: rx.Var) -> rx.Component:
    return rx.el.li(
        link(
            rx.match(
                row["kind"], ("quiz", icon("list_checks", 20, "mt-0.5 text-accent")), icon("clipboard_pen", 20, "mt-0.5 text-accent")
            ),
            rx.el.span(
                rx.el.span(row["learner"], class_name="block font-semibold"),
                rx.el.span(
                    row["what"], ": ", row["lesson"], " · ", row["course"],
                    class_name="block text-sm text-muted [overflow-wrap:anywhere]",
                ),
                class_name="min-w-0 grow",
            ),
            rx.el.span(
                rx.el.span(row["result"], class_name="block font-semibold empty:hidden"),
                rx.el.span(row["when"], class_name="block text-muted"),
                class_name="tnum shrink-0 text-end text-sm",
            ),
            href=row["href"],
            class_name="flex gap-4 px-5 py-4 transition-colors hover:bg-paper",
        ),
        key=row["id"],
    )  # fmt: skip


def _desk() -> rx.Component:
    state, laid = GradingState, GradingState.desk
    course = rx.cond(state.course != "", "?course=" + state.course, "")
    return rx.el.div(
        link(
            icon("arrow_left", 18), _("Grading"), rx.el.span("· ", state.waiting, class_name="tnum"),
            href=rx.Var.create("/studio/grading") + course,
            class_name="inline-flex min-h-11 items-center gap-2 text-sm font-medium text-muted hover:text-ink",
        ),
        rx.el.div(
            rx.el.h1(laid.learner, class_name="text-2xl [overflow-wrap:anywhere] sm:text-3xl"),
            rx.el.p(
                rx.cond(laid.lesson != "", laid.lesson, _("No longer in the course")), " · ", laid.course,
                class_name="mt-1 text-muted [overflow-wrap:anywhere]",
            ),
            rx.el.p(phrase(_("Handed in {when}"), when=laid.when), " · ", laid.facts, class_name="tnum mt-1 text-sm text-muted"),
            class_name="border-b border-line pb-5",
        ),
        rx.cond(laid.ended != "", rx.el.div(notice(laid.ended, "info"), class_name="mt-5")),
        rx.cond(
            state.errors.contains("late"), rx.el.div(notice(state.errors["late"], "warning"), class_name="mt-5")
        ),
        rx.cond(laid.kind == "quiz", _quiz(), _submission()),
        key=laid.id + state.round.to(str),
    )  # fmt: skip


def _submission() -> rx.Component:
    laid = GradingState.desk
    return rx.el.div(
        rx.el.div(
            rx.foreach(laid.go, _go),
            disclosure(
                _("The assignment"),
                rx.el.div(custom_attrs=sanitised(laid.html), class_name="prose max-w-[65ch] pt-3"),
            ),
            rx.cond(
                laid.older.length() > 0,
                disclosure(
                    _("Other goes of this learner"),
                    rx.el.ol(rx.foreach(laid.older, _go), class_name="grid gap-8 pt-4"),
                ),
            ),
            class_name="grid min-w-0 content-start gap-6",
        ),
        rx.el.div(_grade(), _history(), class_name="grid min-w-0 content-start gap-5 xl:sticky xl:top-24"),
        class_name="mt-6 grid items-start gap-8 xl:grid-cols-[minmax(0,1fr)_minmax(0,26rem)]",
    )


def _go(go: rx.Var[GoView]) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.h2(phrase(_("Handed in {when}"), when=go.when), class_name="text-base"), verdict(go.tone, go.verdict),
            rx.el.span(go.score, class_name="tnum text-sm text-muted empty:hidden"),
            class_name="flex flex-wrap items-center gap-3",
        ),
        typed(go.html),
        _pictures(go),
        files_of(go.others),
        rubric_table(go.criteria),
        thread(go.comments),
        key=go.id,
        class_name="grid gap-4",
    )  # fmt: skip


def _pictures(go: rx.Var[GoView]) -> rx.Component:
    """Large enough to grade by; their places are kept while they load, as what is under them is used meanwhile."""
    return rx.el.div(
        rx.foreach(
            go.pictures,
            lambda file: rx.el.figure(
                rx.el.img(
                    src=file.picture, alt="", custom_attrs={"loading": "lazy"},
                    class_name="aspect-[4/3] w-full rounded-card border border-line bg-sunken object-contain",
                ),
                rx.el.figcaption(
                    link(
                        file.name, href=file.href, document=True,
                        class_name="text-ink underline decoration-line-strong underline-offset-4 [overflow-wrap:anywhere] hover:text-accent",
                    ),
                    " · ", file.size, class_name="tnum mt-1 text-sm text-muted",
                ),
                key=file.id,
                class_name="m-0 min-w-0",
            ),
        ),
        class_name="grid items-start gap-x-3 gap-y-4 empty:hidden sm:grid-cols-2 sm:[&>:only-child]:col-span-2",
    )  # fmt: skip


def _grade() -> rx.Component:
    state, laid = GradingState, GradingState.desk
    return panel(
        rx.cond(
            laid.criteria.length() > 0,
            rx.el.div(rx.foreach(laid.criteria, _criterion), class_name="grid gap-5"),
            field(
                _("Points"),
                autosave(
                    text_input("points", default_value=state.typed_points, input_mode="numeric", auto_complete="off", max_length=5),
                    value=state.typed_points, on_save=state.type_points, delay=200,
                ),
                hint=phrase(_("From 0 to {n}"), n=laid.most), error=error_of(state.errors, "points"), required=True,
            ),
        ),
        rx.cond(
            state.sum != "",
            rx.el.p(
                _("Together"), rx.el.span(state.sum, class_name="font-semibold"), aria_live="polite",
                class_name="tnum mt-4 flex justify-between border-t border-line pt-3",
            ),
        ),
        rx.el.div(
            field(
                _("Comment"),
                autosave(
                    textarea(
                        "comment", rows=3, default_value=state.comment, max_length=MAX_COMMENT,
                        class_name="field-sizing-content",
                    ),
                    value=state.comment, on_save=state.type_comment, delay=300,
                ),
                hint=_("The learner sees it, and can answer."),
                error=rx.cond(
                    state.errors.contains("comment"), state.errors["comment"], error_of(state.errors, "comment:" + laid.id)
                ),
            ),
            class_name="mt-5",
        ),
        # The level that wants choosing may be a screen above the button.
        rx.cond(
            ~state.errors.contains("late") & ~state.errors.contains("comment") & ~state.errors.contains("comment:" + laid.id),
            rx.foreach(state.errors.values(), lambda words: rx.el.p(words, class_name="mt-5 text-sm text-danger")),
        ),
        rx.el.div(
            rx.cond(
                laid.state == "graded",
                button(_("Change grade"), icon="check", on_click=state.give_grade),
                button(_("Give grade"), icon="check", on_click=state.give_grade),
            ),
            rx.cond(
                laid.state == "waiting",
                button(_("Send back"), kind="secondary", icon="undo_2", on_click=state.send_back),
                button(_("Only comment"), kind="secondary", on_click=state.say),
            ),
            class_name="mt-5 flex flex-wrap gap-3",
        ),
        title=_("Grade"),
    )  # fmt: skip


def _criterion(one: rx.Var[CriterionView]) -> rx.Component:
    state = GradingState

    def level(row: rx.Var[LevelView]) -> rx.Component:
        chosen = state.levels.get(one.id, "") == row.id
        return rx.el.label(
            rx.el.input(
                type="radio", name="level-" + one.id, value=row.id, default_checked=chosen,
                on_change=state.choose_level(one.id, row.id), class_name="mt-0.5 size-5 shrink-0 accent-accent",
            ),
            rx.el.span(row.words, class_name="min-w-0 grow [overflow-wrap:anywhere]"),
            rx.el.span(row.points, class_name="tnum shrink-0 text-sm text-muted"),
            key=row.id,
            class_name=(
                "flex min-h-11 cursor-pointer items-start gap-3 rounded-control border border-line px-3 py-2.5 text-sm "
                "transition-colors hover:border-line-strong has-checked:border-accent has-checked:bg-accent-soft"
            ),
        )  # fmt: skip

    return rx.el.fieldset(
        rx.el.legend(one.name, class_name="mb-1.5 text-sm font-semibold [overflow-wrap:anywhere]"),
        rx.el.div(rx.foreach(one.levels, level), class_name="grid gap-1.5"),
        field_error(error_of(state.errors, one.id)),
        key=one.id,
        class_name="m-0 min-w-0 border-0 p-0",
    )


def _history() -> rx.Component:
    return rx.cond(
        GradingState.desk.history.length() > 0,
        panel(
            rx.el.ol(
                rx.foreach(
                    GradingState.desk.history,
                    lambda row: rx.el.li(
                        rx.el.span(row["what"], class_name="font-medium"),
                        rx.el.span(row["who"], " · ", row["when"], class_name="text-muted"),
                        class_name="tnum flex flex-wrap justify-between gap-x-4 py-2 text-sm",
                    ),
                ),
                class_name="divide-y divide-line",
            ),
            title=_("Who gave what"),
        ),
    )


def _quiz() -> rx.Component:
    state, laid = GradingState, GradingState.desk
    return rx.el.div(
        rx.cond(laid.rest != "", rx.el.p(laid.rest, class_name="tnum text-sm text-muted")),
        rx.el.ol(rx.foreach(laid.answers, _answer), class_name="grid gap-6"),
        rx.el.div(
            rx.cond(
                laid.state == "graded",
                button(_("Change grade"), icon="check", on_click=state.give_grade),
                button(_("Give grade"), icon="check", on_click=state.give_grade),
            )
        ),
        _history(),
        class_name="mt-6 grid max-w-[56rem] gap-6",
    )


def _answer(one: rx.Var[AnswerView]) -> rx.Component:
    state = GradingState
    points = autosave(
        text_input("given", default_value=one.given, input_mode="numeric", auto_complete="off", max_length=4),
        value=one.given, on_save=lambda words: state.type_mark(one.id, "given", words), delay=200,
    )  # fmt: skip
    words = autosave(
        textarea("said", rows=2, default_value=one.words, max_length=MAX_COMMENT, class_name="field-sizing-content min-h-11!"),
        value=one.words, on_save=lambda words: state.type_mark(one.id, "words", words), delay=300,
    )  # fmt: skip
    return rx.el.li(
        panel(
            rx.el.h2(phrase(_("Question {n}"), n=one.number), class_name="text-sm font-semibold text-muted"),
            rx.el.div(custom_attrs=sanitised(one.html), class_name="prose mt-1 max-w-[65ch]"),
            rx.el.p(
                one.said,
                class_name=(
                    "mt-4 max-w-[70ch] border-s-2 border-line-strong ps-4 whitespace-pre-line [overflow-wrap:anywhere]"
                ),
            ),
            rx.cond(
                one.note != "",
                rx.el.p(
                    icon("lightbulb", 16, "mt-0.5"), rx.el.span(one.note, class_name="whitespace-pre-line"),
                    class_name="mt-4 flex gap-2 text-sm text-muted",
                ),
            ),
            rx.el.div(
                field(
                    _("Points"), points, hint=phrase(_("From 0 to {n}"), n=one.most),
                    error=error_of(state.errors, one.id + ":points"), required=True, id=rx.Var.create("p-") + one.id,
                ),
                field(
                    _("What you say to it"), words, hint=_("The learner sees it."),
                    error=error_of(state.errors, one.id + ":words"), id=rx.Var.create("s-") + one.id,
                ),
                class_name="mt-5 grid items-start gap-4 sm:grid-cols-[8rem_minmax(0,1fr)]",
            ),
        ),
        key=one.id,
    )  # fmt: skip


PAGES = [Route("/studio/grading", grading_page, _("Grading"), GradingState.on_load)]
