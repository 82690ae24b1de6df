"""A creator's letters: to who asked for them, each once, with a way out; nobody else's list can be read or used."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import httpx
import pytest
from starlette.applications import Starlette

from marketplace import db, lists
from marketplace.api import export_lists
from marketplace.api import mailing as routes
from marketplace.cookies import SESSION
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts import service as accounts
from marketplace.domain.accounts.models import Account
from marketplace.domain.mailing import letters
from marketplace.domain.mailing import service as mailing
from marketplace.domain.mailing.service import List
from marketplace.errors import Conflict, Denied, Invalid, Limited, Missing
from marketplace.gateways.mail import compose
from marketplace.jobs import mailing as jobs
from marketplace.leaving import leave
from marketplace.waiting import may_be_asked, wants_letters
from tests.domain.world import World


@pytest.fixture
async def web() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(Starlette(routes=[*routes.routes, *export_lists.routes]))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://x", headers={"sec-fetch-site": "same-origin"}
    ) as one:
        yield one


def creator(account: Account) -> Actor:
    return Actor(account.id, "member", True)


async def readers(owner: Account, *emails: str) -> None:
    async with db.transaction() as session:
        for email in emails:
            await mailing.join(session, List(owner.id), email)


async def written(owner: Account, body: str = "Hello **you**") -> UUID:
    async with db.transaction() as session:
        letter = await letters.start(session, creator(owner))
        await letters.write(session, creator(owner), letter.id, "subject", "News")
        await letters.write(session, creator(owner), letter.id, "body", body)
        return letter.id


async def mails(world: World, letter_id: UUID) -> list[Any]:
    return await world.rows(
        "SELECT recipient, html, leave FROM outgoing_mail WHERE key LIKE :key ORDER BY recipient",
        key=f"letter-{letter_id.hex}-%",
    )


async def test_a_letter_reaches_each_reader_once_with_a_way_out_and_a_job_that_died_goes_on(
    world: World, web: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_PAGE", 2)
    owner = await world.creator("Lea Letter", outcome="")
    names = [f"r{n}-{owner.handle}@example.org" for n in range(5)]
    await readers(owner, *names)
    letter_id = await written(owner, "Hello <script>alert(1)</script> **you**")
    async with db.transaction() as session:
        await letters.send(session, creator(owner), letter_id)
    calls = 0
    through = letters.part

    async def dies(*args: Any) -> bool:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise RuntimeError("the machine went away")
        return await through(*args)

    monkeypatch.setattr(letters, "part", dies)
    with pytest.raises(RuntimeError):
        await jobs.send(str(letter_id))
    await jobs.send(str(letter_id))
    await jobs.send(str(letter_id))
    sent = await mails(world, letter_id)
    assert [row.recipient for row in sent] == names
    assert "<script" not in sent[0].html
    assert "<strong>you</strong>" in sent[0].html
    await world.drain_jobs()
    async with db.transaction() as session:
        assert await letters.counts(session, [letter_id]) == {letter_id: letters.Counts(5, 0, 0)}
        again = await letters.load(session, creator(owner), letter_id)
        assert (again.state, again.total) == ("sent", 5)
        with pytest.raises(Conflict):
            await letters.send(session, creator(owner), letter_id)
    way = re.search(
        r"/mail/leave/\S+", lists.leave_url(await world.one("SELECT id FROM subscriber WHERE email = :e", e=names[0]))
    )
    assert way is not None
    await web.post(way[0], data={"List-Unsubscribe": "One-Click"})
    async with db.transaction() as session:
        assert await letters.readers(session, owner.id) == 4


async def test_a_mail_no_relay_took_for_a_day_counts_as_failed(world: World) -> None:
    owner = await world.creator("Fai", outcome="")
    await readers(owner, f"a-{owner.handle}@example.org", f"b-{owner.handle}@example.org")
    letter_id = await written(owner)
    async with db.transaction() as session:
        await letters.send(session, creator(owner), letter_id)
    await jobs.send(str(letter_id))
    await world.rows(
        "UPDATE outgoing_mail SET created_at = created_at - interval '2 days' WHERE recipient = :r",
        r=f"a-{owner.handle}@example.org",
    )
    async with db.transaction() as session:
        assert await letters.counts(session, [letter_id]) == {letter_id: letters.Counts(0, 1, 1)}


def test_the_header_for_leaving_is_in_letters_and_only_there() -> None:
    mail = lists.letter_mail(
        "S", "text", "Mara", "http://x/creators/m", "a@example.org", key="k", leave="http://x/mail/leave/t"
    )
    made: EmailMessage = compose(mail, "Shop <hello@example.com>")
    assert made["List-Unsubscribe"] == "<http://x/mail/leave/t>"
    assert made["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    own = lists.letter_mail("S", "text", "Mara", "http://x/creators/m", "a@example.org", key="k", leave="")
    assert compose(own, "Shop <hello@example.com>")["List-Unsubscribe"] is None


async def test_nobody_else_reads_writes_or_sends_it(world: World, web: httpx.AsyncClient) -> None:
    owner, other, member = (
        await world.creator("Own", outcome=""),
        await world.creator("Oth", outcome=""),
        await world.person(),
    )
    await readers(owner, f"x-{owner.handle}@example.org")
    letter_id = await written(owner)
    for who, error in ((creator(other), Missing), (Actor(member.id), Missing)):
        for act in (letters.load, letters.send, letters.delete):
            with pytest.raises(error):
                async with db.transaction() as session:
                    await act(session, who, letter_id)
    with pytest.raises(Denied):
        async with db.transaction() as session:
            await letters.start(session, Actor(member.id))
    async with db.transaction() as session:
        tokens = {
            who.id: await accounts.open_session(session, who.id, user_agent="", ip="", days=1) for who in (owner, other)
        }
    mine = await web.get("/studio/export/letters.csv", headers={"cookie": f"{SESSION}={tokens[owner.id]}"})
    assert f"x-{owner.handle}@example.org" in mine.text
    theirs = await web.get("/studio/export/letters.csv", headers={"cookie": f"{SESSION}={tokens[other.id]}"})
    assert "example.org" not in theirs.text
    assert (await web.get("/studio/export/letters.csv")).status_code == 303


async def test_what_lacks_something_or_comes_too_often_is_not_sent(world: World) -> None:
    owner = await world.creator("Lim", outcome="")
    letter_id = await written(owner)
    with pytest.raises(Conflict):
        async with db.transaction() as session:
            await letters.send(session, creator(owner), letter_id)
    await readers(owner, f"y-{owner.handle}@example.org")
    async with db.transaction() as session:
        await letters.write(session, creator(owner), letter_id, "subject", " ")
    with pytest.raises(Invalid):
        async with db.transaction() as session:
            await letters.send(session, creator(owner), letter_id)
    for _n in range(4):
        one = await written(owner)
        async with db.transaction() as session:
            await letters.send(session, creator(owner), one)
    one = await written(owner)
    with pytest.raises(Limited):
        async with db.transaction() as session:
            await letters.send(session, creator(owner), one)


async def test_asking_on_a_creators_page_tells_nothing_about_others(world: World, web: httpx.AsyncClient) -> None:
    owner, member = await world.creator("Ask", outcome=""), await world.person()
    known = f"z-{owner.handle}@example.org"
    await readers(owner, known)
    answers = {
        email: (await web.post(f"/letters/{owner.handle}", data={"email": email}))
        .headers["location"]
        .rpartition("?")[2]
        for email in (known, f"new-{owner.handle}@example.org", member.email)
    }
    assert set(answers.values()) == {"letters=asked"}
    assert (
        (await web.post(f"/letters/{member.handle}", data={"email": known}))
        .headers["location"]
        .endswith("letters=gone")
    )


async def test_who_closes_their_account_leaves_all_lists(world: World) -> None:
    owner, reader = await world.creator("Gon", outcome=""), await world.person()
    await readers(owner, reader.email)
    async with db.transaction() as session:
        await leave(session, Actor(reader.id))
    assert await world.one("SELECT count(*) FROM subscriber WHERE email = :e", e=reader.email) == 0


async def test_a_buyer_who_ticks_it_gets_the_letters_and_the_creator_is_never_asked(world: World) -> None:
    owner, buyer = await world.creator("Tic", outcome=""), await world.person()
    product = await world.lesson(owner, price_kind="free")
    for who, expected in ((Actor(buyer.id), True), (creator(owner), False), (Actor(), False)):
        async with db.transaction() as session:
            assert await may_be_asked(session, who, owner.id) is expected
        await wants_letters(who, product.slug)
    async with db.transaction() as session:
        assert await letters.readers(session, owner.id) == 1
        assert not await may_be_asked(session, Actor(buyer.id), owner.id)
