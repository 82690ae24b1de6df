"""What each business event books. Pure: amounts in, postings out. Debits positive, credits negative.

Accounts of the platform: ``stripe`` (its balance at the provider), ``fees`` (income), ``processing`` (the provider's
fees), ``discounts`` (what the platform gave on top of what buyers paid), ``tax`` (collected, owed to the state),
``dispute_fees`` and ``losses`` (disputed money that no sale covers). Per payee: ``held`` (owed, not transferred yet),
``available`` (transferred, theirs), ``connected`` (the same money at the provider), ``debt`` (what they owe us).
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


def _fees(fee: int, shares: Sequence[tuple[UUID, int]], parts: Sequence[int]) -> list[Line]:
    """The fee, each payee's part of it about them. Without ``parts`` it is one line."""
    if not parts:
        return [Line(FEES, -fee)]
    return [Line(FEES, -part, about_id=payee) for (payee, _share), part in zip(shares, parts, strict=True)]


def sale(
    *, paid: int, fee: int, shares: Sequence[tuple[UUID, int]], tax: int = 0, subsidy: int = 0,
    discount: tuple[UUID, int, str] | None = None, seller: UUID | None = None, fees: Sequence[int] = (),
) -> list[Line]:  # fmt: skip
    """``paid`` is what the buyer paid, tax included; ``subsidy`` what the platform gives on top of it.

    Where several share in it: ``fees`` is the fee by share, and what is the whole sale's is about the ``seller``.

    ``discount``: (creator, amount, memo) of a discount that the creator bears. It changes no balance; it stands there
    so that the creator sees what was given away.
    """
    shown = []
    if discount is not None:
        who, amount, memo = discount
        shown = [Line(HELD, -amount, who, f"Before the discount {memo}"), Line(HELD, amount, who, f"Discount {memo}")]
    return [
        Line(STRIPE, paid, about_id=seller), *_fees(fee, shares, fees), Line(TAX, -tax, about_id=seller),
        Line(DISCOUNTS, subsidy, about_id=seller), *[Line(HELD, -amount, payee) for payee, amount in shares], *shown,
    ]  # fmt: skip


def processing_fee(*, parts: Sequence[tuple[UUID, int]]) -> list[Line]:
    """The provider's fee on one payment, by the sellers whose things were paid for."""
    sole = parts[0][0] if len(parts) == 1 else None
    return [
        *[Line(PROCESSING, part, about_id=seller) for seller, part in parts],
        Line(STRIPE, -sum(part for _seller, part in parts), about_id=sole),
    ]


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
    *, amount: int, fee: int, shares: Sequence[tuple[UUID, int]], tax: int = 0, subsidy: int = 0,
    seller: UUID | None = None, fees: Sequence[int] = (),
) -> list[Line]:  # fmt: skip
    """The buyer gets ``amount`` (a refund, or a dispute); each payee's part of it comes out of their share."""
    return undo(sale(paid=amount, fee=fee, shares=shares, tax=tax, subsidy=subsidy, seller=seller, fees=fees))


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
