"""Many at once: nobody pays twice, and no more goes back than was paid."""

from __future__ import annotations

import pytest

from marketplace import db
from marketplace.checkout import start_purchase
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.orders import refunds
from marketplace.domain.orders.errors import AlreadyOwned, NothingToRefund, OwnProduct, RefundTooLarge
from marketplace.domain.orders.models import Refund
from marketplace.errors import Conflict, Invalid, Missing, SignInNeeded, Unavailable
from marketplace.jobs import webhooks
from tests.domain.world import World, together


@pytest.fixture(scope="module")
async def owner(world: World) -> Account:
    return await world.creator()


async def _bought(world: World, owner: Account, **fields: object) -> tuple[Account, str, str]:
    """(buyer, order id, line id) of a paid sale."""
    buyer, product = await world.person(), await world.lesson(owner, **fields)
    await world.pay(page := await start_purchase(Actor(buyer.id), product.slug, ""))
    await webhooks.apply_checkout(page.rsplit("/", 1)[-1])
    row = (await world.rows("SELECT order_id, id FROM order_line WHERE buyer_id = :b", b=buyer.id))[0]
    return buyer, str(row[0]), str(row[1])


async def test_twenty_clicks_make_one_order_and_one_payment_page(world: World, owner: Account) -> None:
    product, buyer = await world.lesson(owner), await world.person()
    before = len(await world.stripe("checkout.session"))
    answers = await together(*(start_purchase(Actor(buyer.id), product.slug, "") for _ in range(20)))
    pages = {answer for answer in answers if isinstance(answer, str)}
    others = [answer for answer in answers if not isinstance(answer, str)]
    assert len(pages) == 1
    assert all(isinstance(answer, Unavailable | Conflict) for answer in others), others
    assert len(await world.stripe("checkout.session")) == before + 1
    assert await world.one('SELECT count(*) FROM "order" WHERE buyer_id = :b', b=buyer.id) == 1
    assert await start_purchase(Actor(buyer.id), product.slug, "") in pages


async def test_twenty_clicks_on_a_free_lesson_give_it_once(world: World, owner: Account) -> None:
    product, buyer = await world.lesson(owner, price_kind="free"), await world.person()
    answers = await together(*(start_purchase(Actor(buyer.id), product.slug, "") for _ in range(20)))
    assert {a for a in answers if isinstance(a, str)} == {f"/watch/{product.slug}"}
    assert all(isinstance(a, AlreadyOwned) for a in answers if not isinstance(a, str))
    assert await world.one('SELECT count(*) FROM "grant" WHERE account_id = :b', b=buyer.id) == 1


async def test_who_may_not_buy(world: World, owner: Account) -> None:
    product = await world.lesson(owner)
    with pytest.raises(SignInNeeded):
        await start_purchase(Actor(), product.slug, "")
    with pytest.raises(OwnProduct):
        await start_purchase(Actor(owner.id, "member", True), product.slug, "")
    with pytest.raises(Missing):
        await start_purchase(Actor(owner.id), "no-such-lesson", "")
    assert await world.one("SELECT count(*) FROM order_line WHERE product_id = :p", p=product.id) == 0


@pytest.mark.parametrize("typed", ["", " ", "0", "-1", "0.49", "1e9", "NaN", "12.345", "x", "1000000"])
async def test_a_hostile_amount_opens_no_page(world: World, owner: Account, typed: str) -> None:
    product = await world.lesson(owner, price_kind="pwyw", price_minor=900, min_minor=100)
    buyer = await world.person()
    with pytest.raises(Invalid):
        await start_purchase(Actor(buyer.id), product.slug, typed)
    assert await world.one('SELECT count(*) FROM "order" WHERE buyer_id = :b', b=buyer.id) == 0


async def test_who_was_not_asked_pays_what_is_suggested(world: World, owner: Account) -> None:
    product, buyer = await world.lesson(owner, price_kind="pwyw", price_minor=900, min_minor=100), await world.person()
    await start_purchase(Actor(buyer.id), product.slug)
    assert await world.one('SELECT total_minor FROM "order" WHERE buyer_id = :b', b=buyer.id) == 900


async def test_a_fixed_price_can_not_be_talked_down(world: World, owner: Account) -> None:
    product, buyer = await world.lesson(owner), await world.person()
    await start_purchase(Actor(buyer.id), product.slug, "0.50")
    assert await world.one('SELECT total_minor FROM "order" WHERE buyer_id = :b', b=buyer.id) == 2500


async def test_a_new_price_replaces_the_open_page(world: World, owner: Account) -> None:
    product, buyer = await world.lesson(owner), await world.person()
    first = await start_purchase(Actor(buyer.id), product.slug, "")
    await world.rows("UPDATE product SET price_minor = 3000 WHERE id = :p", p=product.id)
    second = await start_purchase(Actor(buyer.id), product.slug, "")
    assert second != first
    assert (await world.pay(first)).status_code == 410
    assert (await world.pay(second)).status_code == 303


async def test_who_paid_while_buying_again_owns_it(world: World, owner: Account) -> None:
    """The news of the payment is still on its way when the price changes and the buyer clicks again."""
    product, buyer = await world.lesson(owner), await world.person()
    await world.pay(await start_purchase(Actor(buyer.id), product.slug, ""))
    await world.rows("UPDATE product SET price_minor = 3000 WHERE id = :p", p=product.id)
    with pytest.raises(AlreadyOwned):
        await start_purchase(Actor(buyer.id), product.slug, "")
    assert await world.one('SELECT count(*) FROM "order" WHERE buyer_id = :b', b=buyer.id) == 1


async def test_ten_refunds_at_once_never_exceed_what_was_paid(world: World, owner: Account) -> None:
    _, order, line = await _bought(world, owner, price_minor=1000)

    async def ask(amount: int) -> Refund:
        async with db.transaction() as session:
            return await refunds.request(
                session, Actor(owner.id, "member", True), line, amount_minor=amount, revoke_access=False, note=""
            )

    answers = await together(*(ask(300) for _ in range(10)))
    assert sum(isinstance(a, Refund) for a in answers) == 3
    assert all(isinstance(a, Refund | RefundTooLarge | NothingToRefund) for a in answers), answers
    await world.drain()
    charge = await world.one('SELECT charge_id FROM "order" WHERE id = :o', o=order)
    assert sum(r["amount"] for r in await world.stripe("refund", charge=charge)) == 900
    assert await world.one('SELECT refunded_minor FROM "order" WHERE id = :o', o=order) == 900
    assert isinstance((await together(ask(101)))[0], RefundTooLarge)
    assert isinstance((await together(ask(100)))[0], Refund)
    assert isinstance((await together(ask(1)))[0], NothingToRefund)


@pytest.mark.parametrize("amount", [0, -1, 1001, 10**12])
async def test_a_refund_of_an_impossible_amount(world: World, owner: Account, amount: int) -> None:
    _, _, line = await _bought(world, owner, price_minor=1000)
    with pytest.raises(Invalid):
        async with db.transaction() as session:
            await refunds.request(
                session, Actor(owner.id, "member", True), line, amount_minor=amount, revoke_access=True, note=""
            )
    assert await world.one("SELECT count(*) FROM refund WHERE line_id = :l", l=line) == 0


async def test_only_the_seller_and_admins_refund(world: World, owner: Account) -> None:
    buyer, _, line = await _bought(world, owner)
    other = await world.creator("Other", outcome="")
    for stranger in (Actor(buyer.id), Actor(other.id, "member", True), Actor(other.id, "moderator")):
        with pytest.raises(Missing):
            async with db.transaction() as session:
                await refunds.request(session, stranger, line, amount_minor=1, revoke_access=True, note="")
    async with db.transaction() as session:
        await refunds.request(session, Actor(other.id, "admin"), line, amount_minor=1, revoke_access=True, note="")
