"""Where nothing is: what may have been meant, and the ways on."""

from __future__ import annotations

import reflex as rx

from marketplace.components.badge import chip
from marketplace.components.button import button_class
from marketplace.components.card import product_grid
from marketplace.components.icon import icon
from marketplace.components.languages import of_address, words_of_address
from marketplace.components.link import plain_form
from marketplace.i18n import _
from marketplace.pages import Route
from marketplace.pages.shell import shell
from marketplace.settings import get_settings
from marketplace.state.browse import MissingState


def missing() -> rx.Component:
    return of_address(_missing)


def _missing() -> rx.Component:
    return shell(
        nothing_here(_("There is nothing at this address"), MissingState.items),
        live=MissingState.loaded,
        painted=True,
    )


def nothing_here(title: rx.Var | str, suggestions: rx.Var) -> rx.Component:
    """The page for an address with nothing at it."""
    return rx.fragment(
        rx.el.div(
            rx.el.h1(title, class_name="text-2xl sm:text-3xl"),
            rx.el.p(
                _("It may have moved, or the link has a slip of the pen. Search for it, or go on from here."),
                class_name="mt-3 max-w-[52ch] text-muted",
            ),
            plain_form(
                rx.el.input(
                    type="search",
                    name="q",
                    aria_label=_("Search lessons"),
                    placeholder=_("Search lessons"),
                    class_name=(
                        "h-11 w-full min-w-0 rounded-control border border-line-strong bg-surface px-3 text-base "
                        "hover:border-ink"
                    ),
                ),
                rx.el.button(icon("search", 18), _("Search"), type="submit", class_name=button_class()),
                action="/search",
                class_name="mt-6 flex max-w-md gap-2",
            ),
            rx.el.nav(
                chip(_("Home"), href="/"),
                chip(_("All lessons"), href="/search"),
                chip(_("Your library"), href="/library"),
                aria_label=_("Ways on"),
                class_name="mt-5 flex flex-wrap gap-2",
            ),
            class_name="pt-4 sm:pt-10",
        ),
        rx.cond(
            suggestions.length() > 0,
            rx.el.section(
                rx.el.h2(_("Perhaps one of these"), class_name="mb-5 text-xl"),
                product_grid(suggestions, columns=3),
                class_name="mt-14 border-t border-line pt-10",
            ),
        ),
    )


SITE = get_settings().site_name


def nothing_title() -> str:
    """For the tab."""
    return _("Nothing here") + f" · {SITE}"


PAGES = [Route("404", missing, lambda: words_of_address(nothing_title), MissingState.on_load)]
