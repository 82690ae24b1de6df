"""The learner's side of a course's code exercises: the taught lesson holds them, ``exercises`` keeps what was written."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.courses import store, taking
from marketplace.domain.courses.outline import Block, Lesson
from marketplace.domain.exercises import service as exercises
from marketplace.domain.exercises.errors import NoSuchExercise
from marketplace.domain.exercises.service import CodeAttempt, Exercise, Got, Record

__all__ = ["CodeAttempt", "Exercise", "Got", "Record"]


async def exercise(session: AsyncSession, body_id: UUID) -> Exercise:
    return Exercise.model_validate((await store.bodies(session, {body_id}))[body_id].body)


async def exercises_of(session: AsyncSession, lesson: Lesson) -> dict[UUID, Exercise]:
    """The exercises of a lesson as it is taught, by block."""
    blocks = [block for block in lesson.blocks if block.kind == "code"]
    bodies = await store.bodies(session, {block.body_id for block in blocks})
    return {b.id: Exercise.model_validate(bodies[b.body_id].body) for b in blocks if b.body_id in bodies}


async def records(session: AsyncSession, account_id: UUID, product_id: UUID, lesson: Lesson) -> dict[UUID, Record]:
    blocks = {block.id for block in lesson.blocks if block.kind == "code"}
    return await exercises.records(session, account_id, product_id, blocks) if blocks else {}


async def keep(
    session: AsyncSession, account_id: UUID, product_id: UUID, lesson_id: UUID, block_id: UUID, code: str
) -> None:
    await _block(session, product_id, lesson_id, block_id)
    await exercises.keep(session, account_id, product_id, block_id, code)


async def check(
    session: AsyncSession, account_id: UUID, product_id: UUID, lesson_id: UUID, block_id: UUID, code: str,
    got: Mapping[str, Got],
) -> CodeAttempt:  # fmt: skip
    """One attempt at the exercise as it is taught now."""
    block = await _block(session, product_id, lesson_id, block_id)
    asked = await exercise(session, block.body_id)
    return await exercises.check(session, account_id, product_id, block_id, block.body_id, asked, code, got)


async def _block(session: AsyncSession, product_id: UUID, lesson_id: UUID, block_id: UUID) -> Block:
    taught = await taking.course(session, product_id)
    lesson = taught.outline.find(lesson_id) if taught else None
    block = next((b for b in lesson.blocks if b.id == block_id and b.kind == "code"), None) if lesson else None
    if block is None:
        raise NoSuchExercise
    return block
