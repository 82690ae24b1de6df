"""What waits in a browser: passes for kept lessons, and progress that is told late."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError
from sqlalchemy import event

from marketplace import clock, db, merging, offline
from marketplace.crypto import seal
from marketplace.domain.access.service import ANONYMOUS, Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.catalog.models import Product
from marketplace.domain.courses import service as courses
from marketplace.domain.courses import terms
from marketplace.domain.courses.outline import Lesson, Outline
from marketplace.domain.courses.service import outline
from marketplace.errors import Denied, Missing
from tests.domain.test_courses import as_creator, course_of, edit, editing, enter, publish
from tests.domain.world import World


class Taken:
    """A course of three lessons (film, text, film), and somebody who has it."""

    def __init__(self, world: World, owner: Account, learner: Account, product: Product, lessons: tuple[Lesson, ...]):
        self.world, self.owner, self.learner, self.product, self.lessons = world, owner, learner, product, lessons
        self.who = Actor(learner.id)

    async def merge(self, *rows: merging.Told, who: Actor | None = None) -> None:
        async with db.transaction() as session:
            await merging.merge(session, who or self.who, self.product.id, rows)

    async def standing(self) -> tuple[list[int], set[int]]:
        """(furthest of each film, completed lessons by place)"""
        furthest = dict(
            await self.world.rows(
                "SELECT block_id, furthest_s FROM block_progress WHERE account_id = :a", a=self.learner.id
            )
        )
        done = await self.world.rows("SELECT lesson_id FROM lesson_done WHERE account_id = :a", a=self.learner.id)
        places = {lesson.id: n for n, lesson in enumerate(self.lessons)}
        return [furthest.get(self.lessons[n].blocks[0].id, 0) for n in (0, 2)], {places[row[0]] for row in done}

    def told(self, n: int, position: float = 0, *, done: bool = False, ago_s: float = 0) -> merging.Told:
        at = (clock.now().timestamp() - ago_s) * 1000
        block = "" if done else str(self.lessons[n].blocks[0].id)
        return merging.Told(lesson=str(self.lessons[n].id), block=block, position=position, done=done, at=at)

    async def revoke(self) -> None:
        await self.world.rows(
            "UPDATE \"grant\" SET revoked_at = now(), revoked_reason = 'it was refunded' WHERE account_id = :a RETURNING 1",
            a=self.learner.id,
        )


async def taken(world: World, change: Callable[[Outline], Outline] = lambda o: o) -> Taken:
    owner, learner = await world.creator(), await world.person()
    product = await course_of(world, owner, 3)
    await edit(as_creator(owner), product.id, change)
    product = await publish(as_creator(owner), product.id)
    await world.rows(
        "INSERT INTO \"grant\" (id, account_id, product_id, source, source_id, granted_at, revoked_reason)"
        " VALUES (:i, :a, :p, 'free', :s, now(), '') RETURNING 1", i=uuid4(), a=learner.id, p=product.id, s=str(uuid4()),
    )  # fmt: skip
    lessons = (await editing(as_creator(owner), product.id)).outline.lessons
    with clock.frozen(clock.now() - timedelta(hours=2)):
        await enter(learner, product.id, lessons[0].id)
    return Taken(world, owner, learner, product, lessons)


async def test_what_was_done_offline_is_merged_once_and_never_goes_back(world: World) -> None:
    course = await taken(world)
    rows = (course.told(0, 580, ago_s=600), course.told(0, done=True, ago_s=500), course.told(1, done=True, ago_s=400))
    for _again in range(2):
        await course.merge(*rows)
        assert await course.standing() == ([580, 0], {0, 1})
    await course.merge(course.told(0, 20, ago_s=900))
    assert await course.standing() == ([580, 0], {0, 1})


async def test_who_lost_the_course_or_never_had_it_merges_nothing(world: World) -> None:
    course = await taken(world)
    await course.merge(course.told(1, done=True), who=Actor((await world.person()).id))
    with pytest.raises(Missing):
        await course.merge(course.told(1, done=True), who=ANONYMOUS)
    await course.revoke()
    await course.merge(course.told(1, done=True), course.told(0, 300))
    assert await course.standing() == ([0, 0], set())
    rows = await world.rows("SELECT count(*) FROM lesson_done WHERE product_id = :p", p=course.product.id)
    assert rows[0][0] == 0


async def test_a_course_in_order_is_merged_in_order_and_what_must_be_watched_was(world: World) -> None:
    def strict(o: Outline) -> Outline:
        return outline.change_lesson(outline.set_in_order(o, True), o.lessons[0].id, must_watch=True)

    course = await taken(world, strict)
    await course.merge(course.told(1, done=True, ago_s=5))
    await course.merge(course.told(0, done=True, ago_s=5))
    assert (await course.standing())[1] == set(), "neither open nor watched"
    # The film was opened again after its lesson was completed: its one row is younger.
    await course.merge(
        course.told(0, done=True, ago_s=20), course.told(1, done=True, ago_s=10), course.told(0, 600, ago_s=1)
    )
    assert (await course.standing())[1] == {0, 1}
    await course.merge(course.told(2, 600), course.told(2, 1e300), course.told(2, -7))
    assert (await course.standing())[0][1] <= 15, "nobody has watched a film that they never opened"


@pytest.mark.parametrize(
    "change",
    [{"position": float("nan")}, {"position": float("inf")}, {"at": float("nan")}, {"lesson": "x" * 41}, {"more": 1}],
)
def test_what_is_no_row_is_refused(change: dict[str, Any]) -> None:
    row = {"lesson": "a", "block": "b", "position": 1.0, "done": False, "at": 1.0}
    merging.Told.model_validate(row)
    with pytest.raises(ValidationError):
        merging.Told.model_validate({**row, **change})


@pytest.mark.parametrize("at", [-1e300, 0.0, 1e300, 9e15])
async def test_times_of_the_browser_are_believed_as_far_as_possible(world: World, at: float) -> None:
    course = await taken(world)
    row = course.told(0, 100).model_copy(update={"at": at})
    await course.merge(row)
    assert (await course.standing())[0][0] == 100


async def pack(who: Actor, product_id: UUID, lesson_id: UUID) -> offline.Kept:
    async with db.transaction() as session:
        return await offline.pack(session, who, product_id, lesson_id)


async def check(who: Actor, *passes: str) -> dict[str, Any]:
    async with db.transaction() as session:
        return await offline.check(session, who, passes)


async def test_a_pass_is_renewed_while_access_lasts_and_for_nobody_else(world: World) -> None:
    course = await taken(world)
    kept = await pack(course.who, course.product.id, course.lessons[1].id)
    assert ([b["kind"] for b in kept.body["blocks"]], kept.uris) == (["text"], {})
    sealed, lesson = kept.body["pass"], str(course.lessons[1].id)
    with clock.frozen(clock.now() + timedelta(days=10)):
        fresh = (await check(course.who, sealed))[lesson]
        assert fresh["expires"] > kept.body["expires"]
    assert (kept.body["done"], fresh["done"]) == (False, False)
    await course.merge(course.told(1, done=True))
    assert (await check(course.who, sealed))[lesson]["done"]
    assert (await pack(course.who, course.product.id, course.lessons[1].id)).body["done"]
    assert await check(Actor((await world.person()).id), sealed) == {}
    assert await check(ANONYMOUS, sealed) == {}
    assert await check(course.who, "", "nonsense", sealed[:-3] + "AAA", seal("offline [1, 2]"), seal("other []")) == {}
    await course.revoke()
    assert await check(course.who, sealed, fresh["pass"]) == {}
    with pytest.raises(Denied):
        await pack(course.who, course.product.id, course.lessons[1].id)


async def test_only_what_its_maker_allows_is_kept(world: World) -> None:
    course = await taken(world)
    film = (await pack(course.who, course.product.id, course.lessons[0].id)).body
    assert (film["left_out"], film["blocks"][0]["kind"]) == (["video"], "video")
    sealed = film["pass"]
    owner = as_creator(course.owner)
    await edit(owner, course.product.id, lambda o: outline.set_keep(o, "video"))
    await publish(owner, course.product.id)
    kept = await pack(course.who, course.product.id, course.lessons[0].id)
    assert (kept.body["left_out"], list(kept.uris)) == ([], [str(course.lessons[0].blocks[0].id)])
    assert (await check(course.who, sealed))[str(course.lessons[0].id)]["video"] is True
    await edit(owner, course.product.id, lambda o: outline.set_keep(o, "nothing"))
    await publish(owner, course.product.id)
    assert await check(course.who, sealed) == {}
    with pytest.raises(offline.NotKept):
        await pack(course.who, course.product.id, course.lessons[0].id)


async def test_a_kept_text_reads_as_it_does_online(world: World) -> None:
    course = await taken(world)
    owner, lesson = as_creator(course.owner), course.lessons[1]
    words = "> [!tip] Wet hands\n> Dry clay.\n\n:::reveal Why?\nIt sticks.\n:::\n"
    async with db.transaction() as session:
        await courses.write_text(session, owner, course.product.id, lesson.blocks[0].id, words, revision=None)
    await publish(owner, course.product.id)
    html = (await pack(course.who, course.product.id, lesson.id)).body["blocks"][0]["html"]
    assert 'class="callout' in html
    assert "<details" in html
    assert ":::" not in html


async def test_who_only_looks_keeps_nothing(world: World) -> None:
    course = await taken(world, lambda o: outline.change_lesson(o, o.lessons[1].id, preview=True))
    for who in (ANONYMOUS, Actor((await world.person()).id), as_creator(course.owner), Actor(uuid4(), "admin")):
        with pytest.raises(Denied):
            await pack(who, course.product.id, course.lessons[1].id)


async def test_what_came_after_a_final_deadline_holds_nothing_else_back(world: World) -> None:
    due = clock.now() + timedelta(hours=1)
    course = await taken(world, lambda o: terms.set_due(o, o.lessons[1].id, at=due, days=0, hard=True))
    with clock.frozen(due + timedelta(hours=1)):
        await course.merge(course.told(1, done=True, ago_s=5), course.told(0, done=True, ago_s=4))
    assert (await course.standing())[1] == {0}


@contextmanager
def statements() -> Iterator[list[str]]:
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(db.engine().sync_engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(db.engine().sync_engine, "before_cursor_execute", note)


async def test_much_at_once_costs_little_more_than_one(world: World) -> None:
    course = await taken(world)
    passes = [(await pack(course.who, course.product.id, lesson.id)).body["pass"] for lesson in course.lessons]
    with statements() as one:
        await check(course.who, passes[0])
    with statements() as many:
        kept = await check(course.who, *passes * 50)
    assert (len(kept), len(many)) == (3, len(one))

    reports = [course.told(0, second, ago_s=600 - second) for second in range(150)]
    with statements() as one:
        await course.merge(course.told(0, 150, ago_s=400), course.told(1, done=True))
    with statements() as many:
        await course.merge(*reports, *(course.told(1, done=True) for _ in range(40)), course.told(2, done=True))
    assert await course.standing() == ([150, 0], {1, 2})
    assert len(many) <= len(one) + 4
    with statements() as again:
        await course.merge(*(course.told(n, done=True) for n in (1, 2) * 90))
    assert len(again) < 12
