"""First paint of ``/search``: as ``pages/search.py``, with which it shares its class names and its words."""

from __future__ import annotations

from marketplace.api.paint.cards import LATER, card
from marketplace.api.paint.html import Html, h, join
from marketplace.api.paint.parts import chip, empty, icon, link_button
from marketplace.components import result as look
from marketplace.components.button import button_class
from marketplace.finding import Choice, Facet, Result, Shown
from marketplace.i18n import _

_FILTERS = "first-filters"


def search(shown: Shown) -> Html:
    return join(
        h("h1", shown.heading, class_="text-2xl sm:text-3xl [overflow-wrap:anywhere]"),
        [
            h("p", words, " ", h("a", label, href=href, class_=look.NOTE_LINK), class_=look.NOTE)
            for words, label, href in shown.notes
        ],
        h(
            "div",
            _filters(shown),
            h(
                "div",
                h("div", _button() if shown.facets else None, _active(shown), _orders(shown), class_=look.BAR),
                h("section", _found(shown), class_=look.SECTION),
                _close(shown) if shown.close else None,
                class_=look.MAIN,
            ),
            class_=look.LAYOUT,
        ),
    )


def _filters(shown: Shown) -> Html:
    done = h(
        "button", _("Done"), type="button", popovertarget=_FILTERS, popovertargetaction="hide",
        class_=button_class("secondary", "sm"),
    )  # fmt: skip
    return h(
        "aside",
        h("div", h("h2", _("Filters"), class_="text-lg"), done, class_=look.FILTERS_HEAD),
        [_facet(facet) for facet in shown.facets],
        id=_FILTERS,
        aria_label=_("Filters"),
        popover="auto",
        class_=look.FILTERS,
    )


def _button() -> Html:
    return h(
        "button", icon("sliders-horizontal", 16), _("Filters"), type="button", popovertarget=_FILTERS,
        class_=look.FILTERS_BUTTON,
    )  # fmt: skip


def _facet(facet: Facet) -> Html:
    return h(
        "details",
        h("summary", facet["label"], icon("chevron-down", 16, look.FACET_ARROW), class_=look.FACET_TITLE),
        h("ul", [h("li", _choice(choice)) for choice in facet["choices"]], class_=look.CHOICES),
        open=True,
        class_=look.FACET,
    )


def _choice(choice: Choice) -> Html:
    return h(
        "a",
        icon("check", 14) if choice["on"] else None,
        choice["label"],
        h("span", choice["count"], class_=look.COUNT),
        href=choice["href"],
        aria_current="true" if choice["on"] else "false",
        class_=look.CHOICE,
    )


def _orders(shown: Shown) -> Html:
    return h(
        "nav",
        [
            h("a", sort["label"], href=sort["href"], aria_current="true" if sort["on"] else "false", class_=look.ORDER)
            for sort in shown.sorts
        ],
        aria_label=_("Sort by"),
        class_=look.ORDERS,
    )


def _active(shown: Shown) -> Html | None:
    if not shown.active:
        return None
    without = h("span", _("Without"), " ", class_="sr-only")
    return h(
        "div",
        [h("a", without, one["label"], icon("x", 14), href=one["href"], class_=look.ACTIVE) for one in shown.active],
        h("a", _("Clear all"), href=shown.clear_href, class_=look.CLEAR),
        class_=look.ACTIVES,
    )


def _found(shown: Shown) -> Html:
    if shown.items:
        return _results(shown)
    return _no_words(shown) if shown.close else _nothing(shown)


def _no_words(shown: Shown) -> Html:
    return join(
        h("p", _("Nothing has these words. What is below comes close in meaning."), class_=look.NO_WORDS), _ways(shown)
    )


def _close(shown: Shown) -> Html:
    title = _("Also close in meaning") if shown.items else _("Close in meaning")
    return h(
        "section",
        h("h2", title, class_=look.CLOSE_TITLE),
        h("ul", [h("li", _result(item), class_=look.RESULT) for item in shown.close], class_=look.GRID),
        class_=look.CLOSE,
    )


def _results(shown: Shown) -> Html:
    return join(
        h("h2", _("Results"), class_="sr-only"),
        h(
            "ul",
            [h("li", _result(item, place), class_=look.RESULT) for place, item in enumerate(shown.items)],
            class_=look.GRID,
        ),
        h("div", link_button(_("Show more"), shown.next_href, "secondary"), class_="mt-12 flex justify-center")
        if shown.next_href
        else None,
    )


def _result(item: Result, place: int = LATER) -> Html:
    if not item["why"]:
        return card(item, place)
    title = h("span", ": ", item["title"], class_="sr-only")
    return join(
        card(item, place),
        h(
            "details",
            h("summary", icon("info", 14), _("Why it is here"), title, class_=look.WHY_TITLE),
            h("ul", [h("li", reason) for reason in item["why"]], class_=look.REASONS),
            class_=look.WHY,
        ),
    )


def _nothing(shown: Shown) -> Html:
    popular = h(
        "div",
        h("h2", _("Popular now"), class_=look.POPULAR_TITLE),
        h("ul", [h("li", card(item)) for item in shown.popular], class_=look.POPULAR_GRID),
        class_=look.POPULAR,
    )
    return join(
        empty(
            _("Nothing matches yet"),
            _("Try fewer or more general words, or look through everything there is."),
            "search-x",
            link_button(_("Show everything"), "/search", "secondary"),
        ),
        _ways(shown),
        popular if shown.popular else None,
    )


def _ways(shown: Shown) -> Html | None:
    ways = [chip(f"{way['label']} ({way['count']})", way["href"]) for way in shown.ways]
    return h("nav", ways, aria_label=_("Search with fewer filters"), class_=look.WAYS) if ways else None
