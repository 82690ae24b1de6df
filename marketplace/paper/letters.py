"""The fonts of papers, and which letters they can draw."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

import structlog
from fontTools.ttLib import TTFont, TTLibError

log = structlog.get_logger()
_FONTS = Path(__file__).parent / "fonts"
REGULAR, BOLD = _FONTS / "inter-regular.ttf", _FONTS / "inter-semibold.ttf"
DISPLAY = _FONTS / "bricolage-semibold.ttf"
FALLBACKS = (_FONTS / "noto-sans-hebrew.ttf", _FONTS / "noto-sans-arabic.ttf")
BOX = "□"


@cache
def letters(path: Path) -> frozenset[int]:
    """The characters that a font can draw; none if it can't be read."""
    try:
        with TTFont(path, lazy=True) as font:
            return frozenset(font.getBestCmap())
    except (OSError, TTLibError) as error:
        log.warning("documents.font_unreadable", font=str(path), error=type(error).__name__)
        return frozenset()


def drawable(text: str, known: frozenset[int]) -> str:
    """``text`` with what can be drawn, a box for a letter that can't. Letters that draw nothing by themselves go."""
    kept = []
    for c in text.replace("\u200c", " "):
        category = unicodedata.category(c)
        if category in ("Cf", "Cc"):
            continue
        if ord(c) in known:
            kept.append(c)
        elif category not in ("So", "Sk", "Cn", "Co", "Mn", "Me"):
            kept.append(BOX)
    return " ".join("".join(kept).split())
