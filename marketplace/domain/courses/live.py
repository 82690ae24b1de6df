"""A live session in a lesson: when it is, how to join, and at what moment who may know the way. Pure."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict

from marketplace import text
from marketplace.errors import Invalid, Missing
from marketplace.i18n import _

DOORS_OPEN = timedelta(minutes=15)
MAX_MINUTES, MAX_ABOUT, MAX_LINK = 12 * 60, 4_000, 500
Stage = Literal["upcoming", "now", "over"]


class Session(BaseModel):
    """``day`` and ``clock`` are what the calendar and the clock say in ``zone``, as its creator typed them: should a
    country move its clocks differently, the session stays at the hour that was promised."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    day: date | None = None
    clock: time | None = None
    zone: str = "UTC"
    minutes: int = 60
    link: str = ""
    about: str = ""

    @property
    def starts(self) -> datetime | None:
        """In UTC; an hour that the clocks skip is the one after."""
        if self.day is None or self.clock is None:
            return None
        return datetime.combine(self.day, self.clock, ZoneInfo(self.zone)).astimezone(UTC)

    @property
    def ends(self) -> datetime | None:
        return self.starts + timedelta(minutes=self.minutes) if self.starts else None


def stage(session: Session, at: datetime) -> Stage:
    """``now`` from when the doors open, which is before it begins, until it ends."""
    if session.starts is None or session.ends is None or at < session.starts - DOORS_OPEN:
        return "upcoming"
    return "now" if at < session.ends else "over"


def way_in(session: Session, at: datetime) -> str:
    """The link, at the moments when it may be known; else nothing."""
    return session.link if stage(session, at) == "now" else ""


def problem(session: Session) -> str:
    """What keeps it from being published."""
    if session.starts is None:
        return _("the live session has no date and time yet.")
    return "" if session.link else _("the live session has no link to join yet.")


def zone_or_utc(name: str) -> str:
    return name if name in available_timezones() else "UTC"


def write(session: Session, field: str, words: str, place: str) -> Session:
    """What was typed into a field. Raises ``Invalid``, naming ``place``."""
    words = words.strip()
    match field:
        case "day" | "clock":
            try:
                read = date.fromisoformat if field == "day" else time.fromisoformat
                value: object = read(words) if words else None
            except ValueError as error:
                if field == "day":
                    raise Invalid("Choose a day from the calendar.", field=place) from error
                raise Invalid("Choose a time such as 18:30.", field=place) from error
            if isinstance(value, date) and not 2020 <= value.year <= 2100:
                raise Invalid("Choose a day in this century.", field=place)
            if isinstance(value, time):
                value = value.replace(second=0, microsecond=0, tzinfo=None)
        case "zone":
            if words not in available_timezones():
                raise Invalid("Choose a time zone from the list, such as Europe/Madrid.", field=place)
            value = words
        case "minutes":
            if not (words.isascii() and words.isdigit() and len(words) < 5 and 5 <= int(words) <= MAX_MINUTES):
                raise Invalid("A whole number of minutes from 5 to {most}.", field=place, most=MAX_MINUTES)
            value = int(words)
        case "link":
            value = https(words, place)
        case "about":
            value = text.clean_text(words, limit=MAX_ABOUT, field=place, label="The description")
        case _:
            raise Missing
    return session.model_copy(update={field: value})


def https(words: str, place: str) -> str:
    """An address to join at. Only https: what is said in the session is nobody else's."""
    if not words:
        return ""
    wrong = Invalid("Paste the whole link; it begins with https://.", field=place)
    try:
        parts = urlsplit(words)
        host = parts.hostname or ""
    except ValueError as error:
        raise wrong from error
    if len(words) > MAX_LINK or parts.scheme != "https" or "." not in host or parts.username is not None:
        raise wrong
    if any(c.isspace() or not c.isprintable() or c in '<>"\\' for c in words):
        raise wrong
    return words


def calendar(session: Session, *, uid: str, title: str, url: str, at: datetime) -> str:
    """An entry for calendars (RFC 5545). It leads to the lesson, never straight into the session."""
    assert session.starts is not None
    assert session.ends is not None
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Courses//Live sessions//EN", "BEGIN:VEVENT", f"UID:{uid}",
        f"DTSTAMP:{_stamp(at)}", f"DTSTART:{_stamp(session.starts)}", f"DTEND:{_stamp(session.ends)}",
        f"SUMMARY:{_escaped(title)}", f"DESCRIPTION:{_escaped(url)}", f"URL:{url}", "BEGIN:VALARM", "ACTION:DISPLAY",
        f"DESCRIPTION:{_escaped(title)}", "TRIGGER:-PT15M", "END:VALARM", "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(words: str) -> str:
    return re.sub(r"([\\;,])", r"\\\1", words).replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> str:
    """At most 75 octets in a line, and no sign of several octets cut in two."""
    rows, row = [], ""
    for sign in line:
        if len((row + sign).encode()) > 74:
            rows.append(row)
            row = ""
        row += sign
    return "\r\n ".join([*rows, row])
