"""Money: integer minor units with a currency. No floats, ever.

Exponents and minimum charges: https://docs.stripe.com/currencies
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from marketplace.errors import Invalid

EXPONENTS: dict[str, int] = {
    "usd": 2, "eur": 2, "gbp": 2, "chf": 2, "cad": 2, "aud": 2, "sek": 2, "dkk": 2, "nok": 2, "pln": 2,
    "jpy": 0, "krw": 0, "kwd": 3,
}  # fmt: skip

MINIMUM_CHARGE: dict[str, int] = {
    "usd": 50, "eur": 50, "gbp": 30, "chf": 50, "cad": 50, "aud": 50, "sek": 300, "dkk": 250, "nok": 300, "pln": 200,
    "jpy": 50, "krw": 700, "kwd": 150,
}  # fmt: skip

SYMBOLS: dict[str, str] = {
    "usd": "$", "eur": "€", "gbp": "£", "chf": "CHF ", "cad": "CA$", "aud": "A$", "sek": "SEK ", "dkk": "DKK ",
    "nok": "NOK ", "pln": "PLN ", "jpy": "¥", "krw": "₩", "kwd": "KWD ",
}  # fmt: skip

MAX_MINOR = 99_999_999
_AMOUNT = re.compile(r"-?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (cents, yen, fils) of ``currency`` (ISO 4217, lower case)."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if isinstance(self.minor, bool) or not isinstance(self.minor, int):
            raise TypeError("minor units are an int")
        if self.currency not in EXPONENTS:
            raise Invalid(f"The currency {self.currency!r} isn't supported.", field="currency")

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise Invalid("Amounts in different currencies can't be combined.")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __str__(self) -> str:
        return format_minor(self.minor, self.currency)


def format_minor(minor: int, currency: str) -> str:
    """``1234, "usd"`` → ``$12.34``; ``1234, "jpy"`` → ``¥1,234``; negatives get a true minus sign."""
    exponent = EXPONENTS[currency]
    value = Decimal(abs(minor)).scaleb(-exponent)
    sign = "−" if minor < 0 else ""
    return f"{sign}{SYMBOLS[currency]}{value:,.{exponent}f}"


def granularity(currency: str) -> int:
    """The smallest step of a charge, in minor units."""
    return {"kwd": 10}.get(currency, 1)


def share(minor: int, percent: Decimal) -> int:
    """``percent`` of ``minor``, rounded half to even: the one rounding rule of the house."""
    return int((Decimal(minor) * percent / 100).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def prorate(minor: int, part: int, whole: int) -> int:
    """``minor × part ÷ whole``, half to even. Cumulative use stays exact: prorate running totals, not steps."""
    if whole == 0:
        return 0
    return int((Decimal(minor) * part / whole).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def parse(text: str, currency: str, *, field: str = "price") -> int:
    """What a person typed → minor units. ``12.50``, ``12,50`` and ``1200`` are understood, ``1.234,56`` is not.

    Raises ``Invalid`` with a sentence that says what to type.
    """
    if currency not in EXPONENTS:
        raise Invalid("Choose a currency from the list.", field="currency")
    exponent = EXPONENTS[currency]
    cleaned = text.strip().replace(" ", "")
    if cleaned.count(",") == 1 and "." not in cleaned:
        cleaned = cleaned.replace(",", ".")
    if not _AMOUNT.fullmatch(cleaned):
        raise Invalid("Type an amount such as 12.50, digits only.", field=field)
    value = Decimal(cleaned)
    if value < 0:
        raise Invalid("The amount can't be negative.", field=field)
    scaled = value.scaleb(exponent)
    if scaled != scaled.to_integral_value():
        places = "no decimals" if exponent == 0 else f"at most {exponent} decimals"
        raise Invalid(f"{currency.upper()} amounts have {places}.", field=field)
    if scaled > MAX_MINOR:
        raise Invalid(f"The highest amount is {format_minor(MAX_MINOR, currency)}.", field=field)
    return int(scaled)


def to_input(minor: int, currency: str) -> str:
    """Minor units → what stands in a form field: ``1250, "usd"`` → ``12.50``."""
    exponent = EXPONENTS[currency]
    return f"{Decimal(minor).scaleb(-exponent):.{exponent}f}"
