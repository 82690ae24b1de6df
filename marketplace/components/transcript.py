"""What is said in a video, line by line beside it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from marketplace.i18n import _

from .transcript_js import TRANSCRIPT
from .vimeo_player_js import PLAYER_CHOICE


def _on_open(name: rx.Var[str], lang: rx.Var[str]) -> list[rx.Var]:
    return [name, lang]


class Transcript(rx.Component):
    """Follows the video of that name, until somebody scrolls; a press on a line goes there."""

    tag = "Transcript"

    name: rx.Var[str]
    languages: rx.Var[list[dict[str, str]]]
    shown: rx.Var[dict[str, Any]]
    words: rx.Var[dict[str, str]]

    on_open: rx.EventHandler[_on_open]

    def add_imports(self) -> dict[str, list[str]]:
        return {"react": ["useEffect", "useMemo", "useRef", "useState"]}

    def add_custom_code(self) -> list[str]:
        return [PLAYER_CHOICE, TRANSCRIPT]


def transcript(
    name: rx.Var | str, languages: rx.Var | list[dict[str, str]], shown: rx.Var | dict[str, Any], on_open: Any
) -> rx.Component:
    """The transcript of a video.

    Args:
        name: Of the player.
        languages: ``{"lang", "label"}`` each. The choice is remembered, and the captions' too.
        shown: ``{"block": name, "lang", "cues": [[start, end, text], …]}``, seconds.
        on_open: Handler of ``(name: str, lang: str)``, called when a language is wanted.
    """
    words = {
        "title": _("Transcript"),
        "search": _("Search in the transcript"),
        "hits": _("{n} of {all}"),
        "none": _("Nothing found"),
        "before": _("Previous place"),
        "after": _("Next place"),
        "language": _("Language"),
        "copy": _("Copy"),
        "copied": _("Copied"),
        "follow": _("Follow the video"),
        "loading": _("Getting the transcript…"),
    }
    return Transcript.create(name=name, languages=languages, shown=shown, words=words, on_open=on_open)
