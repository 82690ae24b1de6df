"""Which purchases speak for a product, what people bought with what, and the standing that follows. All queries of it.

A trigger notes each sale and refund beside it; a job takes the notes and looks at what is true of that buyer and product
now, so that it doesn't matter how often or in which order it looks. Who bought what they sell, or gave it back, is not
in ``taste``. Popularity is counted from that table alone.
"""

from __future__ import annotations

from typing import LiteralString
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.locks import hold
from marketplace.domain.search import making, rules
from marketplace.sql import rows

BATCH = 2000  # documents that change in one transaction
_TAKE = """
WITH taken AS (
    DELETE FROM taste_pending WHERE event_id IN (SELECT event_id FROM taste_pending ORDER BY event_id LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED) RETURNING event_id
), touched AS (
    SELECT DISTINCT e.creator_id, e.buyer_id, e.product_id FROM taken t JOIN sale_event e ON e.id = t.event_id
), facts AS (
    SELECT t.*, e.paid, e.returned, e.at, a.created_at AS joined, a.deleted_at,
           EXISTS (SELECT 1 FROM partnership p WHERE p.product_id = t.product_id AND p.partner_id = t.buyer_id) AS partner
    FROM touched t JOIN account a ON a.id = t.buyer_id CROSS JOIN LATERAL (
        SELECT sum(gross_minor) AS paid, sum(refunded_minor) AS returned, min(at) FILTER (WHERE sales > 0) AS at
        FROM sale_event e WHERE e.creator_id = t.creator_id AND e.buyer_id = t.buyer_id AND e.product_id = t.product_id
        AND NOT e.partner
    ) e
)
SELECT product_id, buyer_id, creator_id, at, paid, returned, partner, joined FROM facts ORDER BY product_id, buyer_id
"""


async def fold(session: AsyncSession, limit: int) -> int:
    """Up to ``limit`` notes. Returns how many buyers and products they were about; none: nothing waits. (Notes may be
    about buyers who are gone.)"""
    await hold(session, "search:taste")
    found = await rows(session, _TAKE, {"limit": limit})
    for product_id, buyer_id, creator_id, at, paid, returned, partner, joined in found:
        purchase = rules.Purchase(buyer_id == creator_id, partner, int(paid or 0), int(returned or 0))
        values = {
            "product": product_id, "buyer": buyer_id, "creator": creator_id, "at": at, "most": rules.PAIRS,
            "fresh": at is not None and at - joined < rules.NEW_ACCOUNT,
        }  # fmt: skip
        if at is not None and rules.counts(purchase):
            fresh = await rows(session, _LIKE, values)
            step = 1
        else:
            fresh = await rows(session, _UNLIKE, values)
            step = -1
        if fresh:
            await rows(session, _PAIR, {**values, "at": fresh[0][0], "step": step})
            await rows(session, _TELL, values)
    [(more,)] = await rows(session, "SELECT EXISTS (SELECT 1 FROM taste_pending)", {})
    return len(found) or int(more)


_LIKE = (
    "INSERT INTO taste (product_id, buyer_id, creator_id, at, fresh_account)"
    " VALUES (%(product)s, %(buyer)s, %(creator)s, %(at)s, %(fresh)s) ON CONFLICT DO NOTHING RETURNING at"
)
_UNLIKE = "DELETE FROM taste WHERE product_id = %(product)s AND buyer_id = %(buyer)s RETURNING at"
# The buyer's other products, the last fifty: who buys everything doesn't tie everything together.
_PAIR = """
WITH others AS (
    SELECT product_id, at FROM taste WHERE buyer_id = %(buyer)s AND product_id <> %(product)s ORDER BY at DESC LIMIT %(most)s
)
INSERT INTO taste_pair (product_id, other_id, buyers, later)
SELECT %(product)s, product_id, %(step)s, CASE WHEN at > %(at)s THEN %(step)s ELSE 0 END FROM others
UNION ALL SELECT product_id, %(product)s, %(step)s, CASE WHEN at < %(at)s THEN %(step)s ELSE 0 END FROM others
ORDER BY 1, 2
ON CONFLICT (product_id, other_id) DO UPDATE SET buyers = greatest(taste_pair.buyers + EXCLUDED.buyers, 0),
    later = greatest(taste_pair.later + EXCLUDED.later, 0)
"""

# Kept pages show what stands beside a product: those of this buyer's products are made anew.
_TELL = """
SELECT page_news(array_agg('product:' || product_id)) FROM (
    SELECT %(product)s AS product_id
    UNION (SELECT product_id FROM taste WHERE buyer_id = %(buyer)s ORDER BY at DESC LIMIT %(most)s)
) t HAVING count(*) > 1
"""

# Of one creator's products a buyer speaks for three, the latest; of accounts made within the week before, the first
# three a day speak for a product.
_COUNTED = f"""
WITH recent AS (
    SELECT t.*, row_number() OVER (PARTITION BY creator_id, buyer_id ORDER BY at DESC, product_id) AS of_creator,
           row_number() OVER (PARTITION BY product_id, fresh_account, at::date ORDER BY at, buyer_id) AS of_day
    FROM taste t WHERE at > %(since)s
), counted AS (
    SELECT product_id, count(*)::int AS buyers, sum(power(0.5, extract(epoch FROM %(now)s - at) / %(half)s)) AS weight
    FROM recent WHERE of_creator <= %(from_one)s AND (NOT fresh_account OR of_day <= %(new_a_day)s) GROUP BY product_id
), standing AS (
    SELECT d.product_id, coalesce(c.buyers, 0) AS buyers,
           coalesce(trunc(1000 * c.weight / (c.weight + 10)), 0)::smallint AS popularity
    FROM search_document d LEFT JOIN counted c USING (product_id) WHERE c.product_id IS NOT NULL OR d.popularity > 0
    OR d.buyers > 0
)
UPDATE search_document d SET buyers = s.buyers, popularity = s.popularity,
    quality = {making.standing("s.popularity", "d.fresh", "d.rated")}
FROM standing s WHERE s.product_id = d.product_id AND (d.buyers, d.popularity) IS DISTINCT FROM (s.buyers, s.popularity)
"""


async def count(session: AsyncSession) -> None:
    """The popularity of everything that was bought lately, or stands as if it were."""
    at = now()
    values = {
        "now": at, "since": at - rules.WINDOW, "half": rules.HALF_LIFE.total_seconds(),
        "from_one": rules.FROM_ONE_CREATOR, "new_a_day": rules.NEW_A_DAY,
    }  # fmt: skip
    await rows(session, _COUNTED, values)


_AGED = (
    f"UPDATE search_document SET fresh = {{points}}, quality = {making.standing('popularity', '{points}', 'rated')}"
    " WHERE product_id IN (SELECT product_id FROM search_document WHERE fresh = {before}"
    " AND published_at < now() - interval '{days} days' LIMIT 2000) RETURNING 1"
)


async def age(session: AsyncSession) -> int:
    """What was new and isn't any more. Returns how many, of many at once."""
    aged = 0
    after = [points for _days, points in rules.FRESH[1:]] + [100]
    for (days, before), points in zip(rules.FRESH, after, strict=True):
        aged += len(await rows(session, _AGED.format(points=points, before=before, days=days), {}))
    return aged


# Only where there are more than the band holds: a shop that is smaller than all bands needs none.
_CUT: LiteralString = (
    "INSERT INTO search_band (band, quality, product_id) SELECT %(band)s, quality, product_id FROM search_document"
    " WHERE (SELECT count(*) FROM (SELECT 1 FROM search_document LIMIT %(size)s + 1) n) > %(size)s"
    " ORDER BY quality DESC, product_id DESC OFFSET %(place)s LIMIT 1"
)
MOVED: LiteralString = f"""
WITH moved AS (
    SELECT d.product_id, r.band FROM search_document d CROSS JOIN LATERAL (
        SELECT coalesce((SELECT min(e.band) FROM search_band e WHERE (d.quality, d.product_id) >= (e.quality, e.product_id)),
            CASE WHEN EXISTS (SELECT 1 FROM search_band) THEN {len(rules.BANDS)} ELSE 0 END)::smallint AS band
    ) r WHERE d.band <> r.band LIMIT {BATCH}
)
UPDATE search_document d SET band = m.band FROM moved m WHERE m.product_id = d.product_id RETURNING d.product_id
"""


CUTS: tuple[tuple[LiteralString, dict[str, int]], ...] = (
    ("DELETE FROM search_band", {}),
    *[(_CUT, {"band": band, "place": size - 1, "size": size}) for band, size in enumerate(rules.BANDS)],
)


async def sort_into_bands(session: AsyncSession) -> int:
    """Who is among the thousand of best standing, the four thousand, and so on, as it is now. Returns how many moved, of
    many at once."""
    for statement, values in CUTS:
        await rows(session, statement, values)
    return len(await rows(session, MOVED, {}))


# What stands beside a product, as (kind, id, place): what people bought ``after`` it, what they have ``together`` with it,
# and only without either the best of its ``topic``; in a large shop, of those in the band where there are some hundreds of
# it, and where that has too few, of the whole. Two people at least: one person's purchases are their own affair.
_TOO_FEW: LiteralString = (
    "EXISTS (SELECT 1 FROM search_band) AND NOT EXISTS (SELECT 1 FROM later) AND NOT EXISTS (SELECT 1 FROM pairs)"
    " AND (SELECT count(*) FROM near) < %(limit)s"
)
_TOPIC: LiteralString = """SELECT product_id, quality FROM (SELECT product_id, quality FROM search_document
        WHERE words @@ CAST(%(topic)s AS tsquery) AND {where} LIMIT 2000) c
    WHERE product_id <> %(id)s ORDER BY quality DESC, product_id DESC LIMIT %(limit)s"""
BESIDE: LiteralString = f"""
WITH later AS MATERIALIZED (
    SELECT t.other_id, t.later FROM taste_pair t JOIN search_document d ON d.product_id = t.other_id
    WHERE t.product_id = %(id)s AND t.later >= 2 ORDER BY t.later DESC, t.other_id LIMIT %(limit)s
), pairs AS MATERIALIZED (
    SELECT t.other_id, t.buyers FROM taste_pair t JOIN search_document d ON d.product_id = t.other_id
    WHERE t.product_id = %(id)s AND t.buyers >= 2 AND t.other_id NOT IN (SELECT other_id FROM later)
    ORDER BY t.buyers DESC, t.other_id LIMIT %(limit)s
), near AS MATERIALIZED (
    {_TOPIC.replace("{where}", "band <= 2 AND NOT EXISTS (SELECT 1 FROM later) AND NOT EXISTS (SELECT 1 FROM pairs)")}
), whole AS MATERIALIZED (
    {_TOPIC.replace("{where}", _TOO_FEW)}
), topic AS (
    SELECT * FROM whole UNION ALL SELECT * FROM near WHERE NOT EXISTS (SELECT 1 FROM whole)
)
SELECT 'after' AS kind, other_id AS id, row_number() OVER (ORDER BY later DESC, other_id) AS place FROM later
UNION ALL SELECT 'together', other_id, row_number() OVER (ORDER BY buyers DESC, other_id) FROM pairs
UNION ALL SELECT 'topic', product_id, row_number() OVER (ORDER BY quality DESC, product_id DESC) FROM topic
"""


def beside(product_id: UUID, topic: str, limit: int) -> dict[str, object]:
    """The values for it."""
    return {"id": product_id, "topic": rules.all_of([], "", {"topic": topic or "none"}), "limit": limit}
