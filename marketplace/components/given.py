"""Parts that are there only when there is something to say in them."""

from __future__ import annotations

from typing import Any

import reflex as rx


def given(what: Any, part: rx.Component, otherwise: rx.Component | None = None) -> rx.Component:
    """``part`` unless ``what`` is empty: known now for plain text, decided in the browser for a Var.

    Args:
        what: Text, or a Var of text; ``None`` is empty.
        part: What shows it.
        otherwise: Shown in its place; nothing when not given.
    """
    empty = otherwise if otherwise is not None else rx.fragment()
    if isinstance(what, rx.Var):
        return rx.cond(what.to(str) != "", part, empty)
    return part if what else empty
