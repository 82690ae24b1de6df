"""Rules of a course, the learner's board and badges through the pages' own handlers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import event

from marketplace import clock, db
from marketplace.domain.access.service import ANONYMOUS, Actor
from marketplace.domain.accounts import service as accounts
from marketplace.domain.accounts.models import Account
from marketplace.domain.courses import outline, terms
from marketplace.domain.courses import service as courses
from marketplace.state.badges import BadgesState
from marketplace.state.curriculum import CurriculumState
from marketplace.state.learn import LearnState
from marketplace.state.learners import LearnersState
from marketplace.state.learning import LearningState
from marketplace.state.lesson import LessonState
from marketplace.state.time_zone import TimeZoneState
from tests.domain.test_course_rules import first_lesson, give, offer
from tests.domain.test_courses import as_creator, complete, course_of, edit, editing, enter, publish
from tests.domain.world import World
from tests.state.pages import Open


async def slug_of(owner: Account, course: UUID) -> str:
    async with db.transaction() as session:
        return (await courses.load(session, as_creator(owner), course)).product.slug


async def test_a_creator_sets_the_rules_of_a_lesson(world: World) -> None:
    owner, stranger = await world.creator(), await world.creator()
    product = await course_of(world, owner, 2)
    who = as_creator(owner)
    first, second = (lesson.id for lesson in (await editing(who, product.id)).outline.lessons)
    page = Open(CurriculumState, who, course_id=str(product.id), lesson=str(second))
    await page.call("on_load")
    state = page.state
    await page.call("set_time_zone", "America/New_York")
    await page.call("set_due_at", "2027-03-14T02:30")  # an hour that clocks there skip
    assert (state.errors, state.terms["due_at"]) == ({}, "2027-03-14T03:30")
    await page.call("set_due_hard", True)
    await page.call("set_due_days", "3")
    assert "either a date or a number of days" in state.errors["due_days"]
    await page.call("set_due_at", "2027-13-99")
    assert "Choose a day and a time" in state.errors["due_at"]
    await page.call("set_opens_at", "")
    await page.call("add_need", str(first))
    assert [row["id"] for row in state.needs] == [str(first)]
    saved = (await editing(who, product.id)).outline.find(second)
    assert saved is not None
    assert (saved.due_at.isoformat(), saved.due_hard, saved.needs) == ("2027-03-14T07:30:00+00:00", True, (first,))  # type: ignore[union-attr]
    other = Open(CurriculumState, as_creator(stranger), course_id=str(product.id), lesson=str(second))
    await other.call("on_load")
    assert other.state.failure
    await other.call("add_need", str(first))
    assert (await editing(who, product.id)).outline.find(second) == saved


async def test_a_creator_names_a_course_that_comes_first(world: World) -> None:
    owner, other, visitor = await world.creator(), await world.creator(), await world.person()
    mine, theirs = await offer(world, owner, "Mine"), await offer(world, other, "Theirs")
    page = Open(CurriculumState, as_creator(owner), course_id=str(mine))
    await page.call("on_load")
    for wrong in ("/courses/nothing-here", "x" * 5000, str(uuid4()), await slug_of(owner, mine)):
        await page.call("add_course_need", {"address": wrong, "course": ""})
        assert page.state.errors["course_need"]
    await page.call(
        "add_course_need", {"address": f"https://h/courses/{await slug_of(other, theirs)}?x=1", "course": ""}
    )
    assert [(row["title"], row["required"]) for row in page.state.course_needs] == [("Theirs", "1")]
    await publish(as_creator(owner), mine)
    shop = Open(LessonState, Actor(visitor.id), course_slug=await slug_of(owner, mine))
    async with db.transaction() as session:
        from marketplace.classroom import comes_first

        assert [row["title"] for row in await comes_first(session, Actor(visitor.id), mine)] == ["Theirs"]
    assert shop.state.first == []
    back = Open(CurriculumState, as_creator(other), course_id=str(theirs))
    await back.call("on_load")
    await back.call("add_course_need", {"address": await slug_of(owner, mine), "course": ""})
    assert "“Theirs” waits for “Mine” and “Mine” for “Theirs”" in back.state.errors["course_need"]
    await give(world, visitor, mine)
    learn = Open(
        LearnState,
        Actor(visitor.id),
        course_slug=await slug_of(owner, mine),
        lesson_id=str(await first_lesson(owner, mine)),
    )
    await learn.call("on_load")
    assert (learn.state.denied, learn.state.remedy, learn.state.target) == (
        "This course opens when you have finished “Theirs”.", "first", f"/courses/{await slug_of(other, theirs)}",
    )  # fmt: skip
    assert learn.state.blocks == []


async def test_the_board_tells_what_is_next_and_due(world: World) -> None:
    owner, learner = await world.creator(), await world.person()
    product = await course_of(world, owner, 4)
    who = as_creator(owner)
    ids = [lesson.id for lesson in (await editing(who, product.id)).outline.lessons]
    soon, far = clock.now() + timedelta(days=3), clock.now() + timedelta(days=30)
    await edit(who, product.id, lambda o: terms.set_due(o, ids[1], at=soon, days=0, hard=True))
    await edit(who, product.id, lambda o: terms.set_due(o, ids[2], at=None, days=1, hard=False))
    await edit(who, product.id, lambda o: terms.set_due(o, ids[3], at=far, days=0, hard=False))
    await edit(who, product.id, lambda o: terms.set_time_zone(o, "UTC"))
    await publish(who, product.id)
    await give(world, learner, product.id, days_ago=3)
    await enter(learner, product.id, ids[0])
    await complete(learner, product.id, ids[0])
    async with db.transaction() as session:
        await accounts.set_zone(session, Actor(learner.id), "Asia/Tokyo")
    page = Open(LearningState, Actor(learner.id))
    await page.call("on_load")
    state = page.state
    [going] = state.going
    assert (going["lesson"], going["percent"], going["shut"], going["label"]) == ("Lesson 1", "25", "", "Continue")
    assert [(row["lesson"], row["overdue"], row["hard"]) for row in state.deadlines] == [
        ("Lesson 2", "1", ""),
        ("Lesson 1", "", "1"),
    ]
    assert all(row["there"].endswith("UTC") for row in state.deadlines)
    assert state.streak["current"] == "1 day in a row"
    await page.call("set_goal", "3")
    assert (state.goal, state.streak["week"]) == ("3", "1 of 3 days this week")
    gone = await Open(LearningState, ANONYMOUS).call("on_load")
    assert "login" in str(gone)


async def test_a_browser_says_its_zone_once_and_settings_change_it(world: World) -> None:
    learner = await world.person()
    page = Open(TimeZoneState, Actor(learner.id))
    for name in ("Not/AZone", "Europe/Oslo", "Europe/Paris"):
        await page.call("from_browser", name)
    await page.call("look")
    assert page.state.zone == "Europe/Oslo"
    await page.call("choose", "Asia/Kathmandu")
    await page.call("choose", "Nowhere")
    assert page.state.errors["time_zone"]
    await page.call("look")
    assert page.state.zone == "Asia/Kathmandu"


async def test_a_learner_reads_when_a_lesson_is_due(world: World) -> None:
    owner, learner = await world.creator(), await world.person()
    product = await course_of(world, owner, 1)
    who, lesson = as_creator(owner), await first_lesson(owner, product.id)
    at = datetime.fromisoformat("2027-07-01T16:00:00+00:00")
    await edit(who, product.id, lambda o: terms.set_due(o, lesson, at=at, days=0, hard=True))
    await publish(who, product.id)
    await give(world, learner, product.id)
    async with db.transaction() as session:
        await accounts.set_zone(session, Actor(learner.id), "Europe/Berlin")
    page = Open(LearnState, Actor(learner.id), course_slug=await slug_of(owner, product.id), lesson_id=str(lesson))
    with clock.frozen(at - timedelta(days=9)):
        await page.call("on_load")
    words = "Due on 1 July 2027 at 18:00 your time (1 July 2027 at 16:00 in UTC). After that it can't be completed."
    assert (page.state.due, page.state.due_kind) == (words, "ahead")
    with clock.frozen(at + timedelta(minutes=1)):
        await page.call("on_load")
        assert page.state.due_kind == "over"
        assert page.state.blocks
        await page.call("complete")
    assert not page.state.done


async def test_badges_are_written_by_their_owner_alone(world: World) -> None:
    owner, stranger = await world.creator(), await world.creator()
    course = await offer(world, owner, "Clay")
    page = Open(BadgesState, as_creator(owner))
    await page.call("on_load")
    await page.call("begin")
    assert [one["label"] for one in page.state.options] == ["Finish “Clay”"]
    form: dict[str, Any] = {"name": "Knows clay", "description": "Really", "skills": "a, b", "needed": ""}
    await page.call("save", form)
    assert "at least one course" in page.state.errors["rule"]
    await page.call("add_item", f"{course}:")
    await page.call("save", {**form, "needed": "7"})
    assert page.state.errors["needed"]
    await page.call("save", form)
    [row] = page.state.rows
    assert (row["name"], row["skills"], row["asks"]) == ("Knows clay", "a · b", "Finished “Clay”.")
    other = Open(BadgesState, as_creator(stranger))
    await other.call("on_load")
    assert other.state.rows == []
    await other.call("archive", row["id"])
    await other.call("edit", row["id"])
    assert other.state.draft == {}
    house = Open(BadgesState, as_creator(owner))
    assert "/admin" in str(await house.call("on_load_house"))
    await page.call("archive", row["id"])
    assert page.state.rows == []


async def test_the_page_of_learners_shows_who_is_overdue(world: World) -> None:
    owner, learner = await world.creator(), await world.person()
    course = await offer(world, owner, "Clay")
    lesson = await first_lesson(owner, course)
    await edit(as_creator(owner), course, lambda o: terms.set_due(o, lesson, at=None, days=1, hard=False))
    await publish(as_creator(owner), course)
    await give(world, learner, course, days_ago=4)
    await enter(learner, course, lesson)
    page = Open(LearnersState, as_creator(owner), course_id=str(course))
    await page.call("on_load")
    assert [(row["lesson"], row["percent"]) for row in page.state.overdue] == [("Lesson 0", "0\N{NO-BREAK SPACE}%")]


async def test_a_course_of_five_hundred_ruled_lessons_opens_with_few_queries(world: World) -> None:
    owner, learner = await world.creator(), await world.person()
    basics = await offer(world, owner, "Basics")
    product = await course_of(world, owner, 2)
    who = as_creator(owner)

    def grow(shown: outline.Outline) -> outline.Outline:
        block, before = shown.lessons[1].blocks[0], shown.lessons[0]
        more = [
            outline.Lesson(
                title=f"Lesson {n} with a long title", due_days=n % 300 + 1, needs=(before.id,), blocks=(block.model_copy(update={"id": uuid4()}),)
            )
            for n in range(498)
        ]  # fmt: skip
        section = shown.sections[0].model_copy(update={"lessons": (*shown.lessons, *more)})
        return terms.set_course_need(shown.model_copy(update={"sections": (section,)}), basics, True)

    await edit(who, product.id, grow)
    await publish(who, product.id)
    for course in (basics, product.id):
        await give(world, learner, course)
    await complete(learner, basics, await first_lesson(owner, basics))
    lessons = (await editing(who, product.id)).outline.lessons
    await complete(learner, product.id, lessons[0].id)
    address = {"course_slug": await slug_of(owner, product.id), "lesson_id": str(lessons[250].id)}
    page, statements = Open(LearnState, Actor(learner.id), **address), []

    def count(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    await page.call("on_load")  # the outline is read once
    event.listen(db.engine().sync_engine, "before_cursor_execute", count)
    try:
        await page.call("on_load")
    finally:
        event.remove(db.engine().sync_engine, "before_cursor_execute", count)
    assert page.state.due.startswith("Due on")
    assert len(statements) <= 26, statements


async def test_news_say_what_came_back_and_what_went(world: World) -> None:
    owner, learner = await world.creator(), await world.person()
    product, who = await course_of(world, owner, 3), as_creator(owner)
    ids = [lesson.id for lesson in (await editing(who, product.id)).outline.lessons]
    slug = (await publish(who, product.id)).slug
    await give(world, learner, product.id)
    await complete(learner, product.id, ids[1])
    page = Open(LearnState, Actor(learner.id), course_slug=slug, lesson_id=str(ids[0]))
    for lesson in (ids[1], ids[2]):
        await edit(who, product.id, lambda o, lesson=lesson: outline.remove_lesson(o, lesson))
    await publish(who, product.id)
    await page.call("on_load")
    assert [(one["words"], one["title"]) for one in page.state.news] == [
        ("Lesson removed", "Lesson 1"), ("Lesson removed", "Lesson 2"),
    ]  # fmt: skip
    await page.call("seen_news")
    async with db.transaction() as session:
        await courses.take_back_to(session, who, product.id, 1, revision=None)
    await publish(who, product.id)
    await page.call("on_load")
    assert [(one["words"], one["title"]) for one in page.state.news] == [
        ("Lesson back again", "Lesson 1"), ("New lesson", "Lesson 2"),
    ]  # fmt: skip


async def test_the_board_goes_on_with_what_can_still_be_done(world: World) -> None:
    owner, learner = await world.creator(), await world.person()
    product, who = await course_of(world, owner, 2), as_creator(owner)
    ids = [lesson.id for lesson in (await editing(who, product.id)).outline.lessons]
    soon = clock.now() + timedelta(hours=1)
    await edit(who, product.id, lambda o: terms.set_due(o, ids[0], at=soon, days=0, hard=True))
    await publish(who, product.id)
    await give(world, learner, product.id)
    await enter(learner, product.id, ids[0])
    page = Open(LearningState, Actor(learner.id))
    with clock.frozen(soon + timedelta(hours=1)):
        await page.call("on_load")
        [going] = page.state.going
        assert (going["lesson"], going["lessons"]) == ("Lesson 1", "0 of 2 lessons")
        await complete(learner, product.id, ids[1])
        await page.call("on_load")
    assert page.state.going == []
