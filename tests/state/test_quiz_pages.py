"""A quiz through the pages' own handlers: what is sent, what is taken, and who may."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from reflex.utils.format import json_dumps

from marketplace import clock, db
from marketplace.domain.access import service as access
from marketplace.domain.access.service import ANONYMOUS, Actor
from marketplace.domain.courses import service as courses
from marketplace.domain.courses.service import outline
from marketplace.domain.quizzes.quiz import Option, Question, Quiz
from marketplace.state.curriculum import CurriculumState
from marketplace.state.learn import LearnState
from tests.domain.test_courses import as_creator, edit, publish
from tests.domain.test_quizzes import Taught, taught
from tests.domain.world import World
from tests.state.pages import Open

EVERY = Quiz(
    seconds=60, review="after_pass",
    questions=(
        Question(
            kind="single", prompt="One", hint="canary-hint", praise="canary-praise",
            options=(Option(words="Yes", right=True), Option(words="No", feedback="canary-feedback")),
        ),
        Question(kind="multiple", prompt="Many", options=(
            Option(words="Ash", right=True), Option(words="Oak", right=True), Option(words="Tin"))),
        Question(kind="ordering", prompt="Order", options=tuple(Option(words=w) for w in ("first", "second", "third", "last"))),
        Question(kind="matching", prompt="Pairs", options=(Option(words="a", match="x"), Option(words="b", match="y"))),
        Question(kind="text", prompt="Words", accepted=("canary-answer",)),
        Question(kind="number", prompt="How much", number="918273", tolerance="0"),
    ),
)  # fmt: skip


async def reader(world: World, quiz: Quiz = EVERY, **lesson: bool) -> tuple[Open, Taught]:
    """The page of one who has the course, at the lesson with the quiz."""
    found = await taught(world, quiz, **lesson)
    async with db.transaction() as session:
        await access.give(session, found.learner.id, found.course, "gift", str(found.course))
    page = Open(LearnState, Actor(found.learner.id))
    await load(page, found)
    return page, found


async def load(page: Open, found: Taught) -> None:
    async with db.transaction() as session:
        slug = (await courses.load(session, as_creator(found.owner), found.course)).product.slug
    page.go(course_slug=slug, lesson_id=str(found.lesson))
    await page.call("on_load")


def quiz_of(page: Open) -> Any:
    return next(iter(page.state.quizzes.values()))


async def answer_all(page: Open, block: str, *, words: str = " Canary-Answer") -> None:
    shown = quiz_of(page)
    one, many, order, pairs, text, number = shown.questions
    key = {o.words: o.id for q in shown.questions for o in q.options}
    choice = {c["label"]: c["value"] for c in pairs.choices}
    await page.call("quiz_choose", block, one.id, key["No"])
    await page.call("quiz_choose", block, one.id, key["Yes"])
    for name, on in (("Tin", True), ("Ash", True), ("Oak", True), ("Tin", False)):
        await page.call("quiz_tick", block, many.id, key[name], on)
    for place, name in enumerate(("first", "second", "third", "last")):
        while [o.words for o in quiz_of(page).questions[2].options].index(name) != place:
            await page.call("quiz_move", block, order.id, key[name], False)
    await page.call("quiz_match", block, pairs.id, key["a"], choice["y"])
    await page.call("quiz_match", block, pairs.id, key["a"], choice["x"])
    await page.call("quiz_match", block, pairs.id, key["b"], choice["y"])
    await page.call("quiz_write", block, text.id, words)
    await page.call("quiz_write", block, number.id, "918,273")


async def test_a_quiz_from_its_start_to_all_points(world: World) -> None:
    page, found = await reader(world, must_pass=True)
    block = str(found.block)
    assert (quiz_of(page).stage, page.state.to_pass) == ("start", True)
    await page.call("quiz_begin", block)
    assert quiz_of(page).answered == "0 of 6 answered", "an order that nobody touched is no answer"
    order = quiz_of(page).questions[2]
    await page.call("quiz_move", block, order.id, order.options[0].id, False)
    left = quiz_of(page).questions[2].options
    assert (quiz_of(page).answered, [o.words for o in left]) == ("1 of 6 answered", [o.words for o in order.options])
    await answer_all(page, block)
    assert quiz_of(page).answered == "6 of 6 answered"
    again = Open(LearnState, Actor(found.learner.id))
    await load(again, found)
    assert asdict(quiz_of(again)) | {"left": 0} == asdict(quiz_of(page)) | {"left": 0}
    await page.call("quiz_submit", block)
    result = quiz_of(page)
    assert (result.stage, result.passed, result.score) == ("result", True, "100 %: 6 of 6 points")
    assert not result.timed_out
    assert {r.verdict for r in result.reviews} == {"Right"}
    assert not page.state.to_pass
    await page.call("complete")
    assert page.state.done


async def test_no_answer_leaves_the_server_before_it_may(world: World) -> None:
    page, found = await reader(world)
    block = str(found.block)

    def sent() -> str:
        variables = {name: getattr(page.state, name) for name in page.state.base_vars if name != "is_hydrated"}
        return json_dumps(variables)

    stages = [sent()]
    await page.call("quiz_begin", block)
    stages.append(sent())
    await page.call("quiz_choose", block, quiz_of(page).questions[0].id, EVERY.questions[0].options[1].id)
    stages.append(sent())
    await page.call("quiz_submit", block)
    stages.append(sent())
    assert quiz_of(page).hidden == "The right answers are shown when you have passed."
    for text in stages:
        for secret in ("canary-", "918273", '"right"', '"key": "', "feedback"):
            assert secret not in text


async def test_time_that_ran_out_hands_in_what_was_there(world: World) -> None:
    no_luck = tuple(q for q in EVERY.questions if q.kind != "ordering")  # an order may be right from the start
    page, found = await reader(world, EVERY.model_copy(update={"questions": no_luck}))
    block = str(found.block)
    await page.call("quiz_begin", block)
    assert 55 <= quiz_of(page).left <= 60
    question = quiz_of(page).questions[3].id
    await page.call("quiz_write", block, question, "canary-answer")
    with clock.frozen(clock.now() + timedelta(seconds=70)):
        toast = await page.call("quiz_write", block, question, "wood")
        assert "time was up" in str(toast)
        assert (quiz_of(page).stage, quiz_of(page).score[:4]) == ("result", "20 %")
        assert quiz_of(page).timed_out
        await page.call("quiz_submit", block)
    assert (await found.record()).used == 1


async def test_a_page_that_hands_in_when_the_time_is_up_says_why(world: World) -> None:
    page, found = await reader(world)
    await page.call("quiz_begin", str(found.block))
    [(deadline,)] = await world.rows("SELECT deadline_at FROM quiz_attempt WHERE block_id = :b", b=found.block)
    with clock.frozen(deadline - timedelta(seconds=0.4)):  # a page counts in whole seconds
        await page.call("quiz_submit", str(found.block))
    assert quiz_of(page).timed_out


async def test_refused_answers_say_so_beside_their_question(world: World) -> None:
    page, found = await reader(world)
    block = str(found.block)
    await page.call("quiz_begin", block)
    text, number = quiz_of(page).questions[4].id, quiz_of(page).questions[5].id
    await page.call("quiz_write", block, text, "x" * 501)
    assert "at most 500" in page.state.errors[text]
    await page.call("quiz_write", block, number, "1")
    assert text in page.state.errors
    await page.call("quiz_write", block, text, "wood")
    assert (page.state.errors, quiz_of(page).questions[4].typed, page.state.handled) == ({}, "wood", 3)


async def test_who_lost_access_or_never_had_it_answers_nothing(world: World) -> None:
    page, found = await reader(world)
    block = str(found.block)
    await page.call("quiz_begin", block)
    question = quiz_of(page).questions[4].id
    async with db.transaction() as session:
        await access.take_back(session, "gift", str(found.course), "refund")
    assert "access" in str(await page.call("quiz_write", block, question, "canary-answer"))
    assert page.state.quizzes == {}
    await page.call("quiz_submit", block)
    record = await found.record()
    assert record.open is not None
    assert record.open.answers == {}
    stranger = Open(LearnState, Actor((await world.person()).id))
    await load(stranger, found)
    await stranger.call("quiz_begin", block)
    await stranger.call("quiz_submit", block)
    assert stranger.state.quizzes == {}


async def test_a_free_preview_shows_that_there_is_a_quiz(world: World) -> None:
    _page, found = await reader(world)
    await edit(
        as_creator(found.owner), found.course, lambda o: outline.change_lesson(o, found.lesson, preview=True)
    )  # fmt: skip
    await publish(as_creator(found.owner), found.course)
    for who in (ANONYMOUS, Actor((await world.person()).id)):
        page = Open(LearnState, who)
        await load(page, found)
        assert (quiz_of(page).stage, quiz_of(page).facts) == ("locked", "6 questions · 70 % to pass · 1 minute")
        if who.account_id:
            await page.call("quiz_begin", str(found.block))
    assert await world.rows("SELECT 1 FROM quiz_attempt WHERE product_id = :p", p=found.course) == []


async def test_a_creator_writes_a_quiz(world: World) -> None:
    found = await taught(world)
    page = Open(CurriculumState, as_creator(found.owner), course_id=str(found.course), lesson=str(found.lesson))
    await page.call("on_load")
    block = str(found.block)
    await page.call("quiz_add", block, "single")
    asked = page.state.quizzes[block].questions[-1]
    assert asked.lacks == "write what is asked."
    await page.call("quiz_write", block, asked.id, "prompt", "Which?")
    await page.call("quiz_write", block, asked.options[0].id, "words", "This")
    await page.call("quiz_write", block, asked.options[1].id, "words", "That")
    await page.call("quiz_remove", block, asked.options[2].id)
    assert page.state.quizzes[block].questions[-1].lacks == "mark the answer that is right."
    await page.call("quiz_mark", block, asked.options[1].id, True)
    assert page.state.quizzes[block].questions[-1].lacks == ""
    await page.call("quiz_setting", block, "minutes", "x")
    assert page.state.errors == {f"{block}:minutes": "A whole number from 0 to 600."}
    await page.call("quiz_setting", block, "minutes", "10")
    await page.call("quiz_remove", block, asked.id)
    assert len(page.state.quizzes[block].questions) == 2
    await page.call("undo")
    assert [q.prompt for q in page.state.quizzes[block].questions][-1] == "Which?"
    assert page.state.quizzes[block].minutes == "10"
    other = Open(CurriculumState, as_creator(found.owner), course_id=str(found.course), lesson=str(found.lesson))
    await other.call("on_load")
    await page.call("quiz_switch", block, "shuffle_questions", True)
    await other.call("quiz_add", block, "text")
    assert (other.state.stale, len(other.state.quizzes[block].questions)) == (True, 3)
