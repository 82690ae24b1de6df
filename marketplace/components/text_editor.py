"""Markdown with buttons: what they write, pictures by paste, drop or choice, and a preview that follows."""

from __future__ import annotations

from typing import Any

import reflex as rx

from marketplace.i18n import _

from .icon import icon
from .text_editor_js import TEXT_EDITOR


def _on_words(words: rx.Var[str]) -> list[rx.Var]:
    return [words]


def _on_chosen(name: rx.Var[str], size: rx.Var[int], mime: rx.Var[str]) -> list[rx.Var]:
    return [name, size, mime]


def _nothing() -> list[rx.Var]:
    return []


class TextEditor(rx.Component):
    """Wraps a toolbar (buttons with ``data-tool``) and one uncontrolled textarea. ``picture`` is the server's answer to
    ``on_picture_chosen``: ``url`` to put the file to; then, with ``round`` counted up, ``id`` or ``problem``."""

    tag = "TextEditor"

    block: rx.Var[str]
    picture: rx.Var[dict[str, str]]
    max_bytes: rx.Var[int]
    preview_open: rx.Var[bool]
    words: rx.Var[dict[str, str]]

    on_preview: rx.EventHandler[_on_words]
    on_picture_chosen: rx.EventHandler[_on_chosen]
    on_picture_sent: rx.EventHandler[_nothing]
    on_picture_failed: rx.EventHandler[_on_words]

    def add_imports(self) -> dict[str, list[str]]:
        return {"react": ["useEffect", "useRef", "useState"]}

    def add_custom_code(self) -> list[str]:
        return [TEXT_EDITOR]


def text_editor(*children: rx.Component, **props: Any) -> rx.Component:
    """See :class:`TextEditor`."""
    words = {
        "sending": _("Sending {name}…"),
        "picture": _("picture"),
        "choose": _("Choose pictures"),
        "unfit": _("Only PNG, JPEG, WebP and AVIF pictures up to 12 MB can be added."),
        "lost": _("The picture didn't get through. Your text is kept; try again."),
        "bare_one": _("One picture has no description. Type what it shows between its square brackets."),
        "bare_many": _("{n} pictures have no description. Type what each shows between its square brackets."),
    }
    return TextEditor.create(*children, words=words, **props)


def tool(name: str, label: str, image: str, keys: str = "", **writes: str) -> rx.Component:
    """A button of the toolbar.

    Args:
        name: Unlike any other's.
        label: What it does.
        image: Lucide name.
        keys: Its keys, for the tooltip.
        writes: ``before``, ``after``, ``sample`` (when nothing is selected), ``line`` (before each line), ``block``
            (stands by itself).
    """
    return rx.el.button(
        icon(image, 18),
        type="button",
        aria_label=label,
        title=f"{label} ({keys})" if keys else label,
        custom_attrs={"data-tool": name, **{f"data-{key}": value for key, value in writes.items()}},
        class_name=(
            "grid size-9 shrink-0 place-items-center rounded-control text-muted transition-colors hover:bg-sunken "
            "hover:text-ink pointer-coarse:size-11"
        ),
    )


def toolbar(*tools: rx.Component, label: str) -> rx.Component:
    return rx.el.div(*tools, role="toolbar", aria_label=label, class_name="flex min-w-0 flex-wrap items-center gap-0.5")


def tool_gap() -> rx.Component:
    return rx.el.span(aria_hidden="true", class_name="mx-1 h-5 w-px bg-line")
