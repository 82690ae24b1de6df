"""Pure decisions of selling: what a basket costs, what a line is worth to whom, and what still has to move.

Where amounts don't divide: the platform's fee is rounded half to even, partners' shares are rounded down, and the
product's own creator gets the exact rest, odd cents included. A discount over several lines, and a bundle's price
over its products, go by largest remainder: each gets the rounded-down part, and the cents left over go one by one to
those who lost most by rounding, the earlier line first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal
from uuid import UUID

from marketplace.domain.orders.errors import PriceTooLow
from marketplace.errors import Invalid
from marketplace.i18n import _, date_words, ngettext
from marketplace.money import MAX_MINOR, MINIMUM_CHARGE, format_minor, granularity, prorate, share


@dataclass(frozen=True, slots=True)
class Payee:
    """Who gets part of a sale besides the product's creator: ``percent`` of what the platform's fee leaves."""

    account_id: UUID
    role: Literal["co_creator", "affiliate"]
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Policy:
    """Refunds on request within ``days`` of payment (0: none), while at most ``max_percent`` was consumed."""

    days: int = 0
    max_percent: int = 100


@dataclass(frozen=True, slots=True)
class Item:
    """One product in a basket, at the price it is offered for. ``gift`` names the gift row it is for."""

    product_id: UUID
    creator_id: UUID
    title: str
    currency: str
    list_minor: int
    fee_percent: Decimal
    payees: tuple[Payee, ...] = ()
    policy: Policy = Policy()
    bundle_id: UUID | None = None
    bundle_title: str = ""
    gift: UUID | None = None


@dataclass(frozen=True, slots=True)
class Discount:
    """A coupon as it applies to a basket. ``by``: who bears it. Without ``products`` it covers all lines of its
    ``creator_id``, or of everybody when that is empty too."""

    coupon_id: UUID
    code: str
    by: Literal["creator", "platform"]
    percent: Decimal | None = None
    amount_minor: int = 0
    creator_id: UUID | None = None
    products: frozenset[UUID] = frozenset()

    def covers(self, item: Item) -> bool:
        if self.creator_id is not None and item.creator_id != self.creator_id:
            return False
        return not self.products or bool({item.product_id, item.bundle_id} & self.products)


@dataclass(frozen=True, slots=True)
class Part:
    """One payee's share of a line, in minor units."""

    payee_id: UUID
    role: str
    percent: Decimal | None
    amount_minor: int


@dataclass(frozen=True, slots=True)
class PricedLine:
    item: Item
    discount_minor: int
    subsidy_minor: int
    amount_minor: int
    fee_minor: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Priced:
    """A basket with every amount decided. ``total_minor`` is before tax."""

    currency: str
    lines: tuple[PricedLine, ...]
    total_minor: int
    discount_minor: int
    fingerprint: str = field(default="")


def price(items: Sequence[Item], discount: Discount | None = None) -> Priced:
    """Amounts of every line, its fee and its shares. One currency; the discount never makes a payment too small
    for the provider: it ends at nothing, or leaves the smallest amount that can be charged."""
    if not items:
        raise Invalid("There is nothing to pay for.")
    currency = items[0].currency
    if any(item.currency != currency for item in items):
        raise Invalid("One payment has one currency. Check out each currency on its own.", field="currency")
    total = sum(item.list_minor for item in items)
    if total > MAX_MINOR:
        raise Invalid("One payment can't exceed {amount}.", field="amount", amount=format_minor(MAX_MINOR, currency))
    off = _discounts(items, discount, total, currency)
    lines = tuple(_line(item, cut, discount) for item, cut in zip(items, off, strict=True))
    payable = total - sum(off)
    if 0 < payable < MINIMUM_CHARGE[currency]:
        raise PriceTooLow(
            "The smallest payment is {amount}.", field="amount", amount=format_minor(MINIMUM_CHARGE[currency], currency)
        )
    return Priced(currency, lines, payable, sum(off), _fingerprint(lines, discount))


def _discounts(items: Sequence[Item], discount: Discount | None, total: int, currency: str) -> list[int]:
    if discount is None:
        return [0] * len(items)
    covered = [item.list_minor if discount.covers(item) else 0 for item in items]
    whole = sum(covered)
    wanted = share(whole, discount.percent) if discount.percent is not None else discount.amount_minor
    wanted = min(wanted, whole)
    if 0 < total - wanted < MINIMUM_CHARGE[currency]:
        wanted = max(0, total - MINIMUM_CHARGE[currency])
    step = granularity(currency)
    return [step * part for part in spread(wanted // step, covered)]


def _line(item: Item, cut: int, discount: Discount | None) -> PricedLine:
    subsidy = cut if discount is not None and discount.by == "platform" else 0
    fee, parts = divide(item.list_minor - cut + subsidy, item.fee_percent, item.creator_id, item.payees)
    return PricedLine(item, cut, subsidy, item.list_minor - cut, fee, parts)


@dataclass(frozen=True, slots=True)
class Split:
    amount_minor: int
    fee_minor: int
    creator_minor: int


def split(amount_minor: int, fee_percent: Decimal) -> Split:
    """The platform's fee is rounded half to even; the creator gets the exact rest."""
    fee = share(amount_minor, fee_percent)
    return Split(amount_minor, fee, amount_minor - fee)


def divide(
    base_minor: int, fee_percent: Decimal, creator_id: UUID, payees: Sequence[Payee] = ()
) -> tuple[int, tuple[Part, ...]]:
    """(the platform's fee, who gets what of the rest): together exactly ``base_minor``."""
    parts = split(base_minor, fee_percent)
    fee, rest = parts.fee_minor, parts.creator_minor
    others = [Part(p.account_id, p.role, p.percent, int(rest * p.percent // 100)) for p in payees]
    own = rest - sum(part.amount_minor for part in others)
    if own < 0:
        raise Invalid("The shares of this product add up to more than everything.")
    return fee, (Part(creator_id, "creator", None, own), *others)


def partners_parts(creator_id: UUID, parts: Iterable[tuple[UUID, int]]) -> dict[UUID, int]:
    """Payee → minor units of those who aren't the product's own creator; who has two roles gets one sum."""
    sums: dict[UUID, int] = {}
    for payee_id, minor in parts:
        if payee_id != creator_id and minor:
            sums[payee_id] = sums.get(payee_id, 0) + minor
    return sums


def fee_parts(fee_minor: int, shares_minor: Sequence[int]) -> tuple[int, ...]:
    """The platform's fee by share, in proportion to what each gets: the fee is taken off before anything is shared.
    Where nobody gets anything, it is the first one's."""
    parts = spread(fee_minor, shares_minor)
    return tuple(parts) if any(shares_minor) else (fee_minor, *parts[1:])


def spread(amount_minor: int, weights: Sequence[int]) -> list[int]:
    """``amount_minor`` over ``weights``, exactly, by largest remainder. Zero weights get nothing."""
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    parts = [amount_minor * weight // whole for weight in weights]
    by_loss = sorted(range(len(weights)), key=lambda n: (-(amount_minor * weights[n] % whole), n))
    for n in by_loss[: amount_minor - sum(parts)]:
        parts[n] += 1
    return parts


def bundle_items(bundle: Item, members: Sequence[tuple[Item, int]]) -> list[Item]:
    """A bundle's price over its products, by weight. Who shares in a product shares in its part too, who shares in
    the bundle in every part."""
    step = granularity(bundle.currency)
    prices = spread(bundle.list_minor // step, [weight for _, weight in members])
    return [
        replace(
            member, list_minor=step * part, currency=bundle.currency, policy=bundle.policy, bundle_id=bundle.product_id,
            bundle_title=bundle.title, gift=bundle.gift, payees=_together(member.payees, bundle.payees),
        )
        for (member, _), part in zip(members, prices, strict=True)
    ]  # fmt: skip


def _together(product: Sequence[Payee], bundle: Sequence[Payee]) -> tuple[Payee, ...]:
    """One share for each person and role. A product's partners were there first: the bundle's get what they were
    promised as far as there is room."""
    shares = {(payee.account_id, payee.role): payee for payee in product}
    room = Decimal(100) - sum((payee.percent for payee in product), Decimal(0))
    for payee in bundle:
        percent = min(payee.percent, max(room, Decimal(0)))
        room -= percent
        known = shares.get((payee.account_id, payee.role))
        if percent:
            shares[payee.account_id, payee.role] = replace(payee, percent=percent + (known.percent if known else 0))
    return tuple(shares.values())


def _fingerprint(lines: Sequence[PricedLine], discount: Discount | None) -> str:
    """The same basket at the same prices, whatever the order of its lines."""
    told = sorted(f"{x.item.product_id}:{x.item.bundle_id}:{x.item.gift}:{x.amount_minor}" for x in lines)
    code = discount.coupon_id if discount else ""
    return hashlib.sha256("|".join([lines[0].item.currency, str(code), *told]).encode()).hexdigest()


def price_to_pay(price_kind: str, price_minor: int, min_minor: int, currency: str, offered_minor: int | None) -> int:
    """What the buyer pays. ``offered_minor`` counts for pay-what-you-want only: it can't change a fixed price."""
    if price_kind == "free":
        return 0
    if price_kind == "fixed":
        return price_minor
    offered = price_minor if offered_minor is None else offered_minor
    if offered > MAX_MINOR:
        raise Invalid("The highest amount is {amount}.", field="amount", amount=format_minor(MAX_MINOR, currency))
    if offered == 0 and min_minor == 0:
        return 0
    floor = max(min_minor, MINIMUM_CHARGE[currency])
    if offered < floor:
        raise PriceTooLow("Pay {amount} or more.", field="amount", amount=format_minor(floor, currency))
    return offered


@dataclass(frozen=True, slots=True)
class Taken:
    """What a part of a line's price was made of, when that part goes back to the buyer. The fee is the rest."""

    amount_minor: int
    tax_minor: int
    subsidy_minor: int
    fee_minor: int
    shares_minor: tuple[int, ...]
    fees_minor: tuple[int, ...]  # the fee by share

    def minus(self, other: Taken) -> Taken:
        return Taken(
            self.amount_minor - other.amount_minor, self.tax_minor - other.tax_minor,
            self.subsidy_minor - other.subsidy_minor, self.fee_minor - other.fee_minor,
            tuple(a - b for a, b in zip(self.shares_minor, other.shares_minor, strict=True)),
            tuple(a - b for a, b in zip(self.fees_minor, other.fees_minor, strict=True)),
        )  # fmt: skip


def taken(
    taken_minor: int, *, amount_minor: int, tax_minor: int, subsidy_minor: int, shares_minor: Sequence[int]
) -> Taken:
    """What ``taken_minor`` of a line (tax included) is made of. Always of the running total: the difference of two
    of these is one refund, so that any sequence of refunds, disputes and their undoing adds up exactly."""
    whole = amount_minor + tax_minor
    tax = prorate(tax_minor, taken_minor, whole)
    subsidy = prorate(subsidy_minor, taken_minor, whole)
    shares = tuple(prorate(one, taken_minor, whole) for one in shares_minor)
    fee = taken_minor - tax + subsidy - sum(shares)
    return Taken(taken_minor, tax, subsidy, fee, shares, fee_parts(fee, shares_minor))


# The provider's fee until it tells: percent and a fixed part, as its public price list has them.
_PROCESSING_PERCENT = {"jpy": Decimal("3.6"), "krw": Decimal("3.6")}
_PROCESSING_FIXED = {"usd": 30, "eur": 25, "gbp": 20, "cad": 30, "aud": 30, "chf": 30}


def estimated_processing(amount_minor: int, currency: str) -> int:
    """Minor units; replaced by the provider's own figure as soon as there is one."""
    return share(amount_minor, _PROCESSING_PERCENT.get(currency, Decimal("2.9"))) + _PROCESSING_FIXED.get(currency, 0)


@dataclass(frozen=True, slots=True)
class RefundDecision:
    """``code`` is stable for machines, ``message`` for the person who asked."""

    allowed: bool
    code: str
    message: str


def decide_refund(
    policy: Policy, *, paid_at: datetime, at: datetime, consumed_percent: int, left_minor: int, disputed: bool,
    gift: bool = False, claimed: bool = False, opens_at: datetime | None = None,
) -> RefundDecision:  # fmt: skip
    """The buyer's own request, by the policy as it stood when they bought. ``claimed``: a gift somebody has opened.
    What is bought before its release can be given back until then, and the days count from it (``opens_at``)."""
    if disputed:
        return RefundDecision(
            False,
            "disputed",
            _("Your bank is already taking this payment back. The money comes one way only, not two."),
        )
    if left_minor <= 0:
        return RefundDecision(False, "nothing_left", _("Everything paid for this has been given back already."))
    if opens_at is not None and at < opens_at and not claimed:
        words = _("It isn't out yet: until {day} you get all of it back.").format(day=_day(opens_at))
        return RefundDecision(True, "not_out_yet", words)
    if policy.days == 0:
        return RefundDecision(False, "no_refunds", _("This was sold without refunds on request."))
    until = max(paid_at, opens_at or paid_at) + timedelta(days=policy.days)
    if at > until:
        words = ngettext(
            "Refunds on request were possible within {n} day, until {day}.",
            "Refunds on request were possible within {n} days, until {day}.",
            policy.days,
        )
        return RefundDecision(False, "too_late", words.format(n=policy.days, day=_day(until)))
    if claimed:
        return RefundDecision(False, "claimed", _("The present has been opened, so it can't be returned on request."))
    if consumed_percent > policy.max_percent:
        words = _("Refunds on request are for what is seen up to {most} %; you are at {percent} %.")
        return RefundDecision(False, "consumed", words.format(most=policy.max_percent, percent=consumed_percent))
    if gift:
        words = ngettext("Within {n} day, and not opened yet.", "Within {n} days, and not opened yet.", policy.days)
        return RefundDecision(True, "within_policy", words.format(n=policy.days))
    words = ngettext("Within {n} day, and {percent} % seen.", "Within {n} days, and {percent} % seen.", policy.days)
    return RefundDecision(True, "within_policy", words.format(n=policy.days, percent=consumed_percent))


def policy_words(policy: Policy, *, gift: bool = False) -> str:
    """The policy as shown before buying. A present goes back as long as nobody has opened it."""
    if policy.days == 0:
        return _("No refunds on request.")
    if gift:
        words = ngettext(
            "Refund on request within {n} day, while it isn't opened.",
            "Refund on request within {n} days, while it isn't opened.",
            policy.days,
        )
        return words.format(n=policy.days)
    if policy.max_percent >= 100:
        words = ngettext("Refund on request within {n} day.", "Refund on request within {n} days.", policy.days)
        return words.format(n=policy.days)
    words = ngettext(
        "Refund on request within {n} day, if you saw no more than {percent} %.",
        "Refund on request within {n} days, if you saw no more than {percent} %.",
        policy.days,
    )
    return words.format(n=policy.days, percent=policy.max_percent).replace(" %", "\N{NO-BREAK SPACE}%")


def _day(at: datetime) -> str:
    return date_words(at, "d MMMM y")


@dataclass(frozen=True, slots=True)
class Step:
    """The next movement of money for a share: transfer, reverse, withhold (pays debt), owe (books debt)."""

    kind: Literal["transfer", "reverse", "withhold", "owe"]
    amount_minor: int


def next_step(
    *, due_minor: int, transferred: int, reversed_: int, withheld: int, own_debt: int, payee_debt: int, payable: bool
) -> Step | None:
    """What still has to move so that the payee holds exactly ``due_minor``, their share of what wasn't taken back.

    ``transferred``/``reversed_`` are totals of this share; ``own_debt`` what short reversals left owing on it;
    ``payee_debt`` what the payee owes over all shares; ``payable`` whether transfers may be made. What was withheld
    can't be reversed: when it has to come back, it is owed again.
    """
    gap = due_minor - (transferred - reversed_ - own_debt + withheld)
    if gap < 0:
        takeable = transferred - reversed_ - own_debt
        return Step("reverse", min(-gap, takeable)) if takeable > 0 else Step("owe", -gap)
    if gap == 0:
        return None
    if payee_debt > 0:
        return Step("withhold", min(gap, payee_debt))
    return Step("transfer", gap) if payable else None
