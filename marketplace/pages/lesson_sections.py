"""What stands under the heading of a product's page: the blocks that its creator made, or the plain form."""

from __future__ import annotations

import reflex as rx

from marketplace.components.avatar import avatar
from marketplace.components.icon import icon
from marketplace.components.inner_html import sanitised
from marketplace.components.link import arrow_link
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.lesson_syllabus import syllabus
from marketplace.state.lesson import LessonState

PAGES: list[Route] = []

view = LessonState.view


def blocks() -> rx.Component:
    """What its creator made of the page, as the server drew it."""
    return rx.el.div(custom_attrs=sanitised(LessonState.blocks), class_name="contents")


def plain() -> rx.Component:
    return rx.fragment(_learn(), syllabus(), _about(), _creator())


def _learn() -> rx.Component:
    return rx.cond(
        LessonState.learn.length() > 0,
        rx.el.section(
            rx.el.h2(_("What you will learn"), class_name="text-xl"),
            rx.el.ul(
                rx.foreach(
                    LessonState.learn,
                    lambda line: rx.el.li(
                        icon("check", 18, "mt-1 text-accent"), rx.el.span(line), class_name="flex gap-2.5"
                    ),
                ),
                class_name="mt-4 grid gap-x-8 gap-y-2.5 sm:grid-cols-2",
            ),
        ),
    )


def _about() -> rx.Component:
    return rx.cond(
        view["description"].to(str) != "",
        rx.el.section(
            rx.el.h2(view["about"].to(str), class_name="mb-4 text-xl"),
            rx.el.div(custom_attrs=sanitised(view["description"]), class_name="prose"),
        ),
    )


def _creator() -> rx.Component:
    return rx.el.section(
        avatar(view["creator"], view["creator_avatar"], "lg"),
        rx.el.div(
            rx.el.h2(
                rx.el.span(_("Taught by"), " ", class_name="font-normal text-muted"),
                view["creator"],
                class_name="text-lg [overflow-wrap:anywhere]",
            ),
            rx.el.p(view["creator_bio"], class_name="mt-1.5 max-w-[60ch] text-muted empty:hidden"),
            arrow_link(_("See the profile"), href=view["creator_href"], look="mt-1"),
            class_name="min-w-0",
        ),
        class_name="flex min-w-0 gap-4 border-t border-line pt-8 sm:gap-5",
    )
