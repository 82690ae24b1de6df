"""Adding up what was booked, forgetting who visited, and which notes were deleted."""

from __future__ import annotations

from marketplace.db import transaction
from marketplace.domain.analytics import service as analytics
from marketplace.domain.courses import item_analysis, learners
from marketplace.domain.notes import service as notes

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


async def fold_questions(timestamp: int = 0) -> None:
    """Every minute, as above: how quizzes' questions were answered."""
    while True:
        async with transaction() as session:
            if await item_analysis.fold(session, _BATCH) < _BATCH:
                return


async def tidy(timestamp: int = 0) -> None:
    async with transaction() as session:
        await analytics.tidy(session)
        await notes.purge(session)


PERIODIC = {
    "analytics.fold": ("* * * * *", fold),
    "analytics.fold_lessons": ("* * * * *", fold_lessons),
    "analytics.fold_questions": ("* * * * *", fold_questions),
    "analytics.tidy": ("13 * * * *", tidy),
}
