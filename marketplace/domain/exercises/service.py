"""Writing code for an exercise and having it checked.

The learner's browser runs the code and says what came of each case. The marks are made here, from what is expected,
and nothing that a stranger wrote is ever run here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.exercises import exercise, rules, store
from marketplace.domain.exercises.exercise import MAX_VALUE, Case, Exercise
from marketplace.domain.exercises.models import CodeAttempt
from marketplace.domain.exercises.rules import Got
from marketplace.domain.locks import hold

__all__ = ["Case", "CodeAttempt", "Exercise", "Got", "exercise", "rules", "told"]

KEPT = 50


@dataclass(frozen=True, slots=True)
class Record:
    """A learner at one exercise. ``code``: what they last wrote, None when nothing yet."""

    code: str | None = None
    best: int = 0
    passed: bool = False
    last: CodeAttempt | None = None


async def keep(session: AsyncSession, account_id: UUID, product_id: UUID, block_id: UUID, code: str) -> None:
    """What is being written, in the place of what was. Raises ``Invalid`` when it is too long."""
    await store.keep(session, account_id, product_id, block_id, exercise.code(code, field=str(block_id)))


async def check(
    session: AsyncSession, account_id: UUID, product_id: UUID, block_id: UUID, body_id: UUID, asked: Exercise,
    code: str, got: Mapping[str, Got],
) -> CodeAttempt:  # fmt: skip
    """One attempt. The best one counts."""
    await hold(session, f"code:{account_id}:{product_id}:{block_id}")
    code = exercise.code(code, field=str(block_id))
    known = {case.id for case in asked.cases}
    told = {key: Got(each.value[: MAX_VALUE + 1], each.error[:500]) for key, each in got.items() if key in known}
    marks = rules.verdicts(asked, told)
    attempt = CodeAttempt(
        account_id=account_id, product_id=product_id, block_id=block_id, body_id=body_id, code=code,
        results={key: asdict(each) for key, each in told.items()}, good=sum(mark.passed for mark in marks),
        total=len(marks), passed=bool(marks) and all(mark.passed for mark in marks),
    )  # fmt: skip
    session.add(attempt)
    await store.keep(session, account_id, product_id, block_id, code)
    await session.flush()
    await store.thin_out(session, account_id, product_id, block_id, KEPT)
    return attempt


def told(attempt: CodeAttempt) -> dict[str, Got]:
    return {key: Got(**each) for key, each in attempt.results.items()}


async def records(
    session: AsyncSession, account_id: UUID, product_id: UUID, blocks: Collection[UUID]
) -> dict[UUID, Record]:
    """By block."""
    drafts = await store.drafts(session, account_id, product_id, blocks)
    latest = await store.latest(session, account_id, product_id, blocks)
    sums = await store.sums(session, account_id, product_id, blocks)
    return {
        block: Record(drafts.get(block), *sums.get(block, (0, False)), latest.get(block)) for block in blocks
    }  # fmt: skip


async def passed(session: AsyncSession, account_id: UUID, product_id: UUID) -> set[UUID]:
    """The blocks that were ever passed: for good."""
    return await store.passed(session, account_id, product_id)
