"""Disputes: amount and fee leave the platform at once, and come back when it wins.

An inquiry ("warning") asks first and moves no money: it closes when the charge is refunded in full or nobody
answers in time, or it becomes a dispute (https://docs.stripe.com/disputes/how-disputes-work).
"""

from __future__ import annotations

from typing import Any

import stripe

from marketplace.sandbox.store import Row, Tx
from marketplace.sandbox.stripe import due, ledger
from marketplace.sandbox.stripe.currencies import refuse_fractions
from marketplace.sandbox.stripe.errors import ApiError
from marketplace.sandbox.stripe.events import emit
from marketplace.sandbox.stripe.objects import PLATFORM, load, new_id, save, shape

EVIDENCE_SECONDS = 7 * 86_400
CLOSED = ("won", "lost", "warning_closed")
WAITING = ("needs_response", "warning_needs_response")


async def open_dispute(tx: Tx, charge: Row, reason: str, *, amount: int | None = None, inquiry: bool = False) -> Row:
    """``charge`` is locked by the caller; what was refunded before is not disputed again."""
    left = charge["amount_captured"] - charge["amount_refunded"]
    amount = left if amount is None else amount
    if charge["disputed"] or not charge["paid"] or not 0 < amount <= left:
        raise ApiError(f"Charge {charge['id']} can't be disputed.", param="charge")
    refuse_fractions(amount, charge["currency"], "amount")
    row = _dispute(tx, charge, amount, reason, inquiry=inquiry)
    charge |= {"disputed": True, "_refundable": inquiry}
    if not inquiry:
        await _withdraw(tx, row)
    await _wait(tx, row)
    await save(tx, "dispute", row)
    await save(tx, "charge", charge)
    await emit(tx, "charge.dispute.created", row)
    if not inquiry:
        await emit(tx, "charge.dispute.funds_withdrawn", row)
    return row


async def _withdraw(tx: Tx, row: Row) -> None:
    entry = await _book(tx, row, -row["amount"], ledger.DISPUTE_FEE, "Chargeback withdrawal")
    row["balance_transactions"] = [entry]


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


async def _wait(tx: Tx, row: Row) -> None:
    """For evidence, until it is too late."""
    row["evidence_details"]["due_by"] = tx.timestamp() + EVIDENCE_SECONDS
    await due.schedule(tx, "evidence", row["id"], row["evidence_details"]["due_by"])


def _dispute(tx: Tx, charge: Row, amount: int, reason: str, *, inquiry: bool) -> Row:
    evidence = shape(stripe.Dispute.Evidence, {"enhanced_evidence": {}})
    details: Row = {
        "due_by": None,
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
        "is_charge_refundable": inquiry,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": _method("inquiry" if inquiry else "chargeback"),
        "reason": reason,
        "status": "warning_needs_response" if inquiry else "needs_response",
    }
    return shape(stripe.Dispute, values) | {"evidence_details": details}


def _method(case: str) -> Row:
    return {"type": "card", "card": {"brand": "visa", "case_type": case, "network": "visa"}}


async def locked(tx: Tx, id: str) -> tuple[Row, Row]:
    """The dispute and its charge, locked in the order everybody uses."""
    row = await load(tx, "dispute", id)
    charge = await load(tx, "charge", row["charge"], lock=True)
    return await load(tx, "dispute", id, lock=True), charge


def is_inquiry(row: Row) -> bool:
    return str(row["status"]).startswith("warning_")


async def escalate(tx: Tx, id: str) -> Row:
    """The bank is not content: the inquiry becomes a dispute of what is left of the charge."""
    row, charge = await locked(tx, id)
    if not is_inquiry(row) or row["status"] in CLOSED:
        raise ApiError(f"Dispute {id} is {row['status']}.")
    row["amount"] = min(row["amount"], charge["amount_captured"] - charge["amount_refunded"])
    row |= {"status": "needs_response", "is_charge_refundable": False, "payment_method_details": _method("chargeback")}
    row["evidence_details"] |= {"submission_count": 0, "submission_method": "not_submitted"}
    await _withdraw(tx, row)
    await _wait(tx, row)
    charge["_refundable"] = False
    await save(tx, "charge", charge)
    await save(tx, "dispute", row)
    await emit(tx, "charge.dispute.updated", row)
    await emit(tx, "charge.dispute.funds_withdrawn", row)
    return row


async def decide(tx: Tx, id: str, *, won: bool) -> Row:
    """The bank's verdict. Deciding twice changes nothing; an inquiry has no winner."""
    row, charge = await locked(tx, id)
    if row["status"] in CLOSED:
        return row
    if is_inquiry(row):
        return await _close(tx, row, "warning_closed")
    if won:
        await _reinstate(tx, row)
        charge["_refundable"] = True
        await save(tx, "charge", charge)
    return await _close(tx, row, "won" if won else "lost")


async def _reinstate(tx: Tx, row: Row) -> None:
    kept = (await tx.knobs("stripe")).get("dispute_fee_kept")
    entry = await _book(tx, row, row["amount"], 0 if kept else -ledger.DISPUTE_FEE, "Chargeback reversal")
    row["balance_transactions"] = [*row["balance_transactions"], entry]


async def _close(tx: Tx, row: Row, status: str) -> Row:
    row |= {"status": status, "is_charge_refundable": status != "lost"}
    await save(tx, "dispute", row)
    await due.cancel(tx, "evidence", row["id"])
    if status == "won":
        await emit(tx, "charge.dispute.funds_reinstated", row)
    await emit(tx, "charge.dispute.closed", row)
    return row


async def refunded(tx: Tx, charge: Row) -> None:
    """A charge that was refunded in full leaves nothing to ask about. ``charge`` is locked by the caller."""
    for found in await tx.find("stripe", "dispute", {"charge": charge["id"]}, limit=1, lock=True):
        if is_inquiry(found) and found["status"] not in CLOSED:
            await _close(tx, found, "warning_closed")


@due.settles("evidence")
async def _evidence_due(tx: Tx, id: str) -> None:
    """Nobody answered in time."""
    row: Any = (await locked(tx, id))[0]
    if row["status"] in WAITING:
        await decide(tx, id, won=False)
