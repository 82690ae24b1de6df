"""The dialog "Import a course" of the studio's products."""

from __future__ import annotations

import reflex as rx

from marketplace.components.button import button
from marketplace.components.dialog import dialog, open_dialog
from marketplace.components.field import field_error
from marketplace.components.sentence import sentence
from marketplace.components.uploader import signed_put
from marketplace.domain.courses.zips import MAX_ZIP
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.state.course_import import CourseImportState

PAGES: list[Route] = []

_DIALOG = "import-course"


def import_button() -> rx.Component:
    return button(_("Import a course"), kind="secondary", icon="upload", on_click=open_dialog(_DIALOG))


def import_dialog() -> rx.Component:
    state = CourseImportState
    return dialog(
        rx.el.p(
            _(
                "A zip as “Download as zip” in the curriculum makes it. Or a course of another system: a SCORM 1.2 package, a "
                "Common Cartridge, or what Frappe LMS exports. Its chapters, texts and quizzes become a draft."
            ),
            class_name="mb-4 text-sm text-muted",
        ),
        rx.cond(
            state.known != "",
            _choice(),
            signed_put(
                state.upload_url,
                _("Choose a zip"),
                state.round,
                state.problem,
                accept=".zip",
                max_bytes=MAX_ZIP,
                hint=_("Up to {n} MB. Videos aren't taken over; you are told which to add again.").format(
                    n=MAX_ZIP // 1024**2
                ),
                on_file_chosen=state.chosen,
                on_done=state.uploaded,
                on_failed=state.failed,
                words={"checking": _("Reading the course…")},
            ),
        ),
        id=_DIALOG,
        title=_("Import a course"),
    )


def _choice() -> rx.Component:
    state = CourseImportState
    return rx.el.div(
        rx.el.p(
            *sentence(
                _(
                    "This zip is of a course of yours: {title}. Its draft can become what the zip says, or you get a second"
                    " course. Learners see nothing of it until you publish."
                ),
                title=rx.el.span(state.known, class_name="font-semibold text-ink [overflow-wrap:anywhere]"),
            ),
            class_name="text-muted",
        ),
        rx.el.div(
            button(_("Another file"), kind="quiet", disabled=state.busy, on_click=state.forget),
            button(_("Make a new course"), kind="secondary", disabled=state.busy, on_click=state.take(False)),
            button(_("Replace the draft"), loading=state.busy, on_click=state.take(True)),
            class_name="mt-6 flex flex-col-reverse gap-3 sm:flex-row sm:flex-wrap sm:justify-end",
        ),
        rx.el.div(field_error(state.problem), class_name="mt-3"),
        role="status",
    )
