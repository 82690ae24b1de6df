"""The parts of a page of results: filters, orders, a result with its reasons. First paint shares the class names."""

from __future__ import annotations

from typing import Any

import reflex as rx

from marketplace.i18n import _

from .button import button_class
from .card import product_card
from .icon import icon
from .link import link

LAYOUT = "mt-6 grid gap-x-10 lg:has-[aside_details]:grid-cols-[14rem_minmax(0,1fr)]"
FILTERS = (
    "fixed inset-y-0 end-0 start-auto m-0 h-dvh max-h-none w-80 max-w-[88vw] overflow-y-auto border-0 bg-paper p-5 "
    "text-ink shadow-float backdrop:bg-black/40 lg:static lg:has-[details]:block lg:h-auto lg:w-auto lg:max-w-none "
    "lg:overflow-visible lg:bg-transparent lg:p-0 lg:shadow-none"
)
FILTERS_HEAD = "mb-4 flex items-center justify-between gap-4 lg:hidden"
FACET = "border-b border-line py-2 first:pt-0"
FACET_TITLE = (
    "flex min-h-11 cursor-pointer list-none items-center justify-between gap-2 rounded-control text-sm font-semibold"
)
FACET_ARROW = "text-muted transition-transform [[open]>summary>&]:rotate-180"
CHOICES = "grid pb-2"
CHOICE = (
    "flex min-h-9 items-center gap-2 rounded-control px-2 -mx-2 text-sm hover:bg-sunken pointer-coarse:min-h-11 "
    "aria-[current=true]:font-semibold aria-[current=true]:text-accent"
)
COUNT = "tnum ms-auto text-xs text-muted"
BAR = "flex flex-wrap items-center gap-x-4 gap-y-3"
ORDERS = "-mx-1 flex empty:hidden min-w-0 gap-1 overflow-x-auto [scrollbar-width:none] sm:ms-auto"
ORDER = (
    "inline-flex h-9 items-center rounded-full px-3 text-sm whitespace-nowrap text-muted hover:text-ink "
    "aria-[current=true]:bg-sunken aria-[current=true]:font-semibold aria-[current=true]:text-ink pointer-coarse:h-11"
)
ACTIVE = (
    "inline-flex h-9 items-center gap-1.5 rounded-full bg-accent-soft pe-2.5 ps-3.5 text-sm font-medium text-accent "
    "hover:bg-sunken pointer-coarse:h-11"
)
ACTIVES = "flex flex-wrap items-center gap-2"
CLEAR = "px-1 text-sm font-semibold text-accent underline-offset-4 hover:underline"
GRID = "grid gap-x-5 gap-y-10 sm:grid-cols-2 xl:grid-cols-3"
RESULT = "relative"
WHY = "mt-1 text-sm"
WHY_TITLE = (
    "inline-flex min-h-8 cursor-pointer list-none items-center gap-1.5 rounded-control text-xs text-muted hover:text-ink "
    "pointer-coarse:min-h-11"
)
REASONS = "mt-1 grid gap-1 rounded-control bg-sunken p-3 text-sm text-ink"
NOTE = "mt-2 text-muted"
NOTE_LINK = "font-semibold text-accent underline decoration-1 underline-offset-4 hover:text-accent-hover"
FILTERS_BUTTON = f"{button_class('secondary', 'sm')} lg:hidden"
MAIN = "min-w-0"
SECTION = "pt-6"
WAYS = "mt-6 flex flex-wrap justify-center gap-2"
NO_WORDS = "text-muted"
CLOSE = "mt-12"
CLOSE_TITLE = "mb-5 text-xl"
POPULAR = "mt-14"
POPULAR_TITLE = "mb-5 text-xl"
POPULAR_GRID = "grid gap-x-5 gap-y-10 sm:grid-cols-2 lg:grid-cols-4"


def filters(facets: rx.Var, id: str = "filters") -> rx.Component:
    """Beside the list on a wide screen, a drawer on a small one: the same element, opened by the browser itself."""
    close: dict[str, Any] = {"popoverTarget": id, "popoverTargetAction": "hide"}
    return rx.el.aside(
        rx.el.div(
            rx.el.h2(_("Filters"), class_name="text-lg"),
            rx.el.button(_("Done"), type="button", custom_attrs=close, class_name=button_class("secondary", "sm")),
            class_name=FILTERS_HEAD,
        ),
        rx.foreach(facets, _facet),
        id=id,
        aria_label=_("Filters"),
        custom_attrs={"popover": "auto"},
        class_name=FILTERS,
    )


def filters_button(id: str = "filters") -> rx.Component:
    return rx.el.button(
        icon("sliders_horizontal", 16), _("Filters"), type="button", custom_attrs={"popoverTarget": id},
        class_name=FILTERS_BUTTON,
    )  # fmt: skip


def _facet(facet: rx.Var) -> rx.Component:
    return rx.el.details(
        rx.el.summary(facet["label"], icon("chevron_down", 16, FACET_ARROW), class_name=FACET_TITLE),
        rx.el.ul(
            rx.foreach(facet["choices"].to(list[dict[str, Any]]), lambda choice: rx.el.li(_choice(choice))),
            class_name=CHOICES,
        ),
        open=True,
        class_name=FACET,
    )


def _choice(choice: rx.Var) -> rx.Component:
    return link(
        rx.cond(choice["on"], icon("check", 14), rx.fragment()),
        choice["label"],
        rx.el.span(choice["count"], class_name=COUNT),
        href=choice["href"],
        aria_current=rx.cond(choice["on"], "true", "false"),
        class_name=CHOICE,
    )


def orders(sorts: rx.Var) -> rx.Component:
    return rx.el.nav(
        rx.foreach(
            sorts,
            lambda sort: link(
                sort["label"], href=sort["href"], aria_current=rx.cond(sort["on"], "true", "false"), class_name=ORDER
            ),
        ),
        aria_label=_("Sort by"),
        class_name=ORDERS,
    )


def active_filters(active: rx.Var, clear_href: rx.Var) -> rx.Component:
    """Each is a link that takes it away."""
    return rx.cond(
        active.length() > 0,
        rx.el.div(
            rx.foreach(
                active,
                lambda one: link(
                    rx.el.span(_("Without"), " ", class_name="sr-only"),
                    one["label"],
                    icon("x", 14),
                    href=one["href"],
                    class_name=ACTIVE,
                ),
            ),
            link(_("Clear all"), href=clear_href, class_name=CLEAR),
            class_name=ACTIVES,
        ),
    )


def notes(rows: rx.Var) -> rx.Component:
    """What was done to the query, with the way back."""
    return rx.foreach(
        rows,
        lambda row: rx.el.p(row[0], " ", link(row[1], href=row[2], class_name=NOTE_LINK), class_name=NOTE),
    )


def result_grid(items: rx.Var) -> rx.Component:
    return rx.el.ul(rx.foreach(items, lambda item: rx.el.li(_result(item), class_name=RESULT)), class_name=GRID)


def _result(item: rx.Var) -> rx.Component:
    reasons = item["why"].to(list[str])
    return rx.fragment(
        product_card(item),
        rx.cond(
            reasons.length() > 0,
            rx.el.details(
                rx.el.summary(
                    icon("info", 14),
                    _("Why it is here"),
                    rx.el.span(": ", item["title"], class_name="sr-only"),
                    class_name=WHY_TITLE,
                ),
                rx.el.ul(rx.foreach(reasons, lambda reason: rx.el.li(reason)), class_name=REASONS),
                class_name=WHY,
            ),
        ),
    )
