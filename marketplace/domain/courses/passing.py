"""What a learner ever passed in a course, whatever it was: for good."""

from __future__ import annotations

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.assignments import service as assignments
from marketplace.domain.exercises import service as exercises
from marketplace.domain.quizzes import service as quizzes


async def passed(session: AsyncSession, account_id: UUID, product_id: UUID) -> set[UUID]:
    """The blocks, of quizzes, of assignments and of code exercises."""
    done = await quizzes.passed(session, account_id, product_id)
    done |= await assignments.passed(session, account_id, product_id)
    return done | await exercises.passed(session, account_id, product_id)
