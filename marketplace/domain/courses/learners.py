"""The creator's view of who learns in a course: how many, how far, where they stop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.access.service import Actor
from marketplace.domain.courses import deadlines, learner_store, service, standing, taking
from marketplace.domain.courses.outline import Block, Outline
from marketplace.errors import Missing

ACTIVE, STUCK = timedelta(days=30), timedelta(days=14)
LOOKED = 1000
STEP = 10  # seconds; the trigger of block_progress counts in these, too


@dataclass(frozen=True, slots=True)
class Overview:
    """``lessons``: (opened, completed) of what was ever opened. ``outline`` is what is taught now."""

    title: str
    outline: Outline
    enrolled: int
    active: int
    finished: int
    stuck: int
    lessons: dict[UUID, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Learner:
    """``bought``: has a page among the creator's customers. ``overdue``: titles of lessons past their deadline."""

    account_id: UUID
    name: str
    email: str
    gone: bool
    bought: bool
    started_at: datetime | None
    opened_at: datetime
    completed_at: datetime | None
    done: int
    lessons: int
    percent: int
    overdue: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stuck:
    """Not finished, and neither opened, watched nor completed anything for fourteen days."""

    account_id: UUID
    name: str
    gone: bool
    bought: bool
    opened_at: datetime
    lesson_id: UUID | None


async def own(session: AsyncSession, actor: Actor, product_id: UUID) -> tuple[str, UUID, Outline]:
    """(title, its creator, what is taught now) of a course of the actor's; for anybody else ``Missing``."""
    product = (await service.load(session, actor, product_id)).product
    taught = await taking.course(session, product_id)
    return product.title, product.creator_id, taught.outline if taught else Outline()


async def overview(session: AsyncSession, actor: Actor, product_id: UUID) -> Overview:
    title, _creator, outline = await own(session, actor, product_id)
    at = now()
    counts = await learner_store.counts(session, product_id, active=at - ACTIVE, stuck=at - STUCK)
    enrolled, active, finished, waiting = counts
    return Overview(
        title, outline, enrolled, active, finished, waiting, await learner_store.lessons(session, product_id)
    )


async def staying(session: AsyncSession, actor: Actor, product_id: UUID, block: Block) -> list[int]:
    """Of those who began a video: how many were still there at each ten seconds of it, the first place being all."""
    await own(session, actor, product_id)
    found = await learner_store.reached(session, product_id, block.id)
    places = max(1, -(-block.seconds // STEP))
    ends = [0] * places
    for place, count in found.items():
        ends[min(place, places - 1)] += count
    return list(accumulate(reversed(ends)))[::-1]


async def stuck(
    session: AsyncSession, actor: Actor, product_id: UUID, *, after: tuple[datetime, UUID] | None = None, limit: int
) -> list[Stuck]:
    """Who was here last comes first."""
    _title, creator_id, _outline = await own(session, actor, product_id)
    found = await learner_store.stuck(session, creator_id, product_id, since=now() - STUCK, after=after, limit=limit)
    return [
        Stuck(account_id, name, gone, bought, opened_at, lesson_id)
        for account_id, opened_at, lesson_id, name, gone, _email, bought in found
    ]


async def page(
    session: AsyncSession, actor: Actor, product_id: UUID, *, after: UUID | None = None, limit: int
) -> list[Learner]:
    """In the order of their ids, so that nobody is missed who moves on meanwhile."""
    _title, creator_id, outline = await own(session, actor, product_id)
    lessons = [lesson.id for lesson in outline.lessons]
    found = await learner_store.page(session, creator_id, product_id, lessons, after=after, limit=limit)
    late = await _late(session, product_id, outline, [row[0] for row in found if row[3] is None])
    return [
        Learner(
            account_id, name, email, gone, bought, started, opened, completed, done, len(lessons),
            standing.percent(done, len(lessons), finished=completed is not None), late.get(account_id, ()),
        )
        for account_id, started, opened, completed, done, name, gone, email, bought in found
    ]  # fmt: skip


async def _late(
    session: AsyncSession, product_id: UUID, outline: Outline, account_ids: list[UUID]
) -> dict[UUID, tuple[str, ...]]:
    """What is overdue for those who haven't finished, by learner."""
    timed = [lesson for lesson in outline.lessons if lesson.due_at is not None or lesson.due_days]
    if not timed or not account_ids:
        return {}
    at, found = now(), {}
    known = await learner_store.toward(session, product_id, account_ids, [lesson.id for lesson in timed])
    for account_id, (since, done) in known.items():
        dues = [(le, deadlines.due(le, since, outline.time_zone)) for le in timed if le.id not in done]
        late = tuple(le.title for le, due in dues if due is not None and due.at < at)
        if late:
            found[account_id] = late
    return found


async def overdue(
    session: AsyncSession, actor: Actor, product_id: UUID, *, after: UUID | None = None
) -> tuple[list[Learner], UUID | None]:
    """Of the next ``LOOKED`` learners those who are past a deadline, and where to look on (None at the end)."""
    _title, _creator, outline = await own(session, actor, product_id)
    if not deadlines.has_any(outline):
        return [], None
    found = await page(session, actor, product_id, after=after, limit=LOOKED)
    return [row for row in found if row.overdue], found[-1].account_id if len(found) == LOOKED else None


async def fold(session: AsyncSession, limit: int) -> int:
    """Add what learners opened, completed and watched to the sums; how much it was, at least."""
    return await learner_store.fold(session, limit)


def video(outline: Outline, block_id: UUID) -> Block:
    """A video of what is taught now."""
    found = outline.block(block_id)
    if found is None or found[1].kind != "video":
        raise Missing
    return found[1]
