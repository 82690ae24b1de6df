"""Keeping a lesson in this browser."""

from __future__ import annotations

import reflex as rx

from marketplace.i18n import _

from .button import button_class
from .icon import icon
from .keep_offline_js import KEEP_OFFLINE, KEEP_STORE


class KeepOffline(rx.Component):
    """The button, and what became of it. Where a browser can't do this, nothing."""

    tag = "KeepOffline"

    product: rx.Var[str]
    lesson: rx.Var[str]
    may: rx.Var[bool]
    words: rx.Var[dict[str, str]]

    def add_imports(self) -> dict[str, list[str]]:
        return {"react": ["useEffect", "useState"]}

    def add_custom_code(self) -> list[str]:
        return [KEEP_STORE, KEEP_OFFLINE]


def keep_offline(product: rx.Var | str, lesson: rx.Var | str, may: rx.Var | bool) -> rx.Component:
    """ "Keep offline", for a lesson that its learner has.

    Args:
        product: Id of the course.
        lesson: Id of the lesson.
        may: It may be kept; what was kept before it might not goes, and that is said.
    """
    words = {
        "keep": _("Keep offline"),
        "again": _("Keep the newer version"),
        "busy": _("Keeping it… {percent} %"),
        "until": _("Kept in this browser until {day}."),
        "no_video": _("Its video needs a connection."),
        "gone": _("This lesson may not be kept offline any more. Its copy was removed from this browser."),
        "remove": _("Remove"),
        "list": _("All that is kept"),
        "unreachable": _("It couldn't be fetched. Check your connection and try again; nothing was kept."),
        "full": _("There isn't enough room in this browser's storage. Remove something that is kept, and try again."),
        "refused": _("This browser doesn't let pages keep anything. A private window may be the reason."),
    }
    return KeepOffline.create(
        icon("download", 16),
        product=product,
        lesson=lesson,
        may=may,
        words=words,
        class_name=button_class("quiet", "sm"),
    )
