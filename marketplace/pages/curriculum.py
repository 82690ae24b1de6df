"""The outline of a course, and beside it the lesson that is being written."""

from __future__ import annotations

import reflex as rx

from marketplace.components.button import button, link_button
from marketplace.components.empty import cannot_open
from marketplace.components.fresh_field import fresh_field
from marketplace.components.icon import icon
from marketplace.components.link import link
from marketplace.components.notice import changed_elsewhere, notice
from marketplace.components.skeleton import skeleton_lines
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.curriculum_add import video_place
from marketplace.pages.curriculum_bulk import bulk_upload
from marketplace.pages.curriculum_history import discard_dialog, tools
from marketplace.pages.curriculum_keep import keep_choice
from marketplace.pages.curriculum_lesson import lesson_contents, lesson_settings
from marketplace.pages.curriculum_outline import outline
from marketplace.pages.curriculum_rules import course_rules
from marketplace.pages.shell import shell
from marketplace.pages.wizard_autosave import save_status
from marketplace.state.curriculum import CurriculumState


def curriculum_page() -> rx.Component:
    state = CurriculumState
    return shell(
        rx.cond(
            state.failure != "",
            cannot_open(_("This course can't be opened"), CurriculumState.failure),
            rx.cond(state.loaded & (state.href != ""), _builder(), _loading()),
        ),
        live=state.loaded,
        tab="studio",
    )


def _loading() -> rx.Component:
    return rx.el.div(rx.el.h1(_("Curriculum"), class_name="mb-6 text-2xl sm:text-3xl"), skeleton_lines(6))


def _builder() -> rx.Component:
    """What "Undo" or another tab's version replaces is made anew by its key; the tools above it, which may have the focus,
    and the uploader, which may be sending, stay as they are."""
    state = CurriculumState
    writing = state.lesson.contains("id")
    anew = state.version.to(str)
    return rx.el.div(
        _head(),
        changed_elsewhere(
            CurriculumState.stale, _("This course was changed in another tab or window."), CurriculumState.reload
        ),
        rx.el.div(_left_out(), class_name="mt-6 empty:hidden"),
        bulk_upload(),
        rx.el.div(
            rx.el.section(
                tools(),
                rx.el.div(outline(), key="outline-" + anew),
                rx.el.div(_for_the_whole(), key="whole-" + anew),
                aria_label=_("Outline"),
                class_name=[rx.cond(writing, "max-lg:hidden", ""), "min-w-0"],
            ),
            rx.el.section(
                rx.cond(writing, lesson_contents(anew), _no_lesson()),
                video_place(writing),
                rx.cond(writing, lesson_settings(anew)),
                aria_label=rx.cond(writing, state.lesson["title"], _("Lesson")),
                class_name=[
                    "group/lesson min-w-0",
                    rx.cond(writing, "", "max-lg:not-has-[[role=progressbar]]:hidden"),
                ],
            ),
            key=state.href,
            class_name="mt-6 grid grid-cols-1 gap-10 lg:grid-cols-[minmax(0,24rem)_minmax(0,1fr)] lg:gap-14",
        ),
        rx.el.p(state.said, aria_live="polite", class_name="sr-only"),
        fresh_field(state.fresh),
        discard_dialog(),
    )


def _head() -> rx.Component:
    state = CurriculumState
    return rx.el.div(
        link(
            icon("arrow_left", 18),
            _("Course details"),
            href=state.wizard_href + "details",
            class_name="inline-flex min-h-11 items-center gap-2 text-sm font-medium text-muted hover:text-ink",
        ),
        rx.el.div(
            rx.el.div(
                rx.el.h1(_("Curriculum"), class_name="text-2xl sm:text-3xl"),
                rx.el.p(
                    rx.el.bdi(rx.cond(state.title != "", state.title, _("Untitled course"))), " · ", state.size,
                    class_name="mt-1 text-muted [overflow-wrap:anywhere]",
                ),
                _ways(),
                class_name="min-w-0",
            ),
            rx.el.div(
                save_status(state.saved_at, state.handled, state.errors.length() > 0, state.stale),
                rx.cond(
                    state.published == "",
                    link_button(_("Continue to price"), state.wizard_href + "price", size="sm"),
                    rx.cond(
                        state.changes.length() > 0,
                        link_button(_("Publish changes"), state.wizard_href + "publish", size="sm"),
                    ),
                ),
                class_name="flex flex-wrap items-center gap-x-5 gap-y-2",
            ),
            class_name="flex flex-wrap items-end justify-between gap-x-8 gap-y-3 border-b border-line pb-5",
        ),
    )  # fmt: skip


def _left_out() -> rx.Component:
    """What an import couldn't bring, until it was read."""
    row = lambda one: rx.el.li(  # noqa: E731
        rx.el.span(one["lesson"], class_name="font-medium"), ": ", one["name"], class_name="[overflow-wrap:anywhere]"
    )
    return rx.cond(
        CurriculumState.left_out.length() > 0,
        notice(
            rx.el.ul(rx.foreach(CurriculumState.left_out, row), class_name="grid max-h-60 gap-1 overflow-y-auto"),
            "warning",
            _("These didn't come along. Add them again."),
            button(_("Got it"), kind="secondary", size="sm", on_click=CurriculumState.left_seen),
        ),
    )


def _ways() -> rx.Component:
    """From the course to those who learn in it, and out of the house."""
    state = CurriculumState
    look = "inline-flex min-h-11 items-center gap-2 text-sm font-medium text-muted hover:text-ink"
    return rx.el.div(
        rx.cond(
            state.learners_href != "",
            link(icon("users", 16), _("Learners"), href=state.learners_href, class_name=look),
        ),
        link(icon("download", 16), _("Download as zip"), href=state.zip_href, document=True, class_name=look),
        link(icon("download", 16), _("SCORM 1.2"), href=state.scorm_href, document=True, class_name=look),
        class_name="mt-1 flex flex-wrap gap-x-6",
    )


def _for_the_whole() -> rx.Component:
    """What holds for every lesson stands below them: it is chosen once, and the lessons are what one comes for."""
    state = CurriculumState
    return rx.cond(
        state.rows.length() > 0,
        rx.el.div(course_rules(), keep_choice(state), class_name="mt-8 grid gap-4 border-t border-line pt-6"),
    )


def _no_lesson() -> rx.Component:
    return rx.cond(
        CurriculumState.rows.length() > 0,
        rx.el.div(
            icon("mouse_pointer_click", 26, "text-muted"),
            rx.el.p(_("Choose a lesson to write it, or add one."), class_name="text-muted"),
            class_name=(
                "grid min-h-60 place-content-center justify-items-center gap-3 self-start lg:sticky lg:top-24 rounded-card border border-dashed "
                "border-line-strong max-lg:hidden"
            ),
        ),
    )


PAGES = [Route("/studio/products/[course_id]/curriculum", curriculum_page, _("Curriculum"), CurriculumState.on_load)]
