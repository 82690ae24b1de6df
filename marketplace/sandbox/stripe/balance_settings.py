"""How an account is paid out: schedule, minimum balance, and whether its bank account works."""

from __future__ import annotations

import copy
from typing import Any

import stripe
from starlette.routing import BaseRoute
from stripe.params._balance_settings_retrieve_params import BalanceSettingsRetrieveParams
from stripe.params._balance_settings_update_params import BalanceSettingsUpdateParams

from marketplace.sandbox.app import Sandbox
from marketplace.sandbox.store import Row, Tx
from marketplace.sandbox.stripe import ledger, paydays
from marketplace.sandbox.stripe.api import Call, route
from marketplace.sandbox.stripe.errors import ApiError, invalid
from marketplace.sandbox.stripe.objects import PLATFORM, VENDOR, shape

_KIND = "balance_settings"
_DAYS = {"weekly": "weekly_payout_days", "monthly": "monthly_payout_days"}
_DELAY_DAYS = 2
_MAX_DELAY_DAYS = 31


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    return [
        route(sandbox, "GET", "/v1/balance_settings", BalanceSettingsRetrieveParams, retrieve),
        route(sandbox, "POST", "/v1/balance_settings", BalanceSettingsUpdateParams, update),
    ]


async def of(tx: Tx, account: str) -> Row:
    """The account's payments settings; accounts are paid out daily unless told otherwise."""
    stored = await tx.get(VENDOR, _KIND, account)
    return dict(stored["payments"]) if stored else _default("manual" if account == PLATFORM else "daily")


def _default(interval: str) -> Row:
    schedule = shape(stripe.BalanceSettings.Payments.Payouts.Schedule, {"interval": interval})
    payouts = shape(stripe.BalanceSettings.Payments.Payouts, {"schedule": schedule, "status": "enabled"})
    timing = shape(stripe.BalanceSettings.Payments.SettlementTiming, {"delay_days": _DELAY_DAYS})
    return {"debit_negative_balances": True, "payouts": payouts, "settlement_timing": timing}


def _shown(payments: Row) -> Row:
    return {"object": "balance_settings", "payments": payments}


async def retrieve(call: Call) -> Row:
    return _shown(await of(call.tx, call.account))


async def update(call: Call) -> Row:
    given = call.params.get("payments") or {}
    await ledger.lock(call.tx, call.account)
    payments = copy.deepcopy(await of(call.tx, call.account))
    if "debit_negative_balances" in given:
        payments["debit_negative_balances"] = given["debit_negative_balances"]
    _set_payouts(payments["payouts"], given.get("payouts") or {})
    _set_timing(payments["settlement_timing"], given.get("settlement_timing") or {})
    await call.tx.put(VENDOR, _KIND, call.account, _shown(payments))
    if call.connected:
        await paydays.plan(call.tx, call.account, payments["payouts"]["schedule"])
    return _shown(payments)


def _set_payouts(payouts: Row, given: Row) -> None:
    if "automatic_transfer_rules_by_currency" in given:
        raise invalid("This stand-in has no financial accounts.", "payments[payouts]")
    if "statement_descriptor" in given:
        payouts["statement_descriptor"] = given["statement_descriptor"]
    if "schedule" in given:
        payouts["schedule"] = _schedule(payouts["schedule"], given["schedule"])
    if "minimum_balance_by_currency" in given:
        payouts["minimum_balance_by_currency"] = _minimum(
            payouts["minimum_balance_by_currency"], given["minimum_balance_by_currency"]
        )


def _schedule(before: Row, given: Row) -> Row:
    """Days belong to their interval: required with it, refused with another."""
    interval = given.get("interval", before["interval"])
    after = shape(stripe.BalanceSettings.Payments.Payouts.Schedule, {"interval": interval})
    for name, field in _DAYS.items():
        days = given.get(field) or (before[field] if interval == before["interval"] else None)
        where = f"payments[payouts][schedule][{field}]"
        if name == interval and not days:
            raise ApiError(f"Missing required param: {where}.", code="parameter_missing", param=where, stored=False)
        if name != interval and given.get(field):
            raise invalid(f"{field} can only be set when interval is {name}.", where)
        if name == interval:
            after[field] = days
    if not all(1 <= day <= 31 for day in after["monthly_payout_days"] or []):
        raise invalid("Days of the month go from 1 to 31.", "payments[payouts][schedule][monthly_payout_days]")
    return after


def _minimum(before: Row | None, given: Any) -> Row | None:
    """By currency; an empty text takes one away, in place of all of them it takes all away."""
    if given == "":
        return None
    after = dict(before or {})
    for currency, amount in given.items():
        where = f"payments[payouts][minimum_balance_by_currency][{currency}]"
        if amount == "":
            after.pop(currency.lower(), None)
        elif not str(amount).isdigit():
            raise invalid(f"Invalid non-negative integer: {amount}", where, "parameter_invalid_integer")
        else:
            after[currency.lower()] = int(amount)
    return after or None


def _set_timing(timing: Row, given: Row) -> None:
    if "start_of_day" in given:
        raise invalid("In this stand-in a day starts when the account was made.", "payments[settlement_timing]")
    if "delay_days_override" not in given:
        return
    days = given["delay_days_override"]
    if days != "" and not 0 <= days <= _MAX_DELAY_DAYS:
        raise invalid("delay_days_override goes from 0 to 31.", "payments[settlement_timing][delay_days_override]")
    timing |= {"delay_days_override": days or None, "delay_days": days if days != "" else _DELAY_DAYS}


async def set_bank(tx: Tx, account: str, *, works: bool) -> None:
    """A payout that failed because of the bank account stops those that go by themselves, until it is replaced."""
    payments = copy.deepcopy(await of(tx, account))
    payments["payouts"]["status"] = "enabled" if works else "disabled"
    await tx.put(VENDOR, _KIND, account, _shown(payments))
    if works and account != PLATFORM:
        await paydays.plan(tx, account, payments["payouts"]["schedule"])
