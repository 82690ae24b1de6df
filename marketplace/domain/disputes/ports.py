"""What answering disputes needs from a payment provider. Amounts are minor units; times Unix seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

DisputeStatus = Literal[
    "warning_needs_response", "warning_under_review", "warning_closed",  # an inquiry: no money has moved
    "needs_response", "under_review", "won", "lost",
    "prevented", "appeal_needs_response", "appeal_under_review",
]  # fmt: skip

# What evidence consists of: texts, and ids of uploaded files. Texts together are limited to 150,000 characters.
EVIDENCE_TEXTS = (
    "access_activity_log", "billing_address", "cancellation_policy_disclosure", "cancellation_rebuttal",
    "customer_email_address", "customer_name", "customer_purchase_ip", "duplicate_charge_explanation",
    "duplicate_charge_id", "product_description", "refund_policy_disclosure", "refund_refusal_explanation",
    "service_date", "uncategorized_text",
)  # fmt: skip
EVIDENCE_FILES = (
    "cancellation_policy", "customer_communication", "customer_signature", "duplicate_charge_documentation", "receipt",
    "refund_policy", "service_documentation", "uncategorized_file",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DisputeMovement:
    """One entry in the platform's balance. ``amount_minor`` is negative when money was withdrawn, positive when it
    came back; ``fee_minor`` is what the provider took besides, negative when it gave a fee back."""

    id: str
    amount_minor: int
    fee_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class DisputeState:
    """A dispute as the provider sees it now. ``amount_minor`` may be less than the charge."""

    id: str
    charge_id: str
    payment_intent_id: str | None
    amount_minor: int
    currency: str
    reason: str
    status: DisputeStatus
    due_by: int | None  # evidence is taken until then; None when the bank takes none
    evidence: dict[str, str]
    submitted: bool
    movements: tuple[DisputeMovement, ...]
    refundable: bool  # the buyer may still be refunded instead
    created: int
    livemode: bool


class DisputeGateway(Protocol):
    """Raises as ``PaymentGateway`` does; ``key`` is the idempotency key."""

    async def dispute(self, dispute_id: str) -> DisputeState: ...
    async def disputes_since(self, created: int) -> list[DisputeState]:
        """All that were opened from then on, the oldest first."""

    async def submit_evidence(
        self, dispute_id: str, evidence: Mapping[str, str], *, submit: bool, key: str
    ) -> DisputeState:
        """Stages evidence, added to what is staged already, and with ``submit`` sends all of it to the bank: once."""

    async def upload_evidence_file(self, name: str, content: bytes, *, key: str) -> str:
        """A PDF, JPEG or PNG of at most 5 MB; returns the id that goes into the evidence. All files of one dispute
        together may have some 4.5 MB, which the provider says only when they are submitted."""

    async def accept(self, dispute_id: str, *, key: str) -> DisputeState:
        """Gives up: the dispute is lost, for good."""
