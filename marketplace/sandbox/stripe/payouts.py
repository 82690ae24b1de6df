"""Balances and payouts of the platform and of connected accounts, asked for or by themselves."""

from __future__ import annotations

import secrets

import stripe
from starlette.routing import BaseRoute
from stripe.params._balance_retrieve_params import BalanceRetrieveParams
from stripe.params._payout_cancel_params import PayoutCancelParams
from stripe.params._payout_create_params import PayoutCreateParams
from stripe.params._payout_list_params import PayoutListParams
from stripe.params._payout_retrieve_params import PayoutRetrieveParams

from marketplace.sandbox.app import Sandbox
from marketplace.sandbox.store import Row, Tx
from marketplace.sandbox.stripe import balance_settings, due, ledger, paydays
from marketplace.sandbox.stripe.api import Call, retriever, route
from marketplace.sandbox.stripe.currencies import payout_step, refuse_fractions
from marketplace.sandbox.stripe.errors import ApiError, insufficient
from marketplace.sandbox.stripe.events import emit
from marketplace.sandbox.stripe.lists import list_objects
from marketplace.sandbox.stripe.objects import PLATFORM, load, new_id, save, shape

TRANSIT_SECONDS = 3600
PAYOUT_SECONDS = 86_400
FAILURES = {
    "account_closed": "The bank account has been closed.",
    "no_account": "The bank account could not be found.",
    "account_frozen": "The bank account has been frozen.",
    "could_not_process": "The bank could not process this payout.",
}
_PASSING = {"could_not_process"}  # the next payout may work; after the others the bank account must be replaced


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    one = retriever("payout", scoped=True)
    return [
        route(sandbox, "GET", "/v1/balance", BalanceRetrieveParams, balance),
        route(sandbox, "POST", "/v1/payouts", PayoutCreateParams, create),
        route(sandbox, "GET", "/v1/payouts", PayoutListParams, list_),
        route(sandbox, "GET", "/v1/payouts/{id}", PayoutRetrieveParams, one),
        route(sandbox, "POST", "/v1/payouts/{id}/cancel", PayoutCancelParams, cancel),
    ]


async def balance(call: Call) -> Row:
    account = await load(call.tx, "account", call.account) if call.connected else {}
    own = (account.get("defaults") or {}).get("currency") or "usd"
    return ledger.balance_object(await ledger.balances(call.tx, call.account), call.account, own)


async def create(call: Call) -> Row:
    params = call.params
    return await pay_out(call.tx, call.account, params["amount"], params["currency"].lower(), params)


async def pay_out(tx: Tx, account: str, amount: int, currency: str, params: Row | None = None) -> Row:
    """Takes the money off the account's available balance; the bank has it a day later."""
    if amount <= 0:
        raise ApiError("Invalid positive integer", code="parameter_invalid_integer", param="amount", stored=False)
    refuse_fractions(amount, currency, "amount", of=payout_step(currency))
    await ledger.lock(tx, account)
    available, _ = await ledger.balance_of(tx, account, currency)
    if available < amount:
        raise insufficient(
            "You have insufficient funds in your Stripe account for this transfer. Your card balance is too low."
            " You can use the /v1/balance endpoint to view your Stripe balance."
        )
    return await _send(tx, account, _payout(tx.timestamp(), amount, currency, params or {}))


async def _send(tx: Tx, account: str, row: Row) -> Row:
    entry = await ledger.book(
        tx,
        account,
        type="payout",
        amount=-row["amount"],
        currency=row["currency"],
        source=row["id"],
        created=row["created"],
    )
    row |= {"balance_transaction": entry["id"], "_account": account}
    await save(tx, "payout", row)
    await due.schedule(tx, "transit", row["id"], min(row["created"] + TRANSIT_SECONDS, row["arrival_date"]))
    await due.schedule(tx, "payout", row["id"], row["arrival_date"])
    await emit(tx, "payout.created", row, account=account)
    return row


def _payout(created: int, amount: int, currency: str, params: Row, *, automatic: bool = False) -> Row:
    method = params.get("method", "standard")
    values = {
        "id": new_id("po_"),
        "object": "payout",
        "amount": amount,
        "arrival_date": created + (1800 if method == "instant" else PAYOUT_SECONDS),
        "automatic": automatic,
        "created": created,
        "currency": currency,
        "description": params.get("description"),
        "destination": "ba_sandbox",
        "livemode": False,
        "metadata": params.get("metadata") or {},
        "method": method,
        "reconciliation_status": "completed" if automatic else "not_applicable",
        "source_type": "card",
        "statement_descriptor": params.get("statement_descriptor"),
        "status": "pending",
        "trace_id": {"status": "pending", "value": None},
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
    row = await load(call.tx, "payout", call.path["id"], account=call.account)
    if row["automatic"]:
        raise ApiError("Automatic payouts can't be canceled.", code="payouts_not_allowed")
    return await finish(call.tx, call.path["id"], "canceled")


_FROM = {"canceled": ("pending",), "paid": ("pending", "in_transit"), "failed": ("pending", "in_transit", "paid")}


async def finish(tx: Tx, id: str, status: str, code: str = "account_closed") -> Row:
    """``paid``, ``failed`` or ``canceled``. Failed ones, even after paid, give the money back."""
    row = await load(tx, "payout", id, lock=True)
    if row["status"] not in _FROM[status]:
        raise ApiError(f"Payout {id} is {row['status']}.", code="payouts_not_allowed")
    if code not in FAILURES:
        raise ApiError(f"The reason must be one of {', '.join(FAILURES)}.", param="code")
    row["status"] = status
    traced = status == "paid"
    row["trace_id"] = {
        "status": "supported" if traced else "unsupported",
        "value": f"{secrets.randbelow(10**15):015}" if traced else None,
    }
    if status != "paid":
        await _return(tx, row, code if status == "failed" else "")
    await save(tx, "payout", row)
    for note in ("transit", "payout"):
        await due.cancel(tx, note, id)
    await emit(tx, f"payout.{status}", row, account=row["_account"])
    return row


async def _return(tx: Tx, row: Row, failure: str) -> None:
    entry = await ledger.book(
        tx,
        row["_account"],
        type="payout_failure" if failure else "payout_cancel",
        category="payout_reversal",
        amount=row["amount"],
        currency=row["currency"],
        source=row["id"],
    )
    row["failure_balance_transaction"] = entry["id"]
    if not failure:
        return
    row |= {"failure_code": failure, "failure_message": FAILURES[failure]}
    if failure not in _PASSING:
        await balance_settings.set_bank(tx, row["_account"], works=False)


@due.settles("transit")
async def _transit_due(tx: Tx, id: str) -> None:
    row = await load(tx, "payout", id, lock=True)
    if row["status"] == "pending":
        row["status"] = "in_transit"
        await save(tx, "payout", row)
        await emit(tx, "payout.updated", row, account=row["_account"], previous={"status": "pending"})


@due.settles("payout")
async def _payout_due(tx: Tx, id: str) -> None:
    row = await load(tx, "payout", id, lock=True)
    if row["status"] in ("pending", "in_transit"):
        fails = (await tx.knobs("stripe")).get("payouts_fail")
        await finish(tx, id, "failed" if fails else "paid")


@due.settles("payday")
async def _payday(tx: Tx, account: str) -> None:
    """Everything that became available before this payday, but for the minimum that stays."""
    await ledger.lock(tx, account)
    at = await paydays.has_come(tx, account)
    if at is None:
        return
    payouts = (await balance_settings.of(tx, account))["payouts"]
    if payouts["status"] == "enabled":
        sums = await ledger.balances(tx, account, at=at - 1)
        for currency, (available, _) in sums.items():
            kept = (payouts["minimum_balance_by_currency"] or {}).get(currency, 0)
            await _pay_automatically(tx, account, currency, available, kept, at)
    await paydays.plan(tx, account, payouts["schedule"], after=at)


async def _pay_automatically(tx: Tx, account: str, currency: str, available: int, kept: int, at: int) -> None:
    """What a minimum keeps back is taken out of this payout and put into the next
    (https://docs.stripe.com/changelog/acacia/2024-12-18/payout-minimum-balance)."""
    amount = (available - kept) // payout_step(currency) * payout_step(currency)
    if amount <= 0:
        return
    row = _payout(at, amount, currency, {}, automatic=True)
    hold = {"category": "payout_minimum_balance", "currency": currency, "source": row["id"], "created": at}
    if kept:
        await ledger.book(tx, account, type="payout_minimum_balance_hold", amount=-kept, **hold)
    row = await _send(tx, account, row)
    await ledger.assign(tx, account, currency, row["id"], at=at)
    if kept:
        await ledger.book(tx, account, type="payout_minimum_balance_release", amount=kept, **hold)


async def pay_out_everything(tx: Tx, account: str) -> int:
    """The dashboard's button. Returns how many payouts were made."""
    sums = await ledger.balances(tx, account)
    made = 0
    for currency, (available, _) in sums.items():
        amount = available // payout_step(currency) * payout_step(currency)
        if amount > 0 and account != PLATFORM:
            await pay_out(tx, account, amount, currency)
            made += 1
    return made
