"""Money: integer minor units with a currency. No floats, ever.

Exponents, steps and minimum charges are those of https://docs.stripe.com/currencies, not ISO 4217's: crowns of
Iceland and shillings of Uganda have no decimals any more, and Stripe still counts them in hundredths.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from marketplace.errors import Invalid
from marketplace.i18n import N_, amount_words

EXPONENTS: dict[str, int] = {
    "usd": 2, "eur": 2, "gbp": 2, "chf": 2, "cad": 2, "aud": 2, "sek": 2, "dkk": 2, "nok": 2, "pln": 2,
    "czk": 2, "huf": 2, "ron": 2, "isk": 2, "nzd": 2, "sgd": 2, "hkd": 2, "twd": 2, "myr": 2, "thb": 2, "php": 2,
    "inr": 2, "ils": 2, "aed": 2, "zar": 2, "ugx": 2, "brl": 2, "mxn": 2,
    "jpy": 0, "krw": 0, "kwd": 3, "bhd": 3, "jod": 3, "omr": 3, "tnd": 3,
}  # fmt: skip

# Stripe's table where it has a row. The others have to be worth half a US dollar.
MINIMUM_CHARGE: dict[str, int] = {
    "usd": 50, "eur": 50, "gbp": 30, "chf": 50, "cad": 50, "aud": 50, "sek": 300, "dkk": 250, "nok": 300, "pln": 200,
    "czk": 1500, "huf": 17500, "ron": 200, "isk": 10000, "nzd": 50, "sgd": 50, "hkd": 400, "twd": 2000, "myr": 200,
    "thb": 1000, "php": 50, "inr": 50, "ils": 50, "aed": 200, "zar": 50, "ugx": 250000, "brl": 50, "mxn": 1000,
    "jpy": 50, "krw": 700, "kwd": 200, "bhd": 250, "jod": 450, "omr": 250, "tnd": 2000,
}  # fmt: skip

SYMBOLS: dict[str, str] = {
    "usd": "$", "eur": "€", "gbp": "£", "chf": "CHF ", "cad": "CA$", "aud": "A$", "sek": "SEK ", "dkk": "DKK ",
    "nok": "NOK ", "pln": "PLN ", "czk": "CZK ", "huf": "HUF ", "ron": "RON ", "isk": "ISK ", "nzd": "NZ$",
    "sgd": "S$", "hkd": "HK$", "twd": "NT$", "myr": "RM ", "thb": "THB ", "php": "PHP ", "inr": "₹", "ils": "₪",
    "aed": "AED ", "zar": "ZAR ", "ugx": "UGX ", "brl": "R$", "mxn": "MX$", "jpy": "¥", "krw": "₩", "kwd": "KWD ",
    "bhd": "BHD ", "jod": "JOD ", "omr": "OMR ", "tnd": "TND ",
}  # fmt: skip

_WHOLE_UNITS = {"isk", "ugx"}  # fractions exist in the books of the provider only
_WHOLE_PAYOUTS = {"isk", "ugx", "huf", "twd"}

MAX_MINOR = 99_999_999
_AMOUNT = re.compile(r"-?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (cents, yen, fils) of ``currency`` (ISO 4217, lower case)."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if isinstance(self.minor, bool) or not isinstance(self.minor, int):
            raise TypeError("minor units are an int")
        if self.currency not in EXPONENTS:
            raise Invalid("The currency {currency} isn't supported.", field="currency", currency=f"{self.currency!r}")

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


def granularity(currency: str) -> int:
    """The smallest step of what a buyer is charged or refunded, in minor units."""
    if currency in _WHOLE_UNITS:
        return 100
    return 10 if EXPONENTS[currency] == 3 else 1


def payout_granularity(currency: str) -> int:
    """The smallest step of a payout to a bank, in minor units."""
    return 100 if currency in _WHOLE_PAYOUTS else granularity(currency)


def chargeable(minor: int, currency: str) -> int:
    """The nearest amount that can be charged, half to even: for what was computed, such as a discount."""
    step = granularity(currency)
    return int((Decimal(minor) / step).quantize(Decimal(1), rounding=ROUND_HALF_EVEN)) * step


def payable(minor: int, currency: str) -> int:
    """As much of a balance as a payout can take; a rest smaller than its step stays behind."""
    return max(minor, 0) // (step := payout_granularity(currency)) * step


def decimals(minor: int, currency: str) -> int:
    """How many decimals people see: none where fractions don't exist, unless a share in the books has one."""
    whole = currency in _WHOLE_UNITS and minor % granularity(currency) == 0
    return 0 if whole else EXPONENTS[currency]


def format_minor(minor: int, currency: str) -> str:
    """``1234, "usd"`` → ``$12.34``; ``1234, "jpy"`` → ``¥1,234``; negatives get a true minus sign."""
    value = Decimal(abs(minor)).scaleb(-EXPONENTS[currency])
    sign = "−" if minor < 0 else ""
    return amount_words(value, decimals(minor, currency), currency, SYMBOLS[currency], sign)


def share(minor: int, percent: Decimal) -> int:
    """``percent`` of ``minor``, rounded half to even: the one rounding rule of the house."""
    return int((Decimal(minor) * percent / 100).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


_PERCENT = re.compile(r"\d{1,4}([.,]\d{1,3})?")


def parse_percent(text: str, *, field: str = "percent") -> Decimal:
    """What a person typed → a percentage: ``20``, ``7.5``, ``7,5 %``. Raises ``Invalid``; its limits are the caller's."""
    cleaned = text.replace("\N{NO-BREAK SPACE}", " ").strip().removesuffix("%").strip()
    if not _PERCENT.fullmatch(cleaned):
        raise Invalid("Type a percentage such as 20 or 7.5.", field=field)
    return Decimal(cleaned.replace(",", "."))


def prorate(minor: int, part: int, whole: int) -> int:
    """``minor × part ÷ whole``, half to even. Cumulative use stays exact: prorate running totals, not steps."""
    if whole == 0:
        return 0
    return int((Decimal(minor) * part / whole).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def parse(text: str, currency: str, *, field: str = "price") -> int:
    """What a person typed → minor units. ``12.50``, ``12,50`` and ``1200`` are understood, ``1.234,56`` is not; nor is
    ``1,200``, which is a thousand and more to some, where the currency has no third decimal.

    Raises ``Invalid`` with a sentence that says what to type.
    """
    if currency not in EXPONENTS:
        raise Invalid("Choose a currency from the list.", field="currency")
    cleaned = text.strip().replace(" ", "")
    thousands = EXPONENTS[currency] < 3 and _THOUSANDS.fullmatch(cleaned)
    if cleaned.count(",") == 1 and "." not in cleaned and not thousands:
        cleaned = cleaned.replace(",", ".")
    if not _AMOUNT.fullmatch(cleaned):
        raise Invalid("Type an amount such as 12.50, digits only.", field=field)
    value = Decimal(cleaned)
    if value < 0:
        raise Invalid("The amount can't be negative.", field=field)
    scaled, step = value.scaleb(EXPONENTS[currency]), granularity(currency)
    if scaled > MAX_MINOR:
        raise Invalid(
            "The highest amount is {amount}.", field=field, amount=format_minor(MAX_MINOR // step * step, currency)
        )
    if scaled != scaled.to_integral_value() or scaled % step or thousands:
        raise Invalid(_too_fine(currency), field=field, currency=currency.upper(), n=decimals(0, currency))
    return int(scaled)


def _too_fine(currency: str) -> str:
    shown = decimals(0, currency)
    if not shown:
        return N_("{currency} amounts have no decimals.")
    if shown < 3:
        return N_("{currency} amounts have at most {n} decimals.")
    return N_("{currency} amounts have at most {n} decimals, and the last one is 0, as in 1.250.")


def to_input(minor: int, currency: str) -> str:
    """Minor units → what stands in a form field: ``1250, "usd"`` → ``12.50``."""
    return f"{Decimal(minor).scaleb(-EXPONENTS[currency]):.{decimals(minor, currency)}f}"
