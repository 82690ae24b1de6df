"""p95 of balances and statements at 10,000 to 10,000,000 postings.

    python bench/ledger.py [--rows 1000000] [--rounds 300]

Fills the journal by SQL, the same each time: a thousand creators, the first of whom has a tenth of all
sales. Per sale two entries, seven postings: the sale and its transfer. Triggers are off meanwhile; the
sums are added up afterwards and proven equal to the postings, each entry to zero. Sizes are powers of
ten up to ``--rows``. The sums are spread over all shards, as if every process had booked for everybody.
Each query is measured for the large creator, some for creators drawn at random.
Target on two cores: p95 under 20 ms at 10,000,000, growing no faster than the logarithm of the size.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import random
import time
from uuid import UUID

import psycopg
from common import report, scratch_database, summary

CREATORS = 1000
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
PER_SALE = 7
CHUNK = 50_000

PEOPLE = """
INSERT INTO account (id, auth_id, email, name, handle, bio, avatar_url, role, is_creator, created_at)
SELECT md5('creator' || n)::uuid, md5('auth' || n)::uuid, n || '@example.com', 'Creator ' || n, 'creator-' || n, '', '',
       'member', true, '2024-01-01' FROM generate_series(0, %(creators)s::int - 1) n
"""
# Entry ids as the product makes them: version 7, milliseconds first. Sale n happened n seconds after the start.
SALES = """
CREATE TEMP TABLE fresh AS
SELECT n, md5('creator' || CASE WHEN n %% 10 = 0 THEN 0 ELSE (n * 7919::bigint) %% %(creators)s::int END)::uuid AS creator,
       500 + (n * 37) %% 9500 AS price, (500 + (n * 37) %% 9500) / 10 AS fee,
       '2024-01-01'::timestamptz + n * interval '1 second' AS at,
       lpad(to_hex(1704067200000 + n::bigint * 1000), 12, '0') AS ms, md5(n::text) AS noise
FROM generate_series(%(first)s::int, %(last)s::int) n;
"""
ENTRIES = """
INSERT INTO ledger_entry (id, key, kind, memo, created_at)
SELECT (ms || '7' || left(noise, 3) || '8' || substr(noise, 4, 15))::uuid, 'sale:' || noise, 'sale', 'Lesson ' || n, at
FROM fresh
UNION ALL
SELECT (lpad(to_hex(('x' || ms)::bit(48)::bigint + 500), 12, '0') || '7' || left(noise, 3) || '8' || substr(noise, 4, 15))::uuid,
       'transfer:' || noise, 'transfer', '', at FROM fresh
ORDER BY 1
"""
POSTINGS = """
INSERT INTO ledger_posting (entry_id, account, owner_id, about_id, currency, amount_minor, memo)
SELECT e.id, p.account, CASE WHEN p.own THEN f.creator END, CASE WHEN p.own THEN NULL ELSE f.creator END, 'usd', p.amount, ''
FROM fresh f JOIN ledger_entry e ON e.key IN ('sale:' || f.noise, 'transfer:' || f.noise)
CROSS JOIN LATERAL (VALUES
    ('sale', 'stripe', false, f.price), ('sale', 'fees', false, -f.fee), ('sale', 'held', true, f.fee - f.price),
    ('transfer', 'stripe', false, f.fee - f.price), ('transfer', 'connected', true, f.price - f.fee),
    ('transfer', 'held', true, f.price - f.fee), ('transfer', 'available', true, f.fee - f.price)
) AS p (kind, account, own, amount) WHERE p.kind = e.kind ORDER BY e.id
"""
SPREAD = (
    "INSERT INTO ledger_balance SELECT owner_id, currency, account, s, 0 FROM ledger_balance, generate_series(1, 63) s"
    " WHERE shard = 0 ON CONFLICT DO NOTHING",
    "INSERT INTO ledger_flow SELECT creator_id, currency, kind, account, s, 0 FROM ledger_flow, generate_series(1, 63) s"
    " WHERE shard = 0 ON CONFLICT DO NOTHING",
)
CROOKED = "SELECT count(*) FROM (SELECT 1 FROM ledger_posting GROUP BY entry_id HAVING sum(amount_minor) <> 0) x"


def fill(url: str, have: int, want: int) -> None:
    """Sales ``have`` to ``want`` (numbers of postings)."""
    first, last = math.ceil(have / PER_SALE) + 1, math.ceil(want / PER_SALE)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        if not have:
            connection.execute(PEOPLE, {"creators": CREATORS})
        for start in range(first, last + 1, CHUNK):
            values = {"first": start, "last": min(start + CHUNK - 1, last), "creators": CREATORS}
            with connection.transaction():
                connection.execute(psycopg.ClientCursor(connection).mogrify(SALES, values))
                connection.execute("ANALYZE fresh")
                connection.execute(ENTRIES)
                connection.execute(POSTINGS)
                connection.execute("DROP TABLE fresh")
        connection.execute("SET session_replication_role = origin")
        crooked = connection.execute(CROOKED).fetchone()
        assert crooked == (0,), "an entry does not sum to zero"


async def rebuild() -> None:
    from sqlalchemy import text

    from marketplace.db import transaction
    from marketplace.domain.ledger import service as ledger

    async with transaction() as session:
        await ledger.rebuild(session)
        for statement in SPREAD:
            await session.execute(text(statement))
    async with transaction() as session:
        assert await ledger.check(session) == []


def tidy(url: str) -> int:
    """As autovacuum would leave it; the number of postings."""
    with psycopg.connect(url, autocommit=True) as connection:
        for table in ("ledger_entry", "ledger_posting", "ledger_balance", "ledger_flow"):
            connection.execute(f"VACUUM ANALYZE {table}")
        found = connection.execute("SELECT count(*) FROM ledger_posting").fetchone()
        assert found is not None
        return int(found[0])


def creator(number: int) -> UUID:
    from hashlib import md5

    return UUID(md5(f"creator{number}".encode()).hexdigest())


def deep_cursor(url: str, owner: UUID):  # type: ignore[no-untyped-def]
    """Where somebody stands who paged through half of the large creator's statement."""
    from marketplace.domain.ledger.service import Cursor

    of = "FROM ledger_posting WHERE owner_id = %s AND currency = 'usd'"
    with psycopg.connect(url) as connection:
        middle = connection.execute(
            f"SELECT entry_id {of} ORDER BY entry_id DESC"
            f" OFFSET (SELECT count(*) / 2 {of}) LIMIT 1", (owner, owner)
        ).fetchone()  # fmt: skip
        assert middle is not None
        sums = connection.execute(
            f"SELECT account, sum(amount_minor) {of} AND entry_id < %s GROUP BY 1", (owner, middle[0])
        ).fetchall()
    return Cursor(middle[0], {account: int(total) for account, total in sums})


async def timed(rounds: int, call) -> dict[str, float]:  # type: ignore[no-untyped-def]
    from marketplace.db import transaction

    values = []
    for number in range(rounds + 5):
        async with transaction() as session:
            started = time.perf_counter()
            await call(session)
            values.append((time.perf_counter() - started) * 1000)
        if number == 4:
            values.clear()  # plans and connections are made
    return summary(values)


async def measure(url: str, rounds: int) -> dict[str, object]:
    from marketplace.domain.ledger import service as ledger

    dice, large = random.Random(7), creator(0)
    deep = await asyncio.to_thread(deep_cursor, url, large)
    anyone = lambda: creator(dice.randrange(CREATORS))  # noqa: E731

    async def sale(session) -> None:  # type: ignore[no-untyped-def]
        lines = ledger.rules.sale(paid=2000, fee=200, shares=[(large, 2000 - 200)])
        await ledger.book(session, key=f"bench:{dice.random()}", kind="sale", currency="usd", lines=lines)

    return {
        "balance": await timed(rounds, lambda s: ledger.balance(s, "held", "usd", large)),
        "balance_of_the_platform": await timed(rounds, lambda s: ledger.balance(s, "stripe", "usd")),
        "balances": await timed(rounds, lambda s: ledger.balances(s, large)),
        "paid_out": await timed(rounds, lambda s: ledger.paid_out(s, large)),
        "explanation": await timed(rounds, lambda s: ledger.explanation(s, large)),
        "trial_balance_of_one": await timed(rounds, lambda s: ledger.trial_balance(s, large)),
        "statement_first_page": await timed(rounds, lambda s: ledger.statement_page(s, large, "usd", None, 50)),
        "statement_deep_page": await timed(rounds, lambda s: ledger.statement_page(s, large, "usd", deep, 50)),
        "statement_of_anyone": await timed(rounds, lambda s: ledger.statement_page(s, anyone(), "usd", None, 50)),
        "book_a_sale": await timed(rounds, sale),
    }


async def main(url: str, rows: int, rounds: int) -> dict[str, object]:
    from marketplace.db import engine

    sizes, have = [size for size in SIZES if size <= rows] or [rows], 0
    milliseconds: dict[str, dict[str, object]] = {}
    for size in sizes:
        await asyncio.to_thread(fill, url, have, size)
        have = size
        await rebuild()
        count = await asyncio.to_thread(tidy, url)
        milliseconds[str(count)] = await measure(url, rounds)
    await engine().dispose()
    return {"milliseconds": milliseconds, **judged(milliseconds)}


def judged(milliseconds: dict[str, dict[str, object]]) -> dict[str, object]:
    """The slowest p95 at the largest size, and how much slower each query's median is there than at the smallest,
    beside what a logarithm would allow. (Small creators' pages aren't full at the smallest size: left out.)"""
    first, last = min(milliseconds, key=int), max(milliseconds, key=int)
    p = lambda size, name, which: float(milliseconds[size][name][which])  # type: ignore[index]  # noqa: E731
    return {
        "slowest_p95_at_the_largest": max(p(last, name, "p95") for name in milliseconds[last]),
        "growth_of_the_median": {
            name: round(p(last, name, "p50") / p(first, name, "p50"), 2)
            for name in milliseconds[last]
            if name != "statement_of_anyone"
        },
        "growth_of_the_logarithm": round(math.log(int(last)) / math.log(int(first)), 2),
        "target": "p95 < 20 at 10000000, growth at most the logarithm's",
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=SIZES[-1])
    parser.add_argument("--rounds", type=int, default=300)
    options = parser.parse_args()
    with scratch_database() as database:
        report("ledger", asyncio.run(main(database, options.rows, options.rounds)))
