"""May this coupon be used by this person for this basket, and if not, why? Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from marketplace.errors import Invalid
from marketplace.i18n import _, date_words
from marketplace.money import format_minor

_CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{2,31}")


def clean_code(typed: str) -> str:
    """What was typed, as codes are stored. Raises ``Invalid`` when no code can look like that."""
    code = typed.strip().upper()
    if not _CODE.fullmatch(code):
        raise Invalid("A code has 3 to 32 letters, digits, hyphens or underscores.", field="code")
    return code


@dataclass(frozen=True, slots=True)
class Facts:
    """A coupon and the basket it is tried on. ``covered_minor`` is what the covered lines cost."""

    active: bool
    starts_at: datetime | None
    ends_at: datetime | None
    max_uses: int | None
    taken: int
    max_per_person: int | None
    taken_by_person: int
    min_minor: int
    first_purchase_only: bool
    bought_before: bool
    coupon_currency: str
    basket_currency: str
    covered_minor: int


def problem(facts: Facts, at: datetime) -> str:
    """Why not, or nothing."""
    if not facts.active:
        return _("This code isn't in use any more.")
    if facts.starts_at is not None and at < facts.starts_at:
        return _("This code works from {day} on.").format(day=_day(facts.starts_at))
    if facts.ends_at is not None and at >= facts.ends_at:
        return _("This code ended on {day}.").format(day=_day(facts.ends_at))
    if facts.covered_minor <= 0:
        return _("This code isn't for anything you are buying here.")
    if facts.coupon_currency and facts.coupon_currency != facts.basket_currency:
        return _("This code is for prices in {currency}.").format(currency=facts.coupon_currency.upper())
    if facts.covered_minor < facts.min_minor:
        least, sum_ = (format_minor(minor, facts.basket_currency) for minor in (facts.min_minor, facts.covered_minor))
        return _("This code works from {amount} on. What it is for comes to {sum} here.").format(amount=least, sum=sum_)
    if facts.first_purchase_only and facts.bought_before:
        return _("This code is for a first purchase only.")
    if facts.max_per_person is not None and facts.taken_by_person >= facts.max_per_person:
        return _("You have used this code as often as it can be used.")
    if facts.max_uses is not None and facts.taken >= facts.max_uses:
        return _("This code has been used up.")
    return ""


def _day(at: datetime) -> str:
    return date_words(at, "d MMMM y")
