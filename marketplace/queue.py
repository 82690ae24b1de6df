"""Enqueue a background job inside the business transaction (procrastinate on PostgreSQL).

The job exists if and only if the transaction commits. Task names and arguments are in ``jobs/``.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from marketplace.sql import Over, rows

_DEFER = (
    "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(%(queue)s, %(task)s, %(priority)s, %(lock)s, NULL,"
    " CAST(%(args)s AS jsonb), CAST(%(at)s AS timestamptz))]::procrastinate_job_to_defer_v1[])"
)


async def enqueue(
    over: Over,
    task: str,
    args: dict[str, Any],
    *,
    lock: str | None = None,
    at: datetime | None = None,
    queue: str = "default",
    priority: int = 0,
) -> None:
    """``lock``: jobs with the same lock run one at a time, in order. ``at``: not before (UTC)."""
    await rows(
        over,
        _DEFER,
        {"queue": queue, "task": task, "priority": priority, "lock": lock, "args": json.dumps(args), "at": at},
    )


_DEFER_ALL = (
    "SELECT procrastinate_defer_jobs_v1(array_agg(ROW(%(queue)s, %(task)s, %(priority)s, NULL, NULL, item, NULL)"
    "::procrastinate_job_to_defer_v1)) FROM jsonb_array_elements(CAST(%(items)s AS jsonb)) item"
)


async def enqueue_all(
    over: Over, task: str, items: list[dict[str, Any]], *, queue: str = "default", priority: int = 0
) -> None:
    """Many jobs of one task in one statement. Those of a lower priority wait until no others do."""
    if items:
        values = {"queue": queue, "task": task, "items": json.dumps(items), "priority": priority}
        await rows(over, _DEFER_ALL, values)
