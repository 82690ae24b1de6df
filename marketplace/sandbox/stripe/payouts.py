"""Payouts, balances and balance settings of the platform and of connected accounts."""

from __future__ import annotations

import stripe
from starlette.routing import BaseRoute
from stripe.params._balance_retrieve_params import BalanceRetrieveParams
from stripe.params._balance_settings_retrieve_params import BalanceSettingsRetrieveParams
from stripe.params._balance_settings_update_params import BalanceSettingsUpdateParams
from stripe.params._payout_cancel_params import PayoutCancelParams
from stripe.params._payout_create_params import PayoutCreateParams
from stripe.params._payout_list_params import PayoutListParams
from stripe.params._payout_retrieve_params import PayoutRetrieveParams

from marketplace.sandbox.app import Sandbox
from marketplace.sandbox.store import Row, Tx
from marketplace.sandbox.stripe import due, ledger
from marketplace.sandbox.stripe.api import Call, retriever, route
from marketplace.sandbox.stripe.errors import ApiError, insufficient
from marketplace.sandbox.stripe.events import emit
from marketplace.sandbox.stripe.lists import list_objects
from marketplace.sandbox.stripe.objects import PLATFORM, load, new_id, save, shape

PAYOUT_SECONDS = 86_400
FAILURE = {"failure_code": "account_closed", "failure_message": "The bank account has been closed."}


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    one = retriever("payout", scoped=True)
    return [
        route(sandbox, "GET", "/v1/balance", BalanceRetrieveParams, balance),
        route(sandbox, "GET", "/v1/balance_settings", BalanceSettingsRetrieveParams, settings),
        route(sandbox, "POST", "/v1/balance_settings", BalanceSettingsUpdateParams, update_settings),
        route(sandbox, "POST", "/v1/payouts", PayoutCreateParams, create),
        route(sandbox, "GET", "/v1/payouts", PayoutListParams, list_),
        route(sandbox, "GET", "/v1/payouts/{id}", PayoutRetrieveParams, one),
        route(sandbox, "POST", "/v1/payouts/{id}/cancel", PayoutCancelParams, cancel),
    ]


async def balance(call: Call) -> Row:
    return ledger.balance_object(await ledger.balances(call.tx, call.account), call.account)


async def settings(call: Call) -> Row:
    stored = await call.tx.get("stripe", "balance_settings", call.account)
    return stored or _default_settings()


def _default_settings() -> Row:
    schedule = shape(stripe.BalanceSettings.Payments.Payouts.Schedule, {"interval": "daily"})
    payouts = shape(stripe.BalanceSettings.Payments.Payouts, {"schedule": schedule, "status": "enabled"})
    timing = shape(stripe.BalanceSettings.Payments.SettlementTiming, {"delay_days": 2})
    payments = {"debit_negative_balances": True, "payouts": payouts, "settlement_timing": timing}
    return {"object": "balance_settings", "payments": payments}


async def update_settings(call: Call) -> Row:
    row = await settings(call)
    _merge(row["payments"], call.params.get("payments") or {})
    return await call.tx.put("stripe", "balance_settings", call.account, row)


def _merge(row: Row, given: Row) -> None:
    for name, value in given.items():
        if isinstance(value, dict) and isinstance(row.get(name), dict):
            _merge(row[name], value)
        else:
            row[name] = value


async def create(call: Call) -> Row:
    params = call.params
    return await pay_out(call.tx, call.account, params["amount"], params["currency"].lower(), params)


async def pay_out(tx: Tx, account: str, amount: int, currency: str, params: Row | None = None) -> Row:
    """Takes the money off the account's available balance; the bank has it a day later."""
    if amount <= 0:
        raise ApiError("Invalid positive integer", code="parameter_invalid_integer", param="amount", stored=False)
    await ledger.lock(tx, account)
    available, _ = await ledger.balance_of(tx, account, currency)
    if available < amount:
        raise insufficient("You have insufficient funds in your Stripe account for this transfer.")
    row = _payout(tx, amount, currency, params or {}) | {"_account": account}
    entry = await ledger.book(tx, account, type="payout", amount=-amount, currency=currency, source=row["id"])
    row["balance_transaction"] = entry["id"]
    await save(tx, "payout", row)
    await due.schedule(tx, "payout", row["id"], row["arrival_date"])
    await emit(tx, "payout.created", row, account=account)
    return row


def _payout(tx: Tx, amount: int, currency: str, params: Row) -> Row:
    method = params.get("method", "standard")
    values = {
        "id": new_id("po_"),
        "object": "payout",
        "amount": amount,
        "arrival_date": tx.timestamp() + (1800 if method == "instant" else PAYOUT_SECONDS),
        "automatic": False,
        "created": tx.timestamp(),
        "currency": currency,
        "description": params.get("description"),
        "destination": "ba_sandbox",
        "livemode": False,
        "metadata": params.get("metadata") or {},
        "method": method,
        "reconciliation_status": "not_applicable",
        "source_type": "card",
        "statement_descriptor": params.get("statement_descriptor"),
        "status": "pending",
        "type": "bank_account",
    }
    return shape(stripe.Payout, values)


async def list_(call: Call) -> Row:
    where = {"_account": call.account} | ({"status": call.params["status"]} if "status" in call.params else {})
    return await list_objects(call.tx, "payout", where, _arrival(call.params), "/v1/payouts")


def _arrival(params: Row) -> Row:
    if "arrival_date" in params:
        raise ApiError("This stand-in can't filter payouts by arrival_date.", param="arrival_date", stored=False)
    return params


async def cancel(call: Call) -> Row:
    await load(call.tx, "payout", call.path["id"], account=call.account)
    return await finish(call.tx, call.path["id"], "canceled")


async def finish(tx: Tx, id: str, status: str) -> Row:
    """``paid``, ``failed`` or ``canceled``. Failed ones, even after paid, give the money back."""
    row = await load(tx, "payout", id, lock=True)
    allowed = {"pending", "paid"} if status == "failed" else {"pending"}
    if row["status"] not in allowed:
        raise ApiError(f"Payout {id} is {row['status']}.", code="payouts_not_allowed")
    row["status"] = status
    if status != "paid":
        await _return(tx, row, status)
    await save(tx, "payout", row)
    await due.cancel(tx, "payout", id)
    await emit(tx, f"payout.{status}", row, account=row["_account"])
    return row


async def _return(tx: Tx, row: Row, status: str) -> None:
    entry = await ledger.book(
        tx,
        row["_account"],
        type="payout_failure" if status == "failed" else "payout_cancel",
        category="payout_reversal",
        amount=row["amount"],
        currency=row["currency"],
        source=row["id"],
    )
    row["failure_balance_transaction"] = entry["id"]
    if status == "failed":
        row |= FAILURE


@due.settles("payout")
async def _payout_due(tx: Tx, id: str) -> None:
    row = await load(tx, "payout", id, lock=True)
    if row["status"] == "pending":
        await finish(tx, id, "paid")


async def pay_out_everything(tx: Tx, account: str) -> int:
    """The dashboard's button. Returns how many payouts were made."""
    sums = await ledger.balances(tx, account)
    made = 0
    for currency, (available, _) in sums.items():
        if available > 0 and account != PLATFORM:
            await pay_out(tx, account, available, currency)
            made += 1
    return made
