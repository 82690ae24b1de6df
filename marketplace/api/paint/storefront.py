"""First paint of home: as ``pages/storefront.py``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from marketplace.api.paint.cards import Card, card, large_card, row_card
from marketplace.api.paint.html import Html, h, join
from marketplace.api.paint.parts import amount, arrow_link, avatar, chip, empty, link_button
from marketplace.components.topic_nav import LOOK
from marketplace.i18n import _
from marketplace.present import topic_path

Topics = Sequence[tuple[str, str]]


def home(
    items: Sequence[Card], topics: Topics, story: Mapping[str, str], theirs: Sequence[Card], sale: Mapping[str, str]
) -> Html:
    body = (
        join(_featured(items), _new(items[4:12]), _story(story, theirs))
        if items
        else h("div", _opening(), class_="mt-10")
    )
    return join(_headline(), _topics(topics), body, _start_selling(sale))


def _headline() -> Html:
    words = _(
        "Short video lessons by potters, bakers, luthiers and other people who do it all day. "
        "You pay them once, and the lesson stays yours."
    )
    return h(
        "div",
        h(
            "h1",
            _("Learn a craft from people who live by it"),
            class_="max-w-[10.25em] text-3xl sm:text-4xl lg:col-span-7",
        ),
        h("div", h("p", words, class_="max-w-[27em] text-base text-muted sm:text-lg"), class_="lg:col-span-5"),
        class_="grid items-end gap-x-10 gap-y-4 pt-2 sm:pt-6 lg:grid-cols-12",
    )


def _topics(topics: Topics) -> Html:
    return h(
        "nav",
        [chip(name, topic_path(topic)) for topic, name in topics],
        aria_label=_("Topics"),
        class_=f"mt-7 {LOOK}",
    )


def _featured(items: Sequence[Card]) -> Html:
    return h(
        "section",
        h("div", large_card(items[0]), class_="lg:col-span-7"),
        h(
            "ul",
            [h("li", row_card(item)) for item in items[1:4]],
            class_="grid content-between gap-6 lg:col-span-5",
        ),
        aria_label=_("Featured"),
        class_="mt-8 grid gap-x-10 gap-y-8 sm:mt-10 lg:grid-cols-12",
    )


def _new(rest: Sequence[Card]) -> Html | None:
    if not rest:
        return None
    return h(
        "section",
        h(
            "div",
            h("h2", _("New lessons"), class_="text-xl sm:text-2xl"),
            arrow_link(_("All lessons"), href="/search"),
            class_="mb-5 flex items-center justify-between gap-4",
        ),
        h(
            "ul",
            [h("li", card(item)) for item in rest],
            class_="scroll-row sm:mx-0 sm:grid-flow-row sm:auto-cols-auto sm:grid-cols-2 sm:gap-y-10 "
            "sm:overflow-visible sm:p-0 lg:grid-cols-3 xl:grid-cols-4",
        ),
        class_="mt-14 sm:mt-20",
    )


def _story(story: Mapping[str, str], theirs: Sequence[Card]) -> Html | None:
    if not story:
        return None
    figure = h(
        "figure",
        avatar(story["name"], story["avatar"], "xl"),
        h(
            "blockquote",
            "“",
            story["quote"],
            "”",
            class_="mt-6 max-w-[48ch] font-display text-xl leading-snug sm:text-2xl",
        ),
        h(
            "figcaption",
            h("span", story["name"], class_="font-semibold"),
            arrow_link(
                _("See all lessons"),
                h("span", " ", _("by {name}").format(name=story["name"]), class_="sr-only"),
                href=story["href"],
            ),
            class_="mt-3 flex flex-wrap items-center gap-x-5",
        ),
        class_="min-w-0 lg:col-span-7",
    )
    return h(
        "section",
        figure,
        h("ul", [h("li", row_card(item)) for item in theirs], class_="grid gap-6 lg:col-span-5"),
        class_="mt-14 grid items-center gap-x-10 gap-y-8 rounded-card bg-sunken p-6 sm:mt-20 sm:p-10 lg:grid-cols-12 "
        "lg:px-14",
    )


def _start_selling(sale: Mapping[str, str]) -> Html:
    words = _(
        "Upload a video, say what it is about, name a price. No monthly fee: we take a share when someone buys, and the "
        "card costs come out of ours."
    )
    return h(
        "section",
        h(
            "div",
            h("h2", _("Teach what your hands know"), class_="text-2xl sm:text-3xl"),
            h("p", words, class_="mt-3 max-w-[50ch] text-muted"),
            h("div", link_button(_("Start selling"), "/studio", size="lg"), class_="mt-6"),
        ),
        h("div", _sum(sale), class_="rounded-card border border-line bg-surface p-6"),
        class_="mt-14 grid items-center gap-8 border-t border-line pt-12 sm:mt-20 sm:pt-16 lg:grid-cols-2 lg:gap-16",
    )


def _sum(sale: Mapping[str, str]) -> Html:
    lines = [
        (_("Someone buys your lesson"), sale["price"]),
        (sale["label"], sale["fee"]),
    ]
    return h(
        "dl",
        [
            h(
                "div",
                h("dt", label, class_="text-muted"),
                h("dd", amount(value, "text-base")),
                class_="flex items-baseline justify-between gap-4",
            )
            for label, value in lines
        ],
        h(
            "div",
            h("dt", _("Yours"), class_="font-semibold"),
            h("dd", amount(sale["yours"], "font-display text-xl font-semibold")),
            class_="flex items-baseline justify-between gap-4 border-t border-line pt-3",
        ),
        class_="grid gap-2",
    )


def _opening() -> Html:
    return empty(
        _("No lessons yet"),
        _("This place has just opened. The first lesson could be yours."),
        "shapes",
        link_button(_("Publish the first lesson"), "/studio/new"),
    )
