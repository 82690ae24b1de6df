"""Files, code exercises, live sessions and many videos at once, through the pages' own handlers and routes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from reflex.utils.format import json_dumps
from starlette.applications import Starlette

from marketplace import clock, db
from marketplace.api import course_blocks
from marketplace.cookies import SESSION
from marketplace.domain.access import service as access
from marketplace.domain.access.service import ANONYMOUS, Actor
from marketplace.domain.accounts import service as accounts
from marketplace.domain.accounts.models import Account
from marketplace.domain.catalog.errors import NotReady
from marketplace.domain.courses import bulk, exchange, pieces
from marketplace.domain.courses import service as courses
from marketplace.domain.courses.service import outline
from marketplace.domain.media import files
from marketplace.domain.media.errors import FileTooLarge
from marketplace.errors import Missing
from marketplace.state import action
from marketplace.state.curriculum import CurriculumState
from marketplace.state.curriculum_pieces import _arrived, _put_file
from marketplace.state.learn import LearnState
from marketplace.vendors import vendors
from tests.domain.test_courses import as_creator, course_of, edit, editing, publish
from tests.domain.world import World, together
from tests.state.pages import Open

PDF = b"%PDF-1.7 canary"


class Class:
    """A course of one lesson, its creator's page at that lesson, and one who has the course."""

    owner: Account
    learner: Account
    course: UUID
    lesson: UUID
    editor: Open

    async def given(self, **lesson: bool) -> str:
        """Published; the address under which it is taught."""
        if lesson:
            await edit(as_creator(self.owner), self.course, lambda o: outline.change_lesson(o, self.lesson, **lesson))
        product = await publish(as_creator(self.owner), self.course)
        async with db.transaction() as session:
            await access.give(session, self.learner.id, self.course, "gift", str(self.course))
        return product.slug

    async def taken(self) -> None:
        async with db.transaction() as session:
            await access.take_back(session, "gift", str(self.course), "refund")

    async def page(self, slug: str, who: Actor | None = None) -> Open:
        page = Open(LearnState, who or Actor(self.learner.id), course_slug=slug, lesson_id=str(self.lesson))
        await page.call("on_load")
        return page

    @property
    async def block(self) -> UUID:
        return (await editing(as_creator(self.owner), self.course)).outline.lessons[0].blocks[-1].id


async def class_of(world: World) -> Class:
    found = Class()
    found.owner, found.learner = await world.creator(), await world.person()
    product = await course_of(world, found.owner, 0)
    shown = await edit(
        as_creator(found.owner), product.id, lambda o: outline.add_lesson(o, o.sections[0].id, "Blocks")[0]
    )
    found.course, found.lesson = product.id, shown.outline.lessons[0].id
    found.editor = Open(CurriculumState, as_creator(found.owner), course_id=str(product.id), lesson=str(found.lesson))
    await found.editor.call("on_load")
    return found


def sent(page: Open) -> str:
    return json_dumps({name: getattr(page.state, name) for name in page.state.base_vars if name != "is_hydrated"})


async def with_exercise(world: World) -> tuple[Class, str]:
    """A shown and a hidden test, whose values came from the creator's own solution."""
    found = await class_of(world)
    editor = found.editor
    await editor.call("add_exercise")
    block = str(await found.block)
    with pytest.raises(NotReady, match="“Blocks”: the code exercise doesn't say what to do"):
        await publish(as_creator(found.owner), found.course)
    await editor.call("exercise_write", block, "prompt", "Double it")
    await editor.call("exercise_write", block, "starter", "def double(n):\n    ...\n")
    await editor.call("exercise_write", block, "solution", "def double(n):\n    return 2 * n  # canary-solution\n")
    for call in ("double(2)", "double(918273)"):
        await editor.call("case_add", block)
        case = editor.state.exercises[block].cases[-1].id
        await editor.call("case_write", block, case, "call", call)
    await editor.call("case_show", block, case, False)
    calls = editor.state.exercises[block].calls
    results = [{**one, "value": repr(2 * int(one["call"][7:-1])), "error": ""} for one in calls]
    await editor.call("case_take", block, "code", results)
    assert [c.expected for c in editor.state.exercises[block].cases] == ["4", "1836546"]
    assert editor.state.exercises[block].lacks == ""
    return found, block


async def check(page: Open, block: str, *values: str) -> Any:
    calls = page.state.exercises[block].calls
    results = [
        {"id": one["id"], "call": one["call"], "value": v, "error": ""} for one, v in zip(calls, values, strict=True)
    ]
    return await page.call("exercise_check", block, "def double(n): ...", results)


async def test_a_code_exercise_from_its_making_to_a_completed_lesson(world: World) -> None:
    found, block = await with_exercise(world)
    page = await found.page(await found.given(must_pass=True))
    assert page.state.exercises[block].code == "def double(n):\n    ...\n"
    assert page.state.to_pass
    await page.call("exercise_keep", block, "x = 1")
    await check(page, block, "5", "7")
    marks = page.state.exercises[block].verdicts
    assert [(m.passed, m.expected, m.got) for m in marks] == [(False, "4", "5"), (False, "", "")]
    await page.call("complete")
    assert not page.state.done
    await check(page, block, "4", "7")
    assert page.state.exercises[block].score == "1 of 2 tests passed"
    assert "canary-solution" not in sent(page)
    assert "1836546" not in sent(page)
    await check(page, block, "4", "1836546")
    assert not page.state.to_pass
    await check(page, block, "0", "0")  # a pass stays
    again = await found.page(page.state.course["slug"])
    assert again.state.exercises[block].ever_passed
    assert again.state.exercises[block].code == "def double(n): ..."
    await again.call("complete")
    assert again.state.done


async def test_who_has_no_access_writes_and_checks_nothing(world: World) -> None:
    found, block = await with_exercise(world)
    slug = await found.given()
    page = await found.page(slug)
    await found.taken()
    assert "access" in str(await check(page, block, "4", "1836546"))
    assert "access" in str(await page.call("exercise_keep", block, "stolen"))
    stranger = await found.page(slug, Actor((await world.person()).id))
    assert stranger.state.exercises == {}
    await stranger.call("exercise_check", block, "code", [])
    assert await world.rows("SELECT 1 FROM code_attempt WHERE product_id = :p", p=found.course) == []
    assert await world.rows("SELECT 1 FROM code_draft WHERE product_id = :p", p=found.course) == []


async def test_attempts_are_kept_within_bounds_and_the_best_one_always(world: World) -> None:
    found, block = await with_exercise(world)
    page = await found.page(await found.given())
    await check(page, block, "4", "0")
    for _n in range(51):
        await check(page, block, "0", "0")
    kept = await world.rows("SELECT good FROM code_attempt WHERE product_id = :p ORDER BY id", p=found.course)
    assert [row.good for row in kept] == [1] + [0] * 50
    await page.call("exercise_keep", block, "x" * 20_001)
    assert "at most 20,000" in page.state.errors[block]


async def test_a_free_preview_can_be_tried_and_keeps_nothing(world: World) -> None:
    found, block = await with_exercise(world)
    slug = await found.given(preview=True)
    page = await found.page(slug, ANONYMOUS)
    assert not page.state.exercises[block].open
    assert "1836546" not in sent(page)


async def with_live(world: World, days: int = 2) -> tuple[Class, str]:
    found = await class_of(world)
    await found.editor.call("add_live", "Europe/Madrid")
    block = str(await found.block)
    assert found.editor.state.live_drafts[block].zone == "Europe/Madrid"
    day = (clock.now() + timedelta(days=days)).date().isoformat()
    for field, words in (
        ("zone", "UTC"), ("day", day), ("clock", "18:30"), ("minutes", "60"), ("link", "https://meet.example.com/canary"),
    ):  # fmt: skip
        await found.editor.call("live_write", block, field, words)
    assert (found.editor.state.errors, found.editor.state.live_drafts[block].lacks) == ({}, "")
    await found.editor.call("live_write", block, "link", "http://plain.example.com")
    assert "https://" in found.editor.state.errors[f"{block}:link"]
    return found, block


async def test_the_way_into_a_session_is_told_in_time_and_to_who_has_the_course(world: World) -> None:
    found, block = await with_live(world)
    slug = await found.given()
    page = await found.page(slug)
    view = page.state.lives[block]
    starts = clock.now() + timedelta(seconds=view.until)
    assert (view.stage, "canary" in sent(page)) == ("upcoming", False)
    with clock.frozen(starts - timedelta(minutes=16)):
        await page.call("live_turn")
        assert "canary" not in sent(page)
    with clock.frozen(starts - timedelta(minutes=14)):
        await page.call("live_turn")
        assert (page.state.lives[block].stage, page.state.lives[block].link) == (
            "now",
            "https://meet.example.com/canary",
        )
        stranger = await found.page(slug, Actor((await world.person()).id))
        await stranger.call("live_turn")
        assert "canary" not in sent(stranger)
        await found.taken()
        await page.call("live_turn")
        assert "canary" not in sent(page)
    async with db.transaction() as session:
        await access.give(session, found.learner.id, found.course, "gift", "again")
    with clock.frozen(starts + timedelta(minutes=61)):
        await page.call("live_turn")
        assert (page.state.lives[block].stage, "canary" in sent(page)) == ("over", False)


async def fetch(found: Class, what: str, who: Account | None) -> httpx.Response:
    cookies = {}
    if who is not None:
        async with db.transaction() as session:
            token = await accounts.open_session(session, who.id, user_agent="x", ip="x", days=1)
        cookies = {SESSION: token}
    app = httpx.ASGITransport(Starlette(routes=course_blocks.routes))
    async with httpx.AsyncClient(transport=app, base_url="http://here", cookies=cookies) as browser:
        return await browser.get(f"/learn/{found.course}/{found.lesson}/{what}")


async def test_a_calendar_entry_leads_to_the_lesson_for_who_may_open_it(world: World) -> None:
    found, block = await with_live(world)
    slug = await found.given()
    entry = await fetch(found, f"{block}/session.ics", found.learner)
    assert entry.headers["content-type"].startswith("text/calendar")
    assert f"/learn/{slug}/{found.lesson}" in entry.text.replace("\r\n ", "")
    assert "canary" not in entry.text
    assert (await fetch(found, f"{block}/session.ics", await world.person())).status_code == 403
    assert (await fetch(found, f"{block}/file", found.learner)).status_code == 404


async def uploaded(world: World, found: Class, name: str = "Glaze card.pdf", body: bytes = PDF) -> UUID:
    """In the storage, as the browser puts it there."""
    await vendors().files.ensure_buckets()
    async with db.transaction() as session:
        row = await files.start(
            session, as_creator(found.owner), filename=name, size=len(body), endings={"pdf"}, max_bytes=10_000
        )  # fmt: skip
    url = await vendors().files.signed_upload(row.path)
    (await world.browser.put(url, content=body, headers={"content-type": row.mime})).raise_for_status()
    return row.id


async def test_a_file_is_downloaded_by_who_may_and_by_nobody_else(world: World) -> None:
    found = await class_of(world)
    await _taken(found, await uploaded(world, found))
    block = str(await found.block)
    await found.editor.call("on_load")
    await found.editor.call("file_rename", block, 'Card "A" / B.exe')
    await found.editor.call("file_about", block, "Print it")
    await found.editor.call("file_offline", block, False)
    assert found.editor.state.errors == {}
    slug = await found.given()
    body = (await world.rows("SELECT body FROM block_body WHERE product_id = :p", p=found.course))[0].body
    assert (body["offline"], body["about"]) == (False, "Print it")
    page = await found.page(slug)
    view = page.state.files[block]
    assert (view.facts, view.about, "private" in sent(page), "token" in sent(page)) == (
        "PDF · 15 B",
        "Print it",
        False,
        False,
    )
    answer = await fetch(found, f"{block}/file", found.learner)
    assert answer.status_code == 303
    got = await world.browser.get(answer.headers["location"])
    assert got.content == PDF
    assert got.headers["content-disposition"].startswith("attachment;")
    assert '"' not in view.name
    assert view.name.endswith(".pdf")
    assert (await fetch(found, f"{block}/file", await world.person())).status_code == 403
    assert (await fetch(found, f"{block}/file", None)).headers[
        "location"
    ] == f"/login?next=/learn/{slug}/{found.lesson}"
    await found.taken()
    refused = await fetch(found, f"{block}/file", found.learner)
    assert (refused.status_code, "location" in refused.headers) == (403, False)
    assert (await fetch(found, f"{block}/file", found.owner)).status_code == 303


async def _taken(found: Class, file_id: UUID) -> None:
    action.enter(as_creator(found.owner), "")
    size = await _arrived(file_id)
    async with db.transaction() as session:
        await _put_file(found.course, found.lesson, file_id, size)(session)


async def test_a_file_that_is_not_there_too_big_or_another_s_is_not_taken(world: World) -> None:
    found, rival = await class_of(world), await world.creator()
    file_id = await uploaded(world, found)
    async with db.transaction() as session:
        with pytest.raises(FileTooLarge):
            await files.arrived(session, as_creator(found.owner), file_id, size=10_001, max_bytes=10_000)
        with pytest.raises(Missing):
            await files.arrived(session, as_creator(rival), file_id, size=5, max_bytes=10_000)
        with pytest.raises(Missing):
            await pieces.add_file(session, as_creator(found.owner), found.course, found.lesson, file_id)
        row = await files.start(
            session, as_creator(found.owner), filename="b.pdf", size=5, endings={"pdf"}, max_bytes=9
        )
    with pytest.raises(Missing, match="didn't arrive"):
        await _taken(found, row.id)
    with clock.frozen(clock.now() + timedelta(days=3)):
        async with db.transaction() as session:
            await files.tidy(session)
    states = await world.rows("SELECT state FROM stored_file WHERE owner_id = :o ORDER BY id", o=found.owner.id)
    assert [one.state for one in states] == ["deleted", "deleted"]
    assert (await editing(as_creator(found.owner), found.course)).outline.lessons[0].blocks == ()


async def test_a_file_outlives_its_draft_while_anybody_holds_it(world: World) -> None:
    found = await class_of(world)
    who = as_creator(found.owner)
    file_id = await uploaded(world, found)
    await _taken(found, file_id)
    async with db.transaction() as session:
        copy = await courses.duplicate(session, who, found.course)
    async with db.transaction() as session:
        await courses.delete_draft(session, who, found.course)
        stored = await files.find(session, file_id)
        assert stored is not None
        assert stored.state == "ready"
    async with db.transaction() as session:
        await courses.delete_draft(session, who, copy.id)
        stored = await files.find(session, file_id)
        assert stored is not None
        assert stored.state == "deleted"


async def test_a_published_version_keeps_what_it_taught(world: World) -> None:
    found, block = await with_exercise(world)
    await found.given()
    await found.editor.call("on_load")
    await found.editor.call("exercise_write", block, "prompt", "Triple it")
    shown = await editing(as_creator(found.owner), found.course)
    assert [(c.kind, c.title) for c in shown.changes] == [("edited", "Blocks")]
    await found.editor.call("bring_back", "1")
    assert found.editor.state.exercises[block].prompt == "Double it"


async def film(found: Class, name: str, size: int = 900, who: Actor | None = None, section: UUID | None = None) -> UUID:
    async with db.transaction() as session:
        home = section or (await courses.load(session, as_creator(found.owner), found.course)).outline.sections[0].id
        video = await bulk.lesson_for(
            session, who or as_creator(found.owner), found.course, home, filename=name, size=size, mime="video/mp4",
            max_bytes=1000,
        )  # fmt: skip
        return video.id


async def test_many_videos_become_lessons_in_their_order_and_once(world: World) -> None:
    found = await class_of(world)
    first = await film(found, "01_center-and-open.mp4")
    await together(film(found, "02 pull.mp4"), film(found, "02 pull.mp4", 901))
    assert await film(found, "01_center-and-open.mp4") == first  # its upload was cut off: it goes on
    titles = [lesson.title for lesson in (await editing(as_creator(found.owner), found.course)).outline.lessons]
    assert titles == ["Blocks", "Center and open", "Pull", "Pull"]
    with pytest.raises(FileTooLarge):
        await film(found, "big.mp4", 1001)
    with pytest.raises(Missing):
        await film(found, "stolen.mp4", who=as_creator(await world.creator()))
    with pytest.raises(Missing):
        await film(found, "nowhere.mp4", section=found.course)
    assert len((await editing(as_creator(found.owner), found.course)).outline.lessons) == 4


async def test_a_zip_names_these_blocks_and_gives_them_back(world: World) -> None:
    found, _block = await with_live(world)
    who = as_creator(found.owner)
    await found.editor.call("add_exercise")
    await _taken(found, await uploaded(world, found))
    before = (await editing(who, found.course)).outline
    async with db.transaction() as session:
        packed = exchange.pack(await exchange.pack_up(session, who, found.course))
    await edit(who, found.course, lambda o: outline.rename_section(o, o.sections[0].id, "Meanwhile"))
    async with db.transaction() as session:
        taken = await exchange.take_in(session, who, exchange.unpack(packed), found.course)
    assert taken.left_out == []
    assert (await editing(who, found.course)).outline == before
    async with db.transaction() as session:
        fresh = await exchange.take_in(session, who, exchange.unpack(packed))
    assert [one.name for one in fresh.left_out] == ["Glaze card.pdf"]  # what a file holds stays here; the rest travels
