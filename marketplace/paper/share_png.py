"""The picture of a product or a creator for who shares its address: 1200 × 630, the cover at one side."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps

from marketplace.paper import award as look
from marketplace.paper.letters import FALLBACKS
from marketplace.paper.pen import Pen
from marketplace.paper.share import Shared

SIZE = (1200, 630)
_SIDE = 540  # pixels of the picture's side
_LEFT, _WIDTH = 64, SIZE[0] - _SIDE - 64 - 56
_FACE = 260  # pixels of a portrait
_FORMATS = ["JPEG", "PNG", "WEBP", "AVIF"]


def render(shared: Shared, picture: bytes | None, fonts: tuple[Path, ...] = ()) -> bytes:
    """``picture`` as it was stored; without one, or with one that can't be read, the mark of the house. ``fonts`` are
    tried for letters that ours don't have."""
    image = Image.new("RGB", SIZE, look.PAPER)
    image.paste(_side(shared, picture), (SIZE[0] - _SIDE, 0))
    pen = Pen(image, (*FALLBACKS, *fonts), left=_LEFT, width=_WIDTH)
    pen.line((_LEFT, 62), shared.kind, 26, look.MUTED)
    end = pen.block(118, shared.title, sizes=(68, 60, 52, 46, 40), lines=4, colour=look.INK)
    if shared.by:
        pen.line((_LEFT, end + 22), shared.by, 30, look.MUTED)
    pen.draw.line([(_LEFT, 516), (_LEFT + _WIDTH, 516)], fill=look.LINE, width=2)
    if shared.note:
        pen.line((_LEFT, 540), shared.note, 38, look.ACCENT, bold=True, width=_WIDTH * 0.58)
    brand = _WIDTH * 0.38
    pen.line(
        (_LEFT + _WIDTH - brand, 546) if shared.note else (_LEFT, 540),
        shared.brand, 30, look.INK, bold=True, width=brand if shared.note else _WIDTH, at_end=bool(shared.note),
    )  # fmt: skip
    file = io.BytesIO()
    image.quantize(256, method=Image.Quantize.MEDIANCUT).save(file, "PNG", optimize=True)
    return file.getvalue()


def _side(shared: Shared, picture: bytes | None) -> Image.Image:
    size = (_SIDE, SIZE[1])
    if picture is not None:
        try:
            with Image.open(io.BytesIO(picture), formats=_FORMATS) as opened:
                if shared.round:
                    return _portrait(opened.convert("RGB"))
                return ImageOps.fit(opened.convert("RGB"), size, Image.Resampling.LANCZOS)
        except Exception:  # decoders raise anything on damaged bytes: what is shared is shown without them
            return _marked()
    return _marked()


def _portrait(face: Image.Image) -> Image.Image:
    ground = Image.new("RGB", (_SIDE, SIZE[1]), look.ACCENT)
    mask = Image.new("L", (_FACE * 2, _FACE * 2), 0)
    ImageDraw.Draw(mask).ellipse((0, 0, _FACE * 2 - 1, _FACE * 2 - 1), fill=255)
    small = ImageOps.fit(face, (_FACE, _FACE), Image.Resampling.LANCZOS)
    at = ((_SIDE - _FACE) // 2, (SIZE[1] - _FACE) // 2)
    ring = (at[0] - 8, at[1] - 8, at[0] + _FACE + 7, at[1] + _FACE + 7)
    ImageDraw.Draw(ground).ellipse(ring, fill=look.PAPER)
    ground.paste(small, at, mask.reduce(2))
    return ground


def _marked() -> Image.Image:
    """Drawn twice as large, for smooth edges."""
    ground = Image.new("RGB", (_SIDE * 2, SIZE[1] * 2), look.ACCENT)
    pen = ImageDraw.Draw(ground)
    colours = {"arch": look.WHITE, "ground": look.ACCENT, "sun": look.OCHRE}
    for part, points in look.mark(_SIDE - 190, SIZE[1] - 190, 380):
        pen.polygon(points, fill=colours[part])
    return ground.reduce(2)
