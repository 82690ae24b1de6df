"""All queries on courses."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlalchemy import exists, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.access.models import Grant
from marketplace.domain.courses.models import (
    BlockBody,
    BlockProgress,
    CourseDraft,
    CourseVersion,
    Enrolment,
    LessonDone,
    LessonOpened,
)
from marketplace.sql import Over, columns, made, rows

# How far somebody can have come is bounded by the time that passed: since their last report, or since they opened the
# lesson. ``position_s`` is where they are, by the newest report; ``furthest_s`` only grows.
_WATCHED = (
    "INSERT INTO block_progress AS b (account_id, product_id, block_id, position_s, furthest_s, updated_at)"
    " VALUES (%(account)s, %(product)s, %(block)s, %(position)s,"
    " least(%(position)s, CASE WHEN %(trusted)s THEN %(position)s ELSE %(slack)s + floor(%(pace)s * coalesce("
    "greatest(0, extract(epoch FROM %(now)s::timestamptz - (SELECT opened_at FROM lesson_opened WHERE account_id = %(account)s"
    " AND product_id = %(product)s AND lesson_id = %(lesson)s::uuid))), 0))::int END), %(now)s)"
    " ON CONFLICT (account_id, product_id, block_id) DO UPDATE SET"
    " position_s = CASE WHEN %(at)s::timestamptz >= b.updated_at THEN EXCLUDED.position_s ELSE b.position_s END,"
    " furthest_s = greatest(b.furthest_s, least(%(position)s, CASE WHEN %(trusted)s THEN %(position)s ELSE b.furthest_s"
    " + floor(%(pace)s * greatest(0, extract(epoch FROM %(now)s::timestamptz - b.updated_at)))::int END)),"
    " updated_at = greatest(b.updated_at, EXCLUDED.updated_at)"
    " RETURNING furthest_s"
)


async def draft(session: AsyncSession, product_id: UUID, *, lock: bool = False) -> CourseDraft | None:
    return await session.get(
        CourseDraft, product_id, populate_existing=True, with_for_update={"key_share": True} if lock else None
    )


_VERSION: LiteralString = (
    f"SELECT {columns(CourseVersion, 'v')} FROM course_version v WHERE product_id = %(product)s"
    " AND number = coalesce(%(number)s::int, (SELECT max(number) FROM course_version WHERE product_id = %(product)s))"
)


async def version(over: Over, product_id: UUID, number: int | None = None) -> CourseVersion | None:
    """The newest, or the one of this number."""
    found = await rows(over, _VERSION, {"product": product_id, "number": number})
    return made(CourseVersion, found[0]) if found else None


async def newest(over: Over, product_ids: Sequence[UUID]) -> dict[UUID, int]:
    """The number of each one's newest version."""
    found = await rows(
        over,
        "SELECT product_id, max(number) FROM course_version WHERE product_id = ANY(%(ids)s) GROUP BY product_id",
        {"ids": list(product_ids)},
    )
    return dict(found)


async def versions(session: AsyncSession, product_id: UUID) -> list[CourseVersion]:
    query = select(CourseVersion).where(CourseVersion.product_id == product_id)
    return list((await session.exec(query.order_by(col(CourseVersion.number).desc()))).all())


async def sizes(session: AsyncSession, product_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Lessons in the newest version of each."""
    query = (
        select(CourseVersion.product_id, CourseVersion.lessons)
        .where(col(CourseVersion.product_id).in_(product_ids))
        .distinct(col(CourseVersion.product_id))
        .order_by(col(CourseVersion.product_id), col(CourseVersion.number).desc())
    )
    return dict((await session.exec(query)).all())


async def bodies(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, BlockBody]:
    if not ids:
        return {}
    found = await session.exec(select(BlockBody).where(col(BlockBody.id).in_(ids)))
    return {body.id: body for body in found.all()}


async def freeze(session: AsyncSession, ids: Collection[UUID]) -> None:
    await session.execute(update(BlockBody).where(col(BlockBody.id).in_(ids)).values(frozen=True))


async def enrolment(session: AsyncSession, account_id: UUID, product_id: UUID) -> Enrolment | None:
    return await session.get(Enrolment, (account_id, product_id), populate_existing=True)


async def enrol(
    session: AsyncSession, account_id: UUID, product_id: UUID, *, version: int, lesson_id: UUID
) -> Enrolment:
    """The first opening makes the row; each later one moves the place."""
    at = now()
    await session.execute(
        insert(Enrolment)
        .values(
            account_id=account_id, product_id=product_id, seen_version=version, lesson_id=lesson_id, started_at=at,
            opened_at=at,
        )
        .on_conflict_do_update(
            index_elements=["account_id", "product_id"], set_={"lesson_id": lesson_id, "opened_at": at}
        )
    )  # fmt: skip
    found = await enrolment(session, account_id, product_id)
    assert found is not None
    return found


async def enrolments(session: AsyncSession, account_id: UUID, product_ids: Sequence[UUID]) -> dict[UUID, Enrolment]:
    query = select(Enrolment).where(Enrolment.account_id == account_id, col(Enrolment.product_id).in_(product_ids))
    return {row.product_id: row for row in (await session.exec(query)).all()}


async def going(session: AsyncSession, account_id: UUID, limit: int) -> list[tuple[datetime, UUID]]:
    query = (
        select(Enrolment.opened_at, Enrolment.product_id)
        .where(
            Enrolment.account_id == account_id, col(Enrolment.completed_at).is_(None),
            exists().where(
                col(Grant.account_id) == Enrolment.account_id, col(Grant.product_id) == Enrolment.product_id,
                col(Grant.revoked_at).is_(None),
            ),
        )
        .order_by(col(Enrolment.opened_at).desc(), col(Enrolment.product_id))
        .limit(limit)
    )  # fmt: skip
    return [(row[0], row[1]) for row in (await session.exec(query)).all()]


async def seen(session: AsyncSession, account_id: UUID, product_id: UUID, number: int) -> None:
    await session.execute(
        update(Enrolment)
        .where(col(Enrolment.account_id) == account_id, col(Enrolment.product_id) == product_id)
        .values(seen_version=func.greatest(Enrolment.seen_version, number))
    )


async def finish(session: AsyncSession, account_id: UUID, product_id: UUID) -> bool:
    """True when this call completed the course: once, for good."""
    result = await session.execute(
        update(Enrolment)
        .where(
            col(Enrolment.account_id) == account_id, col(Enrolment.product_id) == product_id,
            col(Enrolment.completed_at).is_(None),
        )
        .values(completed_at=now())
        .returning(col(Enrolment.account_id))
    )  # fmt: skip
    return result.first() is not None


async def version_finished(session: AsyncSession, account_id: UUID, product_id: UUID, at: datetime) -> int | None:
    """The newest version of which a lesson was completed until then."""
    query = select(func.max(LessonDone.version)).where(
        LessonDone.account_id == account_id, LessonDone.product_id == product_id, LessonDone.completed_at <= at
    )
    return (await session.exec(query)).one()


async def complete(session: AsyncSession, account_id: UUID, product_id: UUID, lesson_id: UUID, version: int) -> bool:
    """True when this call completed the lesson."""
    result = await session.execute(
        insert(LessonDone)
        .values(account_id=account_id, product_id=product_id, lesson_id=lesson_id, version=version, completed_at=now())
        .on_conflict_do_nothing()
        .returning(col(LessonDone.lesson_id))
    )
    return result.first() is not None


async def done(session: AsyncSession, account_id: UUID, product_id: UUID) -> set[UUID]:
    query = select(LessonDone.lesson_id).where(LessonDone.account_id == account_id, LessonDone.product_id == product_id)
    return set((await session.exec(query)).all())


async def done_counts(session: AsyncSession, account_id: UUID, product_ids: Sequence[UUID]) -> dict[UUID, set[UUID]]:
    query = select(LessonDone.product_id, LessonDone.lesson_id).where(
        LessonDone.account_id == account_id, col(LessonDone.product_id).in_(product_ids)
    )
    found: dict[UUID, set[UUID]] = {}
    for product_id, lesson_id in (await session.exec(query)).all():
        found.setdefault(product_id, set()).add(lesson_id)
    return found


async def watched(over: Over, values: dict[str, Any]) -> int:
    """The furthest second after this report."""
    [(furthest,)] = await rows(over, _WATCHED, values)
    return int(furthest)


async def opened(session: AsyncSession, account_id: UUID, product_id: UUID) -> set[UUID]:
    query = select(LessonOpened.lesson_id).where(
        LessonOpened.account_id == account_id, LessonOpened.product_id == product_id
    )
    return set((await session.exec(query)).all())


async def furthest(session: AsyncSession, account_id: UUID, product_id: UUID) -> dict[UUID, int]:
    query = select(BlockProgress.block_id, BlockProgress.furthest_s).where(
        BlockProgress.account_id == account_id, BlockProgress.product_id == product_id
    )
    return dict((await session.exec(query)).all())


async def places(
    session: AsyncSession, account_id: UUID, product_id: UUID, blocks: Collection[UUID]
) -> dict[UUID, BlockProgress]:
    query = select(BlockProgress).where(
        BlockProgress.account_id == account_id, BlockProgress.product_id == product_id,
        col(BlockProgress.block_id).in_(blocks),
    )  # fmt: skip
    return {row.block_id: row for row in (await session.exec(query)).all()}


async def shared_file(session: AsyncSession, file_id: str, product_id: UUID) -> bool:
    """Does a block of another course hold this file too?"""
    query = select(BlockBody.id).where(
        BlockBody.kind == "file", col(BlockBody.body)["file_id"].astext == file_id, BlockBody.product_id != product_id
    )
    return (await session.exec(query.limit(1))).first() is not None
