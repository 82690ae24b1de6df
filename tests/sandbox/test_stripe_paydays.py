"""Payouts: by schedule as the clock runs, by hand, on their way, arrived or sent back; and every movement listed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stripe_help import World, unique

from marketplace.domain.orders.errors import PaymentRefused
from marketplace.domain.payouts.ports import BalanceEntry, PayoutState
from marketplace.sandbox.stripe import paydays

DAY, HOUR = 86_400, 3_600


@pytest.fixture
async def world(sandbox_server: Any) -> AsyncIterator[World]:
    world = World(sandbox_server.settings)
    await world.calm()
    yield world
    await world.calm()
    await world.browser.aclose()


async def earning(world: World, *amounts: int, currency: str = "usd", **settings: Any) -> str:
    """A creator with these amounts on the way."""
    account = await world.creator()
    if settings:
        await world.gateway.set_payout_settings(account, **settings, key=unique("settings"))
    for amount in amounts:
        await world.transferred(await world.bought(amount, currency=currency), account, amount)
    return account


async def balance(world: World, account: str, currency: str = "usd") -> tuple[int, int]:
    found = await world.gateway.balance(account)
    return found.available.get(currency, 0), found.pending.get(currency, 0)


async def entries(world: World, account: str | None) -> list[BalanceEntry]:
    """All of them, in pages."""
    found = await world.gateway.balance_entries(account, limit=3)
    while more := await world.gateway.balance_entries(account, after=found[-1].id, limit=3) if found else []:
        assert len(more) <= 3
        found += more
    return found


def told(payouts: list[PayoutState]) -> list[tuple[int, str, bool]]:
    return [(payout.amount_minor, payout.status, payout.automatic) for payout in payouts]


async def test_what_is_available_is_paid_out_day_by_day(world: World) -> None:
    account = await earning(world, 2_000)
    assert await balance(world, account) == (0, 2_000)
    await world.advance(DAY)
    assert await world.gateway.payouts(account) == []
    await world.transferred(await world.bought(1_000), account, 1_000)
    await world.advance(2 * DAY + HOUR // 2)
    (first,) = await world.gateway.payouts(account)
    assert told([first]) == [(2_000, "pending", True)]
    assert await balance(world, account) == (1_000, 0)
    await world.advance(HOUR)
    assert (await world.gateway.payout(account, first.id)).status == "in_transit"
    await world.advance(DAY)
    paid = await world.gateway.payout(account, first.id)
    assert (paid.status, paid.arrival_date) == ("paid", first.arrival_date)
    assert paid.trace_id
    assert told(await world.gateway.payouts(account))[0] == (1_000, "in_transit", True)
    assert await balance(world, account) == (0, 0)
    types = [event.type for event in await world.gateway.events_since(0, account_id=account)]
    assert types == [
        "account.updated",
        "payout.created",
        "payout.updated",
        "payout.created",
        "payout.paid",
        "payout.updated",
    ]


async def test_long_absence_changes_nothing_but_when_it_is_seen(world: World) -> None:
    account = await earning(world, 500, 700)
    made = (await world.gateway.balance_entries(account))[0].created
    await world.advance(60 * DAY)
    (payout,) = await world.gateway.payouts(account)
    assert told([payout]) == [(1_200, "paid", True)]
    assert made + 2 * DAY <= payout.created <= made + 3 * DAY
    assert payout.arrival_date == payout.created + DAY


async def test_a_manual_schedule_waits_for_a_word(world: World) -> None:
    account = await earning(world, 2_000, interval="manual")
    await world.advance(40 * DAY)
    assert await balance(world, account) == (2_000, 0)
    payout = await world.gateway.create_payout(account, amount_minor=1_500, currency="usd", key=unique("p"))
    assert told([payout]) == [(1_500, "pending", False)]
    with pytest.raises(PaymentRefused, match="enough balance"):
        await world.gateway.create_payout(account, amount_minor=501, currency="usd", key=unique("p"))
    with pytest.raises(PaymentRefused):
        await world.gateway.create_payout(account, amount_minor=0, currency="usd", key=unique("p"))
    with pytest.raises(PaymentRefused):
        await world.gateway.create_payout(account, amount_minor=1, currency="eur", key=unique("p"))
    await world.gateway.set_payout_settings(account, interval="daily", key=unique("s"))
    await world.advance(DAY)
    assert told(await world.gateway.payouts(account)) == [(500, "pending", True), (1_500, "paid", False)]


async def test_a_minimum_stays(world: World) -> None:
    account = await earning(world, 2_000, 500, interval="daily", minimum={"usd": 600})
    await world.advance(4 * DAY)
    (payout,) = await world.gateway.payouts(account)
    assert payout.amount_minor == 1_900
    assert await balance(world, account) == (600, 0)
    within = await world.gateway.balance_entries(account, payout_id=payout.id)
    assert [(entry.type, entry.net_minor) for entry in within] == [
        ("payment", 2_000), ("payment", 500), ("payout_minimum_balance_hold", -600), ("payout", -1_900),
    ]  # fmt: skip
    await world.gateway.set_payout_settings(account, interval="daily", minimum={}, key=unique("s"))
    await world.advance(DAY)
    last, _ = await world.gateway.payouts(account)
    assert last.amount_minor == 600
    assert sum(e.net_minor for e in await world.gateway.balance_entries(account, payout_id=last.id)) == 0
    assert await world.gateway.balance_entries(account, payout_id=payout.id) == within
    assert await balance(world, account) == (0, 0)


async def test_only_automatic_payouts_tell_what_they_paid_out(world: World) -> None:
    account = await earning(world, 2_000, interval="manual")
    await world.act("release", account)
    payout = await world.gateway.create_payout(account, amount_minor=100, currency="usd", key=unique("p"))
    with pytest.raises(PaymentRefused):
        await world.gateway.balance_entries(account, payout_id=payout.id)


@pytest.mark.parametrize(("currency", "amount", "paid"), [("huf", 123_456, 123_400), ("twd", 80_045, 80_000)])
async def test_payouts_are_whole_where_charges_need_not_be(world: World, currency: str, amount: int, paid: int) -> None:
    account = await earning(world, amount, currency=currency, interval="manual")
    await world.act("release", account)
    with pytest.raises(PaymentRefused):
        await world.gateway.create_payout(account, amount_minor=amount, currency=currency, key=unique("p"))
    await world.gateway.set_payout_settings(account, interval="daily", key=unique("s"))
    await world.advance(DAY + HOUR)
    (payout,) = await world.gateway.payouts(account)
    assert payout.amount_minor == paid
    assert await balance(world, account, currency) == (amount - paid, 0)


@pytest.mark.parametrize(("code", "stops"), [("account_closed", True), ("could_not_process", False)])
async def test_what_the_bank_sends_back_is_there_again(world: World, code: str, stops: bool) -> None:
    account = await earning(world, 2_000)
    await world.act("release", account)
    await world.advance(DAY + HOUR)
    (payout,) = await world.gateway.payouts(account)
    await world.act("payout", payout.id, result="paid")
    await world.act("payout", payout.id, result="failed", code=code)
    failed = await world.gateway.payout(account, payout.id)
    assert (failed.status, failed.failure_code, failed.trace_id) == ("failed", code, None)
    assert failed.failure_message
    assert await balance(world, account) == (2_000, 0)
    assert (await world.gateway.payout_settings(account)).enabled is not stops
    await world.advance(DAY)
    assert len(await world.gateway.payouts(account)) == (1 if stops else 2)
    await world.act("bank-account", account)
    assert (await world.gateway.payout_settings(account)).enabled
    await world.advance(DAY)
    assert told(await world.gateway.payouts(account))[0][0] == 2_000
    assert await balance(world, account) == (0, 0)


async def test_banks_may_send_everything_back(world: World) -> None:
    account = await earning(world, 2_000)
    await world.act("release", account)
    await world.knobs(payouts_fail=True)
    await world.advance(2 * DAY + HOUR)
    assert told(await world.gateway.payouts(account)) == [(2_000, "failed", True)]
    page = world.here(await world.gateway.dashboard_url(account))
    assert "came back" in (await world.browser.get(page)).text
    await world.browser.post(page, data={"action": "bank-account"})
    assert (await world.gateway.payout_settings(account)).enabled
    types = [event.type for event in await world.gateway.events_since(0, account_id=account)]
    assert types[-3:] == ["payout.created", "payout.updated", "payout.failed"]


async def test_only_own_pending_payouts_are_cancelled(world: World) -> None:
    account = await earning(world, 2_000)
    own = {"stripe-account": account}
    await world.act("release", account)
    mine = await world.gateway.create_payout(account, amount_minor=500, currency="usd", key=unique("p"))
    assert (await world.api("POST", f"/v1/payouts/{mine.id}/cancel", headers=own)).json()["status"] == "canceled"
    assert await balance(world, account) == (2_000, 0)
    await world.advance(DAY)
    (automatic, _) = await world.gateway.payouts(account)
    refused = await world.api("POST", f"/v1/payouts/{automatic.id}/cancel", headers=own)
    assert refused.json()["error"]["code"] == "payouts_not_allowed"


async def test_all_movements_make_the_balance(world: World) -> None:
    account = await earning(world, 5_000, 3_000, interval="daily", minimum={"usd": 700})
    await world.advance(4 * DAY)
    (payout,) = await world.gateway.payouts(account)
    await world.act("payout", payout.id, result="failed")
    transfer = await world.transferred(await world.bought(900, currency="eur"), account, 900)
    await world.gateway.reverse_transfer(transfer, amount_minor=400, key=unique("r"))
    for owner in (account, None):
        found = await entries(world, owner)
        assert len({entry.id for entry in found}) == len(found)
        assert all(entry.net_minor == entry.amount_minor - entry.fee_minor for entry in found)
        now = await world.gateway.balance(owner)
        for currency in now.available:
            listed = sum(entry.net_minor for entry in found if entry.currency == currency)
            assert listed == now.available[currency] + now.pending[currency]
    again = await world.gateway.balance_entries(account, limit=1_000)
    assert again == await entries(world, account)
    assert await world.gateway.balance_entries(account, since=again[-1].created + 1) == []


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"interval": "weekly"}, "weekly_payout_days"),
        ({"interval": "monthly"}, "monthly_payout_days"),
        ({"interval": "daily", "weekly_payout_days[0]": "monday"}, "only be set"),
        ({"interval": "weekly", "weekly_payout_days[0]": "sunday"}, "must be one of"),
        ({"interval": "monthly", "monthly_payout_days[0]": "32"}, "1 to 31"),
        ({"interval": "hourly"}, "must be one of"),
    ],
)
async def test_schedules_that_do_not_exist_are_refused(world: World, settings: dict[str, str], words: str) -> None:
    account = await world.creator()
    form = {}
    for name, value in settings.items():
        head, bracket, tail = name.partition("[")
        form[f"payments[payouts][schedule][{head}]{bracket}{tail}"] = value
    answer = await world.api("POST", "/v1/balance_settings", data=form, headers={"stripe-account": account})
    assert answer.status_code == 400
    assert words in answer.json()["error"]["message"]
    assert (await world.gateway.payout_settings(account)).interval == "daily"


@pytest.mark.parametrize("amount", ["-1", "ten", "1.5"])
async def test_a_minimum_is_an_amount(world: World, amount: str) -> None:
    form = {"payments[payouts][minimum_balance_by_currency][usd]": amount}
    own = {"stripe-account": await world.creator()}
    assert (await world.api("POST", "/v1/balance_settings", data=form, headers=own)).status_code == 400


async def test_a_new_account_has_the_currency_of_its_country(world: World) -> None:
    account = await world.gateway.create_account(
        creator_id="c", email="c@example.com", display_name="Cy", country="IS", key=unique("account")
    )
    assert (await world.gateway.balance(account)).available == {"isk": 0}


def moment(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)


AFTER = st.integers(0, 4 * 10**9)
MOMENT_OF_DAY = st.integers(0, DAY - 1)


@given(AFTER, MOMENT_OF_DAY)
def test_daily_means_within_a_day(after: int, start: int) -> None:
    at = paydays.next_payday({"interval": "daily"}, start, after)
    assert at is not None
    assert after < at <= after + DAY
    assert at % DAY == start


@given(AFTER, MOMENT_OF_DAY, st.sets(st.sampled_from(paydays.WEEKDAYS), min_size=1))
def test_weekly_means_the_next_of_those_days(after: int, start: int, days: set[str]) -> None:
    schedule = {"interval": "weekly", "weekly_payout_days": sorted(days)}
    at = paydays.next_payday(schedule, start, after)
    assert at is not None
    assert after < at <= after + 7 * DAY
    assert moment(at).strftime("%A").lower() in days
    for earlier in range(at - DAY, after, -DAY):
        assert moment(earlier).strftime("%A").lower() not in days


@given(AFTER, MOMENT_OF_DAY, st.sets(st.integers(1, 31), min_size=1))
def test_monthly_means_the_next_of_those_days_or_the_last_one(after: int, start: int, days: set[int]) -> None:
    schedule = {"interval": "monthly", "monthly_payout_days": sorted(days)}
    at = paydays.next_payday(schedule, start, after)
    assert at is not None
    assert after < at
    last = (moment(at) + timedelta(days=1)).day == 1
    assert moment(at).day in days or (last and max(days) > moment(at).day)
    for earlier in range(at - DAY, after, -DAY):
        assert moment(earlier).day not in days


def test_manual_means_never() -> None:
    assert paydays.next_payday({"interval": "manual"}, 0, 0) is None
