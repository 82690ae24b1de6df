"""``/search`` as it is shown, the same for the live page and the first paint: results with their reasons, filters with
counts, and what helps when nothing was found. Everything is an address, so that it works without scripts and can be shared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypedDict
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.catalog import browse
from marketplace.domain.catalog.browse import Listing
from marketplace.domain.catalog.rules import LEVELS, TOPICS
from marketplace.domain.media.rules import LANGUAGES
from marketplace.domain.reviews.rules import NONE, Rating
from marketplace.domain.search import meaning
from marketplace.domain.search import service as search
from marketplace.domain.search.service import Asked, Facets, Found, Hit, rules
from marketplace.i18n import N_, _, count_words, ngettext
from marketplace.present import Card, card, short_amount
from marketplace.settings import get_settings
from marketplace.sql import Over
from marketplace.vendors import vendors

POPULAR, SHOWN_VALUES, MANY_BUYERS = 4, 12, 3


class Result(Card):
    """``why``: one reason to a line."""

    why: list[str]


class Choice(TypedDict):
    """One way to narrow or order the list. ``href`` takes it, or takes it back when it is ``on``."""

    label: str
    count: str
    href: str
    on: bool


class Facet(TypedDict):
    name: str
    label: str
    choices: list[Choice]


@dataclass(frozen=True, slots=True)
class Shown:
    """``notes``: what was done to the query, each (words, label of a link, its address). ``ways``: what to leave out
    when nothing was found. ``wanting``: what to look for by meaning, as the words found little; ``close`` is what that
    finds. ``listings``: of all that is shown."""

    heading: str
    items: list[Result]
    next_key: str = ""
    next_href: str = ""
    notes: list[list[str]] = field(default_factory=list)
    facets: list[Facet] = field(default_factory=list)
    active: list[Choice] = field(default_factory=list)
    sorts: list[Choice] = field(default_factory=list)
    ways: list[Choice] = field(default_factory=list)
    popular: list[Card] = field(default_factory=list)
    clear_href: str = ""
    listings: list[Listing] = field(default_factory=list)
    wanting: str = ""
    close: list[Result] = field(default_factory=list)


async def shown(over: Over, asked: Asked) -> Shown:
    """The whole page."""
    found = await search.find(over, asked)
    facets = await search.facets(over, asked, found)
    listings = await browse.listings(over, [hit.product_id for hit in found.hits])
    empty = not found.hits
    return Shown(
        _heading(asked, found, facets),
        results(found.hits, listings, asked, found.words),
        found.next_key,
        asked.address(key=found.next_key, **_as_searched(found)) if found.next_key else "",
        _notes(asked, found),
        [facet for name in rules.FACETS if (facet := _facet(asked, name, facets))],
        _active(asked),
        [] if empty else _sorts(asked),
        [_way(asked, *way) for way in await search.helpful(over, asked, found.meant)] if empty else [],
        [card(one) for one in (await browse.popular(over, POPULAR))] if empty else [],
        Asked(asked.query, asked.sort).address() if asked.filters else "",
        listings,
        _wanting(asked, found),
    )


def _wanting(asked: Asked, found: Found) -> str:
    few = get_settings().embeddings_url and rules.few(asked, found.counted, found.complete)
    return (found.corrected or asked.query) if few else ""


async def with_close(session: AsyncSession, asked: Asked, page: Shown, vector: Sequence[float]) -> Shown:
    """The page with what is close in meaning below what has the words. In a transaction."""
    close, listings = await close_ones(session, asked, [one.product.id for one in page.listings], vector)
    return replace(page, close=close, listings=[*page.listings, *listings])


async def close_ones(
    session: AsyncSession, asked: Asked, seen: Sequence[UUID], vector: Sequence[float]
) -> tuple[list[Result], list[Listing]]:
    embedder = vendors().embedder
    if embedder is None:
        return [], []
    least = round(1000 * get_settings().embeddings_min_similarity)
    hits = await meaning.near(session, embedder.space, vector, asked.chosen, seen, least)
    listings = await browse.listings(session, [hit.product_id for hit in hits])
    found = results(hits, listings, Asked(), ())
    return [
        Result(**{**one, "why": [_("Close in meaning to what you searched"), *one["why"]]}) for one in found
    ], listings


async def more(over: Over, asked: Asked) -> tuple[list[Result], str]:
    """The next page's results, and the key of the one after it."""
    found = await search.find(over, asked)
    listings = await browse.listings(over, [hit.product_id for hit in found.hits])
    return results(found.hits, listings, asked, found.words), found.next_key


def _as_searched(found: Found) -> dict[str, str]:
    """The pages after the first are of the query that was searched, not of the one that was mistyped."""
    return {"q": found.corrected} if found.corrected else {}


def results(hits: Sequence[Hit], listings: Sequence[Listing], asked: Asked, words: Sequence[str]) -> list[Result]:
    known = {listing.product.id: listing for listing in listings}
    return [
        Result(**card(known[hit.product_id]), why=reasons(hit, asked, words, known[hit.product_id].rating))
        for hit in hits
        if hit.product_id in known
    ]


def reasons(hit: Hit, asked: Asked, words: Sequence[str], rating: Rating = NONE) -> list[str]:
    """Why a result stands where it stands, in the order in which it counts."""
    said = []
    for letter, where in (
        ("A", _("In the title: {words}")), ("B", _("In the topic or the creator's name: {words}")),
        ("C", _("In the summary or a lesson's name: {words}")), ("D", _("In the description or what is spoken: {words}")),
    ):  # fmt: skip
        there = [word for word, place in zip(words, hit.fields, strict=False) if place == letter]
        if there:
            said.append(where.format(words=", ".join(f"“{word}”" for word in there)))
    if hit.buyers >= MANY_BUYERS:
        said.append(
            ngettext("{n} person bought it in the last three months", "{n} people bought it in the last three months", hit.buyers)
            .format(n=count_words(hit.buyers))
        )  # fmt: skip
    if rating.telling:
        said.append(
            ngettext("Rated {stars} by {n} person", "Rated {stars} by {n} people", rating.count)
            .format(stars=rating.words, n=count_words(rating.count))
        )  # fmt: skip
    if hit.fresh == rules.FRESH[0][1]:
        said.append(_("It is new this month"))
    orders = {
        "newest": _("You sorted by what is newest"), "popular": _("You sorted by what is bought most"),
        "price": _("You sorted by the lowest price"), "price-down": _("You sorted by the highest price"),
    }  # fmt: skip
    return [*([orders[asked.order]] if asked.sort in orders else []), *said]


def _heading(asked: Asked, found: Found, facets: Facets) -> str:
    if not asked.query and not asked.filters:
        return _("Everything on offer")
    counted = found.counted if found.complete else max(found.counted, facets.total, len(found.hits))
    complete = found.complete or facets.complete
    number, more = rules.within(facets.total if facets.complete and not found.corrected else counted, complete)
    results = ngettext("{n} result", "{n} results", number).format(n=_number(number, more) if number else _("No"))
    query = found.corrected or asked.query
    return _("{results} for “{query}”").format(results=results, query=query) if query else results


def _number(count: int, more: bool) -> str:
    return f"{count_words(count)}+" if more else count_words(count)


def _notes(asked: Asked, found: Found) -> list[list[str]]:
    if found.corrected:
        words = _("Nothing matches “{query}”, so this is for “{other}”.").format(
            query=asked.query, other=found.corrected
        )
        return [[words, _("Search for “{query}” all the same").format(query=asked.query), asked.address(exact="1")]]
    if found.perhaps:
        label = _("Search for “{query}”").format(query=found.perhaps)
        return [[_("Did you mean “{query}”?").format(query=found.perhaps), label, asked.address(q=found.perhaps)]]
    return []


# filters


_NAMES: Mapping[str, Mapping[str, str]] = {
    "kind": {"lesson": N_("Lessons"), "course": N_("Courses"), "bundle": N_("Bundles")},
    "topic": TOPICS, "level": LEVELS, "language": LANGUAGES,
    "length": {
        "s": N_("Up to 10 minutes"), "m": N_("10 to 30 minutes"), "l": N_("30 to 90 minutes"), "x": N_("Over 90 minutes"),
        "none": N_("Without video"),
    },
    "rating": {"4": N_("4 stars and up"), "3": N_("3 stars and up")},
}  # fmt: skip


def value_name(name: str, value: str) -> str:
    """What a filter's value is called."""
    return _price_name(value) if name == "price" else _(_NAMES[name].get(value, value.capitalize()))


def _price_name(value: str) -> str:
    steps = rules.price_range(value)
    if steps is None:
        return _("Free") if value == "free" else value
    currency, low, high = steps
    if not low:
        return _("Under {amount}").format(amount=short_amount(high, currency))
    if not high:
        return _("{amount} and more").format(amount=short_amount(low, currency))
    return _("{low} to {high}").format(low=short_amount(low, currency), high=short_amount(high, currency))


def facet_name(name: str) -> str:
    return {
        "kind": _("Kind"), "topic": _("Topic"), "level": _("Level"), "price": _("Price"), "language": _("Language"),
        "length": _("Length"), "rating": _("Rating"),
    }[name]  # fmt: skip


def _facet(asked: Asked, name: str, facets: Facets) -> Facet | None:
    """Values with results, in their own order or the most first; none where there is nothing to choose."""
    chosen = asked.chosen.get(name, "")
    counts = dict(facets.counts.get(name, {}))
    if chosen:
        counts.setdefault(chosen, 0)
    if len(counts) < (1 if name == "rating" else 2) and not chosen:
        return None
    orders = {"level": list(LEVELS), "length": ["s", "m", "l", "x", "none"], "rating": list(rules.RATINGS)}
    if name in orders:
        values = [value for value in orders[name] if value in counts]
    elif name == "price":
        values = sorted(counts, key=lambda value: (value != "free", value))
    else:
        values = sorted(counts, key=lambda value: (-counts[value], value))[:SHOWN_VALUES]
        values += [chosen] if chosen and chosen not in values else []
    choices = [
        Choice(
            label=value_name(name, value), count=_number(*rules.within(counts[value], facets.complete)),
            href=asked.address(**{name: "" if value == chosen else value}), on=value == chosen,
        )
        for value in values
    ]  # fmt: skip
    return Facet(name=name, label=facet_name(name), choices=choices)


def _active(asked: Asked) -> list[Choice]:
    return [
        Choice(label=value_name(name, value), count="", href=asked.address(**{name: ""}), on=True)
        for name, value in asked.filters
    ]


def _sorts(asked: Asked) -> list[Choice]:
    names = {
        "best": _("Best match"), "newest": _("Newest"), "popular": _("Popular"), "price": _("Lowest price"),
        "price-down": _("Highest price"),
    }  # fmt: skip
    if not rules.words(asked.query):
        del names["best"]
    usual = Asked(asked.query).order
    return [
        Choice(label=label, count="", href=asked.address(sort="" if sort == usual else sort), on=sort == asked.order)
        for sort, label in names.items()
    ]


def _way(asked: Asked, name: str, count: int, more: bool) -> Choice:
    label = _("Without “{filter}”").format(filter=value_name(name, asked.chosen[name]))
    return Choice(
        label=label, count=_number(*rules.within(count, not more)), href=asked.address(**{name: ""}), on=False
    )
