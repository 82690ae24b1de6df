"""The video of a lesson: a Vimeo link or a file of ours, with the same events and keys."""

from __future__ import annotations

from typing import Any

import reflex as rx

from marketplace.i18n import _

from .vimeo_player_js import VIMEO_PLAYER


def _on_progress(position: rx.Var[float], duration: rx.Var[float]) -> list[rx.Var]:
    return [position, duration]


def _on_error(message: rx.Var[str]) -> list[rx.Var]:
    return [message]


def _nothing() -> list[rx.Var]:
    return []


class VimeoPlayer(rx.Component):
    """react-player in a box that keeps its shape. Its code comes once there is something to play, and ours for it:
    ``PLAYER_MODULE``."""

    tag = "VimeoPlayer"
    lib_dependencies: list[str] = ["react-player@3.4.0"]

    src: rx.Var[str]
    name: rx.Var[str]
    next_title: rx.Var[str]
    captions: rx.Var[list[dict[str, str]]]
    start_at: rx.Var[float]
    title: rx.Var[str]
    poster: rx.Var[str]
    words: rx.Var[dict[str, str]]

    on_progress: rx.EventHandler[_on_progress]
    on_next: rx.EventHandler[_nothing]
    on_ended: rx.EventHandler[_nothing]
    on_error: rx.EventHandler[_on_error]

    def add_imports(self) -> dict[str, list[str]]:
        return {"react": ["Suspense", "lazy", "useEffect", "useState"]}

    def add_custom_code(self) -> list[str]:
        return [VIMEO_PLAYER]


def vimeo_player(
    src: rx.Var[str] | str,
    title: rx.Var | str,
    captions: rx.Var | list[dict[str, str]] | None = None,
    start_at: rx.Var[float] | float = 0,
    poster: rx.Var | str = "",
    name: rx.Var | str = "video",
    next_title: rx.Var | str = "",
    **events: Any,
) -> rx.Component:
    """A video with the browser's or Vimeo's own controls.

    With the focus in it: space or k plays, arrows skip 5 s and j/l 10 s, f full screen, c captions, m sound,
    < and > speed, comma and full stop one frame, n a note, b a bookmark, ? these keys. Elsewhere on the page they work too,
    for the first player, unless that was switched off.

    Args:
        src: ``https://vimeo.com/…`` (with its hash when unlisted) or the URL of a file; empty shows the still box.
        title: Names the player.
        captions: ``{"src", "lang", "label"}`` each, for files; Vimeo brings its own.
        start_at: Seconds to start from; ignored within the last five seconds.
        poster: Picture before it plays.
        name: Unique on the page: what shows and moves this video's time names it so.
        next_title: What comes after it, offered near its end.
        events: ``on_next()`` when that is pressed; ``on_progress(position, duration)`` in seconds: every 5 s while
            playing, on pause, seek, end and when the page is left; ``on_ended()``; ``on_error(message)``.
    """
    words = {
        "failed": _("This video cannot be played right now. Your place is kept."),
        "retry": _("Try again"),
        "captions_on": _("Captions on"),
        "captions_off": _("Captions off"),
        "no_captions": _("No captions"),
        "next": _("Next:"),
    }
    return VimeoPlayer.create(
        src=src,
        title=title,
        captions=[] if captions is None else captions,
        start_at=start_at,
        poster=poster,
        name=name,
        next_title=next_title,
        words=words,
        **events,
    )


def shortcut_help() -> rx.Component:
    """The player's keys, for a disclosure or dialog near it."""
    keys = (
        (_("Play or pause"), "Space · K"),
        (_("Back or on 5 seconds"), "← →"),
        (_("Back or on 10 seconds"), "J · L"),
        (_("Captions"), "C"),
        (_("Full screen"), "F"),
        (_("Sound"), "M"),
        (_("Slower or faster"), "< >"),
        (_("One frame back or on, while paused"), ", ."),
        (_("Note at this moment"), "N"),
        (_("Bookmark this moment"), "B"),
        (_("These keys"), "?"),
    )
    return rx.el.dl(
        *[
            rx.el.div(
                rx.el.dt(text, class_name="text-muted"),
                rx.el.dd(rx.el.kbd(key, class_name="font-sans font-semibold")),
                class_name="flex justify-between gap-6",
            )
            for text, key in keys
        ],
        class_name="grid gap-1.5 text-sm",
    )
