"""Buyers, creators, banks and accidents, as moves on the real product; and the check that all is right after."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from marketplace import db
from marketplace.domain.access.service import Actor
from marketplace.domain.catalog import service as catalog
from marketplace.domain.orders import refunds
from marketplace.domain.payouts import service as payouts
from marketplace.errors import MarketplaceError
from marketplace.gateways.stripe_events import CONNECT_EVENTS, PLATFORM_EVENTS, THIN_EVENTS
from marketplace.vendors import vendors
from tests.chaos.model import Asked, Sale
from tests.chaos.shop import Shop, move, pick
from tests.domain.world import TASKS, Job, together

_SUBSCRIBED = {*PLATFORM_EVENTS, *CONNECT_EVENTS, *THIN_EVENTS}


class Game(Shop):
    """One run: the buyers, and everybody else."""

    # what people do

    @move
    async def ask_refund(self, which: int, percent: int, revoke: bool) -> None:
        found = pick([(s, line) for s in self.sales if s.paid for line in s.lines if line.amount], which)
        if found is None:
            return
        sale, line = found
        amount = max(1, line.amount * percent // 100)
        creator = Actor(UUID(line.creator), "member", True)
        try:
            async with db.transaction() as session:
                row = await refunds.request(
                    session, creator, UUID(line.id), amount_minor=amount, revoke_access=revoke, note=""
                )
        except MarketplaceError:
            return
        line.asked.append(Asked(str(row.id), amount, revoke))
        self._disturbed(sale)

    @move
    async def dashboard_refund(self, which: int, percent: int) -> None:
        sale = pick([s for s in self.sales if s.paid and s.amount], which)
        if sale is None:
            return
        await self.look(sale)
        amount = max(1, (sale.amount - sale.refunded) * percent // 100)
        if amount <= sale.amount - sale.refunded and not sale.disputes:
            answer = await self.world.act("refund", sale.charge, amount=str(amount))
            assert answer.status_code == 303 or not self.alone, answer.text
            await self.look(sale)
            self._disturbed(sale)

    @move
    async def refund_fails(self, which: int) -> None:
        """The buyer's bank sends a refund back."""
        refund = pick(await self.world.stripe("refund", status="succeeded"), which)
        if refund is not None:
            assert (await self.world.act("fail-refund", refund["id"])).status_code == 303
            await self.look(*self.sales)
            for sale in self.sales:
                if sale.charge == refund["charge"]:
                    self._disturbed(sale)

    @move
    async def dispute(self, which: int, percent: int) -> None:
        """The buyer's bank takes what is left of a payment, or a part of it."""
        sale = pick([s for s in self.sales if s.paid and s.amount], which)
        if sale is None:
            return
        await self.look(sale)
        left = sale.amount - sale.refunded
        if left > 0 and not sale.disputes:
            await self.world.act("dispute", sale.charge, amount=str(max(1, left * percent // 100)))
            await self.look(sale)
            self._disturbed(sale)

    @move
    async def verdict(self, which: int, won: bool) -> None:
        await self.look(*self.sales)
        waiting = [s for s in self.sales if any(d.open for d in s.disputes)]
        sale = pick(waiting, which)
        if sale is not None:
            await self.world.act("decide", sale.disputes[0].id, result="won" if won else "lost")
            await self.look(sale)
            self._disturbed(sale)

    @move
    async def draw_out(self, which: int) -> None:
        creator, account = self._merchant(which)
        before = {payout["id"] for payout in await self.world.stripe("payout")}
        await self.world.draw_out(account)
        self.drawn |= {payout["id"] for payout in await self.world.stripe("payout")} - before
        self._unsteady(creator)

    @move
    async def pay_out_now(self, which: int, clicks: int, stale: bool) -> None:
        """ "Pay out now", clicked by somebody in a hurry; or on a page that shows the balance as it was long ago."""
        creator, account = self._merchant(which)
        if stale:
            shown = pick([shown for shown in self.shown if shown[0] == creator], which)
        else:
            await self.world.act("release", "")
            balance = await vendors().connect.balance(account)
            found = [(creator, currency, left) for currency, left in sorted(balance.available.items()) if left > 0]
            self.shown.extend(found)
            shown = pick(found, which)
        if shown is None:
            return
        self._unsteady(creator)
        answers = await together(*(self._click(*shown) for _ in range(clicks)))
        for answer in answers:
            if isinstance(answer, BaseException) and not isinstance(answer, MarketplaceError):
                raise answer
        made = {answer for answer in answers if isinstance(answer, UUID)}
        assert len(made) <= 1, "two payouts for one click"

    async def _click(self, creator: str, currency: str, available: int) -> UUID:
        async with db.transaction() as session:
            who = Actor(UUID(creator), "member", True)
            return (await payouts.order_payout(session, who, currency, available)).id

    def _merchant(self, which: int) -> tuple[str, str]:
        """A creator, and their account at the provider."""
        return list(self.accounts.items())[which % len(self.accounts)]

    @move
    async def payout_ends(self, which: int, paid: bool) -> None:
        payout = pick(await self.world.stripe("payout", status="pending"), which)
        if payout is not None:
            await self.world.act("payout", payout["id"], result="paid" if paid else "failed")

    @move
    async def review(self, which: int, status: str) -> None:
        """The provider looks at a creator's account."""
        creator, account = self._merchant(which)
        await self.world.act("account", account, status=status)
        (self.restricted.discard if status == "active" else self.restricted.add)(creator)
        self._unsteady(creator)

    @move
    async def reprice(self, lesson: int, percent: int) -> None:
        sold = self.stage.lessons[lesson % len(self.stage.lessons)]
        who = Actor(sold.creator.id, "member", True)
        price = max(100, sold.product.price_minor * percent // 100)
        try:
            async with db.transaction() as session:
                await catalog.save(session, who, sold.product.id, {"price_minor": price}, revision=None)
                sold.product = await catalog.publish(session, who, sold.product.id, revision=None)
        except MarketplaceError:
            return

    def _disturbed(self, sale: Sale) -> None:
        for line in sale.lines:
            for payee, _ in line.shares:
                self.steady.pop((payee, sale.currency), None)

    def _unsteady(self, creator: str) -> None:
        for pair in [pair for pair in self.steady if pair[0] == creator]:
            self.steady.pop(pair)

    # what the network and the machines do

    async def waiting(self) -> list[Any]:
        """Webhooks on their way; those that the endpoints aren't subscribed to don't exist."""
        found = await self.world.deliveries()
        if all(row[3] in _SUBSCRIBED for row in found):
            return found
        await self.world.rows(
            "UPDATE sandbox.deliveries SET state = 'dropped' WHERE state = 'pending' AND NOT event_type = ANY(:known)",
            known=list(_SUBSCRIBED),
        )
        return [row for row in found if row[3] in _SUBSCRIBED]

    @move
    async def deliver(self, which: int, again: bool, crash: int) -> None:
        row = pick(await self.waiting(), which)
        if row is None:
            return
        with self.faults.at(crash, hard=False):
            status = await self.world.deliver(row[0], keep=again)
            assert status == 200 or self.faults.struck, f"{row[3]} was answered {status}"
            if status == 200:
                self.delivered.add((row[1], row[2]))

    @move
    async def lose(self, which: int) -> None:
        row = pick(await self.waiting(), which)
        if row is not None and not row[1].startswith("stripe-connect"):  # the hour's sweep brings payouts
            await self.world.drop(row[0])
            self.lossy = True

    @move
    async def work(self, which: int, crash: int, hard: bool, times: str) -> None:
        job = pick(await self.world.jobs(), which)
        if job is None:
            return
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

    async def market_day(self, buyer: int, percent: int, crash: int) -> None:
        """A basket of two creators and their partners, a part of each thing given back, one then altogether; its buyer
        looks at the page again. The worker that pays a creator out dies; a code is held by somebody who doesn't pay."""
        await self.basket(buyer, [(4, True), (0, False), (3, True)], 701, 0)
        await self.pay(-1, "card")
        await self.drain()
        for line in range(3):
            await self.ask_refund(-1 - line, percent, False)
        await self.drain()
        await self.ask_refund(-1, 100 - percent, True)
        await self.drain()
        await self.come_back(-1)
        await self.pay_out_now(0, 2, False)
        await self.work(-1, crash, True, "once")
        await self.buy(buyer + 1, 0, 700, 1, 0, code=3)
        await self.page_expires(-1)

    async def go_broke(self, lesson: int, percent: int, count: int) -> None:
        """A creator takes all money out, then a sale of theirs is refunded; they sell again, and refund that too."""
        await self.sell(lesson, count)
        creator = str(self.stage.lessons[lesson % len(self.stage.lessons)].creator.id)
        await self.draw_out(list(self.accounts).index(creator))
        await self._refund_last(creator, percent)
        if not self.lossy:
            await self.check()
        await self.sell(lesson, count)
        if not self.lossy:
            await self.check()
        await self._refund_last(creator, percent)

    async def _refund_last(self, creator: str, percent: int) -> None:
        lines = [line for sale in self.sales if sale.paid for line in sale.lines if line.amount]
        mine = [n for n, line in enumerate(lines) if line.creator == creator]
        if mine:
            await self.ask_refund(mine[-1], percent, True)
        await self.drain()

    async def storm(self, lesson: int, plan: list[tuple[int, int]]) -> None:
        """Sales, and a refund in the midst of it, while messages come twice and in any order and workers die."""
        if lesson % 3:
            await self.buy(lesson, lesson, 700, 1, 0, code=lesson % 6, via=lesson % 2 == 0)
        else:
            await self.basket(
                lesson, [(lesson, True), (lesson + 3, True), (lesson + 4, False)], 700, 0, code=lesson % 5
            )
        await self.pay(-1, "card")
        mine = len([sale for sale in self.sales if sale.url]) - 1
        for number, (which, crash) in enumerate(plan):
            await self.deliver(which, which % 2 == 0, 2 if which == 7 else 0)
            await self.work(which, crash, crash % 3 > 0, "twice" if which == 7 else "once")
            if number == len(plan) // 2:
                again = 100 if which > 4 else 41
                await (self.ask_refund(-1, 33, which > 3) if which % 2 else self.dashboard_refund(-1, again))
            if which == 9:
                await self.refund_fails(-1)
            if which == 5:
                await self.come_back(mine)
            if which == 4:
                await self.buy(number, lesson + 1, 700, 1, 0, code=2 + number % 2)
                await self.page_expires(-1)
            if which == 8:
                await self.pay_out_now(number, 2, stale=number % 3 == 0)
                await self.work(-1, crash, True, "once")

    # the end of a while

    async def settle(self) -> None:
        """Everything arrives, everything runs; then what was lost is found; and all is right."""
        await self.drain()
        await self.try_parked_again()
        if not self.lossy:
            await self.check()
        await self.world.hour()
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
                self.moves["deliver"] += 1
                assert await self.world.deliver(row[0]) == 200
                self.delivered.add((row[1], row[2]))
            ready = await self.world.jobs()
            if not waiting and not ready:
                return
            for job in ready:
                await self._work_off(job, failures)

    async def _work_off(self, job: Job, failures: Counter[int]) -> None:
        self.moves["work"] += 1
        try:
            await self.world.run(job)
        except Exception as error:
            failures[job.id] += 1
            if failures[job.id] > 3:
                raise AssertionError(f"{job.task} never succeeds: {error!r}") from error


async def _all(*work: Any) -> None:
    """Both to their end, then the first failure."""
    for answer in await together(*work):
        if isinstance(answer, BaseException):
            raise answer
