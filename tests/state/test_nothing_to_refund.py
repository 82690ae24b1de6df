"""A refund of nothing, or of what is gone already, is refused in words wherever somebody asks for it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from marketplace import db
from marketplace.checkout import start_purchase
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.orders import refunds
from marketplace.domain.orders.errors import NothingToRefund
from marketplace.domain.orders.ports import RefundState
from marketplace.jobs import webhooks
from marketplace.state.admin import AdminState
from marketplace.state.earnings import SaleState
from marketplace.state.orders import OrderState
from tests.domain.world import World
from tests.state.pages import Open


@pytest.fixture(scope="module")
async def owner(world: World) -> Account:
    return await world.creator()


class Sale:
    """A paid lesson, and everybody who could want its money back."""

    def __init__(self, world: World, owner: Account) -> None:
        self.world, self.seller = world, Actor(owner.id, "member", True)

    async def made(self, **fields: Any) -> Sale:
        product, buyer = (
            await self.world.lesson(Account(id=self.seller.account_id), **fields),
            await self.world.person(),
        )
        page = await start_purchase(Actor(buyer.id), product.slug)
        await self.world.pay(page)
        await webhooks.apply_checkout(page.rsplit("/", 1)[-1])
        await self.world.drain_jobs()
        self.buyer = Actor(buyer.id)
        self.order: UUID = await self.world.one(
            'SELECT id FROM "order" WHERE checkout_id = :c', c=page.rsplit("/", 1)[-1]
        )
        self.line: UUID = await self.world.one("SELECT id FROM order_line WHERE order_id = :o", o=self.order)
        return self

    async def give(self, minor: int, *, drain: bool = True) -> None:
        async with db.transaction() as session:
            await refunds.request(session, self.seller, self.line, amount_minor=minor, revoke_access=False, note="")
        if drain:
            await self.world.drain()

    async def refunded(self) -> tuple[int, int]:
        """(how many refunds, what they come to)"""
        found = await self.world.rows(
            "SELECT count(*), coalesce(sum(amount_minor), 0) FROM refund WHERE order_id = :o", o=self.order
        )
        return int(found[0][0]), int(found[0][1])


async def at_the_form(cls: type[Any], who: Actor, sale: Sale, amount: str) -> tuple[str, str]:
    """(beside the field, as a toast)"""
    page = Open(cls, who, line_id=str(sale.line))
    await page.call("on_load")
    said = await page.call("refund", {"line_id": str(sale.line), "amount": amount, "access": "keep"})
    return page.state.errors.get("amount", ""), str(said)


FORMS = [(SaleState, "seller"), (AdminState, "admin"), (SaleState, "admin")]


@pytest.mark.parametrize(("cls", "who"), FORMS)
@pytest.mark.parametrize("amount", ["0", "0.00", "-0", "-1", ""])
async def test_nothing_is_no_amount(world: World, owner: Account, cls: type[Any], who: str, amount: str) -> None:
    sale = await Sale(world, owner).made()
    actor = sale.seller if who == "seller" else Actor((await world.person()).id, "admin")
    beside, _ = await at_the_form(cls, actor, sale, amount)
    assert beside
    assert await sale.refunded() == (0, 0)


@pytest.mark.parametrize(("cls", "who"), FORMS)
async def test_what_is_gone_is_not_given_twice(world: World, owner: Account, cls: type[Any], who: str) -> None:
    sale = await Sale(world, owner).made()
    actor = sale.seller if who == "seller" else Actor((await world.person()).id, "admin")
    await sale.give(2500, drain=False)
    for amount in ("1.00", "0"):
        assert "on its way back already" in (await at_the_form(cls, actor, sale, amount))[1]
    await world.drain()
    for amount in ("1.00", "0"):
        assert "has been given back already" in (await at_the_form(cls, actor, sale, amount))[1]
    assert await sale.refunded() == (1, 2500)


@pytest.mark.parametrize(("cls", "who"), FORMS)
async def test_pressed_twice_is_given_once(world: World, owner: Account, cls: type[Any], who: str) -> None:
    sale = await Sale(world, owner).made()
    actor = sale.seller if who == "seller" else Actor((await world.person()).id, "admin")
    page = Open(cls, actor, line_id=str(sale.line))
    await page.call("on_load")
    form = {"line_id": str(sale.line), "amount": "5.00", "access": "keep", "left": "25.00"}
    for _press in range(2):
        await page.call("refund", form)
    assert await sale.refunded() == (1, 500)
    assert "given back meanwhile" in str(await page.call("refund", {**form, "amount": "6.00"}))
    await world.drain()
    await page.call("refund", {**form, "left": "20.00"})
    assert await sale.refunded() == (2, 1000)
    rest = {**form, "amount": "15.00", "left": "15.00"}
    for _press in range(2):
        await page.call("refund", rest)
    assert await sale.refunded() == (3, 2500)
    await world.drain()


async def test_the_buyers_ask_and_appeal(world: World, owner: Account) -> None:
    sale = await Sale(world, owner).made(refund_days=0)
    page = Open(OrderState, sale.buyer, order_id=str(sale.order))
    await page.call("on_load")
    await page.call("ask_refund", str(sale.line))
    assert await world.one("SELECT state FROM refund_ask WHERE line_id = :l", l=sale.line) == "declined"
    await sale.give(2500)
    for handler, argument in (
        ("ask_refund", str(sale.line)), ("appeal", {"line_id": str(sale.line), "words": "Please"}),
    ):  # fmt: skip
        assert "has been given back already" in str(await page.call(handler, argument))
    assert await world.one("SELECT state FROM refund_ask WHERE line_id = :l", l=sale.line) == "declined"
    assert await sale.refunded() == (1, 2500)


async def test_an_ask_that_is_granted_too_late(world: World, owner: Account) -> None:
    sale = await Sale(world, owner).made(refund_days=0)
    async with db.transaction() as session:
        await refunds.ask(session, sale.buyer, sale.line, "Please")
        ask = await refunds.appeal(session, sale.buyer, sale.line, "Please look")
    await sale.give(2500)
    with pytest.raises(NothingToRefund, match="given back already"):
        async with db.transaction() as session:
            await refunds.answer(session, sale.seller, ask.id, grant=True, words="")
    async with db.transaction() as session:
        assert (
            await refunds.answer(session, sale.seller, ask.id, grant=False, words="It was refunded.")
        ).state == "refused"
    assert await sale.refunded() == (1, 2500)
    await world.drain()


async def test_what_cost_nothing(world: World, owner: Account) -> None:
    sale = await Sale(world, owner).made()
    await world.rows(
        "UPDATE order_line SET list_minor = 0, amount_minor = 0, fee_minor = 0, shares_minor = 0 WHERE id = :l",
        l=sale.line,
    )
    for who in (sale.seller, Actor((await world.person()).id, "admin")):
        with pytest.raises(NothingToRefund, match="Nothing was paid"):
            async with db.transaction() as session:
                await refunds.request(session, who, sale.line, amount_minor=1, revoke_access=False, note="")
    with pytest.raises(NothingToRefund, match="Nothing was paid"):
        async with db.transaction() as session:
            await refunds.ask(session, sale.buyer, sale.line, "")
    await world.rows(
        "UPDATE order_line SET list_minor = 2500, amount_minor = 2500, fee_minor = 250, shares_minor = 2250 WHERE id = :l",
        l=sale.line,
    )


async def test_while_a_bank_takes_it_back_that_is_what_is_said(world: World, owner: Account) -> None:
    sale = await Sale(world, owner).made()
    charge = await world.one('SELECT charge_id FROM "order" WHERE id = :o', o=sale.order)
    await world.act("dispute", charge)
    await world.drain()
    async with db.transaction() as session:
        said = await refunds.ask(session, sale.buyer, sale.line, "")
    assert "bank is already taking this payment back" in said.reason


async def test_refunds_in_the_dashboard_of_nothing_or_counted_already(world: World, owner: Account) -> None:
    sale = await Sale(world, owner).made()
    intent = await world.one('SELECT payment_intent_id FROM "order" WHERE id = :o', o=sale.order)

    async def news(id: str, minor: int) -> int:
        state = RefundState(id, None, None, intent, minor, "usd", "succeeded", None)
        async with db.transaction() as session:
            return len(await refunds.apply(session, state))

    name = f"re_{sale.order.hex}"
    for minor in (0, -5):
        assert await news(f"{name}_{minor}", minor) == 0
    assert await sale.refunded() == (0, 0)
    assert [await news(name, 1000) for _ in range(3)] == [1, 1, 1]
    assert await sale.refunded() == (1, 1000)
    assert await world.one("SELECT refunded_minor FROM order_line WHERE id = :l", l=sale.line) == 1000
