"""A certificate as a PDF on A4 across, with a QR code that leads to where it can be checked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import segno
from fpdf import FPDF

from marketplace.i18n import _, current_locale
from marketplace.paper import award as look
from marketplace.paper.award import Award, Colour
from marketplace.paper.letters import BOLD, DISPLAY, FALLBACKS, REGULAR, drawable, letters

_WIDTH, _HEIGHT, _PANEL = 297.0, 210.0, 84.0  # millimetres
_LEFT, _RIGHT = _PANEL + 20, _WIDTH - 20
_PARTS = (0.24, 0.17, 0.23, 0.36)  # of the width, for each fact
_COLOURS: dict[str, Colour] = {"arch": look.WHITE, "ground": look.ACCENT, "sun": look.OCHRE}


def render(award: Award, *, issued_at: datetime, fonts: Sequence[Path] = ()) -> bytes:
    """The file. ``fonts`` are tried for letters that ours don't have."""
    paper = _Paper(award, [path for path in fonts if letters(path)])
    paper.set_creation_date(issued_at)
    paper.draw()
    return bytes(paper.output())


class _Paper(FPDF):
    def __init__(self, award: Award, fonts: list[Path]) -> None:
        super().__init__(orientation="L", format="A4")
        self._award = award
        self._known = letters(REGULAR).union(*(letters(path) for path in (*FALLBACKS, *fonts)))
        self.set_auto_page_break(False)
        self.set_margins(0, 0, 0)
        self.c_margin = 0.0
        self.add_font("text", "", REGULAR)
        self.add_font("text", "B", BOLD)
        self.add_font("display", "", DISPLAY)
        words = {ord(c) for text in (award.brand, award.name, award.title, *(v for _l, v in award.facts)) for c in text}
        needed = [path for path in (*FALLBACKS, *fonts) if words - letters(REGULAR) & letters(path)]
        for path in needed:
            self.add_font(path.stem, "", path)
        if needed:
            self.set_fallback_fonts([path.stem for path in needed], exact_match=False)
        self.set_text_shaping(True)
        self.set_title(f"{award.title} · {award.name}")
        self.set_author(award.brand)
        self.set_lang(current_locale.get())
        self.add_page()

    def draw(self) -> None:
        self._ground()
        award = self._award
        self._pen(11, look.MUTED)
        self._write(30, award.kind, 6)
        y = self._fitted(39, award.name, sizes=(40, 34, 28, 23, 18), lines=2)
        self._pen(13, look.MUTED)
        y = self._write(y + 6, award.did, 7)
        self._fitted(y + 3, award.title, sizes=(25, 22, 19, 16, 13, 11), lines=3, colour=look.ACCENT)
        self._facts(126)
        self._check(162)
        if award.void:
            self._pen(15, look.DANGER, bold=True)
            self._write(20, award.void, 8)

    def _ground(self) -> None:
        self.set_fill_color(*look.PAPER)
        self.rect(0, 0, _WIDTH, _HEIGHT, style="F")
        self.set_fill_color(*look.ACCENT)
        self.rect(0, 0, _PANEL, _HEIGHT, style="F")
        self.set_fill_color(*look.DEEP)
        for n in range(3):  # arches behind each other, as in a cloister
            size = 190 - n * 46
            _part, points = look.mark(_PANEL / 2 - size / 2, _HEIGHT + 12 - size * 60 / 64, size)[0]
            tint = [round(a + (b - a) * (n + 1) / 4) for a, b in zip(look.ACCENT, look.DEEP, strict=True)]
            self.set_fill_color(*tint)
            with self.rect_clip(0, 0, _PANEL, _HEIGHT):
                self.polygon(points, style="F")
        for part, points in look.mark(_PANEL / 2 - 19, 34, 38):
            self.set_fill_color(*_COLOURS[part])
            self.polygon(points, style="F")
        self._pen(17, look.WHITE, display=True)
        self.set_xy(8, 80)
        self.multi_cell(_PANEL - 16, 8, self._shown(self._award.brand), align="C")

    def _pen(self, size: float, colour: Colour, *, bold: bool = False, display: bool = False) -> None:
        self.set_font("display" if display else "text", "B" if bold else "", size)
        self.set_text_color(*colour)

    def _shown(self, text: str) -> str:
        return drawable(text, self._known)

    def _write(self, y: float, text: str, lead: float, *, x: float = _LEFT, width: float = _RIGHT - _LEFT) -> float:
        self.set_xy(x, y)
        self.multi_cell(width, lead, self._shown(text), align="L", new_x="LEFT", new_y="NEXT")
        return float(self.get_y())

    def _fitted(self, y: float, text: str, *, sizes: Sequence[int], lines: int, colour: Colour = look.INK) -> float:
        """In the largest size in which it takes few enough lines."""
        shown = self._shown(text)
        fits = {ord(c) for c in shown} <= letters(DISPLAY)
        for size in sizes:
            self._pen(size, colour, bold=not fits, display=fits)
            taken = self.multi_cell(_RIGHT - _LEFT, size * 0.42, shown, dry_run=True, output="LINES")
            if len(taken) <= lines:
                break
        return self._write(y, text, size * 0.42)

    def _facts(self, y: float) -> None:
        self.set_draw_color(*look.LINE)
        self.set_line_width(0.25)
        self.line(_LEFT, y, _RIGHT, y)
        x = _LEFT
        for part, (label, value) in zip(_PARTS, self._award.facts, strict=True):
            width = part * (_RIGHT - _LEFT)
            self._pen(8.5, look.MUTED)
            below = self._write(y + 6, label, 4.5, x=x, width=width - 5)
            for size in (10.5, 9, 7.5, 6.5):
                self._pen(size, look.INK, bold=True)
                shown = self._shown(value)
                if len(self.multi_cell(width - 5, size * 0.46, shown, dry_run=True, output="LINES")) <= 2:
                    break
            self._write(below, value, size * 0.46, x=x, width=width - 5)
            x += width

    def _check(self, y: float) -> None:
        """The QR code, and the same address to read and click."""
        matrix = list(segno.make(self._award.url, error="m", micro=False).matrix)
        side = 28.0
        step = side / len(matrix)
        self.set_fill_color(*look.INK)
        for r, row in enumerate(matrix):
            start = None
            for c, dark in enumerate([*row, 0]):
                if dark and start is None:
                    start = c
                elif not dark and start is not None:
                    self.rect(_LEFT + start * step, y + r * step, (c - start) * step, step, style="F")
                    start = None
        self.link(_LEFT, y, side, side, self._award.url)
        x = _LEFT + side + 8
        self._pen(10, look.INK, bold=True)
        below = self._write(y + 5, _("Check that it is genuine and still valid:"), 5.5, x=x, width=_RIGHT - x)
        self._pen(9.5, look.ACCENT)
        self.set_xy(x, below + 1)
        self.multi_cell(_RIGHT - x, 5, self._award.url, align="L", link=self._award.url)
