"""Sewing: a spool and its stitch, a mended cloth, pattern pieces and scissors."""

from __future__ import annotations

from itertools import pairwise
from random import Random

from marketplace.demo.art import palette as p
from marketplace.demo.art.canvas import Canvas, Path, arc, box, clear, mix, moved, oval, ribbon, spline, turned, wave
from marketplace.demo.art.palette import Palette

PALETTES = (
    Palette(p.SAGE, p.CREAM, p.PLUM, p.TERRACOTTA, p.BRICK, p.HONEY, p.CREAM),
    Palette(p.SAND, p.CREAM, p.NAVY, p.NAVY, "#1a2a3c", p.TERRACOTTA, p.CREAM),
    Palette(p.PAPER, p.BLUSH, p.BLUE, p.PLUM, "#512a38", p.OCHRE, p.CREAM),
)


def stitches(c: Canvas, path: Path, width: float, colour: str, dash: int = 5, gap: int = 4) -> None:
    """Running stitch along a dense path: ``dash`` points down, ``gap`` points under."""
    for start in range(0, len(path) - dash, dash + gap):
        c.stroke(path[start : start + dash], width, colour)


def _needle(c: Canvas, eye: tuple[float, float], degrees: float, length: float = 420) -> None:
    x, y = eye
    body = ribbon([(x - 26, y), (x + 30, y), (x + length, y)], [20, 22, 2])
    c.fill(moved(turned(body, degrees, eye), 8, 14), clear(p.INK, 0.22))
    c.fill(turned(body, degrees, eye), "#c9d0d0")
    c.fill(turned(ribbon([(x - 20, y - 4), (x + length * 0.9, y - 3)], [3, 2]), degrees, eye), "#f2f4f2")
    c.fill(turned(oval(x + 4, y, 16, 4.6), degrees, eye), p.INK)


def spool(c: Canvas, k: Palette, rng: Random, t: float) -> None:
    c.disc(520, 400, 330, k.field)
    c.fill([(0, 690), (1600, 630), (1600, 900), (0, 900)], k.table)
    c.fill(oval(530, 772, 250, 36), clear(p.INK, 0.35))
    c.fill(box(310, 650, 420, 110, 26), p.WOOD)
    c.fill(box(310, 706, 420, 54, 26), p.OAK)
    with c.within(spline([(366, 250), (350, 450), (366, 652), (674, 652), (690, 450), (674, 250)])) as inner:
        inner.fill(box(300, 200, 500, 500), k.main)
        inner.fill(box(584, 200, 140, 500), k.shade)
        for i in range(15):
            y = 262 + i * 28
            inner.stroke([(330, y + 12), (520, y + 2), (710, y - 12)], 5, mix(k.main, p.INK, 0.2))
            inner.stroke([(330, y + 20), (500, y + 11)], 4, mix(k.main, k.light, 0.35))
    c.fill(box(310, 160, 420, 100, 26), p.WOOD)
    c.fill(box(590, 160, 140, 100, 26), p.OAK)
    c.fill(oval(520, 176, 60, 15), p.WALNUT)
    dip = 16 * wave(t)
    c.stroke(spline([(684, 520), (820, 600 + dip), (930, 520 + dip), (1000, 380), (1120, 330)], steps=24), 7, k.main)
    _needle(c, (1130, 326), 34)
    seam = spline([(120, 850), (480, 812), (860, 838), (1240, 790), (1580, 800)], steps=30)
    stitches(c, seam, 11, k.accent, 6, 5)
    for x, y, r, tone in ((1130, 700, 62, k.accent), (1290, 740, 48, k.light), (1010, 742, 36, p.BLUE)):
        c.disc(x + 6, y + 9, r, clear(p.INK, 0.3))
        c.disc(x, y, r, tone)
        c.stroke(oval(x, y, r * 0.74, r * 0.74), 4, mix(tone, p.INK, 0.22))
        for a in (45, 135, 225, 315):
            c.disc(*turned([(x + r * 0.26, y)], a, (x, y))[0], r * 0.09, mix(tone, p.INK, 0.7))


def mending(c: Canvas, k: Palette, rng: Random, t: float) -> None:
    cloth = turned(box(230, -60, 1140, 1040), -5, (800, 450))
    c.fill(moved(cloth, 18, 22), clear(p.INK, 0.22))
    with c.within(cloth) as inner:
        inner.fill(box(0, -200, 1600, 1300), k.main)
        for i in range(60):
            inner.fill(turned(box(-100, -160 + i * 22, 1900, 4), -5, (800, 450)), mix(k.main, k.light, 0.06))
    patch = turned(box(470, 190, 560, 500), 7, (750, 440))
    c.fill(moved(patch, 6, 10), clear(p.INK, 0.35))
    c.fill(patch, mix(k.main, p.BLUE, 0.6))
    with c.within(patch) as inner:
        for row in range(-1, 7):
            for column in range(-1, 8):
                x, y = 470 + column * 96 + (48 if row % 2 else 0), 190 + row * 84 + 60
                for r in (70, 42):
                    curve = turned(arc(x, y, r, r, 180, 360, steps=26), 7, (750, 440))
                    stitches(inner, curve, 7, k.light, 3, 2)
    corner = [(484, 204), (1016, 204), (1016, 676), (484, 676), (484, 204)]
    dense = [
        (a[0] + (b[0] - a[0]) * i / 40, a[1] + (b[1] - a[1]) * i / 40) for a, b in pairwise(corner) for i in range(40)
    ]
    stitches(c, turned(dense, 7, (750, 440)), 9, k.accent, 2, 2)
    tug = 18 * wave(t)
    c.stroke(spline([(1012, 560), (1130, 640 + tug), (1230, 560 + tug), (1290, 420)], steps=24), 8, k.accent)
    _needle(c, (1296, 408), -64, 330)


def pattern(c: Canvas, k: Palette, rng: Random, t: float) -> None:
    c.fill(box(0, 0, 1600, 900), k.ground)
    for i in range(1, 16):
        c.fill(box(i * 100 - 1, 0, 3, 900), mix(k.ground, p.CLAY, 0.22))
        if i < 9:
            c.fill(box(0, i * 100 - 1, 1600, 3), mix(k.ground, p.CLAY, 0.22))
    front = spline(
        [(240, 120), (420, 110), (470, 220), (600, 260), (640, 420), (650, 790), (250, 790), (230, 430)], closed=True
    )
    sleeve = spline(
        [(810, 420), (900, 250), (1060, 190), (1220, 250), (1310, 420), (1240, 780), (880, 780)], closed=True
    )
    for piece, tone in ((front, k.table), (sleeve, k.field)):
        c.fill(moved(piece, 10, 14), clear(p.INK, 0.2))
        c.fill(piece, tone)
        cx = sum(x for x, _ in piece) / len(piece)
        cy = sum(y for _, y in piece) / len(piece)
        stitches(c, [(cx + (x - cx) * 0.9, cy + (y - cy) * 0.9) for x, y in piece], 6, mix(tone, "#ffffff", 0.6), 4, 3)
        c.stroke([(cx, cy - 150), (cx, cy + 170)], 5, mix(tone, p.INK, 0.35))
    snip = 9 + 7 * wave(t)
    pivot = (1190, 520)
    for side in (-1, 1):
        blade = ribbon([(1190, 520), (1010, 520), (900, 520)], [40, 34, 2])
        c.fill(turned(blade, side * snip + 24, pivot), "#c9d0d0" if side > 0 else "#a9b3b5")
        handle = spline([(1190, 520), (1270, 520 - side * 12), (1330, 520 - side * 46)])
        c.stroke(turned(handle, side * snip + 24, pivot), 30, k.main)
        c.stroke(turned(oval(1400, 520 - side * 76, 82, 56, -side * 20), side * snip + 24, pivot), 28, k.main)
    c.disc(*pivot, 13, k.accent)
    for x, y in ((330, 230), (560, 640), (960, 330)):
        c.stroke([(x, y), (x + 56, y + 74)], 4, "#8f999d")
        c.disc(x, y, 14, k.accent)


SCENES = (spool, mending, pattern)
