"""A zip from the browser to a course's draft, and the page of learners."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from marketplace import db
from marketplace.clock import now
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.courses import exchange, outline, taking
from marketplace.domain.courses.archive import Archive, Part, Piece, Unit
from marketplace.state.course_import import CourseImportState
from marketplace.state.curriculum import CurriculumState
from marketplace.state.learners import LearnersState
from marketplace.vendors import vendors
from tests.domain.test_course_exchange import everything, packed
from tests.domain.test_courses import as_creator, complete, course_of, edit, editing, enter, publish
from tests.domain.world import World
from tests.state.pages import Open


@pytest.fixture(scope="module")
async def owner(world: World) -> Account:
    await vendors().files.ensure_buckets()
    return await world.creator("Ida Import", outcome="")


class Dialog(Open):
    """The dialog, and a browser that puts files where it is told."""

    def __init__(self, world: World, who: Actor) -> None:
        super().__init__(CourseImportState, who)
        self.world = world

    async def send(self, body: bytes, name: str = "course.zip", size: int = 0) -> Any:
        await self.call("chosen", name, size or len(body), "application/zip")
        if not self.state.upload_url:
            return None
        sent = await self.world.browser.put(self.state.upload_url, content=body)
        assert sent.status_code == 200, sent.text
        return await self.call("uploaded")


def ids(shown: outline.Outline) -> list[tuple[UUID, list[UUID]]]:
    return [(lesson.id, [block.id for block in lesson.blocks]) for lesson in shown.lessons]


async def courses_of(world: World, owner: Account) -> list[UUID]:
    found = await world.rows("SELECT id FROM product WHERE creator_id = :c AND kind = 'course' ORDER BY id", c=owner.id)
    return [row[0] for row in found]


async def test_a_strangers_zip_becomes_a_draft_at_once(world: World, owner: Account) -> None:
    dialog, before = Dialog(world, as_creator(owner)), await courses_of(world, owner)
    whole = Archive(uuid4(), {"title": "Bought"}, (Part("One", None, (Unit("A", pieces=(Piece("video"),)),)),))
    answer = await dialog.send(exchange.pack(whole))
    (made,) = set(await courses_of(world, owner)) - set(before)
    assert f"/studio/products/{made}/curriculum" in str(answer)
    assert (dialog.state.problem, dialog.state.known) == ("", "")
    page = Open(CurriculumState, as_creator(owner), course_id=str(made))
    await page.call("on_load")
    assert page.state.left_out == [{"lesson": "A", "name": "video"}]
    await page.call("left_seen")
    await page.call("on_load")
    assert page.state.left_out == []
    assert [le.title for le in (await editing(as_creator(owner), made)).outline.lessons] == ["A"]


async def test_a_zip_of_ones_own_course_waits_for_a_choice(world: World, owner: Account) -> None:
    who, product = as_creator(owner), await course_of(world, owner, 2)
    body, first = await packed(who, product.id), (await editing(who, product.id)).outline
    await edit(who, product.id, lambda o: outline.remove_lesson(o, first.lessons[1].id))
    before, have = await everything(world, product.id), await courses_of(world, owner)
    dialog = Dialog(world, who)
    assert await dialog.call("take", True) is None, "nothing was sent yet"
    assert await dialog.send(body) is None
    assert dialog.state.known
    await dialog.call("forget")
    assert await dialog.call("take", True) is None
    assert await everything(world, product.id) == before
    await dialog.send(body)
    assert str(product.id) in str(await dialog.call("take", True))
    assert ids((await editing(who, product.id)).outline) == ids(first)
    assert await dialog.call("take", True) is None, "once is enough"
    await dialog.send(exchange.pack(replace(exchange.unpack(body), sale={"topic": "alchemy"})))
    for into_own in (True, False):
        assert await dialog.call("take", into_own) is None
        assert "“alchemy” isn't one" in dialog.state.problem
        assert dialog.state.known, "there is still a choice"
    await dialog.call("forget")
    await dialog.send(body)
    answer = str(await dialog.call("take", False))
    (made,) = set(await courses_of(world, owner)) - set(have)
    assert str(made) in answer
    assert ids((await editing(who, product.id)).outline) == ids(first)


@pytest.mark.parametrize(
    ("name", "body", "size", "words"),
    [
        ("a.rar", b"x", 0, "Choose a .zip file"), ("a.zip", b"x", 51 * 1024**2, "at most 50 MB"),
        ("a.zip", b"x", 0, "isn't a zip"), ("a.zip", exchange.pack(Archive(None, {"topic": "alchemy"})), 0, "“alchemy” isn't one"),
    ],
)  # fmt: skip
async def test_what_is_refused_says_why_and_makes_nothing(
    world: World, owner: Account, name: str, body: bytes, size: int, words: str
) -> None:
    dialog, before = Dialog(world, as_creator(owner)), await courses_of(world, owner)
    await dialog.send(body, name, size)
    assert words in dialog.state.problem
    assert await courses_of(world, owner) == before


async def test_the_page_of_learners_tells_who_stopped_where(world: World, owner: Account) -> None:
    who, product = as_creator(owner), await course_of(world, owner, 3)
    await publish(who, product.id)
    page = Open(LearnersState, who, course_id=str(product.id))
    await page.call("on_load")
    assert (page.state.failure, page.state.enrolled, page.state.stuck) == ("", "", [])
    lessons = (await editing(who, product.id)).outline.lessons
    stopped, going = await world.person("Stella Stopped"), await world.person("Gil Going")
    for person in (stopped, going):
        await complete(person, product.id, lessons[0].id)
        async with db.transaction() as session:
            block = lessons[0].blocks[0].id
            await taking.watched(session, person.id, product.id, block, position_s=300, seconds=600, trusted=True)
    await enter(going, product.id, lessons[1].id)
    await world.rows(
        "UPDATE enrolment SET opened_at = :at WHERE account_id = :a", at=now() - timedelta(days=20), a=stopped.id
    )
    await page.call("on_load")
    state = page.state
    assert [(f["label"], f["value"]) for f in state.figures] == [
        ("Enrolled", "2"), ("Active", "2"), ("Finished", "0"), ("Stuck", "1"),
    ]  # fmt: skip
    assert [(r["opened"], r["completed"], r["share"]) for r in state.lessons] == [
        ("2", "2", "100\N{NO-BREAK SPACE}%"), ("1", "0", "50\N{NO-BREAK SPACE}%"), ("0", "0", "0\N{NO-BREAK SPACE}%"),
    ]  # fmt: skip
    assert (state.video["title"], state.video["began"], len(state.columns)) == ("Lesson 0", "2 learners began it", 60)
    assert [c["value"] for c in state.columns][29:32] == ["2 still watching", "2 still watching", "0 still watching"]
    assert [(row["name"], row["href"], row["lesson"]) for row in state.stuck] == [("Stella Stopped", "", "Lesson 0")]
    page.go(course_id=str(product.id), video=str(lessons[2].blocks[0].id))
    await page.call("on_load")
    assert (page.state.video["title"], page.state.video["began"]) == ("Lesson 2", "0 learners began it")


async def test_nobody_else_sees_learners(world: World, owner: Account) -> None:
    product = await course_of(world, owner, 1)
    await publish(as_creator(owner), product.id)
    await enter(
        await world.person("Secret Sam"),
        product.id,
        (await editing(as_creator(owner), product.id)).outline.lessons[0].id,
    )
    rival = as_creator(await world.creator("Ria Rival", outcome=""))
    for course in (str(product.id), "x", ""):
        page = Open(LearnersState, rival, course_id=course)
        for handler in ("on_load", "more", "further"):
            await page.call(handler)
        assert page.state.failure
        assert (page.state.enrolled, page.state.lessons, page.state.stuck) == ("", [], [])
