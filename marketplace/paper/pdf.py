"""A document as a PDF on A4, the same sheet as the web page.

Latin, Greek and Cyrillic are set in Inter, Hebrew and Arabic in Noto Sans; further scripts in the fonts that the
operator names. A letter that none of them has stands as a box, and a line says where to read it; emoji are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from fpdf import FPDF

from marketplace.i18n import _, current_locale
from marketplace.paper.letters import BOLD, BOX, FALLBACKS, REGULAR, drawable, letters
from marketplace.paper.sheet import Block, Sheet, Table

Colour = tuple[int, int, int]
_INK: Colour = (29, 27, 24)
_MUTED: Colour = (95, 89, 80)
_LINE: Colour = (214, 207, 196)
_TONES: dict[str, tuple[Colour, Colour]] = {
    "good": ((30, 102, 55), (229, 242, 230)),
    "back": ((29, 86, 132), (230, 240, 248)),
}

_LEFT, _RIGHT, _TOP, _BOTTOM = 18.0, 192.0, 18.0, 276.0  # of what may be printed on, in millimetres
_WIDTH = _RIGHT - _LEFT
_GAP = 5.0  # between columns


def render(sheet: Sheet, *, issued_at: datetime, url: str, fonts: Sequence[Path] = ()) -> bytes:
    """The file. ``url`` is where the web page is; ``fonts`` are tried for letters that ours don't have."""
    paper = _Paper(sheet, url, [path for path in fonts if letters(path)])
    paper.set_creation_date(issued_at)
    paper.draw()
    return bytes(paper.output())


class _Paper(FPDF):
    def __init__(self, sheet: Sheet, url: str, fonts: list[Path]) -> None:
        super().__init__(format="A4")
        self._known = letters(REGULAR).union(*(letters(path) for path in (*FALLBACKS, *fonts)))
        self._incomplete = False
        self._sheet, self._url = sheet, url
        self.set_auto_page_break(False)
        self.set_margins(_LEFT, _TOP, 210 - _RIGHT)
        self.c_margin = 0.0
        self._load(fonts)
        self.set_title(f"{sheet.title} {sheet.number}")
        self.set_author(sheet.seller.lines[0])
        self.set_creator(sheet.brand)
        self.set_lang(current_locale.get())
        self.add_page()

    def _load(self, fonts: list[Path]) -> None:
        """Only the fonts that this document needs: each takes a while to read."""
        self.add_font("text", "", REGULAR)
        self.add_font("text", "B", BOLD)
        used = {ord(c) for text in _texts(self._sheet) for c in text} - letters(REGULAR)
        needed = [path for path in (*FALLBACKS, *fonts) if used & letters(path)]
        for path in needed:
            self.add_font(path.stem, "", path)
        if needed:
            self.set_fallback_fonts([path.stem for path in needed], exact_match=False)
        self.set_text_shaping(True)

    # words

    def _shown(self, text: str) -> str:
        """``text`` with what can be drawn."""
        shown = drawable(text, self._known)
        self._incomplete = self._incomplete or (BOX in shown and BOX not in text)
        return shown

    def _pen(self, size: float, *, bold: bool = False, colour: Colour = _INK) -> None:
        self.set_font("text", "B" if bold else "", size)
        self.set_text_color(*colour)

    def _write(self, x: float, y: float, width: float, text: str, *, lead: float, align: str = "L") -> float:
        """Text in the present pen, wrapped; returns where it ends."""
        self.set_xy(x, y)
        self.multi_cell(width, lead, self._shown(text), align=align, new_x="LEFT", new_y="NEXT")
        return self.get_y()

    def _height(self, width: float, text: str, lead: float) -> float:
        shown = self._shown(text)
        return float(self.multi_cell(width, lead, shown, dry_run=True, output="HEIGHT")) if shown else lead

    def _rule(self, y: float, *, strong: bool = False, left: float = _LEFT, right: float = _RIGHT) -> None:
        self.set_draw_color(*(_INK if strong else _LINE))
        self.set_line_width(0.4 if strong else 0.2)
        self.line(left, y, right, y)

    def _room(self, y: float, needed: float) -> float:
        """``y``, or the top of a new page."""
        if y + needed <= _BOTTOM:
            return y
        self.add_page()
        return _TOP

    # the sheet from top to bottom

    def draw(self) -> None:
        y = self._head()
        y = self._facts(y + 9)
        y = self._parties(y + 7)
        y = self._lines(y + 11)
        y = self._end(y + 6)
        self._notes(y + 10)

    def _head(self) -> float:
        sheet = self._sheet
        self._pen(17, bold=True)
        left = self._write(_LEFT, _TOP, _WIDTH * 0.52, sheet.brand, lead=7.5)
        self._pen(22, bold=True)
        y = self._write(_LEFT + _WIDTH * 0.55, _TOP - 1, _WIDTH * 0.45, sheet.title, lead=9.5, align="R")
        self._pen(14, bold=True)
        y = self._write(_LEFT + _WIDTH * 0.4, y, _WIDTH * 0.6, sheet.number, lead=7, align="R")
        return max(left, self._mark(y + 2.5))

    def _mark(self, y: float) -> float:
        ink, ground = _TONES[self._sheet.tone]
        self._pen(10, bold=True, colour=ink)
        text = self._shown(self._sheet.mark)
        width = self.get_string_width(text) + 9
        self.set_draw_color(*ink)
        self.set_fill_color(*ground)
        self.set_line_width(0.4)
        self.rect(_RIGHT - width, y, width, 7, style="DF", round_corners=True, corner_radius=3.5)
        self.set_xy(_RIGHT - width, y)
        self.cell(width, 7, text, align="C")
        return y + 7

    def _facts(self, y: float) -> float:
        self._rule(y)
        facts = self._sheet.facts
        width = (_WIDTH - _GAP * (len(facts) - 1)) / len(facts)
        ends = []
        for index, (label, value) in enumerate(facts):
            x = _LEFT + index * (width + _GAP)
            self._pen(8.5, colour=_MUTED)
            below = self._write(x, y + 4, width, label, lead=4.5)
            self._pen(10, bold=True)
            ends.append(self._write(x, below, width, value, lead=5))
        bottom = max(ends) + 4
        self._rule(bottom)
        return bottom

    def _parties(self, y: float) -> float:
        half = (_WIDTH - 10) / 2
        return max(
            self._party(_LEFT, y, half, self._sheet.seller), self._party(_LEFT + half + 10, y, half, self._sheet.buyer)
        )

    def _party(self, x: float, y: float, width: float, block: Block) -> float:
        self._pen(8.5, colour=_MUTED)
        y = self._write(x, y, width, block.title, lead=5)
        for index, line in enumerate(block.lines):
            self._pen(10, bold=index == 0)
            y = self._write(x, y, width, line, lead=5)
        return y

    def _widths(self, table: Table, size: float, total: float = _WIDTH) -> list[float]:
        """Numbers get what they need, the text the rest."""
        widths = []
        for index in range(1, len(table.columns)):
            self._pen(size - 0.5)
            head = self.get_string_width(table.columns[index])
            self._pen(size)
            widths.append(max(head, *(self.get_string_width(row[index]) for row in table.rows)) + 0.5)
        return [total - sum(widths) - _GAP * len(widths), *widths]

    def _columns(self, table: Table, y: float, widths: Sequence[float], size: float) -> float:
        """The heading of a table."""
        self._pen(size - 0.5, colour=_MUTED)
        x = _LEFT
        for index, (column, width) in enumerate(zip(table.columns, widths, strict=True)):
            self.set_xy(x, y)
            self.cell(width, 5, self._shown(column), align="R" if index else "L")
            x += width + _GAP
        return y + 6.5

    def _lines(self, y: float) -> float:
        table = self._sheet.lines
        size = 9.5 if len(table.columns) <= 5 else 8.5
        widths = self._widths(table, size)
        while widths[0] < 42 and size > 6:  # very large amounts in all columns
            size -= 0.5
            widths = self._widths(table, size)
        lead = size * 0.52
        y = self._columns(table, self._room(y, 30), widths, size)
        self._rule(y, strong=True)
        for row in table.rows:
            self._pen(size)
            height = self._height(widths[0], row[0], lead) + 5
            if y + height > _BOTTOM:
                self.add_page()
                y = self._columns(table, _TOP, widths, size)
                self._rule(y, strong=True)
                self._pen(size)
            self._row(row, y + 2.5, widths, lead)
            y += height
            self._rule(y)
        return y

    def _row(self, row: Sequence[str], y: float, widths: Sequence[float], lead: float) -> None:
        self._write(_LEFT, y, widths[0], row[0], lead=lead)
        x = _LEFT + widths[0] + _GAP
        for cell, width in zip(row[1:], widths[1:], strict=True):
            self.set_xy(x, y)
            self.cell(width, lead, self._shown(cell), align="R")
            x += width + _GAP

    def _end(self, y: float) -> float:
        """What it comes to at the right, the tax by rate at the left."""
        sheet = self._sheet
        sums = sum(11 if one.strong else 6 for one in sheet.sums)
        taxes = 8 + 11 * len(sheet.taxes.rows) if sheet.taxes else 0
        y = self._room(y, max(sums, taxes) + 15 + 5.5 * len(sheet.notes))
        return max(self._taxes(sheet.taxes, y) if sheet.taxes else y, self._sums(y))

    def _taxes(self, table: Table, y: float) -> float:
        size, total = 8.5, 92.0
        widths = self._widths(table, size, total)
        while widths[0] < 26 and size > 6:
            size -= 0.5
            widths = self._widths(table, size, total)
        y = self._columns(table, y, widths, size)
        self._rule(y, right=_LEFT + total)
        for row in table.rows:
            self._pen(size)
            height = self._height(widths[0], row[0], 4.5) + 2
            self._row(row, y + 1, widths, 4.5)
            y += height
            self._rule(y, right=_LEFT + total)
        return y

    def _sums(self, y: float) -> float:
        left = _RIGHT - 74
        for one in self._sheet.sums:
            if one.strong:
                self._rule(y + 1.5, strong=True, left=left)
                y += 3.5
            lead = 7.0 if one.strong else 6.0
            self._pen(12.5 if one.strong else 9.5, bold=one.strong)
            amount = self.get_string_width(one.amount)
            self.set_xy(_RIGHT - amount - 1, y)
            self.cell(amount + 1, lead, self._shown(one.amount), align="R")
            if not one.strong:
                self._pen(9.5, colour=_MUTED)
            y = self._write(left, y, 74 - amount - 4, one.label, lead=lead) + (0.5 if one.strong else 0)
        return y

    def _notes(self, y: float) -> None:
        notes = list(self._sheet.notes)
        if self._incomplete:
            words = _("Some letters can't be drawn in this file and stand as {box}. All of them are at {url}")
            notes.append(words.format(box=BOX, url=self._url))
        self._pen(8.5, colour=_MUTED)
        for note in notes:
            y = self._write(_LEFT, self._room(y, 10), _WIDTH, note, lead=4.5) + 0.8

    def footer(self) -> None:
        name = f"{self._sheet.title} {self._sheet.number}"
        page = _("page {page} of {pages}").format(page=self.page_no(), pages="{nb}")
        self._pen(8, colour=_MUTED)
        self.set_xy(_LEFT, 283)
        self.cell(_WIDTH, 4, f"{self._shown(name)} · {page}")


def _texts(sheet: Sheet) -> Iterator[str]:
    """All the words that people chose."""
    yield sheet.brand
    yield from sheet.seller.lines
    yield from sheet.buyer.lines
    for row in sheet.lines.rows:
        yield row[0]
