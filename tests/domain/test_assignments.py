"""Handing in and grading on a real database: whose, once, by whom, and what is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from marketplace import clock, db, leaving
from marketplace.domain.access import service as access
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.assignments.assignment import Assignment, Criterion, Level
from marketplace.domain.assignments.errors import (
    HandedInAlready,
    NoMoreTries,
    NothingToHandIn,
    StaleWork,
    TooManyFiles,
    WrongFile,
)
from marketplace.domain.catalog.errors import NotReady
from marketplace.domain.courses import assigning, desk, taking
from marketplace.domain.courses import service as courses
from marketplace.domain.courses.errors import StillToPass
from marketplace.domain.courses.service import outline
from marketplace.domain.grading.service import GradedMeanwhile
from marketplace.errors import Conflict, Denied, Invalid, Missing
from marketplace.jobs import grading as grading_jobs
from tests.domain.test_courses import as_creator, complete, course_of, edit, publish
from tests.domain.world import World, together

GOOD = Level(words="Good", points=4)
POOR = Level(words="Poor", points=1)
WALLS = Criterion(name="Walls", levels=(POOR, GOOD))
BOWLS = Assignment(instructions="Throw three.", files=2, types=("pictures",), criteria=(WALLS,), tries=2)
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


@dataclass
class Given:
    """A published course of one lesson with one assignment, and one who takes it."""

    owner: Account
    learner: Account
    course: UUID
    lesson: UUID
    block: UUID

    @property
    def maker(self) -> Actor:
        return as_creator(self.owner)

    async def begin(self, who: Account | None = None) -> assigning.Submission:
        async with db.transaction() as session:
            return await assigning.begin(session, (who or self.learner).id, self.course, self.lesson, self.block)

    async def write(
        self, draft: UUID, words: str, revision: int = 0, who: Account | None = None
    ) -> assigning.Submission:
        async with db.transaction() as session:
            return await assigning.write(session, (who or self.learner).id, self.course, draft, words, revision)

    async def add(self, draft: UUID, name: str = "bowl.png", body: bytes = PNG) -> assigning.SubmissionFile:
        async with db.transaction() as session:
            path = await assigning.link(session, self.learner.id, self.course, draft, name, len(body))
            return await assigning.add_file(session, self.learner.id, self.course, draft, name, body, path)

    async def hand_in(self, draft: UUID, revision: int = 1, who: Account | None = None) -> assigning.Submission:
        async with db.transaction() as session:
            return await assigning.hand_in(session, (who or self.learner).id, self.course, draft, revision)

    async def grade(
        self,
        row: UUID,
        level: Level = GOOD,
        *,
        back: bool = False,
        revision: int = 1,
        words: str = "",
        who: Actor | None = None,
    ) -> None:
        async with db.transaction() as session:
            await desk.grade(
                session, who or self.maker, row, revision=revision, back=back, levels={WALLS.id: level.id}, points=0,
                words=words,
            )  # fmt: skip

    async def record(self) -> assigning.Record:
        async with db.transaction() as session:
            taught = await taking.course(session, self.course)
            lesson = taught.outline.find(self.lesson) if taught else None
            assert lesson is not None
            return (await assigning.records(session, self.learner.id, self.course, lesson))[self.block]

    async def waiting(self, who: Actor | None = None) -> list[UUID]:
        async with db.transaction() as session:
            return [row.id for row in await desk.waiting(session, who or self.maker, limit=50)]

    async def handed_in(self, words: str = "Three bowls.") -> assigning.Submission:
        draft = await self.begin()
        written = await self.write(draft.id, words, draft.revision)
        return await self.hand_in(draft.id, written.revision)


async def given(world: World, made: Assignment = BOWLS, **lesson: bool) -> Given:
    owner, learner = await world.creator(), await world.person()
    product = await course_of(world, owner, 0)
    who = as_creator(owner)
    shown = await edit(who, product.id, lambda o: outline.add_lesson(o, o.sections[0].id, "Bowls")[0])
    lesson_id = shown.outline.lessons[0].id
    async with db.transaction() as session:
        shown = await courses.add_made(session, who, product.id, lesson_id, "assignment", made, revision=None)
        await access.give(session, learner.id, product.id, "gift", str(product.id))
    if lesson:
        await edit(who, product.id, lambda o: outline.change_lesson(o, lesson_id, **lesson))
    await publish(who, product.id)
    return Given(owner, learner, product.id, lesson_id, shown.outline.lessons[0].blocks[0].id)


async def test_many_tabs_begin_one_draft_and_hand_it_in_once(world: World) -> None:
    work = await given(world)
    begun = await together(*(work.begin() for _ in range(5)))
    assert len({row.id for row in begun}) == 1
    draft = begun[0].id
    with pytest.raises(NothingToHandIn):
        await work.hand_in(draft, 0)
    await work.write(draft, "Mine.")
    rows = await together(*(work.hand_in(draft) for _ in range(5)))
    assert {row.state for row in rows} == {"waiting"}
    assert len({row.submitted_at for row in rows}) == 1
    assert await work.waiting() == [draft]
    with pytest.raises(HandedInAlready):
        await work.write(draft, "Later.", 1)
    with pytest.raises(HandedInAlready):
        await work.begin()


async def test_a_second_tab_that_came_late_overwrites_nothing(world: World) -> None:
    work = await given(world)
    draft = (await work.begin()).id
    await work.write(draft, "From the first tab.")
    with pytest.raises(StaleWork):
        await work.write(draft, "From the second tab.")
    with pytest.raises(StaleWork):
        await work.hand_in(draft, 0)
    last = (await work.record()).last
    assert last is not None
    assert (last.words, last.state) == ("From the first tab.", "draft")


async def test_limits_of_files_hold_for_many_at_once_and_content_is_looked_at(world: World) -> None:
    work = await given(world)
    draft = (await work.begin()).id
    with pytest.raises(WrongFile):
        await work.add(draft, "bowl.png", b"<html><script>")
    with pytest.raises(Invalid, match="is empty"):
        await _room(work, draft, 0)
    answers = await together(*(work.add(draft) for _ in range(6)))
    assert sum(isinstance(a, TooManyFiles) for a in answers) == 4
    kept = (await work.record()).files[draft]
    assert len(kept) == 2
    async with db.transaction() as session:
        await assigning.remove_file(session, work.learner.id, work.course, draft, kept[0].id)
    assert (await work.hand_in(draft, 0)).state == "waiting"  # files alone are enough
    with pytest.raises(HandedInAlready):
        await work.add(draft)


async def _room(work: Given, draft: UUID, size: int) -> None:
    async with db.transaction() as session:
        await assigning.link(session, work.learner.id, work.course, draft, "bowl.png", size)


async def test_nobody_elses_work_can_be_touched_or_seen(world: World) -> None:
    work, other = await given(world), await given(world)
    draft = (await work.begin()).id
    kept = await work.add(draft)
    stranger, staff = await world.person(), Actor((await world.person()).id, "moderator")
    for attempt in (
        work.write(draft, "Mine now.", 0, stranger), work.hand_in(draft, 0, stranger), work.grade(draft, revision=0),
        other.write(draft, "Other course.", 0, work.learner),
    ):  # fmt: skip
        with pytest.raises(Missing):
            await attempt
    row = await work.write(draft, "Mine.")

    async def file(who: Actor) -> assigning.SubmissionFile:
        async with db.transaction() as session:
            return await desk.file(session, who, kept.id)

    for early in (work.maker, staff, Actor(stranger.id)):
        with pytest.raises(Missing):
            await file(early)  # a draft is its learner's alone
    await work.hand_in(row.id)
    for may in (Actor(work.learner.id), work.maker, staff):
        assert (await file(may)).name == "bowl.png"
    for may_not in (Actor(stranger.id), other.maker, Actor()):
        with pytest.raises(Missing):
            await file(may_not)
    with pytest.raises(Missing):
        await work.grade(draft, who=other.maker)
    with pytest.raises(Denied):
        await work.grade(draft, who=Actor(stranger.id))
    async with db.transaction() as session:
        with pytest.raises(Missing):
            await desk.sheet(session, other.maker, draft)
    assert await work.waiting(other.maker) == []
    assert await work.waiting() == [draft]


async def test_graded_once_by_who_was_first_and_again_with_history(world: World) -> None:
    work = await given(world)
    row = await work.handed_in()
    for wrong in ({"level": Level(words="x", points=99)}, {"back": True}):
        with pytest.raises(Invalid):
            await work.grade(row.id, **wrong)  # type: ignore[arg-type]
    answers = await together(
        work.grade(row.id, GOOD), work.grade(row.id, POOR), work.grade(row.id, back=True, words="No.")
    )
    assert sum(isinstance(a, GradedMeanwhile) for a in answers) == 2
    assert await work.waiting() == []
    async with db.transaction() as session:
        seen = await desk.sheet(session, work.maker, row.id)
    assert seen.submission is not None
    if seen.submission.state == "sent_back":
        await work.grade(row.id, GOOD, revision=2)
        assert (await work.record()).passed
        return
    await work.grade(row.id, POOR, revision=2, words="I looked again.")
    async with db.transaction() as session:
        seen = await desk.sheet(session, work.maker, row.id)
    assert [(e.what, e.grader_id) for e in seen.history] == [("graded", work.owner.id), ("regraded", work.owner.id)]
    assert seen.history[-1].points == 1
    assert seen.submission is not None
    assert (seen.submission.points, seen.submission.passed) == (1, False)
    with pytest.raises(DBAPIError, match="append"):
        async with db.transaction() as session:
            await session.execute(text("UPDATE grade_entry SET points = 4"))


async def test_sent_back_and_handed_in_again_until_the_tries_are_used(world: World) -> None:
    work = await given(world)
    first = await work.handed_in("First.")
    await work.grade(first.id, back=True, words="Thicker, please.")
    second = await work.begin()
    assert (second.words, second.number) == ("First.", 2)  # it goes on from what was handed in
    written = await work.write(second.id, "Second.")
    await work.hand_in(second.id, written.revision)
    await work.grade(second.id, POOR)
    third = await work.handed_in("Third.")
    await work.grade(third.id, GOOD)
    with pytest.raises(NoMoreTries):
        await work.begin()
    record = await work.record()
    assert [row.words for row in record.submissions] == ["Third.", "Second.", "First."]  # all stay readable
    assert [row.state for row in record.submissions] == ["graded", "graded", "sent_back"]
    assert [said.words for said in record.comments[first.id]] == ["Thicker, please."]


async def test_a_submission_keeps_to_the_assignment_it_began_with(world: World) -> None:
    work = await given(world)
    row = await work.handed_in()
    harder = BOWLS.model_copy(update={"criteria": (), "points": 50})
    async with db.transaction() as session:
        await courses.edit_made(
            session, work.maker, work.course, work.block, ("assignment", Assignment), lambda _a: harder, revision=None
        )
    await publish(work.maker, work.course)
    await work.grade(row.id, GOOD)
    last = (await work.record()).last
    assert last is not None
    assert (last.points, last.total, last.passed) == (4, 4, True)


async def test_a_lesson_waits_until_its_assignment_is_passed(world: World) -> None:
    work = await given(world, must_pass=True)
    with pytest.raises(StillToPass):
        await complete(work.learner, work.course, work.lesson)
    row = await work.handed_in()
    await work.grade(row.id, POOR)
    with pytest.raises(StillToPass):
        await complete(work.learner, work.course, work.lesson)
    await work.grade(row.id, GOOD, revision=2)
    await complete(work.learner, work.course, work.lesson)


async def test_an_unfinished_assignment_is_not_published(world: World) -> None:
    with pytest.raises(NotReady, match="what is to be done"):
        await given(world, Assignment())


async def test_both_sides_talk_and_nobody_else(world: World) -> None:
    work = await given(world)
    draft = (await work.begin()).id
    row = (await work.write(draft, "Mine.")).id

    async def say(who: Account, words: str) -> None:
        async with db.transaction() as session:
            await assigning.comment(session, who.id, work.course, row, words)

    with pytest.raises(Conflict, match="handed in"):
        await say(work.learner, "Too early.")
    await work.hand_in(row)
    await say(work.learner, "  Is it good?  ")
    async with db.transaction() as session:
        await desk.comment(session, work.maker, row, "It is.")
    for words in ("", " \n", "x" * 5_001):
        with pytest.raises(Invalid):
            await say(work.learner, words)
    with pytest.raises(Missing):
        await say(await world.person(), "Hello.")
    assert [said.words for said in (await work.record()).comments[row]] == ["Is it good?", "It is."]


async def _mails(to: Account) -> list[str]:
    async with db.transaction() as session:
        found = await session.execute(
            text("SELECT subject FROM outgoing_mail WHERE recipient = :to ORDER BY created_at"), {"to": to.email}
        )
        return [row[0] for row in found.all()]


async def test_a_maker_gets_one_mail_for_what_comes_together_and_not_two_soon(world: World) -> None:
    work = await given(world)
    start = clock.now()
    people = [await world.person() for _ in range(3)]
    for person in people:
        draft = await work.begin(person)
        await work.write(draft.id, "Mine.", 0, person)
        await work.hand_in(draft.id, 1, person)
    await grading_jobs.tell_creators()
    assert await _mails(work.owner) == []  # more may come in these minutes
    with clock.frozen(start + timedelta(minutes=11)):
        await together(grading_jobs.tell_creators(), grading_jobs.tell_creators())
    assert [subject.split(" to be")[0] for subject in await _mails(work.owner)] == ["3 new pieces of work wait"]
    with clock.frozen(start + timedelta(minutes=30)):
        await work.handed_in()
    with clock.frozen(start + timedelta(hours=2)):
        await grading_jobs.tell_creators()
    assert len(await _mails(work.owner)) == 1
    with clock.frozen(start + timedelta(hours=5)):
        await grading_jobs.tell_creators()
    assert [subject.split(" to be")[0] for subject in await _mails(work.owner)][1:] == ["1 new piece of work waits"]


async def test_a_learner_is_told_what_became_of_it(world: World) -> None:
    work = await given(world)
    row = await work.handed_in()
    await work.grade(row.id, back=True, words="Again.")
    again = await work.begin()
    await work.hand_in(again.id, again.revision)
    await work.grade(again.id, GOOD, revision=0)
    async with db.transaction() as session:
        entries = (
            await session.execute(
                text("SELECT id FROM grade_entry WHERE account_id = :a ORDER BY at"), {"a": work.learner.id}
            )
        ).all()
    for (entry_id,) in entries:
        await grading_jobs.tell_learner(str(entry_id))
        await grading_jobs.tell_learner(str(entry_id))
    told = await _mails(work.learner)
    assert [subject.split(":")[0] for subject in told] == ["Sent back with comments", "Graded"]


async def test_who_leaves_takes_their_words_along_and_leaves_the_numbers(world: World) -> None:
    work = await given(world)
    row = await work.handed_in("My secret.")
    await work.grade(row.id, GOOD, words="Well done, you.")
    async with db.transaction() as session:
        await leaving.leave(session, Actor(work.learner.id))
    record = await work.record()
    assert record.last is not None
    assert (record.last.words, record.last.points, record.files) == ("", 4, {})
    assert [said.words for said in record.comments[row.id]] == [""]
    assert await work.waiting() == []
