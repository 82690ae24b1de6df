"""Enqueue a background job inside the business transaction (procrastinate on PostgreSQL).

The job exists if and only if the transaction commits. Task names and arguments are in ``jobs/``.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

_DEFER = text(
    "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(:queue, :task, :priority, :lock, :queueing_lock,"
    " CAST(:args AS jsonb), CAST(:at AS timestamptz))]::procrastinate_job_to_defer_v1[])"
)


async def enqueue(
    session: AsyncSession,
    task: str,
    args: dict[str, Any],
    *,
    lock: str | None = None,
    at: datetime | None = None,
    queue: str = "default",
    priority: int = 0,
) -> None:
    """``lock``: jobs with the same lock run one at a time, in order. ``at``: not before (UTC)."""
    await session.execute(
        _DEFER,
        {
            "queue": queue, "task": task, "priority": priority, "lock": lock, "queueing_lock": None,
            "args": json.dumps(args), "at": at,
        },
    )  # fmt: skip


_DEFER_ALL = text(
    "SELECT procrastinate_defer_jobs_v1(array_agg(ROW(:queue, :task, :priority, NULL, NULL, item, NULL)::procrastinate_job_to_defer_v1))"
    " FROM jsonb_array_elements(CAST(:items AS jsonb)) item"
)


async def enqueue_all(
    session: AsyncSession, task: str, items: list[dict[str, Any]], *, queue: str = "default", priority: int = 0
) -> None:
    """Many jobs of one task in one statement. Those of a lower priority wait until no others do."""
    if items:
        values = {"queue": queue, "task": task, "items": json.dumps(items), "priority": priority}
        await session.execute(_DEFER_ALL, values)
