"""The test of the test: each of these mistakes must make a short run of the money machine fail.

Those that take longest to show are for ``make chaos``.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace import db
from marketplace.api import webhooks as webhook_routes
from marketplace.clock import now
from marketplace.domain.access import service as access
from marketplace.domain.coupons import service as coupons
from marketplace.domain.inbox import service as inbox
from marketplace.domain.inbox.models import WebhookEvent
from marketplace.domain.ledger import service as ledger
from marketplace.domain.orders import rules, settlement
from marketplace.domain.orders import service as orders
from marketplace.domain.orders import store as order_store
from marketplace.gateways.stripe import StripeGateway
from marketplace.jobs import webhooks
from marketplace.sql import rows
from tests.chaos.machine import MoneyMachine

Patch = pytest.MonkeyPatch
GAMES, MOMENTS = 3, (0, 0, 0, 2, 4, 4, 5, 5, 6)


def no_dedupe(patch: Patch) -> None:
    """Every delivery of an event is a new event."""

    store = inbox._STORE.replace(" ON CONFLICT (source, event_id) DO NOTHING", "")

    async def receive(session: Any, events: Any) -> set[tuple[str, str]]:
        made = json.dumps([inbox._row(event) for event in events])
        await inbox._queue(session, [row[0] for row in await rows(session, store, {"events": made, "now": now()})])
        return {(event.source, event.id) for event in events}

    patch.setattr(inbox, "receive", receive)


def fulfilment_in_pieces(patch: Patch) -> None:
    """The order is paid, its books and its grant are another transaction."""
    danger = MoneyMachine.stage.faults.danger
    pay = orders._pay

    @asynccontextmanager
    async def loose() -> Any:
        danger()
        async with AsyncSession(db.engine(), expire_on_commit=False) as session:
            yield session
            danger()
            await session.commit()
        danger()

    async def in_pieces(session: AsyncSession, order: Any, state: Any) -> None:
        if order.state == "paid":
            return await pay(session, order, state)
        for line in await order_store.lines(session, order.id):
            line.open = False
        order.state, order.payment_intent_id, order.charge_id = "paid", state.payment_intent_id, state.charge_id
        await session.commit()
        danger()
        order.state = "pending"
        await pay(session, order, state)

    patch.setattr(webhooks, "transaction", loose)
    patch.setattr(orders, "_pay", in_pieces)


def acknowledged_before_it_is_stored(patch: Patch) -> None:
    """The provider is told 200 although the event was not stored."""
    store = webhook_routes.intake.store

    async def careless(event: Any) -> bool:
        try:
            return await store(event)
        except Exception:
            return False

    patch.setattr(webhook_routes.intake, "store", careless)


def handled_before_it_is_done(patch: Patch) -> None:
    """The event counts as handled when its handling begins."""
    dispatch = webhooks._dispatch

    async def early(event: WebhookEvent) -> bool:
        async with db.transaction() as session:
            await inbox.finish(session, event.id, "handled")
        return await dispatch(event)

    patch.setattr(webhooks, "_dispatch", early)


def late_success_gives_access_back(patch: Patch) -> None:
    """Each "paid" grants, also after a refund."""
    pay = orders._pay

    async def generous(session: Any, order: Any, state: Any) -> None:
        await pay(session, order, state)
        for line in await order_store.lines(session, order.id):
            await access.restore(session, "order", str(line.id))

    patch.setattr(orders, "_pay", generous)


def sale_posted_twice(patch: Patch) -> None:
    """Each sale's entry holds its postings twice: it sums to zero too."""
    sale = ledger.rules.sale
    patch.setattr(ledger.rules, "sale", lambda *args, **kwargs: sale(*args, **kwargs) * 2)


def transfer_key_changes(patch: Patch) -> None:
    """A retried transfer has another idempotency key."""
    _new_key(patch, "create_transfer")


def refund_key_changes(patch: Patch) -> None:
    _new_key(patch, "create_refund")


def payout_key_changes(patch: Patch) -> None:
    """ "Pay out now" whose job dies asks for a second payout."""
    _new_key(patch, "create_payout")


def _new_key(patch: Patch, name: str) -> None:
    call: Callable[..., Awaitable[Any]] = getattr(StripeGateway, name)

    async def forgetful(self: StripeGateway, *args: Any, key: str, **values: Any) -> Any:
        return await call(self, *args, key=f"{key}:{uuid4()}", **values)

    patch.setattr(StripeGateway, name, forgetful)


def what_was_withheld_is_never_owed_again(patch: Patch) -> None:
    """A refund of a sale whose earnings had paid a debt."""
    decide = rules.next_step

    def forgiving(**facts: Any) -> rules.Step | None:
        step = decide(**facts)
        return None if step and step.kind == "owe" else step

    patch.setattr(rules, "next_step", forgiving)


def earnings_never_pay_debt(patch: Patch) -> None:
    decide = rules.next_step
    patch.setattr(rules, "next_step", lambda **facts: decide(**{**facts, "payee_debt": 0}))


def short_reversal_is_no_debt(patch: Patch) -> None:
    async def forgiving(session: Any, share: Any, reversal: Any, short: int) -> None:
        await book(session, share, reversal, 0)

    book = settlement._book_reversal
    patch.setattr(settlement, "_book_reversal", forgiving)


def failed_refund_keeps_access_away(patch: Patch) -> None:
    async def always(*_: Any) -> bool:
        return True

    patch.setattr(orders.store, "revoked_by_refund", always)


def coupon_is_never_given_back(patch: Patch) -> None:
    """What an order held that expired stays taken."""

    async def keep(*_: Any) -> None:
        return None

    patch.setattr(coupons, "release", keep)


def platforms_discount_is_the_creators(patch: Patch) -> None:
    """Whoever gave the code, the creator's share is of the lower price."""
    line = rules._line
    patch.setattr(
        rules, "_line", lambda item, cut, discount: line(item, cut, discount and replace(discount, by="creator"))
    )


def partners_get_the_odd_cent(patch: Patch) -> None:
    divide = rules.divide

    def generous(*args: Any) -> tuple[int, tuple[rules.Part, ...]]:
        fee, (own, *others) = divide(*args)
        cents = len(others)
        own = replace(own, amount_minor=own.amount_minor - cents)
        return fee, (own, *(replace(part, amount_minor=part.amount_minor + 1) for part in others))

    patch.setattr(rules, "divide", generous)


def half_cents_of_refunds_are_lost(patch: Patch) -> None:
    """Shares in what goes back are rounded down, the rest is the platform's."""
    patch.setattr(rules, "prorate", lambda minor, part, whole: minor * part // whole if whole else 0)


FOUND_SOON = (
    fulfilment_in_pieces, late_success_gives_access_back, sale_posted_twice, failed_refund_keeps_access_away,
    payout_key_changes, coupon_is_never_given_back, partners_get_the_odd_cent, half_cents_of_refunds_are_lost,
)  # fmt: skip
FOUND_LATE = (
    no_dedupe, acknowledged_before_it_is_stored, handled_before_it_is_done, transfer_key_changes, refund_key_changes,
    what_was_withheld_is_never_owed_again, earnings_never_pay_debt, short_reversal_is_no_debt,
    platforms_discount_is_the_creators,
)  # fmt: skip
LONG = "CHAOS_RULES" in os.environ


def short_run(machine: type[MoneyMachine]) -> None:
    """The same games each time: a day at the market, then mostly storms, with workers dying at the worst moments."""
    dice = random.Random(7)
    for game in range(GAMES):
        one = machine()
        one.begin()
        if game == 0:
            one.market_day(buyer=0, percent=33, crash=4)
            one.settle()
        for _move in range(4):
            if dice.random() < 0.25:
                one.go_broke(lesson=dice.randrange(4), percent=dice.choice([50, 100]), count=2)
            else:
                plan = [(dice.randrange(10), dice.choice(MOMENTS)) for _ in range(24)]
                one.storm(lesson=dice.randrange(4), plan=plan)
        one.teardown()


@pytest.mark.skipif(not LONG, reason="the money machine plays the same, and longer; make chaos plays both")
def test_the_product_passes_what_the_mutants_must_fail(machine: type[MoneyMachine]) -> None:
    short_run(machine)


@pytest.fixture
def without_unique_events(machine: type[MoneyMachine]) -> Any:
    """The mistakes are in the code; the database's own guard is taken away so that they can show."""
    run, rows = machine.loop.run_until_complete, machine.stage.world.rows
    run(rows("ALTER TABLE webhook_event DROP CONSTRAINT webhook_event_source_event_id_key"))
    yield
    run(rows("DELETE FROM webhook_event"))
    run(rows("ALTER TABLE webhook_event ADD UNIQUE (source, event_id)"))


@pytest.mark.parametrize("mutant", [*FOUND_SOON, *(FOUND_LATE if LONG else ())], ids=lambda mutant: mutant.__name__)
def test_mutant_is_found(machine: type[MoneyMachine], mutant: Any, request: Any, monkeypatch: Patch) -> None:
    if mutant is no_dedupe:
        request.getfixturevalue("without_unique_events")
    mutant(monkeypatch)
    with pytest.raises(AssertionError) as caught:
        short_run(machine)
    print(f"found: {caught.value}"[:200])
