"""Colours shared by all scenes: few, warm, and of one family, so that any two covers can hang side by side."""

from __future__ import annotations

from dataclasses import dataclass

PAPER = "#f4ecde"
CREAM = "#fcf6ea"
SAND = "#e5d3b8"
BLUSH = "#ecc4ac"
TERRACOTTA = "#c9643f"
BRICK = "#9d4430"
OCHRE = "#e0a440"
HONEY = "#f0c877"
MOSS = "#6f8a52"
SAGE = "#a9bd9c"
GREEN = "#1f5c49"
PINE = "#143f34"
SKY = "#a9c6cc"
BLUE = "#5b8aa3"
NAVY = "#24394f"
PLUM = "#6d3b4c"
CLAY = "#b98b6b"
WOOD = "#cf9f66"
OAK = "#a9743f"
WALNUT = "#6f4629"
INK = "#2a2420"


@dataclass(frozen=True, slots=True)
class Palette:
    """``ground`` behind all, ``field`` the big shape on it, ``table`` what things stand on, then the things."""

    ground: str
    field: str
    table: str
    main: str
    shade: str
    accent: str
    light: str
    ink: str = INK
