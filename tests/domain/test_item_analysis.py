"""Long answers graded by a person, and questions counted over all attempts: right at once, and nobody else's."""

from __future__ import annotations

import random
import statistics
from uuid import UUID

import pytest
from hypothesis import given as given_
from hypothesis import settings
from hypothesis import strategies as st
from sqlalchemy import text

from marketplace import db
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.courses import desk, item_analysis
from marketplace.domain.courses.item_analysis import Asked, Sums
from marketplace.domain.grading.service import GradedMeanwhile
from marketplace.domain.quizzes.quiz import Option, Question, Quiz
from marketplace.errors import Invalid, Missing
from marketplace.jobs.analytics import fold_questions
from tests.domain.test_courses import as_creator
from tests.domain.test_quizzes import Taught, taught
from tests.domain.world import World, together

WHY = Question(kind="long", prompt="Why?", points=5, hint="Slow hands.")
WHICH = Question(
    kind="single", prompt="Which?", options=(Option(words="Ash", right=True), Option(words="Oak"), Option(words="Tin"))
)
MUCH = Question(kind="number", prompt="How much?", points=2, number="3")
ASH, OAK, TIN = (option.id for option in WHICH.options)
BOTH = Quiz(questions=(WHICH, WHY), pass_percent=50)
SHORT = Quiz(questions=(WHICH, MUCH), pass_percent=50)


async def sit(quiz: Taught, answers: dict[str, str], who: Account | None = None) -> UUID:
    attempt = await quiz.begin(who)
    for question, value in answers.items():
        await quiz.answer(attempt.id, question, value, who)
    return (await quiz.submit(attempt.id, who)).id


async def mark(quiz: Taught, attempt: UUID, points: int, *, revision: int = 0, who: Actor | None = None) -> None:
    async with db.transaction() as session:
        await desk.mark(
            session, who or as_creator(quiz.owner), attempt, {WHY.id: (points, "Slower.")}, revision=revision
        )


async def asked(quiz: Taught, who: Actor | None = None) -> list[Asked]:
    async with db.transaction() as session:
        return await item_analysis.asked(session, who or as_creator(quiz.owner), quiz.course)


async def test_a_long_answer_waits_for_a_person_and_then_counts(world: World) -> None:
    quiz = await taught(world, BOTH)
    attempt = await sit(quiz, {WHICH.id: ASH, WHY.id: "Because of\nthe hands."})
    record = await quiz.record()
    assert record.last is not None
    assert (record.last.waiting, record.last.points, record.last.total, record.passed) == (True, 1, 6, False)
    async with db.transaction() as session:
        assert [row.id for row in await desk.waiting(session, as_creator(quiz.owner), limit=5)] == [attempt]
    for wrong in (-1, 6):
        with pytest.raises(Invalid):
            await mark(quiz, attempt, wrong)
    with pytest.raises(Missing):
        await mark(quiz, attempt, 4, who=as_creator(await world.creator()))
    answers = await together(*(mark(quiz, attempt, points) for points in (4, 5)))
    assert sum(isinstance(a, GradedMeanwhile) for a in answers) == 1
    record = await quiz.record()
    assert record.last is not None
    assert (record.last.waiting, record.passed) == (False, True)
    assert record.last.marks[WHY.id]["words"] == "Slower."
    await mark(quiz, attempt, 0, revision=1)
    assert not (await quiz.record()).passed
    async with db.transaction() as session:
        history = (await desk.sheet(session, as_creator(quiz.owner), attempt)).history
    assert [entry.what for entry in history] == ["graded", "regraded"]


async def test_nothing_written_waits_for_nobody(world: World) -> None:
    quiz = await taught(world, BOTH)
    await sit(quiz, {WHICH.id: ASH, WHY.id: " \n "})
    async with db.transaction() as session:
        assert await desk.waiting(session, as_creator(quiz.owner), limit=5) == []
    last = (await quiz.record()).last
    assert last is not None
    assert (last.waiting, last.points) == (False, 1)


async def test_questions_are_counted_whenever_the_sums_are_added_up(world: World) -> None:
    quiz = await taught(world, SHORT)
    people = [await world.person() for _ in range(4)]
    dice, seen = random.Random(3), []
    for n in range(24):
        which, much = dice.choice([ASH, ASH, OAK, TIN, ""]), dice.choice(["3", "4"])
        await sit(quiz, {MUCH.id: much, **({WHICH.id: which} if which else {})}, people[n % 4])
        seen.append((which, much))
        if n % 5 == 0:
            await together(fold_questions(), fold_questions())
        if n % 6 == 0:
            first, second = await asked(quiz)
            assert first.sums.asked == second.sums.asked == len(seen)
    await fold_questions()
    first, second = await asked(quiz)
    assert (first.sums.answered, first.sums.whole) == (sum(w != "" for w, _ in seen), sum(w == ASH for w, _ in seen))
    assert second.sums.got == 2 * sum(m == "3" for _, m in seen)
    counts = {"Oak": sum(w == OAK for w, _ in seen), "Tin": sum(w == TIN for w, _ in seen)}
    assert dict(first.wrong) == {words: n for words, n in counts.items() if n}
    x, y = [100 * (w == ASH) for w, _ in seen], [100 * (m == "3") for _, m in seen]
    assert first.sums.discrimination == pytest.approx(statistics.correlation(x, y))
    with pytest.raises(Missing):
        await asked(quiz, as_creator(await world.creator()))


async def test_an_order_that_nobody_touched_is_no_answer(world: World) -> None:
    order = Question(kind="ordering", prompt="First?", options=tuple(Option(words=w) for w in ("a", "b", "c")))
    quiz = await taught(world, Quiz(questions=(order,)))
    attempt = await quiz.begin()
    await quiz.submit(attempt.id)
    attempt = await quiz.begin()
    await quiz.answer(attempt.id, order.id, [option.id for option in order.options])
    await quiz.submit(attempt.id)
    [one] = await asked(quiz)
    assert (one.sums.asked, one.sums.answered) == (2, 1)


async def test_a_changed_grade_takes_the_place_of_the_first_in_the_sums(world: World) -> None:
    quiz = await taught(world, BOTH)
    attempt = await sit(quiz, {WHICH.id: OAK, WHY.id: "Hands."})
    assert [one.sums.asked for one in await asked(quiz)] == [0, 0]  # not before it is graded
    await mark(quiz, attempt, 5)
    await fold_questions()
    await mark(quiz, attempt, 2, revision=1)
    for _ in range(2):
        which, why = await asked(quiz)
        assert (which.sums.asked, why.sums.asked, why.sums.got, why.sums.whole) == (1, 1, 2, 0)
        assert which.wrong == [("Oak", 1)]
        await fold_questions()


async def test_attempts_from_before_are_counted_too(world: World) -> None:
    quiz = await taught(world, SHORT)
    await sit(quiz, {WHICH.id: ASH})
    async with db.transaction() as session:  # as the migration leaves them
        await session.execute(text("UPDATE item_pending SET items = NULL WHERE product_id = :p"), {"p": quiz.course})
    await fold_questions()
    assert [(one.sums.asked, one.sums.whole) for one in await asked(quiz)] == [(1, 1), (1, 0)]


async def test_what_is_read_does_not_grow_with_attempts(world: World) -> None:
    quiz = await taught(world, SHORT)
    for _ in range(7):
        await sit(quiz, {WHICH.id: OAK, MUCH.id: "3"})
    await fold_questions()
    async with db.transaction() as session:
        for table, rows in (("item_pending", 0), ("item_sum", 2), ("choice_sum", 1)):
            query = text(f"SELECT count(*) FROM {table} WHERE product_id = :p")
            assert (await session.execute(query, {"p": quiz.course})).scalar_one() == rows
    assert [one.sums.asked for one in await asked(quiz)] == [7, 7]


@settings(max_examples=200, deadline=None)
@given_(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=10, max_size=40))
def test_the_correlation_is_that_of_the_rows(rows: list[tuple[int, int]]) -> None:
    x, y = [a for a, _ in rows], [b for _, b in rows]
    sums = Sums(
        asked=len(rows), x=sum(x), y=sum(y), xx=sum(a * a for a in x), yy=sum(b * b for b in y),
        xy=sum(a * b for a, b in rows),
    )  # fmt: skip
    if len(set(x)) == 1 or len(set(y)) == 1:
        assert sums.discrimination is None
    else:
        assert sums.discrimination == pytest.approx(statistics.correlation(x, y), abs=1e-9)
