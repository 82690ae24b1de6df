"""An assignment in the player: what is to be done, the draft, how it stands, and what was said."""

from __future__ import annotations

import reflex as rx

from marketplace.components.badge import badge
from marketplace.components.button import button, icon_button
from marketplace.components.disclosure import disclosure
from marketplace.components.field import field, field_error, textarea
from marketplace.components.follow import follow
from marketplace.components.inner_html import sanitised
from marketplace.components.notice import notice
from marketplace.components.sentence import phrase
from marketplace.components.uploader import signed_put
from marketplace.components.work import files_of, rubric_table, thread, typed, verdict
from marketplace.domain.assignments.rules import MAX_COMMENT, MAX_TEXT
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.studio_parts import error_of
from marketplace.pages.wizard_autosave import autosave, save_status
from marketplace.state.learn import LearnState
from marketplace.state.work_views import AssignmentView, GoView

PAGES: list[Route] = []


def assignment_block(block: rx.Var) -> rx.Component:
    known = LearnState.assignments.contains(block["id"])
    made = LearnState.assignments[block["id"]]
    return rx.cond(
        known, follow(_assignment(made), stage=made.stage, class_name="scroll-mt-24 rounded-card outline-none")
    )


def _assignment(made: rx.Var[AssignmentView]) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(_("Assignment"), id="work-" + made.id, class_name="text-lg"),
            rx.cond(made.passed, badge(_("Passed"), "success", "check")),
            class_name="flex flex-wrap items-center gap-3",
        ),
        rx.el.p(made.facts, class_name="tnum mt-1 text-sm text-muted"),
        rx.el.div(custom_attrs=sanitised(made.html), class_name="prose mt-4 max-w-[65ch]"),
        rx.cond(
            (made.criteria.length() > 0) & (made.stage != "graded"),
            rx.el.div(
                disclosure(_("How it is graded"), rx.el.div(rubric_table(made.criteria), class_name="pt-4")),
                class_name="mt-4",
            ),
        ),
        rx.match(
            made.stage,
            ("draft", _draft(made)),
            (
                "locked",
                rx.el.p(_("You can do the assignment when you have the course."), class_name="mt-4 text-sm"),
            ),
            _handed_in(made),
        ),
        rx.cond(
            made.older.length() > 0,
            rx.el.div(
                disclosure(
                    _("Handed in before"),
                    rx.el.ol(rx.foreach(made.older, _go), class_name="grid gap-8 pt-4"),
                ),
                class_name="mt-6 border-t border-line pt-4",
            ),
        ),
        aria_labelledby="work-" + made.id,
        class_name="rounded-card border border-line bg-surface p-5 sm:p-7",
    )  # fmt: skip


def _draft(made: rx.Var[AssignmentView]) -> rx.Component:
    state, place = LearnState, "work:" + made.id
    wrong = error_of(state.errors, place)
    return rx.el.div(
        rx.cond(
            made.stale,
            notice(
                _("Your last change here was not saved, so that nothing of the other one is lost. Copy it first if you want to keep it."), "warning",
                _("You went on with this in another tab or on another device."),
                button(_("Load that version"), kind="secondary", size="sm", on_click=state.work_reload),
            ),
        ),
        rx.cond(
            made.takes_words,
            field(
                _("Your text"),
                autosave(
                    textarea(
                        "work", rows=8, default_value=made.words, max_length=MAX_TEXT,
                        class_name="field-sizing-content min-h-40",
                    ),
                    value=made.words, on_save=lambda words: state.work_write(made.id, words),
                    held=state.errors.contains(place) | made.stale, limit=MAX_TEXT,
                ),
                required=True, error=wrong, id=rx.Var.create("w-") + made.id,
            ),
            field_error(wrong),
        ),
        rx.cond(made.takes_files, _files(made)),
        rx.el.div(
            button(_("Hand in"), icon="check", on_click=state.work_hand_in(made.id), disabled=made.stale),
            save_status(state.saved_at, state.handled, state.errors.length() > 0, made.stale),
            rx.el.p(_("You can close this page and go on later: your draft is kept."), class_name="text-sm text-muted"),
            class_name="flex flex-wrap items-center gap-x-5 gap-y-2 border-t border-line pt-5",
        ),
        class_name="mt-6 grid gap-5",
    )  # fmt: skip


def _files(made: rx.Var[AssignmentView]) -> rx.Component:
    state = LearnState
    mine = state.work_block == made.id

    def remove(row: rx.Var) -> rx.Component:
        return icon_button(
            "trash_2",
            phrase(_("Remove: {title}"), title=row.name),
            size=18,
            on_click=state.work_file_remove(made.id, row.id),
        )

    return rx.el.div(
        rx.el.p(_("Your files"), class_name="text-sm font-semibold"),
        files_of(made.files, remove),
        rx.cond(
            made.room,
            rx.el.div(
                signed_put(
                    rx.cond(mine, state.work_url, ""), _("Add a file"), state.work_round, state.work_problem,
                    accept=made.accept, max_bytes=made.megabytes * 1024 * 1024, hint=made.limits,
                    on_file_chosen=lambda name, size, mime: state.work_file_chosen(made.id, name, size, mime),
                    on_done=state.work_file_uploaded, on_failed=state.work_file_failed,
                ),
                class_name="[&_label]:py-5",
            ),
            rx.el.p(_("That is as many files as can be handed in. Remove one to add another."), class_name="text-sm text-muted"),
        ),
        class_name="grid gap-2",
    )  # fmt: skip


def _handed_in(made: rx.Var[AssignmentView]) -> rx.Component:
    words = rx.match(
        made.stage,
        (
            "waiting",
            notice(
                _("It waits to be graded. You'll get a mail; you can write a comment meanwhile."),
                "info",
                _("Handed in"),
            ),
        ),
        (
            "sent_back",
            notice(_("Read what was said below, change it, and hand it in again."), "warning", _("Sent back")),
        ),
        rx.cond(
            made.last[0].tone == "success",
            notice(made.score, "success", _("Passed")),
            notice(made.score, "warning", _("Not passed this time")),
        ),
    )
    return rx.el.div(
        words,
        rx.cond(
            made.again,
            rx.el.div(
                rx.cond(
                    made.stage == "sent_back",
                    button(_("Work on it again"), icon="pencil", on_click=LearnState.work_begin(made.id)),
                    button(_("Hand in again"), kind="secondary", icon="pencil", on_click=LearnState.work_begin(made.id)),
                ),
                rx.cond((made.tries != "") & (made.stage == "graded"), rx.el.span(made.tries, class_name="tnum text-sm text-muted")),
                class_name="flex flex-wrap items-center gap-4",
            ),
        ),
        rx.el.ol(rx.foreach(made.last, _go), class_name="grid"),
        class_name="tnum mt-5 grid gap-5",
    )  # fmt: skip


def _go(go: rx.Var[GoView]) -> rx.Component:
    """One go: what was handed in, what was given for it, what was said."""
    return rx.el.li(
        rx.el.div(
            rx.el.h3(phrase(_("Handed in {when}"), when=go.when), class_name="text-sm font-semibold"),
            verdict(go.tone, go.verdict),
            rx.el.span(go.score, class_name="tnum text-sm text-muted empty:hidden"),
            class_name="flex flex-wrap items-center gap-3",
        ),
        typed(go.html),
        files_of(go.files),
        rubric_table(go.criteria),
        thread(go.comments),
        _say(go),
        key=go.id,
        class_name="grid gap-4",
    )


def _say(go: rx.Var[GoView]) -> rx.Component:
    state = LearnState
    return rx.el.form(
        rx.el.input(type="hidden", name="go", value=go.id),
        field(
            _("Write a comment"),
            textarea("words", rows=2, max_length=MAX_COMMENT, class_name="field-sizing-content min-h-11!"),
            error=error_of(state.errors, "comment:" + go.id), required=True, id=rx.Var.create("c-") + go.id,
        ),
        rx.el.div(button(_("Send comment"), kind="secondary", size="sm", type="submit")),
        on_submit=state.work_comment,
        reset_on_submit=True,
        class_name="grid max-w-[60ch] gap-2",
    )  # fmt: skip
