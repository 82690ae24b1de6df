"""Courses that come before others, deadlines, and days of learning, on a real database."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import DBAPIError

from marketplace import clock, db
from marketplace.classroom import comes_first, explain_part
from marketplace.domain.access.service import ANONYMOUS, Actor, Decision
from marketplace.domain.accounts import service as accounts
from marketplace.domain.accounts.models import Account
from marketplace.domain.activity import service as activity
from marketplace.domain.catalog import browse
from marketplace.domain.courses import taking, terms
from marketplace.domain.courses.errors import TooLate
from marketplace.errors import Invalid
from tests.domain.test_courses import as_creator, complete, course_of, edit, editing, publish
from tests.domain.test_quizzes import taught
from tests.domain.world import World, together


async def give(world: World, learner: Account, course: UUID, days_ago: int = 0) -> None:
    await world.rows(
        'INSERT INTO "grant" (id, account_id, product_id, source, source_id, granted_at, revoked_reason)'
        " VALUES (:i, :a, :p, 'free', :s, now() - make_interval(days => :d), '')",
        i=uuid4(), a=learner.id, p=course, s=str(uuid4()), d=days_ago,
    )  # fmt: skip


async def offer(world: World, owner: Account, title: str, lessons: int = 1, needs: tuple[UUID, ...] = ()) -> UUID:
    product = await course_of(world, owner, lessons, title=title)
    for need in needs:
        await edit(as_creator(owner), product.id, lambda o, n=need: terms.set_course_need(o, n, True))
    await publish(as_creator(owner), product.id)
    return product.id


async def asked(learner: Account, course: UUID, place: int = 0) -> Decision:
    async with db.transaction() as session:
        listing = (await browse.listings(session, [course]))[0]
        taught = await taking.course(session, course)
        assert taught is not None
        return await explain_part(session, Actor(learner.id), listing, taught, taught.outline.lessons[place])


async def first_lesson(owner: Account, course: UUID) -> UUID:
    return (await editing(as_creator(owner), course)).outline.lessons[0].id


async def test_a_course_opens_when_the_one_before_is_finished(world: World) -> None:
    owner, other, learner = await world.creator(), await world.creator(), await world.person()
    basics = await offer(world, other, "Wheel basics")
    bowls = await offer(world, owner, "Bowls", needs=(basics,))
    await give(world, learner, bowls)
    shut = await asked(learner, bowls)
    assert (shut.allowed, shut.code, shut.remedy) == (False, "locked", "first")
    assert shut.message == "This course opens when you have finished “Wheel basics”."
    async with db.transaction() as session:
        [shown] = await comes_first(session, Actor(learner.id), bowls)
        [strange] = await comes_first(session, ANONYMOUS, bowls)
    assert shut.target == shown["href"] == strange["href"]
    assert (shown["state"], shown["required"], strange["state"]) == ("", "1", "")
    await give(world, learner, basics)
    await complete(learner, basics, await first_lesson(other, basics))
    assert (await asked(learner, bowls)).code == "granted"
    async with db.transaction() as session:
        assert [row["state"] for row in await comes_first(session, Actor(learner.id), bowls)] == ["done"]


async def test_nobody_is_shut_out_by_what_somebody_else_does_later(world: World) -> None:
    owner, early, late = await world.creator(), await world.person(), await world.person()
    basics, bowls = await offer(world, owner, "Basics"), await offer(world, owner, "Bowls")
    await give(world, early, bowls, days_ago=1)
    await edit(as_creator(owner), bowls, lambda o: terms.set_course_need(o, basics, True))
    assert (await asked(early, bowls)).code == "granted"  # not published yet
    await publish(as_creator(owner), bowls)
    await give(world, late, bowls)
    assert (await asked(early, bowls)).code == "granted"  # had it before
    assert (await asked(late, bowls)).code == "locked"
    await world.rows("UPDATE product SET state = 'unpublished' WHERE id = :p", p=basics)
    assert (await asked(late, bowls)).code == "granted"  # can't be had any more
    await world.rows("UPDATE product SET state = 'published' WHERE id = :p", p=basics)
    await edit(as_creator(owner), bowls, lambda o: terms.set_course_need(o, basics, False))
    await publish(as_creator(owner), bowls)
    assert (await asked(late, bowls)).code == "granted"  # only recommended


async def test_courses_that_wait_for_each_other_are_refused_by_name(world: World) -> None:
    one, other = await world.creator(), await world.creator()
    a = await offer(world, one, "Clay A")
    b = await offer(world, other, "Clay B", needs=(a,))
    await edit(as_creator(one), a, lambda o: terms.set_course_need(o, b, True))
    with pytest.raises(Invalid, match="“Clay A” waits for “Clay B” and “Clay B” for “Clay A”"):
        await publish(as_creator(one), a)
    await edit(as_creator(one), a, lambda o: terms.set_course_need(o, b, False))
    await publish(as_creator(one), a)
    with pytest.raises(DBAPIError, match="wait for each other"):
        await world.rows("UPDATE course_needed SET required = true WHERE product_id = :a", a=a)


async def test_two_creators_publish_at_once(world: World) -> None:
    one, other = await world.creator(), await world.creator()
    a, b = await offer(world, one, "Left"), await offer(world, other, "Right")
    await edit(as_creator(one), a, lambda o: terms.set_course_need(o, b, True))
    await edit(as_creator(other), b, lambda o: terms.set_course_need(o, a, True))
    answers = await together(publish(as_creator(one), a), publish(as_creator(other), b))
    assert sum(isinstance(answer, Invalid) for answer in answers) == 1
    assert await world.one("SELECT count(*) FROM course_needed WHERE product_id IN (:a, :b)", a=a, b=b) == 1


async def test_after_a_hard_deadline_a_lesson_is_read_and_not_completed(world: World) -> None:
    owner, late, soft = await world.creator(), await world.person(), await world.person()
    product = await course_of(world, owner, 2)
    who = as_creator(owner)
    first, second = (lesson.id for lesson in (await editing(who, product.id)).outline.lessons)
    await edit(who, product.id, lambda o: terms.set_due(o, first, at=None, days=2, hard=True))
    await edit(who, product.id, lambda o: terms.set_due(o, second, at=None, days=2, hard=False))
    await publish(who, product.id)
    for learner in (late, soft):
        await give(world, learner, product.id, days_ago=4)
    assert (await asked(late, product.id)).allowed
    with pytest.raises(TooLate):
        await complete(late, product.id, first)
    assert second in (await complete(late, product.id, second)).done  # overdue, and that is all
    await edit(who, product.id, lambda o: terms.set_due(o, first, at=None, days=30, hard=True))
    await publish(who, product.id)
    assert (await complete(late, product.id, first)).standing.finished


async def test_after_a_hard_deadline_a_quiz_is_not_begun_but_handed_in(world: World) -> None:
    sat = await taught(world)
    await give(world, sat.learner, sat.course, days_ago=3)
    who = as_creator(sat.owner)
    at = clock.now() + timedelta(hours=1)
    await edit(who, sat.course, lambda o: terms.set_due(o, sat.lesson, at=at, days=0, hard=True))
    await publish(who, sat.course)
    begun = await sat.begin()
    with clock.frozen(at + timedelta(minutes=1)):
        await sat.submit(begun.id)
        with pytest.raises(TooLate):
            await sat.begin()


async def test_a_day_of_learning_is_the_learners_own(world: World) -> None:
    learner = await world.person()
    async with db.transaction() as session:
        await accounts.set_zone(session, Actor(learner.id), "Pacific/Auckland", first=True)
        await accounts.set_zone(
            session, Actor(learner.id), "Europe/Paris", first=True
        )  # a second browser changes nothing
    evening = datetime.fromisoformat("2026-03-10T20:00:00+00:00")
    for hours in (0, 0, 3, 24):
        with clock.frozen(evening + timedelta(hours=hours)):
            async with db.transaction() as session:
                await activity.note(session, learner.id)
    with clock.frozen(evening + timedelta(hours=26)):
        async with db.transaction() as session:
            told = await activity.told(session, learner.id, await accounts.zone_of(session, learner.id))
    assert (told.streak.current, told.streak.longest, told.streak.today) == (2, 2, True)
    found = await world.rows("SELECT day::text FROM activity_day WHERE account_id = :a ORDER BY 1", a=learner.id)
    assert [row[0] for row in found] == ["2026-03-11", "2026-03-12"]


async def test_a_goal_is_from_one_to_seven_days(world: World) -> None:
    learner = await world.person()
    for days in (3, 5, 0):
        async with db.transaction() as session:
            await activity.set_goal(session, Actor(learner.id), days)
        async with db.transaction() as session:
            assert (await activity.told(session, learner.id, "")).goal == days
    with pytest.raises(Invalid):
        async with db.transaction() as session:
            await activity.set_goal(session, Actor(learner.id), 8)
