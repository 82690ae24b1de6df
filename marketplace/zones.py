"""Time zones: days and times that people type in their own zone, and instants. Pure.

A time that a clock skips in spring is taken as the same time after the jump. One that it shows twice in autumn is the
first of both, or the ``later`` one where that is kinder (a deadline).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from marketplace.errors import Invalid
from marketplace.i18n import _, date_words

_NOT_PLACES = ("Etc/", "SystemV/", "US/", "posix/", "right/")


@cache
def names() -> tuple[str, ...]:
    """What people choose from: UTC, and the places."""
    return ("UTC", *sorted(n for n in available_timezones() if "/" in n and not n.startswith(_NOT_PLACES)))


def known(name: str) -> str:
    """The zone's name, or ``Invalid``. Names that browsers give for the same places are fine, too."""
    if len(name) > 64 or name not in available_timezones() or name.startswith(("posix/", "right/")):
        raise Invalid("Choose a time zone from the list.", field="time_zone")
    return name


def zone(name: str) -> ZoneInfo:
    """UTC for an empty name, and for one that this machine doesn't know."""
    try:
        return ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def instant(wall: datetime, name: str, *, later: bool = False) -> datetime:
    """The moment, in UTC, at which clocks in this zone show ``wall``."""
    return wall.replace(tzinfo=zone(name), fold=1 if later and not _skipped(wall, name) else 0).astimezone(UTC)


def _skipped(wall: datetime, name: str) -> bool:
    return wall.replace(tzinfo=zone(name)).astimezone(UTC).astimezone(zone(name)).replace(tzinfo=None) != wall


def wall(at: datetime, name: str) -> datetime:
    """What clocks in this zone show, without a zone."""
    return at.astimezone(zone(name)).replace(tzinfo=None, fold=0)


def day_of(at: datetime, name: str) -> date:
    return wall(at, name).date()


def end_of(day: date, name: str) -> datetime:
    """The last minute of a day: 23:59."""
    return instant(datetime.combine(day, time(23, 59)), name, later=True)


def days_later(at: datetime, days: int, name: str) -> date:
    """The day so many days after the one that ``at`` is in."""
    return day_of(at, name) + timedelta(days=days)


def said(at: datetime, *, own: str, course: str, day_only: bool = False) -> str:
    """“3 May 2027 at 18:00”, in the reader's zone, and in the course's where clocks there show something else."""
    mine = wall(at, own or course)
    words = _words(mine, day_only)
    theirs = wall(at, course)
    if not own:
        return (
            words
            if course == "UTC" and words == _day(mine)
            else _("{day} ({place})").format(day=words, place=_place(course))
        )
    if theirs == mine or (day_only and theirs.date() == mine.date()):
        return words
    return _("{day} your time ({other} in {place})").format(
        day=words, other=_words(theirs, day_only), place=_place(course)
    )


def _words(shown: datetime, day_only: bool) -> str:
    return (
        _day(shown)
        if day_only or shown.time() == time()
        else _("{day} at {time}").format(day=_day(shown), time=f"{shown:%H:%M}")
    )


def _day(at: datetime) -> str:
    return date_words(at, "d MMMM y")


def _place(name: str) -> str:
    return name.replace("_", " ")


def options(chosen: Iterable[str] = ()) -> list[tuple[str, str]]:
    """``(name, label)`` for a drop-down, with what is chosen though it isn't offered."""
    extra = [name for name in chosen if name and name not in names()]
    return [(name, _place(name)) for name in (*extra, *names())]
