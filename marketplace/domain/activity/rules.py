"""Days in a row. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

WEEKS = 12
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Streak:
    """``current``: days in a row up to today, or up to yesterday while today is still open. ``today``: learned already.
    ``week``: days of this week, from Monday."""

    current: int
    longest: int
    today: bool
    week: int


def streak(days: Collection[date], today: date) -> Streak:
    """Days after today (somebody flew west) count from when they come."""
    past = {day for day in days if day <= today}
    last = today if today in past else today - _DAY
    current = _run(past, last)
    longest = max((_run(past, day) for day in past if day + _DAY not in past), default=0)
    monday = today - timedelta(days=today.weekday())
    return Streak(current, longest, today in past, sum(day >= monday for day in past))


def _run(days: Collection[date], last: date) -> int:
    length = 0
    while last in days:
        length, last = length + 1, last - _DAY
    return length


def weeks(days: Collection[date], today: date, count: int = WEEKS) -> list[list[tuple[date, bool]]]:
    """The last weeks, each from Monday; the present one ends today."""
    monday = today - timedelta(days=today.weekday() + 7 * (count - 1))
    found = []
    for week in range(count):
        row = [monday + timedelta(days=7 * week + n) for n in range(7)]
        found.append([(day, day in days) for day in row if day <= today])
    return found
