"""The learner's side of a course's quizzes: the taught lesson holds them, ``quizzes`` keeps the attempts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.activity import service as activity
from marketplace.domain.certificates import badges
from marketplace.domain.courses import conditions, store, taking
from marketplace.domain.courses.outline import Lesson
from marketplace.domain.quizzes import service as quizzes
from marketplace.domain.quizzes.errors import NoSuchQuiz
from marketplace.domain.quizzes.service import Quiz, QuizAttempt, Read, Record

__all__ = ["Quiz", "QuizAttempt", "Record"]


def reader(session: AsyncSession) -> Read:
    async def read(body_id: UUID) -> Quiz:
        return Quiz.model_validate((await store.bodies(session, {body_id}))[body_id].body)

    return read


async def made(session: AsyncSession, body_ids: Collection[UUID]) -> dict[UUID, Quiz]:
    """Many at once, by body."""
    bodies = await store.bodies(session, body_ids)
    return {body_id: Quiz.model_validate(body.body) for body_id, body in bodies.items()}


async def quizzes_of(session: AsyncSession, lesson: Lesson) -> dict[UUID, Quiz]:
    """The quizzes of a lesson as it is taught, by block."""
    blocks = [block for block in lesson.blocks if block.kind == "quiz"]
    bodies = await store.bodies(session, {block.body_id for block in blocks})
    return {block.id: Quiz.model_validate(bodies[block.body_id].body) for block in blocks if block.body_id in bodies}


async def records(session: AsyncSession, account_id: UUID, product_id: UUID, lesson: Lesson) -> dict[UUID, Record]:
    """A learner's attempts at the quizzes of a lesson, by block."""
    blocks = {block.id for block in lesson.blocks if block.kind == "quiz"}
    if not blocks:
        return {}
    return await quizzes.records(session, account_id, product_id, blocks, reader(session))


async def earlier(
    session: AsyncSession, account_id: UUID, product_id: UUID, found: Mapping[UUID, Record]
) -> dict[UUID, list[tuple[Quiz, QuizAttempt]]]:
    """The attempts before the one that is shown, each with the quiz that it is about; by block."""
    attempts = await quizzes.earlier(session, account_id, product_id, found)
    asked = await made(session, {one.body_id for row in attempts.values() for one in row})
    return {block: [(asked[one.body_id], one) for one in row] for block, row in attempts.items()}


async def begin(
    session: AsyncSession, account_id: UUID, product_id: UUID, lesson_id: UUID, block_id: UUID
) -> QuizAttempt:
    """The open attempt at a quiz of this lesson, or a new one at the quiz as it is taught now."""
    taught = await taking.course(session, product_id)
    lesson = taught.outline.find(lesson_id) if taught else None
    block = next((b for b in lesson.blocks if b.id == block_id and b.kind == "quiz"), None) if lesson else None
    if block is None:
        raise NoSuchQuiz
    if taught is not None and lesson is not None:
        await conditions.in_time(session, account_id, product_id, taught.outline, lesson)
    read = reader(session)
    asked = await read(block.body_id)
    return await quizzes.begin(session, account_id, product_id, block_id, block.body_id, asked, read)


async def answer(
    session: AsyncSession, account_id: UUID, product_id: UUID, attempt_id: UUID, question: str, value: object
) -> QuizAttempt:
    return await quizzes.answer(session, account_id, product_id, attempt_id, question, value, reader(session))


async def submit(session: AsyncSession, account_id: UUID, product_id: UUID, attempt_id: UUID) -> QuizAttempt:
    await activity.note(session, account_id)
    attempt = await quizzes.submit(session, account_id, product_id, attempt_id, reader(session))
    await badges.ask(session, account_id, product_id)
    return attempt
