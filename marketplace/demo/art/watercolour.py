"""Watercolour: a taped sheet with hills, a brush and its washes, a botanical study."""

from __future__ import annotations

from random import Random

from marketplace.demo.art import palette as p
from marketplace.demo.art.canvas import Canvas, Path, box, clear, leaf, mix, moved, oval, ribbon, spline, turned, wave
from marketplace.demo.art.palette import Palette

PALETTES = (
    Palette("#d8c6ad", p.SKY, p.CREAM, p.BLUE, p.NAVY, p.TERRACOTTA, p.HONEY),
    Palette(p.PAPER, p.BLUSH, p.CREAM, p.PLUM, p.NAVY, p.OCHRE, p.BLUSH),
    Palette(p.NAVY, p.SAGE, p.CREAM, p.MOSS, p.PINE, p.TERRACOTTA, p.HONEY),
)


def _brush(c: Canvas, tip: tuple[float, float], degrees: float, handle: str, paint: str, s: float = 1.0) -> None:
    """A round brush whose tip touches ``tip``."""

    def place(path: Path) -> Path:
        return turned([(tip[0] + (x - tip[0]) * s, tip[1] + (y - tip[1]) * s) for x, y in path], degrees, tip)

    x, y = tip
    c.fill(place(moved(box(x + 150, y - 19, 590, 38, 18), 10, 26)), clear(p.INK, 0.16))
    c.fill(place(ribbon(spline([(x + 220, y), (x + 420, y), (x + 760, y)]), [34, 46, 30, 10])), handle)
    c.fill(place(ribbon([(x + 120, y), (x + 230, y)], [42, 34])), "#c9b68f")
    c.fill(place(ribbon([(x + 196, y), (x + 206, y)], [37, 37])), "#a8946c")
    c.fill(place(ribbon(spline([(x, y), (x + 50, y + 3), (x + 126, y)]), [2, 46, 42])), p.WALNUT)
    c.fill(place(ribbon(spline([(x, y), (x + 36, y + 3), (x + 72, y)]), [2, 40, 34])), paint)


def _wash(c: Canvas, x: float, y: float, r: float, colour: str, rng: Random, t: float = 0.0) -> None:
    """A puddle of colour: three glazes that don't quite agree, and a darker drying line."""
    for layer in range(3):
        points = []
        for i in range(11):
            k = r * (1 - layer * 0.13) * rng.uniform(0.86, 1.1) * (1 + 0.012 * wave(t, i * 0.21))
            points.append(turned([(x + k, y)], i * 360 / 11, (x, y))[0])
        c.fill(spline(points, closed=True), clear(colour, 0.42))


def hills(c: Canvas, k: Palette, rng: Random, t: float) -> None:
    sheet = turned(box(260, 110, 940, 660, 4), -3, (760, 430))
    c.fill(moved(sheet, 14, 22), clear(p.INK, 0.22))
    c.fill(sheet, p.CREAM)
    view = turned(box(312, 160, 836, 560), -3, (760, 430))
    with c.within(view) as inner:
        inner.fill(box(200, 60, 1100, 800), mix(p.CREAM, k.field, 0.45))
        for i in range(3):
            inner.fill(oval(560 + i * 190, 240 + i * 30, 260, 46), clear("#ffffff", 0.4))
        inner.disc(925, 300, 78, clear(k.accent, 0.85))
        inner.disc(925, 300, 104, clear(k.accent, 0.22))
        for i in range(5):
            y = 400 + i * 74
            ridge = [
                (x, y + rng.uniform(-66, 50) * (1 - i * 0.1) + 3 * wave(t, i * 0.2)) for x in range(200, 1300, 130)
            ]
            tone = mix(mix(k.field, k.main, i / 3) if i < 3 else mix(k.main, k.shade, (i - 2) / 2), p.CREAM, 0.1)
            inner.fill([*spline(ridge), (1300, 900), (200, 900)], clear(tone, 0.78))
        for i in range(9):
            x = 420 + i * 86 + rng.uniform(-20, 20)
            inner.fill(leaf(x, 700 + rng.uniform(-14, 22), rng.uniform(50, 104), 26, -90), clear(k.shade, 0.7))
    for corner, lean in (((262, 126), -46), ((1190, 76), 42), ((300, 786), 44), ((1222, 738), -46)):
        c.fill(turned(box(corner[0] - 62, corner[1] - 18, 124, 36), lean, corner), clear(p.HONEY, 0.9))
    _brush(c, (1010 + 16 * wave(t), 560 + 6 * wave(t, 0.2)), -38, k.accent, k.shade, 0.95)
    for i, tone in enumerate((k.main, k.accent, p.OCHRE, p.MOSS)):
        c.fill(box(1330, 330 + i * 124, 150, 104, 16), p.CREAM)
        c.fill(box(1342, 342 + i * 124, 126, 80, 10), tone)
        c.fill(oval(1392, 374 + i * 124, 34, 15, -12), clear("#ffffff", 0.35))


def washes(c: Canvas, k: Palette, rng: Random, t: float) -> None:
    for x, y, r, tone in (
        (430, 360, 270, k.field), (720, 520, 250, k.main), (540, 620, 180, k.accent), (940, 330, 210, k.light),
        (1150, 590, 170, k.shade),
    ):  # fmt: skip
        _wash(c, x, y, r, tone, rng, t)
    for _ in range(46):
        c.disc(rng.uniform(140, 1460), rng.uniform(90, 820), rng.uniform(3, 11), clear(k.main, 0.5))
    sweep = spline([(250, 780), (520, 720 + 8 * wave(t)), (820, 770), (1040, 700)])
    c.fill(ribbon(sweep, [10, 78, 64, 30]), clear(k.shade, 0.8))
    c.fill(ribbon(moved(sweep, 10, -14), [2, 26, 20, 4]), clear("#ffffff", 0.16))
    _brush(c, (1030 + 10 * wave(t), 704), -34, p.GREEN, k.shade, 1.0)


def botanical(c: Canvas, k: Palette, rng: Random, t: float) -> None:
    sheet = turned(box(420, 60, 620, 800, 4), 4, (730, 450))
    c.fill(moved(sheet, 16, 22), clear(p.INK, 0.26))
    c.fill(sheet, p.CREAM)
    sway = 5 * wave(t)
    stem = spline([(700, 790), (716, 600), (690 + sway, 420), (742 + sway * 2, 220)])
    with c.within(sheet) as inner:
        _wash(inner, 760, 400, 230, k.light, rng)
        inner.fill(ribbon(stem, [14, 9, 5]), k.shade)
        for i in range(9):
            x, y = stem[int(len(stem) * (0.14 + i * 0.095))]
            side = -1 if i % 2 else 1
            size = 200 - i * 11
            tone = (k.main, k.field, k.shade)[i % 3]
            angle = -90 + side * (64 - i * 3) + sway * 0.5
            inner.fill(leaf(x, y, size, size * 0.42, angle), clear(tone, 0.8))
            inner.fill(leaf(x, y, size * 0.8, size * 0.18, angle + side * 4), clear(k.shade, 0.22))
        for i in range(5):
            petal = oval(742 + sway * 2 + 46, 210, 52, 30)
            inner.fill(turned(petal, i * 72 - 90, (742 + sway * 2, 210)), clear(k.accent, 0.72))
        inner.disc(742 + sway * 2, 210, 18, k.light)
    _brush(c, (840, 560), -24, k.accent, k.main, 1.0)
    c.fill(oval(230, 660, 150, 150), p.CREAM)
    c.fill(oval(230, 660, 122, 122), clear(k.main, 0.55))
    c.stroke(oval(230, 660, 70 + 8 * wave(t), 70 + 8 * wave(t)), 4, mix(k.main, p.CREAM, 0.65))
    for i, tone in enumerate((k.main, k.accent, k.light)):
        _wash(c, 150 + i * 95, 300 - i * 62, 46, tone, rng)


SCENES = (hills, washes, botanical)
