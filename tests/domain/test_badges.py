"""Badges by rules, and notes that go with new versions, on a real database."""

from __future__ import annotations

from uuid import UUID, uuid4

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette

from marketplace import clock, db
from marketplace.api import course_mail
from marketplace.api.course_mail import off_url
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.certificates import badges, rules
from marketplace.domain.certificates import service as certificates
from marketplace.domain.certificates.badge_rules import Item, Rule, met, words
from marketplace.domain.courses import earning, learners, telling, terms
from marketplace.domain.courses import service as courses
from marketplace.errors import Conflict, Denied, Invalid, Missing
from marketplace.jobs import learning as jobs
from tests.domain.test_course_rules import first_lesson, give, offer
from tests.domain.test_courses import as_creator, complete, edit, enter, publish, with_lesson
from tests.domain.test_quizzes import CHOICE, RIGHT, WORDS, taught
from tests.domain.world import World, together

IDS = [uuid4() for _ in range(5)]
ITEMS = st.lists(st.sampled_from(IDS), max_size=5, unique=True).map(lambda ids: tuple(Item(product_id=i) for i in ids))


@given(ITEMS, st.integers(0, 5), st.sets(st.sampled_from(IDS)), st.sampled_from(IDS))
def test_doing_more_never_loses_a_badge(items: tuple[Item, ...], needed: int, done: set[UUID], more: UUID) -> None:
    rule = Rule(items=items, needed=needed)
    assert not met(rule, set(), {})
    assert met(rule, done | {more}, {}) >= met(rule, done, {})
    assert met(rule, set(IDS), {}) == bool(items)


def test_a_quiz_counts_from_its_percent_on_and_is_said_in_words() -> None:
    quiz = Item(kind="quiz", product_id=IDS[0], block_id=IDS[1], percent=80)
    rule = Rule(items=(quiz, Item(product_id=IDS[2])), needed=1)
    assert not met(rule, set(), {IDS[1]: 79})
    assert met(rule, set(), {IDS[1]: 80})
    said = words(rule, {IDS[0]: "Bowls", IDS[2]: "Clay"}, {IDS[1]: "Cut it"})
    assert said == "At least 1 of these: passed the quiz in “Cut it” of “Bowls” with at least 80 %; finished “Clay”."
    assert words(Rule(items=rule.items), {IDS[0]: "Bowls", IDS[2]: "Clay"}, {}).endswith("and finished “Clay”.")


async def define(owner: Account, *items: Item, needed: int = 0, name: str = "Knows clay") -> UUID:
    async with db.transaction() as session:
        row = await badges.save(
            session, as_creator(owner), None, house=False, name=name, description="They know", skills=["Clay", " clay? "],
            rule=Rule(items=items, needed=needed),
        )  # fmt: skip
        return row.id


async def won(learner: Account) -> list[certificates.Certificate]:
    async with db.transaction() as session:
        found = await certificates.of_account(session, learner.id, limit=9)
    return [row for row in found if row.badge_id]


async def finish(learner: Account, course: UUID, owner: Account) -> None:
    await complete(learner, course, await first_lesson(owner, course))


async def test_a_badge_is_awarded_once_when_its_rule_becomes_true(world: World) -> None:
    owner, learner = await world.creator(), await world.person()
    a, b = await offer(world, owner, "Clay"), await offer(world, owner, "Bowls")
    badge = await define(owner, Item(product_id=a), Item(product_id=b))
    for course in (a, b):
        await give(world, learner, course)
    await finish(learner, a, owner)
    await jobs.earn(str(learner.id), str(a))
    assert await won(learner) == []
    await finish(learner, b, owner)
    queued = await world.rows("SELECT args FROM procrastinate_jobs WHERE task_name = 'badges.earn' AND args->>'account_id' = :a",
                              a=str(learner.id))  # fmt: skip
    assert {row[0]["product_id"] for row in queued} == {str(a), str(b)}
    await together(*(jobs.earn(str(learner.id), str(b)) for _ in range(3)), jobs.sweep_badge(str(badge)))
    [row] = await won(learner)
    assert (row.title, row.skills, row.product_id) == ("Knows clay", ["Clay", "clay?"], None)
    said = rules.credential(row, certificates.Issuer("House", "https://h", "https://h"))["credentialSubject"][
        "achievement"
    ]
    assert said["achievementType"] == "Badge"
    assert said["tag"] == ["Clay", "clay?"]
    assert said["criteria"]["narrative"] == "Finished “Clay” and finished “Bowls”."


async def test_a_new_badge_finds_those_who_met_it_before(world: World) -> None:
    sat = await taught(world)
    await give(world, sat.learner, sat.course)
    attempt = await sat.begin()
    await sat.answer(attempt.id, WORDS.id, "clay")
    await sat.answer(attempt.id, CHOICE.id, RIGHT)
    await sat.submit(attempt.id)
    other = await world.person()
    badge = await define(sat.owner, Item(kind="quiz", product_id=sat.course, block_id=sat.block, percent=100))
    await jobs.sweep_badge(str(badge))
    assert [row.badge_id for row in await won(sat.learner)] == [badge]
    assert await won(other) == []


async def test_a_badge_is_reissued_revoked_and_ends_with_a_refund(world: World) -> None:
    owner, learner, other = await world.creator(), await world.person(), await world.creator()
    a = await offer(world, owner, "Clay")
    await define(owner, Item(product_id=a))
    await give(world, learner, a)
    await finish(learner, a, owner)
    await jobs.earn(str(learner.id), str(a))
    [first] = await won(learner)
    await world.rows("UPDATE account SET name = 'Bea Married' WHERE id = :a", a=learner.id)
    async with db.transaction() as session:
        again = await certificates.issue_again(session, Actor(learner.id), first.token)
    assert (again.name, again.narrative, again.skills) == ("Bea Married", first.narrative, first.skills)
    async with db.transaction() as session:
        assert (await certificates.find(session, first.token)).token_now == again.token
    await jobs.earn(str(learner.id), str(a))
    assert len(await won(learner)) == 1
    await world.rows(
        "UPDATE \"grant\" SET revoked_at = now(), revoked_reason = 'refunded' WHERE account_id = :a", a=learner.id
    )
    assert await won(learner) == []
    async with db.transaction() as session:
        found = await certificates.find(session, again.token)
    assert (found.standing.code, found.standing.reason.split(" was refunded")[0]) == (
        "returned",
        "A course that it was earned with",
    )
    with pytest.raises(Missing):
        async with db.transaction() as session:
            await certificates.revoke(session, as_creator(other), again.token, "No")
    async with db.transaction() as session:
        await certificates.revoke(session, as_creator(owner), again.token, "Somebody else did it")
    await world.rows('UPDATE "grant" SET revoked_at = NULL WHERE account_id = :a', a=learner.id)
    await jobs.earn(str(learner.id), str(a))
    assert await won(learner) == []  # revoked for good
    with pytest.raises(Conflict):
        async with db.transaction() as session:
            await certificates.issue_again(session, Actor(learner.id), again.token)


async def test_who_may_define_what(world: World) -> None:
    owner, other = await world.creator(), await world.creator()
    a = await offer(world, owner, "Clay")
    badge = await define(owner, Item(product_id=a))
    with pytest.raises(Invalid, match="courses in the list"):
        await define(other, Item(product_id=a))
    with pytest.raises(Invalid, match="at least one"):
        await define(owner)
    with pytest.raises(Missing):
        async with db.transaction() as session:
            await badges.archive(session, as_creator(other), badge, house=False)
    with pytest.raises(Denied):
        async with db.transaction() as session:
            await badges.listed(session, as_creator(owner), house=True)
    admin = await world.person()
    async with db.transaction() as session:
        await badges.save(
            session, Actor(admin.id, "admin"), None, house=True, name="House", description="All", skills=[],
            rule=Rule(items=(Item(product_id=a),)),
        )  # fmt: skip
    learner = await world.person()
    await give(world, learner, a)
    await finish(learner, a, owner)
    await jobs.earn(str(learner.id), str(a))
    assert {row.title for row in await won(learner)} == {"House", "Knows clay"}
    house = next(row for row in await won(learner) if row.title == "House")
    for may, who in ((False, as_creator(owner)), (True, Actor(admin.id, "admin"))):
        assert certificates.is_reviewer(who, house) is may
    async with db.transaction() as session:
        await badges.archive(session, as_creator(owner), badge, house=False)
        assert await earning.earn(session, (await world.person()).id, a) == 0


_NOTES = "A **new** lesson & more:\n\n* [glazes](https://glaze.example/a?b=1&c=2)\n* kilns"


async def test_a_note_is_mailed_once_to_those_who_want_it(world: World) -> None:
    owner, reader, quiet, gone = await world.creator(), *[await world.person() for _ in range(3)]
    course = await offer(world, owner, "Clay")
    lesson = await first_lesson(owner, course)
    for learner in (reader, quiet, gone):
        await give(world, learner, course)
        await enter(learner, course, lesson)
    await world.rows("UPDATE \"grant\" SET revoked_at = now(), revoked_reason = 'x' WHERE account_id = :a", a=gone.id)
    async with db.transaction() as session:
        await telling.mail_off(session, quiet.id, course, True)
    await with_lesson(world, owner, course, "Brand new", video=False)
    async with db.transaction() as session:
        await courses.publish(session, as_creator(owner), course, revision=None, notes=_NOTES, mail=True)
    await together(jobs.tell(str(course), 2), jobs.tell(str(course), 2))
    await jobs.tell(str(course), 2)
    sent = await world.rows(
        "SELECT recipient, text, html FROM outgoing_mail WHERE key LIKE :k", k=f"news-{course.hex}-%"
    )
    assert [row[0] for row in sent] == [reader.email]
    assert "A new lesson & more:\n\n- glazes (https://glaze.example/a?b=1&c=2)\n- kilns" in sent[0][1]
    assert "A <strong>new</strong> lesson &amp; more:" in sent[0][2]
    assert '<a href="https://glaze.example/a?b=1&amp;c=2"' in sent[0][2]
    assert off_url(course, reader.id) in sent[0][1]
    seen = await enter(reader, course, lesson)
    assert [(number, said) for number, _at, said in seen.notes] == [(2, _NOTES)]
    with pytest.raises(Missing):
        async with db.transaction() as session:
            await telling.mail_off(session, owner.id, course, True)


async def test_a_creator_sees_who_is_overdue(world: World) -> None:
    owner, late, early = await world.creator(), await world.person(), await world.person()
    course = await offer(world, owner, "Clay", lessons=2)
    lesson = await first_lesson(owner, course)
    await edit(as_creator(owner), course, lambda o: terms.set_due(o, lesson, at=None, days=2, hard=False))
    await publish(as_creator(owner), course)
    for learner, days in ((late, 5), (early, 0)):
        await give(world, learner, course, days_ago=days)
        await enter(learner, course, lesson)
    async with db.transaction() as session:
        found, after = await learners.overdue(session, as_creator(owner), course)
        assert [(row.account_id, row.overdue) for row in found] == [(late.id, ("Lesson 0",))]
        assert after is None
        with pytest.raises(Missing):
            await learners.overdue(session, as_creator(await world.creator()), course)
    await complete(late, course, lesson)
    async with db.transaction() as session:
        assert (await learners.overdue(session, as_creator(owner), course))[0] == []
    assert clock.now()


async def test_the_link_in_a_mail_ends_such_mails(world: World) -> None:
    owner, reader = await world.creator(), await world.person()
    course = await offer(world, owner, "Clay")
    await give(world, reader, course)
    await enter(reader, course, await first_lesson(owner, course))
    path = off_url(course, reader.id).partition("/course-mail")[2]
    app = httpx.ASGITransport(Starlette(routes=course_mail.routes))

    async def off() -> bool:
        return bool(await world.one("SELECT mail_off FROM enrolment WHERE account_id = :a", a=reader.id))

    async with httpx.AsyncClient(transport=app, base_url="http://product") as browser:
        looked = await browser.get(f"/course-mail{path}")
        assert (looked.status_code, await off()) == (200, False)
        assert "“Clay”" in looked.text
        assert (await browser.post(f"/course-mail{path[:-1]}x")).status_code == 404
        assert (await browser.post(f"/course-mail/{uuid4()}/{path.rsplit('/', 1)[1]}")).status_code == 404
        assert not await off()
        assert (await browser.post(f"/course-mail{path}")).status_code == 200
        assert await off()
        await browser.post(f"/course-mail{path}?again=1")
        assert not await off()
