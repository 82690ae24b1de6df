"""p95 of the storefront's queries at 10,000 and 100,000 lessons: home, topic, deep page, search, lesson page.

    python bench/catalogue.py [--sizes 10000 100000] [--rounds 200]

Target on two cores: p95 under 15 ms at 100,000. Also prints recall@24 of the capped search against
the full ranking (target: at least 0.95).
"""

from __future__ import annotations

import argparse
import asyncio
import random
import time

from common import report, scratch_database, summary

NOUNS = [
    "bowl",
    "loaf",
    "wash",
    "chord",
    "joint",
    "portrait",
    "seedling",
    "seam",
    "loop",
    "mug",
    "crust",
    "sky",
    "riff",
    "drawer",
    "lens",
    "tomato",
    "hem",
    "class",
]
VERBS = [
    "throw",
    "bake",
    "paint",
    "play",
    "cut",
    "frame",
    "grow",
    "sew",
    "write",
    "glaze",
    "score",
    "blend",
    "strum",
    "plane",
    "focus",
    "prune",
    "press",
    "test",
]
KINDS = [
    "small",
    "quiet",
    "wide",
    "patient",
    "rough",
    "careful",
    "evening",
    "winter",
    "first",
    "second",
    "slow",
    "bright",
    "folded",
    "open",
    "deep",
    "honest",
]
TOPICS = ["pottery", "bread", "watercolour", "guitar", "woodwork", "photography", "gardening", "sewing", "programming"]

FILL = """
INSERT INTO product (id, kind, creator_id, slug, state, revision, creator_name, duration_s, title, summary,
                     description_md, learn, topic, level, language, price_kind, price_minor, min_minor, currency,
                     created_at, updated_at, published_at)
SELECT gen_random_uuid(), 'lesson', %(creator)s::uuid, 'lesson-' || n, 'published', 1, 'Mara Lindqvist', 600,
       initcap(v || ' a ' || k || ' ' || o) || ' ' || n, 'How to ' || v || ' a ' || k || ' ' || o || ' at home.',
       repeat('You will ' || v || ' the ' || o || ' slowly, in a ' || k || ' way. ', 12), '[]', t, 'all', 'en', 'fixed',
       1500, 0, 'usd', now(), now(), now() - n * interval '1 minute'
FROM (SELECT n, (%(verbs)s::text[])[1 + (n * 7) %% %(v)s::int] v, (%(kinds)s::text[])[1 + (n * 13) %% %(k)s::int] k,
             (%(nouns)s::text[])[1 + (n * 29 + n / 97) %% %(o)s::int] o, (%(topics)s::text[])[1 + (n * 31) %% %(t)s::int] t
      FROM generate_series(%(first)s::int, %(last)s::int) n) s
"""


def fill(url: str, first: int, last: int, creator: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            FILL,
            {
                "creator": creator, "first": first, "last": last, "verbs": VERBS, "kinds": KINDS, "nouns": NOUNS,
                "topics": TOPICS, "v": len(VERBS), "k": len(KINDS), "o": len(NOUNS), "t": len(TOPICS),
            },
        )  # fmt: skip
        connection.execute("VACUUM ANALYZE product")


def make_creator(url: str) -> str:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(
            "INSERT INTO account (id, auth_id, email, name, handle, bio, avatar_url, role, is_creator, created_at)"
            " VALUES (gen_random_uuid(), gen_random_uuid(), 'm@example.com', 'Mara', 'mara', '', '', 'member', true, now())"
            " RETURNING id"
        ).fetchone()
    assert row is not None
    return str(row[0])


async def timed(rounds: int, call) -> dict[str, float]:  # type: ignore[no-untyped-def]
    from marketplace.db import transaction

    values = []
    for _ in range(rounds):
        started = time.perf_counter()
        async with transaction() as session:
            await call(session)
        values.append((time.perf_counter() - started) * 1000)
    return summary(values)


async def measure(size: int, rounds: int) -> dict[str, object]:
    from marketplace.domain.catalog import browse

    dice = random.Random(7)
    deep = ""

    async def walk(session) -> None:  # type: ignore[no-untyped-def]
        nonlocal deep
        for _ in range(20):
            deep = (await browse.lessons(session, key=deep)).next_key

    await timed(1, walk)
    return {
        "home": await timed(rounds, lambda s: browse.lessons(s)),
        "topic": await timed(rounds, lambda s: browse.lessons(s, topic=dice.choice(TOPICS))),
        "page_20": await timed(rounds, lambda s: browse.lessons(s, key=deep)),
        "search_common_word": await timed(rounds, lambda s: browse.lessons(s, query=dice.choice(NOUNS))),
        "search_three_words": await timed(
            rounds, lambda s: browse.lessons(s, query=f"{dice.choice(VERBS)} {dice.choice(KINDS)} {dice.choice(NOUNS)}")
        ),
        "search_rare": await timed(rounds, lambda s: browse.lessons(s, query=str(dice.randrange(1, size)))),
        "lesson_page": await timed(rounds, lambda s: browse.lesson(s, f"lesson-{dice.randrange(1, size)}")),
        "recall_at_24": await recall(),
    }


async def recall() -> float:
    """Of the 24 that the full ranking would show, how many does the capped one."""
    from sqlalchemy import text

    from marketplace.db import transaction
    from marketplace.domain.catalog import browse, store

    kept = wanted = 0
    for word in NOUNS[:8]:
        async with transaction() as session:
            query = browse.tsquery(word)
            capped = await store.search(session, tsquery=query, topic="", skip=0, limit=24)
            rows = await session.execute(
                text(
                    "SELECT id, ts_rank(search, to_tsquery('english', :q)) r FROM product WHERE state = 'published'"
                    " AND search @@ to_tsquery('english', :q) ORDER BY 2 DESC, published_at DESC, id DESC LIMIT 24"
                ),
                {"q": query},
            )
            full = {row[0]: row[1] for row in rows.all()}
            floor = min(full.values())
            ranks = await session.execute(
                text("SELECT id, ts_rank(search, to_tsquery('english', :q)) FROM product WHERE id = ANY(:ids)"),
                {"q": query, "ids": capped},
            )
            kept += sum(1 for _id, rank in ranks.all() if rank >= floor)
            wanted += len(full)
    return round(kept / wanted, 3)


async def main(url: str, sizes: list[int], rounds: int) -> dict[str, object]:
    creator, have, result = make_creator(url), 0, {}
    for size in sizes:
        await asyncio.to_thread(fill, url, have + 1, size, creator)
        have = size
        result[str(size)] = await measure(size, rounds)
    return result


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=int, default=[10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=200)
    options = parser.parse_args()
    with scratch_database() as database:
        report(
            "catalogue",
            {
                "milliseconds": asyncio.run(main(database, options.sizes, options.rounds)),
                "target": "p95 < 15 at 100000",
            },
        )
