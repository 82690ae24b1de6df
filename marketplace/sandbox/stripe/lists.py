"""List endpoints: newest first, cursors, ``created`` ranges, ``has_more``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg.types.json import Jsonb

from marketplace.sandbox.store import Row, Tx
from marketplace.sandbox.stripe.errors import ApiError, missing
from marketplace.sandbox.stripe.objects import VENDOR, render

_SEQ = "(SELECT seq FROM sandbox.objects WHERE vendor=%s AND kind=%s AND id=%s)"
_OPERATORS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


async def list_objects(tx: Tx, kind: str, where: Row, params: Row, url: str, *, patterns: Sequence[str] = ()) -> Row:
    """Stripe's list object for rows of ``kind`` that contain ``where``; ``patterns`` are event types."""
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise ApiError("Limit must be between 1 and 100.", code="parameter_invalid_integer", param="limit")
    clauses, values = _conditions(kind, where, params, patterns)
    order = await _cursor(tx, kind, params, clauses, values)
    rows = await _select(tx, clauses, values, order, limit + 1)
    more, rows = len(rows) > limit, rows[:limit]
    if order == "ASC":
        rows.reverse()
    return {"object": "list", "url": url, "has_more": more, "data": [render(row, tx) for row in rows]}


def only(params: Row, *names: str) -> Row:
    """The filters among ``params`` that are equality on a field of the same name."""
    return {name: params[name] for name in names if name in params}


def _conditions(kind: str, where: Row, params: Row, patterns: Sequence[str]) -> tuple[list[str], list[Any]]:
    clauses: list[str] = ["vendor=%s", "kind=%s"]
    values: list[Any] = [VENDOR, kind]
    if where:
        clauses.append("data @> %s")
        values.append(Jsonb(where))
    created = params.get("created")
    ranges = {"gte": created, "lte": created} if isinstance(created, int) else created or {}
    for name, moment in ranges.items():
        clauses.append(f"(data->>'_created')::bigint {_OPERATORS[name]} %s")
        values.append(moment)
    if patterns:
        clauses.append("data->>'type' LIKE ANY(%s)")
        values.append([_like(pattern) for pattern in patterns])
    return clauses, values


def _like(pattern: str) -> str:
    return pattern.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_").replace("*", "%")


async def _cursor(tx: Tx, kind: str, params: Row, clauses: list[str], values: list[Any]) -> str:
    """Adds the cursor's condition and says in which order to read."""
    order = "DESC"
    for name, sign in (("starting_after", "<"), ("ending_before", ">")):
        if not (id := params.get(name)):
            continue
        if await tx.get(VENDOR, kind, id) is None:
            raise missing(kind, id, name, status=400)
        clauses.append(f"seq {sign} {_SEQ}")
        values += [VENDOR, kind, id]
        order = "ASC" if sign == ">" else "DESC"
    return order


async def _select(tx: Tx, clauses: list[str], values: list[Any], order: str, limit: int) -> list[Row]:
    cursor = await tx.connection.execute(
        f"SELECT data FROM sandbox.objects WHERE {' AND '.join(clauses)} ORDER BY seq {order} LIMIT {limit}", values
    )
    return [row["data"] for row in await cursor.fetchall()]
