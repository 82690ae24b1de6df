"""Comma-separated files that spreadsheet programs open without harm."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from decimal import Decimal

from marketplace.money import to_input

BOM = "\ufeff"  # without it Excel doesn't know that it reads UTF-8
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Cell = str | int | Decimal | None


def amount(minor: int, currency: str) -> Decimal:
    """A number that can be added up: ``1250, "usd"`` → ``12.50``."""
    return Decimal(to_input(minor, currency))


def harmless(text: str) -> str:
    """Text that a spreadsheet takes for text: what could begin a formula gets an apostrophe before it."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def line(cells: Iterable[Cell]) -> str:
    """One row. Text is made harmless and quoted, whatever the reader separates cells with; numbers stay numbers."""
    out = io.StringIO()
    row = ["" if cell is None else harmless(cell) if isinstance(cell, str) else cell for cell in cells]
    csv.writer(out, quoting=csv.QUOTE_NONNUMERIC).writerow(row)
    return out.getvalue()
