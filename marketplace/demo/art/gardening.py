"""Gardening: seedlings in clay pots, roots under the soil, a watering can."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from marketplace.demo.art import palette as p
from marketplace.demo.art.canvas import Canvas, box, clear, leaf, mix, oval, ribbon, spline, turned, wave
from marketplace.demo.art.palette import Palette

PALETTES = (
    Palette("#dfe8d8", p.HONEY, p.CREAM, p.TERRACOTTA, p.BRICK, p.MOSS, p.PINE),
    Palette(p.BLUSH, p.CREAM, p.PLUM, p.OCHRE, p.OAK, p.GREEN, p.PINE),
    Palette(p.SKY, p.CREAM, p.GREEN, p.TERRACOTTA, p.BRICK, p.MOSS, p.PINE),
)


def _pot(c: Canvas, x: float, foot: float, w: float, h: float, k: Palette, rng: Random) -> None:
    body = [(x - w * 0.5, foot - h), (x + w * 0.5, foot - h), (x + w * 0.36, foot), (x - w * 0.36, foot)]
    with c.within(body) as inner:
        inner.fill(box(x - w, foot - h, w * 2, h), k.main)
        inner.fill([(x + w * 0.16, foot - h), (x + w, foot - h), (x + w, foot), (x + w * 0.1, foot)], k.shade)
        inner.fill(box(x - w, foot - h, w * 2, 44), clear(p.INK, 0.2))
    c.speckle(body, clear(p.CREAM, 0.35), 40, rng)
    c.fill(box(x - w * 0.58, foot - h - 40, w * 1.16, 70, 10), mix(k.main, p.CREAM, 0.14))
    c.fill(box(x + w * 0.2, foot - h - 40, w * 0.38, 70, 10), mix(k.shade, k.main, 0.3))


def _plant(c: Canvas, x: float, y: float, kind: int, k: Palette, t: float) -> None:
    """``kind`` 0: two seed leaves, 1: a leafy stem, 2: broad leaves, 3: grassy."""
    sway = 6 * wave(t, kind * 0.2)
    green, dark = k.accent, mix(k.accent, k.light, 0.5)
    if kind == 0:
        c.fill(ribbon(spline([(x, y), (x - 6, y - 70), (x + sway, y - 130)]), [14, 12, 9]), green)
        c.fill(leaf(x + sway, y - 126, 124, 66, -152 + sway), green)
        c.fill(leaf(x + sway, y - 126, 132, 66, -30 + sway), dark)
    elif kind == 1:
        stem = spline([(x, y), (x + 8, y - 150), (x - 6 + sway, y - 300), (x + 10 + sway * 2, y - 400)])
        c.fill(ribbon(stem, [15, 11, 5]), dark)
        for i in range(8):
            px, py = stem[int(len(stem) * (0.22 + i * 0.1))]
            c.fill(
                leaf(px, py, 138 - i * 9, 58 - i * 3, -90 + (58 - i * 2) * (-1 if i % 2 else 1) + sway),
                green if i % 3 else dark,
            )
        c.fill(leaf(*stem[-1], 76, 36, -86 + sway), green)
    elif kind == 2:
        for i, angle in enumerate((-158, -24, -128, -56, -92)):
            reach = 200 + i * 26
            tip_turn = angle + sway * 0.6
            c.fill(leaf(x, y, reach, 96, tip_turn), dark if i % 2 else green)
            c.stroke([(x, y), turned([(x + reach * 0.86, y)], tip_turn, (x, y))[0]], 4, mix(green, "#ffffff", 0.25))
    else:
        for i in range(9):
            lean = (i - 4) * 26
            blade = spline(
                [(x + lean * 0.2, y), (x + lean * 0.7, y - 150), (x + lean * 1.6 + sway, y - 270 + abs(lean) * 0.8)]
            )
            c.fill(ribbon(blade, [20, 16, 0]), dark if i % 2 else green)


def pots(c: Canvas, k: Palette, rng: Random, t: float) -> None:
    c.disc(1110, 340, 250, k.field)
    c.fill(box(0, 760, 1600, 140), mix(k.table, p.SAND, 0.7))
    c.fill(box(0, 760, 1600, 22), mix(k.table, p.CLAY, 0.7))
    kinds = [0, 1, 2, 3]
    rng.shuffle(kinds)
    for i, (x, w, h) in enumerate(((300, 190, 150), (610, 260, 220), (960, 220, 180), (1280, 250, 210))):
        c.fill(oval(x + 20, 766, w * 0.55, 12), clear(p.INK, 0.28))
        _plant(c, x, 760 - h - 34, kinds[i], k, t)
        _pot(c, x, 764, w, h, k, rng)


def roots(c: Canvas, k: Palette, rng: Random, t: float) -> None:
    c.disc(800, 400, 300, k.field)
    c.fill([*spline([(-20, 520), (300, 500), (800, 520), (1250, 496), (1620, 520)]), (1620, 900), (-20, 900)], p.WALNUT)
    c.fill(
        [*spline([(-20, 690), (500, 720), (1000, 680), (1620, 730)]), (1620, 900), (-20, 900)],
        mix(p.WALNUT, p.INK, 0.4),
    )
    soil = box(0, 540, 1600, 360)
    c.speckle(soil, clear(p.SAND, 0.6), 170, rng, 5)
    for _ in range(16):
        c.fill(
            oval(
                rng.uniform(40, 1560),
                rng.uniform(590, 860),
                rng.uniform(14, 32),
                rng.uniform(9, 18),
                rng.uniform(-30, 30),
            ),
            mix(p.CLAY, p.WALNUT, 0.4),
        )
    for x, size, kind in ((330, 0.7, 0), (800, 1.0, 1), (1260, 0.85, 2)):
        for i in range(7):
            spread = (i - 3) * 52 * size
            depth = (300 - abs(i - 3) * 46) * size
            path = spline(
                [(x, 500), (x + spread * 0.3, 570), (x + spread * 0.8 + rng.uniform(-16, 16), 530 + depth * 0.6),
                 (x + spread * 1.2, 530 + depth + 6 * wave(t, i * 0.13))]
            )  # fmt: skip
            c.fill(ribbon(path, [18 * size, 9 * size, 0]), p.CREAM)
        _plant(c, x, 516, kind, k, t)
    c.fill(ribbon(spline([(1010, 810), (1060, 780 + 6 * wave(t)), (1110, 812), (1160, 790)]), [8, 18, 18, 8]), p.BLUSH)


def watering(c: Canvas, k: Palette, rng: Random, t: float) -> None:
    c.disc(560, 400, 320, k.field)
    c.fill(box(0, 740, 1600, 160), k.table)
    tilt = -13 + 2.5 * wave(t)
    pivot = (560, 460)

    def place(path: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        return turned(path, -tilt, pivot)

    c.stroke(place(spline([(400, 330), (250, 300), (190, 420), (240, 560), (390, 600)])), 30, k.shade)
    c.stroke(place(spline([(420, 300), (480, 190), (640, 190), (700, 300)])), 28, k.shade)
    c.fill(place(ribbon([(700, 560), (980, 330)], [92, 40])), k.shade)
    c.fill(place([(930, 290), (1010, 390), (1050, 356), (970, 256)]), k.main)
    can = [(396, 300), (724, 300), (756, 640), (364, 640)]
    with c.within(place(can)) as inner:
        inner.fill(box(200, 100, 800, 800), k.main)
        inner.fill(place([(620, 250), (900, 250), (900, 700), (640, 700)]), k.shade)
        inner.fill(place(box(300, 560, 600, 34)), mix(k.main, p.CREAM, 0.3))
        inner.fill(place(ribbon(spline([(440, 340), (426, 450), (424, 540)]), [0, 24, 0])), clear("#ffffff", 0.4))
    for i in range(14):
        fall = (t * 2 + i * 0.37) % 1.0
        x = 960 + (i % 5) * 26 + fall * 46
        y = 420 + fall * 250
        c.fill(leaf(x, y, 34, 15, 80), mix(p.BLUE, "#ffffff", 0.35))
    c.fill(oval(1350, 750, 200, 12), clear(p.INK, 0.3))
    _plant(c, 1250, 600, 2, k, t)
    _pot(c, 1250, 750, 230, 120, k, rng)
    _plant(c, 1480, 640, 0, k, t)
    _pot(c, 1480, 750, 150, 90, k, rng)


SCENES = (pots, roots, watering)
