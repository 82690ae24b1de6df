"""What was handed in: its files, the rubric with what was given, and what was said."""

from __future__ import annotations

from typing import Any

import reflex as rx

from marketplace.i18n import _

from .badge import badge
from .icon import icon
from .inner_html import sanitised
from .link import link


def verdict(tone: rx.Var, words: rx.Var) -> rx.Component:
    return rx.match(
        tone, ("success", badge(words, "success", "check")), ("warning", badge(words, "warning")), badge(words, "info")
    )


def files_of(files: rx.Var, action: Any = None) -> rx.Component:
    """Names that download, pictures beside them.

    Args:
        files: Var of ``FileView``.
        action: Draws what stands at a file's end, from its Var.
    """

    def one(row: rx.Var) -> rx.Component:
        face = rx.cond(
            row.picture != "",
            rx.el.img(
                src=row.picture, alt="", width="56", height="56", custom_attrs={"loading": "lazy"},
                class_name="size-14 shrink-0 rounded-control border border-line bg-sunken object-cover",
            ),
            rx.el.span(
                icon("file_text", 22, "text-muted"),
                class_name="grid size-14 shrink-0 place-items-center rounded-control bg-sunken",
            ),
        )  # fmt: skip
        return rx.el.li(
            face,
            rx.el.div(
                link(
                    row.name, href=row.href, document=True,
                    class_name="font-medium underline decoration-line-strong underline-offset-4 [overflow-wrap:anywhere] hover:text-accent",
                ),
                rx.el.p(row.size, class_name="tnum text-sm text-muted"),
                class_name="min-w-0 grow",
            ),
            *([action(row)] if action else []),
            key=row.id,
            class_name="flex items-center gap-3 py-2",
        )  # fmt: skip

    return rx.el.ul(rx.foreach(files, one), aria_label=_("Files"), class_name="divide-y divide-line empty:hidden")


def rubric_table(criteria: rx.Var) -> rx.Component:
    """The rubric to read; what was given is marked."""

    def level(row: rx.Var) -> rx.Component:
        return rx.el.li(
            rx.el.span(
                rx.cond(row.chosen, rx.fragment(icon("check", 16), rx.el.span(_("Given:"), " ", class_name="sr-only"))),
                row.points, class_name="tnum flex items-center gap-1 text-xs font-semibold",
            ),
            rx.el.span(row.words, class_name="[overflow-wrap:anywhere]"),
            key=row.id,
            class_name=[
                "grid min-w-0 flex-1 basis-36 content-start gap-0.5 rounded-control border px-3 py-2 text-sm",
                rx.cond(row.chosen, "border-accent bg-accent-soft", "border-line"),
            ],
        )  # fmt: skip

    def criterion(row: rx.Var) -> rx.Component:
        return rx.el.li(
            rx.el.div(
                rx.el.span(row.name, class_name="grow font-medium [overflow-wrap:anywhere]"),
                rx.el.span(row.given, class_name="tnum shrink-0 text-sm font-semibold"),
                class_name="flex items-baseline justify-between gap-4",
            ),
            rx.el.ul(rx.foreach(row.levels, level), class_name="flex flex-wrap gap-2"),
            key=row.id,
            class_name="grid gap-1.5",
        )

    return rx.el.ul(rx.foreach(criteria, criterion), class_name="grid gap-4 empty:hidden")


def thread(comments: rx.Var) -> rx.Component:
    """What both sides said, the oldest first."""

    def one(row: rx.Var) -> rx.Component:
        return rx.el.li(
            rx.el.p(
                rx.el.span(row.who, class_name="font-semibold"), " ", rx.el.span(row.when, class_name="text-muted"),
                class_name="text-sm",
            ),
            rx.el.p(row.words, class_name="whitespace-pre-line [overflow-wrap:anywhere]"),
            key=row.id,
            class_name=[
                "max-w-[60ch] rounded-card px-4 py-2.5",
                rx.cond(row.mine, "bg-sunken", "border border-line bg-surface"),
            ],
        )  # fmt: skip

    return rx.el.ol(rx.foreach(comments, one), aria_label=_("Comments"), class_name="grid gap-2 empty:hidden")


def typed(html: rx.Var) -> rx.Component:
    """What somebody wrote."""
    return rx.cond(
        html != "",
        rx.el.div(
            custom_attrs=sanitised(html),
            class_name="prose max-w-[70ch] border-s-2 border-line-strong ps-4 [overflow-wrap:anywhere]",
        ),
    )
