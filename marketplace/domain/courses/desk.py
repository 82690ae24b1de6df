"""A creator's desk: what waits to be graded in their courses, and grading it. Whose it is, is decided here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.access import service as access
from marketplace.domain.access.service import Actor, require_creator
from marketplace.domain.accounts import service as accounts
from marketplace.domain.assignments import service as assignments
from marketplace.domain.catalog import browse
from marketplace.domain.catalog import service as catalog
from marketplace.domain.courses import assigning, quizzing, store
from marketplace.domain.courses.outline import Outline
from marketplace.domain.grading import service as grading
from marketplace.domain.grading.service import GradedMeanwhile, GradeEntry, ToGrade
from marketplace.domain.quizzes import service as quizzes
from marketplace.errors import Missing

__all__ = ["GradeEntry", "GradedMeanwhile", "Row", "Sheet"]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the queue or of the history. ``lesson`` is empty when it isn't part of the course any more."""

    id: UUID
    kind: str
    product_id: UUID
    course: str
    lesson: str
    learner: str
    gone: bool
    at: datetime
    entry: GradeEntry | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is to be graded, with all that helps: a submission with its assignment, or an attempt with its quiz.
    ``made``: the assignments by body, as they were when they
    were begun; ``names``: who said and gave something. ``ended``: the learner has no access any more."""

    row: Row
    history: list[GradeEntry]
    names: dict[UUID, str]
    ended: bool
    submission: assignments.Submission | None = None
    made: dict[UUID, assignments.Assignment] = field(default_factory=dict)
    record: assignments.Record = field(default_factory=assignments.Record)
    attempt: quizzes.QuizAttempt | None = None
    quiz: quizzes.Quiz | None = None


async def waiting(
    session: AsyncSession, actor: Actor, *, product_id: UUID | None = None,
    after: tuple[datetime, UUID] | None = None, limit: int,
) -> list[Row]:  # fmt: skip
    """Who waits longest first."""
    found = await grading.waiting(session, actor, product_id=product_id, after=after, limit=limit)
    return await _rows(session, found)


async def graded(
    session: AsyncSession, actor: Actor, *, product_id: UUID | None = None,
    before: tuple[datetime, UUID] | None = None, limit: int,
) -> list[Row]:  # fmt: skip
    """The newest first."""
    found = await grading.graded(session, actor, product_id=product_id, before=before, limit=limit)
    return await _rows(session, found)


async def counts(session: AsyncSession, actor: Actor) -> dict[UUID, int]:
    """How many wait, by course."""
    return await grading.counts(session, actor)


async def courses(session: AsyncSession, ids: list[UUID]) -> dict[UUID, str]:
    return await browse.titles(session, ids)


async def _rows(session: AsyncSession, found: list[ToGrade] | list[GradeEntry]) -> list[Row]:
    titles = await browse.titles(session, sorted({one.product_id for one in found}))
    outlines = {product: await _outline(session, product) for product in titles}
    people = {one.account_id: await accounts.account(session, one.account_id) for one in found}
    rows = []
    for one in found:
        home = outlines[one.product_id].block(one.block_id)
        person = people[one.account_id]
        entry = one if isinstance(one, GradeEntry) else None
        at = one.at if isinstance(one, GradeEntry) else one.waiting_since
        rows.append(
            Row(
                one.subject_id, one.kind, one.product_id, titles[one.product_id], home[0].title if home else "",
                person.name, person.deleted_at is not None, at, entry,
            )
        )  # fmt: skip
    return rows


async def _outline(session: AsyncSession, product_id: UUID) -> Outline:
    version = await store.version(session, product_id)
    return Outline.model_validate(version.outline) if version else Outline()


async def sheet(session: AsyncSession, actor: Actor, subject_id: UUID) -> Sheet:
    """What the actor may grade. For anybody else, and for what isn't handed in, it doesn't exist."""
    kind, product_id = await _mine(session, actor, subject_id)
    history = await grading.history(session, subject_id)
    if kind == "assignment":
        row = await assignments.one(session, subject_id)
        record = await assignments.around(session, row)
        said = {one.author_id for comments in record.comments.values() for one in comments}
        read = assigning.reader(session)
        made = {body: await read(body) for body in {one.body_id for one in record.submissions} | {row.body_id}}
        more: dict[str, Any] = {"submission": row, "made": made, "record": record}
        whose, block, at = row.account_id, row.block_id, row.submitted_at
    else:
        attempt = await quizzes.handed_in(session, subject_id)
        said = set()
        more = {"attempt": attempt, "quiz": await quizzing.reader(session)(attempt.body_id)}
        whose, block, at = attempt.account_id, attempt.block_id, attempt.submitted_at
    person = await accounts.account(session, whose)
    home = (await _outline(session, product_id)).block(block)
    titles = await browse.titles(session, [product_id])
    line = Row(
        subject_id, kind, product_id, titles[product_id], home[0].title if home else "", person.name,
        person.deleted_at is not None, at or person.created_at,
    )  # fmt: skip
    people = said | {entry.grader_id for entry in history} | {whose}
    names = {one: (await accounts.account(session, one)).name for one in people}
    ended = await access.ended(session, whose, product_id) is not None
    return Sheet(line, history, names, ended, **more)


async def grade(
    session: AsyncSession, actor: Actor, submission_id: UUID, *, revision: int, back: bool,
    levels: Mapping[str, object], points: int, words: str,
) -> None:  # fmt: skip
    """Give a grade for a submission, or send it back. Raises what ``assignments.answer`` raises."""
    await _mine(session, actor, submission_id, kind="assignment")
    await assignments.answer(
        session, require_creator(actor), submission_id, revision=revision, back=back, levels=levels, points=points,
        words=words, read=assigning.reader(session),
    )  # fmt: skip


async def mark(
    session: AsyncSession, actor: Actor, attempt_id: UUID, given: Mapping[str, tuple[int, str]], *, revision: int
) -> None:
    """Give points for the long answers of an attempt. Raises what ``quizzes.give_marks`` raises."""
    await _mine(session, actor, attempt_id, kind="quiz")
    read = quizzing.reader(session)
    await quizzes.give_marks(session, require_creator(actor), attempt_id, given, revision=revision, read=read)


async def comment(session: AsyncSession, actor: Actor, submission_id: UUID, words: str) -> None:
    await _mine(session, actor, submission_id, kind="assignment")
    row = await assignments.one(session, submission_id)
    await assignments.comment(session, require_creator(actor), row, words)


async def file(session: AsyncSession, actor: Actor, file_id: UUID) -> assignments.SubmissionFile:
    """A file that the actor may have: their own, of their course's learner, or as staff. A draft's is its learner's
    alone."""
    found = await assignments.file(session, file_id)
    if found is None or actor.account_id is None:
        raise Missing
    row, submission = found
    if submission.account_id != actor.account_id:
        if submission.state == "draft":
            raise Missing
        if not actor.is_staff:
            await catalog.load(session, actor, submission.product_id)
    return row


async def _mine(session: AsyncSession, actor: Actor, subject_id: UUID, *, kind: str = "") -> tuple[str, UUID]:
    """(kind, course) of something in a course of the actor's."""
    require_creator(actor)
    found = await grading.find(session, subject_id)
    if found is None or (kind and found[0] != kind):
        raise grading.NothingWaits
    try:
        await catalog.load(session, actor, found[1])
    except Missing as error:
        raise grading.NothingWaits from error
    return found
