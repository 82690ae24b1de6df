"""The arithmetic of selling, over all inputs."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.orders import rules
from marketplace.domain.orders.errors import PriceTooLow
from marketplace.errors import Invalid
from marketplace.ids import new_id
from marketplace.money import MAX_MINOR, MINIMUM_CHARGE

AMOUNTS = st.integers(1, MAX_MINOR)


@given(AMOUNTS, st.decimals(0, 90, places=2))
def test_split_is_exact_and_within_half_a_unit_of_the_percentage(amount: int, percent: Decimal) -> None:
    parts = rules.split(amount, percent)
    assert parts.fee_minor + parts.creator_minor == amount
    assert 0 <= parts.fee_minor <= amount
    assert abs(parts.fee_minor - Fraction(percent) * amount / 100) <= Fraction(1, 2)


def _taken(total: int, amount: int, tax: int, subsidy: int, shares: list[int]) -> rules.Taken:
    return rules.taken(total, amount_minor=amount, tax_minor=tax, subsidy_minor=subsidy, shares_minor=shares)


@given(AMOUNTS, st.data())
def test_any_sequence_of_refunds_and_undoings_follows_the_running_total(amount: int, data: st.DataObject) -> None:
    """Whatever was refunded, disputed or came back meanwhile: each part is that of the total alone."""
    tax = data.draw(st.integers(0, amount))
    subsidy = data.draw(st.integers(0, amount))
    fee = data.draw(st.integers(0, amount))
    rest = amount + subsidy - fee
    first = data.draw(st.integers(0, rest))
    shares = [first, rest - first]
    live: list[int] = []
    booked = _taken(0, amount, tax, subsidy, shares)
    for _step in range(data.draw(st.integers(1, 10))):
        before = sum(live)
        if live and data.draw(st.booleans()):
            live.pop(data.draw(st.integers(0, len(live) - 1)))
        elif before < amount + tax:
            live.append(data.draw(st.integers(1, amount + tax - before)))
        moved = _taken(sum(live), amount, tax, subsidy, shares).minus(_taken(before, amount, tax, subsidy, shares))
        assert moved.amount_minor == moved.fee_minor + moved.tax_minor - moved.subsidy_minor + sum(moved.shares_minor)
        assert sum(moved.fees_minor) == moved.fee_minor
        booked = booked.minus(moved.minus(moved).minus(moved))
        for part, whole in zip(booked.shares_minor, shares, strict=True):
            assert part == round(Fraction(whole * sum(live), amount + tax))
    everything = _taken(amount + tax, amount, tax, subsidy, shares)
    fees = rules.fee_parts(fee, shares)
    assert everything == rules.Taken(amount + tax, tax, subsidy, fee, tuple(shares), fees)
    assert sum(fees) == fee


@given(st.integers(0, MAX_MINOR), st.lists(st.integers(0, 10_000), min_size=1, max_size=12))
def test_spreading_is_exact_and_fair(amount: int, weights: list[int]) -> None:
    parts = rules.spread(amount, weights)
    assert sum(parts) == (amount if any(weights) else 0)
    for part, weight in zip(parts, weights, strict=True):
        assert not weight or abs(part - Fraction(amount * weight, sum(weights))) < 1
        assert weight or part == 0


def test_the_odd_cents_go_to_who_lost_most_then_to_the_earlier() -> None:
    assert rules.spread(100, [1, 1, 1]) == [34, 33, 33]
    assert rules.spread(10, [3, 3, 2]) == [4, 4, 2]
    assert rules.spread(1, [1, 2]) == [0, 1]


@given(AMOUNTS, st.decimals(0, 90, places=3), st.lists(st.decimals(Decimal("0.001"), 100, places=3), max_size=4))
def test_dividing_gives_the_owner_the_exact_rest(amount: int, fee: Decimal, percents: list[Decimal]) -> None:
    payees = [rules.Payee(new_id(), "co_creator", p) for p in percents]
    owner = new_id()
    if sum(percents) > 100:
        return
    taken, parts = rules.divide(amount, fee, owner, payees)
    assert taken + sum(part.amount_minor for part in parts) == amount
    assert parts[0].payee_id == owner
    assert all(part.amount_minor >= 0 for part in parts)
    for part, payee in zip(parts[1:], payees, strict=True):
        assert 0 <= (amount - taken) * Fraction(payee.percent) / 100 - part.amount_minor < 1


def _item(price: int, currency: str = "usd", creator: UUID = UUID(int=7)) -> rules.Item:
    return rules.Item(new_id(), creator, "Bowl", currency, price, Decimal(10))


@given(
    st.sampled_from(sorted(MINIMUM_CHARGE)), st.lists(st.integers(0, 20_000), min_size=1, max_size=6), st.data(),
)  # fmt: skip
def test_a_priced_basket_adds_up(currency: str, prices: list[int], data: st.DataObject) -> None:
    items = [_item(rules.granularity(currency) * price, currency) for price in prices]
    kind = data.draw(st.sampled_from(["none", "percent", "amount"]))
    discount = None
    if kind != "none":
        discount = rules.Discount(
            new_id(), "CODE", data.draw(st.sampled_from(["creator", "platform"])),
            percent=data.draw(st.decimals(Decimal("0.001"), 100, places=3)) if kind == "percent" else None,
            amount_minor=data.draw(st.integers(1, 10**6)) if kind == "amount" else 0,
        )  # fmt: skip
    try:
        priced = rules.price(items, discount)
    except PriceTooLow:
        assert 0 < sum(item.list_minor for item in items) < MINIMUM_CHARGE[currency]
        return
    assert priced.total_minor == sum(line.amount_minor for line in priced.lines)
    assert priced.total_minor + priced.discount_minor == sum(item.list_minor for item in items)
    assert priced.total_minor == 0 or priced.total_minor >= MINIMUM_CHARGE[currency]
    for line in priced.lines:
        assert 0 <= line.discount_minor <= line.item.list_minor
        assert line.amount_minor % rules.granularity(currency) == 0
        shares = sum(part.amount_minor for part in line.parts)
        assert shares + line.fee_minor == line.amount_minor + line.subsidy_minor
        if discount is not None and discount.by == "platform":
            _, full = rules.divide(line.item.list_minor, Decimal(10), line.item.creator_id)
            assert shares == full[0].amount_minor, "the creator's share doesn't feel a discount of the platform's"


def test_one_payment_has_one_currency() -> None:
    with pytest.raises(Invalid):
        rules.price([_item(500), _item(500, "eur")])


def test_the_same_basket_is_known_again_whatever_its_order() -> None:
    one, two = _item(500), _item(700)
    assert rules.price([one, two]).fingerprint == rules.price([two, one]).fingerprint
    assert rules.price([one]).fingerprint != rules.price([two]).fingerprint


@given(st.data())
def test_a_line_is_settled_in_a_few_steps_and_never_overpaid(data: st.DataObject) -> None:
    creator = data.draw(st.integers(0, 10_000))
    state = {"transferred": 0, "reversed_": 0, "withheld": 0, "own_debt": 0}
    debt = data.draw(st.integers(0, 500))
    for _round in range(data.draw(st.integers(1, 5))):
        refunded = data.draw(st.integers(0, creator))
        payable = data.draw(st.booleans())
        for _step in range(6):
            facts = {**state, "payee_debt": debt, "payable": payable}
            step = rules.next_step(due_minor=creator - refunded, **facts)
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
        state["own_debt"] += step.amount_minor
        return debt + step.amount_minor
    else:
        got = data.draw(st.integers(0, step.amount_minor))
        state["reversed_"] += got
        state["own_debt"] += step.amount_minor - got
        return debt + step.amount_minor - got
    return debt


def _holds(state: dict[str, int]) -> int:
    return state["transferred"] - state["reversed_"] - state["own_debt"] + state["withheld"]


def test_what_was_withheld_is_owed_again_when_the_sale_is_refunded() -> None:
    step = rules.next_step(
        due_minor=0, transferred=40, reversed_=40, withheld=50, own_debt=0, payee_debt=0, payable=True,
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


def _shared(percents: dict[UUID, int], *, minor: int = 0) -> rules.Item:
    payees = tuple(rules.Payee(who, "co_creator", Decimal(percent)) for who, percent in percents.items())
    return rules.Item(
        product_id=new_id(), creator_id=UUID(int=1), title="x", currency="usd", list_minor=minor,
        fee_percent=Decimal(10), payees=payees,
    )  # fmt: skip


def test_who_shares_in_a_bundle_shares_in_each_of_its_parts() -> None:
    """Beside those who share in a part by itself; who does both has one share, and nobody gets more than there is."""
    ann, bo = UUID(int=2), UUID(int=3)
    parts = [_shared({}), _shared({ann: 30}), _shared({bo: 90})]
    items = rules.bundle_items(_shared({ann: 20}, minor=3000), [(part, 1) for part in parts])
    shares = [{payee.account_id: int(payee.percent) for payee in item.payees} for item in items]
    assert shares == [{ann: 20}, {ann: 50}, {bo: 90, ann: 10}]
    got = [{part.payee_id: part.amount_minor for part in line.parts} for line in rules.price(items).lines]
    assert got == [{UUID(int=1): 720, ann: 180}, {UUID(int=1): 450, ann: 450}, {UUID(int=1): 0, bo: 810, ann: 90}]
