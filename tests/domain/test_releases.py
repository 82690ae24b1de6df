"""What is announced before it is out: waitlists that ask first, pre-orders that open by themselves and can be undone."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from marketplace import db, lists
from marketplace.api import mailing as routes
from marketplace.checkout import explain, put_into_cart, start_purchase
from marketplace.clock import frozen, now
from marketplace.cookies import SESSION
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts import service as accounts
from marketplace.domain.bundles import service as bundles
from marketplace.domain.catalog import browse
from marketplace.domain.catalog import service as catalog
from marketplace.domain.mailing import service as mailing
from marketplace.domain.mailing.service import List
from marketplace.domain.orders import refunds
from marketplace.domain.orders.errors import NotForSale
from marketplace.domain.orders.models import Order, OrderLine
from marketplace.domain.orders.rules import Policy, decide_refund
from marketplace.errors import Invalid
from marketplace.jobs import mailing as jobs
from tests.domain.world import World

HERE = {"sec-fetch-site": "same-origin"}
SOON = timedelta(days=20)


@pytest.fixture
async def web() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(Starlette(routes=routes.routes))
    async with httpx.AsyncClient(transport=transport, base_url="http://x", headers=HERE) as one:
        yield one


async def says(who: Actor, slug: str) -> tuple[bool, str]:
    async with db.transaction() as session:
        listing = await browse.lesson(session, slug)
        assert listing is not None
        decision = await explain(session, who, listing)
        return decision.allowed, decision.code


async def mails(world: World, to: str) -> list[Any]:
    return await world.rows(
        "SELECT subject, text, leave, key FROM outgoing_mail WHERE recipient = :to ORDER BY created_at", to=to
    )


async def test_a_pre_order_opens_on_its_day_and_not_before(world: World) -> None:
    product = await world.lesson(await world.creator("Pre"), before="preorder", opens_at=now() + SOON)
    buyer = Actor((await world.person()).id)
    await world.pay(await start_purchase(buyer, product.slug))
    await world.drain()
    assert await says(buyer, product.slug) == (False, "announced")
    assert (await says(Actor((await world.person()).id), product.slug))[1] == "not_bought"
    assert (await says(Actor(product.creator_id), product.slug))[0]
    with frozen(now() + SOON + timedelta(minutes=1)):
        assert await says(buyer, product.slug) == (True, "granted")


async def test_who_takes_an_announcement_back_opens_it_now_and_the_day_is_kept(world: World) -> None:
    owner = await world.creator("Back")
    product = await world.lesson(owner, before="preorder", opens_at=now() + SOON)
    buyer, who = Actor((await world.person()).id), Actor(owner.id, "member", True)
    await world.pay(await start_purchase(buyer, product.slug))
    await world.drain()
    async with db.transaction() as session:
        await catalog.save(session, who, product.id, {"before": ""}, revision=None)
        released = await catalog.publish(session, who, product.id, revision=None)
    assert released.opens_at is not None
    assert released.opens_at <= now()
    assert await says(buyer, product.slug) == (True, "granted")


async def test_a_pre_order_is_given_back_in_full_until_its_day_and_its_days_count_from_it(world: World) -> None:
    product = await world.lesson(
        await world.creator("Ref"), before="preorder", opens_at=now() + SOON, refund_days=7, refund_max_percent=100
    )
    buyer = Actor((await world.person()).id)
    await world.pay(await start_purchase(buyer, product.slug))
    await world.drain()
    line_id = await world.one("SELECT id FROM order_line WHERE product_id = :p", p=product.id)
    for days, code in ((15, "not_out_yet"), (26, "within_policy"), (28, "too_late")):
        with frozen(now() + timedelta(days=days)):
            async with db.transaction() as session:
                line = await session.get(OrderLine, line_id)
                order = await session.get(Order, line.order_id) if line else None
                assert line is not None
                assert order is not None
                assert (await refunds.decision(session, order, line)).code == code
    async with db.transaction() as session:
        await refunds.ask(session, buyer, line_id, "I changed my mind")
    await world.drain()
    assert await says(buyer, product.slug) == (False, "revoked")
    assert await world.one("SELECT refunded_minor FROM order_line WHERE id = :i", i=line_id) == 2500


def test_also_without_refunds_on_request_nothing_is_kept_that_is_not_out() -> None:
    paid = datetime(2026, 1, 1, tzinfo=UTC)
    facts: Any = {"consumed_percent": 0, "left_minor": 9, "disputed": False, "paid_at": paid, "opens_at": paid + SOON}
    assert decide_refund(Policy(0, 0), at=paid, **facts).allowed
    assert not decide_refund(Policy(0, 0), at=paid + SOON, **facts).allowed
    assert not decide_refund(Policy(0, 0), at=paid, **{**facts, "disputed": True}).allowed


async def test_behind_a_waitlist_nothing_is_sold(world: World) -> None:
    product = await world.lesson(await world.creator("Wai"), before="waitlist", opens_at=now() + SOON)
    buyer = Actor((await world.person()).id)
    with pytest.raises(NotForSale):
        await start_purchase(buyer, product.slug)
    with pytest.raises(NotForSale):
        await put_into_cart(buyer, product.slug)
    with frozen(now() + SOON + timedelta(hours=1)):
        await put_into_cart(buyer, product.slug)


async def test_a_release_needs_its_day_within_two_years(world: World) -> None:
    owner = await world.creator("Day")
    product, who = await world.lesson(owner), Actor(owner.id, "member", True)
    for changes in ({"opens_at": now() + timedelta(days=800)}, {"opens_at": "2026-01-01"}, {"before": "never"}):
        with pytest.raises(Invalid):
            async with db.transaction() as session:
                await catalog.save(session, who, product.id, changes, revision=None)
    async with db.transaction() as session:
        draft = await catalog.save(session, who, product.id, {"before": "waitlist"}, revision=None)
        assert [p.field for p in await catalog.problems(session, product, draft)] == ["opens_at"]


async def test_an_address_counts_once_its_owner_said_yes_and_one_mail_tells_of_the_release(
    world: World, web: httpx.AsyncClient
) -> None:
    owner = await world.creator("Opt")
    product = await world.lesson(owner, before="waitlist", opens_at=now() + SOON)
    list_, path = List(owner.id, product.id), f"/waitlist/{product.slug}"
    for typed in ("Fan@Example.org", " fan@example.org "):
        answer = await web.post(path, data={"email": typed})
        assert answer.headers["location"].endswith(f"/lessons/{product.slug}?waitlist=asked")
    sent = await mails(world, "fan@example.org")
    assert len(sent) == 1, "a second try within the hour sends nothing more"
    async with db.transaction() as session:
        assert await mailing.counts(session, owner.id, [product.id]) == {}
    link = re.search(r"/mail/confirm/\S+", sent[0].text)
    assert link is not None
    assert (await web.get(link[0])).status_code == 200
    async with db.transaction() as session:
        assert not await mailing.is_on(session, list_, "fan@example.org"), "looking is not pressing"
    await web.post(link[0])
    async with db.transaction() as session:
        assert await mailing.counts(session, owner.id, [product.id]) == {product.id: 1}
    again = await web.post(path, data={"email": "fan@example.org"})
    assert again.headers["location"].endswith("?waitlist=asked"), "who is on the list already isn't told"
    assert len(await mails(world, "fan@example.org")) == 1
    await jobs.release()
    assert len(await mails(world, "fan@example.org")) == 1
    with frozen(now() + SOON + timedelta(minutes=1)):
        await jobs.release()
        await jobs.release()
    told = (await mails(world, "fan@example.org"))[1:]
    assert len(told) == 1
    assert f"/lessons/{product.slug}" in told[0].text
    gone = re.search(r"/mail/leave/\S+", told[0].leave)
    assert gone is not None
    for _again in range(2):
        assert (await web.post(gone[0], data={"List-Unsubscribe": "One-Click"})).status_code == 200
    assert await world.one("SELECT count(*) FROM subscriber WHERE product_id = :p", p=product.id) == 0


async def test_who_is_signed_in_joins_and_leaves_with_one_press(world: World, web: httpx.AsyncClient) -> None:
    owner, fan = await world.creator("One"), await world.person()
    product = await world.lesson(owner, before="waitlist", opens_at=now() + SOON)
    async with db.transaction() as session:
        token = await accounts.open_session(session, fan.id, user_agent="", ip="", days=1)
    cookie = {"cookie": f"{SESSION}={token}"}
    joined = await web.post(f"/waitlist/{product.slug}", headers=cookie)
    assert joined.headers["location"].endswith("?waitlist=joined")
    async with db.transaction() as session:
        assert await mailing.is_on(session, List(owner.id, product.id), fan.email)
    left = await web.post(f"/waitlist/{product.slug}", data={"leave": "1"}, headers=cookie)
    assert left.headers["location"].endswith("?waitlist=left")
    async with db.transaction() as session:
        assert not await mailing.is_on(session, List(owner.id, product.id), fan.email)


async def test_forms_of_others_and_forged_links_do_nothing(world: World, web: httpx.AsyncClient) -> None:
    owner = await world.creator("Bad")
    out, ahead = await world.lesson(owner), await world.lesson(owner, before="waitlist", opens_at=now() + SOON)
    cases = (
        (ahead.slug, {"email": "a@b"}, HERE, "?waitlist=wrong"), (ahead.slug, {"email": "x" * 9000}, HERE, "?waitlist=wrong"),
        (out.slug, {"email": "c@example.org"}, HERE, "?waitlist=gone"), ("none", {"email": "c@example.org"}, HERE, "?waitlist=gone"),
        (ahead.slug, {"email": "c@example.org"}, {"sec-fetch-site": "cross-site"}, f"/lessons/{ahead.slug}"),
    )  # fmt: skip
    for slug, form, headers, ends in cases:
        answer = await web.post(f"/waitlist/{slug}", data=form, headers=headers)
        assert answer.headers["location"].endswith(ends), (slug, form)
    assert await mails(world, "c@example.org") == []
    some = lists.confirm_url(out.id).rpartition("/")[2]
    for path in (f"/mail/leave/{some}", "/mail/confirm/x", f"/mail/confirm/{some[:-2]}", "/mail/leave/%00"):
        assert (await web.post(path)).status_code == 404


async def test_a_mailbox_cannot_be_filled_by_others(world: World, web: httpx.AsyncClient) -> None:
    owner = await world.creator("Fil")
    products = [await world.lesson(owner, before="waitlist", opens_at=now() + SOON) for _ in range(7)]
    ends = [
        (await web.post(f"/waitlist/{one.slug}", data={"email": "victim@example.org"}))
        .headers["location"]
        .rpartition("=")[2]
        for one in products
    ]
    assert ends.count("asked") <= 5
    assert len(await mails(world, "victim@example.org")) <= 5


async def test_what_is_out_cannot_be_announced_again(world: World) -> None:
    """Who has it would be shut out, and every old sale could be given back."""
    owner = await world.creator("Out")
    product, who = await world.lesson(owner), Actor(owner.id, "member", True)
    buyer = Actor((await world.person()).id)
    await world.pay(await start_purchase(buyer, product.slug))
    await world.drain()
    for before in ("preorder", "waitlist"):
        async with db.transaction() as session:
            await catalog.save(session, who, product.id, {"before": before, "opens_at": now() + SOON}, revision=None)
            with pytest.raises(Invalid, match="out already"):
                await catalog.publish(session, who, product.id, revision=None)
    assert await says(buyer, product.slug) == (True, "granted")


async def test_a_bundle_does_not_sell_what_is_only_on_a_waitlist(world: World) -> None:
    owner = await world.creator("Bundled")
    parts = [await world.lesson(owner), await world.lesson(owner, before="waitlist", opens_at=now() + SOON)]
    bundle = await world.lesson(owner)
    await world.rows("UPDATE product SET kind = 'bundle' WHERE id = :i RETURNING 1", i=bundle.id)
    async with db.transaction() as session:
        await bundles.set_members(session, Actor(owner.id, "member", True), bundle.id, [part.id for part in parts])
    with pytest.raises(NotForSale, match="isn't out yet"):
        await start_purchase(Actor((await world.person()).id), bundle.slug)
