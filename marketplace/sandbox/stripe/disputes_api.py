"""The API of disputes. Evidence text decides as in Stripe's test mode: ``winning_evidence`` or ``losing_evidence``."""

from __future__ import annotations

from starlette.routing import BaseRoute
from stripe.params._dispute_close_params import DisputeCloseParams
from stripe.params._dispute_list_params import DisputeListParams
from stripe.params._dispute_retrieve_params import DisputeRetrieveParams
from stripe.params._dispute_update_params import DisputeUpdateParams

from marketplace.sandbox.app import Sandbox
from marketplace.sandbox.store import Row, Tx
from marketplace.sandbox.stripe import due
from marketplace.sandbox.stripe.api import Call, retriever, route
from marketplace.sandbox.stripe.disputes import CLOSED, WAITING, decide, is_inquiry, locked
from marketplace.sandbox.stripe.errors import ApiError
from marketplace.sandbox.stripe.events import emit
from marketplace.sandbox.stripe.lists import list_objects, only
from marketplace.sandbox.stripe.objects import load, update_metadata

MAX_TEXT = 150_000
_FILES = {
    "cancellation_policy", "customer_communication", "customer_signature", "duplicate_charge_documentation", "receipt",
    "refund_policy", "service_documentation", "shipping_documentation", "uncategorized_file",
}  # fmt: skip


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    return [
        route(sandbox, "GET", "/v1/disputes", DisputeListParams, list_),
        route(sandbox, "GET", "/v1/disputes/{id}", DisputeRetrieveParams, retriever("dispute")),
        route(sandbox, "POST", "/v1/disputes/{id}", DisputeUpdateParams, update),
        route(sandbox, "POST", "/v1/disputes/{id}/close", DisputeCloseParams, close),
    ]


async def list_(call: Call) -> Row:
    where = only(call.params, "charge", "payment_intent")
    return await list_objects(call.tx, "dispute", where, call.params, "/v1/disputes")


async def update(call: Call) -> Row:
    """Evidence is staged, and all that is staged is submitted unless ``submit`` is false: once."""
    row, _ = await locked(call.tx, call.path["id"])
    evidence = call.params.get("evidence") or {}
    if evidence or call.params.get("submit"):
        await _refuse(call.tx, row, evidence)
    row["evidence"] |= evidence
    details = row["evidence_details"]
    details["has_evidence"] = bool(evidence) or details["has_evidence"]
    if call.params.get("submit", bool(evidence)) and details["has_evidence"]:
        await _submit(call.tx, row)
    row = await update_metadata(call.tx, "dispute", row, call.params.get("metadata"))
    await emit(call.tx, "charge.dispute.updated", row)
    text = row["evidence"].get("uncategorized_text")
    if row["status"] == "under_review" and text in ("winning_evidence", "losing_evidence"):
        return await decide(call.tx, row["id"], won=text == "winning_evidence")
    return row


async def _refuse(tx: Tx, row: Row, evidence: Row) -> None:
    if row["status"] in CLOSED:
        raise ApiError("This dispute is already closed.", code="dispute_already_closed")
    if row["status"] not in WAITING:
        raise ApiError(f"Evidence was submitted before: this dispute is {row['status']}.")
    texts = sum(len(value) for value in (row["evidence"] | evidence).values() if isinstance(value, str))
    if texts > MAX_TEXT:
        raise ApiError(f"Evidence is limited to {MAX_TEXT} characters altogether.", param="evidence")
    for name in _FILES & evidence.keys():
        await load(tx, "file", evidence[name], param=f"evidence[{name}]", status=400)


async def _submit(tx: Tx, row: Row) -> None:
    row["status"] = "warning_under_review" if is_inquiry(row) else "under_review"
    row["evidence_details"] |= {"submission_count": 1, "submission_method": "manual"}
    await due.cancel(tx, "evidence", row["id"])


async def close(call: Call) -> Row:
    """Accepting the dispute: it is lost. An inquiry just ends."""
    row, _ = await locked(call.tx, call.path["id"])
    if row["status"] in CLOSED:
        raise ApiError("This dispute is already closed.", code="dispute_already_closed")
    return await decide(call.tx, row["id"], won=False)
