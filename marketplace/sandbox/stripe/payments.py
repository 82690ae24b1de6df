"""Payment intents and charges: what happens when somebody pays, fails to, or pays later."""

from __future__ import annotations

from dataclasses import dataclass

import stripe

from marketplace.sandbox.store import Row, Tx
from marketplace.sandbox.stripe import disputes, ledger
from marketplace.sandbox.stripe.events import emit
from marketplace.sandbox.stripe.objects import PLATFORM, load, new_id, save, shape

LATE_FEE_SECONDS = 1.0


@dataclass(frozen=True)
class Card:
    """A test card and its fate."""

    outcome: str  # succeeds, declined, challenge, disputed
    hint: str
    code: str = "card_declined"
    decline_code: str | None = None
    message: str = ""


CARDS = {
    "4242424242424242": Card("succeeds", "Payment succeeds"),
    "4000000000000002": Card("declined", "Declined", decline_code="generic_decline", message="Your card was declined."),
    "4000000000009995": Card(
        "declined",
        "Insufficient funds",
        decline_code="insufficient_funds",
        message="Your card has insufficient funds.",
    ),
    "4000002500003155": Card("challenge", "3-D Secure challenge"),
    "4000000000000259": Card("disputed", "Succeeds, then disputed as fraudulent"),
}
AUTHENTICATION_FAILED = Card(
    "declined",
    "Authentication failed",
    code="payment_intent_authentication_failure",
    message="We are unable to authenticate your payment method. Please choose a different one and try again.",
)
BANK_FAILED = Card(
    "declined", "Bank refused", code="payment_method_provider_decline", message="The bank refused this debit."
)


async def start(tx: Tx, session: Row, method: str) -> Row:
    """The session's payment intent, made on the first attempt to pay."""
    if session.get("payment_intent"):
        intent = await load(tx, "payment_intent", session["payment_intent"], lock=True)
        intent["amount"] = session["amount_total"]
    else:
        intent = _intent(tx, session)
        session["payment_intent"] = intent["id"]
        await emit(tx, "payment_intent.created", intent)
    intent["payment_method_types"] = [method]
    return await save(tx, "payment_intent", intent)


def _intent(tx: Tx, session: Row) -> Row:
    data = session["_payment_intent_data"]
    id = new_id("pi_")
    values = {
        "id": id,
        "object": "payment_intent",
        "amount": session["amount_total"],
        "amount_capturable": 0,
        "amount_received": 0,
        "capture_method": "automatic_async",
        "client_secret": f"{id}_secret_{new_id('')}",
        "confirmation_method": "automatic",
        "created": tx.timestamp(),
        "currency": session["currency"],
        "description": data.get("description"),
        "livemode": False,
        "metadata": data.get("metadata", {}),
        "payment_method_types": ["card"],
        "receipt_email": data.get("receipt_email"),
        "status": "requires_payment_method",
        "transfer_group": data.get("transfer_group"),
    }
    return shape(stripe.PaymentIntent, values) | {"_session": session["id"]}


async def challenge(tx: Tx, intent: Row, url: str) -> Row:
    """Wait for 3-D Secure."""
    intent["status"] = "requires_action"
    intent["next_action"] = shape(
        stripe.PaymentIntent.NextAction,
        {"type": "redirect_to_url", "redirect_to_url": {"url": url, "return_url": None}},
    )
    await save(tx, "payment_intent", intent)
    await emit(tx, "payment_intent.requires_action", intent)
    return intent


async def decline(tx: Tx, intent: Row, card: Card, email: str | None) -> Row:
    """A failed attempt: a failed charge (none when authentication failed), and the intent asks for another method."""
    charge = None
    if card is not AUTHENTICATION_FAILED:
        charge = await _charge(tx, intent, "failed", email)
        charge |= {"failure_code": card.code, "failure_message": card.message}
        charge["outcome"] |= {"type": "issuer_declined", "network_status": "declined_by_network"}
        await save(tx, "charge", charge)
        await emit(tx, "charge.failed", charge)
    await refuse(tx, intent, card, charge)
    return intent


async def refuse(tx: Tx, intent: Row, card: Card, charge: Row | None) -> None:
    error = {"type": "card_error", "code": card.code, "decline_code": card.decline_code, "message": card.message}
    intent["last_payment_error"] = shape(
        stripe.PaymentIntent.LastPaymentError, error | {"charge": charge["id"] if charge else None}
    )
    intent |= {"status": "requires_payment_method", "next_action": None}
    intent["latest_charge"] = charge["id"] if charge else intent.get("latest_charge")
    await save(tx, "payment_intent", intent)
    await emit(tx, "payment_intent.payment_failed", intent)


async def succeed(tx: Tx, intent: Row, email: str | None, *, disputed: bool = False) -> Row:
    """Money arrives: a paid charge with its balance transaction. Returns the charge."""
    charge = await _charge(tx, intent, "pending", email)
    await settle_charge(tx, charge)
    await _finish(tx, intent, charge)
    if disputed:
        await disputes.open_dispute(tx, charge, "fraudulent")
    return charge


async def begin_debit(tx: Tx, intent: Row, email: str | None) -> Row:
    """A bank debit on its way: the charge is pending, the intent processing."""
    charge = await _charge(tx, intent, "pending", email)
    await save(tx, "charge", charge)
    await emit(tx, "charge.pending", charge)
    intent |= {"status": "processing", "latest_charge": charge["id"], "next_action": None, "last_payment_error": None}
    await save(tx, "payment_intent", intent)
    await emit(tx, "payment_intent.processing", intent)
    return charge


async def finish_debit(tx: Tx, intent: Row, *, paid: bool) -> None:
    """The bank answered."""
    charge = await load(tx, "charge", intent["latest_charge"], lock=True)
    if paid:
        await settle_charge(tx, charge)
        await _finish(tx, intent, charge)
        return
    charge |= {"status": "failed", "failure_code": BANK_FAILED.code, "failure_message": BANK_FAILED.message}
    await save(tx, "charge", charge)
    await emit(tx, "charge.failed", charge)
    await refuse(tx, intent, BANK_FAILED, charge)


async def settle_charge(tx: Tx, charge: Row) -> None:
    fee = ledger.processing_fee(charge["amount"], charge["currency"])
    entry = await ledger.book(
        tx,
        PLATFORM,
        type="charge",
        amount=charge["amount"],
        fee=fee,
        currency=charge["currency"],
        source=charge["id"],
        available_on=await ledger.settles_at(tx),
    )
    charge |= {"status": "succeeded", "paid": True, "captured": True, "amount_captured": charge["amount"]}
    charge["balance_transaction"] = entry["id"]
    if (await tx.knobs("stripe")).get("late_balance_transaction"):
        charge["_fee_known_at"] = tx.now().timestamp() + LATE_FEE_SECONDS
    await save(tx, "charge", charge)
    await emit(tx, "charge.succeeded", charge)


async def _finish(tx: Tx, intent: Row, charge: Row) -> None:
    intent |= {"status": "succeeded", "amount_received": intent["amount"], "latest_charge": charge["id"]}
    intent |= {"next_action": None, "last_payment_error": None}
    await save(tx, "payment_intent", intent)
    await emit(tx, "payment_intent.succeeded", intent)


async def _charge(tx: Tx, intent: Row, status: str, email: str | None) -> Row:
    prefix = "py_" if intent["payment_method_types"] == ["us_bank_account"] else "ch_"
    values = {
        "id": new_id(prefix),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "billing_details": {"address": None, "email": email, "name": None, "phone": None, "tax_id": None},
        "captured": False,
        "created": tx.timestamp(),
        "currency": intent["currency"],
        "disputed": False,
        "livemode": False,
        "metadata": intent["metadata"],
        "outcome": {"type": "authorized", "network_status": "approved_by_network", "risk_level": "normal"},
        "paid": False,
        "payment_intent": intent["id"],
        "receipt_email": intent["receipt_email"],
        "refunded": False,
        "status": status,
        "transfer_group": intent["transfer_group"],
    }
    return shape(stripe.Charge, values)
