"""Creators who leave: what stops them, what happens to those they had to do with, and to the money."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest

from marketplace import db, leaving
from marketplace.checkout import start_purchase
from marketplace.domain.access import service as access
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts import service as accounts
from marketplace.domain.accounts.models import Account
from marketplace.domain.accounts.ports import Identity
from marketplace.domain.catalog.models import Product
from marketplace.domain.ledger import service as ledger
from marketplace.domain.orders import disputes, evidence, refunds
from marketplace.domain.orders.errors import NotForSale
from marketplace.domain.partners import service as partners
from marketplace.errors import Conflict, Denied
from marketplace.jobs import webhooks
from marketplace.vendors import vendors
from tests.domain.world import World


def maker(account: Account) -> Actor:
    return Actor(account.id, "member", True)


async def admin(world: World) -> Actor:
    return Actor((await world.person("Ada Admin")).id, "admin")


async def sold(world: World, product: Product, buyer: Account, **more: str) -> tuple[UUID, UUID]:
    """(order, line) of a paid sale."""
    page = await start_purchase(Actor(buyer.id), product.slug, **more)
    await world.pay(page)
    return await arrived(world, page)


async def arrived(world: World, page: str) -> tuple[UUID, UUID]:
    checkout = page.rsplit("/", 1)[-1]
    await webhooks.apply_checkout(checkout)
    await world.drain_jobs()
    order = await world.one('SELECT id FROM "order" WHERE checkout_id = :c', c=checkout)
    return order, await world.one("SELECT id FROM order_line WHERE order_id = :o", o=order)


async def notes(who: Account) -> tuple[list[str], list[str]]:
    """(what stops them, what will happen)."""
    async with db.transaction() as session:
        found = await leaving.outlook(session, maker(who))
    return [n.text for n in found if n.kind == "stops"], [n.text for n in found if n.kind == "happens"]


async def leave(who: Account) -> None:
    async with db.transaction() as session:
        await leaving.leave(session, maker(who))


async def money(who: Account) -> dict[str, int]:
    """What they have and owe, in dollars' cents."""
    async with db.transaction() as session:
        totals = (await ledger.balances(session, who.id)).get("usd", {})
    return {name: -total for name, total in totals.items() if total}


async def may_watch(who: Account, product: Product) -> bool:
    async with db.transaction() as session:
        now = await session.get(Product, product.id)
        assert now is not None
        said = await access.explain_watch(
            session, Actor(who.id), product_id=now.id, title=now.title, creator_id=now.creator_id, state=now.state,
            price_kind=now.price_kind,
        )  # fmt: skip
    return said.allowed


async def refund(world: World, who: Actor, line: UUID, minor: int) -> None:
    async with db.transaction() as session:
        await refunds.request(session, who, line, amount_minor=minor, revoke_access=True, note="")
    await world.drain()


async def test_who_has_nothing_going_on_just_leaves(world: World) -> None:
    person = await world.person()
    assert await notes(person) == ([], [])
    await leave(person)
    await world.drain_jobs()
    async with db.transaction() as session:
        gone = await accounts.account(session, person.id)
    assert (gone.name, gone.deleted_at is not None) == ("Former member", True)


async def test_buyers_keep_what_they_bought_and_nobody_else_can_buy_it(world: World) -> None:
    owner, buyer, late = await world.creator(), await world.person(), await world.person()
    product = await world.lesson(owner)
    await sold(world, product, buyer)
    stops, happens = await notes(owner)
    assert stops == []
    assert any("products: 1" in text for text in happens)
    assert any("buyers (1)" in text for text in happens)
    await leave(owner)
    assert await may_watch(buyer, product)
    assert not await may_watch(late, product)
    with pytest.raises(NotForSale):
        await start_purchase(Actor(late.id), product.slug)
    assert await world.one("SELECT creator_name FROM product WHERE id = :p", p=product.id) == "Former member"
    await world.drain()


async def test_who_pays_while_the_creator_leaves_gets_the_lesson_and_the_creator_the_money(world: World) -> None:
    owner, buyer = await world.creator(), await world.person()
    product = await world.lesson(owner)
    page = await start_purchase(Actor(buyer.id), product.slug)
    assert any("under way: 1" in text for text in (await notes(owner))[1])
    await leave(owner)
    await world.pay(page)
    await arrived(world, page)
    assert await may_watch(buyer, product)
    assert (await money(owner))["available"] == 2250


async def test_money_that_could_never_be_sent_stops_them(world: World) -> None:
    owner, buyer = await world.creator(outcome=""), await world.person()
    product = await world.lesson(owner, price_kind="free", price_minor=0)
    await world.rows("UPDATE product SET price_kind = 'fixed', price_minor = 2500 WHERE id = :p", p=product.id)
    await sold(world, product, buyer)
    assert (await money(owner))["held"] == 2250
    stops, _ = await notes(owner)
    assert len(stops) == 1
    assert "$22.50" in stops[0]
    with pytest.raises(Conflict, match=r"\$22\.50"):
        await leave(owner)
    async with db.transaction() as session:
        assert (await accounts.account(session, owner.id)).deleted_at is None
    assert await world.one("SELECT state FROM product WHERE id = :p", p=product.id) == "published"
    await world.rows(
        "UPDATE merchant SET closed = true, account_id = :a WHERE creator_id = :c", a=f"x{owner.id}", c=owner.id
    )
    stops, happens = await notes(owner)
    assert stops == [], "who was turned down may still leave"
    assert any("stays yours on our books" in text for text in happens)
    await leave(owner)
    assert (await money(owner))["held"] == 2250
    await world.drain()


async def test_what_is_due_still_goes_out(world: World) -> None:
    owner, buyer = await world.creator(), await world.person()
    product = await world.lesson(owner)
    page = await start_purchase(Actor(buyer.id), product.slug)
    await world.rows('UPDATE "order" SET hold_days = 7 WHERE checkout_id = :c', c=page.rsplit("/", 1)[-1])
    await world.pay(page)
    order, _line = await arrived(world, page)
    account_id = await world.one("SELECT account_id FROM merchant WHERE creator_id = :c", c=owner.id)
    await vendors().connect.set_payout_settings(
        account_id, interval="manual", minimum={"usd": 5000}, key=f"m{owner.id}"
    )
    stops, happens = await notes(owner)
    assert stops == []
    assert any("$22.50 on hold" in text for text in happens)
    await leave(owner)
    await world.drain_jobs()
    settings = await vendors().connect.payout_settings(account_id)
    assert (settings.interval, any(settings.minimum.values())) == ("daily", False)
    await world.rows("UPDATE \"order\" SET paid_at = paid_at - interval '7 days' WHERE id = :o", o=order)
    await world.sweep()
    assert await money(owner) == {"available": 2250, "connected": -2250}
    await world.draw_out(account_id)
    await world.drain()
    assert await money(owner) == {}


async def test_a_refund_after_they_left_takes_their_part_back(world: World) -> None:
    owner, buyer = await world.creator(), await world.person()
    product = await world.lesson(owner)
    _, line = await sold(world, product, buyer)
    await leave(owner)
    await refund(world, await admin(world), line, 2500)
    assert await money(owner) == {}
    assert not await may_watch(buyer, product)
    assert await world.one("SELECT state FROM refund WHERE line_id = :l", l=line) == "succeeded"


async def test_a_debt_stays_on_the_books_and_is_seen(world: World) -> None:
    owner, buyer, other = await world.creator(), await world.person(), await world.person()
    product = await world.lesson(owner)
    _, line = await sold(world, product, buyer)
    _, second = await sold(world, product, other)
    await world.draw_out(await world.one("SELECT account_id FROM merchant WHERE creator_id = :c", c=owner.id))
    await world.drain()
    await refund(world, await admin(world), line, 2500)
    assert (await money(owner))["debt"] == -2250
    stops, happens = await notes(owner)
    assert stops == []
    assert any("You owe $22.50" in text for text in happens)
    await leave(owner)
    await refund(world, await admin(world), second, 2500)
    assert (await money(owner))["debt"] == -4500, "also what comes after"
    async with db.transaction() as session:
        assert (await everybody(session))[owner.id, "usd"]["debt"] == 4500


async def everybody(session) -> dict[tuple[UUID, str], dict[str, int]]:  # type: ignore[no-untyped-def]
    """What an admin sees, page by page of one."""
    out: dict[tuple[UUID, str], dict[str, int]] = {}
    while page := await ledger.owing(session, list(out)[-1] if out else None, 1):
        assert len(page) == 1
        out |= page
    return out


async def test_admins_see_what_is_due_to_who_left_and_not_to_who_is_here(world: World) -> None:
    here, gone, buyer = await world.creator(), await world.creator("Gil Gone"), await world.person()
    for owner in (here, gone):
        await sold(world, await world.lesson(owner), buyer)
    await leave(gone)
    async with db.transaction() as session:
        found = await everybody(session)
    assert found[gone.id, "usd"]["available"] == -2250
    assert (here.id, "usd") not in found
    await world.drain()


async def _disputed(world: World, order: UUID) -> str:
    charge = await world.one('SELECT charge_id FROM "order" WHERE id = :o', o=order)
    await world.act("dispute", charge, reason="fraudulent")
    await world.drain()
    return str((await world.stripe("dispute", charge=charge))[-1]["id"])


async def test_open_disputes_are_answered_with_what_is_filled_in(world: World) -> None:
    owner, buyer = await world.creator(), await world.person()
    order, _ = await sold(world, await world.lesson(owner), buyer)
    dispute = await _disputed(world, order)
    assert any("Open disputes: 1" in text for text in (await notes(owner))[1])
    await leave(owner)
    await world.drain()
    (sent,) = await world.stripe("dispute", id=dispute)
    assert sent["status"] == "under_review"
    assert sent["evidence"]["customer_email_address"] == buyer.email
    assert sent["evidence"]["receipt"]
    await world.act("decide", dispute, result="won")
    await world.drain()
    assert (await money(owner))["available"] == 2250, "won: the share is theirs again"


async def test_a_dispute_that_comes_later_is_answered_too(world: World) -> None:
    owner, buyer = await world.creator(), await world.person()
    order, _ = await sold(world, await world.lesson(owner), buyer)
    await leave(owner)
    dispute = await _disputed(world, order)
    assert (await world.stripe("dispute", id=dispute))[0]["status"] == "under_review"
    assert not await world.rows("SELECT 1 FROM outgoing_mail WHERE recipient LIKE '%@invalid'"), "nobody to write to"


async def test_who_stays_answers_a_shared_dispute_themselves(world: World) -> None:
    from marketplace.checkout import check_out_cart
    from marketplace.domain.cart import service as cart

    gone, stays, buyer = await world.creator("Gil Gone"), await world.creator("Sue Stays"), await world.person()
    async with db.transaction() as session:
        for owner in (gone, stays):
            product = await world.lesson(owner)
            await cart.add(session, Actor(buyer.id), product.id, seen_minor=2500, seen_currency="usd")
    page = await check_out_cart(Actor(buyer.id), "usd")
    await world.pay(page)
    checkout = page.rsplit("/", 1)[-1]
    await webhooks.apply_checkout(checkout)
    await world.drain_jobs()
    order = await world.one('SELECT id FROM "order" WHERE checkout_id = :c', c=checkout)
    dispute = await _disputed(world, order)
    await leave(gone)
    await world.drain()
    assert (await world.stripe("dispute", id=dispute))[0]["status"] == "needs_response"
    async with db.transaction() as session:
        await evidence.room(session, maker(stays), dispute, "receipt", 5)
        await disputes.submit(session, maker(stays), dispute)
    await world.drain()


async def test_refunds_they_were_asked_for_are_answered_by_an_admin(world: World) -> None:
    owner, buyer = await world.creator(), await world.person()
    _, line = await sold(world, await world.lesson(owner), buyer)
    await world.rows("UPDATE order_line SET refund_days = 0 WHERE id = :l", l=line)
    async with db.transaction() as session:
        await refunds.ask(session, Actor(buyer.id), line, "Please")
        ask = await refunds.appeal(session, Actor(buyer.id), line, "Please look at it")
    assert any("your answer about: 1" in text for text in (await notes(owner))[1])
    from marketplace.domain.orders import store

    async with db.transaction() as session:
        assert ask.id not in {row.id for row, _line, _name in await store.asks_of_nobody(session)}
    await leave(owner)
    async with db.transaction() as session:
        assert ask.id in {row.id for row, _line, _name in await store.asks_of_nobody(session)}
        await refunds.answer(session, await admin(world), ask.id, grant=True, words="Here it is")
    await world.drain()
    assert await world.one("SELECT refunded_minor FROM order_line WHERE id = :l", l=line) == 2500


async def test_shares_end_and_what_was_sold_stays_shared(world: World) -> None:
    owner, partner, buyer = await world.creator(), await world.creator("Pia Partner"), await world.person()
    mine, theirs = await world.lesson(owner), await world.lesson(partner)
    for product, of, to in ((mine, owner, partner), (theirs, partner, owner)):
        async with db.transaction() as session:
            row = await partners.invite(
                session,
                maker(of),
                product_id=product.id,
                owner_id=of.id,
                email=to.email,
                role="co_creator",
                percent=Decimal(20),
            )
            await partners.answer(session, maker(to), row.id, accept=True)
    await sold(world, mine, buyer)
    happens = (await notes(partner))[1]
    assert any("other people's products end (1)" in text for text in happens)
    assert any("others have in your products end (1)" in text for text in happens)
    await leave(partner)
    assert await money(partner) == {"available": 450, "connected": -450}
    late = await world.person()
    await sold(world, mine, late)
    assert (await money(partner))["available"] == 450, "nothing of later sales"
    assert (await money(owner))["available"] == 1800 + 2250
    assert not await world.rows("SELECT 1 FROM partnership WHERE email = :m", m=partner.email)
    await world.drain()


async def test_the_books_agree_after_all_of_it(world: World) -> None:
    rows = await world.rows(
        "SELECT entry_id FROM ledger_posting GROUP BY entry_id, currency HAVING sum(amount_minor) <> 0"
    )
    assert rows == []
    async with db.transaction() as session:
        assert await ledger.check(session) == []


async def test_an_account_that_was_deleted_is_not_brought_back_by_a_late_sign_in(world: World) -> None:
    person = await world.person()
    await leave(person)
    auth_id = await world.one("SELECT auth_id::text FROM account WHERE id = :a", a=person.id)
    with pytest.raises(Denied):
        async with db.transaction() as session:
            await accounts.arrive(session, Identity(auth_id, "back@example.com", True, "Back", ""))
    assert await world.one("SELECT email LIKE 'deleted-%' FROM account WHERE id = :a", a=person.id)
