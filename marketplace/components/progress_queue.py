"""What was done while there was no connection waits in the browser, and is told when there is one."""

from __future__ import annotations

from typing import Any

import reflex as rx

from marketplace.i18n import _

from .progress_queue_js import PROGRESS_QUEUE


def _on_merge(rows: rx.Var[list[dict[str, Any]]]) -> list[rx.Var]:
    return [rows]


class ProgressQueue(rx.Component):
    """Keeps each report of a player until the server has heard it, and says when the page is offline. A press on what is
    marked ``data-complete`` is kept too, while there is no connection."""

    tag = "ProgressQueue"

    owner: rx.Var[str]
    course: rx.Var[str]
    lesson: rx.Var[str]
    heard: rx.Var[dict[str, str]]
    merged: rx.Var[list[dict[str, Any]]]
    words: rx.Var[dict[str, str]]

    on_merge: rx.EventHandler[_on_merge]

    def add_imports(self) -> dict[str, list[str]]:
        return {"react": ["useEffect", "useRef", "useState"]}

    def add_custom_code(self) -> list[str]:
        return [PROGRESS_QUEUE]


def progress_queue(
    owner: rx.Var, course: rx.Var | str, lesson: rx.Var | str, heard: rx.Var, merged: rx.Var, on_merge: Any
) -> rx.Component:
    """Put once in a page with players.

    Args:
        owner: Names the account to this browser, without saying who it is; empty: nothing is kept.
        course: Id of the product.
        lesson: Id of the open lesson.
        heard: ``{"block", "position"}``: the report that the server took last.
        merged: The rows of the queue that the server took last.
        on_merge: Handler of ``(rows: list)``: ``{"lesson", "block", "position", "done", "at"}`` each.
    """
    words = {
        "offline": _("You are offline."),
        "on": _("What is on this page stays. Your progress is kept here and told when the connection is back."),
        "noted": _("This lesson is noted as complete. That is told when the connection is back."),
        "kept": _("Your progress is kept here and told when the connection is back."),
    }
    return ProgressQueue.create(
        owner=owner, course=course, lesson=lesson, heard=heard, merged=merged, words=words, on_merge=on_merge
    )
