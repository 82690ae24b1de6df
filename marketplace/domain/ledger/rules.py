"""What each business event books. Pure: amounts in, postings out. Debits positive, credits negative.

Accounts of the platform: ``stripe`` (its balance at the provider), ``fees`` (income), ``processing`` (the provider's
fees), ``discounts`` (what the platform gave on top of what buyers paid), ``tax`` (collected, owed to the state),
``dispute_fees`` and ``losses`` (disputed money that no sale covers). Per payee: ``held`` (owed, not transferred yet),
``available`` (transferred, theirs), ``connected`` (the same money at the provider), ``debt`` (what they owe us).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

STRIPE, FEES, PROCESSING = "stripe", "fees", "processing"
DISCOUNTS, TAX, DISPUTE_FEES, LOSSES = "discounts", "tax", "dispute_fees", "losses"
HELD, AVAILABLE, CONNECTED, DEBT = "held", "available", "connected", "debt"


@dataclass(frozen=True, slots=True)
class Line:
    account: str
    amount_minor: int
    owner_id: UUID | None = None
    memo: str = ""


def sale(
    *, paid: int, fee: int, shares: Sequence[tuple[UUID, int]], tax: int = 0, subsidy: int = 0,
    discount: tuple[UUID, int, str] | None = None,
) -> list[Line]:  # fmt: skip
    """``paid`` is what the buyer paid, tax included; ``subsidy`` what the platform gives on top of it.

    ``discount``: (creator, amount, memo) of a discount that the creator bears. It changes no balance; it stands there
    so that the creator sees what was given away.
    """
    shown = []
    if discount is not None:
        who, amount, memo = discount
        shown = [Line(HELD, -amount, who, f"Before the discount {memo}"), Line(HELD, amount, who, f"Discount {memo}")]
    return [
        Line(STRIPE, paid), Line(FEES, -fee), Line(TAX, -tax), Line(DISCOUNTS, subsidy),
        *[Line(HELD, -amount, payee) for payee, amount in shares], *shown,
    ]  # fmt: skip


def processing_fee(*, fee: int) -> list[Line]:
    return [Line(PROCESSING, fee), Line(STRIPE, -fee)]


def dispute_fee(*, fee: int) -> list[Line]:
    return [Line(DISPUTE_FEES, fee), Line(STRIPE, -fee)]


def loss(*, amount: int) -> list[Line]:
    """Money that a dispute took and no sale covers: it was refunded before."""
    return [Line(LOSSES, amount), Line(STRIPE, -amount)]


def transfer(creator: UUID, *, amount: int) -> list[Line]:
    return [
        Line(STRIPE, -amount), Line(CONNECTED, amount, creator),
        Line(HELD, amount, creator), Line(AVAILABLE, -amount, creator),
    ]  # fmt: skip


def take_back(
    *, amount: int, fee: int, shares: Sequence[tuple[UUID, int]], tax: int = 0, subsidy: int = 0
) -> list[Line]:
    """The buyer gets ``amount`` (a refund, or a dispute); each payee's part of it comes out of their share."""
    return [
        Line(STRIPE, -amount), Line(FEES, fee), Line(TAX, tax), Line(DISCOUNTS, -subsidy),
        *[Line(HELD, part, payee) for payee, part in shares],
    ]  # fmt: skip


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
