"""Pure decisions of analytics: which days a period has, what to compare it with, who counts as a visitor."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal

from marketplace.errors import Invalid

Grain = Literal["day", "week", "month"]
GRAINS: tuple[Grain, ...] = ("day", "week", "month")
PERIODS = ("7d", "30d", "90d", "12m", "all", "custom")
DEFAULT_PERIOD = "30d"
LONGEST = 366 * 20  # days
MOST_COLUMNS = 100  # a chart with more can't be read

_DAYS = {"7d": 7, "30d": 30, "90d": 90}
_STEP = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Days (UTC), from ``start`` up to and without ``end``."""

    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def last(self) -> date:
        return self.end - _STEP


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of events. Amounts in minor units of one currency."""

    sales: int = 0
    units: int = 0
    buyers: int = 0
    gross_minor: int = 0
    net_minor: int = 0
    discount_minor: int = 0
    refunds: int = 0
    refunded_minor: int = 0
    refunded_net_minor: int = 0
    shares: int = 0
    shared_minor: int = 0
    shared_back_minor: int = 0
    visitors: int = 0

    @property
    def kept_minor(self) -> int:
        """What is the creator's, refunds taken off: of own sales, and of others' that they share in."""
        return self.net_minor - self.refunded_net_minor + self.partner_minor

    @property
    def partner_minor(self) -> int:
        """The part of it that came by shares of others' products."""
        return self.shared_minor - self.shared_back_minor

    @property
    def conversion(self) -> Decimal | None:
        """New buyers in percent of visitors, one decimal; None when nobody was there."""
        return percent(self.buyers, self.visitors)


def added(parts: Iterable[Totals]) -> Totals:
    """The totals of days, weeks or months together."""
    sums = dict.fromkeys((field.name for field in fields(Totals)), 0)
    for part in parts:
        for name in sums:
            sums[name] += getattr(part, name)
    return Totals(**sums)


def day_of(at: datetime) -> date:
    return at.astimezone(UTC).date()


def percent(part: int, whole: int) -> Decimal | None:
    if whole <= 0:
        return None
    return (Decimal(part) * 100 / whole).quantize(Decimal("0.1"), rounding=ROUND_HALF_EVEN)


def change(now: int, before: int) -> int | None:
    """Percent by which ``now`` is more than ``before``; None when there is nothing to compare with."""
    if before == 0:
        return None
    return int((Decimal(now - before) * 100 / abs(before)).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def span_of(period: str, today: date, *, first: date | None, start: str = "", end: str = "") -> Span:
    """The days of a period that ends today; ``first`` is the first day with anything in it.

    Raises ``Invalid`` when a period of one's own makes no sense.
    """
    until = today + _STEP
    if period in _DAYS:
        return Span(until - timedelta(days=_DAYS[period]), until)
    if period == "12m":
        return Span(_months_before(today.replace(day=1), 11), until)
    if period == "custom":
        return _custom(start, end, today)
    return Span(min(first or today, today), until)


def _custom(start: str, end: str, today: date) -> Span:
    try:
        first, last = date.fromisoformat(start), date.fromisoformat(end)
    except ValueError:
        raise Invalid("Choose a first and a last day.", field="period") from None
    if first > last:
        raise Invalid("The first day comes after the last one.", field="period")
    last = min(last, today)
    if first > last:
        raise Invalid("That is in the future.", field="period")
    if (last - first).days >= LONGEST:
        raise Invalid("Choose at most twenty years.", field="period")
    return Span(first, last + _STEP)


def before(period: str, span: Span) -> Span | None:
    """What to compare with: as many days just before, or for twelve months the same days a year earlier."""
    if period == "all":
        return None
    if period == "12m":
        return Span(_months_before(span.start, 12), _months_before(span.end, 12))
    try:
        return Span(span.start - timedelta(days=span.days), span.start)
    except OverflowError:
        return None


def _months_before(day: date, months: int) -> date:
    """The same day that many months earlier, or the last one of a month that is shorter."""
    index = day.year * 12 + day.month - 1 - months
    first = date(index // 12, index % 12 + 1, 1)
    return min(first + timedelta(days=day.day - 1), next_bucket(first, "month") - _STEP)


def usual_grain(span: Span) -> Grain:
    if span.days <= 45:
        return "day"
    return "week" if span.days <= 200 else "month"


def readable(span: Span, grain: Grain) -> Grain:
    """The grain asked for, or the next coarser one that a chart can show."""
    for wanted in GRAINS[GRAINS.index(grain) :]:
        if len(buckets(span, wanted)) <= MOST_COLUMNS:
            return wanted
    return "month"


def bucket(day: date, grain: Grain) -> date:
    """The first day of the week (Monday) or month that ``day`` is in."""
    if grain == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if grain == "month" else day


def next_bucket(start: date, grain: Grain) -> date:
    if grain == "month":
        return (start + timedelta(days=32)).replace(day=1)
    return start + timedelta(days=7 if grain == "week" else 1)


def buckets(span: Span, grain: Grain) -> list[date]:
    """First days of all buckets that a span touches; the first one may begin before it."""
    found, at = [], bucket(span.start, grain)
    while at < span.end:
        found.append(at)
        at = next_bucket(at, grain)
    return found


def whole_months(span: Span) -> Span:
    """The whole months inside a span; empty (start = end) when there are none."""
    start = bucket(span.start, "month")
    start = start if start == span.start else next_bucket(start, "month")
    end = bucket(span.end, "month")
    return Span(start, end) if start < end else Span(span.end, span.end)


# "bot" in capitals is a brand of telephones.
_ROBOT = re.compile(
    r"[Bb]ot\b|[Bb]ot[/_-]|(?i:crawl|spider|slurp|preview|scan|monitor|headless|lighthouse|prerender|archiver|"
    r"facebookexternal|whatsapp|python|curl|wget|http-?client|feed)"
)


def is_person(user_agent: str) -> bool:
    """Browsers call themselves Mozilla (or Opera), and robots robots."""
    return user_agent.startswith(("Mozilla/", "Opera/")) and not _ROBOT.search(user_agent)


def visitor_digest(salt: str, ip: str, user_agent: str) -> str:
    """One visitor of one day. Without the day's salt, which is deleted, it leads back to nobody."""
    return hashlib.sha256(f"{salt}\0{ip}\0{user_agent}".encode(errors="replace")).hexdigest()[:32]


def search_words(typed: str) -> str:
    """What somebody typed as a full-text query: every word may be the beginning of one. Empty finds everybody."""
    words = re.findall(r"\w+", typed[:200].lower().replace("_", " "))[:8]
    return " & ".join(f"{word}:*" for word in words)
