"""One order of two sellers: each sees what became of their own line, and shares one answer to the bank with the other."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import pytest

from marketplace import db
from marketplace.checkout import check_out_cart, price_of, put_into_cart
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.catalog import browse
from marketplace.domain.catalog.models import Product
from marketplace.domain.orders import refunds
from marketplace.errors import Conflict
from marketplace.jobs import webhooks
from marketplace.state.cart import CartState
from marketplace.state.earnings import EarningsState
from marketplace.vendors import vendors
from tests.domain.world import World
from tests.state.pages import Open
from tests.state.test_dispute_files import PDF, PNG, opened, seller


@dataclass
class Sold:
    order: UUID
    products: list[Product]
    people: list[Account]

    @property
    def buyer(self) -> Account:
        return self.people[2]


@pytest.fixture
async def sold(world: World) -> Sold:
    async with db.transaction():
        await vendors().files.ensure_buckets()
    people = [await world.creator("Ana First"), await world.creator("Ben Second"), await world.person()]
    products = [await world.lesson(person) for person in people[:2]]
    for product in products:
        await put_into_cart(Actor(people[2].id), product.slug)
    page = await check_out_cart(Actor(people[2].id), "usd")
    await world.pay(page)
    await webhooks.apply_checkout(page.rsplit("/", 1)[-1])
    await world.drain()
    order = await world.one('SELECT id FROM "order" WHERE checkout_id = :c', c=page.rsplit("/", 1)[-1])
    return Sold(order, products, people)


async def sales(person: Account) -> dict[str, str]:
    page = Open(EarningsState, seller(person))
    await page.call("on_load")
    (row,) = page.state.sales
    return dict(row)


async def test_a_refund_of_one_is_no_refund_of_the_other(world: World, sold: Sold) -> None:
    ana, ben, _buyer = sold.people
    line = await world.one("SELECT id FROM order_line WHERE creator_id = :c", c=ana.id)
    async with db.transaction() as session:
        await refunds.request(session, seller(ana), line, amount_minor=2500, revoke_access=True, note="")
    await world.drain()
    mine, other = await sales(ana), await sales(ben)
    assert (mine["state"], mine["fee"], mine["yours"]) == ("Refunded", "$0.00", "$0.00")
    assert (other["state"], other["tone"], other["fee"], other["yours"]) == ("Paid", "success", "−$2.50", "$22.50")


async def test_what_one_seller_adds_to_the_answer_no_other_takes_out(world: World, sold: Sold) -> None:
    ana, ben, _buyer = sold.people
    charge = await world.one('SELECT charge_id FROM "order" WHERE id = :o', o=sold.order)
    await world.act("dispute", charge)
    await world.drain()
    dispute = str((await world.stripe("dispute", charge=charge))[-1]["id"])
    assert (await sales(ben))["state"] == "Disputed"
    hers, his = await opened(world, seller(ana), dispute), await opened(world, seller(ben), dispute)
    assert hers.state.dispute["others"] == "Ben Second"
    assert await hers.upload("chat.png", PNG) == ""
    assert "Another seller" in await his.upload("mine.pdf", PDF)
    await his.call("remove_file", "customer_communication")
    assert await his.upload("mine.pdf", PDF, "uncategorized_file") == ""
    await hers.call("on_load")
    assert (hers.files["customer_communication"], hers.files["uncategorized_file"]) == ("chat.png", "mine.pdf")
    await his.call("submit", {"then": "send"})
    await world.drain()
    told = await world.rows("SELECT recipient FROM outgoing_mail WHERE key LIKE :k", k=f"dispute-{dispute}-sent-%")
    assert {row[0] for row in told} == {ana.email, ben.email}
    await world.act("decide", dispute, result="lost")
    await world.drain()
    assert (await sales(ben))["state"] == (await sales(ana))["state"] == "Charged back"


async def test_a_price_that_changed_once_more_is_not_agreed_to(world: World, sold: Sold) -> None:
    buyer, product = await world.person(), sold.products[0]
    await put_into_cart(Actor(buyer.id), product.slug)
    await world.rows("UPDATE product SET price_minor = 2600 WHERE id = :p", p=product.id)
    page = Open(CartState, Actor(buyer.id))
    await page.call("on_load")
    assert page.state.rows[0]["changed"] == "$26.00"
    await world.rows("UPDATE product SET price_minor = 9900 WHERE id = :p", p=product.id)
    await page.call("accept", page.state.rows[0]["id"])
    assert page.state.rows[0]["changed"] == "$99.00", "it is shown, and not agreed to"
    await page.call("accept", page.state.rows[0]["id"])
    assert (page.state.rows[0]["price"], page.state.rows[0]["ready"]) == ("$99.00", "yes")
    async with db.transaction() as session:
        (listing,) = await browse.listings(session, [product.id])
    assert price_of(listing, None) == 9900


async def test_a_second_press_of_an_answer_is_the_first_one(world: World, sold: Sold) -> None:
    ana = sold.people[0]
    line = await world.one("SELECT id FROM order_line WHERE creator_id = :c", c=ana.id)
    await world.rows("UPDATE order_line SET refund_days = 0 WHERE id = :l", l=line)
    async with db.transaction() as session:
        await refunds.ask(session, Actor(sold.buyer.id), line, "")
        ask = await refunds.appeal(session, Actor(sold.buyer.id), line, "Please")
    for _press in range(2):
        async with db.transaction() as session:
            row = await refunds.answer(session, seller(ana), ask.id, grant=False, words="No")
            assert row.state == "refused"
    for grant, words in ((True, "No"), (False, "Never")):
        with pytest.raises(Conflict):
            async with db.transaction() as session:
                await refunds.answer(session, seller(ana), ask.id, grant=grant, words=words)
