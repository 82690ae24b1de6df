"""In the curriculum builder: what learners may keep offline."""

from __future__ import annotations

from typing import Any

import reflex as rx

from marketplace.components.field import field, select_input
from marketplace.i18n import _
from marketplace.pages import Route

PAGES: list[Route] = []


def keep_choice(state: Any) -> rx.Component:
    options = [
        ("nothing", _("Nothing")),
        ("text", _("Texts, transcripts and files")),
        ("video", _("Videos too")),
    ]
    return field(
        _("Learners may keep offline"),
        select_input("keep", options, value=state.keep, on_change=state.set_keep),
        _(
            "For two weeks at a time, while they have the course. A copy on somebody's device can't be guarded like a page."
        ),
        required=True,
    )
