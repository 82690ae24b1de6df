"""The moves as a state machine: hypothesis chooses, and makes a failing run short."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.chaos.game import Game
from tests.chaos.stage import Stage

N = st.integers(0, 9)
# Moments of danger in a job: 4 is after the provider's answer and before the books, 5 is before the books are closed.
CRASH = st.sampled_from([0, 0, 4, 5, 1, 2, 3, 6, 7, 8, 9])
CODE = st.sampled_from([0, 0, 1, 2, 3, 4, 5])
PERCENT = st.sampled_from([1, 33, 50, 100])
AMOUNT = st.integers(50, 5000)
BOOL = st.booleans()
CHOSEN = st.lists(st.tuples(N, BOOL), min_size=2, max_size=5)

SOLD = precondition(lambda self: self.game.sales)
DEBITED = precondition(lambda self: any(sale.bank == "pending" for sale in self.game.sales))
PAID = precondition(lambda self: any(sale.paid for sale in self.game.sales))


class MoneyMachine(RuleBasedStateMachine):
    stage: ClassVar[Stage]
    loop: ClassVar[asyncio.AbstractEventLoop]
    moves: ClassVar[Counter[str]]

    def do(self, move: Coroutine[Any, Any, None]) -> None:
        self.loop.run_until_complete(move)

    @initialize()
    def begin(self) -> None:
        self.loop.run_until_complete(self.stage.clear())
        self.game = Game(self.stage)

    @rule(buyer=N, lesson=N, amount=AMOUNT, clicks=st.sampled_from([1, 1, 1, 2]), crash=CRASH, code=CODE, via=BOOL)
    def buy(self, buyer: int, lesson: int, amount: int, clicks: int, crash: int, code: int, via: bool) -> None:
        self.do(self.game.buy(buyer, lesson, amount, clicks, crash, code, via))

    @rule(buyer=N, chosen=CHOSEN, amount=AMOUNT, crash=CRASH, code=CODE)
    def basket(self, buyer: int, chosen: list[tuple[int, bool]], amount: int, crash: int, code: int) -> None:
        self.do(self.game.basket(buyer, chosen, amount, crash, code))

    @rule(buyer=N, chosen=CHOSEN, amount=AMOUNT, code=CODE)
    def basket_and_pay(self, buyer: int, chosen: list[tuple[int, bool]], amount: int, code: int) -> None:
        self.do(self.game.basket(buyer, chosen, amount, 0, code))
        self.do(self.game.pay(-1, "card"))

    @rule(buyer=N, lesson=N, amount=AMOUNT)
    def buy_and_pay(self, buyer: int, lesson: int, amount: int) -> None:
        self.do(self.game.buy(buyer, lesson, amount, 1, 0))
        self.do(self.game.pay(-1, "card"))

    @SOLD
    @rule(which=N, how=st.sampled_from(["card", "card", "declined", "bank"]))
    def pay(self, which: int, how: str) -> None:
        self.do(self.game.pay(which, how))

    @SOLD
    @rule(which=N)
    def pay_again(self, which: int) -> None:
        self.do(self.game.pay_again(which))

    @SOLD
    @rule(which=N)
    def come_back(self, which: int) -> None:
        self.do(self.game.come_back(which))

    @DEBITED
    @rule(which=N, paid=st.booleans())
    def bank_answers(self, which: int, paid: bool) -> None:
        self.do(self.game.bank_answers(which, paid))

    @SOLD
    @rule(which=N)
    def page_expires(self, which: int) -> None:
        self.do(self.game.page_expires(which))

    @PAID
    @rule(which=N, percent=PERCENT, revoke=st.booleans())
    def ask_refund(self, which: int, percent: int, revoke: bool) -> None:
        self.do(self.game.ask_refund(which, percent, revoke))

    @PAID
    @rule(which=N, percent=PERCENT)
    def dashboard_refund(self, which: int, percent: int) -> None:
        self.do(self.game.dashboard_refund(which, percent))

    @PAID
    @rule(which=N)
    def refund_fails(self, which: int) -> None:
        self.do(self.game.refund_fails(which))

    @PAID
    @rule(which=N, percent=st.sampled_from([100, 100, 40]))
    def dispute(self, which: int, percent: int) -> None:
        self.do(self.game.dispute(which, percent))

    @PAID
    @rule(which=N, won=st.booleans())
    def verdict(self, which: int, won: bool) -> None:
        self.do(self.game.verdict(which, won))

    @PAID
    @rule(which=N)
    def draw_out(self, which: int) -> None:
        self.do(self.game.draw_out(which))

    @PAID
    @rule(which=N, clicks=st.integers(1, 3), stale=BOOL)
    def pay_out_now(self, which: int, clicks: int, stale: bool) -> None:
        self.do(self.game.pay_out_now(which, clicks, stale))

    @PAID
    @rule(which=N, paid=st.booleans())
    def payout_ends(self, which: int, paid: bool) -> None:
        self.do(self.game.payout_ends(which, paid))

    @rule(which=N, status=st.sampled_from(["active", "active", "restricted"]))
    def review(self, which: int, status: str) -> None:
        self.do(self.game.review(which, status))

    @rule(lesson=N, percent=st.sampled_from([50, 90, 110, 200]))
    def reprice(self, lesson: int, percent: int) -> None:
        self.do(self.game.reprice(lesson, percent))

    @rule(which=N, again=st.booleans(), crash=CRASH)
    def deliver(self, which: int, again: bool, crash: int) -> None:
        self.do(self.game.deliver(which, again, crash))

    @rule(which=N)
    def lose(self, which: int) -> None:
        self.do(self.game.lose(which))

    @rule(which=N, crash=CRASH, hard=st.booleans(), times=st.sampled_from(["once", "once", "twice", "twin"]))
    def work(self, which: int, crash: int, hard: bool, times: str) -> None:
        self.do(self.game.work(which, crash, hard, times))

    @rule(lesson=N, count=st.integers(1, 3))
    def sell(self, lesson: int, count: int) -> None:
        self.do(self.game.sell(lesson, count))

    @rule(lesson=N, plan=st.lists(st.tuples(N, CRASH), min_size=8, max_size=24))
    def storm(self, lesson: int, plan: list[tuple[int, int]]) -> None:
        self.do(self.game.storm(lesson, plan))

    @rule(buyer=N, percent=st.sampled_from([1, 33, 50]), crash=CRASH)
    def market_day(self, buyer: int, percent: int, crash: int) -> None:
        self.do(self.game.market_day(buyer, percent, crash))

    @rule(lesson=N, percent=PERCENT, count=st.integers(1, 3))
    def go_broke(self, lesson: int, percent: int, count: int) -> None:
        self.do(self.game.go_broke(lesson, percent, count))

    @rule(n=st.integers(1, 6))
    def work_on(self, n: int) -> None:
        for _ in range(n):
            self.do(self.game.deliver(0, False, 0))
            self.do(self.game.work(0, 0, True, "once"))

    @rule()
    def settle(self) -> None:
        self.do(self.game.settle())

    def teardown(self) -> None:
        if hasattr(self, "game"):
            self.do(self.game.settle())
            type(self).moves += self.game.moves


def runs(examples: int, steps: int, *, shrink: bool = True, same: bool = True) -> settings:
    phases = [Phase.generate, Phase.shrink] if shrink else [Phase.generate]
    return settings(
        max_examples=examples, stateful_step_count=steps, derandomize=same, deadline=None, database=None,
        suppress_health_check=list(HealthCheck), phases=phases, report_multiple_bugs=False, print_blob=False,
    )  # fmt: skip
