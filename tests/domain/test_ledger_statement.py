"""The statement and its explanation: nothing missing, nothing twice, nothing of others, and it adds up."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace import db
from marketplace.domain.ledger import rules
from marketplace.domain.ledger import service as ledger
from marketplace.domain.ledger.explain import explain
from marketplace.domain.ledger.rules import Line
from tests.domain.world import World

MINE, OTHER = uuid4(), uuid4()
_KINDS: dict[str, Callable[[UUID, int], list[Line]]] = {
    "sale": lambda who, n: rules.sale(paid=n, fee=n // 7, shares=[(who, n - n // 7)]),
    "refund": lambda who, n: rules.take_back(amount=n, fee=n // 7, shares=[(who, n - n // 7)]),
    "refund_failed": lambda who, n: rules.undo(rules.take_back(amount=n, fee=n // 7, shares=[(who, n - n // 7)])),
    "transfer": lambda who, n: rules.transfer(who, amount=n),
    "reversal": lambda who, n: rules.reversal(who, amount=n),
    "debt": lambda who, n: rules.debt(who, amount=n),
    "debt_paid": lambda who, n: rules.debt_paid(who, amount=n),
    "payout": lambda who, n: rules.payout(who, amount=n),
    "payout_failed": lambda who, n: rules.undo(rules.payout(who, amount=n)),
    "dispute": lambda who, n: [Line(rules.STRIPE, -n), Line(rules.HELD, n, who)],
}
events = st.lists(st.tuples(st.sampled_from(sorted(_KINDS)), st.integers(1, 10_000)), max_size=30)


@given(events)
def test_the_explanation_adds_up_whatever_happened(happened: list[tuple[str, int]]) -> None:
    flows: Counter[tuple[str, str]] = Counter()
    balances: Counter[str] = Counter()
    for kind, amount in happened:
        for line in rules.attribute(_KINDS[kind](MINE, amount)):
            flows[kind, line.account] += line.amount_minor
            balances[line.account] += line.amount_minor if line.owner_id else 0
    told = explain(flows)
    assert (told.held_minor, told.available_minor, told.debt_minor) == (
        -balances["held"], -balances["available"], balances["debt"],
    )  # fmt: skip
    assert told.total_minor == sum(step.amount_minor for step in told.earned)
    assert told.total_minor == told.held_minor + told.available_minor + told.paid_out_minor - told.debt_minor
    for steps, sum_ in ((told.held_steps, told.held_minor), (told.available_steps, told.available_minor)):
        assert sum(step.amount_minor for step in steps) == sum_
    sold = sum(amount for kind, amount in happened if kind == "sale")
    assert sum(step.amount_minor for step in told.earned if step.what == "sale") == sold
    disputed = sum(amount for kind, amount in happened if kind == "dispute")
    assert sum(step.amount_minor for step in told.earned if step.what == "dispute") == -disputed


@given(st.lists(st.tuples(st.sampled_from([None, MINE, OTHER]), st.integers(-50, 50)), max_size=8))
def test_a_platforms_line_is_about_the_one_creator_there_is(lines: list[tuple[UUID | None, int]]) -> None:
    marked = rules.attribute([Line("a", amount, owner) for owner, amount in lines])
    assert [(line.owner_id, line.amount_minor) for line in marked] == [line for line in lines if line[1]]
    owners = {owner for owner, amount in lines if owner and amount}
    about = {line.about_id for line in marked if line.owner_id is None}
    assert about <= ({owners.pop()} if len(owners) == 1 else {None})
    assert all(line.about_id is None for line in marked if line.owner_id)


def test_with_several_payees_the_fee_is_about_each_and_all_else_about_the_seller() -> None:
    amounts = {
        "fee": 200,
        "tax": 380,
        "subsidy": 100,
        "shares": [(MINE, 1260), (OTHER, 540)],
        "seller": MINE,
        "fees": [140, 60],
    }
    sale, back = rules.sale(paid=2280, **amounts), rules.take_back(amount=2280, **amounts)  # type: ignore[arg-type]
    booked = {
        (line.account, line.about_id): line.amount_minor for line in rules.attribute(sale) if line.owner_id is None
    }
    assert booked == {
        ("stripe", MINE): 2280, ("fees", MINE): -140, ("fees", OTHER): -60, ("tax", MINE): -380, ("discounts", MINE): 100,
    }  # fmt: skip
    assert sum(line.amount_minor for line in sale) == 0
    assert back == rules.undo(sale)


@pytest.mark.parametrize(
    ("key", "source"),
    [
        ("sale:1", ("sale", "1")), ("refund-failed:r", ("refund", "r")), ("payout:po_1", ("payout", "po_1")),
        ("withheld:line:1200", ("sale", "line")), ("processing:o", ("fee", "o")), ("dispute:du_1:won", ("dispute", "du_1")),
    ],
)  # fmt: skip
def test_where_an_entry_comes_from(key: str, source: tuple[str, str]) -> None:
    assert rules.source_of(key) == source


async def _history(world: World, creators: list[UUID], entries: int, seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(entries):
        kind, currency = dice.choice(sorted(_KINDS)), dice.choice(["usd", "eur"])
        lines = _KINDS[kind](dice.choice(creators), dice.randint(1, 9000))
        async with db.transaction() as session:
            await ledger.book(session, key=f"{kind}:{uuid4()}", kind=kind, currency=currency, lines=lines)


async def _all_pages(owner: UUID, currency: str, limit: int) -> list[ledger.StatementRow]:
    rows, before = [], None
    while True:
        async with db.transaction() as session:
            page = await ledger.statement_page(session, owner, currency, before, limit)
        assert len(page.rows) <= limit
        rows += page.rows
        if page.next is None:
            return rows
        assert len(page.rows) == limit
        before = page.next


@pytest.mark.parametrize("limit", [1, 4, 100])
async def test_pages_hold_every_entry_once_with_the_balance_after_it(world: World, limit: int) -> None:
    mine, other = (await world.person()).id, (await world.person()).id
    await _history(world, [mine, other], 40, limit)
    for currency in ("usd", "eur"):
        rows = await _all_pages(mine, currency, limit)
        booked = await world.rows(
            "SELECT entry_id, account, sum(amount_minor) FROM ledger_posting WHERE owner_id = :o AND currency = :c"
            " GROUP BY 1, 2",
            o=mine, c=currency,
        )  # fmt: skip
        assert {(row.entry_id, a, n) for row in rows for a, n in row.amounts.items()} == {
            (row[0], row[1], int(row[2])) for row in booked
        }
        assert [row.entry_id for row in rows] == sorted({row[0] for row in booked}, reverse=True)
        running: Counter[str] = Counter()
        for row in reversed(rows):
            running.update(row.amounts)
            assert {a: n for a, n in row.balances.items() if n} == {a: n for a, n in running.items() if n}
        async with db.transaction() as session:
            assert rows[0].balances == (await ledger.balances(session, mine))[currency]


async def test_a_sale_shows_its_price_and_fee_and_nothing_of_other_creators(world: World) -> None:
    ann, ben = (await world.person()).id, (await world.person()).id
    shared = [
        Line(rules.STRIPE, 2000), Line(rules.FEES, -140, about_id=ann), Line(rules.FEES, -60, about_id=ben),
        Line(rules.HELD, -1260, ann, memo="70 %"), Line(rules.HELD, -540, ben, memo="30 %"),
    ]  # fmt: skip
    async with db.transaction() as session:
        await ledger.book(session, key=f"sale:{uuid4()}", kind="sale", currency="usd", lines=shared)
        await ledger.book(
            session, key=f"sale:{uuid4()}", kind="sale", currency="usd", memo="Fire and glaze",
            lines=rules.sale(paid=1000, fee=100, shares=[(ann, 1000 - 100)]),
        )  # fmt: skip
        alone, split = (await ledger.statement_page(session, ann, "usd")).rows
        (theirs,) = (await ledger.statement_page(session, ben, "usd")).rows
        told = {who: (await ledger.explanation(session, who))["usd"] for who in (ann, ben)}
    assert (alone.about, alone.amounts, alone.memo) == (
        {"stripe": 1000, "fees": -100},
        {"held": -900},
        "Fire and glaze",
    )
    assert (split.about, split.amounts, split.notes) == ({"fees": -140}, {"held": -1260}, ("70 %",))
    assert (theirs.about, theirs.amounts, theirs.notes) == ({"fees": -60}, {"held": -540}, ("30 %",))
    assert [(s.what, s.amount_minor) for s in told[ann].earned] == [("sale", 2400), ("fees", -240)]
    assert [(s.what, s.amount_minor) for s in told[ben].earned] == [("sale", 600), ("fees", -60)]


async def test_nobody_without_money_has_a_statement(world: World) -> None:
    async with db.transaction() as session:
        page = await ledger.statement_page(session, uuid4(), "usd")
        assert (page.rows, page.next) == ([], None)
        assert await ledger.explanation(session, uuid4()) == {}
