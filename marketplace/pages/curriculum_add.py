"""What can be added to a lesson: a video, and a row of buttons for the rest."""

from __future__ import annotations

from typing import Any, NamedTuple

import reflex as rx

from marketplace.components.button import button
from marketplace.components.field import field_error
from marketplace.components.icon import icon
from marketplace.components.sentence import phrase
from marketplace.components.uploader import signed_put, tus_uploader
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.curriculum_bulk import VIDEO_TYPES
from marketplace.settings import get_settings
from marketplace.state.curriculum import CurriculumState

PAGES: list[Route] = []
_ZONE = rx.Var("Intl.DateTimeFormat().resolvedOptions().timeZone", _var_type=str)


class Addable(NamedTuple):
    """``label`` on the button, ``name`` for those who hear it alone."""

    kind: str
    label: str
    name: str
    icon: str
    on_click: Any


def addables() -> list[Addable]:
    state = CurriculumState
    return [
        Addable("text", _("Text"), _("Add text"), "file_text", state.add_text),
        Addable("quiz", _("Quiz"), _("Add a quiz"), "list_checks", state.add_quiz),
        Addable("assignment", _("Assignment"), _("Add an assignment"), "clipboard_pen", state.add_assignment),
        Addable("file", _("File"), _("Add a file"), "paperclip", state.choose_file),
        Addable("code", _("Code exercise"), _("Add a code exercise"), "code_xml", state.add_exercise),
        Addable("live", _("Live session"), _("Add a live session"), "radio", state.add_live(_ZONE)),
    ]


def add_row() -> rx.Component:
    return rx.el.div(
        rx.el.p(_("Add to this lesson"), class_name="text-sm font-semibold"),
        rx.el.div(
            *[
                button(
                    one.label, kind="secondary", icon=one.icon, on_click=one.on_click, aria_label=one.name,
                    custom_attrs={"data-add": one.kind},
                )
                for one in addables()
            ],
            class_name="flex flex-wrap gap-2",
        ),
        rx.cond(CurriculumState.adding_file, _file_place()),
        class_name="grid gap-2",
    )  # fmt: skip


def _file_place() -> rx.Component:
    state = CurriculumState
    settings = get_settings()
    return rx.el.div(
        signed_put(
            state.file_upload_url,
            _("File for this lesson"),
            state.file_answered,
            state.file_refusal,
            accept=",".join(f".{ending}" for ending in settings.file_endings),
            max_bytes=settings.file_max_bytes,
            hint=_(
                "PDF, zip, pictures, sound, spreadsheets, patterns…, up to {n} MB. Only learners can download it."
            ).format(n=settings.file_max_bytes // 1024**2),
            on_file_chosen=state.file_chosen,
            on_done=state.file_uploaded,
            on_failed=state.file_failed,
        ),
        class_name="mt-1 [&_label]:py-5",
    )


def video_place(writing: rx.Var[bool]) -> rx.Component:
    """Stays as it is when another lesson is opened, or none: what is on its way goes on."""
    state = CurriculumState
    limit = get_settings().upload_max_bytes
    elsewhere = state.uploading.contains("lesson") & (state.uploading.get("lesson", "") != state.lesson.get("id", ""))
    return rx.el.div(
        rx.cond(
            elsewhere,
            rx.el.p(
                phrase(_("This video goes to “{title}”."), title=state.uploading["title"]),
                class_name="hidden text-sm text-muted group-has-[[role=progressbar]]/video:block",
            ),
        ),
        tus_uploader(
            state.video_upload_url,
            _("Add a video"),
            accept=VIDEO_TYPES,
            max_bytes=limit,
            hint=_("MP4 or MOV are best, up to {n} GB.").format(n=limit // 1024**3),
            on_file_chosen=state.video_chosen,
            on_done=state.video_uploaded,
            on_failed=state.video_failed,
            on_cancel=state.video_cancelled,
            key="video-" + state.video_round.to(str),
        ),
        field_error(state.video_problem),
        custom_attrs={"data-video-place": "true"},
        class_name=[
            "group/video mt-6 gap-2 [&_label]:py-5",
            rx.cond(writing, "grid", "hidden has-[[role=progressbar]]:grid"),
        ],
    )


def lesson_sign(kind: rx.Var) -> rx.Component:
    """What is in a lesson, as its icon."""
    return rx.match(
        kind,
        ("video", icon("circle_play", 18, "text-accent")),
        ("text", icon("file_text", 18, "text-accent")),
        ("quiz", icon("list_checks", 18, "text-accent")),
        ("assignment", icon("clipboard_pen", 18, "text-accent")),
        ("file", icon("paperclip", 18, "text-accent")),
        ("code", icon("code_xml", 18, "text-accent")),
        ("live", icon("radio", 18, "text-accent")),
        icon("circle_dashed", 18, "text-muted"),
    )
