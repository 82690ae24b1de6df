"""How Stripe counts in each currency: https://docs.stripe.com/currencies.

The product has a table of its own; a test holds the two against each other.
"""

from __future__ import annotations

from decimal import Decimal

from marketplace.sandbox.stripe.errors import ApiError

ZERO_DECIMAL = {
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf",
}  # fmt: skip
THREE_DECIMAL = {"bhd", "jod", "kwd", "omr", "tnd"}
# Counted in hundredths although they have no decimals any more: the last two digits are 00.
WHOLE = {"isk", "ugx"}
# No decimals on the way to a bank.
WHOLE_PAYOUTS = {"huf", "isk", "twd", "ugx"}

# Stripe's table, and about half a US dollar for what has no row in it.
MINIMUM_CHARGE = {
    "aed": 200, "aud": 50, "bhd": 250, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250, "eur": 50, "gbp": 30,
    "hkd": 400, "huf": 17500, "ils": 50, "inr": 50, "isk": 10000, "jod": 450, "jpy": 50, "krw": 700, "kwd": 200,
    "mxn": 1000, "myr": 200, "nok": 300, "nzd": 50, "omr": 250, "php": 50, "pln": 200, "ron": 200, "sek": 300,
    "sgd": 50, "thb": 1000, "tnd": 2000, "twd": 2000, "ugx": 250000, "usd": 50, "zar": 50,
}  # fmt: skip
MAXIMUM_CHARGE = 99_999_999

_OF_COUNTRY = {
    "ae": "aed", "at": "eur", "au": "aud", "be": "eur", "bg": "eur", "bh": "bhd", "br": "brl", "ca": "cad", "ch": "chf",
    "cy": "eur", "cz": "czk", "de": "eur", "dk": "dkk", "ee": "eur", "es": "eur", "fi": "eur", "fr": "eur", "gb": "gbp",
    "gr": "eur", "hk": "hkd", "hr": "eur", "hu": "huf", "ie": "eur", "il": "ils", "in": "inr", "is": "isk", "it": "eur",
    "jo": "jod", "jp": "jpy", "kr": "krw", "kw": "kwd", "li": "chf", "lt": "eur", "lu": "eur", "lv": "eur", "mt": "eur",
    "mx": "mxn", "my": "myr", "nl": "eur", "no": "nok", "nz": "nzd", "om": "omr", "ph": "php", "pl": "pln", "pt": "eur",
    "ro": "ron", "se": "sek", "sg": "sgd", "si": "eur", "sk": "eur", "th": "thb", "tn": "tnd", "tw": "twd", "ug": "ugx",
    "us": "usd", "za": "zar",
}  # fmt: skip


def exponent(currency: str) -> int:
    return 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2


def step(currency: str) -> int:
    """What amounts of charges and refunds are multiples of."""
    return 100 if currency in WHOLE else 10 if currency in THREE_DECIMAL else 1


def payout_step(currency: str) -> int:
    return 100 if currency in WHOLE_PAYOUTS else step(currency)


def refuse_fractions(amount: int, currency: str, param: str, *, of: int = 0) -> None:
    """Charges and refunds (and payouts, with their own step) take whole steps only. Transfers between balances
    and their reversals are not among what the documentation restricts: they may be any amount. The wording of
    the refusal is ours."""
    size = of or step(currency)
    if amount % size:
        raise ApiError(
            f"Invalid amount: {currency.upper()} amounts must be evenly divisible by {size}.",
            code="parameter_invalid_integer",
            param=param,
            stored=False,
        )


def of_country(country: str | None) -> str:
    """The currency that a new account in this country gets."""
    return _OF_COUNTRY.get((country or "us").lower(), "usd")


def money(minor: int, currency: str) -> str:
    """As the stand-in's pages print it: ``1234, "usd"`` → ``12.34 USD``."""
    places = 0 if currency in WHOLE and minor % 100 == 0 else exponent(currency)
    return f"{Decimal(minor).scaleb(-exponent(currency)):,.{places}f} {currency.upper()}"
