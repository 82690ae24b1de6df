"""Working on an assignment, handing it in, and what came of it.

``Read`` gives the assignment of a body: a submission keeps to the one that it began with, whatever is published
meanwhile. Who may learn and who may grade is decided by the callers.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace import text
from marketplace.clock import now
from marketplace.domain.assignments import assignment, rules, store
from marketplace.domain.assignments.assignment import Assignment
from marketplace.domain.assignments.errors import (
    HandedInAlready,
    NoMoreTries,
    NothingToHandIn,
    StaleWork,
    TooManyFiles,
)
from marketplace.domain.assignments.models import Submission, SubmissionComment, SubmissionFile
from marketplace.domain.grading import service as grading
from marketplace.domain.locks import hold
from marketplace.domain.media import files
from marketplace.errors import Conflict, Invalid, Missing
from marketplace.ids import new_id
from marketplace.queue import enqueue

__all__ = ["Assignment", "Submission", "SubmissionComment", "SubmissionFile", "assignment", "rules"]

Read = Callable[[UUID], Awaitable[Assignment]]


@dataclass(frozen=True, slots=True)
class Record:
    """A learner's submissions to one assignment, the newest first, with what belongs to each."""

    submissions: list[Submission] = field(default_factory=list)
    files: dict[UUID, list[SubmissionFile]] = field(default_factory=dict)
    comments: dict[UUID, list[SubmissionComment]] = field(default_factory=dict)

    @property
    def last(self) -> Submission | None:
        return self.submissions[0] if self.submissions else None

    @property
    def graded(self) -> int:
        return sum(one.state == "graded" for one in self.submissions)

    @property
    def passed(self) -> bool:
        return any(one.passed for one in self.submissions)


async def records(
    session: AsyncSession, account_id: UUID, product_id: UUID, blocks: Collection[UUID]
) -> dict[UUID, Record]:
    """By block."""
    found: dict[UUID, Record] = {}
    rows = await store.of(session, account_id, product_id, blocks)
    for row in rows:
        found.setdefault(row.block_id, Record()).submissions.append(row)
    home = {row.id: row.block_id for row in rows}
    for file in await store.files(session, home.keys()) if home else ():
        found[home[file.submission_id]].files.setdefault(file.submission_id, []).append(file)
    for said in await store.comments(session, home.keys()) if home else ():
        found[home[said.submission_id]].comments.setdefault(said.submission_id, []).append(said)
    return found


async def passed(session: AsyncSession, account_id: UUID, product_id: UUID) -> set[UUID]:
    """The blocks that were ever passed: for good."""
    return await store.passed(session, account_id, product_id)


async def begin(
    session: AsyncSession, account_id: UUID, product_id: UUID, block_id: UUID, body_id: UUID, asked: Assignment
) -> Submission:
    """The draft, or a new one with what was handed in before. Raises ``HandedInAlready``, ``NoMoreTries``."""
    await hold(session, f"assignment:{account_id}:{product_id}:{block_id}")
    record = (await records(session, account_id, product_id, {block_id})).get(block_id, Record())
    last = record.last
    if last is not None and last.state == "draft":
        return last
    if last is not None and last.state == "waiting":
        raise HandedInAlready
    if not rules.may_begin(asked, last.state if last else "", record.graded):
        raise NoMoreTries
    made = Submission(
        account_id=account_id, product_id=product_id, block_id=block_id, body_id=body_id,
        number=last.number + 1 if last else 1, words=last.words if last and asked.words else "",
    )  # fmt: skip
    session.add(made)
    await session.flush()
    for file in (record.files.get(last.id, []) if last else [])[: asked.files]:
        session.add(
            SubmissionFile(submission_id=made.id, name=file.name, size=file.size, path=file.path, picture=file.picture)
        )
    await session.flush()
    return made


async def write(
    session: AsyncSession, account_id: UUID, product_id: UUID, submission_id: UUID, words: str, revision: int
) -> Submission:
    """The text of a draft. ``revision`` is what this tab last saw. Raises ``StaleWork``, ``HandedInAlready``."""
    words = text.clean_text(words, limit=rules.MAX_TEXT, field=f"words:{submission_id}", label="The text")
    draft = await _draft(session, account_id, product_id, submission_id)
    if revision != draft.revision:
        raise StaleWork
    draft.words, draft.revision = words, draft.revision + 1
    await session.flush()
    return draft


async def room(
    session: AsyncSession, account_id: UUID, product_id: UUID, submission_id: UUID, name: str, size: int, read: Read
) -> str:
    """The cleaned name of a file that may be sent now."""
    draft = await _draft(session, account_id, product_id, submission_id)
    asked = await read(draft.body_id)
    kept = rules.check_file(asked, name, size)
    if len(await store.files(session, {draft.id})) >= asked.files:
        raise TooManyFiles
    return kept


async def link(
    session: AsyncSession, account_id: UUID, product_id: UUID, submission_id: UUID, name: str, size: int, read: Read
) -> str:
    """The private path that a file may be sent to now. It is known who may send what there, and what never was handed in
    goes again when the link has ended."""
    kept = await room(session, account_id, product_id, submission_id, name, size, read)
    draft = await _draft(session, account_id, product_id, submission_id)
    folder = f"submissions/{account_id}/{draft.block_id}/"
    sent = await store.sizes(session, account_id, product_id, draft.block_id)
    rules.check_sent(sent, await files.promised(session, account_id, folder), size)
    path = f"{folder}{new_id()}"
    await files.promise(session, account_id, path=path, name=kept, size=size)
    await enqueue(session, "assignments.settle_file", {"path": path}, at=now() + files.LINK_LASTS)
    return path


async def settle(session: AsyncSession, path: str) -> bool:
    """The link to a file has ended. Returns whether somebody keeps what is there."""
    await files.settle(session, path)
    return await store.uses(session, path) > 0


async def add_file(
    session: AsyncSession, account_id: UUID, product_id: UUID, submission_id: UUID, name: str, size: int, path: str,
    read: Read,
) -> SubmissionFile:  # fmt: skip
    """A file that has arrived and was looked at. The draft's lock counts: two tabs can't go beyond the limit."""
    kept = await room(session, account_id, product_id, submission_id, name, size, read)
    await files.claim(session, account_id, path)
    row = SubmissionFile(
        submission_id=submission_id, name=kept, size=size, path=path, picture=rules.ending(kept) in rules.PICTURES
    )
    session.add(row)
    await session.flush()
    return row


async def remove_file(
    session: AsyncSession, account_id: UUID, product_id: UUID, submission_id: UUID, file_id: UUID
) -> None:
    draft = await _draft(session, account_id, product_id, submission_id)
    row = next((one for one in await store.files(session, {draft.id}) if one.id == file_id), None)
    if row is None:
        raise Missing
    await session.delete(row)
    await session.flush()
    if not await store.uses(session, row.path):
        await enqueue(session, "assignments.delete_file", {"path": row.path})


async def hand_in(
    session: AsyncSession, account_id: UUID, product_id: UUID, submission_id: UUID, revision: int, read: Read
) -> Submission:
    """A second time changes nothing. Raises ``StaleWork`` when another tab went on with it, ``NothingToHandIn``."""
    row = await _own(session, account_id, product_id, submission_id)
    if row.state != "draft":
        return row
    if revision != row.revision:
        raise StaleWork
    asked = await read(row.body_id)
    kept = await store.files(session, {row.id})
    if not ((asked.words and row.words.strip()) or (asked.files and kept)):
        raise NothingToHandIn(field=f"words:{submission_id}")
    row.state, row.submitted_at, row.total = "waiting", now(), asked.total
    await session.flush()
    await grading.wait(session, subject(row))
    return row


def subject(row: Submission) -> grading.Subject:
    return grading.Subject(row.id, "assignment", row.account_id, row.product_id, row.block_id)


async def comment(session: AsyncSession, author_id: UUID, row: Submission, words: str) -> SubmissionComment:
    """A word to what was handed in, by its learner or its grader."""
    words = text.clean_text(words, limit=rules.MAX_COMMENT, field=f"comment:{row.id}", label="The comment")
    if not words:
        raise Invalid("Write something first.", field=f"comment:{row.id}")
    if row.state == "draft":
        raise Conflict("Comments can be written when it is handed in.")
    if await store.comment_count(session, row.id) >= rules.MAX_COMMENTS:
        raise Conflict("There are {most} comments already, and no room for more.", most=rules.MAX_COMMENTS)
    said = SubmissionComment(submission_id=row.id, author_id=author_id, words=words)
    session.add(said)
    await session.flush()
    return said


async def own(session: AsyncSession, account_id: UUID, product_id: UUID, submission_id: UUID) -> Submission:
    return await _own(session, account_id, product_id, submission_id)


async def one(session: AsyncSession, submission_id: UUID, *, lock: bool = False) -> Submission:
    """For who grades; a draft is nobody's but its learner's."""
    row = await store.one(session, submission_id, lock=lock)
    if row is None or row.state == "draft":
        raise Missing
    return row


async def around(session: AsyncSession, row: Submission) -> Record:
    """All goes of this learner at this assignment."""
    found = await records(session, row.account_id, row.product_id, {row.block_id})
    return found.get(row.block_id, Record())


async def file(session: AsyncSession, file_id: UUID) -> tuple[SubmissionFile, Submission] | None:
    return await store.file(session, file_id)


async def answer(
    session: AsyncSession, grader_id: UUID, submission_id: UUID, *, revision: int, back: bool,
    levels: Mapping[str, object], points: int, words: str, read: Read,
) -> Submission:  # fmt: skip
    """Give a grade, or send it back with a comment. ``revision`` is what the grader saw.

    Raises ``GradedMeanwhile``; ``Invalid`` when a level is missing or nothing is said to what goes back.
    """
    row = await one(session, submission_id, lock=True)
    if row.revision != revision:
        raise grading.GradedMeanwhile
    if back and row.state != "waiting":
        raise Conflict("This was graded already. Change the grade, or write a comment.")
    if back and not words.strip():
        raise Invalid("Say what has to be changed before you send it back.", field="comment")
    before = row.state
    if back:
        row.state, row.points, row.passed = "sent_back", 0, False
    else:
        given = rules.grade(await read(row.body_id), levels, points)
        row.state, row.points, row.total, row.passed = "graded", given.points, given.total, given.passed
        row.levels = dict(given.levels)
    if words.strip():
        await comment(session, grader_id, row, words)
    row.answered_at, row.revision = now(), row.revision + 1
    await session.flush()
    what: grading.What = "sent_back" if back else "regraded" if before == "graded" else "graded"
    result = grading.Result(what, row.points, row.total, row.passed, row.levels)
    await grading.answered(session, grader_id, subject(row), result)
    return row


async def forget(session: AsyncSession, account_id: UUID) -> None:
    """The words and files of somebody who leaves."""
    for path in await store.forget(session, account_id):
        if not await store.uses(session, path):
            await enqueue(session, "assignments.delete_file", {"path": path})


async def _own(session: AsyncSession, account_id: UUID, product_id: UUID, submission_id: UUID) -> Submission:
    row = await store.own(session, account_id, product_id, submission_id)
    if row is None:
        raise Missing
    return row


async def _draft(session: AsyncSession, account_id: UUID, product_id: UUID, submission_id: UUID) -> Submission:
    row = await _own(session, account_id, product_id, submission_id)
    if row.state != "draft":
        raise HandedInAlready
    return row
