"""The parts of the wizard that take files: cover, video, captions. Bytes go straight to where they live."""

from __future__ import annotations

import reflex as rx

from marketplace.components.button import button, link_button
from marketplace.components.dialog import confirm_dialog, open_dialog
from marketplace.components.icon import icon, spinner
from marketplace.components.notice import notice
from marketplace.components.uploader import signed_put, tus_uploader
from marketplace.domain.media.rules import MAX_IMAGE_BYTES, VIDEO_ENDINGS
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.captions import caption_editor
from marketplace.pages.wizard_steps import step_head
from marketplace.settings import get_settings
from marketplace.state.wizard import WizardState

PAGES: list[Route] = []

_REMOVE_DIALOG = "remove-video"
_VIDEO_TYPES = "video/*," + ",".join(f".{ending}" for ending in sorted(VIDEO_ENDINGS))


def _problem(text: rx.Var) -> rx.Component:
    return rx.cond(
        text != "",
        rx.el.p(icon("circle_alert", 16, "mt-0.5"), text, role="alert", class_name="flex gap-1.5 text-sm text-danger"),
    )


def cover_field() -> rx.Component:
    has = WizardState.cover.contains("src")
    return rx.el.div(
        rx.el.p(_("Cover"), class_name="text-sm font-semibold"),
        rx.el.p(
            _("A picture of the work, wide rather than tall. No words in it: the title stands beside it."),
            class_name="text-sm text-muted",
        ),
        rx.el.div(
            rx.cond(has, _cover_picture()),
            rx.el.div(
                signed_put(
                    WizardState.cover_upload_url,
                    rx.cond(has, _("Replace the cover"), _("Add a cover")),
                    WizardState.cover_round,
                    WizardState.cover_problem,
                    accept="image/png,image/jpeg,image/webp,image/avif",
                    max_bytes=MAX_IMAGE_BYTES,
                    hint=_("PNG, JPEG, WebP or AVIF, up to 12 MB. You can also paste a picture."),
                    on_file_chosen=WizardState.cover_chosen,
                    on_done=WizardState.cover_uploaded,
                    on_failed=WizardState.cover_failed,
                    words={"checking": _("Making the sizes for every screen…")},
                ),
                class_name="min-w-0 grow [&_label]:py-6",
            ),
            class_name=["grid items-stretch gap-4", rx.cond(has, "sm:grid-cols-2", "")],
        ),
        class_name="grid gap-1.5",
    )


def _cover_picture() -> rx.Component:
    return rx.el.img(
        src=WizardState.cover["src"],
        alt=_("Your cover"),
        style={"backgroundColor": WizardState.cover["color"]},
        class_name="aspect-video w-full rounded-card object-cover",
    )


def video_step() -> rx.Component:
    return rx.el.div(
        step_head(_("Video"), _("Only people who have the lesson can watch it, and only here.")),
        rx.el.div(_video(), _captions(), class_name="grid grid-cols-1 gap-10"),
        _remove_dialog(),
    )


def curriculum_step() -> rx.Component:
    """Of a course, in the place of the video."""
    curriculum = WizardState.curriculum
    empty = curriculum.get("size", "") == ""
    return rx.el.div(
        step_head(_("Curriculum"), _("Sections and lessons, in the order in which they are taught.")),
        rx.el.div(
            icon("list_tree", 24, "text-accent"),
            rx.el.div(
                rx.el.p(
                    rx.cond(empty, _("No lessons yet"), curriculum.get("size", "")),
                    rx.cond(curriculum.get("duration", "") != "", " · " + curriculum["duration"].to(str), ""),
                    class_name="tnum font-semibold",
                ),
                rx.cond(
                    curriculum.get("changes", "") != "",
                    rx.el.p(
                        _("Learners see the older version until you publish the changes."),
                        class_name="text-sm text-muted",
                    ),
                ),
                class_name="min-w-0 grow",
            ),
            link_button(
                rx.cond(empty, _("Build the curriculum"), _("Edit the curriculum")), curriculum.get("href", "")
            ),
            class_name="flex flex-wrap items-center gap-4 rounded-card border border-line bg-surface p-5",
        ),
    )


def _video() -> rx.Component:
    return rx.match(
        WizardState.video_state,
        ("transcoding", _file_panel(spinner(20), _preparing_words(), "bg-info-soft text-info")),
        ("ready", _file_panel(icon("check", 20), _ready_words(), "bg-success-soft text-success")),
        _upload(),
    )


def _upload() -> rx.Component:
    limit = get_settings().upload_max_bytes
    return rx.el.div(
        rx.cond(WizardState.video_state == "failed", _failed_notice()),
        rx.cond(WizardState.video_state == "uploading", _unfinished_notice()),
        tus_uploader(
            WizardState.video_upload_url,
            _("Add the lesson's video"),
            accept=_VIDEO_TYPES,
            max_bytes=limit,
            hint=_("MP4 or MOV are best, up to {n} GB. You can go on with the other steps while it uploads.").format(
                n=limit // 1024**3
            ),
            on_file_chosen=WizardState.video_chosen,
            on_done=WizardState.video_uploaded,
            on_failed=WizardState.video_failed,
            on_cancel=WizardState.remove_video,
            key="video-" + WizardState.video_round.to(str),
        ),
        _problem(WizardState.video_problem),
        class_name="group grid gap-4",
    )


def _failed_notice() -> rx.Component:
    text = rx.el.span(
        rx.el.span(WizardState.video["name"], class_name="font-semibold"), ": ", WizardState.video["error"]
    )
    return notice(text, "error")


def _unfinished_notice() -> rx.Component:
    """Stands back while this page itself uploads."""
    return rx.el.div(
        notice(
            rx.el.span(
                rx.el.span(WizardState.video["name"], class_name="font-semibold"),
                " ",
                _("didn't arrive completely. Choose the same file again: it goes on where it stopped."),
            ),
            "warning",
            action=button(_("Discard it"), kind="secondary", size="sm", on_click=WizardState.remove_video),
        ),
        class_name="group-has-[[role=progressbar]]:hidden",
    )


def _file_panel(mark: rx.Component, words: rx.Component, tone: str) -> rx.Component:
    return rx.el.div(
        rx.el.span(mark, class_name=f"grid size-11 shrink-0 place-items-center rounded-full {tone}"),
        rx.el.div(
            rx.el.p(WizardState.video["name"], class_name="truncate font-semibold"),
            words,
            class_name="min-w-0 grow",
            role="status",
        ),
        button(_("Remove or replace"), kind="secondary", size="sm", on_click=open_dialog(_REMOVE_DIALOG)),
        class_name="flex flex-wrap items-center gap-4 rounded-card border border-line bg-surface p-5",
    )


def _preparing_words() -> rx.Component:
    return rx.el.p(
        _("Uploaded. It's being prepared for streaming, which takes a few minutes; you can go on or come back later."),
        class_name="text-sm text-muted",
    )


def _ready_words() -> rx.Component:
    return rx.el.p(
        rx.el.span(WizardState.video["words"], class_name="font-semibold text-success"),
        " · ", WizardState.video["duration"], " · ", WizardState.video["size"],
        class_name="tnum text-sm text-muted",
    )  # fmt: skip


def _remove_dialog() -> rx.Component:
    return confirm_dialog(
        _REMOVE_DIALOG,
        _("Remove this video?"),
        _(
            "You can then upload another one. If the lesson is in the shop, buyers keep the present video until you publish the changes."
        ),
        _("Remove video"),
        WizardState.remove_video,
        cancel=_("Keep it"),
    )


def _captions() -> rx.Component:
    return rx.el.section(
        rx.el.h3(_("Captions"), class_name="text-lg"),
        rx.el.p(
            _("For people who can't hear it, or are on a train. A .vtt or .srt file for each language."),
            class_name="mt-1 mb-4 text-muted",
        ),
        rx.cond(
            WizardState.video_state != "",
            caption_editor(WizardState),
            rx.el.p(_("Add the video first."), class_name="text-sm text-muted"),
        ),
    )
