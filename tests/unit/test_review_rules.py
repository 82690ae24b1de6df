"""Who may review, what a review may say, and what stars come to."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.reviews import rules
from marketplace.domain.reviews.rules import Facts, Rating, clean_words, standing
from marketplace.domain.search import rules as search
from marketplace.errors import Invalid

HAS_USED = Facts(signed_in=True, is_creator=False, is_partner=False, has_grant=True, used=True)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, "may"), ({"used": False}, "not_used"), ({"has_grant": False}, "not_owned"),
        ({"has_grant": False, "used": False, "is_partner": True}, "not_owned"), ({"is_partner": True}, "partner"),
        ({"is_creator": True}, "own"), ({"signed_in": False}, "signed_out"),
    ],
)  # fmt: skip
def test_who_has_it_and_used_it_and_earns_nothing_with_it_may(changes: dict[str, bool], found: str) -> None:
    facts = Facts(**{name: changes.get(name, getattr(HAS_USED, name)) for name in Facts.__slots__})
    assert standing(facts) == found
    assert bool(rules.why_not(standing(facts))) is (found != "may")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  ", ""), ("Ten signs!", "Ten signs!"), ("one\r\n\r\n\r\n\r\ntwo lines", "one\n\ntwo lines"),
        ("right\u202e to left \u2066x", "right to left x"), ("zero\u0000 and \u0007bell", "zero and bell"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)  # fmt: skip
def test_words_are_plain_text(typed: str, kept: str) -> None:
    assert clean_words(typed) == kept


@pytest.mark.parametrize("typed", ["too short", "x" * 2001, "x" * 500_000])
def test_a_few_signs_and_too_many_are_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean_words(typed)
    assert refused.value.field == "words"


@pytest.mark.parametrize("stars", [-1, 0, 6])
def test_there_are_one_to_five_stars(stars: int) -> None:
    with pytest.raises(Invalid):
        rules.clean_stars(stars)


@pytest.mark.parametrize(
    ("given_", "shown", "telling"), [([], "", False), ([5, 4], "4.5", False), ([5, 5, 4], "4.7", True),
                                     ([4, 4, 4, 3], "3.8", True), ([1, 1, 2], "1.3", True)],
)  # fmt: skip
def test_the_average_has_one_decimal_and_tells_from_three_on(given_: list[int], shown: str, telling: bool) -> None:
    rating = Rating(len(given_), sum(given_))
    assert (rating.words, rating.telling) == (shown, telling)


@given(st.lists(st.integers(1, 5), max_size=60))
def test_ratings_move_the_standing_the_way_they_point_and_few_hardly(stars: list[int]) -> None:
    points = search.rated(len(stars), sum(stars))
    assert -600 < points < 200
    assert (points > 0) <= (sum(stars) > 4 * len(stars))
    assert (points < 0) <= (sum(stars) < 4 * len(stars))
    assert search.rated(len(stars) + 1, sum(stars) + 5) >= points
    assert 0 <= search.quality(900, 1000, points) <= 1000


def test_one_rating_is_worth_little_and_many_up_to_two_hundred_points() -> None:
    assert [search.rated(n, 5 * n) for n in (0, 1, 3, 30, 3000)] == [0, 18, 46, 150, 199]
    assert search.rated(1, 1) == -54


def test_reviews_of_new_accounts_count_later_or_three_a_day() -> None:
    week, month = timedelta(days=7), timedelta(days=30)
    assert not search.speaks(search.Review(week - timedelta(seconds=1), 0))
    assert [search.speaks(search.Review(week, n)) for n in (0, 2, 3, 9)] == [True, True, False, False]
    assert search.speaks(search.Review(month, 9))


def test_who_has_four_stars_has_three_as_well() -> None:
    assert search.at_least({"4": 2, "3": 5, "none": 9}) == {"4": 2, "3": 7}
    assert search.at_least({"3": 1}) == {"3": 1}
    assert search.at_least({"none": 4}) == {}
    assert [search.rating_value(n, tenths) for n, tenths in ((3, 40), (3, 39), (9, 29), (2, 50))] == [
        "4", "3", "none", "none",
    ]  # fmt: skip
