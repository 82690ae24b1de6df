"""Queries on questions over all attempts. Read from sums and from what waits to be added, at one moment."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.quizzes.items import FIGURES, Item, Sums
from marketplace.sql import rows

_FIGURES: LiteralString = "asked, answered, whole, got, x, xx, y, yy, xy"
_EACH: LiteralString = (
    "sign * (i->>'asked')::bigint AS asked, sign * (i->>'answered')::bigint AS answered, sign * (i->>'whole')::bigint AS whole,"
    " sign * (i->>'got')::bigint AS got, sign * (i->>'x')::bigint AS x, sign * (i->>'xx')::bigint AS xx,"
    " sign * (i->>'y')::bigint AS y, sign * (i->>'yy')::bigint AS yy, sign * (i->>'xy')::bigint AS xy"
)
_SUMS: LiteralString = (
    "sum(asked) AS asked, sum(answered) AS answered, sum(whole) AS whole, sum(got) AS got, sum(x) AS x, sum(xx) AS xx,"
    " sum(y) AS y, sum(yy) AS yy, sum(xy) AS xy"
)
# Sums are locked in the order of their keys, by everybody.
_FOLD: LiteralString = (
    "WITH gone AS (DELETE FROM item_pending WHERE id IN (SELECT id FROM item_pending WHERE items IS NOT NULL ORDER BY id"
    " LIMIT %(limit)s FOR UPDATE SKIP LOCKED) RETURNING product_id, block_id, sign, items),"
    " every AS (SELECT product_id, block_id, sign, i FROM gone, jsonb_array_elements(items) i),"
    " added AS (INSERT INTO item_sum AS s (product_id, block_id, question, " + _FIGURES + ")"
    " SELECT product_id, block_id, question, " + _SUMS + " FROM"
    " (SELECT product_id, block_id, i->>'q' AS question, " + _EACH + " FROM every) e GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    " ON CONFLICT (product_id, block_id, question) DO UPDATE SET asked = s.asked + EXCLUDED.asked,"
    " answered = s.answered + EXCLUDED.answered, whole = s.whole + EXCLUDED.whole, got = s.got + EXCLUDED.got,"
    " x = s.x + EXCLUDED.x, xx = s.xx + EXCLUDED.xx, y = s.y + EXCLUDED.y, yy = s.yy + EXCLUDED.yy,"
    " xy = s.xy + EXCLUDED.xy),"
    " chosen AS (INSERT INTO choice_sum AS c (product_id, block_id, question, choice, chosen)"
    " SELECT product_id, block_id, i->>'q', w, sum(sign) FROM every, jsonb_array_elements_text(i->'wrong') w"
    " GROUP BY 1, 2, 3, 4 HAVING sum(sign) <> 0 ORDER BY 1, 2, 3, 4"
    " ON CONFLICT (product_id, block_id, question, choice) DO UPDATE SET chosen = c.chosen + EXCLUDED.chosen)"
    " SELECT count(*) FROM gone"
)
_WAITS: LiteralString = (
    " FROM item_pending, jsonb_array_elements(items) i WHERE product_id = %(product)s AND items IS NOT NULL"
)
_QUESTIONS: LiteralString = (
    "SELECT block_id, question, " + _SUMS + " FROM"
    " (SELECT block_id, question, " + _FIGURES + " FROM item_sum WHERE product_id = %(product)s"
    " UNION ALL SELECT block_id, i->>'q', " + _EACH + _WAITS + ") all_ GROUP BY 1, 2"
)
_CHOICES: LiteralString = (
    "SELECT block_id, question, choice, sum(chosen) FROM"
    " (SELECT block_id, question, choice, chosen FROM choice_sum WHERE product_id = %(product)s"
    " UNION ALL SELECT block_id, i->>'q', w, sign FROM item_pending, jsonb_array_elements(items) i,"
    " jsonb_array_elements_text(i->'wrong') w WHERE product_id = %(product)s AND items IS NOT NULL) all_"
    " GROUP BY 1, 2, 3 HAVING sum(chosen) > 0 ORDER BY 4 DESC"
)


async def fold(session: AsyncSession, limit: int) -> int:
    """Add what waits to the sums; how many attempts it was."""
    [(count,)] = await rows(session, _FOLD, {"limit": limit})
    return int(count)


async def unread(session: AsyncSession, limit: int) -> list[tuple[UUID, UUID]]:
    """(row, attempt) of attempts from before questions were counted; locked."""
    query: LiteralString = (
        "SELECT id, attempt_id FROM item_pending WHERE items IS NULL ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED"
    )
    return [(row, attempt) for row, attempt in await rows(session, query, {"limit": limit})]


async def fill(session: AsyncSession, row_id: UUID, items: Sequence[Item]) -> None:
    query: LiteralString = "UPDATE item_pending SET items = CAST(%(items)s AS jsonb) WHERE id = %(id)s"
    await rows(session, query, {"id": row_id, "items": json.dumps(items)})


async def questions(session: AsyncSession, product_id: UUID) -> dict[tuple[UUID, str], Sums]:
    found = await rows(session, _QUESTIONS, {"product": product_id})
    return {
        (block, question): Sums(**{name: int(value) for name, value in zip(FIGURES, figures, strict=True)})
        for block, question, *figures in found
    }


async def choices(session: AsyncSession, product_id: UUID) -> dict[tuple[UUID, str], list[tuple[str, int]]]:
    """The wrong options by how often they were chosen, of each question."""
    found: dict[tuple[UUID, str], list[tuple[str, int]]] = {}
    for block, question, choice, count in await rows(session, _CHOICES, {"product": product_id}):
        found.setdefault((block, question), []).append((choice, int(count)))
    return found
