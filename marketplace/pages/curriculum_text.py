"""A text of a lesson being written: buttons, the markdown, and beside it how learners will see it."""

from __future__ import annotations

import reflex as rx

from marketplace.components.button import button
from marketplace.components.disclosure import disclosure
from marketplace.components.field import field_error, textarea
from marketplace.components.inner_html import sanitised
from marketplace.components.text_editor import text_editor, tool, tool_gap, toolbar
from marketplace.domain.courses.service import MAX_TEXT
from marketplace.domain.media.rules import MAX_IMAGE_BYTES
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.studio_parts import error_of
from marketplace.pages.wizard_autosave import autosave
from marketplace.state.curriculum import CurriculumState

PAGES: list[Route] = []


def text_block(block: rx.Var) -> rx.Component:
    state = CurriculumState
    shown = state.preview_of == block["id"]
    words = autosave(
        textarea(
            "text", rows=10, default_value=block["md"], max_length=MAX_TEXT, aria_label=_("Text of the lesson"),
            class_name="field-sizing-content min-h-48",
        ),
        value=block["md"], on_save=lambda typed: state.write(block["id"], typed),
        held=state.errors.contains(block["id"]) | state.stale, limit=MAX_TEXT,
    )  # fmt: skip
    return rx.el.div(
        text_editor(
            rx.el.div(_tools(), _switch(block, shown), class_name="flex flex-wrap items-start justify-between gap-2"),
            rx.el.div(
                words,
                rx.cond(shown, _preview()),
                class_name=["grid min-w-0 gap-3", rx.cond(shown, "xl:grid-cols-2 [&_textarea]:max-h-[32rem]", "")],
            ),
            block=block["id"].to(str),
            picture=state.picture,
            max_bytes=MAX_IMAGE_BYTES,
            preview_open=shown,
            on_preview=lambda typed: state.preview(block["id"], typed),
            on_picture_chosen=lambda name, size, mime: state.picture_chosen(block["id"], name, size, mime),
            on_picture_sent=state.picture_sent,
            on_picture_failed=state.picture_failed,
        ),
        field_error(error_of(state.errors, block["id"].to(str))),
        disclosure(_("How to write it"), _help()),
        class_name="grid gap-1.5",
    )


def _switch(block: rx.Var, shown: rx.Var[bool]) -> rx.Component:
    return button(
        rx.cond(shown, _("Close the preview"), _("Preview")),
        kind="secondary", size="sm", icon="eye", aria_pressed=shown, on_click=CurriculumState.show_preview(block["id"]),
    )  # fmt: skip


def _preview() -> rx.Component:
    return rx.el.section(
        rx.el.div(custom_attrs=sanitised(CurriculumState.preview_html), class_name="prose max-w-[65ch]"),
        rx.cond(
            CurriculumState.preview_html == "",
            rx.el.p(_("What you write shows here as learners will see it."), class_name="text-sm text-muted"),
        ),
        aria_label=_("Preview"),
        custom_attrs={"data-preview": "1"},
        tab_index=0,
        class_name="max-h-[32rem] min-w-0 overflow-y-auto rounded-card border border-line bg-paper p-4",
    )


def _tools() -> rx.Component:
    return toolbar(
        tool("bold", _("Bold"), "bold", "Ctrl+B", before="**", after="**", sample=_("bold")),
        tool("italic", _("Italic"), "italic", "Ctrl+I", before="*", after="*", sample=_("italic")),
        tool("heading", _("Heading"), "heading", line="## ", sample=_("Heading")),
        tool("list", _("List"), "list", line="- ", sample=_("One thing")),
        tool("link", _("Link"), "link", "Ctrl+K", before="[", after="](https://)", sample=_("words of the link")),
        tool_gap(),
        tool("picture", _("Add a picture"), "image"),
        tool("embed", _("Embed a video or map"), "monitor_play", block="1", sample="https://www.youtube.com/watch?v="),
        tool(
            "callout", _("Callout"), "lightbulb", block="1", before="> [!tip] " + _("Good to know") + "\n> ",
            sample=_("What should stand out"),
        ),
        tool("maths", _("Formula"), "sigma", before="$", after="$", sample=r"\frac{a}{b}"),
        tool("code", _("Code"), "code", block="1", before="```python\n", after="\n```", sample='print("Hello")'),
        tool_gap(),
        tool(
            "tabs", _("Tabs"), "panels_top_left", block="1", before=":::tabs\n:::tab " + _("First") + "\n",
            after="\n:::tab " + _("Second") + "\n" + _("Text of the second tab") + "\n:::", sample=_("Text of the first tab"),
        ),
        tool(
            "flashcards", _("Flashcards"), "layers", block="1", before=":::flashcards\n:::card ",
            after="\n" + _("Its back") + "\n:::card " + _("Another front") + "\n" + _("Its back") + "\n:::",
            sample=_("Front of a card"),
        ),
        tool(
            "reveal", _("Hidden answer"), "eye_off", block="1", before=":::reveal " + _("Show the answer") + "\n",
            after="\n:::", sample=_("The answer"),
        ),
        label=_("Formatting"),
    )  # fmt: skip


def _help() -> rx.Component:
    rows = (
        ("**bold**, *italic*, `code`", _("Emphasis")),
        ("## Heading", _("Heading; ### is a smaller one")),
        ("- one\n1. first\n- [x] done", _("Lists: with dots, numbered, of tasks")),
        ("| Cone | °C |\n|---|--:|\n| 6 | 1222 |", _("Table; the colon puts a column to the right")),
        ("> [!tip] Title\n> Words", _("Callout: note, tip, important, warning or caution")),
        (r"$\frac{a}{b}$", _("Formula in a line; between two lines of $$ by itself")),
        ("```python\nprint(1)\n```", _("Code, with the name of its language")),
        (":::tabs\n:::tab One\nWords\n:::tab Two\nWords\n:::", _("Tabs")),
        (":::flashcards\n:::card Front\nBack\n:::", _("Flashcards: as many cards as you like")),
        (":::reveal Show the answer\nWords\n:::", _("What learners open themselves")),
        ("https://youtu.be/…", _("A link alone on its line: YouTube, Vimeo, CodePen and OpenStreetMap are shown in place")),
        ('![What it shows](picture:…) "Caption"', _("Picture: paste it, drop it here, or use the button")),
        ("Words[^1]\n\n[^1]: Note", _("Footnote")),
    )  # fmt: skip
    return rx.el.dl(
        *[
            rx.el.div(
                rx.el.dt(
                    rx.el.pre(
                        sample, class_name="overflow-x-auto rounded-control bg-sunken px-3 py-2 font-mono text-xs"
                    )
                ),
                rx.el.dd(meaning, class_name="self-center text-sm text-muted"),
                class_name="grid min-w-0 gap-x-4 gap-y-1 sm:grid-cols-2",
            )
            for sample, meaning in rows
        ],
        class_name="grid gap-3",
    )
