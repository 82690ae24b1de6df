"""What a creator sees of sales, and what others don't: the hooks in buying and refunding, customers, files, visitors."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text
from starlette.applications import Starlette

from marketplace import clock, db
from marketplace.api import export
from marketplace.checkout import start_purchase
from marketplace.domain.access.service import ANONYMOUS, Actor
from marketplace.domain.accounts import service as accounts
from marketplace.domain.accounts.models import Account
from marketplace.domain.analytics import service as analytics
from marketplace.domain.catalog.models import Product
from marketplace.domain.orders import refunds
from marketplace.errors import Denied, Missing, SignInNeeded
from marketplace.figures import Asked, asked, report
from marketplace.jobs import analytics as jobs
from marketplace.jobs import webhooks
from marketplace.visits import Shown, Visits, shown
from tests.domain.world import World

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(scope="module")
async def owner(world: World) -> Account:
    return await world.creator()


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    await world.rows("DELETE FROM rate_window")
    app = httpx.ASGITransport(Starlette(routes=export.routes), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=app, base_url="http://product") as made:
        yield made


def as_creator(account: Account) -> Actor:
    return Actor(account.id, "member", True)


async def signed_in(client: httpx.AsyncClient, account: Account) -> None:
    async with db.transaction() as session:
        token = await accounts.open_session(session, account.id, user_agent="", ip="", days=1)
    client.cookies.set("market_session", token)


async def buy(world: World, product: Product, name: str = "Bea Buyer") -> tuple[Account, UUID]:
    """(buyer, order line)."""
    buyer = await world.person(name)
    await world.pay(page := await start_purchase(Actor(buyer.id), product.slug, ""))
    await webhooks.apply_checkout(page.rsplit("/", 1)[-1])
    return buyer, await world.one("SELECT id FROM order_line WHERE buyer_id = :b", b=buyer.id)


async def sold(owner: Account, currency: str = "usd") -> analytics.Totals:
    async with db.transaction() as session:
        wanted = await report(session, as_creator(owner), Asked(period="7d", currency=currency))
        return await analytics.totals(session, wanted.scope, wanted.span)


async def rows_of(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


async def test_a_sale_a_refund_and_one_that_came_back(world: World) -> None:
    """Each as soon as it is booked, folded in or not, and however often the provider tells of it."""
    owner = await world.creator()
    product = await world.lesson(owner)
    await buy(world, product, "Someone Else")
    buyer, line = await buy(world, product)
    page = await world.one('SELECT checkout_id FROM "order" WHERE buyer_id = :b', b=buyer.id)
    await webhooks.apply_checkout(page)
    totals = await sold(owner)
    assert (totals.sales, totals.buyers, totals.gross_minor, totals.net_minor) == (2, 2, 5000, 4500)
    async with db.transaction() as session:
        refund = await refunds.request(
            session, as_creator(owner), line, amount_minor=1000, revoke_access=False, note="Sorry"
        )
    await jobs.fold()
    await world.drain()
    totals = await sold(owner)
    assert (totals.refunds, totals.refunded_minor, totals.refunded_net_minor, totals.kept_minor) == (1, 1000, 900, 3600)
    provider = await world.one("SELECT provider_id FROM refund WHERE id = :r", r=refund.id)
    await world.act("fail-refund", provider)
    await webhooks.apply_refund(provider)
    await webhooks.apply_refund(provider)
    for _ in range(2):
        totals = await sold(owner)
        assert (totals.refunds, totals.refunded_minor, totals.kept_minor) == (0, 0, 4500)
        await jobs.fold()


async def test_what_failed_to_be_booked_is_not_counted(world: World, owner: Account) -> None:
    before = await sold(owner, "eur")
    product = await world.lesson(owner, currency="eur")
    buyer = await world.person()
    await world.pay(page := await start_purchase(Actor(buyer.id), product.slug, ""), card="4000 0000 0000 0002")
    await webhooks.apply_checkout(page.rsplit("/", 1)[-1])
    assert await sold(owner, "eur") == before


@pytest.mark.parametrize("who", [ANONYMOUS, Actor(uuid4()), Actor(uuid4(), "moderator"), Actor(uuid4(), "admin")])
async def test_only_creators_have_figures(world: World, who: Actor) -> None:
    async with db.transaction() as session:
        for call in (
            lambda: report(session, who, Asked()), lambda: analytics.customers(session, who),
            lambda: analytics.customer(session, who, uuid4()), lambda: analytics.purchases(session, who, uuid4()),
            lambda: analytics.customer_count(session, who), lambda: analytics.spends(session, who, uuid4()),
        ):  # fmt: skip
            with pytest.raises((Denied, SignInNeeded)):
                await call()


async def test_another_creators_customers_products_and_sales_are_not_mine(
    world: World, owner: Account, client: httpx.AsyncClient
) -> None:
    product = await world.lesson(owner, title="Nobody else's business")
    buyer, _line = await buy(world, product, "Nina Notyours")
    other = await world.creator("Olga Other")
    me = as_creator(other)
    async with db.transaction() as session:
        with pytest.raises(Missing):
            await analytics.customer(session, me, buyer.id)
        assert (await analytics.customers(session, me, search="Nina")).rows == []
        assert await analytics.purchases(session, me, buyer.id) == ([], {})
        assert await analytics.spends(session, me, buyer.id) == {}
        known = await report(session, me, asked({"product": str(product.id), "period": "all"}))
        assert known.scope.product_id is None
        assert [row.name for row in (await analytics.customers(session, as_creator(owner), search="nina")).rows] == [
            "Nina Notyours"
        ]
    await signed_in(client, other)
    for path in ("earnings.csv?by=sale&period=all", "earnings.csv?by=product&period=all", "customers.csv"):
        answer = await client.get(f"/studio/export/{path}")
        assert await rows_of(answer) == []
        assert "Nina" not in answer.text
        assert "business" not in answer.text


async def test_files_are_for_creators_who_are_signed_in(world: World, client: httpx.AsyncClient) -> None:
    member = await world.person()
    for name in ("earnings.csv", "customers.csv"):
        answer = await client.get(f"/studio/export/{name}")
        assert answer.headers["location"] == f"/login?next=/studio/{name.removesuffix('.csv')}"
    client.cookies.set("market_session", "made-up")
    assert (await client.get("/studio/export/customers.csv")).status_code == 303
    await signed_in(client, member)
    assert (await client.get("/studio/export/earnings.csv")).status_code == 403
    async with db.transaction() as session:
        await accounts.become_creator(session, Actor(member.id))
    assert (await client.get("/studio/export/earnings.csv?period=custom&from=x")).status_code == 422
    with clock.frozen(datetime.now(UTC)):  # one window of the limit
        answers = [(await client.get("/studio/export/earnings.csv")).status_code for _ in range(21)]
    assert answers[0] == 200
    assert answers[-1] == 429


async def test_what_is_in_the_files(world: World, client: httpx.AsyncClient) -> None:
    owner = await world.creator()
    product = await world.lesson(owner, title='=HYPERLINK("http://evil.example")', price_minor=2500)
    evil, line = await buy(world, product, "@SUM(1+1)|cmd")
    gone, _line = await buy(world, product, "Gone Girl")
    async with db.transaction() as session:
        await refunds.request(session, as_creator(owner), line, amount_minor=500, revoke_access=False, note="")
    await world.drain()
    async with db.transaction() as session:
        await accounts.leave(session, Actor(gone.id))
    await signed_in(client, owner)
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    answer = await client.get("/studio/export/earnings.csv?by=day")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].endswith('-usd-by-day.csv"')
    (row,) = await rows_of(answer)
    assert row == {
        "Day (UTC)": today, "Currency": "USD", "Sales": "2", "Units": "2", "New buyers": "2", "Revenue": "50.00",
        "Discounts": "0.00", "Refunds": "1", "Refunded": "5.00", "Yours": "40.50", "Visitors": "0", "Conversion %": "",
        "Shares of others' sales": "0", "From shares": "0.00",
    }  # fmt: skip
    (row,) = await rows_of(await client.get("/studio/export/earnings.csv?by=product"))
    assert row["Product"] == "'" + '=HYPERLINK("http://evil.example")'
    rows = await rows_of(await client.get("/studio/export/earnings.csv?by=sale"))
    assert [(r["What"], r["Amount"], r["Yours"], r["Customer"]) for r in rows] == [
        ("Sale", "25.00", "22.50", "'@SUM(1+1)|cmd"), ("Sale", "25.00", "22.50", "Deleted account"),
        ("Refund", "-5.00", "-4.50", "'@SUM(1+1)|cmd"),
    ]  # fmt: skip
    assert rows[0]["Email"] == evil.email
    assert rows[1]["Email"] == ""
    assert rows[0]["Sale"] == rows[2]["Sale"] == str(line)
    rows = await rows_of(await client.get("/studio/export/customers.csv"))
    assert [(r["Customer"], r["Spent"], r["Refunded"], r["Purchases"]) for r in rows] == [
        ("Deleted account", "25.00", "0.00", "1"), ("'@SUM(1+1)|cmd", "25.00", "5.00", "1"),
    ]  # fmt: skip
    assert (await rows_of(await client.get("/studio/export/customers.csv?q=former"))) == []
    assert len(await rows_of(await client.get("/studio/export/customers.csv?q=sum"))) == 1


async def test_a_file_of_many_pages_has_every_sale_once(
    world: World, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = await world.creator(outcome="")
    buyers = [await world.person(f"Buyer {n}") for n in range(5)]
    at = datetime.now(UTC) - timedelta(days=3)
    for n in range(23):  # many at the same moment: only the id tells them apart
        async with db.transaction() as session:
            await analytics.record_sale(
                session, key=f"many:{owner.id}:{n}", creator_id=owner.id, product_id=UUID(int=n), buyer_id=buyers[n % 5].id,
                currency="usd", at=at + timedelta(seconds=n // 7), gross_minor=100 + n % 3, net_minor=90,
            )  # fmt: skip
    await signed_in(client, owner)
    for size in (1, 4, 23):
        monkeypatch.setattr(export, "_ROWS", size)
        assert len(await rows_of(await client.get("/studio/export/earnings.csv?by=sale"))) == 23
        assert len(await rows_of(await client.get("/studio/export/earnings.csv?by=product"))) == 23
        assert len(await rows_of(await client.get("/studio/export/customers.csv"))) == 5


async def test_customers_are_found_by_the_beginning_of_a_name_or_address(world: World) -> None:
    owner = await world.creator(outcome="")
    people = {name: await world.person(name) for name in ("Zoë O'Brien", "Zora Neal-Hurston", "Ann Brient")}
    for name, person in people.items():
        await world.rows(
            "UPDATE account SET email = :e WHERE id = :i", e=f"{name[:3].lower()}.x@mail.example", i=person.id
        )
        async with db.transaction() as session:
            await analytics.record_sale(
                session, key=str(uuid4()), creator_id=owner.id, product_id=UUID(int=5), buyer_id=person.id, currency="usd",
                at=datetime.now(UTC), gross_minor=100, net_minor=90,
            )  # fmt: skip

    async def search(typed: str) -> set[str]:
        async with db.transaction() as session:
            return {row.name for row in (await analytics.customers(session, as_creator(owner), search=typed)).rows}

    assert await search("zo") == {"Zoë O'Brien", "Zora Neal-Hurston"}
    assert await search("o'brie") == {"Zoë O'Brien"}
    assert await search("BRIEN") == {"Zoë O'Brien", "Ann Brient"}
    assert await search("hurston zora") == {"Zora Neal-Hurston"}
    assert await search("ann.x@mail.ex") == {"Ann Brient"}
    assert await search("rien") == set()
    assert await search("' | !") == set()
    assert await search("") == set(people)


async def test_a_common_word_finds_the_same_as_a_rare_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = await world.creator(outcome="")
    names = [f"Common {word}" for word in ("One", "Two", "Three", "Four")]
    for n, name in enumerate(names):
        person = await world.person(name)
        async with db.transaction() as session:
            await analytics.record_sale(
                session, key=str(uuid4()), creator_id=owner.id, product_id=UUID(int=5), buyer_id=person.id, currency="usd",
                at=datetime.now(UTC) - timedelta(days=n), gross_minor=100 * n, net_minor=90,
            )  # fmt: skip
        if n == 1:
            await jobs.fold()
    for most in (5000, 1):
        monkeypatch.setattr(analytics.customer_store, "MANY", most)
        async with db.transaction() as session:
            recent = await analytics.customers(session, as_creator(owner), search="common")
            richest = await analytics.customers(session, as_creator(owner), search="common", most_in="usd")
        assert [row.name for row in recent.rows] == names
        assert [row.name for row in richest.rows] == names[::-1]


# visitors


async def visitors(owner: Account) -> int:
    return (await sold(owner)).visitors


async def test_visitors_are_counted_once_a_day_and_product(world: World) -> None:
    owner = await world.creator(outcome="")
    pages = [Shown(owner.id, UUID(int=n), "usd") for n in (71, 72)]
    one, another = Visits(), Visits()  # two processes
    for process in (one, another):
        for page in pages:
            await process.saw(page, viewer=None, ip="203.0.113.9", user_agent=BROWSER)
            await process.saw(page, viewer=uuid4(), ip="203.0.113.9", user_agent=BROWSER)
    await one.saw(pages[0], viewer=None, ip="203.0.113.10", user_agent=BROWSER)
    await one.saw(pages[0], viewer=owner.id, ip="203.0.113.11", user_agent=BROWSER)
    await one.saw(pages[0], viewer=None, ip="203.0.113.12", user_agent="Googlebot/2.1")
    await one.saw(None, viewer=None, ip="203.0.113.13", user_agent=BROWSER)
    await one.write()
    await another.write()
    assert await visitors(owner) == 3
    with clock.frozen(datetime.now(UTC) + timedelta(days=1)):
        await one.saw(pages[0], viewer=None, ip="203.0.113.9", user_agent=BROWSER)
        await one.write()
        assert await visitors(owner) == 4


async def test_free_pages_count_apart(world: World) -> None:
    owner = await world.creator(outcome="")
    free = await world.lesson(owner, price_kind="free")
    page = shown(free)
    assert page is not None
    assert page.currency == ""
    seen = Visits()
    await seen.saw(page, viewer=None, ip="203.0.113.9", user_agent=BROWSER)
    await seen.write()
    assert await visitors(owner) == 0
    assert await world.one("SELECT visitors FROM stats_day WHERE creator_id = :c AND currency = ''", c=owner.id) == 1


async def test_neither_addresses_nor_old_secrets_are_kept(world: World) -> None:
    owner = await world.creator(outcome="")
    seen, ip = Visits(), "203.0.113.77"
    await seen.saw(Shown(owner.id, UUID(int=73), "usd"), viewer=None, ip=ip, user_agent=BROWSER)
    await seen.write()
    async with db.transaction() as session:
        names = await session.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        for (table,) in names.all():
            found = await session.execute(
                text(f'SELECT 1 FROM "{table}" t WHERE t::text LIKE :ip LIMIT 1'), {"ip": f"%{ip}%"}
            )
            assert found.first() is None, table
    with clock.frozen(datetime.now(UTC) + timedelta(days=2)):
        await jobs.tidy()
    assert await world.one("SELECT count(*) FROM visit_salt WHERE day < current_date + 2") == 0
    assert await world.one("SELECT count(*) FROM visit WHERE day < current_date + 1") == 0
    assert await visitors(owner) == 1


async def test_a_page_is_shown_when_visits_cannot_be_counted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = await world.creator(outcome="")

    async def broken(*_args: Any) -> None:
        raise OSError

    monkeypatch.setattr(analytics, "salt", broken)
    seen = Visits()
    await seen.saw(Shown(owner.id, UUID(int=74), "usd"), viewer=None, ip="203.0.113.9", user_agent=BROWSER)
    monkeypatch.undo()
    monkeypatch.setattr(analytics, "record_views", broken)
    await seen.saw(Shown(owner.id, UUID(int=74), "usd"), viewer=None, ip="203.0.113.9", user_agent=BROWSER)
    await seen.write()
    assert await visitors(owner) == 0


@pytest.mark.parametrize(
    "query",
    [
        {"period": "1d"},
        {"currency": "btc"},
        {"by": "hour"},
        {"product": "x"},
        {"from": "2026-01-01", "to": "2026-02-01"},
    ],
)
def test_what_an_address_says_that_is_unknown_is_not_said(query: dict[str, str]) -> None:
    assert asked(query) == Asked()


def test_an_address_says_what_was_asked() -> None:
    wanted = {
        "period": "custom",
        "from": "2026-01-01",
        "to": "2026-02-01",
        "currency": "eur",
        "by": "week",
        "product": str(UUID(int=3)),
    }
    assert asked(wanted) == Asked("custom", "2026-01-01", "2026-02-01", "eur", "week", UUID(int=3))
    for name, value in wanted.items():
        assert f"{name}={value}" in asked(wanted).href()
    assert asked(wanted).href(period="", start="", end="", currency="", by="", product_id=None) == "/studio/earnings"
