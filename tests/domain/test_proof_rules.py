"""The three-way match: what differs is named, what is under way is not, and nothing else is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.proof import rules
from marketplace.domain.proof.rules import Difference, Fact, Verdict

NOW = datetime(2026, 5, 1, 3, 0, tzinfo=UTC)
CUT = NOW - rules.YOUNG
OLD, FRESH = NOW - timedelta(days=40), NOW - timedelta(minutes=2)

keys = st.tuples(st.sampled_from(["transfer", "reversal", "payout"]), st.integers(0, 30).map(lambda n: f"tr_{n}"))
amounts = st.integers(-5000, 5000).filter(bool)
objects = st.dictionaries(keys, amounts, max_size=12)


def facts(found: dict[tuple[str, str], int], at: datetime = OLD) -> list[Fact]:
    return [Fact(kind, object_id, amount, at) for (kind, object_id), amount in found.items()]


def prove(here: list[Fact], there: list[Fact], statement: int | None = None, **more: object) -> Verdict:
    """The journal's balance is the sum of its facts; the statement is that of the provider's, unless it is given."""
    total = sum(fact.amount_minor for fact in there) if statement is None else statement
    journal = sum(fact.amount_minor for fact in here)
    return rules.prove(journal_minor=journal, statement_minor=total, here=here, there=there, cut=CUT, **more)  # type: ignore[arg-type]


@given(objects, st.randoms())
def test_the_same_on_both_sides_matches_in_any_order(found: dict[tuple[str, str], int], dice) -> None:  # type: ignore[no-untyped-def]
    there = facts(found)
    dice.shuffle(there)
    verdict = prove(facts(found), there)
    assert verdict.matched
    assert verdict.journal_minor == verdict.objects_minor == verdict.statement_minor == sum(found.values())
    assert verdict.waiting == ()


@given(objects, keys, st.none() | amounts, st.sampled_from(["ours", "theirs"]))
def test_one_object_that_differs_is_named_and_no_other(
    found: dict[tuple[str, str], int], key: tuple[str, str], changed: int | None, side: str
) -> None:
    """Changed, missing or too many, on either side: exactly that one is the difference, with both amounts."""
    other = {k: v for k, v in found.items() if k != key} | ({key: changed} if changed is not None else {})
    here, there = (found, other) if side == "theirs" else (other, found)
    verdict = prove(facts(here), facts(there))
    if here == there:
        assert verdict.matched
        return
    assert verdict.differences == (Difference(*key, here.get(key), there.get(key)),)
    assert verdict.differences[0].why == (
        "missing_here" if key not in here else "missing_there" if key not in there else "amount"
    )
    assert verdict.objects_minor - verdict.journal_minor == there.get(key, 0) - here.get(key, 0)
    assert verdict.statement_minor == verdict.objects_minor


@given(objects, objects, objects, st.booleans())
def test_what_is_young_counts_on_neither_side(
    settled: dict[tuple[str, str], int],
    ours: dict[tuple[str, str], int],
    theirs: dict[tuple[str, str], int],
    late: bool,
) -> None:
    """Whatever happened in the last minutes, on one side or on both, known here late or not: no false alarm."""
    ours = {k: v for k, v in ours.items() if k not in settled}
    theirs = {k: v for k, v in theirs.items() if k not in settled}
    here = facts(settled) + facts(ours, FRESH)
    verdict = prove(here, facts(settled, OLD) + facts(theirs, FRESH))
    assert verdict.matched
    assert verdict.journal_minor == verdict.statement_minor
    differing = {k for k in {*ours, *theirs} if ours.get(k) != theirs.get(k)}
    assert {(one.kind, one.object_id) for one in verdict.waiting} == differing


@given(objects, st.integers(-9000, 9000))
def test_a_statement_that_is_not_the_sum_of_its_objects_is_found(found: dict[tuple[str, str], int], off: int) -> None:
    total = sum(found.values())
    verdict = prove(facts(found), facts(found), statement=total + off)
    assert verdict.matched == (off == 0)
    assert verdict.differences == ((Difference("balance", "", total, total + off),) if off else ())


@given(objects, st.integers(1, 9000))
def test_a_movement_that_no_object_explains_is_named(found: dict[tuple[str, str], int], taken: int) -> None:
    stray = Fact("entry:adjustment", "txn_1", -taken, OLD)
    verdict = prove(facts(found), facts(found), statement=sum(found.values()) - taken, strays=[stray])
    assert verdict.differences == (Difference("entry:adjustment", "txn_1", None, -taken),)
    assert verdict.objects_minor == verdict.journal_minor
    assert verdict.statement_minor == verdict.journal_minor - taken


@given(objects, objects)
def test_of_a_part_only_that_part_is_expected(
    before: dict[tuple[str, str], int], since: dict[tuple[str, str], int]
) -> None:
    """The provider's books were read from some day on. What we booked before isn't missing; what we booked since is."""
    since = {k: v for k, v in since.items() if k not in before}
    start = NOW - timedelta(days=2)
    here = facts(before) + facts(since, NOW - timedelta(days=1))
    there = facts(since, NOW - timedelta(days=1))
    total = sum(before.values()) + sum(since.values())
    assert prove(here, there, statement=total, complete_since=start).matched
    verdict = prove(here, [], statement=total, complete_since=start)
    assert {(d.kind, d.object_id) for d in verdict.differences} == set(since)


def test_an_answer_that_was_lost_is_under_way_as_long_as_we_mean_to_ask_again() -> None:
    there = [Fact("transfer", "tr_1", 900, OLD)]
    assert not prove([], there).matched
    verdict = prove([], there, intents=[("transfer", 900)])
    assert verdict.matched
    assert verdict.statement_minor == 0
    two = [*there, Fact("transfer", "tr_2", 900, OLD)]
    assert [d.object_id for d in prove([], two, intents=[("transfer", 900)]).differences] == ["tr_2"]
    assert not prove([], there, intents=[("reversal", 900)]).matched
    assert prove([], [Fact("reversal", "trr_1", -500, OLD)], intents=[("reversal", 900)]).matched


def test_a_charge_whose_fee_is_unknown_is_under_way() -> None:
    here, there = [Fact("charge", "ch_1", 2000, OLD, open=True)], [Fact("charge", "ch_1", 1912, OLD)]
    assert prove(here, there).matched
    assert not prove([Fact("charge", "ch_1", 2000, OLD)], there).matched


def test_many_postings_of_one_object_are_one() -> None:
    here = [Fact("charge", "ch_1", 1000, OLD), Fact("charge", "ch_1", 1000, OLD), Fact("charge", "ch_1", -88, FRESH)]
    assert prove(here, [Fact("charge", "ch_1", 1912, OLD)]).matched


def test_where_money_was_converted_only_objects_are_compared() -> None:
    here = [Fact("transfer", "tr_1", 900, OLD)]
    assert prove(here, here, statement=0, comparable=False).matched
    assert not prove(here, [], statement=0, comparable=False).matched


def test_two_accounts_that_mirror_each_other() -> None:
    verdict = prove([], [])
    assert rules.with_books(verdict, connected=5, available=-5).matched
    assert [d.kind for d in rules.with_books(verdict, connected=5, available=-4).differences] == ["books"]


@pytest.mark.parametrize(
    ("minutes", "drained", "counted"), [(0, False, False), (9, False, False), (10, False, True), (0, True, True)]
)
def test_when_a_suspicion_counts(minutes: int, drained: bool, counted: bool) -> None:
    assert rules.counts(first_seen=NOW, now=NOW + timedelta(minutes=minutes), drained=drained) == counted


def test_the_same_difference_is_known_again() -> None:
    one, other = Difference("transfer", "tr_1", 900, 800), Difference("transfer", "tr_2", None, 5)
    moved_on = Difference("balance", "", 700, 650)
    assert rules.seen_again([one.key], [other, one])
    assert not rules.seen_again([one.key], [Difference("transfer", "tr_1", 900, 700)])
    assert rules.seen_again([Difference("balance", "", 100, 50).key], [moved_on])
    assert rules.accepted([one.key, moved_on.key], [one])
    assert not rules.accepted([one.key], [one, other])
