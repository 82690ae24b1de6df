"""What came to partners by others' sales, and that everybody's figures are what the journal says came to them."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

import httpx
import pytest
from starlette.applications import Starlette

from marketplace import db
from marketplace.api import export
from marketplace.checkout import start_purchase
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts import service as accounts
from marketplace.domain.accounts.models import Account
from marketplace.domain.analytics import service as analytics
from marketplace.domain.analytics.service import Span, Totals
from marketplace.domain.catalog.models import Product
from marketplace.domain.coupons import service as coupons
from marketplace.domain.ledger import service as ledger
from marketplace.domain.orders import refunds
from marketplace.domain.partners import service as partners
from marketplace.errors import MarketplaceError
from marketplace.jobs import analytics as jobs
from marketplace.jobs import webhooks
from tests.domain.world import World

ALL = Span(date(2020, 1, 1), date(2100, 1, 1))
FROM_SALES = ("sale", "refund", "refund_failed", "dispute", "dispute_won")


def as_creator(account: Account) -> Actor:
    return Actor(account.id, "member", True)


@dataclass
class Shop:
    """An owner whose lesson has two co-creators and an affiliate; each of them may sell something too."""

    world: World
    people: list[Account]
    products: list[Product] = field(default_factory=list)
    links: dict[UUID, str] = field(default_factory=dict)
    codes: list[str] = field(default_factory=list)
    lines: list[UUID] = field(default_factory=list)

    async def share(self, product: Product, partner: Account, role: str, percent: str) -> None:
        owner = product.creator_id
        async with db.transaction() as session:
            made = await partners.invite(
                session, Actor(owner, "member", True), product_id=product.id, owner_id=owner, email=partner.email,
                role=role, percent=Decimal(percent),
            )  # fmt: skip
            await partners.answer(session, Actor(partner.id), made.id, accept=True)
        if role == "affiliate":
            self.links[product.id] = made.code

    async def buy(self, product: Product, *, code: str = "", through_link: bool = True) -> UUID:
        """The order line."""
        buyer, via = await self.world.person("Bea Buyer"), self.links.get(product.id, "") if through_link else ""
        went = await start_purchase(Actor(buyer.id), product.slug, code=code, via=via)
        if not went.startswith("/orders/"):
            await self.world.pay(went)
            await webhooks.apply_checkout(went.rsplit("/", 1)[-1])
        await self.world.drain()
        self.lines.append(await self.world.one("SELECT id FROM order_line WHERE buyer_id = :b", b=buyer.id))
        return self.lines[-1]

    async def refund(self, line: UUID, amount: int) -> None:
        async with db.transaction() as session:
            await refunds.request(
                session, Actor(self.people[0].id, "admin"), line, amount_minor=amount, revoke_access=False, note=""
            )
        await self.world.drain()

    async def charge(self, line: UUID) -> str:
        sql = "SELECT coalesce(o.charge_id, '') FROM \"order\" o JOIN order_line l ON l.order_id = o.id WHERE l.id = :l"
        return str(await self.world.one(sql, l=line))

    async def totals(self, person: Account, currency: str = "usd") -> Totals:
        async with db.transaction() as session:
            return await analytics.totals(session, analytics.scope(as_creator(person), currency), ALL)


async def shop(world: World) -> Shop:
    people = [await world.creator(name) for name in ("Ola Owner", "Cora Co", "Kim Co", "Alf Affiliate")]
    owner, cora, kim, alf = people
    made = Shop(world, people)
    for currency, price in (("usd", 1001), ("eur", 2333)):
        product = await world.lesson(owner, price_minor=price, currency=currency)
        await made.share(product, cora, "co_creator", "33.3")
        await made.share(product, kim, "co_creator", "12.5")
        await made.share(product, alf, "affiliate", "20")
        made.products.append(product)
    own = await world.lesson(cora, price_minor=1999)
    await made.share(own, owner, "affiliate", "15")
    made.products.append(own)
    return made


async def proven(of: Shop) -> None:
    """For each creator and currency: the figures are what the journal says came to their account from sales."""
    for person in of.people:
        async with db.transaction() as session:
            told = await ledger.explanation(session, person.id)
            known = await analytics.currencies(session, as_creator(person))
            for currency in {*told, *known}:
                steps = told[currency].held_steps if currency in told else ()
                came = sum(step.amount_minor for step in steps if step.what in FROM_SALES)
                scope = analytics.scope(as_creator(person), currency)
                totals = await analytics.totals(session, scope, ALL)
                assert totals.kept_minor == came, f"{person.name} in {currency}"
                by_product = await analytics.by_product(session, scope, ALL, limit=100)
                assert sum(figures.kept_minor for _id, figures in by_product) == came
                events = await analytics.events(session, scope, ALL, limit=1000)
                assert sum(event.kept_minor for event in events) == came


async def led_back(of: Shop) -> None:
    """Each posting of a fee, a tax or the provider's fee has its order, and says out of whose business it came."""
    postings = await of.world.rows(
        "SELECT e.kind, p.account, p.about_id, e.line_id, p.amount_minor FROM ledger_posting p"
        " JOIN ledger_entry e ON e.id = p.entry_id JOIN order_line l ON l.order_id = e.order_id"
        " WHERE l.id = ANY(:lines) AND p.account IN ('fees', 'tax', 'processing', 'discounts')",
        lines=of.lines,
    )
    assert {account for _k, account, *_rest in postings} >= {"fees", "processing"}
    people = {person.id for person in of.people}
    assert [
        row for row in postings if row[2] not in people or (row[1] != "processing" and row[3] not in of.lines)
    ] == []
    booked: dict[UUID, dict[UUID, int]] = {}
    for kind, account, about, line, minor in postings:
        if account == "fees" and kind == "sale":
            booked.setdefault(line, {})[about] = booked.get(line, {}).get(about, 0) - minor
    shares = await of.world.rows(
        "SELECT s.line_id, s.payee_id, s.amount_minor, l.fee_minor, l.shares_minor FROM share s"
        " JOIN order_line l ON l.id = s.line_id WHERE l.id = ANY(:lines) AND l.shares_minor > 0",
        lines=of.lines,
    )
    for line, payee, amount, fee, whole in shares:
        assert abs(booked.get(line, {}).get(payee, 0) - fee * amount / whole) < 1, "the fee is theirs as the share is"
    back = await of.world.rows(
        "SELECT e.line_id, p.about_id, sum(p.amount_minor) FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id"
        " JOIN order_line l ON l.id = e.line_id WHERE p.account = 'fees' AND l.id = ANY(:lines)"
        " AND l.refunded_minor + l.disputed_minor = l.amount_minor + l.tax_minor GROUP BY 1, 2",
        lines=of.lines,
    )
    assert [row for row in back if row[2]] == [], "all went back, and the fee of each with it"


async def owners_as_before(of: Shop) -> None:
    """Sales, revenue and the own part of it are those of the owner's lines alone, whoever shares in them."""
    for person in of.people:
        rows = await of.world.rows(
            "SELECT l.currency, count(*), sum(l.amount_minor), sum(l.refunded_minor + l.disputed_minor),"
            ' sum(s.amount_minor - s.taken_minor) FROM order_line l JOIN "order" o ON o.id = l.order_id'
            " JOIN share s ON s.line_id = l.id AND s.payee_id = l.creator_id WHERE o.state = 'paid'"
            " AND l.creator_id = :c GROUP BY 1",
            c=person.id,
        )
        for currency, count, paid, back, net in rows:
            told = await of.totals(person, currency)
            assert (told.sales, told.gross_minor, told.refunded_minor) == (count, paid, back)
            assert told.net_minor - told.refunded_net_minor == net


@pytest.mark.parametrize("seed", [1, 3])
async def test_everybodys_figures_are_what_the_journal_says_came_to_them(world: World, seed: int) -> None:
    dice, of = random.Random(seed), await shop(world)
    for code, admin in ((f"OWN{seed}X", False), (f"OURS{seed}X", True)):
        async with db.transaction() as session:
            who = Actor(of.people[0].id, "admin" if admin else "member", True)
            await coupons.create(session, who, coupons.Draft(code, percent=Decimal(25), platform=admin))
    for _step in range(10):
        what = dice.choice(["buy", "buy", "buy", "refund", "fail", "dispute", "win", "fold"])
        line = dice.choice(of.lines) if of.lines else None
        if what == "buy" or line is None:
            code = dice.choice(["", "", f"OWN{seed}X", f"OURS{seed}X"])
            product = dice.choice(of.products)
            code = code if not code.startswith("OWN") or product.creator_id == of.people[0].id else ""
            await of.buy(product, code=code, through_link=dice.random() < 0.6)
        elif what == "fold":
            await jobs.fold()
        elif what == "refund":
            try:
                await of.refund(line, dice.randint(1, 700))
            except MarketplaceError:
                continue  # nothing left, or disputed
        elif what == "fail":
            for (provider,) in await world.rows("SELECT provider_id FROM refund WHERE line_id = :l", l=line):
                await world.act("fail-refund", provider)
        else:
            await world.act("dispute", await of.charge(line))
            await world.drain()
            for dispute in (await world.stripe("dispute", charge=await of.charge(line)))[-1:]:
                await world.act("decide", dispute["id"], result="won" if what == "win" else "lost")
        await world.drain()
        await proven(of)
    await jobs.fold()
    await proven(of)
    await owners_as_before(of)
    await of.refund(await of.buy(of.products[0]), 1001)
    await led_back(of)
    assert await world.one("SELECT count(*) FROM sale_event WHERE partner AND creator_id = :c", c=of.people[1].id) > 0


async def test_a_partner_sees_own_lines_and_nobody_elses_customers(world: World) -> None:
    of = await shop(world)
    owner, cora, _kim, alf = of.people
    line = await of.buy(of.products[0])
    await of.refund(line, 501)
    (refund,) = await world.rows("SELECT provider_id FROM refund WHERE line_id = :l", l=line)
    assert (await of.totals(alf)).kept_minor == 180 - 90
    await world.act("fail-refund", refund[0])
    await world.drain()
    told = await of.totals(alf)
    assert (told.shares, told.shared_minor, told.shared_back_minor, told.kept_minor) == (1, 180, 0, 180)
    assert (told.sales, told.gross_minor, told.buyers, told.refunds) == (0, 0, 0, 0)
    await of.refund(line, 1001)
    for _folded in range(2):
        assert ((await of.totals(alf)).kept_minor, (await of.totals(owner)).kept_minor) == (0, 0)
        async with db.transaction() as session:
            for who in (as_creator(alf), as_creator(cora)):
                for most_in in ("", "usd"):
                    assert (await analytics.customers(session, who, most_in=most_in)).rows == []
                assert await analytics.customer_count(session, who) == 0
        await jobs.fold()
    assert await world.rows("SELECT 1 FROM customer WHERE creator_id = :c", c=alf.id) == []


async def test_a_partners_files_have_their_shares_as_own_lines(world: World) -> None:
    of = await shop(world)
    owner, cora, _kim, _alf = of.people
    line = await of.buy(of.products[0])
    await of.refund(line, 501)
    await of.buy(of.products[2], through_link=False)
    files: dict[str, dict[str, list[dict[str, str]]]] = {}
    await world.rows("DELETE FROM rate_window")
    for person in (owner, cora):
        async with db.transaction() as session:
            token = await accounts.open_session(session, person.id, user_agent="", ip="", days=1)
        app = httpx.ASGITransport(Starlette(routes=export.routes))
        async with httpx.AsyncClient(
            transport=app, base_url="http://product", cookies={"market_session": token}
        ) as get:
            for by in ("sale", "product", "month"):
                answer = await get.get(f"/studio/export/earnings.csv?by={by}&currency=usd")
                rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
                files.setdefault(person.name, {})[by] = rows
    theirs, title = files["Cora Co"], of.products[0].title
    assert [(r["What"], r["Product"], r["Amount"], r["Yours"], r["Customer"], r["Email"]) for r in theirs["sale"][:2]] == [
        ("Share of a sale", title, "", "3.00", "", ""), ("Share taken back", title, "", "-1.50", "", ""),
    ]  # fmt: skip
    assert [(r["What"], r["Amount"], r["Yours"]) for r in theirs["sale"][2:]] == [("Sale", "19.99", "17.99")]
    assert [(r["Product"], r["Revenue"], r["Yours"], r["From shares"]) for r in theirs["product"]] == [
        (of.products[2].title, "19.99", "17.99", "0.00"), (f"{title} (your share)", "0.00", "1.50", "1.50"),
    ]  # fmt: skip
    (month,) = theirs["month"]
    assert (month["Sales"], month["Revenue"], month["Yours"], month["From shares"]) == ("1", "19.99", "19.49", "1.50")
    own = files["Ola Owner"]["sale"]
    assert [(r["What"], r["Amount"], r["Yours"]) for r in own] == [
        ("Sale", "10.01", "3.09"),
        ("Refund", "-5.01", "-1.55"),
    ]
