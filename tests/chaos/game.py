"""Buyers, creators, banks and accidents, as moves on the real product; and the check that all is right after."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any
from uuid import UUID

from sqlalchemy import text

from marketplace import db
from marketplace.checkout import start_purchase
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts.models import Account
from marketplace.domain.catalog import service as catalog
from marketplace.domain.catalog.models import Product
from marketplace.domain.orders import refunds
from marketplace.errors import MarketplaceError
from marketplace.gateways.stripe_events import CONNECT_EVENTS, PLATFORM_EVENTS, THIN_EVENTS
from marketplace.jobs import webhooks
from marketplace.money import to_input
from tests.chaos.audit import Audit
from tests.chaos.faults import Faults
from tests.chaos.model import Asked, Sale
from tests.domain.world import TASKS, Job, World, together

_SUBSCRIBED = {*PLATFORM_EVENTS, *CONNECT_EVENTS, *THIN_EVENTS}
_MONEY = (
    "proof_alert", "proof_result", "ledger_balance", "ledger_flow",
    "ledger_posting", "ledger_entry", "reversal", "transfer", "dispute_part", "dispute", "refund_ask", "refund", "share",
    "document", "document_series", "coupon_use", "order_line", "order", "payout", "payout_order", "webhook_event",
    "sweep_mark", "outgoing_mail", "audit_event", "grant", "procrastinate_jobs", "sale_pending", "sale_event",
)  # fmt: skip
_LESSONS: tuple[dict[str, Any], ...] = (
    {"price_minor": 2500}, {"price_minor": 1105, "currency": "eur"}, {"price_minor": 999, "currency": "jpy"},
    {"price_kind": "pwyw", "price_minor": 700, "min_minor": 50},
)  # fmt: skip


class Stage:
    """People and lessons, made once; money is wiped between games."""

    def __init__(self, world: World, faults: Faults) -> None:
        self.world = world
        self.faults = faults
        self.buyers: list[Account] = []
        self.lessons: list[tuple[Account, Product]] = []
        self._lessons: list[tuple[Account, Product]] = []
        self.accounts: dict[str, str] = {}
        self._objects: list[Any] = []

    async def set_up(self) -> None:
        self.buyers = [await self.world.person(name) for name in ("Ann", "Ben", "Cid")]
        for name in ("Dee", "Eve"):
            creator = await self.world.creator(name)
            found = await self.world.one("SELECT account_id FROM merchant WHERE creator_id = :c", c=creator.id)
            self.accounts[str(creator.id)] = found
            for fields in _LESSONS[:2] if name == "Dee" else _LESSONS[2:]:
                self._lessons.append((creator, await self.world.lesson(creator, **fields)))
        self._objects = await self.world.stripe("account")

    async def clear(self) -> None:
        async with db.transaction() as session:
            await session.execute(text("SET LOCAL session_replication_role = replica"))
            for table in _MONEY:
                await session.execute(text(f'DELETE FROM "{table}"'))
            for table in ("replies", "deliveries", "objects"):
                await session.execute(text(f"DELETE FROM sandbox.{table}"))
            await session.execute(text("UPDATE merchant SET transfers = 'active', reasons = '[]', requirements = '[]'"))
            for account in self._objects:
                await session.execute(
                    text("INSERT INTO sandbox.objects VALUES ('stripe', 'account', :id, CAST(:data AS jsonb))"),
                    {"id": account["id"], "data": json.dumps(account)},
                )
        await self.world.top_up()
        self.lessons = [await self._as_it_was(creator, product) for creator, product in self._lessons]

    async def _as_it_was(self, creator: Account, product: Product) -> tuple[Account, Product]:
        """With its first price."""
        price = {"price": product.price_minor, "id": product.id}
        async with db.transaction() as session:
            for table, key in (("product", "id"), ("product_draft", "product_id")):
                await session.execute(text(f"UPDATE {table} SET price_minor = :price WHERE {key} = :id"), price)
        return creator, product


class Game(Audit):
    """One run. Every move takes small numbers and means the n-th thing of its kind, or nothing when there is none."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.world, self.faults, self.accounts = stage, stage.world, stage.faults, stage.accounts
        self.sales: list[Sale] = []
        self.delivered: set[tuple[str, str]] = set()
        self.lossy = False
        self.restricted: set[str] = set()
        self.steady: dict[tuple[str, str], tuple[int, int, int]] = {}
        self.moves: Counter[str] = Counter()

    # what people do

    async def buy(self, buyer: int, lesson: int, amount: int, clicks: int, crash: int) -> None:
        person, (_, product) = self.stage.buyers[buyer % 3], self.stage.lessons[lesson % len(self.stage.lessons)]
        typed = to_input(amount, product.currency) if product.price_kind == "pwyw" else ""
        with self.faults.at(crash):
            answers = await together(*(start_purchase(Actor(person.id), product.slug, typed) for _ in range(clicks)))
            for answer in answers:
                if isinstance(answer, BaseException) and not isinstance(answer, MarketplaceError):
                    raise answer
            pages = {answer for answer in answers if isinstance(answer, str)}
            assert len(pages) <= 1, f"two payment pages for one lesson: {pages}"
            for page in pages:
                await self._remember(page, buyer % 3, lesson % len(self.stage.lessons))

    async def _remember(self, url: str, buyer: int, lesson: int) -> None:
        if any(sale.url == url for sale in self.sales):
            return
        row = await self.world.rows(
            'SELECT o.id, l.id, l.creator_id, o.currency FROM "order" o JOIN order_line l ON l.order_id = o.id'
            " WHERE o.checkout_id = :page",
            page=url.rsplit("/", 1)[-1],
        )
        order, line, creator, currency = (str(value) for value in row[0])
        (page,) = await self.world.stripe("checkout.session", id=url.rsplit("/", 1)[-1])
        self.sales.append(Sale(url, order, line, buyer, lesson, creator, currency, page["amount_total"]))

    async def pay(self, which: int, how: str) -> None:
        sale = _pick([s for s in self.sales if not s.expired and not s.paid and not s.bank], which)
        if sale is None:
            return
        if how == "declined":
            assert (await self.world.pay(sale.url, "4000 0000 0000 0002")).status_code == 402
            return
        answer = await self.world.pay(sale.url, method="bank" if how == "bank" else "card")
        if answer.status_code == 410:  # the product closed the page, because the price changed or time ran out
            sale.expired = True
            return
        assert answer.status_code == 303, answer.text
        if how == "bank":
            sale.bank = "pending"
        else:
            self._is_paid(sale)

    def _is_paid(self, sale: Sale) -> None:
        sale.paid, sale.bank = True, ""
        others = [
            s for s in self.sales if s.paid and (s.buyer, s.product) == (sale.buyer, sale.product) and s is not sale
        ]
        again = [s for s in others if not s.asked and not s.returned and not s.disputes]
        assert not again, "the buyer was charged twice for one lesson"

    async def pay_again(self, which: int) -> None:
        """The back button, and "Pay" once more."""
        sale = _pick([s for s in self.sales if s.paid or s.bank], which)
        if sale is not None:
            assert (await self.world.pay(sale.url)).status_code == 303

    async def come_back(self, which: int) -> None:
        """The page behind the payment page, any number of times, also long after."""
        sale = _pick(self.sales, which)
        if sale is not None:
            await webhooks.apply_checkout(sale.page)

    async def bank_answers(self, which: int, paid: bool) -> None:
        sale = _pick([s for s in self.sales if s.bank == "pending"], which)
        if sale is None:
            return
        await self.world.act("bank", sale.page, result="paid" if paid else "failed")
        if paid:
            self._is_paid(sale)
        else:
            sale.bank = "failed"

    async def page_expires(self, which: int) -> None:
        sale = _pick([s for s in self.sales if not s.expired and not s.paid and not s.bank], which)
        if sale is not None:
            await self.world.act("expire", sale.page)
            sale.expired = True

    async def ask_refund(self, which: int, percent: int, revoke: bool) -> None:
        sale = _pick([s for s in self.sales if s.paid], which)
        if sale is None:
            return
        amount = max(1, sale.amount * percent // 100)
        creator = Actor(UUID(sale.creator), "member", True)
        try:
            async with db.transaction() as session:
                row = await refunds.request(
                    session, creator, UUID(sale.line), amount_minor=amount, revoke_access=revoke, note=""
                )
        except MarketplaceError:
            return
        sale.asked.append(Asked(str(row.id), amount, revoke))
        self._disturbed(sale)

    async def dashboard_refund(self, which: int, percent: int) -> None:
        sale = _pick([s for s in self.sales if s.paid], which)
        if sale is None:
            return
        await self.look(sale)
        amount = max(1, (sale.amount - sale.refunded) * percent // 100)
        if amount <= sale.amount - sale.refunded and not sale.disputes:
            assert (await self.world.act("refund", sale.charge, amount=str(amount))).status_code == 303
            await self.look(sale)
            self._disturbed(sale)

    async def refund_fails(self, which: int) -> None:
        """The buyer's bank sends a refund back."""
        refund = _pick(await self.world.stripe("refund", status="succeeded"), which)
        if refund is not None:
            assert (await self.world.act("fail-refund", refund["id"])).status_code == 303
            for sale in self.sales:
                await self.look(sale)
                if sale.charge == refund["charge"]:
                    self._disturbed(sale)

    async def dispute(self, which: int, percent: int) -> None:
        """The buyer's bank takes what is left of a payment, or a part of it."""
        sale = _pick([s for s in self.sales if s.paid], which)
        if sale is None:
            return
        await self.look(sale)
        left = sale.amount - sale.refunded
        if left > 0 and not sale.disputes:
            await self.world.act("dispute", sale.charge, amount=str(max(1, left * percent // 100)))
            await self.look(sale)
            self._disturbed(sale)

    async def verdict(self, which: int, won: bool) -> None:
        for sale in self.sales:
            await self.look(sale)
        waiting = [s for s in self.sales if any(d.open for d in s.disputes)]
        sale = _pick(waiting, which)
        if sale is not None:
            await self.world.act("decide", sale.disputes[0].id, result="won" if won else "lost")
            await self.look(sale)
            self._disturbed(sale)

    async def draw_out(self, which: int) -> None:
        account = list(self.stage.accounts.values())[which % 2]
        await self.world.draw_out(account)
        self._unsteady(which)

    async def payout_ends(self, which: int, paid: bool) -> None:
        payout = _pick(await self.world.stripe("payout", status="pending"), which)
        if payout is not None:
            await self.world.act("payout", payout["id"], result="paid" if paid else "failed")

    async def review(self, which: int, status: str) -> None:
        """The provider looks at a creator's account."""
        creator, account = list(self.stage.accounts.items())[which % 2]
        await self.world.act("account", account, status=status)
        (self.restricted.discard if status == "active" else self.restricted.add)(creator)
        self._unsteady(which)

    async def reprice(self, lesson: int, percent: int) -> None:
        creator, product = self.stage.lessons[lesson % len(self.stage.lessons)]
        who = Actor(creator.id, "member", True)
        price = max(100, product.price_minor * percent // 100)
        try:
            async with db.transaction() as session:
                await catalog.save(session, who, product.id, {"price_minor": price}, revision=None)
                product = await catalog.publish(session, who, product.id, revision=None)
        except MarketplaceError:
            return
        self.stage.lessons[lesson % len(self.stage.lessons)] = (creator, product)

    def _disturbed(self, sale: Sale) -> None:
        self.steady.pop((sale.creator, sale.currency), None)

    def _unsteady(self, which: int) -> None:
        creator = list(self.stage.accounts)[which % 2]
        for pair in [pair for pair in self.steady if pair[0] == creator]:
            self.steady.pop(pair)

    # what the network and the machines do

    async def waiting(self) -> list[Any]:
        """Webhooks on their way; those that the endpoints aren't subscribed to don't exist."""
        found = await self.world.deliveries()
        for row in found:
            if row[3] not in _SUBSCRIBED:
                await self.world.drop(row[0])
        return [row for row in found if row[3] in _SUBSCRIBED]

    async def deliver(self, which: int, again: bool, crash: int) -> None:
        row = _pick(await self.waiting(), which)
        if row is None:
            return
        with self.faults.at(crash, hard=False):
            status = await self.world.deliver(row[0], keep=again)
            assert status == 200 or self.faults.struck, f"{row[3]} was answered {status}"
            if status == 200:
                self.delivered.add((row[1], row[2]))

    async def lose(self, which: int) -> None:
        row = _pick(await self.waiting(), which)
        if row is not None and not row[1].startswith("stripe-connect"):  # the hour's sweep brings payouts
            await self.world.drop(row[0])
            self.lossy = True

    async def work(self, which: int, crash: int, hard: bool, times: str) -> None:
        job = _pick(await self.world.jobs(), which)
        if job is None:
            return
        self.moves[job.task] += 1
        with self.faults.at(crash, hard=hard):
            try:
                if times == "twin":
                    await _all(TASKS[job.task](**job.args), TASKS[job.task](**job.args))
                elif times == "twice":
                    await TASKS[job.task](**job.args)
                await self.world.run(job)
            except MarketplaceError:
                return  # stays in the queue

    async def sell(self, lesson: int, count: int) -> None:
        """An ordinary day: people buy, and everything arrives."""
        for buyer in range(count):
            await self.buy(buyer, lesson, 700, 1, 0)
            await self.pay(-1, "card")
        await self.drain()

    async def go_broke(self, lesson: int, percent: int, count: int) -> None:
        """A creator takes all money out, then a sale of theirs is refunded; they sell again, and refund that too."""
        await self.sell(lesson, count)
        creator = str(self.stage.lessons[lesson % len(self.stage.lessons)][0].id)
        await self.draw_out(list(self.stage.accounts).index(creator))
        await self._refund_last(creator, percent)
        if not self.lossy:
            await self.check()
        await self.sell(lesson, count)
        if not self.lossy:
            await self.check()
        await self._refund_last(creator, percent)

    async def _refund_last(self, creator: str, percent: int) -> None:
        mine = [n for n, sale in enumerate([s for s in self.sales if s.paid]) if sale.creator == creator]
        if mine:
            await self.ask_refund(mine[-1], percent, True)
        await self.drain()

    async def storm(self, lesson: int, plan: list[tuple[int, int]]) -> None:
        """A sale, and a refund in the midst of it, while messages come twice and in any order and workers die."""
        await self.buy(lesson, lesson, 700, 1, 0)
        await self.pay(-1, "card")
        for number, (which, crash) in enumerate(plan):
            await self.deliver(which, which % 2 == 0, 2 if which == 7 else 0)
            await self.work(which, crash, crash % 3 > 0, "twice" if which == 7 else "once")
            if number == len(plan) // 2 and which % 3:
                await (self.ask_refund(-1, 50, which > 3) if which % 2 else self.dashboard_refund(-1, 100))
            if which == 9:
                await self.refund_fails(-1)
            if which == 5:
                await self.come_back(-1)

    # the end of a while

    async def settle(self) -> None:
        """Everything arrives, everything runs; then what was lost is found; and all is right."""
        await self.drain()
        await self.try_parked_again()
        if not self.lossy:
            await self.check()
        await self.world.sweep()
        await self.drain()
        await self.check()
        self.lossy = False

    async def try_parked_again(self) -> None:
        """What the storm struck too often waits for a person, with its reason. They press "Try again"."""
        parked = await self.world.rows("SELECT id, error FROM webhook_event WHERE state = 'parked'")
        assert all("Broken" in row[1] for row in parked), f"events are parked for another reason: {parked}"
        for row in parked:
            await self.world.try_again(row[0])
        await self.drain()

    async def drain(self) -> None:
        failures: Counter[int] = Counter()
        while True:
            for row in (waiting := await self.waiting()):
                assert await self.world.deliver(row[0]) == 200
                self.delivered.add((row[1], row[2]))
            ready = await self.world.jobs()
            if not waiting and not ready:
                return
            for job in ready:
                await self._work_off(job, failures)

    async def _work_off(self, job: Job, failures: Counter[int]) -> None:
        try:
            await self.world.run(job)
        except Exception as error:
            failures[job.id] += 1
            if failures[job.id] > 3:
                raise AssertionError(f"{job.task} never succeeds: {error!r}") from error


def _pick(things: list[Any], which: int) -> Any:
    return things[which % len(things)] if things else None


async def _all(*work: Any) -> None:
    """Both to their end, then the first failure."""
    for answer in await together(*work):
        if isinstance(answer, BaseException):
            raise answer
