"""Buyers, creators, banks and accidents, as moves on the real product; and the check that all is right after."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from marketplace import db
from marketplace.checkout import check_out_cart, put_into_cart, start_purchase
from marketplace.domain.access.service import Actor
from marketplace.domain.cart import service as cart
from marketplace.domain.catalog import service as catalog
from marketplace.domain.orders import refunds
from marketplace.domain.payouts import service as payouts
from marketplace.errors import MarketplaceError
from marketplace.gateways.stripe_events import CONNECT_EVENTS, PLATFORM_EVENTS, THIN_EVENTS
from marketplace.jobs import webhooks
from marketplace.money import to_input
from marketplace.vendors import vendors
from tests.chaos.audit import Audit
from tests.chaos.model import Asked, Code, Line, Sale
from tests.chaos.stage import Stage
from tests.domain.world import TASKS, Job, together

_SUBSCRIBED = {*PLATFORM_EVENTS, *CONNECT_EVENTS, *THIN_EVENTS}


def move(step: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Something that happens, counted."""

    @functools.wraps(step)
    async def counted(game: Game, *args: Any, **values: Any) -> None:
        game.moves[step.__name__] += 1
        await step(game, *args, **values)

    return counted


class Game(Audit):
    """One run. Every move takes small numbers and means the n-th thing of its kind, or nothing when there is none."""

    alone = True  # nobody moves money while a move is made

    def __init__(self, stage: Stage) -> None:
        self.stage, self.world, self.faults, self.accounts = stage, stage.world, stage.faults, stage.accounts
        self.codes = stage.codes
        self.sales: list[Sale] = []
        self.begun: dict[str, Sale] = {}  # by order, those whose payment page nobody saw yet too
        self.delivered: set[tuple[str, str]] = set()
        self.drawn: set[str] = set()
        self.shown: list[tuple[str, str, int]] = []  # balances as creators' pages showed them
        self.lossy = False
        self.restricted: set[str] = set()
        self.steady: dict[tuple[str, str], tuple[int, int, int]] = {}
        self.moves: Counter[str] = Counter()

    # what people do

    @move
    async def buy(
        self, buyer: int, lesson: int, amount: int, clicks: int, crash: int, code: int = 0, via: bool = False
    ) -> None:
        """ "Buy now", with or without a code, and perhaps behind an affiliate's link."""
        buyer, lesson = buyer % 3, lesson % len(self.stage.lessons)
        sold, coupon = self.stage.lessons[lesson], self._code(code)
        person, product = Actor(self.stage.buyers[buyer].id), sold.product
        typed = to_input(amount, product.currency) if product.price_kind == "pwyw" else ""
        words = {"code": coupon.name if coupon else "", "via": sold.link if via else ""}
        wanted = [self._line(lesson, amount, via)]
        with self.faults.at(crash):
            await self._see(
                await together(*(self.start_purchase(person, product.slug, typed, **words) for _ in range(clicks))),
                buyer, wanted, coupon,
            )  # fmt: skip
        await self._note(buyer, wanted, coupon)

    @move
    async def basket(
        self, buyer: int, chosen: Sequence[tuple[int, bool]], amount: int, crash: int, code: int = 0
    ) -> None:
        """Several lessons, perhaps of several creators; paid for together where the currency is that of the first."""
        buyer = buyer % 3
        person, coupon, wanted = Actor(self.stage.buyers[buyer].id), self._code(code), []
        async with db.transaction() as session:
            for item in await cart.items(session, person):
                await cart.remove(session, person, item.id)
            await cart.set_code(session, person, coupon.name if coupon else "")
        for lesson, via in {lesson % len(self.stage.lessons): via for lesson, via in chosen}.items():
            sold = self.stage.lessons[lesson]
            typed = to_input(amount, sold.product.currency) if sold.product.price_kind == "pwyw" else ""
            try:
                await put_into_cart(person, sold.product.slug, typed, via=sold.link if via else "")
            except MarketplaceError:
                continue
            wanted.append((sold.product.currency, self._line(lesson, amount, via)))
        if not wanted:
            return
        currency, lines = wanted[0][0], [line for currency, line in wanted if currency == wanted[0][0]]
        with self.faults.at(crash):
            await self._see(await together(self.check_out_cart(person, currency)), buyer, lines, coupon)
        await self._note(buyer, lines, coupon)

    async def start_purchase(self, who: Actor, slug: str, typed: str, code: str, via: str) -> str:
        return await start_purchase(who, slug, typed, code=code, via=via)

    async def check_out_cart(self, who: Actor, currency: str) -> str:
        return await check_out_cart(who, currency)

    def _code(self, number: int) -> Code | None:
        return self.codes[number - 1] if number else None

    def _line(self, lesson: int, amount: int, via: bool) -> Line:
        sold = self.stage.lessons[lesson]
        price = amount if sold.product.price_kind == "pwyw" else sold.product.price_minor
        partners = (*sold.co, *(sold.affiliate if via else ()))
        return Line(lesson, str(sold.creator.id), price, partners)

    async def _see(self, answers: list[Any], buyer: int, wanted: list[Line], code: Code | None) -> None:
        for answer in answers:
            if isinstance(answer, BaseException) and not isinstance(answer, MarketplaceError):
                raise answer
        pages = {answer for answer in answers if isinstance(answer, str)}
        assert len(pages) <= 1, f"two payment pages for one lesson: {pages}"
        await self._note(buyer, wanted, code)
        for page in pages:
            await self._remember(page)

    async def _note(self, buyer: int, wanted: list[Line], code: Code | None) -> None:
        """A new order, also when whoever made it died before they could show its payment page."""
        rows = await self.world.rows(
            'SELECT o.id::text, l.id::text, p.slug, o.currency, o.coupon_code FROM "order" o JOIN order_line l'
            " ON l.order_id = o.id JOIN product p ON p.id = l.product_id WHERE NOT o.id::text = ANY(:known)",
            known=list(self.begun),
        )
        if not rows:
            return
        assert len({row[0] for row in rows}) == 1, "two orders for one click"
        lines = {row[2]: row[1] for row in rows}
        for line in wanted:
            line.id = lines.pop(self.stage.lessons[line.lesson].product.slug)
        assert not lines, "something was ordered that nobody wanted"
        order, _, _, currency, used = rows[0]
        assert used in ("", code.name if code else ""), f"{used} was used instead of {code}"
        sale = self.begun[order] = Sale(order, buyer, currency, wanted, code if used else None)
        if not sale.amount:
            self.sales.append(sale)
            self._is_paid(sale)

    async def _remember(self, url: str) -> None:
        if any(url.endswith(f"/orders/{sale.order}") for sale in self.sales):
            return  # for nothing
        rows = await self.world.rows('SELECT id::text FROM "order" WHERE checkout_id = :p', p=url.rsplit("/", 1)[-1])
        sale = self.begun[rows[0][0]]
        if not sale.url:
            sale.url = url
            (page,) = await self.world.stripe("checkout.session", id=sale.page)
            assert page["amount_total"] == sale.amount, f"asked for {page['amount_total']} instead of {sale.amount}"
            self.sales.append(sale)

    @move
    async def pay(self, which: int, how: str) -> None:
        sale = _pick([s for s in self.sales if s.waits], which)
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
        others = [s for s in self.sales if s.paid and s.buyer == sale.buyer and s is not sale]
        again = [s for s in others if s.lessons & sale.lessons and s.untouched]
        assert not again, "the buyer was charged twice for one lesson"

    @move
    async def pay_again(self, which: int) -> None:
        """The back button, and "Pay" once more."""
        sale = _pick([s for s in self.sales if s.url and (s.paid or s.bank)], which)
        if sale is not None:
            assert (await self.world.pay(sale.url)).status_code == 303

    @move
    async def come_back(self, which: int) -> None:
        """The page behind the payment page, any number of times, also long after."""
        sale = _pick([s for s in self.sales if s.url], which)
        if sale is not None:
            await webhooks.apply_checkout(sale.page)

    @move
    async def bank_answers(self, which: int, paid: bool) -> None:
        sale = _pick([s for s in self.sales if s.bank == "pending"], which)
        if sale is None:
            return
        await self.world.act("bank", sale.page, result="paid" if paid else "failed")
        if paid:
            self._is_paid(sale)
        else:
            sale.bank = "failed"

    @move
    async def page_expires(self, which: int) -> None:
        sale = _pick([s for s in self.sales if s.waits], which)
        if sale is not None:
            await self.world.act("expire", sale.page)
            sale.expired = True

    @move
    async def ask_refund(self, which: int, percent: int, revoke: bool) -> None:
        found = _pick([(s, line) for s in self.sales if s.paid for line in s.lines if line.amount], which)
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
        sale = _pick([s for s in self.sales if s.paid and s.amount], which)
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
        refund = _pick(await self.world.stripe("refund", status="succeeded"), which)
        if refund is not None:
            assert (await self.world.act("fail-refund", refund["id"])).status_code == 303
            for sale in self.sales:
                await self.look(sale)
                if sale.charge == refund["charge"]:
                    self._disturbed(sale)

    @move
    async def dispute(self, which: int, percent: int) -> None:
        """The buyer's bank takes what is left of a payment, or a part of it."""
        sale = _pick([s for s in self.sales if s.paid and s.amount], which)
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
        for sale in self.sales:
            await self.look(sale)
        waiting = [s for s in self.sales if any(d.open for d in s.disputes)]
        sale = _pick(waiting, which)
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
            shown = _pick([shown for shown in self.shown if shown[0] == creator], which)
        else:
            await self.world.act("release", "")
            balance = await vendors().connect.balance(account)
            found = [(creator, currency, left) for currency, left in balance.available.items() if left > 0]
            self.shown.extend(found)
            shown = _pick(found, which)
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
        payout = _pick(await self.world.stripe("payout", status="pending"), which)
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
        for row in found:
            if row[3] not in _SUBSCRIBED:
                await self.world.drop(row[0])
        return [row for row in found if row[3] in _SUBSCRIBED]

    @move
    async def deliver(self, which: int, again: bool, crash: int) -> None:
        row = _pick(await self.waiting(), which)
        if row is None:
            return
        with self.faults.at(crash, hard=False):
            status = await self.world.deliver(row[0], keep=again)
            assert status == 200 or self.faults.struck, f"{row[3]} was answered {status}"
            if status == 200:
                self.delivered.add((row[1], row[2]))

    @move
    async def lose(self, which: int) -> None:
        row = _pick(await self.waiting(), which)
        if row is not None and not row[1].startswith("stripe-connect"):  # the hour's sweep brings payouts
            await self.world.drop(row[0])
            self.lossy = True

    @move
    async def work(self, which: int, crash: int, hard: bool, times: str) -> None:
        job = _pick(await self.world.jobs(), which)
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
        for number, (which, crash) in enumerate(plan):
            await self.deliver(which, which % 2 == 0, 2 if which == 7 else 0)
            await self.work(which, crash, crash % 3 > 0, "twice" if which == 7 else "once")
            if number == len(plan) // 2 and which % 3:
                await (self.ask_refund(-1, 50, which > 3) if which % 2 else self.dashboard_refund(-1, 100))
            if which == 9:
                await self.refund_fails(-1)
            if which == 5:
                await self.come_back(-1)
            if which == 4:
                await self.buy(number, lesson + 1, 700, 1, 0, code=2 + number % 2)
                await self.page_expires(-1)
            if which == 8:
                await self.pay_out_now(number, 2, stale=number % 2 == 0)

    # the end of a while

    async def settle(self) -> None:
        """Everything arrives, everything runs; then what was lost is found; and all is right."""
        await self.drain()
        if not self.lossy:
            await self.check()
        await self.world.hour()
        await self.drain()
        await self.check()
        self.lossy = False

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
