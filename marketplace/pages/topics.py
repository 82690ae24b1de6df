"""A topic's page: what it is about, and everything on offer in it."""

from __future__ import annotations

import reflex as rx

from marketplace.components.button import link_button
from marketplace.components.card import product_grid
from marketplace.components.empty import empty_state
from marketplace.components.more import show_more
from marketplace.components.skeleton import skeleton, skeleton_grid
from marketplace.components.topic_nav import topic_nav
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.missing import SITE, nothing_here, nothing_title
from marketplace.pages.shell import shell
from marketplace.state.topics import TopicState


def topic() -> rx.Component:
    return shell(
        rx.cond(
            TopicState.loaded,
            rx.cond(TopicState.failure != "", nothing_here(TopicState.failure, TopicState.items), _shown()),
            rx.el.div(skeleton("h-9 w-56"), skeleton("mt-4 mb-14 h-5 w-full max-w-md"), skeleton_grid()),
        ),
        live=TopicState.loaded,
        painted=True,
        tab="search",
    )


def _shown() -> rx.Component:
    return rx.fragment(
        rx.el.h1(TopicState.name, class_name="text-2xl sm:text-3xl"),
        rx.el.p(TopicState.words, class_name="mt-2 max-w-[60ch] text-muted"),
        topic_nav(TopicState.topics, TopicState.topic, everything=True),
        rx.el.section(
            rx.cond(TopicState.items.length() > 0, _lessons(), _none_yet()),
            class_name="pt-8",
        ),
    )


def _lessons() -> rx.Component:
    return rx.fragment(
        rx.el.h2(_("Lessons"), class_name="sr-only"),
        product_grid(TopicState.items),
        show_more(TopicState.next_key, TopicState.more),
    )


def _none_yet() -> rx.Component:
    return empty_state(
        _("Nothing here yet"),
        _("The first lesson of this topic could be yours. Until then, look through everything there is."),
        link_button(_("Show all lessons"), "/search", kind="secondary"),
        icon="shapes",
    )


def _title() -> rx.Var:
    known = rx.cond(TopicState.name != "", f"{TopicState.name} · {SITE}", SITE)
    return rx.cond(TopicState.failure != "", nothing_title(), known)


PAGES = [
    Route(
        "/topics/[topic_slug]",
        topic,
        _title,
        TopicState.on_load,
    )
]
