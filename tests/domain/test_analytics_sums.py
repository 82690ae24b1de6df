"""Figures are what one would get by adding up all events: whatever happened, in which order, and however much is folded."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from marketplace import clock, db
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.analytics import rules
from marketplace.domain.analytics import service as analytics
from marketplace.domain.analytics.service import Scope, Span, Totals, View
from tests.domain.world import World, together

FIRST = datetime(2026, 1, 28, 23, 30, tzinfo=UTC)
PRODUCTS = [UUID(int=n + 1) for n in range(3)]
ALL = Span(date(2025, 12, 1), date(2026, 6, 1))
SPANS = (ALL, Span(date(2026, 1, 29), date(2026, 3, 2)), Span(date(2026, 2, 3), date(2026, 2, 9)))


class Crash(Exception):
    """The process died here."""


@dataclass
class Event:
    creator: int
    product: UUID
    buyer: int
    currency: str
    at: datetime
    figures: dict[str, int]
    partner: bool = False


@dataclass
class Model:
    """The plain recomputation: a list of what happened."""

    creators: list[UUID]
    buyers: list[UUID]
    events: list[Event] = field(default_factory=list)
    views: set[tuple[int, UUID, date, str]] = field(default_factory=set)
    keys: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def mine(self, creator: int, currency: str, span: Span = ALL, product: UUID | None = None) -> list[Event]:
        return [
            e for e in self.events
            if e.creator == creator and e.currency == currency and span.start <= rules.day_of(e.at) < span.end
            and product in (None, e.product)
        ]  # fmt: skip

    def seen(self, creator: int, span: Span = ALL, product: UUID | None = None) -> list[tuple[int, UUID, date, str]]:
        return [v for v in self.views if v[0] == creator and span.start <= v[2] < span.end and product in (None, v[1])]

    def totals(self, creator: int, currency: str, span: Span, product: UUID | None = None) -> Totals:
        views = self.seen(creator, span, product) if currency == "usd" else []
        return added(self.mine(creator, currency, span, product), len(views))


def added(events: Iterable[Event], visitors: int = 0) -> Totals:
    sums: dict[str, int] = defaultdict(int)
    for event in events:
        for name, value in event.figures.items():
            sums[name] += value
    return Totals(**sums, visitors=visitors)


C = st.integers(0, 1)
N = st.integers(0, 2)
# Days since FIRST, most of them at an end of a month, week or span.
DAY = st.sampled_from([0, 1, 3, 4, 6, 12, 30, 31, 32, 33, 45, 60])
CURRENCY = st.sampled_from(["usd", "usd", "eur"])
CRASHES = st.sampled_from([False, False, False, True])
STEP = st.one_of(
    st.tuples(st.just("sale"), C, N, C, CURRENCY, DAY, st.integers(0, 500), CRASHES),
    st.tuples(st.just("sale"), C, N, C, CURRENCY, DAY, st.integers(0, 500), CRASHES),
    st.tuples(st.just("refund"), st.integers(0, 9), DAY, st.integers(1, 500), CRASHES),
    st.tuples(st.just("come back"), st.integers(0, 9), DAY, CRASHES),
    st.tuples(st.just("share"), C, N, N, CURRENCY, DAY, st.integers(-200, 500), CRASHES),
    st.tuples(st.just("again"), st.integers(0, 9)),
    st.tuples(st.just("view"), C, C, DAY, C, CRASHES),
    st.tuples(st.just("fold"), st.sampled_from([1, 2, 3, 1000]), CRASHES),
    st.tuples(st.just("look")),
)


class Run:
    """One sequence on fresh creators."""

    def __init__(self, model: Model) -> None:
        self.model = model

    async def book(self, key: str, event: Event, crash: bool, **values: Any) -> None:
        call = {
            "key": key, "creator_id": self.model.creators[event.creator], "product_id": event.product,
            "buyer_id": self.model.buyers[event.buyer], "currency": event.currency, "at": event.at, **values,
        }  # fmt: skip
        try:
            assert await self.call(call, crash)
        except Crash:
            return
        self.model.events.append(event)
        self.model.keys.append((key, call))

    async def call(self, values: dict[str, Any], crash: bool = False) -> bool:
        record: Any = analytics.record_sale if "gross_minor" in values else analytics.record_refund
        if "shares" in values:
            whose = {"partner_id": values["creator_id"], "amount_minor": values["amount_minor"]}
            record = analytics.record_share if values["shares"] else analytics.record_share_back
            names = ("key", "product_id", "buyer_id", "currency", "at")
            values = {**{name: values[name] for name in names}, **whose}
        async with db.transaction() as session:
            new = await record(session, **values)
            if crash:
                raise Crash
        return new

    async def sale(self, c: int, p: int, b: int, currency: str, day: int, amount: int, crash: bool) -> None:
        known = any(
            e.figures.get("sales") and (e.creator, e.product, e.buyer) == (c, PRODUCTS[p], b) for e in self.model.events
        )
        net, off, quantity = amount - amount // 10, amount // 7, 1 + amount % 3
        figures = {"sales": 1, "units": quantity, "buyers": 0 if known else 1, "gross_minor": amount, "net_minor": net, "discount_minor": off}  # fmt: skip
        event = Event(c, PRODUCTS[p], b, currency, FIRST + timedelta(days=day, minutes=len(self.model.keys)), figures)
        await self.book(
            f"sale:{uuid4()}", event, crash, gross_minor=amount, net_minor=net, discount_minor=off, quantity=quantity
        )

    async def refund(self, which: int, day: int, amount: int, crash: bool) -> None:
        sales = [e for e in self.model.events if e.figures.get("sales")]
        if sales:
            await self._back(sales[which % len(sales)], day, amount, crash)

    async def _back(self, sale: Event, day: int, amount: int, crash: bool) -> None:
        net = amount - amount // 10
        figures = {"refunds": 1 if amount > 0 else -1, "refunded_minor": amount, "refunded_net_minor": net}
        at = FIRST + timedelta(days=day, minutes=len(self.model.keys))
        event = Event(sale.creator, sale.product, sale.buyer, sale.currency, at, figures)
        await self.book(f"refund:{uuid4()}", event, crash, amount_minor=amount, net_minor=net)

    async def share(self, c: int, p: int, b: int, currency: str, day: int, amount: int, crash: bool) -> None:
        """Of another's sale, or, when negative, what went back or came again of one."""
        at = FIRST + timedelta(days=day, minutes=len(self.model.keys))
        back = amount // 2 + 50
        figures = {"shares": 1, "shared_minor": amount} if amount > 0 else {"shared_back_minor": back}
        event = Event(c, PRODUCTS[p], b % 2, currency, at, figures, partner=True)
        shares = {"shares": int(amount > 0), "amount_minor": amount if amount > 0 else back}
        await self.book(f"share:{uuid4()}", event, crash, **shares)

    async def come_back(self, which: int, day: int, crash: bool) -> None:
        refunds = [e for e in self.model.events if e.figures.get("refunded_minor", 0) > 0]
        if refunds:
            refund = refunds[which % len(refunds)]
            await self._back(refund, day, -refund.figures["refunded_minor"], crash)

    async def again(self, which: int) -> None:
        if self.model.keys:
            assert not await self.call(self.model.keys[which % len(self.model.keys)][1])

    async def view(self, c: int, p: int, day: int, visitor: int, crash: bool) -> None:
        at, who = FIRST + timedelta(days=day), f"v{visitor}"
        product = UUID(int=self.model.creators[c].int ^ p)  # a product has one creator
        views = [View(self.model.creators[c], product, "usd", who, at)] * 2
        with clock.frozen(at):
            try:
                async with db.transaction() as session:
                    fresh = await analytics.record_views(session, views)
                    if crash:
                        raise Crash
            except Crash:
                return
        seen = (c, product, rules.day_of(at), who)
        assert fresh == int(seen not in self.model.views)
        self.model.views.add(seen)

    async def fold(self, limit: int, crash: bool) -> None:
        try:
            async with db.transaction() as session:
                await analytics.fold(session, limit)
                if crash:
                    raise Crash
        except Crash:
            pass

    async def look(self) -> None:
        async with db.transaction() as session:
            for creator in range(2):
                for currency in ("usd", "eur"):
                    await self._sums(session, creator, currency)
                await self._customers(session, creator)

    async def _sums(self, session: Any, creator: int, currency: str) -> None:
        model, mine = self.model, Scope(self.model.creators[creator], currency)
        for span in SPANS:
            assert await analytics.totals(session, mine, span) == model.totals(creator, currency, span)
            found: list[Any] = []
            while page := await analytics.by_product(session, mine, span, after=_key(found), limit=2):
                found += page
            assert [x[1].kept_minor for x in found] == sorted((x[1].kept_minor for x in found), reverse=True)
            products = {e.product for e in model.mine(creator, currency, span)}
            products |= {v[1] for v in model.seen(creator, span) if currency == "usd"}
            assert dict(found) == {p: model.totals(creator, currency, span, p) for p in products}
            assert len(found) == len(products)
        for product in PRODUCTS:
            one = Scope(mine.creator_id, currency, product)
            assert await analytics.totals(session, one, SPANS[1]) == model.totals(creator, currency, SPANS[1], product)
        for grain in rules.GRAINS:
            days = {rules.day_of(e.at) for e in model.mine(creator, currency)}
            days |= {v[2] for v in model.seen(creator) if currency == "usd"}
            starts = sorted({rules.bucket(day, grain) for day in days}, reverse=True)
            found = await analytics.by_time(session, mine, ALL, grain, limit=2)
            found += await analytics.by_time(session, mine, ALL, grain, until=found[-1][0] if found else ALL.start)
            assert [at for at, _ in found] == starts
            for at, figures in found:
                bucket = Span(max(at, ALL.start), min(rules.next_bucket(at, grain), ALL.end))
                assert figures == model.totals(creator, currency, bucket)

    async def _customers(self, session: Any, creator: int) -> None:
        actor, model = Actor(self.model.creators[creator], "member", True), self.model
        own = [e for e in model.events if e.creator == creator and not e.partner]
        sales = [e for e in own if e.figures.get("sales")]
        latest = {model.buyers[b]: max(e.at for e in sales if e.buyer == b) for b in {e.buyer for e in sales}}
        found: list[Any] = []
        while page := (await analytics.customers(session, actor, after=_row_key(found), limit=2)).rows:
            found += page
        assert [(row.buyer_id, row.last_at) for row in found] == sorted(
            latest.items(), key=lambda x: x[1], reverse=True
        )
        for row in found:
            theirs = [e for e in sales if model.buyers[e.buyer] == row.buyer_id]
            assert (row.purchases, row.first_at) == (len(theirs), min(e.at for e in theirs))
            wanted: dict[str, tuple[int, int]] = {}
            for e in (e for e in own if model.buyers[e.buyer] == row.buyer_id):
                spent, back = wanted.get(e.currency, (0, 0))
                figures = e.figures
                wanted[e.currency] = (spent + figures.get("gross_minor", 0), back + figures.get("refunded_minor", 0))
            assert await analytics.spends(session, actor, row.buyer_id) == wanted
            assert (await analytics.customer(session, actor, row.buyer_id)).purchases == len(theirs)
        assert await analytics.customer_count(session, actor) == len(latest)
        await self._most(session, actor, creator)

    async def _most(self, session: Any, actor: Actor, creator: int) -> None:
        kept: dict[UUID, int] = {}
        for e in (e for e in self.model.events if e.creator == creator and e.currency == "eur" and not e.partner):
            sums = e.figures.get("gross_minor", 0) - e.figures.get("refunded_minor", 0)
            kept[self.model.buyers[e.buyer]] = kept.get(self.model.buyers[e.buyer], 0) + sums
        found: list[Any] = []
        while page := (await analytics.customers(session, actor, most_in="eur", after=_row_key(found), limit=1)).rows:
            found += page
        assert [(row.key, row.buyer_id) for row in found] == sorted(((v, b) for b, v in kept.items()), reverse=True)


def _key(found: list[Any]) -> tuple[int, UUID] | None:
    return (found[-1][1].kept_minor, found[-1][0]) if found else None


def _row_key(found: list[Any]) -> tuple[Any, UUID] | None:
    return (found[-1].key, found[-1].buyer_id) if found else None


async def people(count: int) -> list[UUID]:
    rows = [Account(auth_id=uuid4(), email=f"{uuid4().hex}@example.com", name="P", handle=uuid4().hex) for _ in range(count)]  # fmt: skip
    async with db.transaction() as session:
        session.add_all(rows)
    return [row.id for row in rows]


async def _play(steps: list[tuple[Any, ...]]) -> None:
    run = Run(Model(await people(2), await people(2)))
    for name, *values in steps:
        await getattr(run, name.replace(" ", "_"))(*values)
    await run.look()
    await run.fold(1000, False)
    await run.look()


def test_sums_and_what_waits_are_the_events_added_up(world: World) -> None:
    loop = asyncio.get_event_loop_policy().get_event_loop()

    @settings(
        max_examples=20, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck),
        print_blob=False,
    )  # fmt: skip
    @given(st.lists(STEP, min_size=15, max_size=40))
    def play(steps: list[tuple[Any, ...]]) -> None:
        loop.run_until_complete(_play(steps))

    play()


async def _sell(creator: UUID, buyer: UUID, *, key: str = "") -> bool:
    async with db.transaction() as session:
        return await analytics.record_sale(
            session, key=key or str(uuid4()), creator_id=creator, product_id=PRODUCTS[0], buyer_id=buyer, currency="usd",
            at=FIRST, gross_minor=100, net_minor=90,
        )  # fmt: skip


async def _count(creator: UUID) -> int:
    async with db.transaction() as session:
        return (await analytics.totals(session, Scope(creator, "usd"), ALL)).sales


async def _fold(limit: int) -> int:
    async with db.transaction() as session:
        return await analytics.fold(session, limit)


async def test_reading_during_folding_neither_misses_nor_doubles(world: World) -> None:
    (creator, buyer), sales = await people(2), 60
    for _ in range(sales):
        await _sell(creator, buyer)
    answers = await together(*(_fold(7) if n % 3 == 0 else _count(creator) for n in range(45)))
    failures = [a for a in answers if isinstance(a, BaseException)]
    assert failures == []
    assert {a for n, a in enumerate(answers) if n % 3} == {sales}
    while await _fold(1000):
        pass
    assert await world.one("SELECT sales FROM stats_day WHERE creator_id = :c", c=creator) == sales
    assert await world.one("SELECT count(*) FROM sale_pending WHERE creator_id = :c", c=creator) == 0


async def test_a_key_is_booked_once_by_a_crowd_and_after_folding(world: World) -> None:
    creator, buyer = await people(2)
    key = str(uuid4())
    answers = await together(*(_sell(creator, buyer, key=key) for _ in range(12)))
    assert sorted(answers) == [False] * 11 + [True]
    await _fold(1000)
    assert not await _sell(creator, buyer, key=key)
    assert await _count(creator) == 1


async def test_sales_wait_neither_for_each_other_nor_for_folding(world: World) -> None:
    """The same product, buyer and day, while another sale and a fold of the same sums are under way."""
    creator, buyer = await people(2)
    await _sell(creator, buyer)
    async with db.transaction() as first, db.transaction() as folding:
        await analytics.record_sale(
            first, key=str(uuid4()), creator_id=creator, product_id=PRODUCTS[0], buyer_id=buyer, currency="usd", at=FIRST,
            gross_minor=100, net_minor=90,
        )  # fmt: skip
        assert await analytics.fold(folding, 1000) >= 1
        async with db.transaction() as second:
            await second.execute(text("SET LOCAL lock_timeout = '500ms'"))
            await analytics.record_sale(
                second, key=str(uuid4()), creator_id=creator, product_id=PRODUCTS[0], buyer_id=buyer, currency="usd",
                at=FIRST, gross_minor=100, net_minor=90,
            )  # fmt: skip
        assert await _count(creator) == 2
    assert await _count(creator) == 3


@pytest.mark.parametrize(
    "sql", ["UPDATE sale_event SET gross_minor = 0", "DELETE FROM sale_event", "TRUNCATE sale_event CASCADE"]
)
async def test_events_are_append_only(world: World, sql: str) -> None:
    await _sell(*await people(2))
    with pytest.raises(DBAPIError):
        await world.rows(sql)
