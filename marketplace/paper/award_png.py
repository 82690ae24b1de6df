"""A certificate as a picture of 1200 × 630, for who shares its address."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from marketplace.i18n import _
from marketplace.paper import award as look
from marketplace.paper.award import Award, Colour
from marketplace.paper.letters import BOLD, DISPLAY, FALLBACKS, REGULAR, drawable, letters

SIZE = (1200, 630)
_PANEL, _LEFT, _WIDTH = 340, 404, 732  # pixels
_COLOURS: dict[str, Colour] = {"arch": look.WHITE, "ground": look.ACCENT, "sun": look.OCHRE}


def render(award: Award, fonts: tuple[Path, ...] = ()) -> bytes:
    """``fonts`` are tried for letters that ours don't have."""
    image = _ground()
    pen = _Pen(image, (*FALLBACKS, *fonts))
    pen.line(
        (_LEFT, 84),
        award.void or _("Certificate of completion"),
        26,
        look.DANGER if award.void else look.MUTED,
        bold=bool(award.void),
    )
    y = pen.block(130, award.name, sizes=(76, 64, 54, 44, 36), lines=2, colour=look.INK)
    y = pen.line((_LEFT, y + 18), _("completed the course"), 28, look.MUTED)
    pen.block(y + 10, award.title, sizes=(48, 42, 36, 30), lines=3, colour=look.ACCENT)
    pen.draw.line([(_LEFT, 520), (_LEFT + _WIDTH, 520)], fill=look.LINE, width=2)
    (_label, completed), (_also, lessons), *_rest = award.facts
    pen.line((_LEFT, 542), f"{completed} · {lessons}", 26, look.MUTED)
    pen.line((24, 330), award.brand, 40, look.WHITE, bold=True, width=_PANEL - 48, centred=True)
    file = io.BytesIO()
    image.quantize(128, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()


def _ground() -> Image.Image:
    """Shapes are drawn twice as large, for smooth edges."""
    image = Image.new("RGB", (SIZE[0] * 2, SIZE[1] * 2), look.PAPER)
    pen = ImageDraw.Draw(image)
    panel = Image.new("RGB", (_PANEL * 2, SIZE[1] * 2), look.ACCENT)
    inside = ImageDraw.Draw(panel)
    for n in range(3):
        size = 1240 - n * 300
        tint = tuple(round(a + (b - a) * (n + 1) / 4) for a, b in zip(look.ACCENT, look.DEEP, strict=True))
        inside.polygon(look.mark(_PANEL - size / 2, SIZE[1] * 2 + 60 - size * 60 / 64, size)[0][1], fill=tint)
    image.paste(panel, (0, 0))
    for part, points in look.mark(_PANEL - 148, 250, 296):
        pen.polygon(points, fill=_COLOURS[part])
    return image.reduce(2)


class _Pen:
    """Writes on an image, in the fonts that have the letters."""

    def __init__(self, image: Image.Image, further: tuple[Path, ...]) -> None:
        self.draw = ImageDraw.Draw(image)
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
        width: float = _WIDTH, centred: bool = False,
    ) -> float:  # fmt: skip
        """One line, smaller if it has to be; returns where it ends."""
        shown = drawable(text, self._known)
        font = self._font(shown, size, bold=bold)
        while font.getlength(shown) > width and size > 12:
            size -= 2
            font = self._font(shown, size, bold=bold)
        x = at[0] + (width - font.getlength(shown)) / 2 if centred else at[0]
        self.draw.text((x, at[1] + size * 0.95), shown, font=font, fill=colour, anchor="ls")
        return at[1] + size * 1.3

    def block(self, y: float, text: str, *, sizes: tuple[int, ...], lines: int, colour: Colour) -> float:
        """In the largest size in which it takes few enough lines; what is longer still ends in an ellipsis."""
        shown = drawable(text, self._known)
        for size in sizes:
            font = self._font(shown, size, display=True)
            rows = _wrapped(shown, font)
            if len(rows) <= lines:
                break
        if len(rows) > lines:
            rows = [*rows[: lines - 1], rows[lines - 1][:-2].rstrip() + "…"]
        for n, row in enumerate(rows):
            self.draw.text((_LEFT, y + (n * 1.12 + 0.92) * size), row, font=font, fill=colour, anchor="ls")
        return y + len(rows) * size * 1.12


def _wrapped(text: str, font: ImageFont.FreeTypeFont) -> list[str]:
    rows = [""]
    for word in text.split():
        while font.getlength(word) > _WIDTH:  # a word longer than a line
            cut = next(n for n in range(len(word), 0, -1) if font.getlength(word[:n]) <= _WIDTH)
            rows += [word[:cut], ""]
            word = word[cut:]
        joined = f"{rows[-1]} {word}".strip()
        rows = [*rows[:-1], joined] if font.getlength(joined) <= _WIDTH else [*rows, word]
    return [row for row in rows if row] or [""]
