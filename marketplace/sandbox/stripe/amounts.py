"""Amounts as the stand-in's pages print them."""

from __future__ import annotations

from decimal import Decimal

from marketplace.sandbox.stripe.ledger import ZERO_DECIMAL

_THREE_DECIMALS = {"kwd", "bhd", "jod", "omr", "tnd"}


def money(minor: int, currency: str) -> str:
    """``1234, "usd"`` → ``12.34 USD``."""
    exponent = 0 if currency in ZERO_DECIMAL else 3 if currency in _THREE_DECIMALS else 2
    return f"{Decimal(minor).scaleb(-exponent):,.{exponent}f} {currency.upper()}"
