"""The API of disputes. Evidence text decides as in Stripe's test mode: ``winning_evidence`` or ``losing_evidence``."""

from __future__ import annotations

from starlette.routing import BaseRoute
from stripe.params._dispute_close_params import DisputeCloseParams
from stripe.params._dispute_list_params import DisputeListParams
from stripe.params._dispute_retrieve_params import DisputeRetrieveParams
from stripe.params._dispute_update_params import DisputeUpdateParams

from marketplace.sandbox.app import Sandbox
from marketplace.sandbox.store import Row
from marketplace.sandbox.stripe.api import Call, retriever, route
from marketplace.sandbox.stripe.disputes import decide, locked
from marketplace.sandbox.stripe.errors import ApiError
from marketplace.sandbox.stripe.events import emit
from marketplace.sandbox.stripe.lists import list_objects, only
from marketplace.sandbox.stripe.objects import save, update_metadata


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
    """Evidence is staged, and submitted unless ``submit`` is false."""
    row, _ = await locked(call.tx, call.path["id"])
    if row["status"] in ("won", "lost"):
        raise ApiError("This dispute is already closed.", code="dispute_already_closed")
    evidence = call.params.get("evidence") or {}
    row["evidence"] |= evidence
    row["evidence_details"]["has_evidence"] = bool(evidence) or row["evidence_details"]["has_evidence"]
    if evidence and call.params.get("submit", True):
        row["status"] = "under_review"
        row["evidence_details"] |= {"submission_count": 1, "submission_method": "manual"}
    row = await update_metadata(call.tx, "dispute", row, call.params.get("metadata"))
    await save(call.tx, "dispute", row)
    await emit(call.tx, "charge.dispute.updated", row)
    text = evidence.get("uncategorized_text")
    if row["status"] == "under_review" and text in ("winning_evidence", "losing_evidence"):
        return await decide(call.tx, row["id"], won=text == "winning_evidence")
    return row


async def close(call: Call) -> Row:
    """Accepting the dispute: it is lost."""
    return await decide(call.tx, call.path["id"], won=False)
