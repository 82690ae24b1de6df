"""All notes of a course: searched, opened at their moment, taken along as Markdown."""

from __future__ import annotations

import reflex as rx

from marketplace.components.button import button, icon_button, link_button
from marketplace.components.empty import empty_state
from marketplace.components.icon import icon
from marketplace.components.link import link, plain_form
from marketplace.components.more import show_more
from marketplace.components.page import page_title
from marketplace.components.skeleton import skeleton_lines
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.shell import shell
from marketplace.settings import get_settings
from marketplace.state.notes import NotesState


def notes() -> rx.Component:
    return shell(
        rx.cond(
            NotesState.failure != "",
            rx.fragment(page_title(NotesState.failure), link_button(_("Open your library"), "/library")),
            rx.fragment(
                rx.el.div(
                    link(
                        icon("arrow_left", 16),
                        NotesState.course.get("title", ""),
                        href="/learn/" + NotesState.course.get("slug", "").to(str),
                        class_name="inline-flex min-h-11 items-center gap-2 text-sm text-muted hover:text-ink",
                    ),
                    page_title(_("Your notes"), _("Nobody else can read them."), _export()),
                ),
                rx.cond(NotesState.loaded, _list(), skeleton_lines(6)),
            ),
        ),
        live=NotesState.loaded,
        width="read",
        tab="library",
    )


def _export() -> rx.Component:
    path = f"{get_settings().backend}/notes/" + NotesState.course.get("slug", "").to(str) + ".md"
    return rx.cond(
        NotesState.items.length() > 0,
        link_button(_("Export as Markdown"), path, kind="secondary", size="sm", icon="download", document=True),
    )


def _list() -> rx.Component:
    searched = NotesState.search != ""
    return rx.el.div(
        rx.cond(
            searched | (NotesState.items.length() > 0),
            plain_form(
                rx.el.input(
                    type="search", name="q", default_value=NotesState.search, aria_label=_("Search your notes"),
                    placeholder=_("Search your notes"), max_length=100,
                    class_name="h-11 w-full rounded-control border border-line-strong bg-surface px-3 text-base sm:text-sm",
                ),
                action="/learn/" + NotesState.course.get("slug", "").to(str) + "/notes",
                role="search",
            ),
        ),
        rx.cond(
            NotesState.gone != "",
            rx.el.p(
                _("Note deleted."),
                button(_("Undo"), kind="quiet", size="sm", on_click=NotesState.undo),
                role="status",
                class_name="flex items-center gap-3 rounded-control bg-sunken py-1 pe-1 ps-4 text-sm",
            ),
        ),
        rx.cond(
            NotesState.items.length() > 0,
            rx.el.ul(rx.foreach(NotesState.items, _item), class_name="grid gap-3"),
            rx.cond(
                searched,
                empty_state(
                    _("No note holds these words"),
                    action=link_button(
                        _("Show all notes"), "/learn/" + NotesState.course.get("slug", "").to(str) + "/notes",
                        kind="secondary",
                    ),
                    icon="search",
                ),
                empty_state(
                    _("No notes yet"),
                    _("Press “Note” under a lesson, or N while its video plays: each note keeps its moment."),
                    link_button(_("Go to the course"), "/learn/" + NotesState.course.get("slug", "").to(str)),
                    icon="notebook_pen",
                ),
            ),
        ),
        show_more(NotesState.next_key, NotesState.more),
        class_name="grid gap-5",
    )  # fmt: skip


def _item(note: rx.Var) -> rx.Component:
    head = [
        rx.cond(note["bookmark"] != "", icon("bookmark", 16, "text-accent")),
        rx.el.span(note["lesson"], class_name="min-w-0 font-semibold [overflow-wrap:anywhere]"),
        rx.el.span(note["clock"], class_name="tnum text-accent empty:hidden"),
    ]
    return rx.el.li(
        rx.el.div(
            rx.cond(
                note["href"] != "",
                link(*head, href=note["href"], class_name="flex min-h-9 min-w-0 items-center gap-2 hover:underline"),
                rx.el.span(*head, class_name="flex min-h-9 min-w-0 items-center gap-2"),
            ),
            icon_button("trash_2", _("Delete this note"), size=18, on_click=NotesState.remove(note["id"])),
            class_name="flex items-start justify-between gap-3 text-sm",
        ),
        rx.el.p(note["words"], class_name="whitespace-pre-wrap [overflow-wrap:anywhere] empty:hidden"),
        rx.el.p(note["day"], class_name="mt-1 text-xs text-muted"),
        key=note["id"],
        class_name="rounded-card border border-line bg-surface px-4 py-3",
    )


PAGES = [Route("/learn/[course_slug]/notes", notes, _("Your notes"), NotesState.on_load)]
