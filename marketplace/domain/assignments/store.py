"""All queries on submissions."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlmodel import col, delete, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.assignments.models import Submission, SubmissionComment, SubmissionFile
from marketplace.domain.locks import KEY_SHARE

MOST = 50  # submissions of one learner to one assignment that a page shows


async def own(session: AsyncSession, account_id: UUID, product_id: UUID, submission_id: UUID) -> Submission | None:
    """Locked; None also when it is another's."""
    query = select(Submission).where(
        Submission.id == submission_id, Submission.account_id == account_id, Submission.product_id == product_id
    )
    query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return (await session.exec(query)).first()


async def one(session: AsyncSession, submission_id: UUID, *, lock: bool = False) -> Submission | None:
    return await session.get(
        Submission, submission_id, populate_existing=True, with_for_update=KEY_SHARE if lock else None
    )


async def of(session: AsyncSession, account_id: UUID, product_id: UUID, blocks: Collection[UUID]) -> list[Submission]:
    """A learner's submissions to these assignments, the newest first."""
    query = select(Submission).where(
        Submission.account_id == account_id, Submission.product_id == product_id, col(Submission.block_id).in_(blocks)
    )
    query = query.order_by(col(Submission.number).desc()).limit(MOST * max(1, len(blocks)))
    return list((await session.exec(query.execution_options(populate_existing=True))).all())


async def passed(session: AsyncSession, account_id: UUID, product_id: UUID) -> set[UUID]:
    """The assignments of a course that a learner ever passed."""
    query = select(Submission.block_id).where(
        Submission.account_id == account_id, Submission.product_id == product_id, col(Submission.passed)
    )
    return set((await session.exec(query.distinct())).all())


async def files(session: AsyncSession, submission_ids: Collection[UUID]) -> list[SubmissionFile]:
    query = select(SubmissionFile).where(col(SubmissionFile.submission_id).in_(submission_ids))
    return list((await session.exec(query.order_by(col(SubmissionFile.created_at), col(SubmissionFile.id)))).all())


async def sizes(session: AsyncSession, account_id: UUID, product_id: UUID, block_id: UUID) -> dict[str, int]:
    """Path → bytes of what a learner keeps in all goes at an assignment."""
    query = select(SubmissionFile.path, SubmissionFile.size).join(
        Submission, col(Submission.id) == col(SubmissionFile.submission_id)
    )
    query = query.where(
        Submission.account_id == account_id, Submission.product_id == product_id, Submission.block_id == block_id
    )
    return dict((await session.exec(query)).all())


async def file(session: AsyncSession, file_id: UUID) -> tuple[SubmissionFile, Submission] | None:
    query = select(SubmissionFile, Submission).join(Submission, col(Submission.id) == col(SubmissionFile.submission_id))
    return (await session.exec(query.where(SubmissionFile.id == file_id))).first()


async def uses(session: AsyncSession, path: str) -> int:
    """How many submissions hold the file at this path."""
    query = select(func.count()).select_from(SubmissionFile).where(SubmissionFile.path == path)
    return int((await session.exec(query)).one())


async def comments(session: AsyncSession, submission_ids: Collection[UUID]) -> list[SubmissionComment]:
    query = select(SubmissionComment).where(col(SubmissionComment.submission_id).in_(submission_ids))
    query = query.order_by(col(SubmissionComment.created_at), col(SubmissionComment.id))
    return list((await session.exec(query)).all())


async def comment_count(session: AsyncSession, submission_id: UUID) -> int:
    query = select(func.count()).select_from(SubmissionComment)
    return int((await session.exec(query.where(SubmissionComment.submission_id == submission_id))).one())


async def forget(session: AsyncSession, account_id: UUID) -> list[str]:
    """Words and files of somebody who leaves go; what was given stays, as numbers. Returns the paths of the files."""
    mine = select(Submission.id).where(Submission.account_id == account_id)
    paths = (await session.exec(select(SubmissionFile.path).where(col(SubmissionFile.submission_id).in_(mine)))).all()
    await session.execute(delete(SubmissionFile).where(col(SubmissionFile.submission_id).in_(mine)))
    await session.execute(
        update(SubmissionComment).where(col(SubmissionComment.submission_id).in_(mine)).values(words="")
    )
    await session.execute(
        update(SubmissionComment).where(col(SubmissionComment.author_id) == account_id).values(words="")
    )
    await session.execute(update(Submission).where(col(Submission.account_id) == account_id).values(words=""))
    return sorted(set(paths))
