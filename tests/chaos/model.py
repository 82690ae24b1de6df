"""What the books must say, worked out from what people did and what the payment provider did; never from the books.

Amounts in minor units. Rounding is written anew here, with fractions, so that it can't share a mistake.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction

FEE_PERCENT = 10
Account = tuple[str, str, str]  # account, owner or "", currency


@dataclass
class Asked:
    """A refund a creator asked for."""

    id: str
    amount: int
    revoke: bool


@dataclass
class Returned:
    """A refund the provider made. ``asked`` is ours, None when it was made in the provider's dashboard."""

    id: str
    amount: int
    live: bool
    asked: str | None


@dataclass
class Disputed:
    """A dispute as the provider has it: what it has taken of the payment at this moment, and its fee."""

    id: str
    withdrawn: int
    fee: int
    open: bool


@dataclass
class Sale:
    """One payment page, and what became of it."""

    url: str
    order: str
    line: str
    buyer: int
    product: int
    creator: str
    currency: str
    amount: int
    paid: bool = False
    bank: str = ""  # "", pending, failed
    expired: bool = False
    charge: str = ""
    asked: list[Asked] = field(default_factory=list)
    returned: list[Returned] = field(default_factory=list)
    disputes: list[Disputed] = field(default_factory=list)

    @property
    def page(self) -> str:
        return self.url.rsplit("/", 1)[-1]

    @property
    def fee(self) -> int:
        return round(Fraction(self.amount * FEE_PERCENT, 100))

    @property
    def creators(self) -> int:
        return self.amount - self.fee

    @property
    def refunded(self) -> int:
        return sum(refund.amount for refund in self.returned if refund.live)

    @property
    def disputed(self) -> int:
        return sum(dispute.withdrawn for dispute in self.disputes)

    @property
    def taken(self) -> int:
        return self.refunded + self.disputed

    @property
    def taken_from_creator(self) -> int:
        return round(Fraction(self.creators * self.taken, self.amount))

    @property
    def share(self) -> int:
        """What the creator is due of this sale now."""
        return self.creators - self.taken_from_creator if self.paid else 0

    @property
    def processing(self) -> int:
        """2.9 % and 30, in yen 3.6 %; halves up."""
        rate, fixed = (36, 0) if self.currency == "jpy" else (29, 30)
        return int(Fraction(self.amount * rate, 1000) + Fraction(1, 2)) + fixed

    @property
    def access(self) -> bool | None:
        """Whether the buyer may watch; None where it depends on which of two refunds was seen first."""
        if not self.paid or self.disputed:
            return False
        live = {refund.asked for refund in self.returned if refund.live}
        if any(asked.revoke for asked in self.asked if asked.id in live):
            return False
        from_dashboard = [refund for refund in self.returned if refund.asked is None]
        if not any(refund.live for refund in from_dashboard):
            return True
        if len(self.returned) == 1:
            return self.refunded < self.amount
        return None


@dataclass
class Flows:
    """What the provider says of one creator in one currency."""

    moved: int = 0  # transfers less reversals
    paid_out: int = 0  # payouts that did not fail
    ever_paid_out: int = 0


def expected(
    sales: list[Sale], flows: dict[tuple[str, str], Flows], payable: set[str]
) -> tuple[Counter[Account], list[tuple[str, str]]]:
    """Every account's balance, and the (creator, currency) pairs whose ``held`` and ``debt`` are known as a sum only:
    while transfers must wait, money that is held can stand beside debt."""
    books: Counter[Account] = Counter()
    due: Counter[tuple[str, str]] = Counter()
    for sale in sales:
        if not sale.paid:
            continue
        currency, taken = sale.currency, sale.taken
        dispute_fees = sum(dispute.fee for dispute in sale.disputes)
        books["stripe", "", currency] += sale.amount - sale.processing - taken - dispute_fees
        books["dispute_fees", "", currency] += dispute_fees
        books["processing", "", currency] += sale.processing
        books["fees", "", currency] -= sale.fee - (taken - sale.taken_from_creator)
        due[sale.creator, currency] += sale.share
    loose = []
    for creator, currency in sorted({*due, *flows}):
        flow = flows.get((creator, currency), Flows())
        books["stripe", "", currency] -= flow.moved
        books["connected", creator, currency] = flow.moved - flow.paid_out
        books["available", creator, currency] = flow.paid_out - flow.moved
        books["debt", creator, currency] = flow.moved - due[creator, currency]
        if creator not in payable:
            loose.append((creator, currency))
    return books, loose
