"""Home and search."""

from __future__ import annotations

import reflex as rx

from marketplace.components.card import product_grid
from marketplace.components.page import page_title
from marketplace.pages import Route
from marketplace.pages.shell import shell
from marketplace.state.browse import BrowseState


def home() -> rx.Component:
    return shell(
        page_title("Learn a craft from people who live by it"),
        product_grid(BrowseState.items),
        live=BrowseState.loaded,
        tab="home",
    )


PAGES = [Route("/", home, "Home", BrowseState.on_load)]
