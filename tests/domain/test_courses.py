"""Courses on a real database: edits, versions, and what learners keep."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError

from marketplace import db
from marketplace.checkout import explain
from marketplace.classroom import explain_part
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.catalog import browse
from marketplace.domain.catalog import service as catalog
from marketplace.domain.catalog.errors import NotReady
from marketplace.domain.catalog.models import Product
from marketplace.domain.courses import service as courses
from marketplace.domain.courses import store, taking
from marketplace.domain.courses.errors import NoSuchLessonInCourse, StaleOutline, StillToWatch
from marketplace.domain.courses.outline import Outline
from marketplace.domain.courses.service import Editing, outline
from marketplace.domain.learning import service as learning
from marketplace.errors import Conflict, Missing, SignInNeeded
from tests.domain.world import World, together


def as_creator(account: Account) -> Actor:
    return Actor(account.id, "member", True)


async def edit(who: Actor, course: UUID, change: Callable[[Outline], Outline], revision: int | None = None) -> Editing:
    async with db.transaction() as session:
        return await courses.edit(session, who, course, change, revision=revision)


async def publish(who: Actor, course: UUID) -> Product:
    async with db.transaction() as session:
        return await courses.publish(session, who, course, revision=None)


async def editing(who: Actor, course: UUID) -> Editing:
    async with db.transaction() as session:
        return await courses.load(session, who, course)


async def with_lesson(world: World, owner: Account, course: UUID, title: str, *, video: bool = True) -> UUID:
    """At the end of the course, with a video of 600 s, or with a text."""
    who = as_creator(owner)
    shown = await edit(who, course, lambda o: outline.add_lesson(o, o.sections[-1].id, title)[0])
    lesson = shown.outline.lessons[-1].id
    if video:
        video_id, _image = await world.media_of(owner)
        async with db.transaction() as session:
            await courses.put_video(session, who, course, lesson, video_id)
    else:
        async with db.transaction() as session:
            shown = await courses.add_text(session, who, course, lesson, revision=None)
            block = shown.outline.lessons[-1].blocks[0].id
            await courses.write_text(session, who, course, block, "Some words", revision=None)
    return lesson


async def course_of(world: World, owner: Account, lessons: int = 3, **changes: Any) -> Product:
    """A draft with one section; free, unless ``changes`` say otherwise."""
    _video, image = await world.media_of(owner)
    who = as_creator(owner)
    fields = {
        "title": f"A course {uuid4().hex[:8]}", "summary": "Of clay", "description_md": "How to", "topic": "pottery",
        "price_kind": "free", "image_id": image, **changes,
    }  # fmt: skip
    async with db.transaction() as session:
        product = await catalog.create(session, who, "course")
        await catalog.save(session, who, product.id, fields, revision=None)
    await edit(who, product.id, lambda o: outline.add_section(o, "One")[0])
    for n in range(lessons):
        await with_lesson(world, owner, product.id, f"Lesson {n}", video=n % 2 == 0)
    return product


async def enter(learner: Account, course: UUID, lesson: UUID) -> taking.Learner:
    async with db.transaction() as session:
        taught = await taking.course(session, course)
        assert taught is not None
        found = taught.outline.find(lesson)
        assert found is not None
        return await taking.enter(session, learner.id, course, taught, found)


async def complete(learner: Account, course: UUID, lesson: UUID) -> taking.Learner:
    async with db.transaction() as session:
        return await taking.complete(session, learner.id, course, lesson)


async def test_a_course_is_published_with_its_outline_and_length(world: World) -> None:
    owner = await world.creator()
    product = await course_of(world, owner, 3)
    done = await publish(as_creator(owner), product.id)
    assert (done.state, done.duration_s) == ("published", 1260)
    async with db.transaction() as session:
        taught = await taking.course(session, product.id)
    assert taught is not None
    assert [le.title for le in taught.outline.lessons] == ["Lesson 0", "Lesson 1", "Lesson 2"]


async def test_what_is_not_ready_says_which_lesson(world: World) -> None:
    owner = await world.creator()
    product = await course_of(world, owner, 0)
    with pytest.raises(NotReady, match="at least one lesson"):
        await publish(as_creator(owner), product.id)
    await edit(as_creator(owner), product.id, lambda o: outline.add_lesson(o, o.sections[0].id, "Bare")[0])
    with pytest.raises(NotReady, match="“Bare” is empty"):
        await publish(as_creator(owner), product.id)
    lesson = (await editing(as_creator(owner), product.id)).outline.lessons[0].id
    video, _image = await world.media_of(owner, state="transcoding")
    async with db.transaction() as session:
        await courses.put_video(session, as_creator(owner), product.id, lesson, video)
    with pytest.raises(NotReady, match="“Bare”: the video is still being prepared"):
        await publish(as_creator(owner), product.id)


async def test_two_tabs_edit_one_outline(world: World) -> None:
    owner = await world.creator()
    who, product = as_creator(owner), await course_of(world, owner, 1)
    revision = (await editing(who, product.id)).revision
    answers = await together(
        *(edit(who, product.id, lambda o, n=n: outline.add_section(o, f"Tab {n}")[0], revision) for n in range(5))
    )
    assert sum(isinstance(a, Editing) for a in answers) == 1
    assert sum(isinstance(a, StaleOutline) for a in answers) == 4
    assert len((await editing(who, product.id)).outline.sections) == 2


async def test_nobody_else_edits_reads_or_publishes(world: World) -> None:
    owner, rival, learner = await world.creator(), await world.creator(), await world.person()
    product = await course_of(world, owner, 1)
    video, _image = await world.media_of(owner)
    lesson = (await editing(as_creator(owner), product.id)).outline.lessons[0].id
    for stranger in (as_creator(rival), Actor(learner.id)):
        with pytest.raises(Missing):
            await editing(stranger, product.id)
        with pytest.raises(Missing):
            await edit(stranger, product.id, lambda o: Outline())
        with pytest.raises(Missing):
            await publish(stranger, product.id)
    with pytest.raises(SignInNeeded):
        await editing(Actor(), product.id)
    own = await course_of(world, rival, 1)
    theirs = (await editing(as_creator(rival), own.id)).outline.lessons[0].id
    with pytest.raises(Missing):  # another's video in a course of one's own
        async with db.transaction() as session:
            await courses.put_video(session, as_creator(rival), own.id, theirs, video)
    with pytest.raises(Missing):  # a lesson is no course
        await editing(as_creator(owner), (await world.lesson(owner)).id)
    with pytest.raises(Missing):
        await edit(as_creator(rival), own.id, lambda o: outline.remove_lesson(o, lesson))


async def test_learners_see_a_version_until_the_next_one(world: World) -> None:
    owner = await world.creator()
    who, product = as_creator(owner), await course_of(world, owner, 2)
    await publish(who, product.id)
    shown = await editing(who, product.id)
    block = shown.outline.lessons[1].blocks[0]
    async with db.transaction() as session:
        await courses.write_text(session, who, product.id, block.id, "Better words", revision=None)
    assert [(c.kind, c.title) for c in (await editing(who, product.id)).changes] == [("edited", "Lesson 1")]
    async with db.transaction() as session:
        taught = await taking.course(session, product.id)
        assert taught is not None
        old = (await courses.contents(session, taught.outline.lessons[1]))[block.id].body
    assert old == {"md": "Some words"}
    await publish(who, product.id)
    async with db.transaction() as session:
        taught = await taking.course(session, product.id)
        assert taught is not None
        new = (await courses.contents(session, taught.outline.lessons[1]))[block.id].body
    assert (taught.number, new) == (2, {"md": "Better words"})
    await publish(who, product.id)
    async with db.transaction() as session:
        assert [v.number for v in await courses.versions(session, who, product.id)] == [2, 1]


async def test_the_database_keeps_versions_as_they_are(world: World) -> None:
    owner = await world.creator()
    product = await course_of(world, owner, 1)
    await publish(as_creator(owner), product.id)
    for statement in (
        "UPDATE course_version SET notes = 'x' WHERE product_id = :p",
        "DELETE FROM course_version WHERE product_id = :p",
    ):
        with pytest.raises((DBAPIError, psycopg.Error), match="never changed"):
            await world.rows(statement, p=product.id)


async def test_back_to_an_older_version(world: World) -> None:
    owner = await world.creator()
    who, product = as_creator(owner), await course_of(world, owner, 3)
    await publish(who, product.id)
    before = (await editing(who, product.id)).outline
    await edit(who, product.id, lambda o: outline.remove_lesson(o, o.lessons[0].id))
    await publish(who, product.id)
    async with db.transaction() as session:
        await courses.take_back_to(session, who, product.id, 1, revision=None)
    await publish(who, product.id)
    async with db.transaction() as session:
        taught = await taking.course(session, product.id)
    assert taught is not None
    assert (taught.number, taught.outline) == (3, before)


async def test_a_new_version_takes_nothing_away_from_who_finished(world: World) -> None:
    owner, learner = await world.creator(), await world.person()
    who, product = as_creator(owner), await course_of(world, owner, 2)
    await publish(who, product.id)
    first, second = (lesson.id for lesson in (await editing(who, product.id)).outline.lessons)
    assert (await enter(learner, product.id, first)).standing.percent == 0
    assert (await complete(learner, product.id, first)).standing.percent == 50
    assert (await complete(learner, product.id, second)).standing.finished
    third = await with_lesson(world, owner, product.id, "An encore", video=False)
    await publish(who, product.id)
    seen = await enter(learner, product.id, first)
    assert (seen.standing.percent, seen.standing.fresh) == (100, (third,))
    assert [(c.kind, c.title) for c in seen.news] == [("added", "An encore")]
    async with db.transaction() as session:
        await taking.seen_news(session, learner.id, product.id, 2)
    assert (await enter(learner, product.id, first)).news == []
    newcomer = await world.person()
    assert (await complete(newcomer, product.id, first)).standing.percent == 33


async def test_a_removed_lesson_is_kept_for_its_return(world: World) -> None:
    owner, learner = await world.creator(), await world.person()
    who, product = as_creator(owner), await course_of(world, owner, 3)
    await publish(who, product.id)
    lessons = [lesson.id for lesson in (await editing(who, product.id)).outline.lessons]
    await complete(learner, product.id, lessons[0])
    await edit(who, product.id, lambda o: outline.remove_lesson(o, lessons[0]))
    await publish(who, product.id)
    with pytest.raises(NoSuchLessonInCourse):
        await complete(learner, product.id, lessons[0])
    assert (await enter(learner, product.id, lessons[1])).standing.done == ()
    async with db.transaction() as session:
        await courses.take_back_to(session, who, product.id, 1, revision=None)
    await publish(who, product.id)
    assert (await enter(learner, product.id, lessons[1])).standing.done == (lessons[0],)


async def test_what_has_to_be_watched_is(world: World) -> None:
    owner, learner = await world.creator(), await world.person()
    who, product = as_creator(owner), await course_of(world, owner, 1)
    lesson = (await editing(who, product.id)).outline.lessons[0]
    await edit(who, product.id, lambda o: outline.change_lesson(o, lesson.id, must_watch=True))
    await publish(who, product.id)
    block = lesson.blocks[0].id
    with pytest.raises(StillToWatch):
        await complete(learner, product.id, lesson.id)
    async with db.transaction() as session:
        for position, furthest in ((300, 300), (-50, 300), (float("nan"), 300), (10, 300), (1e9, 600)):
            told = await taking.watched(
                session, learner.id, product.id, block, position_s=position, seconds=600, trusted=True
            )
            assert told == furthest, position
    assert (await complete(learner, product.id, lesson.id)).standing.finished


async def test_completing_twice_and_at_once_is_once(world: World) -> None:
    owner, learner = await world.creator(), await world.person()
    product = await course_of(world, owner, 2)
    await publish(as_creator(owner), product.id)
    first = (await editing(as_creator(owner), product.id)).outline.lessons[0].id
    answers = await together(*(complete(learner, product.id, first) for _ in range(8)))
    assert all(isinstance(a, taking.Learner) for a in answers), answers
    rows = await world.rows("SELECT count(*) FROM lesson_done WHERE account_id = :a", a=learner.id)
    assert rows[0][0] == 1


async def test_where_to_go_on(world: World) -> None:
    owner, learner = await world.creator(), await world.person()
    product = await course_of(world, owner, 3)
    await publish(as_creator(owner), product.id)
    lessons = [lesson.id for lesson in (await editing(as_creator(owner), product.id)).outline.lessons]

    async def place() -> UUID | None:
        async with db.transaction() as session:
            taught = await taking.course(session, product.id)
            assert taught is not None
            found = await taking.place(session, learner.id, product.id, taught)
        return found.id if found else None

    assert await place() == lessons[0]
    await enter(learner, product.id, lessons[1])
    assert await place() == lessons[1]
    await complete(learner, product.id, lessons[1])
    assert await place() == lessons[2]
    await complete(learner, product.id, lessons[2])
    assert await place() == lessons[0]


async def test_a_course_stands_in_the_library_with_how_far_one_is(world: World) -> None:
    owner, learner = await world.creator(), await world.person()
    product = await course_of(world, owner, 2)
    await publish(as_creator(owner), product.id)
    await world.rows(
        "INSERT INTO \"grant\" (id, account_id, product_id, source, source_id, granted_at, revoked_reason)"
        " VALUES (:i, :a, :p, 'free', :s, now(), '')", i=uuid4(), a=learner.id, p=product.id, s=str(uuid4()),
    )  # fmt: skip
    lessons = [lesson.id for lesson in (await editing(as_creator(owner), product.id)).outline.lessons]

    async def shelves() -> dict[str, list[UUID]]:
        async with db.transaction() as session:
            return {
                **{s: (await learning.library(session, learner.id, standing=s)).product_ids for s in ("new", "going", "done")},
                "continue": await learning.going(session, learner.id, 5),
            }  # fmt: skip

    assert await shelves() == {"new": [product.id], "going": [], "done": [], "continue": []}
    await complete(learner, product.id, lessons[0])
    assert await shelves() == {"new": [], "going": [product.id], "done": [], "continue": [product.id]}
    async with db.transaction() as session:
        assert await learning.consumed(session, learner.id, [product.id]) == {product.id: 50}
    await complete(learner, product.id, lessons[1])
    assert await shelves() == {"new": [], "going": [], "done": [product.id], "continue": []}


async def test_watching_counts_as_use_without_a_click_on_complete(world: World) -> None:
    owner, learner = await world.creator(), await world.person()
    product = await course_of(world, owner, 1)
    await publish(as_creator(owner), product.id)
    lesson = (await editing(as_creator(owner), product.id)).outline.lessons[0]
    await enter(learner, product.id, lesson.id)
    async with db.transaction() as session:
        await taking.watched(
            session, learner.id, product.id, lesson.blocks[0].id, position_s=540, seconds=600, trusted=True
        )
        assert await learning.consumed(session, learner.id, [product.id]) == {product.id: 90}


async def test_what_is_read_counts_as_used_once_it_was_opened(world: World) -> None:
    owner, learner = await world.creator(), await world.person()
    product = await course_of(world, owner, 2)
    who = as_creator(owner)
    shown = await edit(who, product.id, lambda o: outline.add_lesson(o, o.sections[0].id, "To read")[0])
    reading = next(lesson for lesson in shown.outline.lessons if lesson.title == "To read")
    async with db.transaction() as session:
        shown = await courses.add_text(session, who, product.id, reading.id, revision=None)
        block = next(lesson for lesson in shown.outline.lessons if lesson.id == reading.id).blocks[0]
        await courses.write_text(session, who, product.id, block.id, "Words", revision=None)
    await publish(who, product.id)
    films = [lesson.id for lesson in shown.outline.lessons if lesson.id != reading.id]

    async def used() -> int:
        async with db.transaction() as session:
            return (await learning.consumed(session, learner.id, [product.id]))[product.id]

    await enter(learner, product.id, films[0])
    assert await used() == 0
    await enter(learner, product.id, reading.id)
    assert await used() == 33
    await complete(learner, product.id, films[0])
    assert await used() == 67
    await complete(learner, product.id, reading.id)
    assert await used() == 67


async def test_a_free_preview_opens_that_lesson_only(world: World) -> None:
    from marketplace.domain.access import service as access

    owner = await world.creator()
    product = await course_of(world, owner, 2, price_kind="fixed", price_minor=2500, currency="usd")
    await publish(as_creator(owner), product.id)
    async with db.transaction() as session:
        listing = await browse.lesson(session, (await browse.listings(session, [product.id]))[0].product.slug)
        assert listing is not None
        for who in (Actor(), Actor((await world.person()).id)):
            decision = await explain(session, who, listing)
            assert not decision.allowed
            assert access.with_preview(decision, "It", preview=True).code == "preview"
            assert not access.with_preview(decision, "It", preview=False).allowed


async def test_a_copy_has_the_texts_and_not_the_videos(world: World) -> None:
    owner = await world.creator()
    who, product = as_creator(owner), await course_of(world, owner, 2)
    async with db.transaction() as session:
        copy = await courses.duplicate(session, who, product.id)
        made = await courses.load(session, who, copy.id)
        assert [len(lesson.blocks) for lesson in made.outline.lessons] == [0, 1]
        await courses.write_text(session, who, copy.id, made.outline.lessons[1].blocks[0].id, "Other", revision=None)
        original = await courses.load(session, who, product.id)
        body = await courses.contents(session, original.outline.lessons[1])
    assert [b.body for b in body.values()] == [{"md": "Some words"}]


async def test_only_what_was_never_published_is_deleted(world: World) -> None:
    owner = await world.creator()
    who, product = as_creator(owner), await course_of(world, owner, 1)
    kept = await course_of(world, owner, 1)
    await publish(who, kept.id)
    async with db.transaction() as session:
        await courses.delete_draft(session, who, product.id)
    assert await world.one("SELECT count(*) FROM block_body WHERE product_id = :p", p=product.id) == 0
    with pytest.raises(Conflict):
        async with db.transaction() as session:
            await courses.delete_draft(session, who, kept.id)


async def test_nothing_is_edited_in_the_archive(world: World) -> None:
    owner = await world.creator()
    who, product = as_creator(owner), await course_of(world, owner, 1)
    await publish(who, product.id)
    async with db.transaction() as session:
        await catalog.change_state(session, who, product.id, "archive")
    with pytest.raises(Conflict, match="archived"):
        await edit(who, product.id, lambda o: outline.add_section(o, "Late")[0])


async def test_a_course_of_five_hundred_lessons_opens_with_few_queries(world: World) -> None:
    owner, learner = await world.creator(), await world.person()
    who, product = as_creator(owner), await course_of(world, owner, 2)

    def grow(shown: Outline) -> Outline:
        block = shown.lessons[1].blocks[0]
        for n in range(498):
            shown, lesson = outline.add_lesson(
                shown, shown.sections[0].id, f"Lesson {n + 2} of many, with a longer title"
            )
            shown = outline.add_block(shown, lesson.id, outline.Block(kind="text", body_id=block.body_id))
        return shown

    await edit(who, product.id, grow)
    await publish(who, product.id)
    statements: list[str] = []
    from sqlalchemy import event

    def count(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(db.engine().sync_engine, "before_cursor_execute", count)
    try:
        async with db.transaction() as session:
            taught = await taking.course(session, product.id)
            assert taught is not None
            lesson = taught.outline.lessons[250]
            await taking.enter(session, learner.id, product.id, taught, lesson)
            await taking.places(session, learner.id, product.id, lesson)
            await courses.contents(session, lesson)
    finally:
        event.remove(db.engine().sync_engine, "before_cursor_execute", count)
    assert len(taught.outline.lessons) == 500
    assert len(statements) <= 8, statements
    assert store


async def test_a_lesson_that_opens_later_says_when_and_opens(world: World) -> None:
    owner, learner = await world.creator(), await world.person()
    who, product = as_creator(owner), await course_of(world, owner, 3)
    first, second, third = (lesson.id for lesson in (await editing(who, product.id)).outline.lessons)
    await edit(who, product.id, lambda o: outline.set_opening(o, second, after_days=7, opens_at=None))
    await edit(who, product.id, lambda o: outline.set_in_order(o, True))
    await publish(who, product.id)
    await world.rows(
        "INSERT INTO \"grant\" (id, account_id, product_id, source, source_id, granted_at, revoked_reason)"
        " VALUES (:i, :a, :p, 'free', :s, now(), '')", i=uuid4(), a=learner.id, p=product.id, s=str(uuid4()),
    )  # fmt: skip

    async def answers() -> list[str]:
        async with db.transaction() as session:
            listing = (await browse.listings(session, [product.id]))[0]
            taught = await taking.course(session, product.id)
            assert taught is not None
            return [
                (await explain_part(session, Actor(learner.id), listing, taught, lesson)).message
                for lesson in taught.outline.lessons
            ]

    await complete(learner, product.id, first)
    got, later, order = await answers()
    assert got.startswith("You added it")
    assert "7 days after you got the course" in later
    assert order == "This course goes in order. Complete “Lesson 1” first."
    await world.rows("UPDATE \"grant\" SET granted_at = now() - interval '8 days' WHERE account_id = :a", a=learner.id)
    assert [message.split()[0] for message in await answers()] == ["You", "You", "This"]
    await complete(learner, product.id, second)
    assert all(message.startswith("You added it") for message in await answers())
    assert third
