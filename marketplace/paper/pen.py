"""Writing on pictures: in the fonts of the house, as large as there is room."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from marketplace.paper.award import Colour
from marketplace.paper.letters import BOLD, DISPLAY, REGULAR, drawable, letters


class Pen:
    """Writes on an image, in the fonts that have the letters. ``left`` and ``width`` are the column's, in pixels."""

    def __init__(self, image: Image.Image, further: tuple[Path, ...], *, left: float, width: float) -> None:
        self.draw = ImageDraw.Draw(image)
        self._left, self._width = left, width
        self._further = further
        self._known = letters(REGULAR).union(*(letters(path) for path in further))

    def _font(self, text: str, size: int, *, bold: bool = True, display: bool = False) -> ImageFont.FreeTypeFont:
        """The first that has all letters of the text, else the one that has most of them."""
        own = (DISPLAY, BOLD) if display else (BOLD if bold else REGULAR,)
        wanted = {ord(c) for c in text if not c.isspace()}
        paths: list[Path] = [*own, *self._further]
        best = max(paths, key=lambda path: (len(wanted & letters(path)), -paths.index(path)))
        return ImageFont.truetype(str(best), size)

    def line(
        self, at: tuple[float, float], text: str, size: int, colour: Colour, *, bold: bool = False,
        width: float = 0, centred: bool = False, at_end: bool = False,
    ) -> float:  # fmt: skip
        """One line, smaller if it has to be; returns where it ends. ``width``: of the column unless it is given."""
        width = width or self._width
        shown = drawable(text, self._known)
        font = self._font(shown, size, bold=bold)
        while font.getlength(shown) > width and size > 12:
            size -= 2
            font = self._font(shown, size, bold=bold)
        room = max(0.0, width - font.getlength(shown))
        x = at[0] + (room if at_end else room / 2 if centred else 0)
        self.draw.text((x, at[1] + size * 0.95), shown, font=font, fill=colour, anchor="ls")
        return at[1] + size * 1.3

    def block(self, y: float, text: str, *, sizes: tuple[int, ...], lines: int, colour: Colour) -> float:
        """In the largest size in which it takes few enough lines; what is longer still ends in an ellipsis."""
        shown = drawable(text, self._known)
        for size in sizes:
            font = self._font(shown, size, display=True)
            rows = _wrapped(shown, font, self._width)
            if len(rows) <= lines:
                break
        if len(rows) > lines:
            rows = [*rows[: lines - 1], rows[lines - 1][:-2].rstrip() + "…"]
        for n, row in enumerate(rows):
            self.draw.text((self._left, y + (n * 1.12 + 0.92) * size), row, font=font, fill=colour, anchor="ls")
        return y + len(rows) * size * 1.12


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    rows = [""]
    for word in text.split():
        while font.getlength(word) > width:  # a word longer than a line
            cut = next(n for n in range(len(word), 0, -1) if font.getlength(word[:n]) <= width)
            rows += [word[:cut], ""]
            word = word[cut:]
        joined = f"{rows[-1]} {word}".strip()
        rows = [*rows[:-1], joined] if font.getlength(joined) <= width else [*rows, word]
    return [row for row in rows if row] or [""]
