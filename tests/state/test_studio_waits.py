"""What waits for a creator is said first in their studio, and counted beside its rooms."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from marketplace import db
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.orders import refunds
from marketplace.domain.partners import service as partners
from marketplace.jobs.orders import ask_mail
from marketplace.state.partners import PartnersState
from marketplace.state.requests import RequestsState
from marketplace.state.studio import StudioState
from marketplace.state.studio_waits import StudioCounts
from tests.domain.world import World
from tests.state.pages import Open
from tests.state.test_dispute_files import seller
from tests.state.test_two_sellers import Sold, sold  # noqa: F401 - a fixture


async def todos(person: Account) -> dict[str, str]:
    page = Open(StudioState, seller(person))
    await page.call("on_load")
    return {todo["href"]: todo["text"] for todo in page.state.todos}


async def counts(person: Account) -> tuple[str, str]:
    page = Open(StudioCounts, seller(person))
    await page.call("refresh")
    return page.state.requests, page.state.partners


async def test_a_buyer_who_asks_is_waited_for_until_the_answer(world: World, sold: Sold) -> None:  # noqa: F811
    ana, ben, buyer = sold.people
    line: UUID = await world.one("SELECT id FROM order_line WHERE creator_id = :c", c=ana.id)
    assert (await todos(ana), await counts(ana)) == ({}, ("", ""))
    await world.rows("UPDATE order_line SET refund_days = 0 WHERE id = :l", l=line)
    async with db.transaction() as session:
        await refunds.ask(session, Actor(buyer.id), line, "It isn't for me.")
    async with db.transaction() as session:
        ask = await refunds.appeal(session, Actor(buyer.id), line, "It isn't for me.")
    await ask_mail(str(ask.id))
    mail = await world.one("SELECT text FROM outgoing_mail WHERE recipient = :r AND key LIKE 'ask-%'", r=ana.email)
    assert mail.rstrip().endswith("/studio/requests"), "where it can be answered"
    await world.drain()
    assert (await todos(ana), await counts(ana)) == ({"/studio/requests": "Refund requests: 1."}, ("1", ""))
    assert (await todos(ben), await counts(ben)) == ({}, ("", ""))
    page = Open(RequestsState, seller(ana))
    await page.call("on_load")
    assert page.state.asks[0]["buyer"] == buyer.name
    await page.call("refuse", {"ask_id": page.state.asks[0]["id"], "answer": "No."})
    assert (await todos(ana), await counts(ana)) == ({}, ("", ""))


async def test_a_dispute_waits_for_each_of_its_sellers_and_says_their_part(world: World, sold: Sold) -> None:  # noqa: F811
    ana, ben, _buyer = sold.people
    await world.act("dispute", await world.one('SELECT charge_id FROM "order" WHERE id = :o', o=sold.order))
    await world.drain()
    for person in (ana, ben):
        (text,) = (await todos(person)).values()
        assert text.startswith("Disputed payments that wait for you: 1. The first until ")
        assert await counts(person) == ("1", "")
        page = Open(RequestsState, seller(person))
        await page.call("on_load")
        assert page.state.disputes[0]["amount"] == "$25.00 of $50.00"


async def test_an_invitation_waits_and_the_same_answer_twice_is_one(world: World, sold: Sold) -> None:  # noqa: F811
    ana, ben, _buyer = sold.people
    async with db.transaction() as session:
        row = await partners.invite(
            session, seller(ana), product_id=sold.products[0].id, owner_id=ana.id, email=ben.email, role="co_creator",
            percent=Decimal(10),
        )  # fmt: skip
    assert await counts(ben) == ("", "1")
    assert list(await todos(ben)) == ["/studio/partners"]
    page = Open(PartnersState, seller(ben))
    first, again = [await page.call("answer", str(row.id), True) for _press in range(2)]
    assert str(first) == str(again), "no complaint"
    assert (await counts(ben), await todos(ben)) == (("", ""), {})
