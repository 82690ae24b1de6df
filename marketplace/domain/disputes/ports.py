"""What disputes need from a payment provider. Amounts in minor units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class DisputeState:
    """``movements``: (balance transaction, amount, fee); negative amounts were taken from the platform."""

    id: str
    charge_id: str
    payment_intent_id: str | None
    amount_minor: int
    currency: str
    reason: str
    status: str
    due_by: int | None
    evidence: dict[str, str]
    submitted: bool
    movements: tuple[tuple[str, int, int], ...]


class DisputeGateway(Protocol):
    async def dispute(self, id: str) -> DisputeState: ...
    async def submit_evidence(self, id: str, evidence: dict[str, str], *, submit: bool, key: str) -> DisputeState: ...
    async def accept(self, id: str, *, key: str) -> DisputeState: ...
    async def disputes_since(self, created: int) -> Sequence[DisputeState]: ...
