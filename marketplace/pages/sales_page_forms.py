"""What each kind of block of a product's page asks for. Every field saves itself."""

from __future__ import annotations

from typing import Any

import reflex as rx

from marketplace.components.button import button, icon_button, link_button
from marketplace.components.field import field, text_input, textarea
from marketplace.components.uploader import signed_put
from marketplace.domain.catalog.service import blocks
from marketplace.domain.media.rules import MAX_IMAGE_BYTES
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.studio_parts import error_of
from marketplace.pages.wizard_autosave import autosave
from marketplace.state.sales_page import BlockRow, SalesPageState

PAGES: list[Route] = []

state = SalesPageState
_MARKDOWN = "field-sizing-content min-h-32 max-h-[32rem]"


def block_form(row: rx.Var[BlockRow]) -> rx.Component:
    return rx.match(
        row.kind,
        ("text", _form(_heading(row, "text"), _text(row))),
        ("picture", _picture(row)),
        ("learn", _form(_heading(row, "learn"), _points(row, _("Empty: the points of the details are shown.")))),
        ("audience", _form(_heading(row, "audience"), _points(row, ""))),
        ("faq", _form(_heading(row, "faq"), _questions(row))),
        ("quote", _quote(row)),
        ("cta", _form(_heading(row, "cta"), _plain_text(row, "cta", _("Text"), _("Its button leads to the one that buys.")))),
        ("description", _bound(_("The description that you write under Details."), state.edit_href)),
        ("creator", _bound(_("Your name, portrait and words from your profile."), "/settings")),
        _bound(_("The sections and lessons of the course, as they are taught."), ""),
    )  # fmt: skip


def _form(*parts: rx.Component) -> rx.Component:
    return rx.el.div(*parts, class_name="grid min-w-0 gap-4")


def _saved(
    row: rx.Var[BlockRow], name: str, label: str, control: rx.Component, value: rx.Var, limit: int, hint: str = ""
) -> rx.Component:
    place = row.id + ":" + name
    return field(
        label,
        autosave(
            control, value=value, on_save=lambda words: state.write(row.id, name, words),
            held=state.errors.contains(place) | state.stale, limit=limit,
        ),
        hint=hint or None, error=error_of(state.errors, place), id=rx.Var.create("f-") + place,
    )  # fmt: skip


def _line(row: rx.Var[BlockRow], name: str, label: str, value: rx.Var, kind: str, hint: str = "") -> rx.Component:
    limit = blocks.KINDS[kind].lines[name]
    control = text_input(name, default_value=value, max_length=limit, auto_complete="off")
    return _saved(row, name, label, control, value, limit, hint)


def _heading(row: rx.Var[BlockRow], kind: str) -> rx.Component:
    usual = {
        "learn": _("Empty: “What you will learn”."), "audience": _("Empty: “Who it is for”."),
        "faq": _("Empty: “Frequently asked questions”."),
    }  # fmt: skip
    return _line(row, "title", _("Heading"), row.title, kind, usual.get(kind, ""))


def _text(row: rx.Var[BlockRow]) -> rx.Component:
    limit = blocks.KINDS["text"].texts["text"]
    control = textarea("text", rows=6, default_value=row.text, max_length=limit, class_name=_MARKDOWN)
    hint = _("Markdown works: **bold**, *italic*, ## heading, - list.")
    return _saved(row, "text", _("Text"), control, row.text, limit, hint)


def _plain_text(row: rx.Var[BlockRow], kind: str, label: str, hint: str = "") -> rx.Component:
    limit = blocks.KINDS[kind].texts["text"]
    control = textarea(
        "text", rows=3, default_value=row.text, max_length=limit, class_name="field-sizing-content min-h-20!"
    )
    return _saved(row, "text", label, control, row.text, limit, hint)


def _points(row: rx.Var[BlockRow], hint: str) -> rx.Component:
    control = textarea("points", rows=4, default_value=row.points, class_name="field-sizing-content min-h-28!")
    said = _("One in each line, at most {most}.").format(most=blocks.MAX_LINES)
    return _saved(row, "points", _("Points"), control, row.points, 0, f"{said} {hint}".strip())


def _quote(row: rx.Var[BlockRow]) -> rx.Component:
    return _form(
        _plain_text(row, "quote", _("What they said")),
        rx.el.div(
            _line(row, "name", _("Who said it"), row.person, "quote"),
            _line(row, "role", _("Who they are"), row.role, "quote"),
            class_name="grid items-start gap-4 sm:grid-cols-2",
        ),
        rx.el.p(_("Only real words, of somebody who agreed to be quoted."), class_name="text-sm text-muted"),
    )


def _picture(row: rx.Var[BlockRow]) -> rx.Component:
    has = row.picture != ""
    return _form(
        rx.cond(has, rx.el.img(src=row.picture, alt=row.alt, class_name="max-h-64 rounded-card object-contain")),
        signed_put(
            state.picture_url,
            rx.cond(has, _("Replace the picture"), _("Add a picture")),
            state.picture_round,
            state.picture_problem,
            accept="image/png,image/jpeg,image/webp,image/avif",
            max_bytes=MAX_IMAGE_BYTES,
            hint=_("PNG, JPEG, WebP or AVIF, up to 12 MB. You can also paste a picture."),
            on_file_chosen=lambda name, size, mime: state.picture_chosen(row.id, name, size, mime),
            on_done=state.picture_sent,
            on_failed=state.picture_failed,
            words={"checking": _("Making the sizes for every screen…")},
        ),
        _line(row, "alt", _("What it shows"), row.alt, "picture", _("Read out to those who can't see it.")),
        _line(row, "caption", _("Caption"), row.caption, "picture"),
    )


def _questions(row: rx.Var[BlockRow]) -> rx.Component:
    return rx.el.div(
        rx.el.ol(
            rx.foreach(row.questions, lambda one, number: _question(row, one, number)), class_name="grid gap-5 empty:hidden"
        ),
        rx.el.div(
            button(
                _("Add a question"), kind="secondary", size="sm", icon="plus", on_click=state.add_question(row.id),
                disabled=row.questions.length() >= blocks.MAX_QUESTIONS,
            )
        ),
        class_name="grid gap-5",
    )  # fmt: skip


def _question(row: rx.Var[BlockRow], one: rx.Var[dict[str, str]], number: rx.Var[int]) -> rx.Component:
    def part(name: str, label: str, control: rx.Component, limit: int, hint: str = "") -> rx.Component:
        place = row.id + ":" + name + ":" + number.to_string()
        save: Any = lambda words: state.write_question(row.id, number, name, words)  # noqa: E731
        return field(
            label,
            autosave(
                control, value=one[name], on_save=save, held=state.errors.contains(place) | state.stale, limit=limit
            ),
            hint=hint or None, error=error_of(state.errors, place), required=True, id=rx.Var.create("f-") + place,
        )  # fmt: skip

    return rx.el.li(
        part(
            "q", _("Question"),
            text_input("q", default_value=one["q"], max_length=blocks.MAX_QUESTION, auto_complete="off"),
            blocks.MAX_QUESTION,
        ),
        part(
            "a", _("Answer"),
            textarea("a", rows=3, default_value=one["a"], max_length=blocks.MAX_ANSWER, class_name="field-sizing-content min-h-20!"),
            blocks.MAX_ANSWER, _("Markdown works here."),
        ),
        rx.el.span(
            icon_button(
                "trash_2",
                _("Remove this question"),
                size=18,
                on_click=state.remove_question(row.id, number),
            ),
            class_name="absolute -top-3 end-0",
        ),
        class_name="relative grid gap-3 border-s-2 border-line ps-4",
    )  # fmt: skip


def _bound(words: str, href: rx.Var | str) -> rx.Component:
    """A block whose contents are written elsewhere."""
    way = link_button(_("Change it there"), href, kind="secondary", size="sm")
    return rx.el.div(
        rx.el.p(words, class_name="text-sm text-muted"),
        way if isinstance(href, rx.Var) or href else rx.fragment(),
        class_name="grid justify-items-start gap-3",
    )
