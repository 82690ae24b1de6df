"""What each business event books. Pure: amounts in, postings out. Debits positive, credits negative.

Accounts of the platform: ``stripe`` (its balance at the provider), ``fees`` (income), ``processing``
(the provider's fees, an expense), ``discounts`` (price reductions that the platform bears), ``tax``
(collected for the state, owed to it), ``dispute_fees`` (what the provider takes for a dispute),
``losses`` (what can't be got back). Per creator: ``held`` (owed, not transferred yet), ``available``
(transferred, theirs), ``connected`` (the same money at the provider), ``debt`` (what they owe us).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

STRIPE, FEES, PROCESSING = "stripe", "fees", "processing"
DISCOUNTS, TAX, DISPUTE_FEES, LOSSES = "discounts", "tax", "dispute_fees", "losses"
HELD, AVAILABLE, CONNECTED, DEBT = "held", "available", "connected", "debt"
PLATFORM = (STRIPE, FEES, PROCESSING, DISCOUNTS, TAX, DISPUTE_FEES, LOSSES)
CREATOR = (HELD, AVAILABLE, CONNECTED, DEBT)


@dataclass(frozen=True, slots=True)
class Line:
    """``about_id`` says out of whose business a platform's line came. Where an entry has lines of one creator only,
    it needn't be said."""

    account: str
    amount_minor: int
    owner_id: UUID | None = None
    memo: str = ""
    about_id: UUID | None = None


def attribute(lines: Sequence[Line]) -> list[Line]:
    """Lines of zero left out, and the platform's lines marked with the creator they are about, when there is one."""
    kept = [line for line in lines if line.amount_minor]
    owners = {line.owner_id for line in kept if line.owner_id is not None}
    sole = owners.pop() if len(owners) == 1 else None
    return [line if line.owner_id is not None else replace(line, about_id=line.about_id or sole) for line in kept]


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
    return undo(transfer(creator, amount=amount))


def debt(creator: UUID, *, amount: int) -> list[Line]:
    """A reversal fell short: the creator owes the rest."""
    return [Line(DEBT, amount, creator), Line(HELD, -amount, creator)]


def debt_paid(creator: UUID, *, amount: int) -> list[Line]:
    return [Line(HELD, amount, creator), Line(DEBT, -amount, creator)]


def payout(creator: UUID, *, amount: int) -> list[Line]:
    return [Line(AVAILABLE, amount, creator), Line(CONNECTED, -amount, creator)]


def undo(lines: list[Line]) -> list[Line]:
    return [replace(line, amount_minor=-line.amount_minor) for line in lines]


_SOURCES = {
    "sale": "sale", "processing": "fee", "refund": "refund", "refund-failed": "refund", "transfer": "transfer",
    "reversal": "transfer", "debt": "transfer", "owed": "sale", "withheld": "sale", "payout": "payout",
    "payout-failed": "payout",
}  # fmt: skip


def source_of(key: str) -> tuple[str, str]:
    """What an entry is of, and its id: ``sale:<line>`` → ``("sale", "<line>")``."""
    name, _, rest = key.partition(":")
    return _SOURCES.get(name, name), rest.partition(":")[0]
