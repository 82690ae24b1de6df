"""What the books must say, worked out from what people did and what the payment provider did; never from the books.

Amounts in minor units. Prices, discounts, shares and all rounding are written anew here, with fractions, so that they
can't share a mistake with the product.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

FEE_PERCENT = 10
SMALLEST = 50  # what can be charged, in each of the currencies played with
Account = tuple[str, str, str]  # account, owner or "", currency


@dataclass(frozen=True)
class Code:
    """A coupon. Without ``owner`` the platform bears it, for everybody's lessons."""

    name: str
    owner: str = ""
    percent: Fraction = Fraction(0)
    amount: int = 0
    currency: str = ""
    uses: int = 0
    each: int = 0


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
class Line:
    """One lesson of a sale. ``partners`` get their percentage of what the fee leaves; ``given`` is the part of the
    discount that the platform bears; ``taken`` what refunds and disputes that stand took of this line, by their id."""

    lesson: int
    creator: str
    price: int
    partners: tuple[tuple[str, Fraction], ...] = ()
    id: str = ""
    off: int = 0
    given: int = 0
    asked: list[Asked] = field(default_factory=list)
    taken: dict[str, int] = field(default_factory=dict)

    @property
    def amount(self) -> int:
        return self.price - self.off

    @property
    def fee(self) -> int:
        return round(Fraction((self.amount + self.given) * FEE_PERCENT, 100))

    @property
    def shares(self) -> list[tuple[str, int]]:
        """Partners are rounded down, the creator gets every odd cent."""
        rest = self.amount + self.given - self.fee
        parts = [(who, int(rest * percent / 100)) for who, percent in self.partners]
        return [(self.creator, rest - sum(part for _, part in parts)), *parts]

    def part(self, whole: int) -> int:
        """How much of ``whole`` went back with what was taken of this line."""
        return round(Fraction(whole * sum(self.taken.values()), self.amount)) if self.amount else 0

    @property
    def due(self) -> Counter[str]:
        """What each payee is due of this line now."""
        due: Counter[str] = Counter()
        for who, amount in self.shares:
            due[who] += amount - self.part(amount)
        return due


@dataclass
class Sale:
    """One order, its payment page, and what became of it."""

    order: str
    buyer: int
    currency: str
    lines: list[Line]
    code: Code | None = None
    url: str = ""
    paid: bool = False
    bank: str = ""  # "", pending, failed
    expired: bool = False
    charge: str = ""
    returned: list[Returned] = field(default_factory=list)
    disputes: list[Disputed] = field(default_factory=list)

    def __post_init__(self) -> None:
        for line, off in zip(self.lines, discounts(self.lines, self.code), strict=True):
            line.off, line.given = off, off if self.code and not self.code.owner else 0

    @property
    def page(self) -> str:
        return self.url.rsplit("/", 1)[-1]

    @property
    def amount(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def lessons(self) -> set[int]:
        return {line.lesson for line in self.lines}

    @property
    def asked(self) -> list[Asked]:
        return [asked for line in self.lines for asked in line.asked]

    @property
    def untouched(self) -> bool:
        return not self.asked and not self.returned and not self.disputes

    @property
    def waits(self) -> bool:
        """Can its page be paid?"""
        return bool(self.url) and not (self.expired or self.paid or self.bank)

    @property
    def refunded(self) -> int:
        return sum(refund.amount for refund in self.returned if refund.live)

    @property
    def disputed(self) -> int:
        return sum(dispute.withdrawn for dispute in self.disputes)

    @property
    def processing(self) -> int:
        """2.9 % and 30, in yen 3.6 %; halves up. A sale over nothing never reaches the provider."""
        rate, fixed = (36, 0) if self.currency == "jpy" else (29, 30)
        return int(Fraction(self.amount * rate, 1000) + Fraction(1, 2)) + fixed if self.amount else 0

    def lies_on(self, found: dict[tuple[str, str], int]) -> None:
        """Put refunds and disputes on lines. A refund that was asked for lies on the line it was asked for; one of a
        sale with one line, on that. What the provider takes of several lines the product may divide as it was when
        it heard of it (``found``: by refund or dispute and line): it has to add up, and when nothing else happened
        to the sale it has to be in proportion."""
        for line in self.lines:
            line.taken = {}
        for id, amount, asked in [
            *((refund.id, refund.amount, refund.asked) for refund in self.returned if refund.live),
            *((dispute.id, dispute.withdrawn, None) for dispute in self.disputes),
        ]:
            parts = [found.get((id, line.id), 0) for line in self.lines]
            if asked:
                parts = [amount if any(one.id == asked for one in line.asked) else 0 for line in self.lines]
            elif len(self.lines) == 1:
                parts = [amount]
            elif not self.asked and len(self.returned) + len(self.disputes) == 1 and amount:
                parts = portions(amount, [line.amount for line in self.lines])
            assert sum(parts) == amount, f"{id} over {amount} was divided into {parts}"
            for line, part in zip(self.lines, parts, strict=True):
                line.taken[id] = part

    def access(self, line: Line) -> bool | None:
        """Whether the buyer may watch; None where it depends on which of two refunds was seen first."""
        if not self.paid or any(line.taken.get(dispute.id) for dispute in self.disputes):
            return False
        live = {refund.asked for refund in self.returned if refund.live}
        if any(asked.revoke for asked in line.asked if asked.id in live):
            return False
        from_dashboard = [refund for refund in self.returned if refund.asked is None]
        if not any(refund.live for refund in from_dashboard):
            return True
        if len(self.returned) == 1:
            part = line.taken[from_dashboard[0].id]
            return part == 0 or part < line.amount
        return None


def discounts(lines: Sequence[Line], code: Code | None) -> list[int]:
    """What a code takes off each line. A payment is never left too small to be charged."""
    if code is None:
        return [0] * len(lines)
    prices = [line.price if code.owner in ("", line.creator) else 0 for line in lines]
    total, covered = sum(line.price for line in lines), sum(prices)
    off = min(covered, round(covered * code.percent / 100) if code.percent else code.amount)
    if 0 < total - off < SMALLEST:
        off = total - SMALLEST
    return portions(off, prices)


def portions(amount: int, weights: Sequence[int]) -> list[int]:
    """Rounded down, then a cent each to those who lost most; of equals to the first."""
    whole = sum(weights)
    exact = [Fraction(amount * weight, whole) if whole else Fraction(0) for weight in weights]
    parts = [int(one) for one in exact]
    while whole and sum(parts) < amount:
        lost = [one - part for one, part in zip(exact, parts, strict=True)]
        parts[lost.index(max(lost))] += 1
    return parts


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
    due = all_due(sales)
    for sale in sales:
        if not sale.paid:
            continue
        currency, dispute_fees = sale.currency, sum(dispute.fee for dispute in sale.disputes)
        books["stripe", "", currency] += sale.amount - sale.processing - sale.refunded - sale.disputed - dispute_fees
        books["dispute_fees", "", currency] += dispute_fees
        books["processing", "", currency] += sale.processing
        for line in sale.lines:
            given = line.given - line.part(line.given)
            left = line.amount - sum(line.taken.values())
            books["discounts", "", currency] += given
            books["fees", "", currency] -= left + given - sum(line.due.values())
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


def all_due(sales: list[Sale]) -> Counter[tuple[str, str]]:
    """What everybody is due of what was paid, by payee and currency."""
    due: Counter[tuple[str, str]] = Counter()
    for sale in sales:
        for line in sale.lines if sale.paid else ():
            for who, amount in line.due.items():
                due[who, sale.currency] += amount
    return due
