"""Translated sentences with something of the page in them: languages put it in different places."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import reflex as rx

from marketplace.i18n import current_locale, direction

_PLACE = re.compile(r"\{(\w+)\}")


def sentence(template: str, **parts: Any) -> list[Any]:
    """The children that a sentence is made of: its words, and what stands at its ``{places}``. From right to left, a
    Var of text is kept apart, so that a name in Latin letters doesn't turn the words around it.

    Args:
        template: A translated text.
        parts: A component, a Var or text for each place.
    """
    return [rx.el.bdi(piece) if isinstance(piece, rx.Var) and _turns() else piece for piece in _split(template, parts)]


def _split(template: str, parts: Mapping[str, Any]) -> list[Any]:
    pieces = _PLACE.split(template)
    return [parts[piece] if place % 2 else piece for place, piece in enumerate(pieces) if place % 2 or piece]


def _turns() -> bool:
    return direction(current_locale.get()) == "rtl"


def phrase(template: str, **values: rx.Var[Any] | str) -> rx.Var[str]:
    """The same as one text, for labels and titles: ``values`` are text or Vars of text.

    Args:
        template: A translated text.
        values: For each of its ``{places}``.
    """
    text = rx.Var.create("").to(str)
    apart, end = ("\u2068", "\u2069") if _turns() else ("", "")  # what <bdi> does, in plain text
    for part in _split(template, values):
        text = text + (apart + part.to(str) + end if isinstance(part, rx.Var) else part)
    return text
