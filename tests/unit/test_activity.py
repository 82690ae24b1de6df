"""Days in a row."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.activity import rules

TODAY = date(2026, 3, 12)  # a Thursday


def ago(*days: int) -> set[date]:
    return {TODAY - timedelta(days=n) for n in days}


def test_today_is_open_until_it_is_over() -> None:
    assert rules.streak(ago(1, 2, 3), TODAY) == rules.Streak(3, 3, False, 3)
    assert rules.streak(ago(0, 1, 2), TODAY) == rules.Streak(3, 3, True, 3)
    assert rules.streak(ago(2, 3, 4, 5), TODAY) == rules.Streak(0, 4, False, 2)
    assert rules.streak(ago(-1), TODAY) == rules.Streak(0, 0, False, 0)  # tomorrow, of who flew west
    assert rules.streak((), TODAY) == rules.Streak(0, 0, False, 0)


@given(st.sets(st.integers(0, 60)), st.integers(0, 60))
def test_learning_never_shortens_a_streak(days: set[int], more: int) -> None:
    before, after = rules.streak(ago(*days), TODAY), rules.streak(ago(*days, more), TODAY)
    assert after.current >= before.current
    assert after.longest >= before.longest >= before.current


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_weeks_begin_on_monday_and_end_today(today: date) -> None:
    shown = rules.weeks({today}, today)
    assert len(shown) == rules.WEEKS
    assert all(week[0][0].weekday() == 0 for week in shown)
    assert shown[-1][-1] == (today, True)
    assert sum(hit for week in shown for _day, hit in week) == 1
