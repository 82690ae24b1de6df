"""Attempts at a course's quiz, on a real database: whose, how many, how long, and of which version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from marketplace import clock, db
from marketplace.domain.accounts.models import Account
from marketplace.domain.catalog.errors import NotReady
from marketplace.domain.courses import quizzing, taking
from marketplace.domain.courses import service as courses
from marketplace.domain.courses.errors import StillToPass
from marketplace.domain.courses.outline import Outline
from marketplace.domain.courses.service import outline
from marketplace.domain.quizzes import items
from marketplace.domain.quizzes import rules as quizzing_rules
from marketplace.domain.quizzes.errors import AttemptOver, AttemptsUsedUp, NoSuchQuiz, TimeUp
from marketplace.domain.quizzes.quiz import Option, Question, Quiz
from marketplace.domain.quizzes.rules import Change
from marketplace.errors import Invalid, Missing
from tests.domain.test_courses import as_creator, complete, course_of, edit, editing, publish
from tests.domain.world import World, together

WORDS = Question(kind="text", prompt="What is it made of?", points=3, accepted=("clay",))
CHOICE = Question(kind="single", prompt="Wheel?", options=(Option(words="Yes", right=True), Option(words="No")))
RIGHT, WRONG = CHOICE.options[0].id, CHOICE.options[1].id
ASKED = Quiz(questions=(WORDS, CHOICE))


@dataclass
class Taught:
    """A published course of one lesson with one quiz, and one who takes it."""

    owner: Account
    learner: Account
    course: UUID
    lesson: UUID
    block: UUID

    async def begin(self, who: Account | None = None) -> quizzing.QuizAttempt:
        async with db.transaction() as session:
            return await quizzing.begin(session, (who or self.learner).id, self.course, self.lesson, self.block)

    async def answer(
        self, attempt: UUID, question: str, value: object, who: Account | None = None
    ) -> quizzing.QuizAttempt:
        async with db.transaction() as session:
            return await quizzing.answer(session, (who or self.learner).id, self.course, attempt, question, value)

    async def submit(self, attempt: UUID, who: Account | None = None) -> quizzing.QuizAttempt:
        async with db.transaction() as session:
            return await quizzing.submit(session, (who or self.learner).id, self.course, attempt)

    async def record(self) -> quizzing.Record:
        async with db.transaction() as session:
            taught = await taking.course(session, self.course)
            lesson = taught.outline.find(self.lesson) if taught else None
            assert lesson is not None
            return (await quizzing.records(session, self.learner.id, self.course, lesson))[self.block]

    async def change(self, quiz: Quiz) -> None:
        async with db.transaction() as session:
            await courses.edit_quiz(
                session, as_creator(self.owner), self.course, self.block, lambda _before: quiz, revision=None
            )
        await publish(as_creator(self.owner), self.course)

    async def sit(self, words: str) -> quizzing.QuizAttempt:
        """One attempt from begin to end: 75 % or 0 %."""
        attempt = await self.begin()
        await self.answer(attempt.id, WORDS.id, words)
        return await self.submit(attempt.id)


async def taught(world: World, quiz: Quiz = ASKED, **lesson: bool) -> Taught:
    owner, learner = await world.creator(), await world.person()
    product = await course_of(world, owner, 0)
    who = as_creator(owner)
    shown = await edit(who, product.id, lambda o: outline.add_lesson(o, o.sections[0].id, "A quiz")[0])
    lesson_id = shown.outline.lessons[0].id
    async with db.transaction() as session:
        shown = await courses.add_quiz(session, who, product.id, lesson_id, revision=None)
    if lesson:
        await edit(who, product.id, lambda o: outline.change_lesson(o, lesson_id, **lesson))
    found = Taught(owner, learner, product.id, lesson_id, shown.outline.lessons[0].blocks[0].id)
    await found.change(quiz)
    return found


async def test_the_best_attempt_counts_and_a_pass_stays(world: World) -> None:
    quiz = await taught(world)
    marks = [await quiz.sit(words) for words in ("wood", " CLAY", "wax")]
    assert [(m.points, m.total, m.passed) for m in marks] == [(0, 4, False), (3, 4, True), (0, 4, False)]
    record = await quiz.record()
    assert (record.used, record.best, record.passed, record.open) == (3, 75, True, None)
    assert record.last is not None
    assert record.last.id == marks[2].id
    await quiz.change(ASKED.model_copy(update={"pass_percent": 100}))
    assert (await quiz.record()).passed


async def test_two_tabs_at_once_begin_one_attempt(world: World) -> None:
    quiz = await taught(world)
    begun = await together(*(quiz.begin() for _ in range(6)))
    assert len({attempt.id for attempt in begun}) == 1
    assert (await quiz.begin()).seed == begun[0].seed
    await together(
        *(quiz.answer(begun[0].id, WORDS.id, f"words {n}") for n in range(4)),
        quiz.answer(begun[0].id, CHOICE.id, RIGHT),
    )
    kept = (await quiz.begin()).answers
    assert (kept[CHOICE.id], kept[WORDS.id][:6]) == (RIGHT, "words ")


TICKS = Question(
    kind="multiple", prompt="Which are clays?", points=2,
    options=(Option(words="Stoneware", right=True), Option(words="Porcelain", right=True), Option(words="Glass")),
)  # fmt: skip
PAIRS = Question(kind="matching", prompt="Pair", options=(Option(words="a", match="x"), Option(words="b", match="y")))
ORDER = Question(kind="ordering", prompt="Order", options=tuple(Option(words=words) for words in "abcd"))


async def test_presses_in_two_tabs_at_once_all_count(world: World) -> None:
    quiz = await taught(world, Quiz(questions=(TICKS, PAIRS, ORDER)))
    attempt = await quiz.begin()
    (one, two, _glass), (a, b) = ([o.id for o in q.options] for q in (TICKS, PAIRS))
    partner = {option.id: option.match_id for option in PAIRS.options}
    before = quizzing_rules.untouched(ORDER, attempt.seed)
    assert isinstance(before, list)
    await together(
        quiz.answer(attempt.id, TICKS.id, Change(one, True)),
        quiz.answer(attempt.id, TICKS.id, Change(two, True)),
        quiz.answer(attempt.id, PAIRS.id, Change(a, partner[a])),
        quiz.answer(attempt.id, PAIRS.id, Change(b, partner[b])),
        quiz.answer(attempt.id, ORDER.id, Change(before[0], 1)),
        quiz.answer(attempt.id, ORDER.id, Change(before[3], -1)),
    )
    kept = (await quiz.begin()).answers
    assert set(kept[TICKS.id]) == {one, two}
    assert kept[PAIRS.id] == {a: partner[a], b: partner[b]}
    assert kept[ORDER.id] == [before[n] for n in (1, 0, 3, 2)]
    await quiz.answer(attempt.id, TICKS.id, Change(one, False))
    await quiz.answer(attempt.id, PAIRS.id, Change(a, ""))
    kept = (await quiz.begin()).answers
    assert (kept[TICKS.id], kept[PAIRS.id]) == ([two], {b: partner[b]})


@pytest.mark.parametrize(
    ("question", "change"),
    [
        (TICKS, Change("x", True)), (TICKS, Change(TICKS.options[0].id, 1)), (PAIRS, Change("x", "y")),
        (PAIRS, Change(PAIRS.options[0].id, True)), (ORDER, Change("x", 1)), (ORDER, Change(ORDER.options[0].id, "x")),
        (CHOICE, Change(RIGHT, True)), (WORDS, Change("x", "y")), (ORDER, Change(ORDER.options[0].id, True)),
    ],
)  # fmt: skip
async def test_a_press_that_is_none_changes_nothing(world: World, question: Question, change: Change) -> None:
    quiz = await taught(world, Quiz(questions=(TICKS, PAIRS, ORDER, CHOICE, WORDS)))
    attempt = await quiz.begin()
    with pytest.raises(Invalid):
        await quiz.answer(attempt.id, question.id, change)
    assert (await quiz.begin()).answers == {}


def test_an_order_that_nobody_touched_is_graded_and_no_answer() -> None:
    quiz = Quiz(questions=(ORDER,))
    right = [option.id for option in ORDER.options]
    seed = next(s for s in map(str, range(1000)) if quizzing_rules.untouched(ORDER, s) == right)
    [item] = items.of(quiz, seed, {}, {})
    assert (item["asked"], item["answered"], item["whole"]) == (1, 0, 1)


async def test_handing_in_twice_changes_nothing(world: World) -> None:
    quiz = await taught(world)
    attempt = await quiz.begin()
    await quiz.answer(attempt.id, WORDS.id, "wood")
    await quiz.answer(attempt.id, WORDS.id, "clay")
    first, *others = await together(*(quiz.submit(attempt.id) for _ in range(4)))
    assert {(m.points, m.passed, m.submitted_at) for m in others} == {(3, True, first.submitted_at)}
    with pytest.raises(AttemptOver):
        await quiz.answer(attempt.id, CHOICE.id, RIGHT)
    assert (await quiz.submit(attempt.id)).points == 3


async def test_attempts_are_used_up_also_by_many_at_once(world: World) -> None:
    quiz = await taught(world, ASKED.model_copy(update={"attempts": 2}))
    await quiz.sit("wood")
    await together(quiz.sit("wood"), quiz.sit("wood"), quiz.sit("wood"))  # share the last one, or come too late
    with pytest.raises(AttemptsUsedUp):
        await quiz.begin()
    assert (await quiz.record()).used == 2
    await quiz.change(ASKED.model_copy(update={"attempts": 3}))
    assert (await quiz.begin()).number == 3


async def test_late_answers_are_refused_and_what_came_in_time_counts(world: World) -> None:
    quiz = await taught(world, ASKED.model_copy(update={"seconds": 60, "attempts": 1}))
    start = clock.now()

    def at(seconds: float) -> Any:
        return clock.frozen(start + timedelta(seconds=seconds))

    with at(0):
        attempt = await quiz.begin()
    with at(64):
        await quiz.answer(attempt.id, WORDS.id, "clay")
    with at(65.5):
        with pytest.raises(TimeUp, match="time was up"):
            await quiz.answer(attempt.id, CHOICE.id, RIGHT)
        with pytest.raises(AttemptsUsedUp):
            await quiz.begin()
        record = await quiz.record()
    assert (record.open, record.best, record.passed) == (None, 75, True)
    assert record.last is not None
    assert record.last.submitted_at == start + timedelta(seconds=60)
    assert (await quiz.submit(attempt.id)).points == 3


async def test_a_version_published_meanwhile_changes_nothing_for_who_began(world: World) -> None:
    quiz = await taught(world)
    attempt = await quiz.begin()
    other = Question(kind="text", prompt="And now?", points=9, accepted=("wood",))
    await quiz.change(Quiz(questions=(other,), seconds=60))
    assert (await quiz.begin()).id == attempt.id
    with pytest.raises(Missing):
        await quiz.answer(attempt.id, other.id, "wood")
    with clock.frozen(clock.now() + timedelta(hours=2)):
        await quiz.answer(attempt.id, WORDS.id, "clay")
        assert (await quiz.submit(attempt.id)).total == 4
    assert (await quiz.begin()).body_id != attempt.body_id


async def test_anothers_attempt_does_not_exist(world: World) -> None:
    quiz, other = await taught(world), await taught(world)
    attempt, stranger = await quiz.begin(), await world.person()
    for call in (
        quiz.answer(attempt.id, WORDS.id, "wax", stranger), quiz.submit(attempt.id, stranger),
        other.answer(attempt.id, WORDS.id, "wax", quiz.learner), other.submit(attempt.id, quiz.learner),
        quiz.answer(uuid4(), WORDS.id, "wax"), quiz.submit(quiz.block),
    ):  # fmt: skip
        with pytest.raises(Missing):
            await call
    assert (await quiz.begin()).answers == {}


async def test_only_a_quiz_of_the_lesson_is_begun(world: World) -> None:
    quiz, other = await taught(world), await taught(world)
    for lesson, block in ((quiz.lesson, other.block), (other.lesson, quiz.block), (quiz.lesson, uuid4())):
        async with db.transaction() as session:
            with pytest.raises(NoSuchQuiz):
                await quizzing.begin(session, quiz.learner.id, quiz.course, lesson, block)
    await edit(as_creator(quiz.owner), quiz.course, lambda o: outline.remove_block(o, quiz.block))
    assert await quiz.begin()


@pytest.mark.parametrize("value", [None, 7, ["x"], {"a": "b"}, "x" * 501, "nul\x00"])
async def test_crafted_answers_leave_the_saved_one(world: World, value: object) -> None:
    quiz = await taught(world)
    attempt = await quiz.begin()
    await quiz.answer(attempt.id, WORDS.id, "clay")
    with pytest.raises(Invalid):
        await quiz.answer(attempt.id, WORDS.id, value)
    with pytest.raises(Invalid):
        await quiz.answer(attempt.id, CHOICE.id, "no-such-option")
    with pytest.raises(Missing):
        await quiz.answer(attempt.id, "no-such-question", "clay")
    assert (await quiz.begin()).answers == {WORDS.id: "clay"}


async def test_a_lesson_waits_for_its_quiz(world: World) -> None:
    quiz = await taught(world, must_pass=True)
    with pytest.raises(StillToPass):
        await complete(quiz.learner, quiz.course, quiz.lesson)
    await quiz.sit("wood")
    with pytest.raises(StillToPass, match="Pass what this lesson asks for"):
        await complete(quiz.learner, quiz.course, quiz.lesson)
    await quiz.sit("clay")
    await quiz.sit("wood")
    assert (await complete(quiz.learner, quiz.course, quiz.lesson)).standing.finished


async def test_a_quiz_of_any_result_does_where_none_has_to_be_passed(world: World) -> None:
    quiz = await taught(world)
    assert (await complete(quiz.learner, quiz.course, quiz.lesson)).standing.finished


async def test_an_unready_quiz_is_not_published(world: World) -> None:
    quiz = await taught(world)
    bare = Question(kind="single", prompt="Which?", options=(Option(words="a"), Option(words="b")))
    with pytest.raises(NotReady, match="“A quiz”: question 2: mark the answer that is right"):
        await quiz.change(Quiz(questions=(WORDS, bare)))
    assert (await quiz.begin()).number == 1


async def test_only_their_creator_edits_a_quiz(world: World) -> None:
    quiz, rival = await taught(world), await world.creator()
    for who in (as_creator(rival), as_creator(quiz.learner)):
        with pytest.raises(Missing):
            async with db.transaction() as session:
                await courses.edit_quiz(session, who, quiz.course, quiz.block, lambda q: Quiz(), revision=None)


async def test_a_copy_of_a_course_has_its_quizzes_but_nobodys_attempts(world: World) -> None:
    quiz = await taught(world)
    await quiz.sit("clay")
    async with db.transaction() as session:
        copy = await courses.duplicate(session, as_creator(quiz.owner), quiz.course)
        shown = (await courses.load(session, as_creator(quiz.owner), copy.id)).outline
        copied = await quizzing.quizzes_of(session, shown.lessons[0])
    assert [q.prompt for q in copied[quiz.block].questions] == [WORDS.prompt, CHOICE.prompt]


async def test_what_was_removed_comes_back_with_the_outline_before(world: World) -> None:
    quiz = await taught(world)
    who, written = as_creator(quiz.owner), Quiz(questions=(CHOICE,))
    async with db.transaction() as session:
        await courses.edit_quiz(session, who, quiz.course, quiz.block, lambda q: written, revision=None)
    before = (await editing(who, quiz.course)).outline
    async with db.transaction() as session:
        await courses.edit_quiz(
            session, who, quiz.course, quiz.block, lambda q: Quiz(), revision=None, fresh=True
        )  # fmt: skip
    await edit(who, quiz.course, lambda _now: before)
    async with db.transaction() as session:
        found = await quizzing.quizzes_of(session, before.lessons[0])
    assert found[quiz.block] == written


def test_outlines_without_quizzes_stay_valid() -> None:
    lesson = {"id": str(uuid4()), "title": "Old", "preview": False, "must_watch": True, "blocks": []}
    old = Outline.model_validate({"sections": [{"id": str(uuid4()), "title": "One", "lessons": [lesson]}]})
    assert not old.lessons[0].must_pass
