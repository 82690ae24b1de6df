"""What a query asks for and how results rank: the pure part."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.api.suggest import _items
from marketplace.domain.catalog.rules import TOPICS
from marketplace.domain.search import rules, synonyms
from marketplace.domain.search.rules import Asked, Purchase, Term
from marketplace.domain.search.store import Hit
from marketplace.domain.search.suggesting import Suggestions, Title
from marketplace.finding import reasons, value_name
from marketplace.money import EXPONENTS

FIELDS = st.text("ABCD", min_size=1, max_size=8)
STANDING = st.integers(0, 1000)


@given(FIELDS, STANDING, STANDING)
def test_standing_helps_but_never_beats_having_the_words_in_the_title(fields: str, low: int, high: int) -> None:
    assert rules.score(fields, max(low, high)) >= rules.score(fields, min(low, high))
    assert rules.score("A" * len(fields), 0) >= rules.score("C" * len(fields), high)
    assert rules.score("C" * len(fields), 0) > rules.score("D" * len(fields), high)


@given(FIELDS, STANDING)
def test_a_word_found_in_a_better_place_ranks_higher(fields: str, quality: int) -> None:
    better = fields.replace("D", "C", 1).replace("B", "A", 1)
    assert rules.score(better, quality) >= rules.score(fields, quality)


def test_each_further_buyer_counts_less_and_time_takes_it_away() -> None:
    points = [rules.popularity(n) for n in (0, 1, 2, 10, 100, 10_000)]
    assert points == sorted(points)
    assert points[0] == 0
    assert points[-1] < 1000
    assert rules.popularity(1) - rules.popularity(0) > rules.popularity(11) - rules.popularity(10)
    assert rules.decayed(timedelta()) == 1
    assert rules.decayed(timedelta(days=30)) == 0.5
    assert rules.decayed(timedelta(days=90)) == 0


@pytest.mark.parametrize(
    ("purchase", "counts"),
    [
        (Purchase(False, False, 2500, 0), True), (Purchase(False, False, 2500, 1250), True),
        (Purchase(False, False, 2500, 1300), False), (Purchase(False, False, 2500, 2500), False),
        (Purchase(True, False, 2500, 0), False), (Purchase(False, True, 2500, 0), False),
        (Purchase(False, False, 0, 0), False),
    ],
)  # fmt: skip
def test_which_purchases_speak_for_a_product(purchase: Purchase, counts: bool) -> None:
    assert rules.counts(purchase) is counts


WORD = st.text("abcdefg", min_size=4, max_size=12)


@given(WORD, st.integers(0, 30), st.sampled_from("zxq"), st.sampled_from(["cut", "swap", "change", "add"]))
def test_one_mistake_leaves_a_form_in_common(word: str, at: int, letter: str, mistake: str) -> None:
    at %= len(word) - 1
    wrong = {
        "cut": word[:at] + word[at + 1 :], "swap": word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        "change": word[:at] + letter + word[at + 1 :], "add": word[:at] + letter + word[at:],
    }[mistake]  # fmt: skip
    assert rules.distance(word, wrong) <= 1
    if len(wrong) >= 4 and wrong != word:
        assert rules.near(word) & rules.near(wrong)
        assert rules.meant(wrong, {word: 3}) == word


def test_the_nearest_and_most_used_word_is_meant() -> None:
    assert rules.meant("potery", {"pottery": 5, "poetry": 50}) == "poetry"
    assert rules.meant("potttery", {"pottery": 5, "lottery": 50}) == "pottery"
    assert rules.meant("potery", {"watercolour": 5}) == ""
    assert rules.distance("abcd", "abcd") == 0


def test_quotes_and_operators_stay_inside_a_lexeme() -> None:
    term = Term("x", (("it's", "a\\b"), ("c",)))
    assert term.query("t ") == "('t it''s' & 't a\\\\b') | ('t c')"
    assert rules.all_of([term], "", {"topic": "bread"}) == "(('it''s' & 'a\\\\b') | ('c')) & 'o bread'"


@given(st.dictionaries(st.sampled_from([*rules.FACETS, "q", "sort", "key", "exact", "x"]), st.text(max_size=60)))
def test_any_address_is_a_search_and_its_own_address_the_same(parameters: dict[str, str]) -> None:
    first = rules.asked(parameters)
    assert first.sort in ("", *rules.SORTS)
    assert first.address().startswith("/search")
    assert rules.asked({"q": first.query, **first.chosen, "sort": first.sort}).filters == first.filters


def test_keys_are_of_their_own_order_and_nothing_else() -> None:
    id = uuid4()
    key = rules.to_key("price-down", 1500, id)
    assert rules.from_key(key, "price-down") == (1500, id)
    for other in (key + "0", key.upper(), "", "best.1", f"best.{10**30}.{id.hex}", f"best.1.{id.hex[:-1]}"):
        assert rules.from_key(other, "best") is None
    assert rules.from_key(key, "price") is None


@pytest.mark.parametrize("currency", EXPONENTS)
def test_every_price_is_in_one_range(currency: str) -> None:
    for amount in (1, *rules.price_steps(currency), 10**9):
        found = rules.price_range(rules.price_value(amount, currency))
        assert found is not None
        assert found[1] <= amount
        assert not found[2] or amount < found[2]
    assert rules.price_value(0, currency) == "free"
    assert value_name("price", "usd-2") == "$10 to $25"
    assert value_name("price", "nonsense-9") == "nonsense-9"


@pytest.mark.parametrize(
    ("counted", "complete", "said"),
    [
        (0, True, (0, False)),
        (999, True, (999, False)),
        (1567, False, (1000, True)),
        (437, False, (400, True)),
        (7, False, (7, True)),
    ],
)
def test_counts_are_exact_or_say_that_there_are_more(counted: int, complete: bool, said: tuple[int, bool]) -> None:
    assert rules.within(counted, complete) == said


def test_synonyms_are_symmetric_and_every_topic_is_one() -> None:
    for topic, groups in synonyms.BUILT_IN.items():
        assert topic in TOPICS or topic == "anything"
        for group in groups:
            for word in group:
                assert word == word.lower()
                assert all(word in synonyms.alike(other) for other in group if other != word)
    assert synonyms.alike("rusk", [["rusk", "zwieback"]]) == ["zwieback"]
    assert synonyms.tidy_group(" Rusk,  dry   BREAD ,,rusk") == ["rusk", "dry bread"]
    assert synonyms.tidy_group("خبز، رغيف,パン、麺麭，面包") == ["خبز", "رغيف", "パン", "麺麭", "面包"]


def test_a_result_says_why_it_is_there() -> None:
    hit = Hit(uuid4(), 0, "ADA", 42, 1000, 0)
    assert reasons(hit, Asked("a b c"), ("wheel", "glaze", "clay")) == [
        "In the title: “wheel”, “clay”", "In the description or what is spoken: “glaze”",
        "42 people bought it in the last three months", "It is new this month",
    ]  # fmt: skip
    assert reasons(Hit(uuid4(), 0, "", 2, 100, 0), Asked(sort="price"), ()) == ["You sorted by the lowest price"]


def test_suggestions_are_addresses() -> None:
    found = Suggestions(
        ("a & b",), ("bread",), (("Mara", "mara"),), (Title("A bowl", "a-bowl", "course", "Mara", "mara"),)
    )
    assert [item["href"] for item in _items(found)] == [
        "/search?q=a+%26+b", "/search?topic=bread", "/creators/mara", "/courses/a-bowl",
    ]  # fmt: skip
