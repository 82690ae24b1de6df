"""Currencies as the payment provider counts them: steps, minimums, what people see and may type."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace import money
from marketplace.domain.payouts import service as payouts
from marketplace.errors import Invalid
from marketplace.sandbox.stripe import currencies as played

CURRENCIES = st.sampled_from(sorted(money.EXPONENTS))
AMOUNTS = st.integers(-(10**12), 10**12)


def test_every_currency_is_complete() -> None:
    for table in (money.MINIMUM_CHARGE, money.SYMBOLS):
        assert set(table) == set(money.EXPONENTS)
    for currency, least in money.MINIMUM_CHARGE.items():
        assert least % money.granularity(currency) == 0


@pytest.mark.parametrize("currency", sorted(money.EXPONENTS))
def test_the_stand_in_counts_alike(currency: str) -> None:
    assert played.exponent(currency) == money.EXPONENTS[currency]
    assert played.step(currency) == money.granularity(currency)
    assert played.payout_step(currency) == money.payout_granularity(currency)
    assert played.MINIMUM_CHARGE[currency] == money.MINIMUM_CHARGE[currency]


@given(AMOUNTS, CURRENCIES)
def test_what_is_rounded_can_be_charged_and_is_near(minor: int, currency: str) -> None:
    step, rounded = money.granularity(currency), money.chargeable(minor, currency)
    assert rounded % step == 0
    assert abs(rounded - minor) * 2 <= step
    assert money.chargeable(rounded, currency) == rounded
    assert money.chargeable(-minor, currency) == -rounded


@given(AMOUNTS, CURRENCIES)
def test_a_payout_takes_all_but_a_rest_below_its_step(minor: int, currency: str) -> None:
    step, paid = money.payout_granularity(currency), money.payable(minor, currency)
    assert paid % step == 0
    assert paid == 0 if minor < 0 else 0 <= minor - paid < step


@given(AMOUNTS, CURRENCIES)
def test_no_part_of_an_amount_is_hidden(minor: int, currency: str) -> None:
    shown = money.format_minor(minor, currency).removeprefix("−").removeprefix(money.SYMBOLS[currency])
    assert Decimal(shown.replace(",", "")).scaleb(money.EXPONENTS[currency]) == abs(minor)


@given(st.integers(0, money.MAX_MINOR), CURRENCIES)
def test_what_can_not_be_charged_can_not_be_typed(minor: int, currency: str) -> None:
    exact = f"{Decimal(minor).scaleb(-money.EXPONENTS[currency])}"
    if minor % money.granularity(currency):
        with pytest.raises(Invalid) as refused:
            money.parse(exact, currency)
        assert "decimals" in refused.value.text
    else:
        assert money.parse(exact, currency) == minor


@pytest.mark.parametrize(
    ("typed", "currency", "words"),
    [
        ("500.50", "isk", "ISK amounts have no decimals."),
        ("0.01", "ugx", "UGX amounts have no decimals."),
        ("1.255", "kwd", "KWD amounts have at most 3 decimals, and the last one is 0, as in 1.250."),
        ("1.2555", "omr", "OMR amounts have at most 3 decimals, and the last one is 0, as in 1.250."),
        ("1.255", "huf", "HUF amounts have at most 2 decimals."),
        ("1,200", "usd", "Type an amount such as 12.50, digits only."),
        ("1,000", "jpy", "Type an amount such as 12.50, digits only."),
        ("1.200", "usd", "USD amounts have at most 2 decimals."),
        ("9999999", "isk", "The highest amount is ISK 999,999."),
        ("100000", "tnd", "The highest amount is TND 99,999.990."),
    ],
)
def test_refusals_say_what_to_type(typed: str, currency: str, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        money.parse(typed, currency)
    assert refused.value.text == words


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [
        (50_000, "isk", "ISK 500"), (50_050, "isk", "ISK 500.50"), (250_000, "ugx", "UGX 2,500"), (1045, "huf", "HUF 10.45"),
        (-80_045, "twd", "−NT$800.45"), (1250, "bhd", "BHD 1.250"), (1234, "jpy", "¥1,234"), (5000, "inr", "₹50.00"),
    ],
)  # fmt: skip
def test_amounts_as_people_write_them(minor: int, currency: str, shown: str) -> None:
    assert money.format_minor(minor, currency) == shown


@pytest.mark.parametrize(
    ("available", "held", "free"), [(1000, 300, 700), (1000, -300, 1000), (100, 300, 0), (0, 0, 0)]
)
def test_what_is_being_taken_back_is_not_paid_out(available: int, held: int, free: int) -> None:
    assert payouts.payable_now(available, held, "usd") == free


@pytest.mark.parametrize(("typed", "percent"), [("20", "20"), (" 7,5 % ", "7.5"), ("7.5%", "7.5"), ("0.125", "0.125")])
def test_percentages_as_people_type_them(typed: str, percent: str) -> None:
    assert money.parse_percent(typed) == Decimal(percent)


@pytest.mark.parametrize(
    "typed", ["", "%", "1e2", "-5", "+5", "NaN", "Infinity", "1.2345", "12345", "٢٠x", "1,000.5", "5 5"]
)
def test_what_is_no_percentage(typed: str) -> None:
    with pytest.raises(Invalid) as failure:
        money.parse_percent(typed, field="share")
    assert failure.value.field == "share"
