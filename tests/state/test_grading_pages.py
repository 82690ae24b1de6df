"""Handing in and grading through the pages' own handlers, and the files over HTTP."""

from __future__ import annotations

import io
from dataclasses import asdict
from typing import Any
from uuid import uuid4

import httpx
import pytest
from PIL import Image
from reflex.utils.format import json_dumps
from starlette.applications import Starlette

from marketplace import db
from marketplace.api import submissions
from marketplace.domain.access import service as access
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.assignments import service as assignments
from marketplace.domain.assignments.service import rules
from marketplace.domain.courses import service as courses
from marketplace.domain.media.errors import FileMissing
from marketplace.jobs.grading import settle_file
from marketplace.state.curriculum import CurriculumState
from marketplace.state.grading import GradingState
from marketplace.state.learn import LearnState
from marketplace.state.learners import LearnersState
from marketplace.state.studio_waits import StudioCounts
from marketplace.vendors import vendors
from tests.domain.test_assignments import GOOD, POOR, WALLS, Given, given
from tests.domain.test_course_exchange import signed_in
from tests.domain.test_courses import enter
from tests.domain.test_item_analysis import ASH, BOTH, WHICH, WHY, mark, sit
from tests.domain.test_quizzes import taught
from tests.domain.world import World
from tests.state.pages import Open


@pytest.fixture(scope="module", autouse=True)
async def _buckets(world: World) -> None:
    await vendors().files.ensure_buckets()


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "#c65").save(out, "PNG")
    return out.getvalue()


class Work(Open):
    """The learner's page at the lesson, with a browser that puts files where it is told."""

    def __init__(self, world: World, work: Given) -> None:
        super().__init__(LearnState, Actor(work.learner.id))
        self.world, self.work, self.block = world, work, str(work.block)

    async def load(self) -> Work:
        async with db.transaction() as session:
            slug = (await courses.load(session, self.work.maker, self.work.course)).product.slug
        self.go(course_slug=slug, lesson_id=str(self.work.lesson))
        await self.call("on_load")
        return self

    @property
    def shown(self) -> Any:
        return self.state.assignments[self.block]

    async def upload(self, name: str, content: bytes) -> str:
        """Why it was refused; empty when it was taken."""
        await self.call("work_file_chosen", self.block, name, len(content), "image/png")
        if not self.state.work_url:
            return str(self.state.work_problem)
        sent = await self.world.browser.put(self.state.work_url, content=content)
        assert sent.status_code == 200, sent.text
        await self.call("work_file_uploaded")
        return str(self.state.work_problem)


def desk(who: Account, **query: str) -> Open:
    return Open(GradingState, Actor(who.id, "member", True), **query)


async def test_from_the_draft_to_the_grade(world: World) -> None:
    page = await Work(world, await given(world)).load()
    work = page.work
    assert (page.shown.stage, page.shown.criteria[0].levels[1].chosen) == ("draft", False)
    await page.call("work_hand_in", page.block)
    assert "nothing to hand in" in page.state.errors[f"work:{page.block}"]
    assert page.shown.stage == "draft"
    await page.call("work_write", page.block, "<b>Mine</b>\n\n**not markup**")
    assert await page.upload("../../bowl.png", photo()) == ""
    assert await page.upload("evil.png", b"<html><script>alert(1)</script>") != ""
    assert await page.upload("evil.html", photo()) != ""
    assert [file.name for file in page.shown.files] == ["bowl.png"]
    await page.call("work_hand_in", page.block)
    await page.call("work_hand_in", page.block)
    assert (page.shown.stage, page.shown.last[0].tone) == ("waiting", "info")
    assert "<b>" not in page.shown.last[0].html
    await page.call("work_comment", {"go": page.shown.last[0].id, "words": "Is it good?"})

    count = Open(StudioCounts, work.maker)
    await count.call("refresh")
    assert count.state.grading == "1"
    maker = desk(work.owner)
    await maker.call("on_load")
    item = maker.state.items[0]["id"]
    maker.go(item=item)
    await maker.call("on_load")
    laid = maker.state.desk
    assert [said.words for said in laid.go[0].comments] == ["Is it good?"]
    assert laid.go[0].pictures[0].href.endswith(str(laid.go[0].files[0].id))
    await maker.call("give_grade")
    assert WALLS.id in maker.state.errors  # a level is missing
    other = desk(work.owner, item=item)
    await other.call("on_load")
    await maker.call("choose_level", WALLS.id, GOOD.id)
    await maker.call("choose_level", WALLS.id, "made-up")
    assert maker.state.sum == "4 of 4 points"
    await maker.call("type_comment", "Even walls!")
    await maker.call("give_grade")
    await other.call("choose_level", WALLS.id, POOR.id)
    await other.call("give_grade")  # came second: is told, and sees what was given
    assert "late" in other.state.errors
    assert other.state.levels == {WALLS.id: GOOD.id}
    await page.load()
    assert (page.shown.stage, page.shown.passed, page.shown.score) == ("graded", True, "100 %: 4 of 4 points")
    assert page.shown.last[0].criteria[0].given == "4 of 4 points"
    assert page.shown.again


async def test_a_lesson_that_is_opened_again_interrupts_nobody(world: World) -> None:
    """By a second click on its link, or when the connection comes back."""
    page = await Work(world, await given(world)).load()
    await page.call("work_file_chosen", page.block, "bowl.png", len(photo()), "image/png")
    await page.load()
    await page.call("work_write", page.block, "Mine.")
    sent = await world.browser.put(page.state.work_url, content=photo())
    assert sent.status_code == 200
    await page.load()
    await page.call("work_file_uploaded")
    assert (page.shown.words, [file.name for file in page.shown.files]) == ("Mine.", ["bowl.png"])
    async with db.transaction() as session:
        await access.take_back(session, "gift", str(page.work.course), "refunded")
    await page.load()
    assert page.state.denied
    assert (page.state.assignments, page.state.blocks, page.state.videos) == ({}, [], {})
    async with db.transaction() as session:
        await access.give(session, page.work.learner.id, page.work.course, "gift", "once more")
    await page.load()
    assert (page.state.denied, page.state.remedy, page.state.target) == ("", "", "")
    assert page.shown.words == "Mine."


async def test_two_tabs_of_one_draft(world: World) -> None:
    work = await given(world)
    first, second = await Work(world, work).load(), await Work(world, work).load()
    await first.call("work_write", first.block, "From the first.")
    await second.call("work_write", second.block, "From the second.")
    assert second.shown.stale
    await second.call("work_hand_in", second.block)
    assert second.shown.stage == "draft"
    await second.call("work_reload")
    assert (second.shown.words, second.shown.stale) == ("From the first.", False)
    await second.call("work_write", second.block, "Both.")
    await second.call("work_hand_in", second.block)
    await first.call("work_write", first.block, "Too late.")
    assert first.shown.stage == "waiting"


async def test_nothing_is_taken_when_access_has_ended(world: World) -> None:
    work = await given(world)
    page = await Work(world, work).load()
    await page.call("work_write", page.block, "Mine.")
    async with db.transaction() as session:
        await access.take_back(session, "gift", str(work.course), "refunded")
    for call in (("work_hand_in", page.block), ("work_write", page.block, "More."), ("work_begin", page.block)):
        await page.call(*call)
    assert page.state.assignments == {}
    assert await work.waiting() == []
    await page.call("work_file_chosen", page.block, "bowl.png", 100, "image/png")
    assert page.state.work_url == ""


async def test_links_for_files_are_few_and_what_nobody_kept_goes_when_they_end(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await Work(world, await given(world)).load()
    assert await page.upload("bowl.png", photo()) == ""
    await page.call("work_file_chosen", page.block, "other.png", 100, "image/png")
    link = page.state.work_url
    assert (await world.browser.put(link, content=photo())).status_code == 200
    kept, lost = [
        row[0]
        for row in await world.rows(
            "SELECT path FROM stored_file WHERE owner_id = :a ORDER BY created_at", a=page.work.learner.id
        )
    ]
    waiting = [job.args["path"] for job in await world.jobs() if job.task == "assignments.settle_file"]
    assert {kept, lost} <= set(waiting)

    monkeypatch.setattr(rules, "MAX_LINKS", 1)
    for size in (100, 200):
        await page.call("work_file_chosen", page.block, "third.png", size, "image/png")
        assert (page.state.work_url, "very many files" in page.state.work_problem) == ("", True)
    page.state._work_file = (
        page.block,
        page.state._work_file[1] or page.state._works[page.block][0],
        lost,
        "other.png",
    )
    async with db.transaction() as session:
        assert not await assignments.settle(session, lost)  # the job is about to delete it
    await page.call("work_file_uploaded")
    assert "didn't arrive" in page.state.work_problem
    for path in (kept, lost):
        await settle_file(path)
    assert [file.name for file in page.shown.files] == ["bowl.png"]
    assert await vendors().files.read(kept, max_bytes=10_000) == photo()
    with pytest.raises(FileMissing):
        await vendors().files.read(lost, max_bytes=10_000)
    await page.call("work_file_chosen", page.block, "third.png", 100, "image/png")
    assert page.state.work_url


async def test_the_desk_is_its_creators(world: World) -> None:
    work = await given(world)
    row = await work.handed_in()
    rival = desk(await world.creator(), item=str(row.id))
    await rival.call("on_load")
    assert (rival.state.open, "isn't waiting for you" in rival.state.failure) == (False, True)
    await rival.call("choose_level", WALLS.id, GOOD.id)
    await rival.call("give_grade")
    await rival.call("send_back")
    assert await work.waiting() == [row.id]
    for crafted in ("x", str(uuid4()), str(work.course)):
        rival.go(item=crafted)
        await rival.call("on_load")
        assert rival.state.failure
    listed = desk(await world.creator(), course=str(work.course))
    await listed.call("on_load")
    assert listed.state.items == []
    assert all("(0)" in option["label"] for option in listed.state.course_options)


async def test_a_file_is_saved_never_shown_and_only_by_whom_it_concerns(world: World) -> None:
    page = await Work(world, await given(world)).load()
    assert await page.upload("Schüssel 1.png", photo()) == ""
    await page.call("work_hand_in", page.block)
    path = page.shown.last[0].files[0].href
    app = httpx.ASGITransport(Starlette(routes=submissions.routes))
    async with httpx.AsyncClient(transport=app, base_url="http://product") as browser:
        answer = await browser.get(path, headers=await signed_in(page.work.owner))
        assert (answer.status_code, answer.content) == (200, photo())
        assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''Sch%C3%BCssel%201.png"
        assert answer.headers["content-type"] == "application/octet-stream"
        drawn = await browser.get(f"{path}/picture", headers=await signed_in(page.work.learner))
        assert (drawn.status_code, drawn.headers["content-type"]) == (200, "image/webp")
        for stranger in (await world.person(), await world.creator()):
            assert (await browser.get(path, headers=await signed_in(stranger))).status_code == 404
        assert (await browser.get(path)).is_redirect
        assert (await browser.get("/submissions/files/x", headers=await signed_in(page.work.owner))).status_code == 404


async def test_a_long_answer_is_read_and_graded_on_the_desk(world: World) -> None:
    quiz = await taught(world, BOTH.model_copy(update={"review": "never"}))
    async with db.transaction() as session:
        await access.give(session, quiz.learner.id, quiz.course, "gift", str(quiz.course))
        slug = (await courses.load(session, Actor(quiz.owner.id, "member", True), quiz.course)).product.slug
    page, block = Open(LearnState, Actor(quiz.learner.id)), str(quiz.block)
    page.go(course_slug=slug, lesson_id=str(quiz.lesson))
    await page.call("on_load")
    await page.call("quiz_begin", block)
    assert "Slow hands" not in json_dumps([asdict(q) for q in page.state.quizzes.values()])  # the note for grading
    await page.call("quiz_choose", block, WHICH.id, ASH)
    await page.call("quiz_long", block, WHY.id, "<i>Because</i>")
    await page.call("quiz_submit", block)
    shown = page.state.quizzes[block]
    assert (shown.waiting, shown.passed, shown.reviews) == (True, False, [])
    assert "So far 1 of 6 points" in shown.score
    maker = desk(quiz.owner)
    await maker.call("on_load")
    maker.go(item=maker.state.items[0]["id"])
    await maker.call("on_load")
    [answer] = maker.state.desk.answers
    assert (answer.said, answer.note, answer.most) == ("<i>Because</i>", "Slow hands.", "5")
    for typed in ("", "6", "-1", "4.5", "all"):
        await maker.call("type_mark", WHY.id, "given", typed)
        await maker.call("give_grade")
        assert f"{WHY.id}:points" in maker.state.errors
    await maker.call("type_mark", WHY.id, "given", "4")
    await maker.call("type_mark", WHY.id, "words", "Slower.")
    await maker.call("type_mark", WHY.id, "id", "crafted")
    await maker.call("give_grade")
    await page.call("on_load")
    shown = page.state.quizzes[block]
    assert (shown.waiting, shown.passed, [review.notes for review in shown.reviews]) == (False, True, [["Slower."]])


async def test_what_was_said_of_an_earlier_attempt_can_be_read(world: World) -> None:
    quiz = await taught(world, BOTH.model_copy(update={"review": "never"}))
    async with db.transaction() as session:
        await access.give(session, quiz.learner.id, quiz.course, "gift", str(quiz.course))
        slug = (await courses.load(session, Actor(quiz.owner.id, "member", True), quiz.course)).product.slug
    first = await sit(quiz, {WHICH.id: ASH, WHY.id: "Because"})
    await sit(quiz, {WHICH.id: ASH})
    page = Open(LearnState, Actor(quiz.learner.id), course_slug=slug, lesson_id=str(quiz.lesson))
    await page.call("on_load")
    [earlier] = page.state.quizzes[str(quiz.block)].earlier
    assert (earlier.title, earlier.score, earlier.reviews) == ("Attempt 1", "Some answers wait to be graded", [])
    await mark(quiz, first, 4)
    await page.call("on_load")
    shown = page.state.quizzes[str(quiz.block)]
    [earlier] = shown.earlier
    assert (shown.attempt, earlier.score) == ("2", "83 %: 5 of 6 points")
    assert [(one.said, one.notes) for one in earlier.reviews] == [("Because", ["Slower."])]
    await page.call("quiz_begin", str(quiz.block))  # and while a third one is open
    shown = page.state.quizzes[str(quiz.block)]
    assert (shown.stage, [one.title for one in shown.earlier]) == ("open", ["Attempt 2", "Attempt 1"])
    assert shown.earlier[1].reviews[0].notes == ["Slower."]


async def test_an_assignment_is_written_in_the_builder(world: World) -> None:
    work = await given(world)
    page = Open(CurriculumState, work.maker, course_id=str(work.course), lesson=str(work.lesson))
    await page.call("on_load")
    block = str(work.block)

    def made() -> Any:
        return page.state.assignments[block]

    await page.call("assignment_setting", block, "tries", "nine")
    assert f"{block}:tries" in page.state.errors
    await page.call("assignment_setting", block, "tries", "3")
    await page.call("criterion_add", block)
    added = made().criteria[1]
    await page.call("rubric_write", block, added.id, "name", "Feet")
    await page.call("rubric_write", block, added.levels[2].id, "points", "8")
    assert (made().tries, made().total, made().criteria[1].name) == ("3", "12", "Feet")
    assert "still empty" in made().lacks
    await page.call("rubric_remove", block, added.id)
    assert (len(made().criteria), made().lacks) == (1, "")
    await page.call("undo")
    assert made().criteria[1].name == "Feet"
    stranger = Open(CurriculumState, Actor((await world.creator()).id, "member", True), course_id=str(work.course))
    await stranger.call("on_load")
    assert stranger.state.failure
    assert stranger.state.assignments == {}


async def test_a_question_counts_attempts_everywhere(world: World) -> None:
    quiz = await taught(world, BOTH)
    await enter(quiz.learner, quiz.course, quiz.lesson)
    await sit(quiz, {WHICH.id: ASH})
    await sit(quiz, {})
    page = Open(LearnersState, Actor(quiz.owner.id, "member", True), course_id=str(quiz.course))
    await page.call("on_load")
    column, row = page.state.quiz_columns[0], page.state.questions[0]
    assert (column["value"], column["sales"]) == ("50 % right", "2 attempts")
    assert (row["answered"], row["right"]) == ("1 of 2", "50\u00a0%")
