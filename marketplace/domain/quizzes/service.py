"""Sitting a quiz: beginning, answering, handing in, and what came of it.

``Read`` gives the quiz of a body: an attempt keeps to the one that it began with, whatever is published meanwhile.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.grading import service as grading
from marketplace.domain.locks import hold
from marketplace.domain.quizzes import items, quiz, rules, store
from marketplace.domain.quizzes.errors import AttemptOver, AttemptsUsedUp, TimeUp
from marketplace.domain.quizzes.models import QuizAttempt
from marketplace.domain.quizzes.quiz import Quiz
from marketplace.errors import Missing

__all__ = ["Quiz", "QuizAttempt", "quiz", "rules"]

_EARLIER = 20
Read = Callable[[UUID], Awaitable[Quiz]]


@dataclass(frozen=True, slots=True)
class Record:
    """A learner's attempts at one quiz. ``last`` is the newest that was handed in; the best one counts."""

    used: int = 0
    best: int = 0
    passed: bool = False
    open: QuizAttempt | None = None
    last: QuizAttempt | None = None


async def begin(
    session: AsyncSession, account_id: UUID, product_id: UUID, block_id: UUID, body_id: UUID, asked: Quiz, read: Read
) -> QuizAttempt:
    """The attempt that is open, or a new one. Raises ``AttemptsUsedUp``."""
    await hold(session, f"quiz:{account_id}:{product_id}:{block_id}")
    record = (await records(session, account_id, product_id, {block_id}, read)).get(block_id, Record())
    if record.open is not None:
        return record.open
    if asked.attempts and record.used >= asked.attempts:
        raise AttemptsUsedUp
    at = now()
    attempt = QuizAttempt(
        account_id=account_id, product_id=product_id, block_id=block_id, body_id=body_id, number=record.used + 1,
        seed=secrets.token_hex(8), started_at=at,
        deadline_at=at + timedelta(seconds=asked.seconds) if asked.seconds else None,
    )  # fmt: skip
    session.add(attempt)
    await session.flush()
    return attempt


async def answer(
    session: AsyncSession,
    account_id: UUID,
    product_id: UUID,
    attempt_id: UUID,
    question: str,
    value: object,
    read: Read,
) -> QuizAttempt:
    """One answer, in the place of an earlier one; a ``Change`` or ``Rewrite`` goes to what stands. Raises ``AttemptOver``, ``TimeUp``,
    ``Invalid``."""
    attempt = await _own(session, account_id, product_id, attempt_id)
    if attempt.submitted_at is not None:
        raise AttemptOver
    if rules.late(attempt.deadline_at, now()):
        raise TimeUp
    asked = {q.id: q for q in rules.paper(await read(attempt.body_id), attempt.seed)}
    if question not in asked:
        raise Missing
    one = asked[question]
    if isinstance(value, rules.Change):
        value = rules.changed(one, attempt.answers.get(question, rules.untouched(one, attempt.seed)), value)
    elif isinstance(value, rules.Rewrite):
        value = rules.rewritten(one, attempt.answers.get(question), value)
    attempt.answers = {**attempt.answers, question: rules.accept(one, value)}
    await session.flush()
    return attempt


async def submit(
    session: AsyncSession, account_id: UUID, product_id: UUID, attempt_id: UUID, read: Read
) -> QuizAttempt:
    """Hand in what was saved. A second time changes nothing."""
    attempt = await _own(session, account_id, product_id, attempt_id)
    await _close(session, attempt, read)
    return attempt


async def records(
    session: AsyncSession, account_id: UUID, product_id: UUID, blocks: Collection[UUID], read: Read
) -> dict[UUID, Record]:
    """By block. An open attempt whose time is up is handed in by being looked at."""
    found: dict[UUID, Record] = {}
    latest = await store.latest(session, account_id, product_id, blocks)
    for attempt in latest:
        if attempt.submitted_at is None and rules.late(attempt.deadline_at, now()):
            await _close(session, await _own(session, account_id, product_id, attempt.id), read)
    for block, (used, best, ever) in (await store.sums(session, account_id, product_id, blocks)).items():
        own = sorted((one for one in latest if one.block_id == block), key=lambda one: one.number)
        over = [one for one in own if one.submitted_at is not None]
        opened = [one for one in own if one.submitted_at is None]
        found[block] = Record(used, best, ever, opened[-1] if opened else None, over[-1] if over else None)
    return found


async def earlier(
    session: AsyncSession, account_id: UUID, product_id: UUID, found: Mapping[UUID, Record]
) -> dict[UUID, list[QuizAttempt]]:
    """By block, what was handed in besides what ``found`` shows: the open attempt, or else the last. Newest first."""
    blocks = [block for block, record in found.items() if record.used > 1]
    shown = {record.last.id for record in found.values() if record.last and not record.open}
    attempts: dict[UUID, list[QuizAttempt]] = {}
    if blocks:
        for attempt in await store.handed_in(session, account_id, product_id, blocks, each=_EARLIER):
            if attempt.id not in shown:
                attempts.setdefault(attempt.block_id, []).append(attempt)
    return attempts


async def passed(session: AsyncSession, account_id: UUID, product_id: UUID) -> set[UUID]:
    """The blocks that were ever passed: for good."""
    return await store.passed(session, account_id, product_id)


async def best(session: AsyncSession, account_id: UUID, product_id: UUID, blocks: Collection[UUID]) -> dict[UUID, int]:
    """Percent of the best attempt at each of these quizzes that was tried."""
    found = await store.sums(session, account_id, product_id, blocks)
    return {block: percent for block, (_used, percent, _passed) in found.items()}


async def _own(session: AsyncSession, account_id: UUID, product_id: UUID, attempt_id: UUID) -> QuizAttempt:
    attempt = await store.own(session, account_id, product_id, attempt_id)
    if attempt is None:
        raise Missing
    return attempt


async def _close(session: AsyncSession, attempt: QuizAttempt, read: Read) -> None:
    if attempt.submitted_at is not None:
        return
    asked = await read(attempt.body_id)
    mark = rules.grade(asked, attempt.seed, attempt.answers)
    attempt.points, attempt.total, attempt.passed, attempt.waiting = mark.points, mark.total, mark.passed, mark.waits
    attempt.submitted_at = min(now(), attempt.deadline_at or now())
    await session.flush()
    if attempt.waiting:
        await grading.wait(session, subject(attempt))
    else:
        await store.count(session, attempt, items.of(asked, attempt.seed, attempt.answers, {}))


def subject(attempt: QuizAttempt) -> grading.Subject:
    return grading.Subject(attempt.id, "quiz", attempt.account_id, attempt.product_id, attempt.block_id)


async def handed_in(session: AsyncSession, attempt_id: UUID, *, lock: bool = False) -> QuizAttempt:
    """For who grades; an open attempt is nobody's but its learner's."""
    attempt = await store.one(session, attempt_id, lock=lock)
    if attempt is None or attempt.submitted_at is None:
        raise Missing
    return attempt


async def give_marks(
    session: AsyncSession, grader_id: UUID, attempt_id: UUID, given: Mapping[str, tuple[int, str]], *, revision: int,
    read: Read,
) -> QuizAttempt:  # fmt: skip
    """Points and a word for each long answer; then the result counts. ``revision`` is what the grader saw. Raises
    ``GradedMeanwhile``, ``Invalid``."""
    attempt = await handed_in(session, attempt_id, lock=True)
    if attempt.revision != revision:
        raise grading.GradedMeanwhile
    asked = await read(attempt.body_id)
    before, again = attempt.marks, not attempt.waiting
    attempt.marks = rules.check_marks(asked, attempt.seed, attempt.answers, given)
    mark = rules.grade(asked, attempt.seed, attempt.answers, attempt.marks)
    attempt.points, attempt.total, attempt.passed, attempt.waiting = mark.points, mark.total, mark.passed, False
    attempt.revision += 1
    await session.flush()
    if again:
        await store.count(session, attempt, items.of(asked, attempt.seed, attempt.answers, before), sign=-1)
    await store.count(session, attempt, items.of(asked, attempt.seed, attempt.answers, attempt.marks))
    points = {key: one["points"] for key, one in attempt.marks.items()}
    result = grading.Result("regraded" if again else "graded", mark.points, mark.total, mark.passed, points)
    await grading.answered(session, grader_id, subject(attempt), result)
    return attempt


async def forget(session: AsyncSession, account_id: UUID) -> None:
    """The words of somebody who leaves: what they wrote as long answers, and what was said to it."""
    await store.forget(session, account_id)
