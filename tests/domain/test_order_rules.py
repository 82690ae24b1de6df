"""The arithmetic of selling, over all inputs."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.orders import rules
from marketplace.domain.orders.errors import PriceTooLow
from marketplace.errors import Invalid
from marketplace.money import MAX_MINOR, MINIMUM_CHARGE

AMOUNTS = st.integers(1, MAX_MINOR)


@given(AMOUNTS, st.decimals(0, 90, places=2))
def test_split_is_exact_and_within_half_a_unit_of_the_percentage(amount: int, percent: Decimal) -> None:
    parts = rules.split(amount, percent)
    assert parts.fee_minor + parts.creator_minor == amount
    assert 0 <= parts.fee_minor <= amount
    assert abs(parts.fee_minor - Fraction(percent) * amount / 100) <= Fraction(1, 2)


@given(AMOUNTS, st.data())
def test_any_sequence_of_refunds_takes_back_exactly_the_creators_part(amount: int, data: st.DataObject) -> None:
    creator = data.draw(st.integers(0, amount))
    refunded = taken = 0
    while refunded < amount:
        part = data.draw(st.integers(max(1, (amount - refunded) // 8), amount - refunded))
        share = rules.refund_share(
            creator_minor=creator, amount_minor=amount, refunded_before=refunded, refund_minor=part
        )
        assert 0 <= share <= part
        refunded, taken = refunded + part, taken + share
        assert abs(taken - Fraction(creator * refunded, amount)) <= Fraction(1, 2)
    assert taken == creator


@given(AMOUNTS, st.data())
def test_a_refund_that_comes_back_leaves_no_trace(amount: int, data: st.DataObject) -> None:
    """Whatever was refunded meanwhile: the creator's part follows the running total alone."""
    creator = data.draw(st.integers(0, amount))
    live: list[int] = []
    taken = 0

    def share(before: int, part: int) -> int:
        return rules.refund_share(creator_minor=creator, amount_minor=amount, refunded_before=before, refund_minor=part)

    for _step in range(data.draw(st.integers(1, 12))):
        if live and data.draw(st.booleans()):
            part = live.pop(data.draw(st.integers(0, len(live) - 1)))
            taken -= share(sum(live), part)
        elif sum(live) < amount:
            part = data.draw(st.integers(1, amount - sum(live)))
            taken += share(sum(live), part)
            live.append(part)
        assert taken == round(Fraction(creator * sum(live), amount))


@given(st.data())
def test_a_line_is_settled_in_a_few_steps_and_never_overpaid(data: st.DataObject) -> None:
    creator = data.draw(st.integers(0, 10_000))
    state = {"transferred": 0, "reversed_": 0, "withheld": 0, "line_debt": 0}
    debt = data.draw(st.integers(0, 500))
    for _round in range(data.draw(st.integers(1, 5))):
        refunded = data.draw(st.integers(0, creator))
        payable = data.draw(st.booleans())
        for _step in range(6):
            facts = {**state, "creator_debt": debt, "payable": payable}
            step = rules.next_step(creator_minor=creator, refunded_creator_minor=refunded, **facts)
            if step is None:
                break
            assert step.amount_minor > 0
            debt = _apply(step, state, debt, data)
            assert _holds(state) <= creator
        else:
            raise AssertionError("it never ends")
        gap = creator - refunded - _holds(state)
        assert gap == 0 or (gap > 0 and not payable and debt == 0)
        assert state["reversed_"] <= state["transferred"]
        assert debt >= 0


def _apply(step: rules.Step, state: dict[str, int], debt: int, data: st.DataObject) -> int:
    """What happens when the step is taken; a reversal may fall short."""
    if step.kind == "transfer":
        state["transferred"] += step.amount_minor
    elif step.kind == "withhold":
        state["withheld"] += step.amount_minor
        return debt - step.amount_minor
    elif step.kind == "owe":
        state["line_debt"] += step.amount_minor
        return debt + step.amount_minor
    else:
        got = data.draw(st.integers(0, step.amount_minor))
        state["reversed_"] += got
        state["line_debt"] += step.amount_minor - got
        return debt + step.amount_minor - got
    return debt


def _holds(state: dict[str, int]) -> int:
    return state["transferred"] - state["reversed_"] - state["line_debt"] + state["withheld"]


def test_what_was_withheld_is_owed_again_when_the_sale_is_refunded() -> None:
    step = rules.next_step(
        creator_minor=90, refunded_creator_minor=90, transferred=40, reversed_=40, withheld=50, line_debt=0,
        creator_debt=0, payable=True,
    )  # fmt: skip
    assert step == rules.Step("owe", 50)


@pytest.mark.parametrize(
    ("kind", "price", "minimum", "offered", "pays"),
    [
        ("free", 999, 0, None, 0), ("free", 0, 0, 500, 0), ("fixed", 2500, 0, None, 2500), ("fixed", 2500, 0, 1, 2500),
        ("fixed", 2500, 0, 0, 2500), ("pwyw", 900, 100, None, 900), ("pwyw", 900, 100, 100, 100),
        ("pwyw", 900, 0, 0, 0), ("pwyw", 900, 0, 50, 50), ("pwyw", 900, 0, MAX_MINOR, MAX_MINOR),
    ],
)  # fmt: skip
def test_what_the_buyer_pays(kind: str, price: int, minimum: int, offered: int | None, pays: int) -> None:
    assert rules.price_to_pay(kind, price, minimum, "usd", offered) == pays


@pytest.mark.parametrize(("minimum", "offered"), [(100, 99), (0, 49), (0, 1), (100, 0), (0, -1), (0, -(10**9))])
def test_too_little_is_refused(minimum: int, offered: int) -> None:
    with pytest.raises(PriceTooLow):
        rules.price_to_pay("pwyw", 900, minimum, "usd", offered)


def test_too_much_is_refused() -> None:
    with pytest.raises(Invalid):
        rules.price_to_pay("pwyw", 900, 0, "usd", MAX_MINOR + 1)


@given(st.sampled_from(sorted(MINIMUM_CHARGE)), st.integers(-10, 10**10), st.integers(0, 1000))
def test_an_offer_is_paid_as_it_is_or_refused(currency: str, offered: int, minimum: int) -> None:
    try:
        assert rules.price_to_pay("pwyw", 5000, minimum, currency, offered) == offered
    except Invalid:
        return
    assert offered == 0 or offered >= max(minimum, MINIMUM_CHARGE[currency])
