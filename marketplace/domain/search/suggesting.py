"""What is suggested while somebody types: how the last word may end, topics, people and titles. Nothing is kept of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from marketplace.domain.search import rules, service, store
from marketplace.domain.search.rules import Term
from marketplace.sql import Over, rows

MOST_WORDS, MOST_PEOPLE, MOST_TITLES = 4, 2, 4


@dataclass(frozen=True, slots=True)
class Title:
    title: str
    slug: str
    kind: str
    creator: str
    handle: str


@dataclass(frozen=True, slots=True)
class Suggestions:
    """``queries``: what is typed, finished. ``topics``: their keys. ``people``: (name, handle)."""

    queries: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    people: tuple[tuple[str, str], ...] = ()
    titles: tuple[Title, ...] = ()


async def suggest(over: Over, typed: str, topics: Mapping[str, str] | None = None) -> Suggestions:
    """For what stands in the search box; the last word may be unfinished. ``topics``: key → name in the reader's words."""
    found = rules.words(typed[: rules.MAX_TYPED])
    if not found:
        return Suggestions()
    last = found[-1]
    ends = await store.completions(over, last, 8)
    meant = await service.meaning(over, " ".join(found), completing=False)
    titles = await _titles(over, await _last_as(over, meant.terms, last, ends), meant.bands)
    before = " ".join(found[:-1])
    queries = tuple(f"{before} {end}".strip() for end in ends if end != last)[:MOST_WORDS]
    return Suggestions(queries, _topics(found, topics or {}), _people(found, titles), tuple(titles[:MOST_TITLES]))


async def _last_as(over: Over, terms: Sequence[Term], last: str, ends: Sequence[str]) -> list[Term]:
    """The terms, with the last word standing for all that it may become."""
    whole = [way for _word, _dictionary, way in await store.lexemes(over, [last, *ends]) if way]
    ways = tuple(dict.fromkeys(tuple(way) for way in whole))
    return [*(term for term in terms if term.word != last), *([Term(last, ways)] if ways else [])]


async def _titles(over: Over, terms: Sequence[Term], bands: int) -> list[Title]:
    """Of best standing first; only where the words are in the title, the topic or the creator's name."""
    if not terms:
        return []
    for band in dict.fromkeys([0, 3, None]) if bands > 3 else [None]:
        query = _TITLES.replace("{within}", store.within(band))
        found = await rows(over, query, {"wanted": rules.all_of(terms, "t ", {}), "limit": 12})
        if len(found) >= MOST_TITLES or band is None:
            return [Title(*row) for row in found]
    return []


_TITLES = """
WITH best AS (
    SELECT product_id, quality FROM (SELECT product_id, quality FROM search_document
    WHERE words @@ CAST(%(wanted)s AS tsquery){within} LIMIT 1000) c ORDER BY quality DESC, product_id DESC LIMIT %(limit)s
)
SELECT p.title, p.slug, p.kind, a.name, a.handle FROM best b JOIN product p ON p.id = b.product_id
JOIN account a ON a.id = p.creator_id ORDER BY b.quality DESC, b.product_id DESC
"""


def _begins(names: Sequence[str], typed: Sequence[str]) -> bool:
    """Is each typed word the beginning of one of these?"""
    plain = [rules.folded(name) for name in names]
    return all(any(name.startswith(rules.folded(word)) for name in plain) for word in typed)


def _topics(typed: Sequence[str], topics: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(key for key, name in topics.items() if _begins([key, *rules.words(name)], typed))[:2]


def _people(typed: Sequence[str], titles: Sequence[Title]) -> tuple[tuple[str, str], ...]:
    people = dict.fromkeys((one.creator, one.handle) for one in titles if _begins(rules.words(one.creator), typed))
    return tuple(people)[:MOST_PEOPLE]
