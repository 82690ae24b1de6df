"""Writing on pictures: in the fonts of the house, as large as there is room."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from marketplace.paper.award import Colour
from marketplace.paper.letters import BOLD, DISPLAY, REGULAR, drawable, letters


@dataclass(frozen=True, slots=True)
class _Set:
    """A line before it is written: its parts from left to right, each with its place."""

    parts: list[tuple[float, str, ImageFont.FreeTypeFont]]
    length: float


class Pen:
    """Writes on an image, in the fonts that have the letters. ``left`` and ``width`` are the column's, in pixels."""

    def __init__(self, image: Image.Image, further: tuple[Path, ...], *, left: float, width: float) -> None:
        self.draw = ImageDraw.Draw(image)
        self._left, self._width = left, width
        self._further = further
        self._known = letters(REGULAR).union(*(letters(path) for path in further))

    def _set(self, text: str, size: int, *, bold: bool = True, display: bool = False) -> _Set:
        """In the first font that has all of it. Where none has (a date in Arabic: our Arabic font has no digits, nor a
        space), each letter in one that has it, words in the order in which they are seen."""
        own = (DISPLAY, BOLD) if display else (BOLD if bold else REGULAR,)
        paths: list[Path] = [*own, *self._further]
        best = _best(text, paths)
        if {ord(c) for c in text} <= letters(best):
            font = ImageFont.truetype(str(best), size)
            return _Set([(0.0, text, font)], font.getlength(text))
        space = ImageFont.truetype(str(own[-1]), size).getlength(" ")
        leftwards = _leftwards(text)
        parts: list[tuple[float, str, ImageFont.FreeTypeFont]] = []
        x = 0.0
        for word in _seen(text.split(), leftwards):
            x += space if parts else 0
            wanted = [_best(word, paths), *paths]
            runs = [("".join(run), path) for path, run in groupby(word, partial(_best, paths=wanted))]
            if _kind(word) == "R" or (leftwards and _kind(word) != "L"):
                runs.reverse()
            for run, path in runs:
                font = ImageFont.truetype(str(path), size)
                parts.append((x, run, font))
                x += font.getlength(run)
        return _Set(parts, x)

    def _length(self, size: int, text: str) -> float:
        """Of a line of a block."""
        return self._set(text, size, display=True).length

    def _write(self, at: tuple[float, float], what: _Set, colour: Colour) -> None:
        for x, text, font in what.parts:
            self.draw.text((at[0] + x, at[1]), text, font=font, fill=colour, anchor="ls")

    def line(
        self, at: tuple[float, float], text: str, size: int, colour: Colour, *, bold: bool = False,
        width: float = 0, centred: bool = False, at_end: bool = False,
    ) -> float:  # fmt: skip
        """One line, smaller if it has to be; returns where it ends. ``width``: of the column unless it is given."""
        width = width or self._width
        shown = drawable(text, self._known)
        line = self._set(shown, size, bold=bold)
        while line.length > width and size > 12:
            size -= 2
            line = self._set(shown, size, bold=bold)
        room = max(0.0, width - line.length)
        x = at[0] + (room if at_end else room / 2 if centred else 0)
        self._write((x, at[1] + size * 0.95), line, colour)
        return at[1] + size * 1.3

    def block(self, y: float, text: str, *, sizes: tuple[int, ...], lines: int, colour: Colour) -> float:
        """In the largest size in which it takes few enough lines; what is longer still ends in an ellipsis."""
        shown = drawable(text, self._known)
        for size in sizes:
            rows = _wrapped(shown, partial(self._length, size), self._width)
            if len(rows) <= lines:
                break
        if len(rows) > lines:
            rows = [*rows[: lines - 1], rows[lines - 1][:-2].rstrip() + "…"]
        for n, row in enumerate(rows):
            self._write((self._left, y + (n * 1.12 + 0.92) * size), self._set(row, size, display=True), colour)
        return y + len(rows) * size * 1.12


def _wrapped(text: str, length: Callable[[str], float], width: float) -> list[str]:
    rows = [""]
    for word in text.split():
        while length(word) > width:  # a word longer than a line
            cut = next(n for n in range(len(word), 0, -1) if length(word[:n]) <= width)
            rows += [word[:cut], ""]
            word = word[cut:]
        joined = f"{rows[-1]} {word}".strip()
        rows = [*rows[:-1], joined] if length(joined) <= width else [*rows, word]
    return [row for row in rows if row] or [""]


def _best(text: str, paths: Sequence[Path]) -> Path:
    """The first font that has all letters of the text, else the one that has most of them."""
    wanted = {ord(c) for c in text if not c.isspace()}
    return max(paths, key=lambda path: (len(wanted & letters(path)), -paths.index(path)))


def _kind(word: str) -> str:
    """``R`` when it is read from right to left, ``L`` from left to right; else a number, or none of these."""
    ways = {unicodedata.bidirectional(c) for c in word}
    if ways & {"R", "AL"}:
        return "R"
    return "L" if "L" in ways else "number" if ways & {"EN", "AN"} else ""


def _leftwards(text: str) -> bool:
    """Whether its first word with a direction is read from right to left."""
    return next((kind for word in text.split() if (kind := _kind(word)) in ("L", "R")), "L") == "R"


def _seen(words: Sequence[str], leftwards: bool) -> list[str]:
    """Words from left to right. What is read the other way in between stays together, with numbers that follow it."""
    inner = "L" if leftwards else "R"
    groups: list[list[str]] = []
    n = 0
    while n < len(words):
        end = n + 1
        if _kind(words[n]) == inner:
            for at in range(n + 1, len(words)):
                kind = _kind(words[at])
                if kind in (inner, "number"):
                    end = at + 1
                elif kind:
                    break
        group = list(words[n:end])
        groups.append(group if leftwards else group[::-1])
        n = end
    return [word for group in (groups[::-1] if leftwards else groups) for word in group]
