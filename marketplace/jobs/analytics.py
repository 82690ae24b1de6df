"""Adding up what was booked, and forgetting who visited."""

from __future__ import annotations

from marketplace.db import transaction
from marketplace.domain.analytics import service as analytics
from marketplace.domain.courses import learners

_BATCH = 1000


async def fold(timestamp: int = 0) -> None:
    """Every minute. One transaction for each batch: what a crash undoes is added up by the next run."""
    while True:
        async with transaction() as session:
            if await analytics.fold(session, _BATCH) < _BATCH:
                return


async def fold_lessons(timestamp: int = 0) -> None:
    """Every minute, as above: who opened and completed which lesson."""
    while True:
        async with transaction() as session:
            if await learners.fold(session, _BATCH) < _BATCH:
                return


async def tidy(timestamp: int = 0) -> None:
    async with transaction() as session:
        await analytics.tidy(session)


PERIODIC = {
    "analytics.fold": ("* * * * *", fold),
    "analytics.fold_lessons": ("* * * * *", fold_lessons),
    "analytics.tidy": ("13 * * * *", tidy),
}
