"""What each business event books. Pure: amounts in, postings out. Debits positive, credits negative.

Accounts of the platform: ``stripe`` (its balance at the provider), ``fees`` (income), ``processing``
(the provider's fees, an expense). Per creator: ``held`` (owed, not transferred yet), ``available``
(transferred, theirs), ``connected`` (the same money at the provider), ``debt`` (what they owe us).
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

STRIPE, FEES, PROCESSING = "stripe", "fees", "processing"
HELD, AVAILABLE, CONNECTED, DEBT = "held", "available", "connected", "debt"


@dataclass(frozen=True, slots=True)
class Line:
    account: str
    amount_minor: int
    owner_id: UUID | None = None


def sale(creator: UUID, *, amount: int, fee: int) -> list[Line]:
    return [Line(STRIPE, amount), Line(FEES, -fee), Line(HELD, -(amount - fee), creator)]


def processing_fee(*, fee: int) -> list[Line]:
    return [Line(PROCESSING, fee), Line(STRIPE, -fee)]


def transfer(creator: UUID, *, amount: int) -> list[Line]:
    return [
        Line(STRIPE, -amount), Line(CONNECTED, amount, creator),
        Line(HELD, amount, creator), Line(AVAILABLE, -amount, creator),
    ]  # fmt: skip


def refund(creator: UUID, *, amount: int, from_creator: int) -> list[Line]:
    """The buyer gets ``amount``; ``from_creator`` of it comes out of the creator's share."""
    return [Line(STRIPE, -amount), Line(FEES, amount - from_creator), Line(HELD, from_creator, creator)]


def reversal(creator: UUID, *, amount: int) -> list[Line]:
    return [Line(p.account, -p.amount_minor, p.owner_id) for p in transfer(creator, amount=amount)]


def debt(creator: UUID, *, amount: int) -> list[Line]:
    """A reversal fell short: the creator owes the rest."""
    return [Line(DEBT, amount, creator), Line(HELD, -amount, creator)]


def debt_paid(creator: UUID, *, amount: int) -> list[Line]:
    return [Line(HELD, amount, creator), Line(DEBT, -amount, creator)]


def payout(creator: UUID, *, amount: int) -> list[Line]:
    return [Line(AVAILABLE, amount, creator), Line(CONNECTED, -amount, creator)]


def undo(lines: list[Line]) -> list[Line]:
    return [Line(p.account, -p.amount_minor, p.owner_id) for p in lines]
