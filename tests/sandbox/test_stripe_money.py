"""The stand-in's money: balances are sums, nothing is moved twice or beyond what is there."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest
from stripe_help import World, unique

from marketplace.domain.orders.errors import PaymentRefused


@pytest.fixture
async def world(sandbox_server: Any) -> AsyncIterator[World]:
    world = World(sandbox_server.settings)
    await world.calm()
    yield world
    await world.calm()
    await world.browser.aclose()


async def total(world: World, account: str | None = None, currency: str = "usd") -> int:
    balance = await world.gateway.balance(account)
    return balance.available.get(currency, 0) + balance.pending.get(currency, 0)


async def entries(world: World, account: str | None = None) -> list[dict[str, Any]]:
    """Every balance transaction of an account."""
    headers = {"stripe-account": account} if account else {}
    found: list[dict[str, Any]] = []
    more: dict[str, str] = {}
    while True:
        params = {"limit": "100", **more}
        page = (await world.api("GET", "/v1/balance_transactions", params=params, headers=headers)).json()
        found += page["data"]
        if not page["has_more"]:
            return found
        more = {"starting_after": page["data"][-1]["id"]}


async def test_balances_are_the_sum_of_their_transactions(world: World) -> None:
    account = await world.creator()
    state = await world.bought(10_000)
    transfer = await world.transferred(state, account, 8_000)
    await world.gateway.reverse_transfer(transfer, amount_minor=3_000, key=unique("k"))
    await world.gateway.create_refund(
        payment_intent_id=state.payment_intent_id or "", amount_minor=2_500, refund_id="r", key=unique("k")
    )
    await world.act("dispute", state.charge_id or "")
    await world.act("release", account)
    await world.api(
        "POST", "/v1/payouts", data={"amount": 1000, "currency": "usd"}, headers={"stripe-account": account}
    )
    assert await total(world, account) == 4_000
    for owner in (None, account):
        net: Counter[str] = Counter()
        for entry in await entries(world, owner):
            net[entry["currency"]] += entry["net"]
        balance = await world.gateway.balance(owner)
        assert {c: balance.available[c] + balance.pending[c] for c in balance.available} == dict(net)


@pytest.mark.parametrize(("currency", "amount", "fee"), [("usd", 5_000, 175), ("jpy", 1_000, 36), ("eur", 1_999, 88)])
async def test_processing_fees(world: World, currency: str, amount: int, fee: int) -> None:
    before = await total(world, currency=currency)
    state = await world.bought(amount, currency=currency)
    assert state.fee_minor == fee
    assert await total(world, currency=currency) == before + amount - fee


async def test_the_fee_may_come_late(world: World) -> None:
    await world.knobs(late_balance_transaction=True)
    state = await world.bought()
    assert (state.payment_status, state.fee_minor) == ("paid", None)
    await asyncio.sleep(1.1)
    assert (await world.gateway.checkout(state.id)).fee_minor == 103


async def test_pending_funds_become_available_with_the_clock(world: World) -> None:
    account = await world.creator()
    await world.transferred(await world.bought(), account, 2_000)
    assert (await world.gateway.balance(account)).pending == {"usd": 2_000}
    await world.advance(2 * 86_400 + 5)
    assert (await world.gateway.balance(account)).available == {"usd": 2_000}


async def test_transfers_stay_within_their_charge(world: World) -> None:
    one, two = await world.creator(), await world.creator()
    state = await world.bought(2_000)
    await world.transferred(state, one, 1_200)
    results = await asyncio.gather(
        *(world.transferred(state, account, 500) for account in (one, two)), return_exceptions=True
    )
    assert sorted(isinstance(result, PaymentRefused) for result in results) == [False, True]


async def test_no_transfer_to_who_can_not_receive(world: World) -> None:
    state = await world.bought()
    with pytest.raises(PaymentRefused, match="can't receive money yet"):
        await world.transferred(state, await world.creator("restricted"), 500)
    with pytest.raises(PaymentRefused):
        await world.transferred(state, "acct_nobody", 500)


async def test_a_reversal_goes_as_far_as_the_balance(world: World) -> None:
    account = await world.creator()
    transfer = await world.transferred(await world.bought(10_000), account, 8_000)
    await world.act("release", account)
    await world.api(
        "POST", "/v1/payouts", data={"amount": 5000, "currency": "usd"}, headers={"stripe-account": account}
    )
    refused = await world.api("POST", f"/v1/transfers/{transfer}/reversals", data={"amount": 8000})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "balance_insufficient")
    key = unique("reversal")
    first = await world.gateway.reverse_transfer(transfer, amount_minor=8_000, key=key)
    assert first.reversed_minor == 3_000
    assert await world.gateway.reverse_transfer(transfer, amount_minor=8_000, key=key) == first
    nothing = await world.gateway.reverse_transfer(transfer, amount_minor=8_000 - 3_000, key=unique("reversal"))
    assert (nothing.id, nothing.reversed_minor) == (None, 0)
    assert await total(world, account) == 0


async def test_concurrent_reversals_never_overdraw(world: World) -> None:
    account = await world.creator()
    transfers = [await world.transferred(await world.bought(), account, 2_000) for _ in range(2)]
    await world.act("release", account)
    await world.api(
        "POST", "/v1/payouts", data={"amount": 3000, "currency": "usd"}, headers={"stripe-account": account}
    )
    results = await asyncio.gather(
        *(world.gateway.reverse_transfer(t, amount_minor=2_000, key=unique("r")) for t in transfers)
    )
    assert sum(result.reversed_minor for result in results) == 1_000
    assert await total(world, account) == 0


async def test_refunds_end_where_the_charge_does(world: World) -> None:
    state = await world.bought(2_000)
    intent = state.payment_intent_id or ""
    results = await asyncio.gather(
        *(
            world.gateway.create_refund(
                payment_intent_id=intent, amount_minor=1_500, refund_id=f"r{n}", key=unique("r")
            )
            for n in range(2)
        ),
        return_exceptions=True,
    )
    assert sorted(isinstance(result, PaymentRefused) for result in results) == [False, True]
    over = await world.api("POST", "/v1/refunds", data={"payment_intent": intent, "amount": 501})
    assert over.json()["error"]["code"] == "amount_too_large"
    await world.api("POST", "/v1/refunds", data={"payment_intent": intent})
    done = await world.api("POST", "/v1/refunds", data={"payment_intent": intent})
    assert done.json()["error"]["code"] == "charge_already_refunded"


async def test_a_failed_refund_gives_the_money_back(world: World) -> None:
    state = await world.bought()
    before = await total(world)
    refund = await world.gateway.create_refund(
        payment_intent_id=state.payment_intent_id or "", amount_minor=1_000, refund_id="r", key=unique("r")
    )
    assert await total(world) == before - 1_000
    await world.act("fail-refund", refund.id)
    assert (await world.gateway.refund(refund.id)).status == "failed"
    assert await total(world) == before
    assert (await world.gateway.charge(state.charge_id or "")).refunded_minor == 0


@pytest.mark.parametrize(("result", "cost"), [("won", 0), ("lost", 2_500 + 1_500)])
async def test_a_dispute_takes_and_may_return(world: World, result: str, cost: int) -> None:
    before = await total(world)
    state = await world.bought(card="4000000000000259")
    assert await total(world) == before + 2_500 - 103 - 4_000
    assert (await world.gateway.charge(state.charge_id or "")).disputed
    disputes = (await world.api("GET", "/v1/disputes", params={"charge": state.charge_id})).json()["data"]
    for _ in range(2):
        await world.act("decide", disputes[0]["id"], result=result)
    assert await total(world) == before + 2_500 - 103 - cost


async def test_payouts_pay_fail_and_settle(world: World) -> None:
    account = await world.creator()
    await world.gateway.set_payout_settings(account, interval="manual", key=unique("settings"))
    await world.transferred(await world.bought(), account, 2_000)
    await world.act("release", account)
    headers = {"stripe-account": account}

    async def pay_out(amount: int) -> dict[str, Any]:
        answer = await world.api("POST", "/v1/payouts", data={"amount": amount, "currency": "usd"}, headers=headers)
        return dict(answer.json())

    failing, paying = await pay_out(500), await pay_out(700)
    assert (await pay_out(801))["error"]["code"] == "balance_insufficient"
    await world.act("payout", failing["id"], result="failed")
    await world.advance(86_405)
    assert (await world.gateway.payout(account, paying["id"])).status == "paid"
    failed = await world.gateway.payout(account, failing["id"])
    assert (failed.status, failed.failure_message) == ("failed", "The bank account has been closed.")
    assert await total(world, account) == 1_300
    types = [event.type for event in await world.gateway.events_since(0, account_id=account)]
    assert types.count("payout.created") == 2
    assert {"payout.failed", "payout.paid"} <= set(types)


async def test_an_account_sees_only_its_own(world: World) -> None:
    one, two = await world.creator(), await world.creator()
    await world.transferred(await world.bought(), one, 2_000)
    await world.act("release", one)
    made = await world.api(
        "POST", "/v1/payouts", data={"amount": 100, "currency": "usd"}, headers={"stripe-account": one}
    )
    with pytest.raises(PaymentRefused):
        await world.gateway.payout(two, made.json()["id"])
    assert await world.gateway.payouts(two) == []
    answer = await world.api("GET", "/v1/balance", headers={"stripe-account": "acct_nobody"})
    assert answer.status_code == 403
