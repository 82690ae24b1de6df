"""Pure decisions about notes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from marketplace import text

MAX_WORDS, MAX_NOTES, MAX_SEARCH = 5_000, 2_000, 100


def place(position_s: float | None, seconds: int | None) -> int | None:
    """A whole second within the video; None for what belongs to the lesson as a whole."""
    if position_s is None or not seconds or not math.isfinite(position_s):
        return None
    return int(max(0, min(position_s, seconds)))


def clean(words: str) -> str:
    return text.clean_text(words, limit=MAX_WORDS, field="note", label="A note")


def pattern(wanted: str) -> str:
    """What was searched for, as a pattern of LIKE that finds exactly this."""
    escaped = wanted.strip()[:MAX_SEARCH].replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%" if escaped else ""


def clock(seconds: int) -> str:
    """2:14, or 1:02:14."""
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


@dataclass(frozen=True, slots=True)
class Told:
    """A note as it is exported. ``link`` leads to its place."""

    lesson: str
    at_s: int | None
    bookmark: bool
    words: str
    link: str


def markdown(title: str, notes: Sequence[Told]) -> str:
    """All notes of a course as one Markdown text, under the names of their lessons."""
    parts = [f"# {_line(title)}"]
    lesson = None
    for note in notes:
        if note.lesson != lesson:
            lesson = note.lesson
            parts.append(f"## {_line(lesson)}")
        parts.append(_item(note))
    return "\n\n".join(parts) + "\n"


def _item(note: Told) -> str:
    at = "" if note.at_s is None else f"[{clock(note.at_s)}]({note.link}) "
    lines = note.words.split("\n") if note.words else ["★" if note.bookmark else ""]
    return "\n".join(_indented([f"- {at}{lines[0]}".rstrip(), *lines[1:]]))


def _indented(lines: Iterable[str]) -> list[str]:
    """The lines after the first belong to the same point of the list."""
    first, *rest = lines
    return [first, *(f"  {line}" if line else "" for line in rest)]


def _line(words: str) -> str:
    return " ".join(words.split())
