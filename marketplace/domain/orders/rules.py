"""Pure decisions of selling: what a line is worth to whom, and what still has to move."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from marketplace.domain.orders.errors import PriceTooLow
from marketplace.errors import Invalid
from marketplace.money import MAX_MINOR, MINIMUM_CHARGE, format_minor, prorate, share


@dataclass(frozen=True, slots=True)
class Split:
    amount_minor: int
    fee_minor: int
    creator_minor: int


def split(amount_minor: int, fee_percent: Decimal) -> Split:
    """The platform's fee is rounded half to even; the creator gets the exact rest."""
    fee = share(amount_minor, fee_percent)
    return Split(amount_minor, fee, amount_minor - fee)


def price_to_pay(price_kind: str, price_minor: int, min_minor: int, currency: str, offered_minor: int | None) -> int:
    """What the buyer pays. ``offered_minor`` counts for pay-what-you-want only: it can't change a fixed price."""
    if price_kind == "free":
        return 0
    if price_kind == "fixed":
        return price_minor
    offered = price_minor if offered_minor is None else offered_minor
    if offered > MAX_MINOR:
        raise Invalid(f"The highest amount is {format_minor(MAX_MINOR, currency)}.", field="amount")
    if offered == 0 and min_minor == 0:
        return 0
    floor = max(min_minor, MINIMUM_CHARGE[currency])
    if offered < floor:
        raise PriceTooLow(f"Pay {format_minor(floor, currency)} or more.", field="amount")
    return offered


def refund_share(*, creator_minor: int, amount_minor: int, refunded_before: int, refund_minor: int) -> int:
    """The creator's part of this refund. Prorates running totals, so that any sequence adds up exactly."""
    after = prorate(creator_minor, refunded_before + refund_minor, amount_minor)
    return after - prorate(creator_minor, refunded_before, amount_minor)


@dataclass(frozen=True, slots=True)
class Step:
    """The next movement of money for a line: transfer, reverse, withhold (pays debt), owe (books debt)."""

    kind: Literal["transfer", "reverse", "withhold", "owe"]
    amount_minor: int


def next_step(
    *, creator_minor: int, refunded_creator_minor: int, transferred: int, reversed_: int, withheld: int, line_debt: int,
    creator_debt: int, payable: bool,
) -> Step | None:  # fmt: skip
    """What still has to move so that the creator holds exactly their share of what wasn't refunded.

    ``transferred``/``reversed_`` are totals of this line; ``line_debt`` what short reversals left owing on it;
    ``creator_debt`` what the creator owes over all lines; ``payable`` whether transfers are active. What was withheld
    can't be reversed: when it has to come back, it is owed again.
    """
    owed = creator_minor - refunded_creator_minor
    has = transferred - reversed_ - line_debt + withheld
    gap = owed - has
    if gap < 0:
        takeable = transferred - reversed_ - line_debt
        return Step("reverse", min(-gap, takeable)) if takeable > 0 else Step("owe", -gap)
    if gap == 0:
        return None
    if creator_debt > 0:
        return Step("withhold", min(gap, creator_debt))
    return Step("transfer", gap) if payable else None
