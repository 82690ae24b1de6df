"""All queries on what learners write."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.exercises.models import CodeAttempt, CodeDraft


async def keep(session: AsyncSession, account_id: UUID, product_id: UUID, block_id: UUID, code: str) -> None:
    row = insert(CodeDraft).values(
        account_id=account_id, product_id=product_id, block_id=block_id, code=code, updated_at=now()
    )
    await session.execute(
        row.on_conflict_do_update(
            index_elements=["account_id", "product_id", "block_id"],
            set_={"code": row.excluded.code, "updated_at": row.excluded.updated_at},
        )
    )


async def drafts(
    session: AsyncSession, account_id: UUID, product_id: UUID, blocks: Collection[UUID]
) -> dict[UUID, str]:
    query = select(CodeDraft.block_id, CodeDraft.code).where(*_at(CodeDraft, account_id, product_id, blocks))
    return dict((await session.exec(query)).all())


async def latest(
    session: AsyncSession, account_id: UUID, product_id: UUID, blocks: Collection[UUID]
) -> dict[UUID, CodeAttempt]:
    query = select(CodeAttempt).where(*_at(CodeAttempt, account_id, product_id, blocks))
    query = query.distinct(col(CodeAttempt.block_id)).order_by(col(CodeAttempt.block_id), col(CodeAttempt.id).desc())
    return {row.block_id: row for row in (await session.exec(query)).all()}


async def sums(
    session: AsyncSession, account_id: UUID, product_id: UUID, blocks: Collection[UUID]
) -> dict[UUID, tuple[int, bool]]:
    """(percent of the best, ever passed), by block."""
    best = func.max(100 * col(CodeAttempt.good) // func.greatest(1, col(CodeAttempt.total)))
    query = (
        select(CodeAttempt.block_id, best, func.bool_or(col(CodeAttempt.passed)))
        .where(*_at(CodeAttempt, account_id, product_id, blocks))
        .group_by(col(CodeAttempt.block_id))
    )
    return {block: (int(percent), passed) for block, percent, passed in (await session.exec(query)).all()}


async def thin_out(session: AsyncSession, account_id: UUID, product_id: UUID, block_id: UUID, most: int) -> None:
    """The oldest attempts beyond ``most`` go, but for those that passed and the best one."""
    mine = _at(CodeAttempt, account_id, product_id, {block_id})
    newest = select(CodeAttempt.id).where(*mine).order_by(col(CodeAttempt.id).desc()).limit(most)
    best = select(CodeAttempt.id).where(*mine).order_by(
        (100 * col(CodeAttempt.good) // func.greatest(1, col(CodeAttempt.total))).desc(), col(CodeAttempt.id)
    ).limit(1)  # fmt: skip
    await session.execute(
        delete(CodeAttempt).where(
            *mine,
            col(CodeAttempt.id).not_in(newest),
            col(CodeAttempt.id).not_in(best),
            col(CodeAttempt.passed).is_(False),
        )
    )


async def passed(session: AsyncSession, account_id: UUID, product_id: UUID) -> set[UUID]:
    """The blocks of a course that a learner ever passed."""
    query = select(CodeAttempt.block_id).where(
        CodeAttempt.account_id == account_id, CodeAttempt.product_id == product_id, col(CodeAttempt.passed)
    )
    return set((await session.exec(query.distinct())).all())


def _at(
    table: type[CodeAttempt] | type[CodeDraft], account_id: UUID, product_id: UUID, blocks: Collection[UUID]
) -> list[Any]:
    return [table.account_id == account_id, table.product_id == product_id, col(table.block_id).in_(blocks)]
