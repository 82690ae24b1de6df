"""The queue of what a person has to grade: what enters it, what leaves it, who graded what.

Whatever is graded (submissions, attempts at quizzes) keeps its own grade; here is only that it waits, and its history.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.access.service import Actor, require_creator
from marketplace.domain.grading import store
from marketplace.domain.grading.errors import GradedMeanwhile, NothingWaits
from marketplace.domain.grading.models import GradeEntry, ToGrade
from marketplace.queue import enqueue

__all__ = ["GradeEntry", "GradedMeanwhile", "NothingWaits", "ToGrade"]

Kind = Literal["assignment", "quiz"]
What = Literal["graded", "regraded", "sent_back"]
SETTLED, EVERY = timedelta(minutes=10), timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is graded, and whose."""

    id: UUID
    kind: Kind
    account_id: UUID
    product_id: UUID
    block_id: UUID


@dataclass(frozen=True, slots=True)
class Result:
    what: What
    points: int
    total: int
    passed: bool
    marks: Mapping[str, Any]


async def wait(session: AsyncSession, subject: Subject) -> None:
    """It enters the queue of the course's creator, once."""
    await store.wait(session, _values(subject))


async def answered(session: AsyncSession, grader_id: UUID, subject: Subject, result: Result) -> None:
    """It leaves the queue, the history says so, and the learner is told."""
    await store.gone(session, subject.id)
    entry_id = await store.enter(
        session,
        {
            **_values(subject), "grader": grader_id, "what": result.what, "points": result.points, "total": result.total,
            "passed": result.passed, "marks": json.dumps(dict(result.marks)),
        },
    )  # fmt: skip
    await enqueue(session, "grading.tell_learner", {"entry_id": str(entry_id)})


def _values(subject: Subject) -> dict[str, Any]:
    return {
        "subject": subject.id, "kind": subject.kind, "account": subject.account_id, "product": subject.product_id,
        "block": subject.block_id,
    }  # fmt: skip


async def waiting(
    session: AsyncSession, actor: Actor, *, product_id: UUID | None = None,
    after: tuple[datetime, UUID] | None = None, limit: int,
) -> list[ToGrade]:  # fmt: skip
    """The actor's queue, who waits longest first."""
    return await store.waiting(session, require_creator(actor), product_id, after, limit)


async def counts(session: AsyncSession, actor: Actor) -> dict[UUID, int]:
    """How many wait for the actor, by course."""
    return await store.counts(session, require_creator(actor))


async def graded(
    session: AsyncSession, actor: Actor, *, product_id: UUID | None = None,
    before: tuple[datetime, UUID] | None = None, limit: int,
) -> list[GradeEntry]:  # fmt: skip
    """What was graded in the actor's courses, the newest first."""
    return await store.graded(session, require_creator(actor), product_id, before, limit)


async def history(session: AsyncSession, subject_id: UUID) -> list[GradeEntry]:
    return await store.history(session, subject_id)


async def find(session: AsyncSession, subject_id: UUID) -> tuple[str, UUID] | None:
    """(kind, course) of what waits or was graded."""
    return await store.find(session, subject_id)


async def entry(session: AsyncSession, entry_id: UUID) -> GradeEntry | None:
    return await store.entry(session, entry_id)


async def forget(session: AsyncSession, account_id: UUID) -> None:
    """Nothing of somebody who leaves waits any longer."""
    await store.forget(session, account_id)


async def to_tell(session: AsyncSession) -> list[tuple[UUID, int]]:
    """(course, how many came in) of the creators to write to now: at most once in four hours for each course, and not
    before ten minutes have passed, so that what comes together is told together."""
    return await store.tell(session, settled=SETTLED, every=EVERY)
