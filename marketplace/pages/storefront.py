"""Home."""

from __future__ import annotations

import reflex as rx

from marketplace.components.avatar import avatar
from marketplace.components.button import link_button
from marketplace.components.card import large_card, product_card, row_card
from marketplace.components.empty import empty_state
from marketplace.components.link import arrow_link
from marketplace.components.money import sum_lines
from marketplace.components.sentence import phrase
from marketplace.components.skeleton import skeleton
from marketplace.components.topic_nav import topic_nav
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.shell import shell
from marketplace.settings import get_settings
from marketplace.state.browse import BrowseState


def home() -> rx.Component:
    items = BrowseState.items
    return shell(
        _headline(),
        rx.cond(
            BrowseState.loaded,
            rx.fragment(
                topic_nav(BrowseState.topics, gap="mt-7"),
                rx.cond(items.length() > 0, rx.fragment(_featured(items), _new(items), _story()), _opening()),
            ),
            _home_shape(),
        ),
        _start_selling(),
        live=BrowseState.loaded,
        painted=True,
        tab="home",
    )


def _headline() -> rx.Component:
    return rx.el.div(
        rx.el.h1(
            _("Learn a craft from people who live by it"),
            class_name="max-w-[10.25em] text-3xl sm:text-4xl lg:col-span-7",
        ),
        rx.el.div(
            rx.el.p(
                _(
                    "Short video lessons by potters, bakers, luthiers and other people who do it all day. "
                    "You pay them once, and the lesson stays yours."
                ),
                class_name="max-w-[27em] text-base text-muted sm:text-lg",
            ),
            class_name="lg:col-span-5",
        ),
        class_name="grid items-end gap-x-10 gap-y-4 pt-2 sm:pt-6 lg:grid-cols-12",
    )


def _featured(items: rx.Var) -> rx.Component:
    """The largest card first, three in a column beside it."""
    return rx.el.section(
        rx.el.div(large_card(items[0]), class_name="lg:col-span-7"),
        rx.el.ul(
            rx.foreach(items[1:4], lambda item: rx.el.li(row_card(item))),
            class_name="grid content-between gap-6 lg:col-span-5",
        ),
        aria_label=_("Featured"),
        class_name="mt-8 grid gap-x-10 gap-y-8 sm:mt-10 lg:grid-cols-12",
    )


def _new(items: rx.Var) -> rx.Component:
    rest = items[4:12]
    return rx.cond(
        rest.length() > 0,
        rx.el.section(
            rx.el.div(
                rx.el.h2(_("New lessons"), class_name="text-xl sm:text-2xl"),
                arrow_link(_("All lessons"), href="/search"),
                class_name="mb-5 flex items-center justify-between gap-4",
            ),
            rx.el.ul(
                rx.foreach(rest, lambda item: rx.el.li(product_card(item))),
                class_name=(
                    "scroll-row sm:mx-0 sm:grid-flow-row sm:auto-cols-auto sm:grid-cols-2 sm:gap-y-10 "
                    "sm:overflow-visible sm:p-0 lg:grid-cols-3 xl:grid-cols-4"
                ),
            ),
            class_name="mt-14 sm:mt-20",
        ),
    )


def _story() -> rx.Component:
    """A creator in their own words, beside their work."""
    story = BrowseState.story
    return rx.cond(
        story.contains("quote"),
        rx.el.section(
            rx.el.figure(
                avatar(story["name"], story["avatar"], "xl"),
                rx.el.blockquote(
                    "“",
                    story["quote"],
                    "”",
                    class_name="mt-6 max-w-[48ch] font-display text-xl leading-snug sm:text-2xl",
                ),
                rx.el.figcaption(
                    rx.el.span(story["name"], class_name="font-semibold"),
                    arrow_link(
                        _("See all lessons"),
                        rx.el.span(" ", phrase(_("by {name}"), name=story["name"]), class_name="sr-only"),
                        href=story["href"],
                    ),
                    class_name="mt-3 flex flex-wrap items-center gap-x-5",
                ),
                class_name="min-w-0 lg:col-span-7",
            ),
            rx.el.ul(
                rx.foreach(BrowseState.story_items, lambda item: rx.el.li(row_card(item))),
                class_name="grid gap-6 lg:col-span-5",
            ),
            class_name=(
                "mt-14 grid items-center gap-x-10 gap-y-8 rounded-card bg-sunken p-6 sm:mt-20 sm:p-10 lg:grid-cols-12 "
                "lg:px-14"
            ),
        ),
    )


def _start_selling() -> rx.Component:
    """What selling here costs, as a sum."""
    sale = BrowseState.sale
    return rx.el.section(
        rx.el.div(
            rx.el.h2(_("Teach what your hands know"), class_name="text-2xl sm:text-3xl"),
            rx.el.p(
                _(
                    "Upload a video, say what it is about, name a price. No monthly fee: we take a share when someone "
                    "buys, and the card costs come out of ours."
                ),
                class_name="mt-3 max-w-[50ch] text-muted",
            ),
            rx.el.div(link_button(_("Start selling"), "/studio", size="lg"), class_name="mt-6"),
        ),
        rx.el.div(
            sum_lines(
                [
                    (_("Someone buys your lesson"), sale["price"]),
                    (sale["label"], sale["fee"]),
                ],
                _("Yours"),
                sale["yours"],
            ),
            class_name="rounded-card border border-line bg-surface p-6",
        ),
        class_name="mt-14 grid items-center gap-8 border-t border-line pt-12 sm:mt-20 sm:pt-16 lg:grid-cols-2 lg:gap-16",
    )


def _opening() -> rx.Component:
    return rx.el.div(
        empty_state(
            _("No lessons yet"),
            _("This place has just opened. The first lesson could be yours."),
            link_button(_("Publish the first lesson"), "/studio/new"),
            icon="shapes",
        ),
        class_name="mt-10",
    )


def _home_shape() -> rx.Component:
    row = rx.el.div(
        skeleton("aspect-video w-36 rounded-card sm:w-52"),
        skeleton("mt-4 h-5 grow"),
        class_name="flex gap-4 sm:gap-5",
    )
    return rx.el.div(
        rx.el.div(class_name="mt-7 h-11"),
        rx.el.div(
            skeleton("aspect-video w-full rounded-card lg:col-span-7"),
            rx.el.div(row, row, row, class_name="grid content-between gap-6 lg:col-span-5"),
            class_name="mt-8 grid gap-x-10 gap-y-8 sm:mt-10 lg:grid-cols-12",
        ),
        role="status",
        aria_label=_("Loading"),
    )


_TITLE = get_settings().site_name

PAGES = [
    Route(
        "/",
        home,
        lambda: _("{site}: learn a craft from people who live by it").format(site=_TITLE),
        BrowseState.on_load,
        _("Short video lessons by people who do it all day. Pay once, keep it."),
    ),
]
