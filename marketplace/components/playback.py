"""What stands round a video and knows where it is: tabs, notes at its time, its keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx
from reflex.event import EventChain

from marketplace.i18n import _

from .button import button_class
from .dialog import dialog
from .playback_js import EVERYWHERE, FOCUS_NOTE, NOTE_BUTTON, TABS
from .vimeo_player import shortcut_help
from .vimeo_player_js import PLAYER_CHOICE


class _LessonTabs(rx.Component):
    tag = "LessonTabs"

    tabs: rx.Var[list[dict[str, Any]]]
    label: rx.Var[str]

    def add_imports(self) -> dict[str, list[str]]:
        return {"react": ["Children", "useEffect", "useState"]}

    def add_custom_code(self) -> list[str]:
        return [TABS]


def lesson_tabs(tabs: Sequence[tuple[str, str, rx.Var | bool, rx.Var | str, rx.Component]], label: str) -> rx.Component:
    """Tabs that change without the server, named by the address's ``#``.

    Args:
        tabs: ``(key, label, whether it is there, how many things are in it or "", panel)``.
        label: Names the group for screen readers.
    """
    named = [{"key": key, "label": text, "show": show, "count": count} for key, text, show, count, _panel in tabs]
    return _LessonTabs.create(*[rx.el.div(panel) for *_rest, panel in tabs], tabs=rx.Var.create(named), label=label)


def _on_note(name: rx.Var[str], position: rx.Var[float], bookmark: rx.Var[bool]) -> list[rx.Var]:
    return [name, position, bookmark]


class _NoteButton(rx.Component):
    tag = "NoteButton"

    words: rx.Var[dict[str, str]]
    quiet_class: rx.Var[str]

    on_note: rx.EventHandler[_on_note]

    def add_imports(self) -> dict[str, list[str]]:
        return {"react": ["useEffect", "useRef", "useState"]}

    def add_custom_code(self) -> list[str]:
        return [NOTE_BUTTON]


def note_button(on_note: Any) -> rx.Component:
    """ "Note at 2:14": also by the player's keys. ``on_note``: ``(name: str, position: float, bookmark: bool)``; the name
    is empty where there is no video."""
    words = {
        "note": _("Add a note"),
        "note_at": _("Note at {time}"),
        "bookmark": _("Bookmark"),
        "bookmarked": _("Bookmarked"),
        "waits": _("Noted. It is added when the connection is back."),
    }
    return _NoteButton.create(
        words=words,
        on_note=on_note,
        class_name=button_class("secondary", "sm"),
        quiet_class=button_class("quiet", "sm"),
    )


class FocusNote(rx.Component):
    """Puts the focus into the note that was ``asked`` for last, by number. Renders nothing."""

    tag = "FocusNote"

    id: rx.Var[str]
    asked: rx.Var[int]

    def add_imports(self) -> dict[str, list[str]]:
        return {"react": ["useEffect", "useRef"]}

    def add_custom_code(self) -> list[str]:
        return [FOCUS_NOTE]


class _KeysEverywhere(rx.Component):
    tag = "KeysEverywhere"

    label: rx.Var[str]

    def add_imports(self) -> dict[str, list[str]]:
        return {"react": ["useEffect", "useState"]}

    def add_custom_code(self) -> list[str]:
        return [PLAYER_CHOICE, EVERYWHERE]


def player_keys() -> rx.Component:
    """The dialog that the player's ``?`` opens: its keys, and whether they work outside of it."""
    return dialog(
        shortcut_help(),
        _KeysEverywhere.create(label=_("The keys work on the whole page, not only in the player")),
        id="player-keys",
        title=_("Keys for the player"),
    )


def seek(name: rx.Var | str, position: rx.Var | str) -> rx.Var:
    """For ``on_click``: the player of this name goes to this second."""
    named, second = rx.Var.create(name), rx.Var.create(position)
    function = (
        f'() => window.dispatchEvent(new CustomEvent("playback:seek", '
        f"{{ detail: {{ name: {named!s}, position: Number({second!s}) }} }}))"
    )
    data = named._get_all_var_data()
    return rx.Var(_js_expr=function, _var_type=EventChain, _var_data=data or second._get_all_var_data())
