"""Beside a lesson's video: notes, transcript, files, and the drawer of lessons on a phone."""

from __future__ import annotations

from typing import Any

import reflex as rx

from marketplace.components.button import button, icon_button
from marketplace.components.client import close_dialog, open_dialog
from marketplace.components.field import CONTROL, field_error
from marketplace.components.icon import icon
from marketplace.components.link import text_link
from marketplace.components.more import show_more
from marketplace.components.playback import FocusNote, lesson_tabs, note_button, seek
from marketplace.components.sentence import phrase
from marketplace.components.transcript import transcript
from marketplace.domain.notes.rules import MAX_WORDS
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.wizard_autosave import autosave, save_status

PAGES: list[Route] = []


def lesson_panels(
    state: Any, video: rx.Var, may_note: rx.Var, *more: tuple[str, str, rx.Var | bool, rx.Var | str, rx.Component],
    all_notes: rx.Component | None = None,
) -> rx.Component:  # fmt: skip
    """The tabs under a video: its transcript, the learner's notes, and what the page adds. ``video`` names the player."""
    languages = state.languages.get(video, []).to(list[dict[str, str]])
    spoken = transcript(video, languages, state.transcript, state.show_transcript)
    return lesson_tabs(
        [
            ("transcript", _("Transcript"), languages.length() > 0, "", spoken),
            ("notes", _("Notes"), may_note, rx.cond(state.notes.length() > 0, state.notes.length().to(str), ""),
             notes_panel(state, video, all_notes)),
            *more,
        ],
        _("About this lesson"),
    )  # fmt: skip


def notes_panel(state: Any, video: rx.Var, all_notes: rx.Component | None = None) -> rx.Component:
    """The notes of the open lesson: each saves itself."""
    return rx.el.section(
        FocusNote.create(id=state.note_new, asked=state.note_asked),
        rx.el.div(
            note_button(state.add_note),
            all_notes or rx.fragment(),
            class_name="flex flex-wrap items-center justify-between gap-3",
        ),
        rx.cond(
            state.note_gone != "",
            rx.el.p(
                _("Note deleted."),
                button(_("Undo"), kind="quiet", size="sm", on_click=state.undo_note),
                role="status",
                class_name="flex items-center gap-3 rounded-control bg-sunken py-1 pe-1 ps-4 text-sm",
            ),
        ),
        rx.cond(
            state.notes.length() > 0,
            rx.el.ul(rx.foreach(state.notes, lambda note: _note(state, note)), class_name="grid gap-3"),
            rx.el.p(
                rx.cond(
                    video == "",
                    _("Nobody else can read them."),
                    _("Notes are yours alone. Press N while the video plays, and each keeps its moment."),
                ),
                class_name="text-sm text-muted",
            ),
        ),
        show_more(state.notes_key, state.more_notes),
        rx.cond(
            state.notes.length() > 0,
            save_status(state.noted_at, state.noted, state.errors.length() > 0, state.clash.contains("id")),
        ),
        aria_label=_("Your notes"),
        class_name="grid gap-4",
    )


def _note(state: Any, note: rx.Var) -> rx.Component:
    words = rx.el.textarea(
        default_value=note["words"],
        id="note-" + note["id"].to(str),
        aria_label=rx.cond(
            note["clock"] != "", phrase(_("Note at {clock}"), clock=note["clock"]), _("Note on the lesson")
        ),
        placeholder=_("What do you want to remember?"),
        rows="2",
        max_length=MAX_WORDS,
        class_name=f"{CONTROL} block min-h-11 py-2 [field-sizing:content] sm:text-sm",
    )
    clash = state.clash.get("id", "") == note["id"]
    return rx.el.li(
        rx.el.div(
            rx.cond(
                note["at"] != "",
                rx.el.button(
                    rx.cond(note["bookmark"] != "", icon("bookmark", 16), icon("play", 16)),
                    note["clock"],
                    type="button",
                    aria_label=phrase(_("Go to {clock}"), clock=note["clock"]),
                    on_click=seek(note["block"], note["at"]),
                    class_name=(
                        "tnum inline-flex min-h-9 items-center gap-2 rounded-control px-2 text-sm font-semibold "
                        "text-accent hover:bg-sunken pointer-coarse:min-h-11"
                    ),
                ),
                rx.el.span(_("On the lesson"), class_name="px-2 text-sm text-muted"),
            ),
            icon_button("trash_2", _("Delete this note"), size=18, on_click=state.remove_note(note["id"])),
            class_name="flex items-center justify-between gap-2",
        ),
        rx.cond(
            clash,
            rx.el.div(
                rx.el.p(_("This note was changed in another tab. There it says:"), class_name="font-medium"),
                rx.el.p(state.clash.get("theirs", ""), class_name="mt-1 whitespace-pre-wrap"),
                rx.el.div(
                    button(_("Keep what is here"), size="sm", on_click=state.settle_note(True)),
                    button(_("Take the other"), kind="secondary", size="sm", on_click=state.settle_note(False)),
                    class_name="mt-3 flex flex-wrap gap-2",
                ),
                role="alert",
                class_name="rounded-control bg-warning-soft px-4 py-3 text-sm",
            ),
        ),
        autosave(
            words,
            note["words"],
            lambda text: state.write_note(note["id"], text),
            held=clash | (state.errors.get(note["id"], "") != ""),
            limit=MAX_WORDS,
        ),
        field_error(state.errors.get(note["id"], "")),
        key=note["id"],
        class_name="grid gap-1.5 rounded-card border border-line bg-surface p-3",
    )


def outline_drawer(outline: rx.Component, title: str, aside: rx.Var | str) -> rx.Component:
    """On a phone: a button, and the outline that slides over the page from it."""
    return rx.el.div(
        rx.el.button(
            icon("list_tree", 18),
            rx.el.span(title, class_name="grow text-start"),
            rx.el.span(aside, class_name="tnum font-normal text-muted"),
            type="button",
            on_click=open_dialog("outline-drawer"),
            class_name=(
                "flex min-h-11 w-full items-center gap-3 rounded-control border border-line bg-surface px-4 text-sm "
                "font-semibold"
            ),
        ),
        rx.el.dialog(
            rx.el.div(
                rx.el.h2(title, id="outline-drawer-title", class_name="text-lg"),
                icon_button("x", _("Close"), on_click=close_dialog("outline-drawer")),
                class_name="mb-3 flex items-center justify-between",
            ),
            rx.el.div(outline, on_click=close_dialog("outline-drawer")),
            id="outline-drawer",
            aria_labelledby="outline-drawer-title",
            class_name="drawer",
        ),
        class_name="lg:hidden",
    )


def about_panel(*parts: rx.Component) -> rx.Component:
    return rx.el.div(*parts, class_name="grid gap-3 text-sm")


def fact(label: str, value: rx.Var | str, href: rx.Var | str = "") -> rx.Component:
    shown = text_link(value, href) if href is not None and str(href) else rx.el.span(value)
    return rx.el.p(
        rx.el.span(label, class_name="w-24 shrink-0 text-muted"),
        shown,
        class_name="flex gap-3 has-[span:last-child:empty]:hidden",
    )
