"""Pictures of lessons: for who may open the lesson, at this moment; they travel with the course."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

import httpx
import pytest
from PIL import Image
from starlette.applications import Starlette

from marketplace import db, lesson_texts
from marketplace.api import embeds, lesson_pictures
from marketplace.domain.accounts.models import Account
from marketplace.domain.courses import exchange, outline, scorm, taking
from marketplace.domain.courses import service as courses
from marketplace.domain.courses.service import BlockBody
from marketplace.markdown import picture_ids
from marketplace.vendors import vendors
from tests.domain.test_course_exchange import signed_in
from tests.domain.test_courses import as_creator, course_of, edit, editing, publish
from tests.domain.world import World


def drawn(width: int = 800, height: int = 400) -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (width, height), (0, 0, 0, 0)).save(out, "PNG")
    return out.getvalue()


@dataclass(frozen=True)
class Taught:
    """A published course for money whose second lesson shows a picture."""

    owner: Account
    course: UUID
    lesson: UUID
    block: UUID
    picture: UUID

    @property
    def path(self) -> str:
        return f"/lesson-pictures/{self.course}/{self.lesson}/{self.picture}/640"


@pytest.fixture
async def taught(world: World) -> Taught:
    await vendors().files.ensure_buckets()
    owner = await world.creator()
    who = as_creator(owner)
    product = await course_of(world, owner, 2, price_kind="fixed", price_minor=2500, currency="usd")
    lesson = (await editing(who, product.id)).outline.lessons[1]
    picture = await lesson_texts.add_picture(who, drawn())
    made = Taught(owner, product.id, lesson.id, lesson.blocks[0].id, picture)
    await write(made, f"See\n\n![A square](picture:{picture})")
    await publish(who, product.id)
    return made


async def write(taught: Taught, words: str) -> None:
    async with db.transaction() as session:
        await courses.write_text(
            session, as_creator(taught.owner), taught.course, taught.block, words, revision=None
        )  # fmt: skip


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    app = httpx.ASGITransport(Starlette(routes=[*lesson_pictures.routes, *embeds.routes]))
    async with httpx.AsyncClient(transport=app, base_url="http://product") as client:
        yield client


async def test_who_may_open_the_lesson_sees_its_picture(
    world: World, taught: Taught, browser: httpx.AsyncClient
) -> None:
    stranger, owner = await signed_in(await world.person()), await signed_in(taught.owner)
    for headers in ({}, stranger, await signed_in(await world.creator())):
        answer = await browser.get(taught.path, headers=headers)
        assert answer.status_code == 403, answer.text
        assert answer.headers["cache-control"] == "no-store"
    answer = await browser.get(taught.path, headers=owner)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
    assert "private" in answer.headers["cache-control"]
    shown = Image.open(io.BytesIO(answer.content))
    assert shown.size == (640, 320)
    assert shown.convert("RGB").getpixel((5, 5)) == (255, 255, 255)  # what was see-through isn't black
    known = {"if-none-match": answer.headers["etag"]}
    assert (await browser.get(taught.path, headers=owner | known)).status_code == 304
    assert (await browser.get(taught.path, headers=stranger | known)).status_code == 403


async def test_a_refund_takes_the_pictures_too(world: World, taught: Taught, browser: httpx.AsyncClient) -> None:
    learner = await world.person()
    headers = await signed_in(learner)
    await world.rows(
        "INSERT INTO \"grant\" (id, account_id, product_id, source, source_id, granted_at, revoked_reason)"
        " VALUES (:i, :a, :p, 'free', :s, now(), '')", i=uuid4(), a=learner.id, p=taught.course, s=str(uuid4()),
    )  # fmt: skip
    assert (await browser.get(taught.path, headers=headers)).status_code == 200
    await world.rows('UPDATE "grant" SET revoked_at = now() WHERE account_id = :a', a=learner.id)
    assert (await browser.get(taught.path, headers=headers)).status_code == 403


async def test_a_preview_lesson_shows_its_picture_to_everybody(taught: Taught, browser: httpx.AsyncClient) -> None:
    who = as_creator(taught.owner)
    await edit(who, taught.course, lambda o: outline.change_lesson(o, taught.lesson, preview=True))
    assert (await browser.get(taught.path)).status_code == 403  # not published yet
    await publish(who, taught.course)
    assert (await browser.get(taught.path)).status_code == 200
    other = (await editing(who, taught.course)).outline.lessons[0].id
    for path in (
        taught.path.replace(str(taught.lesson), str(other)),  # through a lesson that doesn't show it
        taught.path.replace("/640", "/641"), taught.path.replace(str(taught.picture), str(uuid4())),
        taught.path.replace(str(taught.course), "x"),
    ):  # fmt: skip
        assert (await browser.get(path)).status_code in (403, 404)


async def test_an_id_copied_into_a_course_of_ones_own_shows_nothing(
    world: World, taught: Taught, browser: httpx.AsyncClient
) -> None:
    thief = await world.creator()
    product = await course_of(world, thief, 2)
    lesson = (await editing(as_creator(thief), product.id)).outline.lessons[1]
    await write(
        Taught(thief, product.id, lesson.id, lesson.blocks[0].id, taught.picture), f"![](picture:{taught.picture})"
    )
    await publish(as_creator(thief), product.id)
    headers = await signed_in(thief)
    path = f"/lesson-pictures/{product.id}/{lesson.id}/{taught.picture}/640"
    assert (await browser.get(path, headers=headers)).status_code == 404
    assert (await browser.get(f"/studio/pictures/{taught.picture}/640", headers=headers)).status_code in (403, 404)
    assert (await browser.get(f"/studio/pictures/{taught.picture}/640")).status_code in (401, 403)
    own = await signed_in(taught.owner)
    assert (await browser.get(f"/studio/pictures/{taught.picture}/640", headers=own)).status_code == 200
    async with db.transaction() as session:
        html = await lesson_texts.draft_html(session, thief.id, f"![](picture:{taught.picture})", "k")
    assert "<img" not in html


async def test_a_version_keeps_the_picture_that_its_text_shows(taught: Taught, browser: httpx.AsyncClient) -> None:
    await write(taught, "No picture any more")
    headers = await signed_in(taught.owner)
    assert (await browser.get(taught.path, headers=headers)).status_code == 200
    html = await learners_html(taught)
    assert f'src="{taught.path.replace("/640", "/800")}"' in html
    assert 'width="800" height="400" alt="A square"' in html
    assert "320w" in html
    await publish(as_creator(taught.owner), taught.course)
    assert (await browser.get(taught.path, headers=headers)).status_code == 404


async def learners_html(taught: Taught) -> str:
    async with db.transaction() as session:
        course = await taking.course(session, taught.course)
        lesson = course.outline.find(taught.lesson) if course else None
        assert lesson is not None
        contents: dict[UUID, BlockBody] = await courses.contents(session, lesson)
        found = await lesson_texts.of_lesson(session, taught.owner.id, taught.course, lesson, contents)
    return found[taught.block]


async def out(taught: Taught) -> exchange.Archive:
    async with db.transaction() as session:
        archive = await exchange.pack_up(session, as_creator(taught.owner), taught.course)
        images = await lesson_texts.own(session, taught.owner.id, archive.texts)
    return await lesson_texts.packed(archive, images)


async def test_pictures_travel_in_the_zip(world: World, taught: Taught) -> None:
    whole = await out(taught)
    again = exchange.unpack(exchange.pack(whole))
    assert again.parts == whole.parts
    assert again.pictures == whole.pictures
    owner, other = as_creator(taught.owner), as_creator(await world.creator())
    home, gone = await lesson_texts.brought(owner, replace(again, pictures={}))
    assert (home.texts, gone) == (whole.texts, [])  # at home they are known, also without their files
    brought, gone = await lesson_texts.brought(other, again)
    assert gone == []
    (moved,) = [id_ for words in brought.texts for id_ in picture_ids(words)]
    assert moved != taught.picture
    async with db.transaction() as session:
        assert set(await lesson_texts.own(session, other.account_id or uuid4(), brought.texts)) == {moved}


@pytest.mark.parametrize("pictures", [b"<svg onload=alert(1)>", b"", None])
async def test_of_a_picture_that_is_none_or_missing_the_description_stays(
    world: World, taught: Taught, pictures: bytes | None
) -> None:
    whole = await out(taught)
    bad = replace(whole, pictures={} if pictures is None else {taught.picture: pictures})
    taken, gone = await lesson_texts.brought(as_creator(await world.creator()), exchange.unpack(exchange.pack(bad)))
    assert len(gone) == 1
    assert any(f"*{gone[0].name}*" in words for words in taken.texts)
    assert not any(picture_ids(words) for words in taken.texts)


async def test_other_platforms_get_the_pictures_too(taught: Taught) -> None:
    import zipfile

    whole = await out(taught)
    with zipfile.ZipFile(io.BytesIO(scorm.pack(whole))) as zip_:
        page = zip_.read("lessons/0002.html").decode()
        assert f'<img src="../pictures/{taught.picture}.webp" width="800" height="400" alt="A square"' in page
        assert zip_.read(f"pictures/{taught.picture}.webp") == whole.pictures[taught.picture]
        assert f"pictures/{taught.picture}.webp" in zip_.read("imsmanifest.xml").decode()


async def test_only_listed_places_have_a_frame(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/embed/youtube/dQw4w9WgXcQ")
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-src https://www.youtube-nocookie.com;" in policy
    assert "frame-ancestors 'self'" in policy
    assert 'src="https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?rel=0"' in answer.text
    for wrong in ("evil/x", "youtube/x", "youtube/dQw4w9WgXcQ%22onload", "vimeo/12345_..", "openstreetmap/19_1_1%3Cb"):
        assert (await browser.get(f"/embed/{wrong}")).status_code == 404
