"""The learner's side of a course's assignments: the taught lesson holds them, ``assignments`` keeps what is handed in."""

from __future__ import annotations

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.assignments import service as assignments
from marketplace.domain.assignments.errors import NoSuchAssignment
from marketplace.domain.assignments.service import (
    Assignment,
    Read,
    Record,
    Submission,
    SubmissionComment,
    SubmissionFile,
)
from marketplace.domain.courses import store, taking
from marketplace.domain.courses.outline import Block, Lesson

__all__ = ["Assignment", "Record", "Submission", "SubmissionComment", "SubmissionFile"]


def reader(session: AsyncSession) -> Read:
    async def read(body_id: UUID) -> Assignment:
        return Assignment.model_validate((await store.bodies(session, {body_id}))[body_id].body)

    return read


def _blocks(lesson: Lesson) -> list[Block]:
    return [block for block in lesson.blocks if block.kind == "assignment"]


async def assignments_of(session: AsyncSession, lesson: Lesson) -> dict[UUID, Assignment]:
    """The assignments of a lesson as it is taught, by block."""
    blocks = _blocks(lesson)
    bodies = await store.bodies(session, {block.body_id for block in blocks})
    return {b.id: Assignment.model_validate(bodies[b.body_id].body) for b in blocks if b.body_id in bodies}


async def records(session: AsyncSession, account_id: UUID, product_id: UUID, lesson: Lesson) -> dict[UUID, Record]:
    """What a learner did on the assignments of a lesson, by block."""
    blocks = {block.id for block in _blocks(lesson)}
    return await assignments.records(session, account_id, product_id, blocks) if blocks else {}


async def begin(
    session: AsyncSession, account_id: UUID, product_id: UUID, lesson_id: UUID, block_id: UUID
) -> Submission:
    """The draft, or a new one for the assignment as it is taught now."""
    taught = await taking.course(session, product_id)
    lesson = taught.outline.find(lesson_id) if taught else None
    block = next((b for b in _blocks(lesson) if b.id == block_id), None) if lesson else None
    if block is None:
        raise NoSuchAssignment
    asked = await reader(session)(block.body_id)
    return await assignments.begin(session, account_id, product_id, block_id, block.body_id, asked)


async def write(
    session: AsyncSession, account_id: UUID, product_id: UUID, submission_id: UUID, words: str, revision: int
) -> Submission:
    return await assignments.write(session, account_id, product_id, submission_id, words, revision)


async def link(
    session: AsyncSession, account_id: UUID, product_id: UUID, submission_id: UUID, name: str, size: int
) -> str:
    """The private path that a file may be sent to. Raises ``TooManyFiles``, ``TooMuchSent``, ``WrongFile``."""
    return await assignments.link(session, account_id, product_id, submission_id, name, size, reader(session))


async def add_file(
    session: AsyncSession, account_id: UUID, product_id: UUID, submission_id: UUID, name: str, body: bytes, path: str
) -> SubmissionFile:
    """What arrived at ``path``, looked at. Raises ``WrongFile`` when it isn't what its name says."""
    assignments.rules.check_content(name, body)
    return await assignments.add_file(
        session, account_id, product_id, submission_id, name, len(body), path, reader(session)
    )


async def remove_file(
    session: AsyncSession, account_id: UUID, product_id: UUID, submission_id: UUID, file_id: UUID
) -> None:
    await assignments.remove_file(session, account_id, product_id, submission_id, file_id)


async def hand_in(
    session: AsyncSession, account_id: UUID, product_id: UUID, submission_id: UUID, revision: int
) -> Submission:
    return await assignments.hand_in(session, account_id, product_id, submission_id, revision, reader(session))


async def comment(
    session: AsyncSession, account_id: UUID, product_id: UUID, submission_id: UUID, words: str
) -> SubmissionComment:
    """The learner's word to what they handed in."""
    row = await assignments.own(session, account_id, product_id, submission_id)
    return await assignments.comment(session, account_id, row, words)
