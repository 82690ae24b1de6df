"""All queries on attempts."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.quizzes.models import QuizAttempt


async def own(session: AsyncSession, account_id: UUID, product_id: UUID, attempt_id: UUID) -> QuizAttempt | None:
    """Locked; None also when it is another's."""
    query = select(QuizAttempt).where(
        QuizAttempt.id == attempt_id, QuizAttempt.account_id == account_id, QuizAttempt.product_id == product_id
    )
    query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return (await session.exec(query)).first()


async def of_blocks(
    session: AsyncSession, account_id: UUID, product_id: UUID, blocks: Collection[UUID]
) -> list[QuizAttempt]:
    """All attempts of a learner at these, the first one first."""
    query = select(QuizAttempt).where(
        QuizAttempt.account_id == account_id, QuizAttempt.product_id == product_id,
        col(QuizAttempt.block_id).in_(blocks),
    )  # fmt: skip
    query = query.order_by(col(QuizAttempt.number)).execution_options(populate_existing=True)
    return list((await session.exec(query)).all())


async def passed(session: AsyncSession, account_id: UUID, product_id: UUID) -> set[UUID]:
    """The blocks of a course that a learner ever passed."""
    query = select(QuizAttempt.block_id).where(
        QuizAttempt.account_id == account_id, QuizAttempt.product_id == product_id, col(QuizAttempt.passed)
    )
    return set((await session.exec(query.distinct())).all())
