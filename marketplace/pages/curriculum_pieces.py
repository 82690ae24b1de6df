"""A file and a live session as their creator describes them."""

from __future__ import annotations

from typing import Any

import reflex as rx

from marketplace.components.field import checkbox, field, text_input, textarea
from marketplace.components.icon import icon
from marketplace.components.sentence import phrase
from marketplace.domain.courses import live
from marketplace.domain.courses.pieces import MAX_ABOUT
from marketplace.domain.media.files import MAX_NAME
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.studio_parts import error_of
from marketplace.pages.wizard_autosave import autosave
from marketplace.state.curriculum import CurriculumState
from marketplace.state.curriculum_pieces import FileDraft, LiveDraft

PAGES: list[Route] = []
CARD = "grid gap-5 rounded-card border border-line bg-surface p-4 sm:p-5"
_ZONES = (
    "Africa/Cairo", "Africa/Johannesburg", "Africa/Lagos", "Africa/Nairobi", "America/Anchorage",
    "America/Argentina/Buenos_Aires", "America/Bogota", "America/Caracas", "America/Chicago", "America/Denver",
    "America/Halifax", "America/Lima", "America/Los_Angeles", "America/Mexico_City", "America/New_York",
    "America/Phoenix", "America/Santiago", "America/Sao_Paulo", "America/St_Johns", "America/Toronto",
    "America/Vancouver", "Asia/Bangkok", "Asia/Dhaka", "Asia/Dubai", "Asia/Hong_Kong", "Asia/Jakarta", "Asia/Jerusalem",
    "Asia/Karachi", "Asia/Kathmandu", "Asia/Kolkata", "Asia/Manila", "Asia/Riyadh", "Asia/Seoul", "Asia/Shanghai",
    "Asia/Singapore", "Asia/Tashkent", "Asia/Tehran", "Asia/Tokyo", "Asia/Yangon", "Atlantic/Azores",
    "Atlantic/Reykjavik", "Australia/Adelaide", "Australia/Brisbane", "Australia/Darwin", "Australia/Perth",
    "Australia/Sydney", "Europe/Amsterdam", "Europe/Athens", "Europe/Berlin", "Europe/Brussels", "Europe/Bucharest",
    "Europe/Dublin", "Europe/Helsinki", "Europe/Istanbul", "Europe/Kyiv", "Europe/Lisbon", "Europe/London",
    "Europe/Madrid", "Europe/Oslo", "Europe/Paris", "Europe/Prague", "Europe/Rome", "Europe/Stockholm", "Europe/Vienna",
    "Europe/Warsaw", "Europe/Zurich", "Pacific/Auckland", "Pacific/Honolulu", "UTC",
)  # fmt: skip


def saved_field(
    label: str, control: rx.Component, place: rx.Var, value: rx.Var, on_save: Any, *, hint: str = "",
    required: bool = False, delay: int = 700, limit: int = 0,
) -> rx.Component:  # fmt: skip
    """A field of a block that saves itself, with what was wrong with it below."""
    state = CurriculumState
    return field(
        label,
        autosave(
            control, value=value, on_save=on_save, held=state.errors.contains(place) | state.stale, delay=delay,
            limit=limit,
        ),
        hint=hint or None, error=error_of(state.errors, place), required=required, id=rx.Var.create("f-") + place,
    )  # fmt: skip


def file_editor(block: rx.Var) -> rx.Component:
    known = CurriculumState.file_drafts.contains(block["id"])
    return rx.cond(known, _file(CurriculumState.file_drafts[block["id"]]))


def _file(file: rx.Var[FileDraft]) -> rx.Component:
    state = CurriculumState
    return rx.el.div(
        rx.el.div(
            rx.el.span(
                icon("paperclip", 20, "text-muted"),
                class_name="grid size-11 shrink-0 place-items-center rounded-full bg-sunken",
            ),
            rx.el.div(
                rx.el.p(file.name, class_name="font-semibold [overflow-wrap:anywhere]"),
                rx.el.p(file.size, class_name="tnum text-sm text-muted"),
                class_name="min-w-0 grow",
            ),
            class_name="flex items-center gap-4",
        ),
        saved_field(
            _("Name of the file"),
            text_input("file_name", default_value=file.name, max_length=MAX_NAME, auto_complete="off"),
            place=file.id + ":name", value=file.name, required=True,
            on_save=lambda words: state.file_rename(file.id, words),
        ),
        saved_field(
            _("Description"),
            textarea("file_about", rows=2, default_value=file.about, max_length=MAX_ABOUT, class_name="field-sizing-content min-h-11!"),
            place=file.id + ":about", value=file.about, limit=MAX_ABOUT,
            on_save=lambda words: state.file_about(file.id, words),
        ),
        checkbox(
            "offline", _("May be kept offline"),
            _("Learners who save the lesson on their device have the file there too, for as long as they have the course."),
            checked=file.offline, on_change=lambda on: state.file_offline(file.id, on),
        ),
        class_name=CARD,
    )  # fmt: skip


def live_editor(block: rx.Var) -> rx.Component:
    known = CurriculumState.live_drafts.contains(block["id"])
    return rx.cond(known, _live(CurriculumState.live_drafts[block["id"]]))


def _live(session: rx.Var[LiveDraft]) -> rx.Component:
    state = CurriculumState

    def line(
        name: str, label: str, control: rx.Component, value: rx.Var, hint: str = "", limit: int = 0,
        required: bool = True,
    ) -> rx.Component:  # fmt: skip
        return saved_field(
            label, control, place=session.id + ":" + name, value=value, hint=hint, limit=limit, required=required,
            on_save=lambda words: state.live_write(session.id, name, words),
        )  # fmt: skip

    zones = rx.Var.create("zones-") + session.id
    return rx.el.div(
        rx.el.div(
            line("day", _("Date"), text_input("day", type="date", default_value=session.day), session.day),
            line("clock", _("Starts at"), text_input("clock", type="time", default_value=session.clock), session.clock),
            line(
                "minutes", _("Length in minutes"),
                text_input("minutes", default_value=session.minutes, input_mode="numeric", max_length=4, auto_complete="off"),
                session.minutes,
            ),
            line(
                "zone", _("Time zone"),
                text_input("zone", default_value=session.zone, max_length=60, auto_complete="off", list=zones),
                session.zone,
            ),
            rx.el.datalist(*[rx.el.option(value=zone) for zone in _ZONES], id=zones),
            class_name="grid items-start gap-4 sm:grid-cols-2",
        ),
        line(
            "link", _("Link to join"),
            text_input(
                "link", type="url", default_value=session.link, input_mode="url", max_length=live.MAX_LINK,
                auto_complete="off", placeholder="https://",
            ),
            session.link,
            _("Learners see it from 15 minutes before until the end, and nobody else ever does."),
        ),
        line(
            "about", _("Description"),
            textarea("about", rows=3, default_value=session.about, max_length=live.MAX_ABOUT, class_name="field-sizing-content min-h-20!"),
            session.about, _("What happens, and what to bring. Markdown works."), live.MAX_ABOUT, required=False,
        ),
        lacking(session.lacks),
        rx.el.p(
            _("Afterwards, add the recording to this lesson as a video."), class_name="text-sm text-muted"
        ),
        class_name=CARD,
    )  # fmt: skip


def lacking(words: rx.Var) -> rx.Component:
    """What keeps a block from being published."""
    return rx.cond(
        words != "",
        rx.el.p(
            icon("circle_dashed", 16, "mt-0.5"),
            rx.el.span(phrase(_("Before it can be published: {problem}"), problem=words)),
            class_name="flex gap-1.5 text-sm text-muted",
        ),
    )
