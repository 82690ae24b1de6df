"""Disputes: amount and fee leave the platform at once, and come back when it wins."""

from __future__ import annotations

import stripe

from marketplace.sandbox.store import Row, Tx
from marketplace.sandbox.stripe import ledger
from marketplace.sandbox.stripe.errors import ApiError
from marketplace.sandbox.stripe.events import emit
from marketplace.sandbox.stripe.objects import PLATFORM, load, new_id, save, shape

EVIDENCE_SECONDS = 7 * 86_400


async def open_dispute(tx: Tx, charge: Row, reason: str) -> Row:
    """``charge`` is locked by the caller; what was refunded before is not disputed again."""
    amount = charge["amount_captured"] - charge["amount_refunded"]
    if charge["disputed"] or not charge["paid"] or amount <= 0:
        raise ApiError(f"Charge {charge['id']} can't be disputed.", param="charge")
    row = _dispute(tx, charge, amount, reason)
    entry = await _book(tx, row, -amount, ledger.DISPUTE_FEE, "Chargeback withdrawal")
    row["balance_transactions"] = [entry]
    charge["disputed"] = True
    await save(tx, "dispute", row)
    await save(tx, "charge", charge)
    await emit(tx, "charge.dispute.created", row)
    await emit(tx, "charge.dispute.funds_withdrawn", row)
    return row


async def _book(tx: Tx, row: Row, amount: int, fee: int, description: str) -> Row:
    category = "dispute" if amount < 0 else "dispute_reversal"
    return await ledger.book(
        tx,
        PLATFORM,
        type="adjustment",
        category=category,
        amount=amount,
        fee=fee,
        currency=row["currency"],
        source=row["id"],
        description=description,
    )


def _dispute(tx: Tx, charge: Row, amount: int, reason: str) -> Row:
    evidence = shape(stripe.Dispute.Evidence, {"enhanced_evidence": {}})
    details = {
        "due_by": tx.timestamp() + EVIDENCE_SECONDS,
        "enhanced_eligibility": {},
        "has_evidence": False,
        "past_due": False,
        "submission_count": 0,
        "submission_method": "not_submitted",
    }
    values = {
        "id": new_id("du_"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": tx.timestamp(),
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": evidence,
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "status": "needs_response",
    }
    return shape(stripe.Dispute, values) | {"evidence_details": details}


async def locked(tx: Tx, id: str) -> tuple[Row, Row]:
    """The dispute and its charge, locked in the order everybody uses."""
    row = await load(tx, "dispute", id)
    charge = await load(tx, "charge", row["charge"], lock=True)
    return await load(tx, "dispute", id, lock=True), charge


async def decide(tx: Tx, id: str, *, won: bool) -> Row:
    """The bank's verdict. Deciding twice changes nothing."""
    row, charge = await locked(tx, id)
    if row["status"] in ("won", "lost"):
        return row
    row |= {"status": "won" if won else "lost"}
    if won:
        entry = await _book(tx, row, row["amount"], -ledger.DISPUTE_FEE, "Chargeback reversal")
        row["balance_transactions"] = [*row["balance_transactions"], entry]
        charge["_dispute_won"] = True
        await save(tx, "charge", charge)
    await save(tx, "dispute", row)
    if won:
        await emit(tx, "charge.dispute.funds_reinstated", row)
    await emit(tx, "charge.dispute.closed", row)
    return row
