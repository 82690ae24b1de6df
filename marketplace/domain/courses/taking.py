"""The learner's side of courses: opening a lesson, being somewhere in it, completing it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.activity import service as activity
from marketplace.domain.certificates import badges
from marketplace.domain.certificates import service as certificates
from marketplace.domain.certificates.service import Certificate
from marketplace.domain.courses import changes, conditions, learner_store, pace, passing, standing, store, telling
from marketplace.domain.courses.errors import NoSuchLessonInCourse, StillToPass, StillToWatch
from marketplace.domain.courses.models import BlockProgress, Enrolment
from marketplace.domain.courses.outline import Lesson, Outline
from marketplace.domain.courses.standing import Standing
from marketplace.sql import Over


@dataclass(frozen=True, slots=True)
class Course:
    """A course as it is taught now: the version's number, how many lessons, and these."""

    number: int
    lessons: int
    outline: Outline


@dataclass(frozen=True, slots=True)
class Learner:
    """Where someone is in a course. ``news``: what changed since they were here last, and ``notes``: (version, when,
    words) of what its maker says about that."""

    enrolment: Enrolment
    done: set[UUID]
    standing: Standing
    news: list[changes.Change]
    notes: list[tuple[int, datetime, str]] = field(default_factory=list)


_KEPT = 64
_taught: OrderedDict[tuple[UUID, int], Course] = OrderedDict()


async def course(over: Over, product_id: UUID) -> Course | None:
    """What is taught now. A version never changes, so the outlines read last stay in memory."""
    return (await courses(over, [product_id])).get(product_id)


async def courses(over: Over, product_ids: Sequence[UUID]) -> dict[UUID, Course]:
    """What is taught now in each of those that were published."""
    found = {}
    for product_id, number in (await store.newest(over, product_ids)).items():
        known = await _taught_as(over, product_id, number)
        if known is not None:
            found[product_id] = known
    return found


async def _taught_as(over: Over, product_id: UUID, number: int) -> Course | None:
    if (product_id, number) not in _taught:
        version = await store.version(over, product_id, number)
        if version is None:
            return None
        _taught[product_id, number] = Course(number, version.lessons, Outline.model_validate(version.outline))
        if len(_taught) > _KEPT:
            _taught.popitem(last=False)
    _taught.move_to_end((product_id, number))
    return _taught[product_id, number]


async def enter(session: AsyncSession, account_id: UUID, product_id: UUID, course: Course, lesson: Lesson) -> Learner:
    """A lesson is opened by one who may."""
    row = await store.enrol(session, account_id, product_id, version=course.number, lesson_id=lesson.id)
    await learner_store.opened(session, account_id, product_id, lesson.id)
    done = await store.done(session, account_id, product_id)
    news: list[changes.Change] = []
    notes: list[tuple[int, datetime, str]] = []
    if row.seen_version < course.number:
        known = await store.version(session, product_id, row.seen_version)
        before = Outline.model_validate(known.outline) if known else Outline()
        news = changes.between(before, course.outline)
        notes = await telling.notes(session, product_id, after=row.seen_version, until=course.number)
    return Learner(row, done, standing.of(course.outline, done, finished=row.completed_at is not None), news, notes)


async def kept(session: AsyncSession, account_id: UUID, product_id: UUID, course: Course, lesson: Lesson) -> None:
    """A lesson is taken along to be watched without a connection: from here on time runs for its films."""
    if await store.enrolment(session, account_id, product_id) is None:
        await store.enrol(session, account_id, product_id, version=course.number, lesson_id=lesson.id)
    await learner_store.opened(session, account_id, product_id, lesson.id)


async def seen_news(session: AsyncSession, account_id: UUID, product_id: UUID, number: int) -> None:
    """What changed up to this version needn't be told again."""
    await store.seen(session, account_id, product_id, number)


async def place(session: AsyncSession, account_id: UUID, product_id: UUID, course: Course) -> Lesson | None:
    """Where to go on: the lesson opened last if it isn't done, else the next one, else the first."""
    row = await store.enrolment(session, account_id, product_id)
    done = await store.done(session, account_id, product_id)
    last = course.outline.find(row.lesson_id) if row and row.lesson_id else None
    if last is not None and last.id not in done:
        return last
    lessons = course.outline.lessons
    return standing.next_lesson(course.outline, done, last.id if last else None) or (lessons[0] if lessons else None)


async def watched(
    over: Over, account_id: UUID, product_id: UUID, block_id: UUID, *, position_s: float, seconds: int,
    lesson_id: UUID | None = None, at: datetime | None = None, trusted: bool = False,
) -> int:  # fmt: skip
    """The player's report. ``seconds`` is the block's length as the version knows it. Returns the furthest second.

    What counts as watched grows no faster than time passes (``pace``), whatever the player says. ``at``: when a report
    that comes late was made; one older than what is known moves nothing back. ``trusted``: the house's own word.
    """
    moment = now()
    values = {
        "account": account_id, "product": product_id, "block": block_id, "lesson": lesson_id, "now": moment,
        "position": pace.second(position_s, seconds), "at": min(at, moment) if at else moment, "trusted": trusted,
        "pace": pace.FASTEST, "slack": pace.SLACK_S,
    }  # fmt: skip
    await activity.note(over, account_id)
    return await store.watched(over, values)


async def conditions_on(
    session: AsyncSession, account_id: UUID, product_id: UUID, course: Course
) -> conditions.Conditions:
    """What holds for somebody who has the course: what is shut, and when lessons are due."""
    done = await store.done(session, account_id, product_id)
    return await conditions.on(session, account_id, product_id, course.outline, done)


async def learner(session: AsyncSession, account_id: UUID, product_id: UUID, course: Course) -> Learner | None:
    """Where somebody is who has been here before."""
    row = await store.enrolment(session, account_id, product_id)
    if row is None:
        return None
    done = await store.done(session, account_id, product_id)
    return Learner(row, done, standing.of(course.outline, done, finished=row.completed_at is not None), [])


async def done(session: AsyncSession, account_id: UUID, product_id: UUID) -> set[UUID]:
    """Every lesson that somebody ever completed in a course."""
    return await store.done(session, account_id, product_id)


async def places(
    session: AsyncSession, account_id: UUID, product_id: UUID, lesson: Lesson
) -> dict[UUID, BlockProgress]:
    return await store.places(session, account_id, product_id, {block.id for block in lesson.blocks})


async def complete(session: AsyncSession, account_id: UUID, product_id: UUID, lesson_id: UUID) -> Learner:
    """The learner says that a lesson is done. Raises ``StillToWatch`` or ``StillToPass`` when its maker wants
    that first."""
    now_taught = await course(session, product_id)
    lesson = now_taught.outline.find(lesson_id) if now_taught else None
    if now_taught is None or lesson is None:
        raise NoSuchLessonInCourse
    await conditions.in_time(session, account_id, product_id, now_taught.outline, lesson)
    seen = await places(session, account_id, product_id, lesson)
    if standing.left_to_watch(lesson, {block_id: row.furthest_s for block_id, row in seen.items()}):
        raise StillToWatch
    if await left_to_pass(session, account_id, product_id, lesson):
        raise StillToPass
    learner = await enter(session, account_id, product_id, now_taught, lesson)
    await activity.note(session, account_id)
    if await store.complete(session, account_id, product_id, lesson_id, now_taught.number):
        await learner_store.completed(session, product_id, lesson_id)
    done = learner.done | {lesson_id}
    told = standing.of(now_taught.outline, done, finished=learner.enrolment.completed_at is not None)
    if told.finished:
        await certificate(session, account_id, product_id, now_taught)
        await badges.ask(session, account_id, product_id)
    return Learner(learner.enrolment, done, told, learner.news)


async def left_to_pass(session: AsyncSession, account_id: UUID, product_id: UUID, lesson: Lesson) -> list[UUID]:
    """The quizzes, assignments and code exercises that the lesson still waits for."""
    if not lesson.must_pass:
        return []
    return standing.left_to_pass(lesson, await passing.passed(session, account_id, product_id))


async def certificate(
    session: AsyncSession, account_id: UUID, product_id: UUID, now_taught: Course
) -> Certificate | None:
    """The certificate of who finished the course, issued now if there is none: completing a lesson does that in its own
    transaction, and who finished before they had the course, or before there were certificates, gets it at the next visit.

    It names the version that was finished: what came after it the learner never saw.
    """
    first = await store.finish(session, account_id, product_id)
    row = await store.enrolment(session, account_id, product_id)
    if row is None or row.completed_at is None:
        return None
    before = None if first else await store.version_finished(session, account_id, product_id, row.completed_at)
    number = before or now_taught.number
    version = await store.version(session, product_id, number)
    return await certificates.issue(
        session, account_id, product_id, version=number, lessons=version.lessons if version else now_taught.lessons,
        completed_at=row.completed_at,
    )  # fmt: skip


async def consumed(session: AsyncSession, account_id: UUID, product_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Percent of each begun course that was used: of its lessons those completed, or opened where there is no film to
    watch; or of its seconds those watched or opened to be read, when that is more."""
    found = await percents(session, account_id, product_ids)
    for product_id in found:
        taught = await course(session, product_id)
        if taught is not None and found[product_id] < 100:
            used = await store.done(session, account_id, product_id)
            opened = await store.opened(session, account_id, product_id)
            used |= {lesson.id for lesson in taught.outline.lessons if lesson.id in opened and not lesson.films}
            seen = standing.of(taught.outline, used, finished=False).percent
            found[product_id] = max(found[product_id], seen)
            if in_all := sum(lesson.seconds for lesson in taught.outline.lessons):
                furthest = await store.furthest(session, account_id, product_id)
                seconds = sum(
                    min(furthest.get(block.id, 0), block.seconds) if block.kind == "video"
                    else block.seconds if lesson.id in opened else 0
                    for lesson in taught.outline.lessons for block in lesson.blocks
                )  # fmt: skip
                found[product_id] = max(found[product_id], min(100, round(100 * seconds / in_all)))
    return found


async def going(session: AsyncSession, account_id: UUID, limit: int) -> list[tuple[datetime, UUID]]:
    """(opened last, course) of those begun and not finished that can still be opened."""
    return await store.going(session, account_id, limit)


async def percents(session: AsyncSession, account_id: UUID, product_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How far someone is in each course that they began."""
    begun = await store.enrolments(session, account_id, product_ids)
    done = await store.done_counts(session, account_id, list(begun))
    found = {}
    known = await courses(session, list(begun))
    for product_id, row in begun.items():
        if (taught := known.get(product_id)) is not None:
            told = standing.of(taught.outline, done.get(product_id, set()), finished=row.completed_at is not None)
            found[product_id] = told.percent
    return found
