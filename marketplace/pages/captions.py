"""Captions of a video as its creator adds and removes them."""

from __future__ import annotations

import reflex as rx

from marketplace.components.button import icon_button
from marketplace.components.field import field, select_input
from marketplace.components.icon import icon
from marketplace.components.sentence import phrase
from marketplace.components.uploader import signed_put
from marketplace.domain.media.rules import LANGUAGES, MAX_CAPTION_BYTES
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.state.captions import CaptionUpload

PAGES: list[Route] = []


def caption_editor(state: type[CaptionUpload]) -> rx.Component:
    """Those that are there, and a place for a file. ``state`` says of which video."""
    return rx.el.div(
        rx.cond(
            state.captions.length() > 0,
            rx.el.ul(
                rx.foreach(state.captions, lambda caption: _caption(state, caption)),
                class_name="divide-y divide-line rounded-card border border-line bg-surface",
            ),
        ),
        rx.el.div(
            field(
                _("Language of the file"),
                select_input(
                    "caption_language",
                    list(LANGUAGES.items()),
                    value=state.caption_language,
                    on_change=state.set_caption_language,
                ),
                required=True,
            ),
            rx.el.div(
                signed_put(
                    state.caption_upload_url,
                    _("Add captions"),
                    state.caption_round,
                    state.caption_problem,
                    accept=".vtt,.srt",
                    max_bytes=MAX_CAPTION_BYTES,
                    hint=_("VTT or SRT, up to 1 MB"),
                    on_file_chosen=state.caption_chosen,
                    on_done=state.caption_uploaded,
                    on_failed=state.caption_failed,
                ),
                class_name="[&_label]:py-5",
            ),
            class_name="grid items-start gap-4 sm:grid-cols-[14rem_1fr]",
        ),
        class_name="grid gap-4",
    )


def _caption(state: type[CaptionUpload], caption: rx.Var) -> rx.Component:
    return rx.el.li(
        icon("captions", 20, "text-muted"),
        rx.el.span(caption["label"], class_name="grow font-medium"),
        icon_button(
            "trash_2",
            phrase(_("Remove captions: {title}"), title=caption["label"]),
            on_click=state.remove_caption(caption["id"]),
            size=18,
        ),
        class_name="flex items-center gap-3 py-1.5 pe-2 ps-4",
    )
