"""p95 of what visitors ask of the catalogue, from 10,000 to 1,000,000 products: home, topic, search, suggestions, facets.

    python bench/catalogue.py [--sizes 10000 100000 1000000] [--rounds 200]

The products are made anew from a seed: words of five invented vocabularies, each as often as Zipf's law says, in the
products' languages. Prints milliseconds of whole calls by the clock, what the database's process worked for each, recall@24
against the full ranking, and how the work grew. Targets: p95 under 15 ms in the database for any word at each size, growth no
faster than the logarithm of the size, recall of at least 0.95.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import math
import random
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any
from uuid import UUID

from common import report, scratch_database, summary

TOPICS = ["pottery", "bread", "watercolour", "guitar", "woodwork", "photography", "gardening", "sewing", "programming"]
LANGUAGES = ["en", "en", "en", "en", "en", "de", "es", "fr", "sv"]
LEVELS = ["all", "beginner", "intermediate", "advanced"]
KINDS = ["lesson", "lesson", "lesson", "course", "bundle"]
VOCABULARY = 20_000  # words of each language
COLUMNS = (
    "id", "kind", "creator_id", "slug", "state", "revision", "creator_name", "duration_s", "title", "summary",
    "description_md", "learn", "topic", "level", "language", "price_kind", "price_minor", "min_minor", "currency",
    "refund_days", "refund_max_percent", "created_at", "updated_at", "published_at",
)  # fmt: skip
START = datetime(2026, 11, 1, tzinfo=UTC)
PLACES = ("search_document_best", "search_document_popular")  # made after filling, and then those of the words


class Words:
    """One language: the commonest word first, and every hundredth word of a text is it."""

    def __init__(self, language: str) -> None:
        dice = random.Random(language)
        vowels = {"en": "aeiou", "de": "aeiouäü", "es": "aeioá", "fr": "aeiouéè", "sv": "aeioåä"}[language]
        sounds = [c + v for c in "bcdfghklmnprstvw" for v in vowels]
        found: dict[str, None] = {}
        while len(found) < VOCABULARY:
            found["".join(dice.choices(sounds, k=dice.choice((2, 2, 3, 3, 4)))) + dice.choice("nrstlmd")] = None
        self.all = list(found)
        self.weights = list(accumulate(1 / (rank + 8) for rank in range(VOCABULARY)))

    def some(self, dice: random.Random, count: int) -> str:
        return " ".join(dice.choices(self.all, cum_weights=self.weights, k=count))


WORDS = {language: Words(language) for language in sorted(set(LANGUAGES))}


def product_id(n: int) -> UUID:
    return UUID(int=(1_700_000_000_000 + n * 60_000) << 80 | 0x7000 << 64 | 0x8000 << 48 | n)


def products(first: int, last: int, creators: list[str]) -> Iterator[tuple[Any, ...]]:
    for n in range(first, last + 1):
        dice = random.Random(n)
        language = dice.choice(LANGUAGES)
        words = WORDS[language]
        at = START - timedelta(minutes=1.2 * dice.randrange(1_200_000))
        price = dice.choice((0, 900, 1500, 2400, 4900, 12000))
        creator = dice.randrange(len(creators))
        yield (
            product_id(n), dice.choice(KINDS), creators[creator], f"product-{n}", "published", 1,
            f"{WORDS['en'].all[creator * 7 % VOCABULARY]} {WORDS['sv'].all[creator * 11 % VOCABULARY]}".title(),
            dice.randrange(120, 9000), words.some(dice, dice.randrange(3, 8)).capitalize() + f" {n}",
            words.some(dice, 12), words.some(dice, 40), "[]", dice.choice(TOPICS), dice.choice(LEVELS), language,
            "fixed" if price else "free", price, 0, dice.choice(("usd", "usd", "eur")), 14, 30, at, at, at,
        )  # fmt: skip


def fill(url: str, first: int, last: int, creators: list[str]) -> None:
    """Products by COPY, their documents by the statement that publishing uses, then what buyers made of them."""
    import psycopg

    from marketplace.domain.search import making, rules

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET maintenance_work_mem = '1GB'; SET work_mem = '64MB'; SET synchronous_commit = off")
        words = [f"search_document_words{band}" for band in ("", *(f"_{n}" for n in range(len(rules.BANDS))))]
        kept, kept_words = ([_dropped(connection, name) for name in names] for names in (PLACES, words))
        with connection.cursor().copy(f"COPY product ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for row in products(first, last, creators):
                copy.write_row(row)
        connection.execute("ANALYZE product")
        for start in range(first, last + 1, 10_000):
            ids = [product_id(n) for n in range(start, min(start + 10_000, last + 1))]
            changes = connection.execute(making.PUT, {"ids": ids}).fetchall()
            connection.execute(making.LEARN, {"words": [w for w, _ in changes], "by": [by for _, by in changes]})
            said(f"documents: {start + len(ids) - 1:,}")
        # One in ten sold lately; the best far more than most.
        connection.execute(
            "UPDATE search_document SET buyers = s.x, popularity = 1000 * s.x / (s.x + 10),"
            " quality = (7 * (1000 * s.x / (s.x + 10)) + 3 * fresh) / 10 FROM (SELECT product_id AS id,"
            "  (1 + 400 / (1 + abs(hashtext(product_id::text)) % 1000))::int AS x FROM search_document"
            "  WHERE abs(hashtext('sold' || product_id::text)) % 10 = 0 AND buyers = 0) s WHERE s.id = product_id"
        )
        for definition in kept:
            connection.execute(definition)
        while _sort(connection):
            pass
        for definition in kept_words:
            connection.execute(definition)
        for table in ("product", "search_document", "search_word", "search_near"):
            connection.execute(f"VACUUM ANALYZE {table}")
        said("indexed")


def _sort(connection: Any) -> bool:
    from marketplace.domain.search import taste

    with connection.transaction():
        for statement, values in taste.CUTS:
            connection.execute(statement, values)
    everything = taste.MOVED.replace(f"LIMIT {taste.BATCH}", "LIMIT 10000000")  # no index to keep up meanwhile
    return connection.execute(everything).rowcount > 0


def _dropped(connection: Any, name: str) -> str:
    row = connection.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [name]).fetchone()
    connection.execute(f"DROP INDEX {name}")
    return str(row[0])


def said(words: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {words}", file=sys.stderr, flush=True)


def make_creators(url: str, count: int = 5000) -> list[str]:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        rows = connection.execute(
            "INSERT INTO account (id, auth_id, email, name, handle, bio, avatar_url, role, is_creator, created_at)"
            " SELECT gen_random_uuid(), gen_random_uuid(), 'm' || n || '@example.com', 'Maker ' || n, 'maker-' || n, '', '',"
            " 'member', true, now() FROM generate_series(1, %s) n RETURNING id",
            [count],
        ).fetchall()
    return [str(row[0]) for row in rows]


Call = Callable[[Any], Awaitable[Any]]


async def timed(rounds: int, call: Call) -> dict[str, Any]:
    """Whole calls by the clock, and what the database's process worked for them: that doesn't depend on what else the
    machine does. After a few rounds that warm the caches."""
    from sqlalchemy import text

    from marketplace.db import transaction

    values, worked = [], []
    for n in range(rounds + 10):
        async with transaction() as session:
            pid = await session.scalar(text("SELECT pg_backend_pid()"))
            before, started = cpu(pid), time.perf_counter()
            await call(session)
            if n >= 10:
                values.append((time.perf_counter() - started) * 1000)
                worked.append(cpu(pid) - before)
    return summary(values) | {"database": summary(worked)}


def cpu(pid: int) -> float:
    """Milliseconds on a processor of a process so far; Linux tells."""
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6
    return 0.0


def mistyped(dice: random.Random, word: str) -> str:
    n = dice.randrange(1, len(word) - 1)
    return dice.choice(
        (word[:n] + word[n + 1 :], word[:n] + word[n + 1] + word[n] + word[n + 2 :], word[:n] + "x" + word[n + 1 :])
    )


async def measure(size: int, rounds: int) -> dict[str, Any]:
    from marketplace.domain.catalog import browse
    from marketplace.domain.search import service as search
    from marketplace.domain.search import suggesting
    from marketplace.domain.search.service import Asked

    dice = random.Random(7)
    english = WORDS["en"].all
    bands = {"top_20": (0, 20), "to_200": (20, 200), "to_2000": (200, 2000), "rare": (2000, VOCABULARY)}

    def word(band: str) -> str:
        return english[dice.randrange(*bands[band])]

    def find(query: Callable[[], str], **more: Any) -> Call:
        return lambda session: search.find(session, Asked(query(), **more))

    async def beside(session: Any) -> None:
        listing = await browse.lesson(session, f"product-{dice.randrange(1, size)}")
        assert listing is not None
        await browse.beside(session, listing.product, 3)

    topic = (("topic", "pottery"), ("price", "usd-2"))
    calls: dict[str, Call] = {
        "home": lambda s: browse.lessons(s),
        "topic": lambda s: browse.lessons(s, topic=dice.choice(TOPICS)),
        **{f"search_{band}": find(lambda band=band: word(band)) for band in bands},
        "search_number": find(lambda: str(dice.randrange(1, size))),
        "search_two_common": find(lambda: f"{word('top_20')} {word('to_200')}"),
        "search_three": find(lambda: f"{word('top_20')} {word('to_200')} {word('to_200')}"),
        "search_prefix": find(lambda: word("to_2000")[:4]),
        "search_typo": find(lambda: mistyped(dice, max((word("to_2000") for _ in range(3)), key=len))),
        "search_filtered": find(lambda: word("top_20"), filters=topic),
        "search_newest": find(lambda: word(dice.choice(list(bands))), sort="newest"),
        "search_price": find(lambda: word(dice.choice(list(bands))), sort="price"),
        "browse_filtered": find(lambda: "", filters=topic),
        "facets_common": lambda s: search.facets(s, Asked(word("top_20"))),
        "facets_filtered": lambda s: search.facets(s, Asked(word("to_200"), filters=topic)),
        "facets_all": lambda s: search.facets(s, Asked()),
        "suggest": lambda s: suggesting.suggest(s, word(dice.choice(list(bands)))[: dice.randrange(1, 5)]),
        "suggest_second_word": lambda s: suggesting.suggest(s, f"{word('top_20')} {word('to_200')[:2]}"),
        "product_page": lambda s: browse.lesson_and_others(s, f"product-{dice.randrange(1, size)}", 4),
        "beside_product": beside,
    }
    result: dict[str, Any] = {}
    for name, call in calls.items():
        result[name] = await timed(rounds, call)
        said(f"{size:,} {name}: {result[name]}")
    result["recall_at_24"] = {
        name: await recall(queries)
        for name, queries in {
            "top_20": english[:20], "to_200": english[20:200:9], "to_2000": english[200:2000:90],
            "two": [f"{english[n]} {english[n + 30]}" for n in range(20)],
        }.items()
    }  # fmt: skip
    return result


async def recall(queries: list[str]) -> float:
    """Of the places that the full ranking would fill, how many are filled as well as that."""
    from marketplace.db import transaction
    from marketplace.domain.search import rules, store
    from marketplace.domain.search import service as search
    from marketplace.domain.search.service import Asked

    kept = wanted = 0
    everything, store.CAP = store.CAP, 10_000_000
    for query in queries:
        async with transaction() as session:
            meant = await search.meaning(session, query)
            full, _n = await store.ranked(session, meant.terms, rules.all_of(meant.terms, "", {}), after=None, limit=24)
        store.CAP = everything
        async with transaction() as session:
            shown = (await search.find(session, Asked(query, exact=True))).hits
        store.CAP = 10_000_000
        floor = full[-1].place if full else 0
        kept += sum(hit.place >= floor for hit in shown[: len(full)])
        wanted += len(full)
    store.CAP = everything
    return round(kept / wanted, 4) if wanted else 1.0


def growth(result: dict[str, Any], sizes: list[int]) -> dict[str, Any]:
    """How much the database's p95 grew from the smallest to the largest, beside how much the logarithm did."""
    small, large = str(sizes[0]), str(sizes[-1])
    times = {
        name: round(result[large][name]["database"]["p95"] / max(value["database"]["p95"], 0.01), 2)
        for name, value in result[small].items()
        if isinstance(value, dict) and "p95" in value
    }
    return {"log": round(math.log(sizes[-1]) / math.log(sizes[0]), 2), "p95": times}


async def main(url: str, sizes: list[int], rounds: int) -> dict[str, Any]:
    creators, have = make_creators(url), 0
    result: dict[str, Any] = {}
    for size in sizes:
        started = time.perf_counter()
        await asyncio.to_thread(fill, url, have + 1, size, creators)
        have = size
        filled = round(time.perf_counter() - started, 1)
        result[str(size)] = {"seconds_to_fill": filled, **await measure(size, rounds)}
    return result


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", type=int, default=[10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=200)
    options = parser.parse_args()
    with scratch_database() as database:
        found = asyncio.run(main(database, options.sizes, options.rounds))
        over = [
            f"{size} {name}" for size, names in found.items() for name, value in names.items()
            if isinstance(value, dict) and "database" in value and value["database"]["p95"] > 15
        ]  # fmt: skip
        report(
            "catalogue",
            {
                "milliseconds": found,
                "growth": growth(found, options.sizes),
                "target": "database p95 < 15",
                "over_target": over,
            },
        )
