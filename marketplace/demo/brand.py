"""The house's own pictures: the mark as an icon and the card shown when a page without a cover is shared."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from marketplace.demo.art import cover
from marketplace.demo.art import palette as p
from marketplace.demo.art.canvas import Canvas, arc, box, clear, mix, moved

ASSETS = Path(__file__).resolve().parents[2] / "assets"
ACCENT = "#0f6b4f"


def mark(c: Canvas, x: float, y: float, size: float, ground: str) -> None:
    """An arch that is also an A, as in ``assets/mark.svg``."""
    k = size / 64
    c.fill(
        [*arc(x + 32 * k, y + 30 * k, 26 * k, 26 * k, 180, 360), (x + 58 * k, y + 60 * k), (x + 6 * k, y + 60 * k)],
        ACCENT,
    )
    door = [
        *arc(x + 32 * k, y + 52 * k, 11 * k, 11 * k, 180, 360),
        (x + 43 * k, y + 60.5 * k),
        (x + 21 * k, y + 60.5 * k),
    ]
    c.fill(door, ground)
    c.disc(x + 32 * k, y + 27 * k, 9.5 * k, ground)
    c.disc(x + 32 * k, y + 27 * k, 6.5 * k, p.OCHRE)


def icon(size: int = 32) -> Image.Image:
    """The mark on a transparent ground: what is paper in the drawing becomes see-through."""
    shape = Canvas("#000000", width=size, detail=8, sheet=(64, 64))
    mark(shape, 0, 0, 64, "#000000")
    alpha = shape.image.convert("L").point([0] + [255] * 255).reduce(8)
    colour = Canvas(ACCENT, width=size, detail=8, sheet=(64, 64))
    mark(colour, 0, 0, 64, ACCENT)
    image = colour.finish()
    image.putalpha(alpha)
    return image


def card() -> Image.Image:
    """Three pictures on a gallery wall, 1200 × 630. No name on it: operators choose their own."""
    c = Canvas(p.PAPER, width=1200, detail=3, sheet=(1200, 630))
    c.fill(box(0, 520, 1200, 110), ACCENT)
    c.fill(box(0, 520, 1200, 10), mix(ACCENT, p.INK, 0.35))
    frames = (("watercolour", 0, 70, 96, 330), ("pottery", 0, 446, 60, 480), ("bread", 0, 972, 120, 168))
    for _, _, x, y, w in frames:
        h = w * 0.75
        c.fill(moved(box(x, y, w, h), 8, 14), clear(p.INK, 0.16))
        c.fill(box(x, y, w, h), p.WALNUT)
        c.fill(box(x + 9, y + 9, w - 18, h - 18), p.CREAM)
    mark(c, 972, 362.5, 168, p.PAPER)
    image = c.finish()
    for topic, seed, x, y, w in frames:
        inner_w, inner_h = w - 62, round(w * 0.75) - 62
        art = cover(topic, seed)
        left = (1600 - 900 * inner_w / inner_h) / 2 + (40 if topic == "watercolour" else 0)
        view = (max(0.0, left), 0.0, max(0.0, left) + 900 * inner_w / inner_h, 900.0)
        image.paste(art.resize((inner_w, inner_h), Image.Resampling.LANCZOS, box=view), (x + 31, y + 31))
    return image


def app_icon(size: int, *, maskable: bool = False) -> Image.Image:
    """The mark on paper, for a home screen; a maskable one keeps to the circle that every mask leaves."""
    c = Canvas(p.PAPER, width=size, detail=4, sheet=(64, 64))
    room = 34.0 if maskable else 46.0
    mark(c, (64 - room) / 2, (64 - room) / 2 - 1, room, p.PAPER)
    return _small(c.finish())


def _small(image: Image.Image) -> Image.Image:
    return image.quantize(64, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)


def main() -> None:
    icons = ASSETS / "icons"
    icons.mkdir(exist_ok=True)
    for size in (192, 512):
        app_icon(size).save(icons / f"app-{size}.png", optimize=True)
    app_icon(512, maskable=True).save(icons / "app-512-maskable.png", optimize=True)
    icon().save(ASSETS / "favicon.ico", sizes=[(32, 32)])
    card().quantize(192, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
        ASSETS / "og-default.png", optimize=True
    )


if __name__ == "__main__":
    main()
