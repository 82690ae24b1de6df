"""All queries on notes. Each names the learner: there is no way to another's."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.locks import hold
from marketplace.domain.notes.models import Note


async def lock(session: AsyncSession, account_id: UUID, product_id: UUID) -> None:
    """One new note at a time for each learner and product: their number is counted."""
    await hold(session, f"notes:{account_id}:{product_id}")


async def count(session: AsyncSession, account_id: UUID, product_id: UUID) -> int:
    query = select(func.count()).where(
        Note.account_id == account_id, Note.product_id == product_id, col(Note.deleted_at).is_(None)
    )
    return int((await session.exec(query)).one())


async def find(session: AsyncSession, account_id: UUID, note_id: UUID) -> Note | None:
    query = select(Note).where(Note.id == note_id, Note.account_id == account_id).with_for_update()
    return (await session.exec(query.execution_options(populate_existing=True))).first()


async def of_lesson(
    session: AsyncSession, account_id: UUID, product_id: UUID, lesson_id: UUID, *, after: UUID | None, limit: int
) -> list[Note]:
    """In the order in which they were made."""
    query = select(Note).where(
        Note.account_id == account_id, Note.product_id == product_id, Note.lesson_id == lesson_id,
        col(Note.deleted_at).is_(None),
    )  # fmt: skip
    if after is not None:
        query = query.where(col(Note.id) > after)
    return list((await session.exec(query.order_by(col(Note.id)).limit(limit))).all())


async def of_course(
    session: AsyncSession, account_id: UUID, product_id: UUID, *, pattern: str, before: UUID | None, limit: int
) -> list[Note]:
    """The newest first, those that hold what ``pattern`` asks for."""
    query = select(Note).where(
        Note.account_id == account_id, Note.product_id == product_id, col(Note.deleted_at).is_(None)
    )
    if pattern:
        query = query.where(col(Note.words).ilike(pattern, escape="\\"))
    if before is not None:
        query = query.where(col(Note.id) < before)
    return list((await session.exec(query.order_by(col(Note.id).desc()).limit(limit))).all())


async def purge(session: AsyncSession, before: datetime, limit: int) -> int:
    """Notes whose deletion can't be undone any more."""
    gone = select(Note.id).where(col(Note.deleted_at) < before).limit(limit)
    result = await session.execute(delete(Note).where(col(Note.id).in_(gone)).returning(col(Note.id)))
    return len(result.all())


async def forget(session: AsyncSession, account_id: UUID) -> None:
    await session.execute(delete(Note).where(col(Note.account_id) == account_id))


async def revive(session: AsyncSession, account_id: UUID, note_id: UUID) -> bool:
    result = await session.execute(
        update(Note)
        .where(col(Note.id) == note_id, col(Note.account_id) == account_id)
        .values(deleted_at=None, updated_at=now())
        .returning(col(Note.id))
    )
    return result.first() is not None
