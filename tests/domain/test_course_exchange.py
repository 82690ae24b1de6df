"""A course goes out as a zip and comes in again: the same course stays as it is, and nobody takes another's."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from marketplace import db
from marketplace.api import course_files
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts import service as accounts
from marketplace.domain.accounts.models import Account
from marketplace.domain.catalog import service as catalog
from marketplace.domain.courses import exchange, outline
from marketplace.domain.courses import service as courses
from marketplace.domain.courses.archive import Archive, Left, Part, Piece, Unit
from marketplace.domain.courses.exchange import Taken
from marketplace.errors import Conflict, Invalid, MarketplaceError
from tests.domain.test_courses import as_creator, course_of, edit, editing, publish
from tests.domain.world import World
from tests.unit.test_course_archives import PARTS, SALES, as_text


async def packed(who: Actor, course: UUID) -> bytes:
    async with db.transaction() as session:
        return exchange.pack(await exchange.pack_up(session, who, course))


async def take_in(who: Actor, body: bytes, course: UUID | None = None) -> Taken:
    async with db.transaction() as session:
        return await exchange.take_in(session, who, exchange.unpack(body), course)


async def everything(world: World, course: UUID) -> list[Any]:
    """All rows of a course, as they are."""
    return [
        await world.rows(f"SELECT t::text FROM {table} t WHERE {key} = :c ORDER BY 1", c=course)
        for table, key in (
            ("product", "id"), ("product_draft", "product_id"), ("course_draft", "product_id"),
            ("course_version", "product_id"), ("block_body", "product_id"),
        )
    ]  # fmt: skip


async def test_out_and_in_again_changes_nothing(world: World) -> None:
    owner = await world.creator()
    who, product = as_creator(owner), await course_of(world, owner, 4)
    for published in (False, True):
        if published:
            await publish(who, product.id)
        before = await everything(world, product.id)
        taken = await take_in(who, await packed(who, product.id), product.id)
        assert taken.left_out == []
        assert await everything(world, product.id) == before


async def test_any_course_comes_out_as_it_came_in(world: World) -> None:
    """As a new draft, whose own zip then changes nothing; but for the blocks that only have a name."""
    owner = await world.creator()
    who = as_creator(owner)
    seen: list[tuple[Archive, Archive]] = []

    async def there_and_back(sale: Any, parts: list[Part]) -> None:
        whole = Archive(None, sale, tuple(parts))
        course = (await take_in(who, exchange.pack(whole))).product.id
        async with db.transaction() as session:
            await courses.left_seen(session, who, course)
        before = await everything(world, course)
        body = await packed(who, course)
        await take_in(who, body, course)
        seen.append((whole, exchange.unpack(body)))
        assert await everything(world, course) == before

    cases: list[tuple[Any, list[Part]]] = []

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(SALES, st.lists(PARTS, max_size=3))
    def draw(sale: Any, parts: list[Part]) -> None:
        cases.append((sale, parts))

    draw()
    for sale, parts in cases:
        await there_and_back(sale, parts)
    assert len(seen) >= 20
    for went, came in seen:
        assert [_shape(part) for part in came.parts] == [_shape(part) for part in went.parts]


def _shape(part: Part) -> Any:
    return part.title, [
        (
            u.title,
            u.preview,
            u.must_watch,
            [(p.words, as_text(p.document)) for p in u.pieces if p.kind == "text" or p.document],
        )
        for u in part.units
    ]


async def test_what_was_edited_in_the_files_is_edited_in_the_draft(world: World) -> None:
    owner = await world.creator()
    who, product = as_creator(owner), await course_of(world, owner, 4)
    await publish(who, product.id)
    first = await editing(who, product.id)
    async with db.transaction() as session:
        whole = await exchange.pack_up(session, who, product.id)
    (part,) = whole.parts
    units = list(part.units)
    text_of_one = replace(units[1].pieces[0], words="Other words\n\n```\n---\n```")
    units[1] = replace(units[1], title="Renamed", pieces=(*units[0].pieces, text_of_one), preview=True)
    units[0] = replace(units[0], pieces=(Piece("text", words="In its place"),))
    parts = (Part("A new one", None, (Unit("Added"),)), replace(part, units=tuple([units[3], *units[:2]])))
    await take_in(who, exchange.pack(replace(whole, parts=parts)), product.id)
    now = await editing(who, product.id)
    lessons = first.outline.lessons
    assert [le.id for le in now.outline.sections[1].lessons] == [lessons[3].id, lessons[0].id, lessons[1].id]
    assert now.outline.sections[1].id == first.outline.sections[0].id
    one = now.outline.find(lessons[1].id)
    assert one is not None
    assert (one.title, one.preview) == ("Renamed", True)
    assert one.blocks[0] == lessons[0].blocks[0], "the video went along, as it was"
    async with db.transaction() as session:
        contents = await courses.contents(session, one)
        taught = await courses.contents(session, lessons[1])
    assert contents[one.blocks[1].id].body == {"md": "Other words\n\n```\n---\n```"}
    assert [b.body for b in taught.values()] == [{"md": "Some words"}], (
        "what learners read stays until the next version"
    )
    assert now.revision > first.revision
    assert now.version == first.version


async def test_a_lesson_that_was_removed_comes_back_with_its_video(world: World) -> None:
    owner = await world.creator()
    who, product = as_creator(owner), await course_of(world, owner, 3)
    await publish(who, product.id)
    body = await packed(who, product.id)
    before = (await editing(who, product.id)).outline
    await edit(who, product.id, lambda o: outline.remove_lesson(o, before.lessons[0].id))
    assert (await take_in(who, body, product.id)).left_out == []
    assert (await editing(who, product.id)).outline == before


async def test_a_new_course_has_the_texts_and_says_which_videos_are_missing(world: World) -> None:
    owner, other = await world.creator(), await world.creator()
    product = await course_of(world, owner, 4)
    body = await packed(as_creator(owner), product.id)
    taken = await take_in(as_creator(other), body)
    assert [one.name for one in taken.left_out] == ["a.mp4, 10:00", "a.mp4, 10:00"]
    made = await editing(as_creator(other), taken.product.id)
    assert [len(lesson.blocks) for lesson in made.outline.lessons] == [0, 1, 0, 1]
    assert made.product.creator_id == other.id
    assert {le.id for le in made.outline.lessons}.isdisjoint(
        {le.id for le in (await editing(as_creator(owner), product.id)).outline.lessons}
    )


async def test_nobody_takes_or_overwrites_anothers_course(world: World) -> None:
    owner, rival = await world.creator(), await world.creator()
    product = await course_of(world, owner, 2)
    body, before = await packed(as_creator(owner), product.id), await everything(world, product.id)
    video = (await editing(as_creator(owner), product.id)).outline.lessons[0].blocks[0].id
    for stranger in (as_creator(rival), Actor((await world.person()).id), Actor()):
        with pytest.raises(MarketplaceError):
            await packed(stranger, product.id)
        with pytest.raises(MarketplaceError):
            await take_in(stranger, body, product.id)
        async with db.transaction() as session:
            assert await exchange.is_own(session, stranger, exchange.unpack(body)) is None
    mine = await course_of(world, rival, 1)
    stolen = Archive(mine.id, {}, (Part("A", None, (Unit("B", pieces=(Piece("video", video),)),)),))
    assert (await take_in(as_creator(rival), exchange.pack(stolen), mine.id)).left_out == [Left("B", "video")]
    assert (await editing(as_creator(rival), mine.id)).outline.lessons[0].blocks == ()
    assert await everything(world, product.id) == before


async def test_what_is_refused_leaves_nothing_behind(world: World) -> None:
    owner = await world.creator()
    who, product = as_creator(owner), await course_of(world, owner, 2)
    before = await everything(world, product.id)
    count = await world.one("SELECT count(*) FROM product WHERE creator_id = :c", c=owner.id)
    async with db.transaction() as session:
        whole = await exchange.pack_up(session, who, product.id)
    for sale in ({"topic": "alchemy"}, {"title": "x" * 151}, {"language": "xx"}, {"learn": ["x"] * 13}):
        for course in (product.id, None):
            with pytest.raises(Invalid):
                await take_in(who, exchange.pack(replace(whole, sale={**whole.sale, **sale}, parts=())), course)
    assert await everything(world, product.id) == before
    assert await world.one("SELECT count(*) FROM product WHERE creator_id = :c", c=owner.id) == count
    async with db.transaction() as session:
        await catalog.change_state(session, who, product.id, "archive")
    with pytest.raises(Conflict, match="archived"):
        await take_in(who, exchange.pack(replace(whole, parts=())), product.id)


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    app = httpx.ASGITransport(Starlette(routes=course_files.routes))
    async with httpx.AsyncClient(transport=app, base_url="http://product") as client:
        yield client


async def signed_in(person: Account) -> dict[str, str]:
    async with db.transaction() as session:
        token = await accounts.open_session(session, person.id, user_agent="", ip="", days=1)
    return {"cookie": f"market_session={token}"}


@pytest.mark.parametrize("kind", ["course", "scorm"])
async def test_the_zip_is_its_creators(world: World, browser: httpx.AsyncClient, kind: str) -> None:
    owner, rival, learner = await world.creator(), await world.creator(), await world.person()
    product = await course_of(world, owner, 2)
    path = f"/studio/products/{product.id}/{kind}.zip"
    answer = await browser.get(path, headers=await signed_in(owner))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as zip_:
        assert any(b"Some words" in zip_.read(name) for name in zip_.namelist())
    assert (await browser.get(path, headers=await signed_in(rival))).status_code == 404
    assert (await browser.get(path, headers=await signed_in(learner))).status_code == 403
    assert (await browser.get(path)).is_redirect
    for wrong in (str(uuid4()), "x", str((await world.lesson(owner)).id)):
        answer = await browser.get(f"/studio/products/{wrong}/{kind}.zip", headers=await signed_in(owner))
        assert answer.status_code == 404
