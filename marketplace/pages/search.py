"""``/search``: results, filters, and help when there is nothing."""

from __future__ import annotations

import reflex as rx

from marketplace.components import result
from marketplace.components.badge import chip
from marketplace.components.button import link_button
from marketplace.components.card import product_card
from marketplace.components.empty import empty_state
from marketplace.components.more import show_more
from marketplace.components.skeleton import skeleton_grid
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.shell import shell
from marketplace.settings import get_settings
from marketplace.state.search import SearchState


def search() -> rx.Component:
    return shell(
        rx.el.h1(
            rx.cond(SearchState.loaded, SearchState.heading, _("Search")),
            class_name="text-2xl sm:text-3xl [overflow-wrap:anywhere]",
        ),
        result.notes(SearchState.notes),
        rx.el.div(
            rx.cond(SearchState.loaded, result.filters(SearchState.facets), rx.el.div()),
            rx.el.div(
                rx.cond(SearchState.loaded, _bar()),
                rx.el.section(
                    rx.cond(
                        SearchState.loaded,
                        rx.cond(
                            SearchState.items.length() > 0,
                            _results(),
                            rx.cond(SearchState.close.length() > 0, _no_words(), _nothing()),
                        ),
                        skeleton_grid(),
                    ),
                    class_name=result.SECTION,
                ),
                rx.cond(SearchState.loaded & (SearchState.close.length() > 0), _close()),
                class_name=result.MAIN,
            ),
            class_name=result.LAYOUT,
        ),
        live=SearchState.loaded,
        painted=True,
        tab="search",
        query=SearchState.query,
    )


def _bar() -> rx.Component:
    return rx.el.div(
        rx.cond(SearchState.facets.length() > 0, result.filters_button()),
        result.active_filters(SearchState.active, SearchState.clear_href),
        result.orders(SearchState.sorts),
        class_name=result.BAR,
    )


def _results() -> rx.Component:
    return rx.fragment(
        rx.el.h2(_("Results"), class_name="sr-only"),
        result.result_grid(SearchState.items),
        show_more(SearchState.next_key, SearchState.more),
    )


def _no_words() -> rx.Component:
    return rx.fragment(
        rx.el.p(_("Nothing has these words. What is below comes close in meaning."), class_name=result.NO_WORDS),
        _ways(),
    )


def _close() -> rx.Component:
    return rx.el.section(
        rx.el.h2(
            rx.cond(SearchState.items.length() > 0, _("Also close in meaning"), _("Close in meaning")),
            class_name=result.CLOSE_TITLE,
        ),
        result.result_grid(SearchState.close),
        class_name=result.CLOSE,
    )


def _ways() -> rx.Component:
    return rx.cond(
        SearchState.ways.length() > 0,
        rx.el.nav(
            rx.foreach(SearchState.ways, lambda way: chip(way["label"] + " (" + way["count"] + ")", way["href"])),
            aria_label=_("Search with fewer filters"),
            class_name=result.WAYS,
        ),
    )


def _nothing() -> rx.Component:
    return rx.fragment(
        empty_state(
            _("Nothing matches yet"),
            _("Try fewer or more general words, or look through everything there is."),
            link_button(_("Show everything"), "/search", kind="secondary"),
            icon="search_x",
        ),
        _ways(),
        rx.cond(
            SearchState.popular.length() > 0,
            rx.el.div(
                rx.el.h2(_("Popular now"), class_name=result.POPULAR_TITLE),
                rx.el.ul(
                    rx.foreach(SearchState.popular, lambda item: rx.el.li(product_card(item))),
                    class_name=result.POPULAR_GRID,
                ),
                class_name=result.POPULAR,
            ),
        ),
    )


_TITLE = get_settings().site_name

PAGES = [
    Route(
        "/search",
        search,
        rx.cond(SearchState.loaded, f"{SearchState.heading} · {_TITLE}", _TITLE),
        SearchState.on_load,
        _("Search lessons, courses and bundles by people who live by their craft."),
    ),
]
