"""Suggestions under the search box."""

from __future__ import annotations

import reflex as rx

from marketplace.i18n import _
from marketplace.settings import get_settings

from .suggest_js import SCRIPT


class SuggestBox(rx.Component):
    """Makes a combobox of the input with ``target`` as its id; stands in the same form. ``words``: what it says."""

    tag = "SuggestBox"

    target: rx.Var[str]
    url: rx.Var[str]
    words: rx.Var[dict[str, str]]

    def add_imports(self) -> dict[str, list[str]]:
        return {"react": ["Suspense", "lazy", "useEffect", "useState"], "@emotion/react": ["jsx"]}

    def add_custom_code(self) -> list[str]:
        return [SCRIPT]


def suggest_box(target: str) -> rx.Component:
    """For the search box with this id."""
    words = {
        "label": _("Suggestions"), "recent": _("Searched before"), "topic": _("Topic"), "person": _("Creator"),
        "clear": _("Forget what I searched"), "count": _("{n} suggestions, use the arrow keys"),
    }  # fmt: skip
    return SuggestBox.create(target=target, url=f"{get_settings().backend}/search/suggest", words=words)
