"""The rate on an invoice is the law's, however small the amount and wherever the tax was found."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.documents.rules import rate_of


def test_tax_in_the_price() -> None:
    assert rate_of(1387, 263) == 19, "$16.50 with 19 % in it"


@given(
    st.integers(500, 10**8), st.sampled_from(["7", "19", "20", "21", "25.5", "8.1"]), st.booleans(),
    st.sampled_from([ROUND_HALF_EVEN, ROUND_HALF_UP]),
)  # fmt: skip
def test_no_rate_is_made_up(price: int, law: str, inclusive: bool, rounding: str) -> None:
    rate = Decimal(law)
    exact = price * rate / (100 + rate) if inclusive else price * rate / 100
    tax = int(exact.quantize(Decimal(1), rounding=rounding))
    net = price - tax if inclusive else price
    found = rate_of(net, tax)
    of_net, of_whole = net * found / 100, (net + tax) * found / (100 + found)
    assert min(abs(of_net - tax), abs(of_whole - tax)) <= Decimal("0.5")
    if rate == int(rate) and price >= 1200:
        assert found == rate


@pytest.mark.parametrize(("net", "tax"), [(0, 0), (100, 0), (0, 5)])
def test_no_tax_no_rate(net: int, tax: int) -> None:
    assert rate_of(net, tax) == 0
