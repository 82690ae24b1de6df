"""Refunds: the platform's balance is debited, the processing fee is not given back."""

from __future__ import annotations

import stripe
from starlette.routing import BaseRoute
from stripe.params._refund_create_params import RefundCreateParams
from stripe.params._refund_list_params import RefundListParams
from stripe.params._refund_retrieve_params import RefundRetrieveParams
from stripe.params._refund_update_params import RefundUpdateParams

from marketplace.sandbox.app import Sandbox
from marketplace.sandbox.store import Row, Tx
from marketplace.sandbox.stripe import disputes, ledger
from marketplace.sandbox.stripe.api import Call, retriever, route
from marketplace.sandbox.stripe.currencies import refuse_fractions
from marketplace.sandbox.stripe.errors import ApiError
from marketplace.sandbox.stripe.events import emit
from marketplace.sandbox.stripe.lists import list_objects, only
from marketplace.sandbox.stripe.objects import PLATFORM, load, new_id, save, shape, update_metadata


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    return [
        route(sandbox, "POST", "/v1/refunds", RefundCreateParams, create),
        route(sandbox, "GET", "/v1/refunds", RefundListParams, list_),
        route(sandbox, "GET", "/v1/refunds/{id}", RefundRetrieveParams, retriever("refund")),
        route(sandbox, "POST", "/v1/refunds/{id}", RefundUpdateParams, update),
    ]


async def create(call: Call) -> Row:
    charge = await _charge(call)
    return await refund(
        call.tx,
        charge,
        call.params.get("amount"),
        metadata=call.params.get("metadata") or {},
        reason=call.params.get("reason"),
    )


async def _charge(call: Call) -> Row:
    charge_id, intent_id = call.params.get("charge"), call.params.get("payment_intent")
    if intent_id:
        charge_id = await _charge_of(call.tx, intent_id)
    if not charge_id:
        raise ApiError(
            "One of the following params should be provided for this request: payment_intent or charge.",
            code="parameter_missing",
            stored=False,
        )
    return await load(call.tx, "charge", charge_id, lock=True, param="charge")


async def _charge_of(tx: Tx, intent_id: str) -> str:
    intent = await load(tx, "payment_intent", intent_id, param="payment_intent")
    if intent.get("latest_charge"):
        return str(intent["latest_charge"])
    raise ApiError(
        f"This PaymentIntent ({intent_id}) does not have a successful charge to refund.",
        code="payment_intent_unexpected_state",
        param="payment_intent",
    )


async def refund(
    tx: Tx, charge: Row, amount: int | None, *, metadata: Row | None = None, reason: str | None = None
) -> Row:
    """``charge`` is locked by the caller. ``None`` refunds what is left."""
    left = charge["amount_captured"] - charge["amount_refunded"]
    amount = left if amount is None else amount
    _refuse(charge, amount, left)
    refuse_fractions(amount, charge["currency"], "amount")
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    row = _refund(tx, charge, amount, metadata or {}, reason)
    entry = await ledger.book(
        tx, PLATFORM, type="refund", amount=-amount, currency=charge["currency"], source=row["id"]
    )
    row["balance_transaction"] = entry["id"]
    await save(tx, "refund", row)
    await save(tx, "charge", charge)
    await emit(tx, "refund.created", row)
    await emit(tx, "charge.refunded", charge)
    if charge["refunded"] and charge["disputed"]:
        await disputes.refunded(tx, charge)
    return row


def _refuse(charge: Row, amount: int, left: int) -> None:
    if not charge["paid"]:
        raise ApiError(f"Charge {charge['id']} is not paid: it can't be refunded.", param="charge")
    if left <= 0:
        raise ApiError(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if charge["disputed"] and not charge.get("_refundable"):
        raise ApiError(f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed")
    if amount <= 0:
        raise ApiError("Invalid positive integer", code="parameter_invalid_integer", param="amount", stored=False)
    if amount > left:
        raise ApiError(
            f"Refund amount ({amount} {charge['currency']}) is greater than unrefunded amount on charge"
            f" ({left} {charge['currency']})",
            code="amount_too_large",
            param="amount",
        )


def _refund(tx: Tx, charge: Row, amount: int, metadata: Row, reason: str | None) -> Row:
    values = {
        "id": new_id("re_"),
        "object": "refund",
        "amount": amount,
        "charge": charge["id"],
        "created": tx.timestamp(),
        "currency": charge["currency"],
        "destination_details": {"type": "card", "card": {"type": "refund", "reference_status": "pending"}},
        "metadata": metadata,
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "status": "succeeded",
    }
    return shape(stripe.Refund, values)


async def fail(tx: Tx, id: str) -> Row:
    """The bank sends a refund back: the money returns to the platform, the charge is no longer refunded."""
    row = await load(tx, "refund", id)
    charge = await load(tx, "charge", row["charge"], lock=True)
    row = await load(tx, "refund", id, lock=True)
    if row["status"] != "succeeded":
        raise ApiError(f"Refund {id} is {row['status']}.")
    entry = await ledger.book(
        tx, PLATFORM, type="refund_failure", amount=row["amount"], currency=row["currency"], source=id
    )
    row |= {"status": "failed", "failure_reason": "lost_or_stolen_card", "failure_balance_transaction": entry["id"]}
    charge["amount_refunded"] -= row["amount"]
    charge["refunded"] = False
    await save(tx, "charge", charge)
    await save(tx, "refund", row)
    await emit(tx, "refund.failed", row)
    return row


async def update(call: Call) -> Row:
    row = await load(call.tx, "refund", call.path["id"], lock=True)
    row = await update_metadata(call.tx, "refund", row, call.params.get("metadata"))
    await emit(call.tx, "refund.updated", row)
    return row


async def list_(call: Call) -> Row:
    where = only(call.params, "charge", "payment_intent")
    return await list_objects(call.tx, "refund", where, call.params, "/v1/refunds")
