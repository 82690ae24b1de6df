"""Bread: a scored round loaf, a starter jar beside slices, a row of baguettes."""

from __future__ import annotations

import math
from random import Random

from marketplace.demo.art import palette as p
from marketplace.demo.art.canvas import Canvas, Path, arc, box, clear, leaf, mix, oval, ribbon, spline, turned, wave
from marketplace.demo.art.palette import Palette

PALETTES = (
    Palette(p.GREEN, p.PINE, p.CREAM, p.WOOD, p.OAK, p.HONEY, p.CREAM),
    Palette(p.PAPER, p.SKY, p.TERRACOTTA, p.WOOD, p.OAK, p.OCHRE, p.CREAM),
    Palette(p.SKY, p.CREAM, p.NAVY, p.WOOD, p.OAK, p.OCHRE, p.CREAM),
)


def _wheat(c: Canvas, x: float, y: float, degrees: float, colour: str, sway: float) -> None:
    stem = turned(spline([(x, y), (x + 150, y - 10 + sway), (x + 360, y + sway * 3)]), degrees, (x, y))
    c.stroke(stem, 6, colour)
    for i in range(7):
        px, py = stem[int(len(stem) * (0.48 + i * 0.075)) if i < 6 else -1]
        for side in (-1, 1):
            c.fill(leaf(px, py, 62, 26, degrees + side * 34), colour)
    c.fill(leaf(*stem[-1], 70, 26, degrees), colour)


def boule(c: Canvas, k: Palette, rng: Random, t: float) -> None:
    c.disc(760, 450, 415, k.field)
    cloth = [(-20, 560), (520, 250), (1640, 760), (1640, 920), (-20, 920)]
    c.fill(cloth, mix(k.ground, k.light, 0.16))
    for i in range(3):
        c.stroke([(-20, 640 + i * 42), (300 - i * 120, 452 + i * 128)], 5, mix(k.ground, k.light, 0.3))
    c.fill(oval(772, 492, 372, 356), clear(p.INK, 0.28))
    loaf = oval(740, 450, 362, 348)
    with c.within(loaf) as inner:
        inner.fill(box(300, 0, 900, 900), k.main)
        inner.fill([*arc(740, 450, 380, 380, -70, 120), *arc(690, 420, 330, 320, 120, -70)], k.shade)
        for ring in range(5):
            inner.stroke(oval(728, 440, 306 - ring * 46, 294 - ring * 46), 9, clear(k.light, 0.34))
        _scores(inner, k, t)
    c.speckle(loaf, clear(k.light, 0.75), 330, rng, 3.4)
    _wheat(c, 1130, 700, -38, k.accent, 6 * wave(t))
    _wheat(c, 1180, 800, -22, mix(k.accent, k.shade, 0.3), 6 * wave(t, 0.3))
    for _ in range(70):
        a, d = rng.uniform(0, 6.28), rng.uniform(400, 600)
        c.disc(750 + d * math.cos(a), 450 + d * 0.72 * math.sin(a), rng.uniform(1.5, 4), clear(k.light, 0.55))


def _scores(c: Canvas, k: Palette, t: float) -> None:
    """The cuts of a leaf: they open a little as the loaf springs."""
    spring = 1 + 0.08 * wave(t)
    crumb = mix(k.light, k.accent, 0.25)
    c.fill(ribbon(spline([(560, 690), (690, 500), (870, 210)]), [0, 44 * spring, 40 * spring, 0]), crumb)
    for i, at in enumerate((0.2, 0.37, 0.54, 0.71)):
        x, y = 560 + 310 * at, 690 - 480 * at
        for side in (-1, 1):
            reach = 185 - abs(i - 1) * 24
            a = math.radians(-58 + side * 52)
            tip = (x + reach * math.cos(a), y + reach * math.sin(a))
            bend = ((x + tip[0]) / 2 - 16, (y + tip[1]) / 2 + 12 * side)
            c.fill(ribbon(spline([(x, y), bend, tip]), [8, 30 * spring, 0]), crumb)


def starter(c: Canvas, k: Palette, rng: Random, t: float) -> None:
    c.fill([*arc(560, 430, 330, 330, 180, 360), (890, 720), (230, 720)], k.field)
    c.fill(box(0, 690, 1600, 210), k.table)
    c.fill(oval(560, 770, 270, 34), mix(k.table, p.INK, 0.35))
    c.fill(box(340, 270, 440, 500, 70), mix(k.field, "#ffffff", 0.55))
    rise = 18 * wave(t)
    paste = mix(k.light, p.SAND, 0.45)
    with c.within(box(364, 292, 392, 456, 52)) as inner:
        top = 424 - rise
        inner.fill(
            [
                *spline([(360, top + 24), (450, top), (560, top - 14), (680, top + 2), (760, top + 24)]),
                (760, 780),
                (360, 780),
            ],
            paste,
        )
        inner.fill([(640, top - 20), (780, top), (780, 780), (620, 780)], mix(paste, p.CLAY, 0.28))
        for _ in range(34):
            x, y, r = rng.uniform(380, 740), rng.uniform(440, 740), rng.uniform(6, 22)
            inner.fill(oval(x, y - rise * (760 - y) / 300, r, r * 0.82), mix(paste, p.CLAY, 0.5))
    c.fill(box(392, 350, 20, 320, 10), clear("#ffffff", 0.75))
    c.fill(box(322, 556, 476, 26, 6), p.TERRACOTTA if k.table != p.TERRACOTTA else p.GREEN)
    c.fill(box(352, 222, 416, 66, 16), p.CREAM)
    c.fill(box(640, 222, 128, 66, 16), p.SAND)
    _slices(c, k)
    c.speckle(box(0, 690, 1600, 210), clear(k.light, 0.5), 120, rng)


def _slice(x: float, y: float, s: float) -> Path:
    points = [
        (-150, 190),
        (-160, 20),
        (-196, -60),
        (-150, -160),
        (0, -196),
        (150, -160),
        (196, -60),
        (160, 20),
        (150, 190),
    ]
    return [(x + a * s, y + b * s) for a, b in [*spline(points, steps=10)]]


def _slices(c: Canvas, k: Palette) -> None:
    c.fill(box(880, 764, 620, 34, 12), p.WALNUT)
    for i, (x, s) in enumerate(((1330, 1.02), (1235, 1.1), (1120, 1.18))):
        y = 764 - 190 * s
        c.fill(_slice(x + 26, y, s), k.shade if i else mix(k.shade, p.INK, 0.15))
        c.fill(_slice(x, y, s), k.main)
        c.fill(_slice(x, y + 4, s * 0.9), mix(k.light, k.accent, 0.18 + 0.12 * (2 - i)))
    holes = Random(3)  # noqa: S311
    for _ in range(26):
        hx, hy = holes.uniform(990, 1250), holes.uniform(400, 740)
        c.fill(oval(hx, hy, holes.uniform(6, 17), holes.uniform(5, 12), 20), mix(k.accent, k.main, 0.35))


def baguettes(c: Canvas, k: Palette, rng: Random, t: float) -> None:
    c.disc(1120, 420, 340, k.field)
    c.fill([(0, 700), (1600, 610), (1600, 900), (0, 900)], k.table)
    for i, (x, y) in enumerate(((330, 760), (470, 800), (610, 840))):
        body = turned(oval(x + 420, y - 260, 560, 88), -33 + 0.7 * wave(t, i * 0.2), (x + 420, y - 260))
        c.fill([(a + 16, b + 26) for a, b in body], clear(p.INK, 0.28))
        with c.within(body) as inner:
            inner.fill(box(0, 0, 1600, 900), k.main if i != 1 else mix(k.main, k.shade, 0.35))
            inner.fill(turned(box(x - 200, y - 236, 1300, 120), -33, (x + 420, y - 260)), clear(k.shade, 0.75))
            for cut in range(5):
                along = -380 + cut * 190
                cx, cy = x + 420 + along * 0.84, y - 272 - along * 0.545
                inner.fill(
                    ribbon(spline([(cx - 92, cy + 22), (cx, cy - 6), (cx + 92, cy - 22)]), [0, 34, 0]),
                    mix(k.light, k.accent, 0.3),
                )
        c.speckle(body, clear(k.light, 0.6), 90, rng)
    _wheat(c, 190, 500, -68, k.accent, 5 * wave(t))
    _wheat(c, 250, 520, -52, mix(k.accent, k.shade, 0.35), 5 * wave(t, 0.25))


SCENES = (boule, starter, baguettes)
