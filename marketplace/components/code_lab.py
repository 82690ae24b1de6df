"""Python to write and to run, in the browser's own sandbox."""

from __future__ import annotations

from typing import Any

import reflex as rx

from marketplace.domain.exercises.exercise import MAX_CODE
from marketplace.i18n import _

from .code_lab_js import CODE_LAB
from .python_worker_js import VERSION


def _on_keep(code: rx.Var[str]) -> list[rx.Var]:
    return [code]


def _on_check(code: rx.Var[str], results: rx.Var[list[dict[str, str]]]) -> list[rx.Var]:
    return [code, results]


class CodeLab(rx.Component):
    """An editor with line numbers, "Run", and with a ``check_label`` a second button that also runs the calls and hands
    over what each gave. Python comes when somebody begins to write or to run."""

    tag = "CodeLab"
    lib_dependencies: list[str] = [f"pyodide@{VERSION}"]

    code: rx.Var[str]
    starter: rx.Var[str]
    calls: rx.Var[list[dict[str, str]]]
    seconds: rx.Var[int]
    words: rx.Var[dict[str, str]]
    label: rx.Var[str]
    check_label: rx.Var[str]
    held: rx.Var[bool]
    limit: rx.Var[int]

    on_keep: rx.EventHandler[_on_keep]
    on_check: rx.EventHandler[_on_check]

    def add_imports(self) -> dict[str, list[str]]:
        return {"react": ["useEffect", "useId", "useRef", "useState"]}

    def add_custom_code(self) -> list[str]:
        return [CODE_LAB]


def code_lab(code: rx.Var | str, label: rx.Var | str, seconds: rx.Var | int, **props: Any) -> rx.Component:
    """Saves itself after a pause, when it is left, and when the page is hidden.

    Args:
        code: What the server holds.
        label: Names the editor.
        seconds: A run is stopped after so many; the time in which Python is loaded doesn't count.
        props: ``starter`` (offers to go back to it), ``calls`` (of ``id`` and ``call``), ``check_label``, ``held``
            (what was typed was refused: it stays), ``on_keep(code)``, ``on_check(code, results)``: each result has the
            call's ``id`` and ``call``, and the ``repr`` of its ``value`` or the ``error`` it ended in.
    """
    words = {
        "run": _("Run"),
        "stop": _("Stop"),
        "reset": _("Back to the start"),
        "loading": _("Getting Python ready. The first time takes a few seconds…"),
        "running": _("Running…"),
        "output": _("Output"),
        "nothing": _("It ran, and printed nothing."),
        "too_long": _("Stopped after {n} seconds. Is there a loop that never ends?"),
        "stopped": _("Stopped."),
        "not_run": _("This test was not run."),
        "cut": _("… and more. Only the beginning of the output is kept."),
        "broken": _("Python stopped working here. Run it again; if that doesn't help, reload the page."),
        "keys": _("Tab indents. To leave the editor press Escape, then Tab. Ctrl and Enter runs."),
    }
    return CodeLab.create(code=code, label=label, seconds=seconds, words=words, limit=MAX_CODE, **props)
