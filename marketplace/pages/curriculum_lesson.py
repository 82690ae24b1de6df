"""The open lesson of the curriculum builder: its title, its blocks, and what holds for it."""

from __future__ import annotations

import reflex as rx

from marketplace.components.button import button, icon_button
from marketplace.components.field import checkbox, field, text_input
from marketplace.components.icon import icon, spinner
from marketplace.components.link import link
from marketplace.domain.courses.outline import MAX_NAME
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.captions import caption_editor
from marketplace.pages.curriculum_add import add_row
from marketplace.pages.curriculum_assignment import assignment_editor
from marketplace.pages.curriculum_code import code_editor
from marketplace.pages.curriculum_pieces import file_editor, live_editor
from marketplace.pages.curriculum_quiz import quiz_editor
from marketplace.pages.curriculum_rules import lesson_rules
from marketplace.pages.curriculum_text import text_block
from marketplace.pages.studio_parts import error_of
from marketplace.pages.wizard_autosave import autosave
from marketplace.state.curriculum import CurriculumState

PAGES: list[Route] = []
SENDING = "group-has-[[data-video-place]_[role=progressbar]]/lesson"


def lesson_contents(anew: rx.Var) -> rx.Component:
    """The open lesson down to its last block; ``anew`` changes when what was typed must be forgotten."""
    state = CurriculumState
    lesson = state.lesson
    return rx.el.div(
        link(
            icon("arrow_left", 18), _("All lessons"), href=state.href,
            class_name="mb-2 inline-flex min-h-11 items-center gap-2 text-sm font-medium text-muted hover:text-ink lg:hidden",
        ),
        rx.el.p(lesson["section"], class_name="text-sm text-muted"),
        field(
            _("Lesson title"),
            autosave(
                text_input("lesson_title", default_value=lesson["title"], max_length=MAX_NAME, auto_complete="off"),
                value=lesson["title"], on_save=lambda words: state.rename_lesson(lesson["id"], words),
                held=state.errors.contains(lesson["id"]) | state.stale, limit=MAX_NAME,
            ),
            error=error_of(state.errors, lesson["id"].to(str)), required=True,
        ),
        rx.el.div(rx.foreach(state.blocks, _block), class_name="mt-7 grid gap-6 empty:hidden"),
        key="contents-" + lesson["id"].to(str) + anew,
    )  # fmt: skip


def lesson_settings(anew: rx.Var) -> rx.Component:
    """What can be added to the open lesson, and what holds for it."""
    state = CurriculumState
    lesson = state.lesson
    return rx.el.div(
        add_row(),
        rx.el.div(
            checkbox(
                "preview", _("Free preview"), _("Anybody can open this lesson before they buy the course."),
                default_checked=lesson["preview"].to(str) != "", on_change=state.set_preview,
            ),
            rx.cond(
                lesson["has_video"].to(str) != "",
                checkbox(
                    "must_watch", _("Has to be watched"), _("Learners can mark it complete after 90 % of the video."),
                    default_checked=lesson["must_watch"].to(str) != "", on_change=state.set_must_watch,
                ),
            ),
            rx.cond(
                lesson["has_quiz"].to(str) != "",
                checkbox(
                    "must_pass", _("Has to be passed"),
                    _("Learners can mark it complete after they passed what it asks for. Who uses up a quiz's attempts can't."),
                    checked=lesson["must_pass"].to(str) != "", on_change=state.set_must_pass,
                ),
            ),
            class_name="mt-8 grid gap-1 border-t border-line pt-5",
        ),
        lesson_rules(),
        key="settings-" + lesson["id"].to(str) + anew,
        class_name="mt-5",
    )  # fmt: skip


def _block(block: rx.Var) -> rx.Component:
    state = CurriculumState
    name = rx.match(
        block["kind"], ("video", _("Video")), ("quiz", _("Quiz")), ("assignment", _("Assignment")), ("file", _("File")),
        ("code", _("Code exercise")), ("live", _("Live session")), _("Text"),
    )  # fmt: skip
    return rx.el.article(
        rx.el.div(
            rx.el.h2(name, class_name="grow text-base"),
            icon_button("arrow_up", _("Move up"), size=18, on_click=state.step_block(block["id"], False)),
            icon_button("arrow_down", _("Move down"), size=18, on_click=state.step_block(block["id"], True)),
            icon_button("trash_2", _("Remove"), size=18, on_click=state.remove_block(block["id"])),
            class_name="flex items-center gap-1",
        ),
        rx.match(
            block["kind"], ("video", _video(block)), ("quiz", quiz_editor(block)), ("assignment", assignment_editor(block)),
            ("file", file_editor(block)), ("code", code_editor(block)), ("live", live_editor(block)), text_block(block),
        ),
        id=f"block-{block['id']}",
        key=block["id"],
        class_name="grid gap-2",
    )  # fmt: skip


def _video(block: rx.Var) -> rx.Component:
    words = rx.match(
        block["state"],
        ("ready", rx.el.span(block["words"], " · ", block["duration"], " · ", block["size"])),
        ("failed", rx.el.span(block["error"], class_name="text-danger")),
        ("uploading", _unfinished(block)),
        rx.el.span(_("Uploaded. It's being prepared for streaming, which takes a few minutes.")),
    )
    sign = rx.match(
        block["state"],
        ("ready", icon("check", 20, "text-success")),
        ("failed", icon("circle_alert", 20, "text-danger")),
        ("uploading", icon("upload", 20, "text-muted")),
        spinner(20),
    )
    return rx.el.div(
        rx.el.div(
            rx.el.span(sign, class_name="grid size-11 shrink-0 place-items-center rounded-full bg-sunken"),
            rx.el.div(
                rx.el.p(block["name"], class_name="truncate font-semibold"),
                rx.el.p(words, class_name="tnum text-sm text-muted"),
                class_name="min-w-0 grow",
                role="status",
            ),
            class_name="flex items-center gap-4",
        ),
        rx.cond(block["state"] == "ready", _captions(block)),
        class_name="rounded-card border border-line bg-surface p-4",
    )


def _unfinished(block: rx.Var) -> rx.Component:
    """While the uploader of this page sends it, it is on its way; else it was cut off."""
    cut_off = _("Not here completely yet. Choose the same file again to go on.")
    return rx.cond(
        CurriculumState.uploading.get("block", "") == block["id"],
        rx.el.span(
            rx.el.span(_("Uploading…"), class_name=f"hidden {SENDING}:inline"),
            rx.el.span(cut_off, class_name=f"{SENDING}:hidden"),
        ),
        rx.el.span(cut_off),
    )


def _captions(block: rx.Var) -> rx.Component:
    state = CurriculumState
    opened = state.captions_of == block["video_id"]
    return rx.el.div(
        rx.el.div(
            rx.el.span(block["captions"], class_name="min-w-0 grow text-sm text-muted"),
            button(
                rx.cond(opened, _("Close the captions"), _("Captions")), kind="secondary", size="sm", icon="captions",
                aria_expanded=opened, on_click=state.show_captions(block["video_id"]),
            ),
            class_name="flex flex-wrap items-center gap-3",
        ),
        rx.cond(opened, caption_editor(CurriculumState)),
        class_name="mt-4 grid gap-4 border-t border-line pt-3",
    )  # fmt: skip
