"""p95 of every query behind a creator's pages with a million sales of three years, and of the pages as wholes.

    python bench/earnings.py [--sales 1000000] [--rounds 40]

Sales, refunds, visitors and customers are put straight into the tables, the same every time, and added up as the job
would. Some hundred events wait to be folded in, as they do in a busy minute. Target on two cores: p95 of a whole page
under 100 ms, of each query under 20 ms.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import time
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from common import report, scratch_database, summary

CREATOR = uuid.UUID(int=1)
PRODUCTS, DAYS, WAITING = 200, 1095, 300
BUYERS_OF_TEN = 3  # buyers per ten sales
NAMES = ["Ann", "Ben", "Chloe", "Daniel", "Emma", "Farid", "Grace", "Hugo", "Ines", "Jonas", "Kira", "Liam", "Mara"]
SURNAMES = ["Becker", "Diallo", "Falk", "Fernandez", "Kim", "Lindqvist", "Nair", "Okafor", "Rivera", "Silva", "Tan"]
_MEASURES = (
    "sales", "units", "buyers", "gross_minor", "net_minor", "discount_minor", "refunds", "refunded_minor",
    "refunded_net_minor", "shares", "shared_minor", "shared_back_minor",
)  # fmt: skip
FIGURES, SUMS = ", ".join(_MEASURES), ", ".join(f"sum({name})" for name in _MEASURES)

# Numbers are scattered by multiplying with primes: everybody buys something, some products sell far better than others.
FILL = (
    """
    INSERT INTO account (id, auth_id, email, name, handle, bio, avatar_url, role, is_creator, created_at)
    SELECT '00000000-0000-0000-0000-000000000001', gen_random_uuid(), 'maker@example.com', 'Maker', 'maker', '', '',
           'member', true, now()
    """,
    """
    INSERT INTO account (id, auth_id, email, name, handle, bio, avatar_url, role, is_creator, created_at)
    SELECT lpad(to_hex(n + 1000), 32, '0')::uuid, gen_random_uuid(), 'buyer' || n || '@example.com',
           (%(names)s::text[])[1 + n %% 13] || ' ' || (%(surnames)s::text[])[1 + n %% 11], 'buyer-' || n, '', '',
           'member', false, now()
    FROM generate_series(0, %(buyers)s::int - 1) n
    """,
    """
    INSERT INTO product (id, kind, creator_id, slug, state, revision, creator_name, duration_s, title, summary,
                         description_md, learn, topic, level, language, price_kind, price_minor, min_minor, currency,
                         created_at, updated_at, published_at)
    SELECT lpad(to_hex(n + 100), 32, '0')::uuid, 'lesson', '00000000-0000-0000-0000-000000000001', 'lesson-' || n,
           'published', 1, 'Maker', 600, 'Lesson ' || n, '', '', '[]', 'pottery', 'all', 'en', 'fixed', 2000, 0, 'usd',
           now(), now(), now()
    FROM generate_series(0, %(products)s::int - 1) n
    """,
    """
    CREATE TABLE sale AS
    SELECT n, ('2026-09-30 12:00Z'::timestamptz - ((n::bigint * 7919) %% %(days)s::int) * interval '1 day'
               - (n %% 43200) * interval '1 second') AS at,
           floor(power((n::bigint * 104729 %% 10007) / 10007.0, 2) * %(products)s::int)::int AS product,
           (n::bigint * 15485863 %% %(buyers)s::int) AS buyer, 500 + (n::bigint * 31) %% 4500 AS amount,
           lpad(to_hex(n + 50000000), 32, '0')::uuid AS id
    FROM generate_series(1, %(sales)s::int) n
    """,
    """
    INSERT INTO "order" (id, buyer_id, state, currency, total_minor, refunded_minor, checkout_url, failure, created_at,
                         expires_at, paid_at)
    SELECT id, lpad(to_hex(buyer + 1000), 32, '0')::uuid, 'paid', 'usd', amount, 0, '', '', at, at, at FROM sale
    """,
    """
    INSERT INTO order_line (id, order_id, buyer_id, product_id, creator_id, title, currency, list_minor, amount_minor,
                            fee_minor, shares_minor, refunded_minor, open)
    SELECT id, id, lpad(to_hex(buyer + 1000), 32, '0')::uuid, lpad(to_hex(product + 100), 32, '0')::uuid,
           '00000000-0000-0000-0000-000000000001', 'Lesson ' || product, 'usd', amount, amount, amount / 10,
           amount - amount / 10, 0, false FROM sale
    """,
    """
    INSERT INTO share (id, order_id, line_id, payee_id, role, currency, amount_minor, taken_minor, withheld_minor,
                       debt_minor, settled)
    SELECT id, id, id, '00000000-0000-0000-0000-000000000001', 'creator', 'usd', amount - amount / 10, 0, 0, 0, true
    FROM sale
    """,
    """
    INSERT INTO sale_event (id, key, creator_id, buyer_id, product_id, line_id, currency, at, day, sales, units, buyers,
                            gross_minor, net_minor, discount_minor, refunds, refunded_minor, refunded_net_minor, shares,
                            shared_minor, shared_back_minor, partner)
    SELECT id, 'sale:' || id, '00000000-0000-0000-0000-000000000001'::uuid, lpad(to_hex(buyer + 1000), 32, '0')::uuid,
           lpad(to_hex(product + 100), 32, '0')::uuid, id, 'usd', at, (at AT TIME ZONE 'UTC')::date, 1, 1, 1, amount,
           amount - amount / 10, 0, 0, 0, 0, 0, 0, 0, false FROM sale
    UNION ALL
    SELECT lpad(to_hex(n + 90000000), 32, '0')::uuid, 'refund:' || id, '00000000-0000-0000-0000-000000000001'::uuid,
           lpad(to_hex(buyer + 1000), 32, '0')::uuid, lpad(to_hex(product + 100), 32, '0')::uuid, id, 'usd',
           at + interval '1 hour', ((at + interval '1 hour') AT TIME ZONE 'UTC')::date, 0, 0, 0, 0, 0, 0, 1, amount,
           amount - amount / 10, 0, 0, 0, false FROM sale WHERE n %% 40 = 0
    """,
    "DROP TABLE sale",
    """
    INSERT INTO sale_pending (event_id, creator_id) SELECT id, creator_id FROM sale_event ORDER BY at DESC, id DESC
    LIMIT %(waiting)s
    """,
    "CREATE TABLE folded AS SELECT * FROM sale_event WHERE id NOT IN (SELECT event_id FROM sale_pending)",
    f"""
    INSERT INTO stats_product_day (creator_id, currency, product_id, day, {FIGURES}, visitors)
    SELECT creator_id, currency, product_id, day, {SUMS}, sum(sales) * 30 FROM folded GROUP BY 1, 2, 3, 4
    """,
    f"""
    INSERT INTO stats_day (creator_id, currency, day, {FIGURES}, visitors)
    SELECT creator_id, currency, day, {SUMS}, sum(visitors) FROM stats_product_day GROUP BY 1, 2, 3
    """,
    f"""
    INSERT INTO stats_product_month (creator_id, currency, product_id, day, {FIGURES}, visitors)
    SELECT creator_id, currency, product_id, date_trunc('month', day::timestamp)::date, {SUMS}, sum(visitors)
    FROM stats_product_day GROUP BY 1, 2, 3, 4
    """,
    """
    INSERT INTO customer (creator_id, buyer_id, purchases, first_at, last_at)
    SELECT creator_id, buyer_id, sum(sales), min(at) FILTER (WHERE sales > 0), max(at) FILTER (WHERE sales > 0)
    FROM folded GROUP BY 1, 2
    """,
    """
    INSERT INTO customer_spend (creator_id, buyer_id, currency, purchases, spent_minor, refunded_minor, kept_minor)
    SELECT creator_id, buyer_id, currency, sum(sales), sum(gross_minor), sum(refunded_minor),
           sum(gross_minor - refunded_minor) FROM folded GROUP BY 1, 2, 3
    """,
    "DROP TABLE folded",
)


def fill(url: str, sales: int) -> float:
    """Returns how many seconds it took."""
    import psycopg

    started = time.perf_counter()
    values = {
        "sales": sales, "buyers": max(10, sales * BUYERS_OF_TEN // 10), "products": PRODUCTS, "days": DAYS,
        "names": NAMES, "surnames": SURNAMES, "waiting": WAITING,
    }  # fmt: skip
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in FILL:
            connection.execute(statement, values if "%" in statement else None)  # type: ignore[arg-type]
        connection.execute("VACUUM ANALYZE")
    return time.perf_counter() - started


async def timed(rounds: int, call: Callable[[Any], Awaitable[Any]]) -> dict[str, float]:
    from marketplace.db import transaction

    values = []
    for _ in range(rounds):
        started = time.perf_counter()
        async with transaction() as session:
            await call(session)
        values.append((time.perf_counter() - started) * 1000)
    return summary(values)


async def measure(sales: int, rounds: int) -> dict[str, object]:
    from marketplace.db import transaction
    from marketplace.domain.access.service import Actor
    from marketplace.domain.analytics import service as analytics
    from marketplace.domain.analytics.service import Scope, Span, rules
    from marketplace.domain.orders import store as orders

    actor, mine = Actor(CREATOR, "member", True), Scope(CREATOR, "usd")
    async with transaction() as session:
        first = await analytics.first_day(session, mine)
        assert (await analytics.totals(session, mine, Span(first, first + timedelta(days=DAYS + 2)))).sales == sales  # type: ignore[operator]
    from datetime import date

    today, dice = date(2026, 9, 30), random.Random(7)
    spans = {name: rules.span_of(name, today, first=first) for name in ("30d", "90d", "12m", "all")}
    one = Scope(CREATOR, "usd", uuid.UUID(int=100 + 7))
    buyer = uuid.UUID(int=1000 + 77)
    result: dict[str, object] = {
        "currencies": await timed(rounds, lambda s: analytics.currencies(s, actor)),
        "first_day": await timed(rounds, lambda s: analytics.first_day(s, mine)),
        "sales_list": await timed(rounds, lambda s: orders.creator_sales(s, CREATOR, None, 26)),
    }
    for name, span in spans.items():
        grain = rules.usual_grain(span)
        result[f"totals_{name}"] = await timed(rounds, lambda s, x=span: analytics.totals(s, mine, x))
        result[f"series_{name}"] = await timed(rounds, lambda s, x=span, g=grain: analytics.by_time(s, mine, x, g))
        result[f"products_{name}"] = await timed(rounds, lambda s, x=span: analytics.by_product(s, mine, x))
    result["one_product_all"] = await timed(rounds, lambda s: analytics.by_time(s, one, spans["all"], "day"))
    result |= await _customers(rounds, actor, buyer, dice)
    result["pages"] = await _pages(rounds, actor, buyer, today)
    return result


async def _customers(rounds: int, actor: Any, buyer: uuid.UUID, dice: random.Random) -> dict[str, object]:
    from marketplace.db import transaction
    from marketplace.domain.analytics import service as analytics

    after: Any = None
    async with transaction() as session:
        for _ in range(30):
            page = (await analytics.customers(session, actor, after=after, limit=31)).rows
            after = (page[-1].key, page[-1].buyer_id)
    calls: dict[str, Callable[[Any], Awaitable[Any]]] = {
        "customers_recent": lambda s: analytics.customers(s, actor, limit=31),
        "customers_recent_page_30": lambda s: analytics.customers(s, actor, after=after, limit=31),
        "customers_most_spent": lambda s: analytics.customers(s, actor, most_in="usd", limit=31),
        "customers_search_common": lambda s: analytics.customers(s, actor, search=dice.choice(NAMES), limit=31),
        "customers_search_two_words": lambda s: analytics.customers(
            s, actor, search=f"{dice.choice(NAMES)} {dice.choice(SURNAMES)}", limit=31
        ),
        "customers_search_most_spent": lambda s: analytics.customers(
            s, actor, most_in="usd", search=dice.choice(NAMES), limit=31
        ),
        "customers_search_email": lambda s: analytics.customers(
            s, actor, search=f"buyer{dice.randrange(9999)}@", limit=31
        ),
        "customers_search_nobody": lambda s: analytics.customers(s, actor, search="zzzz", limit=31),
        "customer_count": lambda s: analytics.customer_count(s, actor),
        "customer": lambda s: analytics.customer(s, actor, buyer),
        "customer_purchases": lambda s: analytics.purchases(s, actor, buyer),
    }
    return {name: await timed(rounds, call) for name, call in calls.items()}


async def _pages(rounds: int, actor: Any, buyer: uuid.UUID, today: Any) -> dict[str, object]:
    """What the page's handler does, from the event to its answer: all queries, words and positions."""
    from datetime import UTC, datetime
    from datetime import time as at

    from marketplace import clock
    from marketplace.state import action
    from marketplace.state.analytics import AnalyticsState
    from marketplace.state.customers import CustomersState, CustomerState

    addresses: dict[str, tuple[Any, dict[str, str]]] = {
        "earnings": (AnalyticsState, {}),
        "earnings_90_days_by_day": (AnalyticsState, {"period": "90d", "by": "day"}),
        "earnings_12_months": (AnalyticsState, {"period": "12m"}),
        "earnings_all": (AnalyticsState, {"period": "all"}),
        "earnings_all_by_product": (AnalyticsState, {"period": "all", "by": "product"}),
        "earnings_own_days": (
            AnalyticsState, {"period": "custom", "from": "2024-02-13", "to": "2026-08-17", "by": "product"},
        ),
        "earnings_one_product": (AnalyticsState, {"period": "all", "product": str(uuid.UUID(int=107))}),
        "customers": (CustomersState, {}),
        "customers_most_spent": (CustomersState, {"sort": "most"}),
        "customers_search": (CustomersState, {"q": "mara"}),
        "customer": (CustomerState, {"customer_id": str(buyer)}),
    }  # fmt: skip
    action.enter(actor, "")
    result: dict[str, object] = {}
    with clock.frozen(datetime.combine(today, at(18), UTC)):
        for name, (kind, query) in addresses.items():
            values = []
            for _ in range(rounds):
                state = kind(_reflex_internal_init=True)
                state.router_data = {"query": query}
                started = time.perf_counter()
                await kind.on_load.fn(state)
                values.append((time.perf_counter() - started) * 1000)
                assert state.loaded
                assert not getattr(state, "failure", "")
            result[name] = summary(values)
    return result


async def main(sales: int, rounds: int) -> dict[str, object]:
    from marketplace.db import engine

    measured = await measure(sales, rounds)
    await engine().dispose()
    return measured


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sales", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args()
    with scratch_database() as database:
        seconds = fill(database, options.sales)
        found = asyncio.run(main(options.sales, options.rounds))
        pages = found.pop("pages")
        report(
            "earnings",
            {
                "sales": options.sales,
                "fill_seconds": round(seconds, 1),
                "query_ms": found,
                "page_ms": pages,
                "target": "p95 of a page < 100, of a query < 20",
            },
        )
