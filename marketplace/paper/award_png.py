"""A certificate as a picture of 1200 × 630, for who shares its address."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageDraw

from marketplace.paper import award as look
from marketplace.paper.award import Award, Colour
from marketplace.paper.letters import FALLBACKS
from marketplace.paper.pen import Pen

SIZE = (1200, 630)
_PANEL, _LEFT, _WIDTH = 340, 404, 732  # pixels
_COLOURS: dict[str, Colour] = {"arch": look.WHITE, "ground": look.ACCENT, "sun": look.OCHRE}


def render(award: Award, fonts: tuple[Path, ...] = ()) -> bytes:
    """``fonts`` are tried for letters that ours don't have."""
    image = _ground()
    pen = Pen(image, (*FALLBACKS, *fonts), left=_LEFT, width=_WIDTH)
    pen.line(
        (_LEFT, 84),
        award.void or award.kind,
        26,
        look.DANGER if award.void else look.MUTED,
        bold=bool(award.void),
    )
    y = pen.block(130, award.name, sizes=(76, 64, 54, 44, 36), lines=2, colour=look.INK)
    y = pen.line((_LEFT, y + 18), award.did, 28, look.MUTED)
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
