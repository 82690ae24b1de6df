"""Many large files at once: one or two on their way, the others waiting, each with its own progress and its own way on."""

from __future__ import annotations

from typing import Any

import reflex as rx

from marketplace.i18n import _

from .bulk_uploader_js import BULK
from .icon import icon
from .uploader import words as uploader_words
from .uploader_js import FILE_UPLOADER, TUS


def _on_wanted(key: rx.Var[str], name: rx.Var[str], size: rx.Var[int], mime: rx.Var[str]) -> list[rx.Var]:
    return [key, name, size, mime]


def _on_done(key: rx.Var[str]) -> list[rx.Var]:
    return [key]


class BulkUploader(rx.Component):
    """The flow of each file: ``on_wanted`` asks for its link, the server puts it into ``links`` or a reason into
    ``problems``, both by the file's key; the bytes move; ``on_done``."""

    tag = "BulkUploader"
    lib_dependencies: list[str] = ["tus-js-client@4.3.1"]

    links: rx.Var[dict[str, str]]
    problems: rx.Var[dict[str, str]]
    accept: rx.Var[str]
    max_bytes: rx.Var[int]
    label: rx.Var[str]
    hint: rx.Var[str]
    words: rx.Var[dict[str, str]]

    on_wanted: rx.EventHandler[_on_wanted]
    on_done: rx.EventHandler[_on_done]

    def add_imports(self) -> dict[str, list[str]]:
        return {"react": ["useEffect", "useId", "useRef", "useState"]}

    def add_custom_code(self) -> list[str]:
        return [FILE_UPLOADER, TUS, BULK]


def bulk_uploader(label: rx.Var | str, hint: rx.Var | str, accept: str, max_bytes: int, **props: Any) -> rx.Component:
    """A place for many files, and a row for each.

    Args:
        label: What to choose: "Choose videos".
        hint: Limits in words.
        accept: As in HTML.
        max_bytes: Of each file; refused above, before a byte moves.
        props: ``links``, ``problems``, ``on_wanted(key, name, size, mime)``, ``on_done(key)``.
    """
    words = {
        **uploader_words(),
        "choose": _("Choose files"),
        "or_drop": _("or drop them here"),
        "queued": _("Waiting for its turn"),
        "remove": _("Take off the list"),
        "sum": _("{done} of {count} uploaded"),
        "sum_failed": _("{done} of {count} uploaded, {failed} not"),
        "retry_all": _("Try all of these again"),
    }
    return BulkUploader.create(
        icon("upload", 24, "text-muted"),
        label=label,
        hint=hint,
        accept=accept,
        max_bytes=max_bytes,
        words=words,
        **props,
    )
