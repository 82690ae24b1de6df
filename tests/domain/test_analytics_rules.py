"""Which days a period has, what it is compared with, who counts as a visitor, and where columns are drawn."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace import sheets
from marketplace.charting import chart, scale
from marketplace.domain.analytics import rules
from marketplace.domain.analytics.rules import Span, Totals
from marketplace.errors import Invalid

TODAY = date(2026, 10, 11)
DAYS = st.dates(date(2001, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("period", "start", "days", "before"),
    [
        ("7d", date(2026, 10, 5), 7, date(2026, 9, 28)), ("30d", date(2026, 9, 12), 30, date(2026, 8, 13)),
        ("90d", date(2026, 7, 14), 90, date(2026, 4, 15)), ("12m", date(2025, 11, 1), 345, date(2024, 11, 1)),
    ],
)  # fmt: skip
def test_periods_end_today_and_are_compared_with_as_many_days(
    period: str, start: date, days: int, before: date
) -> None:
    span = rules.span_of(period, TODAY, first=None)
    assert (span.start, span.last, span.days) == (start, TODAY, days)
    then = rules.before(period, span)
    assert then is not None
    assert then.start == before
    if period == "12m":
        assert then.end == date(2025, 10, 12)
    else:
        assert (then.days, then.end) == (span.days, span.start)


def test_all_begins_with_the_first_sale_and_is_compared_with_nothing() -> None:
    span = rules.span_of("all", TODAY, first=date(2023, 2, 3))
    assert (span.start, span.last) == (date(2023, 2, 3), TODAY)
    assert rules.before("all", span) is None
    assert rules.span_of("all", TODAY, first=None).days == 1


def test_own_days() -> None:
    span = rules.span_of("custom", TODAY, first=None, start="2026-02-01", end="2030-01-01")
    assert (span.start, span.last) == (date(2026, 2, 1), TODAY)
    assert rules.before("custom", Span(date(1, 1, 2), date(2, 1, 1))) is None


@pytest.mark.parametrize(
    ("start", "end"),
    [("", ""), ("2026-02-01", ""), ("2026-02-30", "2026-03-01"), ("2026-03-02", "2026-03-01"), ("2027-01-01", "2027-02-01"),
     ("0001-01-01", "2026-01-01"), ("x" * 10, "2026-01-01")],
)  # fmt: skip
def test_days_that_make_no_sense_are_refused_with_a_sentence(start: str, end: str) -> None:
    with pytest.raises(Invalid, match=r"\.$"):
        rules.span_of("custom", TODAY, first=None, start=start, end=end)


@given(DAYS, st.integers(1, 900), st.sampled_from(rules.GRAINS))
def test_buckets_cover_every_day_once(start: date, days: int, grain: rules.Grain) -> None:
    span = Span(start, start + timedelta(days=days))
    found = rules.buckets(span, grain)
    assert found[0] <= span.start
    assert found[-1] <= span.last < rules.next_bucket(found[-1], grain)
    assert all(rules.next_bucket(a, grain) == b for a, b in pairwise(found))
    assert rules.bucket(span.last, grain) == found[-1]
    assert len(rules.buckets(span, rules.readable(span, grain))) <= rules.MOST_COLUMNS


@given(DAYS, st.integers(0, 900))
def test_whole_months_and_the_days_around_them_are_the_span(start: date, days: int) -> None:
    span = Span(start, start + timedelta(days=days))
    months = rules.whole_months(span)
    if months.days == 0:
        assert months.start == span.end
    else:
        assert span.start <= months.start < months.end <= span.end
        assert months.start.day == months.end.day == 1
        assert (months.start - span.start).days < 31
        assert (span.end - months.end).days < 31


def test_a_day_is_utc() -> None:
    assert rules.day_of(datetime(2026, 3, 1, 1, tzinfo=timezone(timedelta(hours=5)))) == date(2026, 2, 28)
    assert rules.day_of(datetime(2026, 3, 1, 1, tzinfo=UTC)) == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("now", "before", "change"), [(150, 100, 50), (0, 100, -100), (5, 0, None), (-50, 100, -150), (50, -100, 150)]
)
def test_change(now: int, before: int, change: int | None) -> None:
    assert rules.change(now, before) == change


def test_conversion_is_of_visitors() -> None:
    assert Totals(buyers=3, visitors=200).conversion == Decimal("1.5")
    assert Totals(buyers=3).conversion is None


@pytest.mark.parametrize(
    ("agent", "person"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36", True),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1", True),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", True),
        ("Mozilla/5.0 (Linux; Android 14; CUBOT KINGKONG) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", True),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", False),
        ("Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/140.0", False),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/140.0 Safari/537.36", False),
        ("facebookexternalhit/1.1", False), ("Mozilla/5.0 (compatible; AhrefsBot/7.0)", False), ("curl/8.5.0", False),
        ("python-httpx/0.28", False), ("WhatsApp/2.23", False), ("", False),
    ],
)  # fmt: skip
def test_robots_are_no_visitors(agent: str, person: bool) -> None:
    assert rules.is_person(agent) is person


def test_a_visitor_is_another_one_tomorrow() -> None:
    one = rules.visitor_digest("monday", "10.0.0.1", "Firefox")
    assert one == rules.visitor_digest("monday", "10.0.0.1", "Firefox")
    assert len({one, rules.visitor_digest("tuesday", "10.0.0.1", "Firefox"), rules.visitor_digest("monday", "10.0.0.2", "Firefox"), rules.visitor_digest("monday", "10.0.0.1", "Chrome")}) == 4  # fmt: skip
    assert rules.visitor_digest("s", "1.2.3.4", "\ud800")


@pytest.mark.parametrize(
    ("typed", "query"),
    [("Ann", "ann:*"), ("ann.b@example.com", "ann:* & b:* & example:* & com:*"), ("' | & !", ""), ("a:b <-> c", "a:* & b:* & c:*"), ("", "")],
)  # fmt: skip
def test_what_is_typed_is_words_and_nothing_else(typed: str, query: str) -> None:
    assert rules.search_words(typed) == query


@given(st.lists(st.integers(-(10**9), 10**9), max_size=40), st.lists(st.integers(-(10**9), 10**9), max_size=40))
def test_columns_stay_inside_the_chart(values: list[int], compared: list[int]) -> None:
    drawn = chart(values, compared)
    for bar, value in zip(drawn.bars, values, strict=True):
        assert -0.001 <= bar.y <= bar.y + bar.height <= 100.001
        assert 0 <= bar.left <= bar.x <= bar.x + bar.width <= bar.left + bar.room <= 100.001
        zero = drawn.scale.above(0)
        assert (bar.y if value < 0 else bar.y + bar.height) == pytest.approx(zero)
    assert all(-0.001 <= drawn.scale.above(value) <= 100.001 for value in compared[: len(values)])
    assert len(drawn.marks) <= 5
    lines = drawn.scale.lines
    assert 2 <= len(lines) <= 7
    assert 0 in lines
    assert str(drawn.scale.step).rstrip("0") in ("1", "2", "5")


def test_the_scale_is_round() -> None:
    assert scale([120, 433]).lines == [0, 200, 400, 600]
    assert scale([-30, 80]).lines == [-50, 0, 50, 100]
    assert scale([]).lines == [0, 1]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"])
def test_text_never_becomes_a_formula(text: str) -> None:
    (row,) = csv.reader(io.StringIO(sheets.line([text, 1]), newline=""))
    assert row == ["'" + text, "1"]


def test_numbers_stay_numbers_and_text_keeps_its_signs() -> None:
    written = sheets.line([sheets.amount(-1250, "usd"), sheets.amount(300, "jpy"), 'A "b", c;=d', "Ann", None])
    assert written == '-12.50,300,"A ""b"", c;=d","Ann",""\r\n'
