"""Lessons as cards: as ``components/card.py``, whose looks they share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from marketplace import present
from marketplace.api.paint.html import Html, h
from marketplace.api.paint.parts import amount, avatar, icon
from marketplace.components.card import (
    BY,
    FRAME,
    GRID_SIZES,
    LARGE_SIZES,
    LARGE_TITLE,
    LENGTH,
    RATING,
    ROW_FACTS,
    TITLE,
)
from marketplace.i18n import _, current_locale

Card = Mapping[str, Any]
_FIELDS = tuple(present.Card.__annotations__)
SOON, LATER = 3, 99  # how many pictures of what leads a page are likely to be seen at once; beyond it


def framed(
    card: Card,
    *over: Html | None,
    picture: str = "cover",
    sizes: str = GRID_SIZES,
    first: bool = False,
    place: int = LATER,
    look: str = "rounded-card",
) -> Html:
    """``first``: the largest thing of the page. ``place``: in what leads the page; the first picture of it is fetched
    before others, the next few as soon as they are found, and the rest when somebody comes near."""
    width, height = ("1280", "720") if first else ("640", "360")
    drawn = card[picture] and h(
        "picture",
        h("source", type="image/avif", srcset=card["cover_avif"], sizes=sizes) if card["cover_avif"] else None,
        h(
            "img",
            src=card[picture],
            srcset=card["cover_srcset"],
            sizes=sizes,
            alt="",
            width=width,
            height=height,
            fetchpriority="high" if first or place == 0 else None,
            loading=None if first or place < SOON else "lazy",
            decoding="async",
            class_="size-full object-cover",
        ),
    )
    return h("div", drawn, *over, style=f"background-color:{card['cover_color']}", class_=f"{FRAME} {look}")


def cover(card: Card, sizes: str = GRID_SIZES, first: bool = False, place: int = LATER) -> Html:
    length = h("span", card["duration"], class_=LENGTH) if card["duration"] else None
    return framed(card, length, sizes=sizes, first=first, place=place)


def card_title(item: Card, look: str) -> Html:
    return h("h3", item["title"], class_=f"{look} {TITLE}")


def rating(value: str) -> Html | None:
    """As ``components.card.rating``."""
    if not value:
        return None
    star = icon("star", 14, "fill-current text-ink")
    return h("span", star, h("span", _("Rated"), class_="sr-only"), value, class_=RATING)


def card(item: Card, place: int = LATER) -> Html:
    """A popular one is on many pages."""
    return _card(current_locale.get(), min(place, SOON), *[item[name] for name in _FIELDS])


@lru_cache(maxsize=1024)
def _card(_locale: str, place: int, *shown: str) -> Html:
    item = dict(zip(_FIELDS, shown, strict=True))
    return h(
        "a",
        h("div", cover(item, place=place), class_="transition-transform group-hover:-translate-y-0.5"),
        card_title(item, "mt-3 line-clamp-2 text-base"),
        h(
            "div",
            avatar(item["creator"], item["creator_avatar"], "xs"),
            h("span", item["creator"], class_="truncate"),
            class_=f"mt-2 {BY}",
        ),
        h(
            "div",
            amount(item["price"], "text-sm font-semibold text-ink"),
            rating(item["rating"]),
            h("span", item["level"], class_="ms-auto truncate") if item["level"] else None,
            class_="mt-1.5 flex items-center gap-3 text-sm text-muted",
        ),
        href=item["href"],
        class_="group block rounded-card",
    )


def large_card(item: Card) -> Html:
    return h(
        "a",
        cover(item, LARGE_SIZES, first=True),
        h(
            "div",
            h("h2", item["title"], class_=LARGE_TITLE),
            amount(item["price"], "font-display text-xl font-semibold mt-0.5"),
            class_="mt-4 flex items-start justify-between gap-6",
        ),
        h(
            "div",
            avatar(item["creator"], item["creator_avatar"], "sm"),
            h("span", item["creator"], class_="truncate font-medium text-ink"),
            h("span", item["level"], class_="truncate border-s border-line-strong ps-2 leading-none empty:hidden"),
            rating(item["rating"]),
            class_=f"mt-2 {BY}",
        ),
        href=item["href"],
        class_="group block rounded-card",
    )


def row_card(item: Card) -> Html:
    return h(
        "a",
        h("div", cover(item), class_="w-36 shrink-0 sm:w-52"),
        h(
            "div",
            card_title(item, "line-clamp-3 text-base sm:text-lg"),
            h("p", item["creator"], class_="mt-1 truncate text-sm text-muted"),
            h(
                "p",
                amount(item["price"], "text-sm font-semibold"),
                rating(item["rating"]),
                class_=ROW_FACTS,
            ),
            class_="min-w-0 self-center",
        ),
        href=item["href"],
        class_="group flex gap-4 rounded-card sm:gap-5",
    )


def grid(items: Sequence[Card], columns: int = 4, *, leads: bool = False) -> Html:
    """As ``components.card.product_grid``. ``leads``: it is what the page begins with."""
    wide = {3: "lg:grid-cols-3", 4: "lg:grid-cols-3 xl:grid-cols-4"}[columns]
    drawn = [h("li", card(item, place if leads else LATER)) for place, item in enumerate(items)]
    return h("ul", drawn, class_=f"grid gap-x-5 gap-y-10 sm:grid-cols-2 {wide}")
