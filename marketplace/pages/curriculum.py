"""The outline of a course, and beside it the lesson that is being written."""

from __future__ import annotations

from typing import Any

import reflex as rx

from marketplace.components.badge import badge
from marketplace.components.button import button, icon_button, link_button
from marketplace.components.dialog import confirm_dialog, open_dialog
from marketplace.components.empty import empty_state
from marketplace.components.field import CONTROL, checkbox, field, field_error, text_input, textarea
from marketplace.components.icon import icon, spinner
from marketplace.components.link import link
from marketplace.components.menu import menu_button, menu_line
from marketplace.components.notice import notice
from marketplace.components.skeleton import skeleton_lines
from marketplace.components.sortable import sortable
from marketplace.components.uploader import tus_uploader
from marketplace.domain.courses.outline import MAX_NAME
from marketplace.domain.courses.service import MAX_TEXT
from marketplace.domain.media.rules import VIDEO_ENDINGS
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.curriculum_quiz import quiz_editor
from marketplace.pages.shell import shell
from marketplace.pages.studio_parts import error_of
from marketplace.pages.wizard_autosave import autosave, save_status
from marketplace.settings import get_settings
from marketplace.state.curriculum import CurriculumState

_DISCARD = "discard-changes"
_CHANGES = "unpublished-changes"
_VIDEO_TYPES = "video/*," + ",".join(f".{ending}" for ending in sorted(VIDEO_ENDINGS))


def curriculum_page() -> rx.Component:
    state = CurriculumState
    return shell(
        rx.cond(state.failure != "", _missing(), rx.cond(state.loaded & (state.href != ""), _builder(), _loading())),
        live=state.loaded,
        tab="studio",
    )


def _missing() -> rx.Component:
    return rx.el.div(
        rx.el.h1(_("This course can't be opened"), class_name="mb-6 text-2xl"),
        empty_state(
            CurriculumState.failure,
            _("It may have been deleted, or it belongs to someone else."),
            link_button(_("Your products"), "/studio/products", kind="secondary"),
            icon="file_x",
        ),
    )


def _loading() -> rx.Component:
    return rx.el.div(rx.el.h1(_("Curriculum"), class_name="mb-6 text-2xl sm:text-3xl"), skeleton_lines(6))


def _builder() -> rx.Component:
    state = CurriculumState
    open_lesson = state.lesson.contains("id")
    return rx.el.div(
        _head(),
        rx.el.div(_stale(), class_name="mt-6 empty:hidden"),
        rx.el.div(
            rx.el.section(
                _tools(),
                _outline(),
                aria_label=_("Outline"),
                class_name=[rx.cond(open_lesson, "max-lg:hidden", ""), "min-w-0"],
            ),
            rx.cond(open_lesson, _lesson(), _no_lesson()),
            class_name="mt-6 grid grid-cols-1 gap-10 lg:grid-cols-[minmax(0,24rem)_minmax(0,1fr)] lg:gap-14",
        ),
        rx.el.p(state.said, aria_live="polite", class_name="sr-only"),
        _discard_dialog(),
        key=state.version.to(str) + state.href,
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
                    rx.cond(state.title != "", state.title, _("Untitled course")), " · ", state.size,
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


def _stale() -> rx.Component:
    return rx.cond(
        CurriculumState.stale,
        notice(
            _("Your last change here was not saved, so that nothing of the other one is lost."),
            "warning",
            _("This course was changed in another tab or window."),
            button(_("Load that version"), kind="secondary", size="sm", on_click=CurriculumState.reload),
        ),
    )


def _tools() -> rx.Component:
    state = CurriculumState
    changed = state.changes.length() > 0
    return rx.el.div(
        rx.el.div(
            button(_("Add section"), kind="secondary", size="sm", icon="plus", on_click=state.add_section),
            button(_("Undo"), kind="quiet", size="sm", icon="undo_2", disabled=~state.can_undo, on_click=state.undo),
            class_name="flex flex-wrap gap-2",
        ),
        rx.cond(
            state.rows.length() > 0,
            checkbox(
                "in_order",
                _("In order"),
                _("Each lesson opens when those before it are complete."),
                default_checked=state.in_order,
                on_change=state.set_in_order,
            ),
        ),
        rx.cond(changed, _changes()),
        rx.cond(state.versions.length() > 1, _versions()),
        class_name="mb-4 grid gap-3",
    )


def _changes() -> rx.Component:
    """What publishing would change for learners."""
    state = CurriculumState
    return rx.el.details(
        rx.el.summary(
            badge(_("Unpublished changes"), "warning"),
            rx.el.span(state.changes.length(), class_name="tnum text-sm text-muted"),
            icon("chevron_down", 16, "ms-auto text-muted transition-transform group-open:rotate-180"),
            class_name="flex min-h-11 cursor-pointer list-none items-center gap-2.5 px-4",
        ),
        rx.el.ul(rx.foreach(state.changes, _change), class_name="grid gap-2 border-t border-line px-4 py-3 text-sm"),
        rx.el.div(
            button(_("Go back to what is published"), kind="quiet", size="sm", on_click=open_dialog(_DISCARD)),
            class_name="border-t border-line px-2 py-1.5",
        ),
        id=_CHANGES,
        class_name="group rounded-card border border-line bg-surface",
    )


def _versions() -> rx.Component:
    """Every version that learners were taught, and the way back to it."""
    state = CurriculumState
    return rx.el.details(
        rx.el.summary(
            icon("history", 18, "text-muted"),
            rx.el.span(_("Versions"), class_name="text-sm font-semibold"),
            rx.el.span(state.versions.length(), class_name="tnum text-sm text-muted"),
            icon("chevron_down", 16, "ms-auto text-muted transition-transform group-open:rotate-180"),
            class_name="flex min-h-11 cursor-pointer list-none items-center gap-2.5 px-4",
        ),
        rx.el.ol(
            rx.foreach(state.versions, _version), class_name="divide-y divide-line border-t border-line px-4 text-sm"
        ),
        class_name="group rounded-card border border-line bg-surface",
    )


def _version(version: rx.Var) -> rx.Component:
    number = version["number"].to(str)
    return rx.el.li(
        rx.el.span(
            rx.el.span(_("Version"), " ", number, class_name="block font-medium"),
            rx.el.span(version["date"], " · ", version["size"], class_name="tnum text-muted"),
            class_name="min-w-0 grow",
        ),
        rx.cond(
            number == CurriculumState.published,
            badge(_("Taught now"), "success"),
            button(
                _("Bring back"),
                kind="secondary",
                size="sm",
                on_click=CurriculumState.bring_back(number),
                aria_label=rx.Var.create(_("Bring back version ")) + number,
            ),
        ),
        class_name="flex items-center gap-3 py-2.5",
    )


def _change(change: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.span(change["words"], class_name="shrink-0 text-muted"),
        rx.el.span(
            change["title"],
            rx.cond(change["was"].to(str) != "", rx.el.span(" (", change["was"], ")", class_name="text-muted")),
            class_name="min-w-0 font-medium [overflow-wrap:anywhere]",
        ),
        class_name="flex flex-wrap gap-x-2.5",
    )


def _discard_dialog() -> rx.Component:
    return confirm_dialog(
        _DISCARD,
        _("Go back to what is published?"),
        _("The outline becomes what learners see now. “Undo” brings your changes back while this page is open."),
        _("Go back"),
        CurriculumState.discard,
    )


def _outline() -> rx.Component:
    state = CurriculumState
    return rx.cond(
        state.rows.length() > 0,
        sortable(rx.el.ol(rx.foreach(state.rows, _row), class_name="grid"), on_drop=state.drop, on_step=state.step),
        empty_state(
            _("Start with a section"),
            _("Sections are the chapters of the course. Lessons go into them; you can move everything later."),
            button(_("Add section"), icon="plus", on_click=state.add_section),
            icon="list_tree",
        ),
    )


def _row(row: rx.Var) -> rx.Component:
    return rx.match(row["kind"], ("section", _section_row(row)), ("lesson", _lesson_row(row)), _add_row(row))


def _grip(row: rx.Var) -> rx.Component:
    return rx.el.button(
        icon("grip_vertical", 18),
        type="button",
        aria_label=rx.Var.create(_("Move: ")) + row["title"].to(str),
        title=_("Drag, or use the arrow keys"),
        custom_attrs={"data-grip": "true"},
        class_name=(
            "grid h-11 w-7 shrink-0 cursor-grab touch-none place-items-center rounded-control text-muted/70 hover:text-ink "
            "active:cursor-grabbing"
        ),
    )


def _menu(row: rx.Var, *more: Any) -> rx.Component:
    state = CurriculumState
    menu_id = rx.Var.create("part-") + row["id"].to(str)
    return rx.el.span(
        icon_button(
            "ellipsis", rx.Var.create(_("Actions for ")) + row["title"].to(str), size=18,
            custom_attrs={"popoverTarget": menu_id},
        ),
        rx.el.nav(
            menu_button(_("Move up"), "arrow_up", on_click=state.step(row["id"], False)),
            menu_button(_("Move down"), "arrow_down", on_click=state.step(row["id"], True)),
            menu_line(),
            menu_button(_("Remove"), "trash_2", on_click=state.remove(row["id"])),
            id=menu_id, aria_label=_("Actions"), custom_attrs={"popover": "auto"}, class_name="menu text-start",
        ),
    )  # fmt: skip


def _section_row(row: rx.Var) -> rx.Component:
    state = CurriculumState
    wrong = error_of(state.errors, row["id"])
    return rx.el.li(
        rx.el.div(
            _grip(row),
            rx.el.div(
                autosave(
                    rx.el.input(
                        name="section", default_value=row["title"], max_length=MAX_NAME, auto_complete="off",
                        aria_label=_("Name of the section"),
                        class_name=(
                            "h-11 w-full min-w-0 rounded-control border border-transparent bg-transparent px-2 font-display "
                            "text-lg font-semibold hover:border-line-strong focus-visible:bg-surface"
                        ),
                    ),
                    value=row["title"], on_save=lambda words: state.rename_section(row["id"], words),
                    held=state.errors.contains(row["id"]) | state.stale,
                ),
                class_name="min-w-0 grow",
            ),
            _menu(row),
            class_name="flex items-center gap-1",
        ),
        field_error(wrong),
        key=row["id"],
        custom_attrs={"data-row": row["id"]},
        class_name="mt-5 first:mt-0 data-dragging:opacity-50",
    )  # fmt: skip


def _lesson_row(row: rx.Var) -> rx.Component:
    state = CurriculumState
    here = state.lesson.get("id", "") == row["id"]
    return rx.el.li(
        _grip(row),
        link(
            rx.match(
                row["icon"],
                ("play", icon("circle_play", 18, "text-accent")),
                ("text", icon("file_text", 18, "text-accent")),
                ("quiz", icon("list_checks", 18, "text-accent")),
                icon("circle_dashed", 18, "text-muted"),
            ),
            rx.el.span(
                rx.el.span(row["title"], class_name="line-clamp-2 font-medium [overflow-wrap:anywhere]"),
                rx.el.span(row["meta"], class_name="tnum block text-xs text-muted empty:hidden"),
                class_name="min-w-0 grow",
            ),
            href=state.href + "?lesson=" + row["id"].to(str),
            aria_current=rx.cond(here, "page", "false"),
            class_name=[
                "flex min-h-11 min-w-0 grow items-center gap-3 rounded-control px-2 py-1.5 hover:bg-sunken",
                rx.cond(here, "bg-sunken", ""),
            ],
        ),
        _menu(row),
        key=row["id"],
        custom_attrs={"data-row": row["id"]},
        class_name="flex items-center gap-1 data-dragging:opacity-50",
    )


def _add_row(row: rx.Var) -> rx.Component:
    state = CurriculumState
    wrong = error_of(state.errors, row["id"])
    return rx.el.li(
        rx.el.form(
            rx.el.input(type="hidden", name="section", value=row["id"]),
            rx.el.label(
                rx.Var.create(_("New lesson in ")) + row["title"].to(str), html_for="add-" + row["id"].to(str),
                class_name="sr-only",
            ),
            rx.el.input(
                id="add-" + row["id"].to(str), name="title", placeholder=_("Add a lesson"), max_length=MAX_NAME,
                auto_complete="off", required=True,
                class_name=f"{CONTROL} h-10 border-dashed text-sm",
            ),
            button(_("Add"), kind="secondary", size="sm", type="submit"),
            on_submit=state.add_lesson,
            reset_on_submit=True,
            class_name="flex items-center gap-2 ps-8",
        ),
        rx.el.div(field_error(wrong), class_name="ps-8 pt-1 empty:hidden"),
        key="add-" + row["id"].to(str),
        custom_attrs={"data-row": "add-" + row["id"].to(str), "data-before": row["before"]},
        class_name="mt-1.5",
    )  # fmt: skip


def _no_lesson() -> rx.Component:
    return rx.cond(
        CurriculumState.rows.length() > 0,
        rx.el.div(
            icon("mouse_pointer_click", 26, "text-muted"),
            rx.el.p(_("Choose a lesson to write it, or add one."), class_name="text-muted"),
            class_name=(
                "grid min-h-60 place-content-center justify-items-center gap-3 rounded-card border border-dashed "
                "border-line-strong max-lg:hidden"
            ),
        ),
    )


def _lesson() -> rx.Component:
    state = CurriculumState
    lesson = state.lesson
    return rx.el.section(
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
        rx.el.div(_upload(), _add_text(), class_name="mt-6 grid gap-4"),
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
                    _("Learners can mark it complete after they passed the quiz. Who uses up the attempts can't."),
                    checked=lesson["must_pass"].to(str) != "", on_change=state.set_must_pass,
                ),
            ),
            class_name="mt-8 grid gap-1 border-t border-line pt-5",
        ),
        rx.cond(lesson["preview"].to(str) == "", _opening()),
        aria_label=lesson["title"],
        key=lesson["id"],
        class_name="min-w-0",
    )  # fmt: skip


def _opening() -> rx.Component:
    """When the lesson opens to those who have the course."""
    state = CurriculumState
    lesson = state.lesson
    return rx.el.div(
        field(
            _("Opens after days"),
            autosave(
                text_input("after_days", default_value=lesson["after_days"], input_mode="numeric", max_length=4, auto_complete="off"),
                value=lesson["after_days"], on_save=state.set_after_days,
                held=state.errors.contains("after_days") | state.stale,
            ),
            hint=_("Counted from when a learner gets the course."),
            error=error_of(state.errors, "after_days"),
        ),
        field(
            _("Not before"),
            autosave(
                text_input("opens_at", type="date", default_value=lesson["opens_at"]),
                value=lesson["opens_at"], on_save=state.set_opens_at,
                held=state.errors.contains("opens_at") | state.stale,
            ),
            hint=_("The same day for everybody."),
            error=error_of(state.errors, "opens_at"),
        ),
        class_name="mt-5 grid items-start gap-5 sm:grid-cols-2",
    )  # fmt: skip


def _block(block: rx.Var) -> rx.Component:
    state = CurriculumState
    name = rx.match(block["kind"], ("video", _("Video")), ("quiz", _("Quiz")), _("Text"))
    return rx.el.article(
        rx.el.div(
            rx.el.h2(name, class_name="grow text-base"),
            icon_button("arrow_up", _("Move up"), size=18, on_click=state.step_block(block["id"], False)),
            icon_button("arrow_down", _("Move down"), size=18, on_click=state.step_block(block["id"], True)),
            icon_button("trash_2", _("Remove"), size=18, on_click=state.remove_block(block["id"])),
            class_name="flex items-center gap-1",
        ),
        rx.match(block["kind"], ("video", _video(block)), ("quiz", quiz_editor(block)), _text(block)),
        key=block["id"],
        class_name="grid gap-2",
    )


def _text(block: rx.Var) -> rx.Component:
    state = CurriculumState
    return rx.el.div(
        autosave(
            textarea(
                "text", rows=10, default_value=block["md"], max_length=MAX_TEXT, aria_label=_("Text of the lesson"),
                class_name="field-sizing-content min-h-48",
            ),
            value=block["md"], on_save=lambda words: state.write(block["id"], words),
            held=state.errors.contains(block["id"]) | state.stale, limit=MAX_TEXT,
        ),
        rx.el.p(_("Markdown: **bold**, *italic*, ## heading, - list, > quote, ```code```"), class_name="text-xs text-muted"),
        field_error(error_of(state.errors, block["id"].to(str))),
        class_name="grid gap-1.5",
    )  # fmt: skip


def _video(block: rx.Var) -> rx.Component:
    words = rx.match(
        block["state"],
        ("ready", rx.el.span(block["words"], " · ", block["duration"], " · ", block["size"])),
        ("failed", rx.el.span(block["error"], class_name="text-danger")),
        ("uploading", rx.el.span(_("Not here completely yet. Choose the same file again to go on."))),
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
        rx.el.span(sign, class_name="grid size-11 shrink-0 place-items-center rounded-full bg-sunken"),
        rx.el.div(
            rx.el.p(block["name"], class_name="truncate font-semibold"),
            rx.el.p(words, class_name="tnum text-sm text-muted"),
            class_name="min-w-0 grow",
            role="status",
        ),
        class_name="flex items-center gap-4 rounded-card border border-line bg-surface p-4",
    )


def _upload() -> rx.Component:
    state = CurriculumState
    limit = get_settings().upload_max_bytes
    return rx.el.div(
        tus_uploader(
            state.video_upload_url,
            _("Add a video"),
            accept=_VIDEO_TYPES,
            max_bytes=limit,
            hint=_("MP4 or MOV are best, up to {n} GB.").format(n=limit // 1024**3),
            on_file_chosen=state.video_chosen,
            on_done=state.video_uploaded,
            on_failed=state.video_failed,
            on_cancel=state.video_cancelled,
            key="video-" + state.video_round.to(str),
        ),
        field_error(state.video_problem),
        class_name="grid gap-2 [&_label]:py-5",
    )


def _add_text() -> rx.Component:
    return rx.el.div(
        button(_("Add text"), kind="secondary", icon="file_text", on_click=CurriculumState.add_text),
        button(_("Add a quiz"), kind="secondary", icon="list_checks", on_click=CurriculumState.add_quiz),
        class_name="flex flex-wrap gap-3",
    )


PAGES = [Route("/studio/products/[course_id]/curriculum", curriculum_page, _("Curriculum"), CurriculumState.on_load)]
