"""When a lesson opens and is due, as a course's file says it. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any, Protocol
from uuid import UUID

from marketplace import zones
from marketplace.domain.courses.outline import MAX_DAYS
from marketplace.domain.courses.plain_yaml import Value
from marketplace.domain.courses.terms import MAX_LESSON_NEEDS
from marketplace.errors import Invalid
from marketplace.ids import parse_id

_FILE = "course.yaml"


class Ruled(Protocol):
    """A lesson, or what stands for it in a file."""

    @property
    def after_days(self) -> int: ...
    @property
    def opens_at(self) -> datetime | None: ...
    @property
    def needs(self) -> tuple[UUID, ...]: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def due_days(self) -> int: ...
    @property
    def due_hard(self) -> bool: ...


def written(lesson: Ruled, name: str) -> dict[str, Any]:
    return {
        "after_days": lesson.after_days, "opens_at": _shown(lesson.opens_at, name),
        "needs": [str(need) for need in lesson.needs], "due_at": _shown(lesson.due_at, name),
        "due_days": lesson.due_days, "due_hard": lesson.due_hard,
    }  # fmt: skip


def _shown(at: datetime | None, name: str) -> str:
    """A day alone is its first minute. A time that clocks show twice is written in UTC, so that it stays what it is."""
    if at is None:
        return ""
    wall = zones.wall(at, name)
    if zones.instant(wall, name) != at or zones.instant(wall, name, later=True) != at:
        return at.astimezone(UTC).isoformat()
    if wall.time() == time():
        return wall.date().isoformat()
    return wall.isoformat(timespec="auto" if wall.second or wall.microsecond else "minutes")


def zone(typed: str) -> str:
    try:
        return zones.known(typed) if typed else "UTC"
    except Invalid as error:
        raise Invalid("{file}: “time_zone” must be a name such as Europe/Berlin.", file=_FILE) from error


def read(lesson: dict[str, Value], name: str) -> dict[str, Any]:
    return {
        "after_days": _days(lesson, "after_days"), "opens_at": _at(lesson, "opens_at", name), "needs": _needs(lesson),
        "due_at": _at(lesson, "due_at", name), "due_days": _days(lesson, "due_days"),
    }  # fmt: skip


def _line(lesson: dict[str, Value], field: str) -> str:
    value = lesson.get(field, "")
    if not isinstance(value, str):
        raise Invalid("{file}: “{name}” must be one line of text.", file=_FILE, name=field)
    return value


def _days(lesson: dict[str, Value], field: str) -> int:
    typed = _line(lesson, field) or "0"
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 5 and int(typed) <= MAX_DAYS):
        raise Invalid(
            "{file}: “{name}” must be a whole number from 0 to {most}.", file=_FILE, name=field, most=MAX_DAYS
        )
    return int(typed)


def _at(lesson: dict[str, Value], field: str, name: str) -> datetime | None:
    typed = _line(lesson, field)
    if not typed:
        return None
    try:
        found = datetime.fromisoformat(typed)
        return found.astimezone(UTC) if found.tzinfo else zones.instant(found, name)
    except (ValueError, OverflowError) as error:
        raise Invalid(
            "{file}: “{name}” must be a day such as 2027-03-01, or one with a time: 2027-03-01T18:00.",
            file=_FILE,
            name=field,
        ) from error


def _needs(lesson: dict[str, Value]) -> tuple[UUID, ...]:
    value = lesson.get("needs") or []
    row = value if isinstance(value, list) else [value]
    found = [parse_id(each) if isinstance(each, str) else None for each in row]
    if None in found or len(found) > MAX_LESSON_NEEDS:
        raise Invalid(
            "{file}: “needs” must be a list of at most {most} ids of lessons.", file=_FILE, most=MAX_LESSON_NEEDS
        )
    return tuple(dict.fromkeys(each for each in found if each is not None))
