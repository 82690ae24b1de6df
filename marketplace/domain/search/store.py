"""All queries of search. Those that visitors cause run over the driver's connection and read indexes alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.locks import hold
from marketplace.domain.search import making, rules
from marketplace.domain.search.rules import POINTS, Term
from marketplace.sql import Over, rows

CAP = 1000  # candidates of one statement
_PLACES = {"t ": "AB", "h ": "ABC", "": "ABCD"}  # where a word can be that a document holds under this mark


@dataclass(frozen=True, slots=True)
class Hit:
    """``place``: what the list is ordered by. ``fields``: for each term the letter of the best place it is in."""

    product_id: UUID
    place: int
    fields: str
    buyers: int
    fresh: int
    quality: int


# writing

_MEANS_ANOTHER = (
    "UPDATE search_meaning SET stale_since = clock_timestamp() WHERE product_id IN"
    " (SELECT product_id FROM search_meaning WHERE product_id = ANY(%(ids)s) ORDER BY product_id FOR UPDATE)"
)


async def put(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """The documents of these products as they are now, and the vocabulary with them."""
    changes = await rows(session, (making.PUT), {"ids": list(ids)})
    await _learn(session, changes)
    await rows(session, _MEANS_ANOTHER, {"ids": list(ids)})


async def _learn(session: AsyncSession, changes: Sequence[tuple[Any, ...]]) -> None:
    if changes:
        await hold(session, "search:words")
        values = {"words": [word for word, _by in changes], "by": [by for _word, by in changes]}
        await rows(session, (making.LEARN), values)


async def drop(session: AsyncSession, ids: Sequence[UUID]) -> None:
    gone = await rows(
        session,
        "WITH gone AS (DELETE FROM search_document WHERE product_id = ANY(%(ids)s) RETURNING lexicon)"
        " SELECT w, -count(*)::int FROM gone, unnest(lexicon) w GROUP BY w ORDER BY w",
        {"ids": list(ids)},
    )
    await _learn(session, gone)


async def of_creator(session: AsyncSession, creator_id: UUID) -> list[UUID]:
    found = await rows(session, "SELECT product_id FROM search_document WHERE creator_id = %(id)s", {"id": creator_id})
    return [row[0] for row in found]


async def of_video(session: AsyncSession, video_id: UUID) -> list[UUID]:
    """Products on offer in which this video is: as a lesson, or in a course."""
    found = await rows(
        session,
        "SELECT id FROM product WHERE state = 'published' AND video_id = %(id)s UNION SELECT p.id FROM product p"
        " JOIN block_body b ON b.product_id = p.id WHERE p.state = 'published' AND p.creator_id ="
        " (SELECT owner_id FROM video WHERE id = %(id)s) AND b.kind = 'video' AND b.body ->> 'video_id' = %(id)s::text",
        {"id": video_id},
    )
    return [row[0] for row in found]


async def missing(session: AsyncSession, limit: int) -> list[UUID]:
    """Products on offer that have no document."""
    found = await rows(
        session,
        "SELECT id FROM product p WHERE state = 'published' AND NOT EXISTS"
        " (SELECT 1 FROM search_document d WHERE d.product_id = p.id) LIMIT %(limit)s",
        {"limit": limit},
    )
    return [row[0] for row in found]


# what a query means

_DICTIONARIES = (
    "(SELECT 'simple' AS d UNION ALL SELECT d FROM unnest(%(languages)s::text[], %(dictionaries)s::text[]) AS u (l, d)"
    " WHERE EXISTS (SELECT 1 FROM search_document WHERE language = l)) d"
)
_LEXEMES = f"SELECT w, d, tsvector_to_array(to_tsvector(d::regconfig, w)) AS found FROM unnest(%(words)s::text[]) w, {_DICTIONARIES}"
_KNOWN = f"""
SELECT (SELECT coalesce(jsonb_object_agg(word, uses), '{{}}') FROM search_word WHERE word = ANY(%(typed)s) AND uses > 0),
    (SELECT coalesce(jsonb_agg(to_jsonb(words)), '[]') FROM search_synonym WHERE words && %(runs)s::text[]),
    (SELECT count(*) FROM search_band),
    (SELECT reltuples::bigint FROM pg_class WHERE oid = 'search_document'::regclass),
    (SELECT coalesce(jsonb_agg(jsonb_build_array(w, d, to_jsonb(found))), '[]') FROM ({_LEXEMES}) l)
"""
Lexemes = list[tuple[str, str, list[str]]]


def _languages() -> dict[str, list[str]]:
    return {"languages": list(rules.DICTIONARIES), "dictionaries": list(rules.DICTIONARIES.values())}


async def lexemes(over: Over, words: Sequence[str]) -> Lexemes:
    """(word, dictionary, lexemes) in the dictionaries of the languages on offer, and word for word."""
    found = await rows(over, _LEXEMES, {"words": list(words), **_languages()})
    return [(word, name, list(way)) for word, name, way in found]


@dataclass(frozen=True, slots=True)
class Known:
    """``uses``: of the words that were typed, in how many products' headings. ``groups``: the operator's synonyms for
    them. ``bands`` and ``size``: how large the shop is."""

    uses: dict[str, int]
    groups: list[list[str]]
    bands: int
    size: int
    lexemes: Lexemes


async def known(over: Over, typed: Sequence[str], runs: Sequence[str], words: Sequence[str]) -> Known:
    """What the shop knows of a query, in one statement; lexemes of all ``words``."""
    values = {"typed": list(typed), "runs": list(runs), "words": list(words), **_languages()}
    uses, groups, bands, size, found = (await rows(over, _KNOWN, values))[0]
    return Known(
        dict(uses), [list(group) for group in groups], int(bands), int(size), [(w, d, list(x)) for w, d, x in found]
    )


async def completions(over: Over, prefix: str, limit: int) -> list[str]:
    """Words of the vocabulary that begin like this, the most used first."""
    short = (
        f"left(word, {len(prefix)}) = %(prefix)s" if len(prefix) <= 3 else "word ~>=~ %(prefix)s AND word ~<~ %(end)s"
    )
    found = await rows(
        over,
        (f"SELECT word FROM search_word WHERE {short} AND uses > 0 ORDER BY uses DESC, word LIMIT %(limit)s"),
        {"prefix": prefix, "end": prefix + "\U0010ffff", "limit": limit},
    )
    return [row[0] for row in found]


async def similar(over: Over, word: str) -> dict[str, int]:
    """Words that a typing mistake away from this one, and in how many products they are. Both subqueries keep to the indexes
    whatever the statistics say of these letters."""
    found = await rows(
        over,
        "SELECT word, uses FROM (SELECT word, (SELECT uses FROM search_word w WHERE w.word = n.word) AS uses"
        " FROM search_near n WHERE near && (SELECT %(near)s::text[])) s WHERE uses > 0 ORDER BY uses DESC LIMIT 100",
        {"near": sorted(rules.near(word))},
    )
    return dict(found)


# finding


def within(band: int | None) -> str:
    """A condition as written in the band's index, so that it is answered from there."""
    return "" if band is None else f" AND band <= {int(band)}"


_FIRST = "ORDER BY quality DESC, product_id DESC"  # where nothing is asked for


def _candidates(wanted: str, band: int | None) -> str:
    return (
        f"WHERE words @@ CAST(%(wanted)s AS tsquery){within(band)} LIMIT {CAP}" if wanted else f"{_FIRST} LIMIT {CAP}"
    )


def _points(terms: Sequence[Term], mark: str = "") -> tuple[str, dict[str, Any]]:
    """For each term an expression of what it is worth where it stands, and the values these need. ``mark``: under which
    all terms were found."""
    parts: list[str] = []
    values: dict[str, Any] = {}
    *looked_at, else_ = list(_PLACES[mark])
    for n, term in enumerate(terms):
        cases = ""
        for letter in looked_at:
            values[f"{letter}{n}"] = term.query(weight=letter)
            cases += f" WHEN heads @@ CAST(%({letter}{n})s AS tsquery) THEN {POINTS[letter]}"
        parts.append(f"CASE{cases} ELSE {POINTS[else_]} END")
    return ", ".join(parts), values


async def ranked(
    over: Over,
    terms: Sequence[Term],
    wanted: str,
    band: int | None = None,
    *,
    mark: str = "",
    after: tuple[int, UUID] | None,
    limit: int,
) -> tuple[list[Hit], int]:
    """The best of what ``wanted`` (a text query, with all terms under ``mark``) finds in a band, and how many candidates
    there were; ``CAP`` at most."""
    points, values = _points(terms, mark)
    total = " + ".join(f"points[{n}]" for n in range(1, len(terms) + 1))
    total = f"({total}) / {len(terms)} + " if terms else ""
    values |= {"wanted": wanted, "limit": limit} | _place(after)
    found = await rows(
        over,
        (
            "WITH c AS MATERIALIZED ("
            f" SELECT product_id, ARRAY[{points}]::bigint[] AS points, buyers, fresh, quality FROM search_document"
            f" {_candidates(wanted, band)}),"
            f" s AS (SELECT *, ({total}quality * 4 / 10)::bigint AS score FROM c)"
            " SELECT product_id, score, points, buyers, fresh, quality, (SELECT count(*) FROM c) FROM s"
            + (" WHERE (score, product_id) < (%(place)s, %(id)s)" if after else "")
            + " ORDER BY score DESC, product_id DESC LIMIT %(limit)s"
        ),
        values,
    )
    if not found:
        return [], 0 if after is None else CAP
    return [_hit(row) for row in found], int(found[0][6])


_LETTERS = {points: letter for letter, points in POINTS.items()}


def _hit(row: tuple[Any, ...]) -> Hit:
    return Hit(row[0], int(row[1]), "".join(_LETTERS[int(p)] for p in row[2]), *map(int, row[3:6]))


def _place(after: tuple[int, UUID] | None) -> dict[str, Any]:
    return {"place": after[0], "id": after[1]} if after else {}


async def probe(
    over: Over, terms: Sequence[Term], filters: Mapping[str, str], band: int, *, places: bool
) -> tuple[int, int, int]:
    """How many of the products in a band have all of it in their titles, in their headings, anywhere; only the last without
    ``places``."""
    values = {"wanted": rules.all_of(terms, "", filters)}
    counts = "0, 0"
    if places:
        values["title"] = " & ".join(f"({term.query(weight='AB')})" for term in terms)
        values["heads"] = " & ".join(f"({term.query()})" for term in terms)
        counts = ", ".join(
            f"count(*) FILTER (WHERE heads @@ CAST(%({name})s AS tsquery))" for name in ("title", "heads")
        )
    found = await rows(
        over,
        (f"SELECT {counts}, count(*) FROM (SELECT heads FROM search_document {_candidates(values['wanted'], band)}) c"),
        values,
    )
    title, heads, any_ = found[0]
    return int(title), int(heads), int(any_)


_ORDERS = {
    "newest": ("(extract(epoch FROM published_at) * 1000000)::bigint", "published_at", "DESC", "<"),
    "popular": ("popularity", "popularity", "DESC", "<"),
    "price": ("price_rank", "price_rank", "ASC", ">"),
    "price-down": ("price_rank", "price_rank", "DESC", "<"),
}


async def ordered(
    over: Over,
    terms: Sequence[Term],
    wanted: str,
    order: str,
    *,
    many: bool,
    after: tuple[int, UUID] | None,
    limit: int,
) -> list[Hit]:
    """What ``wanted`` finds in an order of its own. ``many``: so many that looking through all in that order fills a page
    soon; else the few are found and sorted."""
    place, column, way, sign = _ORDERS[order]
    points, values = _points(terms)
    condition = "words @@ CAST(%(wanted)s AS tsquery)" if wanted else "true"
    condition = f"({condition}) IS TRUE" if many else condition  # as such no index answers it
    if after:
        at = "to_timestamp(%(place)s / 1000000.0)" if order == "newest" else "%(place)s"
        condition += f" AND ({column}, product_id) {sign} ({at}, %(id)s)"
    values |= {"wanted": wanted, "limit": limit} | _place(after)
    sorted_ = f"ORDER BY {column} {way}, product_id {way} LIMIT %(limit)s"
    inner = f"SELECT product_id, {column} FROM search_document WHERE {condition}"
    found = await rows(
        over,
        (
            f"WITH m AS MATERIALIZED ({inner} {sorted_ if many or not wanted else ''}),"
            f" c AS MATERIALIZED (SELECT product_id FROM m {sorted_})"
            f" SELECT product_id, {place}, ARRAY[{points}]::bigint[], buyers, fresh, quality"
            f" FROM c JOIN search_document USING (product_id) {sorted_}"
        ),
        values,
    )
    return [_hit(row) for row in found]


async def facets(
    over: Over, wanted: str, names: Sequence[str], band: int | None
) -> tuple[dict[str, dict[str, int]], int]:
    """Facet → value → how many of (at most ``CAP``) candidates in a band, and how many candidates."""
    found = await rows(
        over,
        (
            f"SELECT {', '.join(names)}, count(*), grouping({', '.join(names)}) FROM"
            f" (SELECT {', '.join(names)} FROM search_document {_candidates(wanted, band)}) c"
            f" GROUP BY GROUPING SETS ({', '.join(f'({name})' for name in names)}, ())"
        ),
        {"wanted": wanted},
    )
    counted: dict[str, dict[str, int]] = {name: {} for name in names}
    total = 0
    for row in found:
        given = [name for n, name in enumerate(names) if not int(row[-1]) >> (len(names) - 1 - n) & 1]
        if given:
            counted[given[0]][row[names.index(given[0])]] = int(row[-2])
        else:
            total = int(row[-2])
    if "rating" in counted:
        counted["rating"] = rules.at_least(counted["rating"])
    return counted, total


# synonyms


async def synonyms(session: AsyncSession, limit: int = 500) -> list[tuple[UUID, list[str]]]:
    found = await rows(
        session, "SELECT id, words FROM search_synonym ORDER BY created_at DESC, id LIMIT %(limit)s", {"limit": limit}
    )
    return [(row[0], list(row[1])) for row in found]
