"""Finding products: what the words of a query mean in this shop, the best of what has them, and help when nothing has.

Only the ids of products leave this capability; what they look like is the catalogue's to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.access.service import Actor, require_admin
from marketplace.domain.audit import service as audit
from marketplace.domain.search import rules, store, synonyms
from marketplace.domain.search.models import SearchSynonym
from marketplace.domain.search.rules import Asked, Term
from marketplace.domain.search.store import Hit
from marketplace.errors import Invalid, Missing
from marketplace.sql import Over

__all__ = ["Asked", "Found", "Hit", "changed", "facets", "find", "helpful", "rules", "synonyms", "withdrawn"]

PAGE = 24
ENOUGH = 150  # candidates of one kind, before the next kind is looked for
TELLING = 8  # of a sample, from which on it tells how common something is
MUCH = 40  # of a sample, from which on sixteen times as many would take long
WHOLE = 400  # expected matches up to which all are ranked
MANY = 6000  # matches from which on an order is walked rather than sorted
SOME, MOST = 1500, 12_000  # matches between which the first in an order are looked for among a part that has them
MAX_SYNONYMS = 500


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the words of a query stand for here. ``unknown``: words that nothing on offer has in its headings."""

    terms: tuple[Term, ...]
    unknown: tuple[str, ...]
    bands: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """``counted`` is exact when ``complete``, else there are more. ``corrected`` is what was searched in the place of
    what was typed, ``perhaps`` what may have been meant."""

    hits: list[Hit]
    next_key: str
    counted: int
    complete: bool
    words: tuple[str, ...] = ()
    corrected: str = ""
    perhaps: str = ""
    meant: Meaning = field(default_factory=lambda: Meaning((), ()))


@dataclass(frozen=True, slots=True)
class Facets:
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    total: int = 0
    complete: bool = True


async def changed(session: AsyncSession, *ids: UUID) -> None:
    """These products are on offer as they stand now, or no longer: in the transaction that changed them."""
    await session.flush()
    await store.put(session, ids)


async def withdrawn(session: AsyncSession, *ids: UUID) -> None:
    await session.flush()
    await store.drop(session, ids)


async def creator_changed(session: AsyncSession, creator_id: UUID) -> None:
    """Their name is one of the words that their products are found by."""
    await session.flush()
    await store.put(session, await store.of_creator(session, creator_id))


async def creator_left(session: AsyncSession, creator_id: UUID) -> None:
    await store.drop(session, await store.of_creator(session, creator_id))


async def spoken(session: AsyncSession, video_id: UUID) -> None:
    """What is said in a video is known, or no longer."""
    await session.flush()
    await store.put(session, await store.of_video(session, video_id))


async def make_missing(session: AsyncSession, limit: int = 500) -> int:
    """Documents for products that have none: those from before there was this search."""
    ids = await store.missing(session, limit)
    if ids:
        await store.put(session, ids)
    return len(ids)


async def meaning(over: Over, query: str, *, completing: bool = True) -> Meaning:
    """The terms of a query. A last word that nobody knows may be the beginning of one."""
    small = rules.words(query)
    runs = rules.runs(small)
    words = _with_folded([*small, *(part for run in runs for one in synonyms.alike(run) for part in one.split())])
    known = await store.known(over, small, runs, words)
    if not small:
        return Meaning((), (), known.bands, known.size)
    uses = known.uses
    alike = {run: synonyms.alike(run, known.groups) for run in runs}
    ends = await store.completions(over, small[-1], 8) if completing and small[-1] not in uses else []
    others = [*ends, *(part for many in alike.values() for one in many for part in one.split())]
    further = [word for word in _with_folded(others) if word not in words]
    stems = _stems([*known.lexemes, *(await store.lexemes(over, further) if further else [])])
    for word in stems:
        plain = stems.get(rules.folded(word), stems[word])
        stems[word].ways += [way for way in plain.ways[:1] if way not in stems[word].ways]
    terms = _terms(small, alike, ends, stems)
    unknown = tuple(word for word in small if word not in uses and not (ends and word == small[-1]))
    return Meaning(tuple(terms), unknown, known.bands, known.size)


def _with_folded(words: Sequence[str]) -> list[str]:
    return list(dict.fromkeys([*words, *map(rules.folded, words)]))


@dataclass(slots=True)
class _Stem:
    ways: list[tuple[str, ...]] = field(default_factory=list)
    stop: bool = False


def _stems(found: Sequence[tuple[str, str, list[str]]]) -> dict[str, _Stem]:
    stems: dict[str, _Stem] = {}
    for word, _dictionary, lexemes in found:
        stem = stems.setdefault(word, _Stem())
        way = tuple(lexemes)
        if not way:
            stem.stop = True
        elif way not in stem.ways:
            stem.ways.append(way)
    return stems


def _terms(
    words: Sequence[str], alike: Mapping[str, Sequence[str]], ends: Sequence[str], stems: Mapping[str, _Stem]
) -> list[Term]:
    """One term for each word that means something; for all of them when none does."""
    telling = [word for word in words if stems[word].ways and not stems[word].stop]
    kept = telling or [word for word in words if stems[word].ways]
    terms = []
    skip = 0
    for n, word in enumerate(words):
        if skip:
            skip -= 1
            continue
        length = next(
            (size for size in (3, 2) if alike.get(" ".join(words[n : n + size])) and n + size <= len(words)), 1
        )
        run = words[n : n + length]
        if length == 1 and word not in kept:
            continue
        skip = length - 1
        ways = _ways(run, stems)
        for other in alike.get(" ".join(run), ()):
            ways += _ways(other.split(), stems)
        if length == 1 and word == words[-1]:
            ways += [way for end in ends for way in stems[end].ways]
        terms.append(Term(" ".join(run), tuple(dict.fromkeys(ways))))
    return terms


def _ways(run: Sequence[str], stems: Mapping[str, _Stem]) -> list[tuple[str, ...]]:
    """A single word in each of its stems; words that belong together as they stand, in their most usual ones."""
    if len(run) == 1:
        return list(stems[run[0]].ways)
    each = [stems[word].ways for word in run if stems[word].ways and not stems[word].stop]
    return [tuple(lexeme for ways in each for lexeme in ways[min(n, len(ways) - 1)]) for n in (0, 1)] if each else []


async def find(over: Over, asked: Asked, *, limit: int = PAGE) -> Found:
    """A page of results. What nobody has is corrected, unless the address says that it is meant as it stands."""
    meant = await meaning(over, asked.query)
    found = await _find(over, asked, meant, limit)
    if found.hits or asked.exact or asked.key or not rules.words(asked.query):
        perhaps = await _perhaps(over, asked, meant) if not asked.exact and found.complete and found.counted < 5 else ""
        return replace(found, perhaps=perhaps)
    corrected = await _perhaps(over, asked, meant)
    if not corrected:
        return found
    again = await _find(over, replace(asked, query=corrected), await meaning(over, corrected), limit)
    return replace(again, corrected=corrected) if again.hits else found


async def _perhaps(over: Over, asked: Asked, meant: Meaning) -> str:
    """The query with its unknown words as the shop spells them; empty when there is nothing like it."""
    mended = []
    for word in rules.words(asked.query):
        better = (
            rules.meant(word, await store.similar(over, word)) if word in meant.unknown and rules.near(word) else ""
        )
        mended.append(better or word)
    corrected = " ".join(mended)
    return corrected if corrected != " ".join(rules.words(asked.query)) else ""


async def _find(over: Over, asked: Asked, meant: Meaning, limit: int) -> Found:
    words = tuple(term.word for term in meant.terms)
    if rules.words(asked.query) and not meant.terms:
        return Found([], "", 0, True, words, meant=meant)
    after = rules.from_key(asked.key, asked.order)
    best = asked.order == "best"
    seek = _best if best else _in_order
    hits, counted, complete = await seek(over, asked, meant, after, limit + 1)
    last = hits[limit - 1] if len(hits) > limit else None
    key = rules.to_key(asked.order, last.place, last.product_id) if last else ""
    return Found(hits[:limit], key, counted, complete, words, meant=meant)


Hits = tuple[list[Hit], int, bool]


async def _best(over: Over, asked: Asked, meant: Meaning, after: tuple[int, UUID] | None, limit: int) -> Hits:
    """First those that have all of it in the title, from the best standing on; then in the headings, then anywhere.

    Each kind is looked for among the products of best standing, in a band that will hold some hundreds of it. What is
    left out has the same match and less standing than all of these."""
    wanted = rules.all_of(meant.terms, "", asked.chosen)
    sample = await _sampled(over, meant, asked.chosen, titles=True) if wanted else None
    if sample is None or sample.of_all < WHOLE:  # a small shop, or something rare: all of it
        hits, counted = await store.ranked(over, meant.terms, wanted, after=after, limit=limit)
        if sample is None or counted < store.CAP or not meant.bands:
            return hits, counted, counted < store.CAP
    best: dict[UUID, Hit] = {}
    counted = 0
    seen = sample.seen if meant.terms else sample.seen[2:]
    for mark, share in zip(("t ", "h ", "") if meant.terms else ("",), seen, strict=True):
        if mark == "t " and list(_levels(meant, sample.seen[1], sample.band, "h ")) == [None]:
            continue  # all that have it in headings are looked at, and those in titles are among them
        found, counted, whole = await _kind(over, asked, meant, mark, share, sample.band, after, limit)
        best |= {hit.product_id: hit for hit in found}
        if counted >= ENOUGH and len(best) >= limit:
            break
    ordered = sorted(best.values(), key=lambda hit: (hit.place, hit.product_id), reverse=True)
    return ordered[:limit], counted, mark == "" and whole


@dataclass(frozen=True, slots=True)
class Sample:
    """How many of the products in a band of standing have it in their titles, in their headings, anywhere; and how many
    of all that lets one expect."""

    band: int
    seen: tuple[int, int, int]
    of_all: int


async def _sampled(over: Over, meant: Meaning, filters: Mapping[str, str], *, titles: bool = False) -> Sample:
    """The smallest band says how common something is, unless it has too little of it to tell: then a larger one, while
    that isn't much to look through. ``titles``: how common it is in these has to be known too."""
    if not meant.bands:
        return Sample(0, (0, 0, 0), 0)
    for band in (0, 2) if meant.bands > 2 else (0,):
        seen = await store.probe(over, meant.terms, filters, band, places=titles)
        if seen[2] >= TELLING and (not titles or seen[0] > 1 or seen[2] >= MUCH):
            break
    return Sample(band, seen, seen[2] * meant.size // rules.BANDS[band])


def _levels(meant: Meaning, share: int, sample: int, mark: str = "") -> Iterator[int | None]:
    """Words in titles and headings are what a page is mostly made of: there more are looked at."""
    if share >= ENOUGH:
        yield sample
    yield from rules.levels(share, range(meant.bands), sample, enough=200 if mark else 100)


async def _kind(
    over: Over,
    asked: Asked,
    meant: Meaning,
    mark: str,
    share: int,
    sample: int,
    after: tuple[int, UUID] | None,
    limit: int,
) -> Hits:
    """Those that have all of it in one kind of place; ``share`` of them in the band ``sample``."""
    hits: list[Hit] = []
    counted = 0
    for band in _levels(meant, share, sample, mark):
        hits, counted = await store.ranked(
            over, meant.terms, rules.all_of(meant.terms, mark, asked.chosen), band, mark=mark, after=after, limit=limit
        )
        if band is None or (counted >= ENOUGH // 2 and len(hits) >= limit):
            return hits, counted, band is None and counted < store.CAP
    return hits, counted, False


async def _in_order(over: Over, asked: Asked, meant: Meaning, after: tuple[int, UUID] | None, limit: int) -> Hits:
    wanted = rules.all_of(meant.terms, "", asked.chosen)
    expected = (await _sampled(over, meant, asked.chosen)).of_all if wanted else 0
    if SOME <= expected < MOST:
        for part in _first_parts(asked, after[0] if after else None):
            of_it = f"{wanted} & {part}"
            hits = await store.ordered(over, meant.terms, of_it, asked.order, many=False, after=after, limit=limit)
            if len(hits) == limit:
                return hits, limit, False
    many = expected >= MANY
    hits = await store.ordered(over, meant.terms, wanted, asked.order, many=many, after=after, limit=limit)
    return hits, len(hits), len(hits) < limit and after is None


def _first_parts(asked: Asked, place: int | None) -> Iterator[str]:
    """What comes first in an order, from ``place`` on: the latest months, or the ranges of prices next to it. Nothing is
    known of what sells, or where one range was chosen."""
    if asked.order == "newest":
        latest = now()
        if place is not None:
            latest = datetime.fromtimestamp(min(max(place / 1e6, 0), latest.timestamp()), UTC)
        yield from (rules.months(latest, count) for count in (1, 3))
    elif asked.order in ("price", "price-down") and "price" not in asked.chosen:
        yield from (rules.prices(place, count, down=asked.order == "price-down") for count in (1, 2))


async def facets(over: Over, asked: Asked, found: Found | None = None) -> Facets:
    """How many results each filter would leave. The values of a filter that is set are counted without it. ``found``: what
    was just found, so that the words needn't be looked up again."""
    meant = found.meant if found else await meaning(over, asked.query)
    if rules.words(asked.query) and not meant.terms:
        return Facets()
    counts, total, complete = await _counted(over, meant, asked.chosen, [*rules.FACETS])
    for name in asked.chosen:
        rest = {other: value for other, value in asked.chosen.items() if other != name}
        counts[name] = (await _counted(over, meant, rest, [name]))[0][name]
    return Facets(counts, total, complete)


async def _counted(
    over: Over, meant: Meaning, filters: Mapping[str, str], names: Sequence[str]
) -> tuple[dict[str, dict[str, int]], int, bool]:
    """Among all, or among those of best standing when there are too many to count."""
    band: int | None = None
    wanted = rules.all_of(meant.terms, "", filters)
    if meant.bands and wanted:
        sample = await _sampled(over, meant, filters)
        band = next(_levels(meant, sample.seen[2], sample.band))
    counted, total = await store.facets(over, wanted, names, band)
    return counted, total, band is None and total < store.CAP


async def helpful(over: Over, asked: Asked, meant: Meaning) -> list[tuple[str, int, bool]]:
    """Where nothing was found: each filter without which there would be something, with how much, and whether more."""
    if not asked.chosen or (rules.words(asked.query) and not meant.terms):
        return []
    found = []
    for name in asked.chosen:
        rest = {other: value for other, value in asked.chosen.items() if other != name}
        _counts, total, complete = await _counted(over, meant, rest, [name])
        if total:
            found.append((name, total, not complete))
    return found


async def add_synonyms(session: AsyncSession, actor: Actor, line: str) -> None:
    """Words with commas between that shall mean the same from now on."""
    require_admin(actor)
    group = synonyms.tidy_group(line)
    if len(group) < 2:
        raise Invalid("Type at least two words with a comma between them.", field="words")
    if len(await store.synonyms(session, MAX_SYNONYMS)) >= MAX_SYNONYMS:
        raise Invalid("There can be {most} groups. Remove one first.", field="words", most=MAX_SYNONYMS)
    row = SearchSynonym(words=group)
    session.add(row)
    await audit.record(session, actor.account_id, "search.synonyms", f"synonyms:{row.id}", words=group)
    await session.flush()


async def remove_synonyms(session: AsyncSession, actor: Actor, id: UUID) -> None:
    require_admin(actor)
    row = await session.get(SearchSynonym, id)
    if row is None:
        raise Missing
    await audit.record(session, actor.account_id, "search.synonyms_removed", f"synonyms:{row.id}", words=row.words)
    await session.delete(row)
    await session.flush()


async def own_synonyms(session: AsyncSession, actor: Actor) -> list[tuple[UUID, list[str]]]:
    require_admin(actor)
    return await store.synonyms(session, MAX_SYNONYMS)
