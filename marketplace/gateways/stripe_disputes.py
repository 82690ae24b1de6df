"""Stripe's disputes behind the domain's port."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, cast

import stripe

from marketplace.domain.disputes.ports import DisputeMovement, DisputeState
from marketplace.gateways.stripe_calls import PAGE, call, once, paged
from marketplace.gateways.stripe_views import id_of


class StripeDisputes:
    """Implements ``DisputeGateway``."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._client = client

    async def dispute(self, dispute_id: str) -> DisputeState:
        return _state(await call(self._client.v1.disputes.retrieve_async(dispute_id)))

    async def disputes_since(self, created: int) -> list[DisputeState]:
        found = await call(self._client.v1.disputes.list_async({"created": {"gte": created}, "limit": PAGE}))
        return [_state(dispute) async for dispute in paged(found.auto_paging_iter())][::-1]

    async def submit_evidence(
        self, dispute_id: str, evidence: Mapping[str, str], *, submit: bool, key: str
    ) -> DisputeState:
        """Stripe takes an empty text for an error."""
        given: Any = {name: value for name, value in evidence.items() if value}
        params: Any = {"submit": submit, **({"evidence": given} if given else {})}
        return _state(await call(self._client.v1.disputes.update_async(dispute_id, params, once(key))))

    async def upload_evidence_file(self, name: str, content: bytes, *, key: str) -> str:
        file = io.BytesIO(content)
        file.name = name  # the SDK takes the file's name from there
        files = self._client.v1.files
        return (await call(files.create_async({"file": file, "purpose": "dispute_evidence"}, once(key)))).id

    async def accept(self, dispute_id: str, *, key: str) -> DisputeState:
        return _state(await call(self._client.v1.disputes.close_async(dispute_id, {}, once(key))))


def _state(dispute: stripe.Dispute) -> DisputeState:
    details = dispute.evidence_details
    evidence = {name: value for name, value in dispute.evidence.to_dict().items() if isinstance(value, str)}
    return DisputeState(
        id=dispute.id,
        charge_id=id_of(dispute.charge) or "",
        payment_intent_id=id_of(dispute.payment_intent),
        amount_minor=dispute.amount,
        currency=dispute.currency,
        reason=dispute.reason,
        status=cast(Any, dispute.status),
        due_by=details.due_by or None,
        evidence=evidence,
        submitted=details.submission_count > 0,
        movements=tuple(
            DisputeMovement(id=entry.id, amount_minor=entry.amount, fee_minor=entry.fee, currency=entry.currency)
            for entry in dispute.balance_transactions
        ),
        refundable=dispute.is_charge_refundable,
        created=dispute.created,
        livemode=dispute.livemode,
    )
