"""The queue's app and its worker."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import cache
from typing import Any

import procrastinate
import structlog

from marketplace.db import dsn
from marketplace.domain import tables as _tables  # noqa: F401 - foreign keys name tables of other capabilities
from marketplace.errors import MarketplaceError

log = structlog.get_logger()

# Waits 2, 4, 8 … 256 seconds between eight tries; what still fails then is found by the sweep.
RETRY = procrastinate.RetryStrategy(max_attempts=8, exponential_wait=2)

_PAUSE = 2  # seconds between a worker that ended by itself and the next


@cache
def queue() -> procrastinate.App:
    """One app per process, its tasks registered."""
    from marketplace.jobs import (
        accounts,
        analytics,
        documents,
        grading,
        indexing,
        learning,
        mail,
        mailing,
        media,
        orders,
        payouts,
        people,
        proof,
        reviews,
        search,
        sweep,
        webhooks,
    )

    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=dsn(), min_size=1, max_size=6))
    for module in (
        accounts,
        documents,
        grading,
        learning,
        mail,
        mailing,
        media,
        orders,
        payouts,
        people,
        proof,
        reviews,
        webhooks,
    ):
        for name, task in module.TASKS.items():
            app.task(name=name, retry=RETRY)(_loud(name, task))
    periodic = {
        **media.PERIODIC, **sweep.PERIODIC, **analytics.PERIODIC, **proof.PERIODIC, **grading.PERIODIC, **learning.PERIODIC,
        **search.PERIODIC, **indexing.PERIODIC, **mailing.PERIODIC,
    }  # fmt: skip
    for name, (cron, task) in periodic.items():
        registered = app.task(name=name, queueing_lock=name, pass_context=False)(task)
        app.periodic(cron=cron, periodic_id=name)(registered)
    return app


def _loud(name: str, task: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """What fails is tried again, and said: a vendor that is down in one line, anything else with its trace."""

    @functools.wraps(task)
    async def run(**arguments: Any) -> None:
        try:
            await task(**arguments)
        except MarketplaceError as error:
            log.warning("job.failed", job=name, kind=error.kind, reason=error.text)
            raise
        except Exception:
            log.exception("job.failed", job=name)
            raise

    return run


@asynccontextmanager
async def working(concurrency: int = 6) -> AsyncIterator[None]:
    """Work on the queue until the block ends; running jobs get a moment to finish."""
    app = queue()
    async with app.open_async():
        worker = asyncio.create_task(_work(app, concurrency))
        try:
            yield
        finally:
            worker.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await worker


async def _work(app: procrastinate.App, concurrency: int) -> None:
    """For ever: a worker that loses the database ends, and the next one begins when it is back."""
    while True:
        try:
            await retry_stalled(app, seconds=60)
            await app.run_worker_async(
                concurrency=concurrency, install_signal_handlers=False, fetch_job_polling_interval=2,
                shutdown_graceful_timeout=5, delete_jobs="successful",
            )  # fmt: skip
        except Exception as error:
            log.warning("worker.failed", error=type(error).__name__)
        log.warning("worker.ended", again_in=_PAUSE)
        await asyncio.sleep(_PAUSE)


async def retry_stalled(app: procrastinate.App, *, seconds: float = 60) -> int:
    """Jobs whose worker died (no heartbeat for ``seconds``) start again. Returns how many."""
    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=seconds))
    for job in stalled:
        await app.job_manager.retry_job(job)
    return len(stalled)
