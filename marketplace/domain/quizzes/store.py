"""All queries on attempts."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.locks import KEY_SHARE
from marketplace.domain.quizzes.items import Item
from marketplace.domain.quizzes.models import QuizAttempt
from marketplace.ids import new_id
from marketplace.sql import rows


async def own(session: AsyncSession, account_id: UUID, product_id: UUID, attempt_id: UUID) -> QuizAttempt | None:
    """Locked; None also when it is another's."""
    query = select(QuizAttempt).where(
        QuizAttempt.id == attempt_id, QuizAttempt.account_id == account_id, QuizAttempt.product_id == product_id
    )
    query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return (await session.exec(query)).first()


async def latest(
    session: AsyncSession, account_id: UUID, product_id: UUID, blocks: Collection[UUID]
) -> list[QuizAttempt]:
    """Of each block the open attempt and the last one that was handed in."""
    over = col(QuizAttempt.submitted_at).is_not(None)
    query = select(QuizAttempt).where(*_at(account_id, product_id, blocks))
    query = query.distinct(col(QuizAttempt.block_id), over)
    query = query.order_by(col(QuizAttempt.block_id), over, col(QuizAttempt.number).desc())
    return list((await session.exec(query.execution_options(populate_existing=True))).all())


async def handed_in(
    session: AsyncSession, account_id: UUID, product_id: UUID, blocks: Collection[UUID], *, each: int
) -> list[QuizAttempt]:
    """The newest first, ``each`` of a block at most: those that a person looks at before all others."""
    read = (col(QuizAttempt.marks) != {}) | col(QuizAttempt.waiting)
    place = func.row_number().over(
        partition_by=col(QuizAttempt.block_id), order_by=(read.desc(), col(QuizAttempt.number).desc())
    )
    over = col(QuizAttempt.submitted_at).is_not(None)
    ranked = select(QuizAttempt.id, place.label("place")).where(*_at(account_id, product_id, blocks), over).subquery()
    query = select(QuizAttempt).join(ranked, col(QuizAttempt.id) == ranked.c.id).where(ranked.c.place <= each)
    return list((await session.exec(query.order_by(col(QuizAttempt.number).desc()))).all())


async def sums(
    session: AsyncSession, account_id: UUID, product_id: UUID, blocks: Collection[UUID]
) -> dict[UUID, tuple[int, int, bool]]:
    """(attempts, percent of the best, ever passed), by block."""
    best = func.max(100 * col(QuizAttempt.points) // func.greatest(1, col(QuizAttempt.total)))
    query = (
        select(QuizAttempt.block_id, func.count(), best, func.bool_or(col(QuizAttempt.passed)))
        .where(*_at(account_id, product_id, blocks))
        .group_by(col(QuizAttempt.block_id))
    )
    return {block: (used, int(percent), passed) for block, used, percent, passed in (await session.exec(query)).all()}


def _at(account_id: UUID, product_id: UUID, blocks: Collection[UUID]) -> list[Any]:
    return [
        QuizAttempt.account_id == account_id,
        QuizAttempt.product_id == product_id,
        col(QuizAttempt.block_id).in_(blocks),
    ]


async def passed(session: AsyncSession, account_id: UUID, product_id: UUID) -> set[UUID]:
    """The blocks of a course that a learner ever passed."""
    query = select(QuizAttempt.block_id).where(
        QuizAttempt.account_id == account_id, QuizAttempt.product_id == product_id, col(QuizAttempt.passed)
    )
    return set((await session.exec(query.distinct())).all())


async def one(session: AsyncSession, attempt_id: UUID, *, lock: bool = False) -> QuizAttempt | None:
    """Anybody's."""
    return await session.get(
        QuizAttempt, attempt_id, populate_existing=True, with_for_update=KEY_SHARE if lock else None
    )


async def count(session: AsyncSession, attempt: QuizAttempt, items: Sequence[Item], *, sign: int = 1) -> None:
    """To be added to the sums, or taken out of them."""
    values = {
        "id": new_id(), "product": attempt.product_id, "block": attempt.block_id, "attempt": attempt.id, "sign": sign,
        "items": json.dumps(items),
    }  # fmt: skip
    await rows(
        session,
        "INSERT INTO item_pending (id, product_id, block_id, attempt_id, sign, items)"
        " VALUES (%(id)s, %(product)s, %(block)s, %(attempt)s, %(sign)s, CAST(%(items)s AS jsonb))",
        values,
    )


async def forget(session: AsyncSession, account_id: UUID) -> None:
    """Attempts with answers that a person read lose all words; points stay."""
    await rows(
        session,
        "UPDATE quiz_attempt SET answers = '{}', marks = '{}', waiting = false"
        " WHERE account_id = %(account)s AND (waiting OR marks <> '{}')",
        {"account": account_id},
    )
