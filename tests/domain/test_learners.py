"""The creator's view of learners: figures that are right at once, and nobody else's."""

from __future__ import annotations

import asyncio
import csv
import io
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from starlette.applications import Starlette

from marketplace import db
from marketplace.api import course_files
from marketplace.clock import now
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.courses import learners, taking
from marketplace.domain.courses.learners import Learner, Overview, Stuck
from marketplace.domain.courses.outline import Block
from marketplace.errors import MarketplaceError
from marketplace.jobs.analytics import fold_lessons
from tests.domain.test_course_exchange import signed_in
from tests.domain.test_courses import as_creator, complete, course_of, editing, enter, publish
from tests.domain.world import World, together


async def overview(who: Actor, course: UUID) -> Overview:
    async with db.transaction() as session:
        return await learners.overview(session, who, course)


async def waiting(who: Actor, course: UUID, limit: int = 50) -> list[Stuck]:
    async with db.transaction() as session:
        return await learners.stuck(session, who, course, limit=limit)


async def pages(who: Actor, course: UUID, size: int) -> list[Learner]:
    found: list[Learner] = []
    while True:
        async with db.transaction() as session:
            page = await learners.page(session, who, course, after=found[-1].account_id if found else None, limit=size)
        found += page
        if len(page) < size:
            return found


async def away(learner: Account, course: UUID, days: int) -> None:
    async with db.transaction() as session:
        from sqlalchemy import text

        await session.execute(
            text("UPDATE enrolment SET opened_at = :at WHERE account_id = :a AND product_id = :p"),
            {"at": now() - timedelta(days=days), "a": learner.id, "p": course},
        )


async def test_each_learner_counts_once_for_each_lesson(world: World) -> None:
    """Whatever is opened and completed again, and whenever the sums are added up."""
    owner = await world.creator()
    who, product = as_creator(owner), await course_of(world, owner, 4)
    await publish(who, product.id)
    lessons = [le.id for le in (await editing(who, product.id)).outline.lessons]
    people = [await world.person() for _ in range(6)]
    dice, opened, done = random.Random(5), set[tuple[UUID, UUID]](), set[tuple[UUID, UUID]]()
    for step in range(80):
        person, lesson = dice.choice(people), dice.choice(lessons)
        if dice.random() < 0.4:
            await complete(person, product.id, lesson)
            done.add((lesson, person.id))
        else:
            await enter(person, product.id, lesson)
        opened.add((lesson, person.id))
        if step % 7 == 0:
            await fold_lessons()
        if step % 10 == 0:
            told = await overview(who, product.id)
            assert told.lessons == {
                i: (sum(le == i for le, _ in opened), sum(le == i for le, _ in done)) for i in {le for le, _ in opened}
            }
            assert told.enrolled == len({person for _, person in opened})
    await fold_lessons()
    finished = sum(all((le, p.id) in done for le in lessons) for p in people)
    assert (await overview(who, product.id)).finished == finished


async def test_a_crowd_counts_exactly_while_sums_are_added_up(world: World) -> None:
    owner = await world.creator()
    who, product = as_creator(owner), await course_of(world, owner, 2)
    await publish(who, product.id)
    lessons = [le.id for le in (await editing(who, product.id)).outline.lessons]
    people = [await world.person() for _ in range(12)]
    work = [f(p, product.id, le) for p in people for le in lessons for f in (enter, complete, complete)]
    random.Random(2).shuffle(work)
    answers = await together(*work, *(fold_lessons() for _ in range(6)), *(overview(who, product.id) for _ in range(6)))
    assert [a for a in answers if isinstance(a, Exception)] == []
    told = await overview(who, product.id)
    assert told.lessons == {lesson: (12, 12) for lesson in lessons}
    assert (told.enrolled, told.active, told.finished, told.stuck) == (12, 12, 12, 0)


async def test_a_fold_that_failed_adds_nothing(world: World) -> None:
    owner = await world.creator()
    who, product = as_creator(owner), await course_of(world, owner, 1)
    await publish(who, product.id)
    lesson = (await editing(who, product.id)).outline.lessons[0].id
    await fold_lessons()
    await enter(await world.person(), product.id, lesson)
    async with db.transaction() as session:
        assert await learners.fold(session, 100) == 1
        await session.rollback()
    assert (await overview(who, product.id)).lessons == {lesson: (1, 0)}
    await asyncio.gather(fold_lessons(), fold_lessons())
    assert (await overview(who, product.id)).lessons == {lesson: (1, 0)}


async def test_who_is_active_and_who_is_stuck(world: World) -> None:
    owner = await world.creator()
    who, product = as_creator(owner), await course_of(world, owner, 2)
    await publish(who, product.id)
    lessons = [le.id for le in (await editing(who, product.id)).outline.lessons]
    new, month, half, long_ago, done = [await world.person(name) for name in ("New", "Month", "Half", "Long", "Done")]
    for person, days in ((new, 13), (half, 15), (month, 29), (long_ago, 31), (done, 60)):
        for lesson in lessons if person is done else lessons[:1]:
            await complete(person, product.id, lesson)
        await away(person, product.id, days)
    told = await overview(who, product.id)
    assert (told.enrolled, told.active, told.finished, told.stuck) == (5, 3, 1, 3)
    found = await waiting(who, product.id)
    assert [s.name for s in found] == ["Half", "Month", "Long"], "who was here last comes first"
    assert not any(s.bought for s in found)
    async with db.transaction() as session:
        after = (found[0].opened_at, found[0].account_id)
        assert await learners.stuck(session, who, product.id, after=after, limit=1) == found[1:2]
    await enter(half, product.id, lessons[1])
    assert [s.name for s in await waiting(who, product.id)] == ["Month", "Long"]


async def staying(who: Actor, course: UUID, block: Block) -> list[int]:
    async with db.transaction() as session:
        return await learners.staying(session, who, course, block)


async def watch(person: Account, course: UUID, block: Block, position: int) -> None:
    async with db.direct() as connection:
        await taking.watched(
            connection, person.id, course, block.id, position_s=position, seconds=block.seconds, trusted=True
        )


async def test_where_viewers_leave_a_video(world: World) -> None:
    """Right at once, before and after it is added up; going back takes nothing away."""
    owner = await world.creator()
    who, product = as_creator(owner), await course_of(world, owner, 1)
    await publish(who, product.id)
    block = (await editing(who, product.id)).outline.lessons[0].blocks[0]
    assert await staying(who, product.id, block) == [0] * 60
    for n, reached in enumerate((0, 9, 10, 599, 600, 300)):
        person = await world.person()
        for position in (reached // 3, reached, reached // 2):
            await watch(person, product.id, block, position)
        if n % 2:
            await fold_lessons()
    for _ in range(2):
        stay = await staying(who, product.id, block)
        assert (stay[0], stay[1], stay[2], stay[30], stay[31], stay[59]) == (6, 4, 3, 3, 2, 2)
        assert stay == sorted(stay, reverse=True)
        await fold_lessons()
    assert await world.one("SELECT count(*) FROM reach_pending") == 0


async def test_two_tabs_of_one_learner_count_once(world: World) -> None:
    owner = await world.creator()
    who, product = as_creator(owner), await course_of(world, owner, 1)
    await publish(who, product.id)
    block = (await editing(who, product.id)).outline.lessons[0].blocks[0]
    people = [await world.person() for _ in range(4)]
    reports = [watch(p, product.id, block, position) for p in people for position in range(0, 600, 25)]
    random.Random(4).shuffle(reports)
    answers = await together(*reports, *(fold_lessons() for _ in range(4)))
    assert [a for a in answers if isinstance(a, Exception)] == []
    assert await staying(who, product.id, block) == [4] * 58 + [0] * 2
    await fold_lessons()
    assert await staying(who, product.id, block) == [4] * 58 + [0] * 2


async def test_the_table_of_learners_is_whole_and_harmless(world: World, browser: httpx.AsyncClient) -> None:
    owner, rival = await world.creator(), await world.creator()
    who, product = as_creator(owner), await course_of(world, owner, 3)
    await publish(who, product.id)
    lessons = [le.id for le in (await editing(who, product.id)).outline.lessons]
    people = [await world.person(name) for name in ("=cmd|' /C calc'!A0", "+1+1", 'Öykü, "Ö"', "Gone", "Customer")]
    for count, person in enumerate(people):
        await enter(person, product.id, lessons[0])
        for lesson in lessons[:count]:
            await complete(person, product.id, lesson)
    await world.rows("UPDATE account SET deleted_at = now(), name = '' WHERE id = :i", i=people[3].id)
    await world.rows(
        "INSERT INTO customer (creator_id, buyer_id, purchases, first_at, last_at) VALUES (:c, :b, 1, now(), now())",
        c=owner.id, b=people[4].id,
    )  # fmt: skip
    answer = await browser.get(f"/studio/products/{product.id}/learners.csv", headers=await signed_in(owner))
    assert answer.status_code == 200
    head, *table = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert head[0] == "Learner"
    told = {row[0]: row[1:2] + row[4:7] for row in table}
    assert told == {
        "'=cmd|' /C calc'!A0": ["", "0", "3", "0"], "'+1+1": ["", "1", "3", "33"], 'Öykü, "Ö"': ["", "2", "3", "67"],
        "Deleted account": ["", "3", "3", "100"], "Customer": [people[4].email, "3", "3", "100"],
    }  # fmt: skip
    assert [len(await pages(who, product.id, size)) for size in (1, 2, 5, 100)] == [5, 5, 5, 5]
    for stranger in (rival, people[0]):
        answer = await browser.get(f"/studio/products/{product.id}/learners.csv", headers=await signed_in(stranger))
        assert answer.status_code in (403, 404)
        assert "Customer" not in answer.text


async def test_learners_are_shown_to_their_creator_only(world: World) -> None:
    owner, rival, learner = await world.creator(), await world.creator(), await world.person()
    product = await course_of(world, owner, 1)
    await publish(as_creator(owner), product.id)
    block = (await editing(as_creator(owner), product.id)).outline.lessons[0].blocks[0]
    for stranger in (as_creator(rival), Actor(learner.id), Actor()):
        for call in (
            lambda s, who: learners.overview(s, who, product.id),
            lambda s, who: learners.staying(s, who, product.id, block),
            lambda s, who: learners.stuck(s, who, product.id, limit=5),
            lambda s, who: learners.page(s, who, product.id, limit=5),
        ):
            with pytest.raises(MarketplaceError):
                async with db.transaction() as session:
                    await call(session, stranger)  # type: ignore[no-untyped-call]
    with pytest.raises(MarketplaceError):
        await overview(as_creator(owner), uuid4())


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    app = httpx.ASGITransport(Starlette(routes=course_files.routes))
    async with httpx.AsyncClient(transport=app, base_url="http://product") as client:
        yield client
