"""A creator's letters: who gets them, what was sent, and writing one."""

from __future__ import annotations

import reflex as rx

from marketplace.components.badge import badge
from marketplace.components.breadcrumbs import breadcrumbs
from marketplace.components.button import button, link_button
from marketplace.components.client import copy_text
from marketplace.components.dialog import confirm_dialog, open_dialog
from marketplace.components.empty import empty_state
from marketplace.components.field import field, text_input, textarea
from marketplace.components.inner_html import sanitised
from marketplace.components.link import link
from marketplace.components.more import show_more
from marketplace.components.page import page_title
from marketplace.components.share import copied_label
from marketplace.components.skeleton import skeleton_lines, skeleton_rows
from marketplace.components.table import Column, data_table
from marketplace.domain.mailing.letters import MAX_BODY, MAX_SUBJECT
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.studio_parts import error_of, studio_frame
from marketplace.pages.wizard_autosave import autosave, save_status
from marketplace.state.letters import LettersState, LetterState

_SEND, _DELETE = "send-letter", "delete-letter"
_form = LetterState.form


def letters_page() -> rx.Component:
    new = button(_("Write a letter"), icon="pencil", on_click=LettersState.start)
    return studio_frame(
        "letters",
        page_title(_("Letters"), _("Mail to the people who asked for it on your page, and to nobody else."), new),
        rx.cond(
            LettersState.loaded,
            rx.el.div(
                _readers(),
                rx.cond(LettersState.items.length() > 0, _list(), _none()),
                class_name="grid grid-cols-1 gap-8",
            ),
            skeleton_rows(),
        ),
        live=LettersState.loaded,
    )


def _readers() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.p(LettersState.readers, class_name="font-semibold"),
            rx.el.p(
                _("They put themselves on the list on your page, and can leave it with one press."),
                class_name="mt-1 text-sm text-muted",
            ),
            class_name="min-w-0",
        ),
        rx.el.div(
            button(
                copied_label(_("Copy the link to your page")), kind="secondary", size="sm",
                on_click=copy_text(LettersState.link), class_name="group",
            ),
            rx.cond(
                LettersState.csv_href != "",
                link_button(
                    _("Download CSV"), LettersState.csv_href, kind="secondary", size="sm", icon="download", document=True
                ),
            ),
            class_name="flex flex-wrap gap-2",
        ),
        class_name="flex flex-wrap items-center justify-between gap-4 rounded-card border border-line bg-surface p-5",
    )  # fmt: skip


def _list() -> rx.Component:
    columns = [
        Column(
            _("Subject"),
            cell=lambda row: link(
                row["title"], href=row["href"],
                class_name="font-medium underline decoration-line-strong underline-offset-4 hover:text-accent [overflow-wrap:anywhere]",
            ),
        ),
        Column(_("State"), cell=lambda row: badge(row["state_words"], row["tone"])),
        Column(_("When"), key="when"),
        Column(_("People"), key="total", numeric=True),
        Column(_("Delivered"), key="sent", numeric=True),
        Column(_("Failed"), key="failed", numeric=True),
    ]  # fmt: skip
    return rx.el.section(
        rx.el.h2(_("Your letters"), class_name="sr-only"),
        data_table(columns, LettersState.items, _("Your letters, newest first")),
        show_more(LettersState.next_key, LettersState.more, gap="mt-6"),
    )


def _none() -> rx.Component:
    return empty_state(
        _("No letters yet"),
        _("Tell people what you are making. Nothing is sent until you say so."),
        button(_("Write a letter"), on_click=LettersState.start),
        icon="mail",
    )


def letter_page() -> rx.Component:
    return studio_frame(
        "letters",
        breadcrumbs([(_("Letters"), "/studio/letters")], _("Letter")),
        rx.cond(
            LetterState.loaded,
            rx.cond(
                LetterState.failure != "",
                empty_state(LetterState.failure, "", link_button(_("Your letters"), "/studio/letters"), icon="file_x"),
                rx.cond(_form["state"] == "draft", _writing(), _sent()),
            ),
            skeleton_lines(8),
        ),
        live=LetterState.loaded,
    )


def _writing() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.h1(_("Write a letter"), class_name="text-2xl sm:text-3xl"),
            save_status(LetterState.saved_at, LetterState.handled, LetterState.errors.length() > 0, False),
            class_name="flex flex-wrap items-center justify-between gap-3",
        ),
        rx.el.div(
            rx.el.div(_subject(), _body(), class_name="grid min-w-0 content-start gap-6"),
            _preview(),
            class_name="grid grid-cols-1 gap-8 xl:grid-cols-2",
        ),
        rx.el.div(
            button(_("Send it"), size="lg", icon="send", on_click=open_dialog(_SEND)),
            button(_("Send a test to me"), kind="secondary", size="lg", on_click=LetterState.try_out),
            button(_("Delete draft"), kind="quiet", size="lg", on_click=open_dialog(_DELETE)),
            class_name="flex flex-wrap gap-3 border-t border-line pt-6",
        ),
        confirm_dialog(
            _SEND, _("Send this letter?"),
            rx.fragment(LetterState.readers, ". ", _("It goes out at once, and can't be called back.")),
            _("Send it"), LetterState.send, kind="primary",
        ),
        confirm_dialog(
            _DELETE, _("Delete this draft?"), _("It was never sent, and can't be brought back."), _("Delete draft"),
            LetterState.delete, cancel=_("Keep it"),
        ),
        key=_form["id"],
        class_name="mt-3 grid grid-cols-1 gap-6",
    )  # fmt: skip


def _saved(name: str, control: rx.Component, limit: int) -> rx.Component:
    return autosave(
        control, value=_form[name], on_save=lambda text: LetterState.write(name, text),
        held=LetterState.errors.contains(name), limit=limit,
    )  # fmt: skip


def _subject() -> rx.Component:
    control = text_input("subject", default_value=_form["subject"], max_length=MAX_SUBJECT, auto_complete="off")
    return field(
        _("Subject"),
        _saved("subject", control, MAX_SUBJECT),
        error=error_of(LetterState.errors, "subject"),
        required=True,
    )


def _body() -> rx.Component:
    control = textarea(
        "body", rows=14, default_value=_form["body"], max_length=MAX_BODY, class_name="field-sizing-content min-h-72"
    )
    return field(
        _("Letter"), _saved("body", control, MAX_BODY), error=error_of(LetterState.errors, "body"), required=True,
        hint=_("Markdown: **bold**, *italic*, [a link](https://…), - lists, # headings."),
    )  # fmt: skip


def _preview() -> rx.Component:
    return rx.el.section(
        rx.el.h2(_("As they will read it"), class_name="text-sm font-semibold text-muted"),
        rx.el.div(
            rx.el.p(_form["title"], class_name="border-b border-line pb-3 font-semibold [overflow-wrap:anywhere]"),
            rx.cond(
                LetterState.preview_html != "",
                rx.el.div(custom_attrs=sanitised(LetterState.preview_html), class_name="prose mt-4"),
                rx.el.p(_("What you write shows here."), class_name="mt-4 text-sm text-muted"),
            ),
            class_name="mt-2 rounded-card border border-line bg-surface p-5 sm:p-6",
        ),
        class_name="min-w-0",
    )


def _sent() -> rx.Component:
    facts = ((_("People"), "total"), (_("Delivered"), "sent"), (_("Failed"), "failed"))
    return rx.el.div(
        rx.el.div(
            rx.el.h1(_form["title"], class_name="text-2xl [overflow-wrap:anywhere] sm:text-3xl"),
            badge(_form["state_words"], _form["tone"]),
            class_name="flex flex-wrap items-center gap-3",
        ),
        rx.el.dl(
            *[
                rx.el.div(
                    rx.el.dt(label, class_name="text-sm text-muted"),
                    rx.el.dd(_form[key], class_name="tnum font-display text-2xl font-semibold"),
                )
                for label, key in facts
            ],
            class_name="flex flex-wrap gap-x-12 gap-y-4",
        ),
        rx.cond(
            (_form["state"] == "sending") | (_form["waiting"].to(str) != ""),
            button(
                _("Look again"),
                kind="secondary",
                size="sm",
                on_click=LetterState.refresh,
                class_name="justify-self-start",
            ),
        ),
        _preview(),
        class_name="mt-3 grid max-w-3xl grid-cols-1 gap-6",
    )


PAGES = [
    Route("/studio/letters", letters_page, _("Letters"), LettersState.on_load),
    Route("/studio/letters/[letter_id]", letter_page, _("Letter"), LetterState.on_load),
]
