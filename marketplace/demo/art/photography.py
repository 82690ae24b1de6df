"""Photography: a camera, an aperture looking at hills, prints drying on a line."""

from __future__ import annotations

import math
from random import Random

from marketplace.demo.art import palette as p
from marketplace.demo.art.canvas import Canvas, Path, arc, box, clear, mix, moved, oval, spline, turned, wave
from marketplace.demo.art.palette import Palette

PALETTES = (
    Palette(p.TERRACOTTA, p.HONEY, p.BRICK, p.NAVY, "#18283a", p.OCHRE, p.CREAM),
    Palette(p.NAVY, p.BLUSH, p.PINE, p.BLUE, p.NAVY, p.TERRACOTTA, p.HONEY),
    Palette(p.PAPER, p.SAGE, p.GREEN, p.GREEN, p.PINE, p.TERRACOTTA, p.HONEY),
)


def _view(c: Canvas, area: Path, k: Palette, rng: Random, t: float) -> None:
    """Hills under a low sun, filling ``area``."""
    xs, ys = [x for x, _ in area], [y for _, y in area]
    left, w, top, h = min(xs), max(xs) - min(xs), min(ys), max(ys) - min(ys)
    with c.within(area) as inner:
        inner.fill(box(left, top, w, h), k.field)
        inner.disc(left + w * 0.64, top + h * (0.36 + 0.012 * wave(t)), h * 0.13, k.accent)
        for i, tone in enumerate((mix(k.field, k.main, 0.38), mix(k.field, k.main, 0.7), k.main, k.shade)):
            y = top + h * (0.46 + i * 0.13)
            ridge = [(left + w * x / 6, y + h * rng.uniform(-0.09, 0.06)) for x in range(-1, 8)]
            inner.fill([*spline(ridge), (left + w * 1.2, top + h * 1.1), (left - w * 0.2, top + h * 1.1)], tone)


def camera(c: Canvas, k: Palette, rng: Random, t: float) -> None:
    c.disc(800, 430, 390, k.field)
    c.fill(box(0, 740, 1600, 160), k.table)
    c.fill(oval(800, 780, 520, 40), clear(p.INK, 0.35))
    c.fill(box(560, 170, 480, 170, 40), k.shade)
    c.fill(box(380, 226, 120, 60, 16), k.accent)
    c.fill(box(1080, 214, 150, 70, 16), "#b9c0c2")
    for i in range(6):
        c.fill(box(1092 + i * 22, 214, 8, 70), "#8f999d")
    c.fill(box(300, 270, 1000, 500, 56), k.main)
    c.fill(box(300, 270, 1000, 96, 48), mix(k.main, k.light, 0.82))
    c.fill(box(300, 330, 1000, 40), mix(k.main, k.light, 0.82))
    c.fill(box(300, 362, 1000, 10), k.shade)
    c.fill(box(1150, 420, 150, 350, 48), k.shade)
    c.fill(box(700, 206, 200, 76, 18), p.INK)
    c.fill(box(712, 218, 176, 52, 12), mix(p.SKY, p.NAVY, 0.35))
    c.disc(1190, 320, 17, k.accent if wave(t) > 0 else mix(k.accent, k.light, 0.6))
    c.fill(oval(812, 566, 262, 262), clear(p.INK, 0.4))
    for r, tone in ((256, k.shade), (238, "#b9c0c2"), (226, p.INK), (206, mix(k.main, p.INK, 0.4)), (170, p.INK)):
        c.disc(800, 548, r, tone)
    for i in range(36):
        c.fill(turned(box(796, 548 - 224, 8, 16), i * 10 + 10 * t, (800, 548)), mix(k.main, p.CREAM, 0.55))
    _view(c, oval(800, 548, 150, 150), k, rng, t)
    c.fill(oval(800, 548, 150, 150), clear(p.INK, 0.22))
    c.fill([*arc(800, 548, 126, 126, 190, 262), *arc(800, 548, 96, 96, 262, 190)], clear("#ffffff", 0.6))
    c.disc(858, 622, 15, clear("#ffffff", 0.5))


def aperture(c: Canvas, k: Palette, rng: Random, t: float) -> None:
    for r, tone in ((436, mix(k.ground, p.INK, 0.45)), (412, mix(k.ground, p.INK, 0.7))):
        c.disc(800, 450, r, tone)
    _view(c, oval(800, 450, 396, 396), k, rng, t)
    blades, opening = 7, 218 + 34 * wave(t)
    corners = [
        (
            800 + opening * math.cos(2 * math.pi * i / blades + 0.25),
            450 + opening * math.sin(2 * math.pi * i / blades + 0.25),
        )
        for i in range(blades)
    ]
    tips = [
        (bx + (bx - ax) * 4, by + (by - ay) * 4)
        for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True)
    ]
    with c.within(oval(800, 450, 396, 396)) as inner:
        for i in range(blades):
            tone = mix(mix(k.table, p.INK, 0.5), p.CREAM, 0.05 + 0.15 * abs(math.sin(i * 0.9 + 0.4)))
            inner.fill([corners[(i + 1) % blades], tips[i], tips[(i + 1) % blades]], tone)
        for i in range(blades):
            inner.stroke([corners[i], tips[i]], 5, mix(k.table, p.CREAM, 0.42))
    c.stroke(oval(800, 450, 404, 404), 12, k.light)
    for i in range(24):
        r = 452 if i % 3 else 458
        c.fill(turned(box(796, 450 - r - 12, 8, 12 if i % 3 else 24, 3), i * 15, (800, 450)), k.light)


def prints(c: Canvas, k: Palette, rng: Random, t: float) -> None:
    c.fill(box(0, 700, 1600, 200), k.table)
    line = spline([(-20, 150), (420, 214), (800, 226), (1180, 214), (1620, 150)])
    c.stroke(line, 5, p.INK)
    sets = (
        k,
        Palette(k.ground, p.BLUSH, k.table, p.PLUM, p.INK, p.OCHRE, k.light),
        Palette(k.ground, p.SKY, k.table, p.BLUE, p.NAVY, p.CREAM, k.light),
    )
    for i, (x, y) in enumerate(((330, 200), (800, 226), (1270, 200))):
        lean = (-4, 2, 5)[i] + 1.6 * wave(t, i * 0.22)
        card = turned(box(x - 190, y + 6, 380, 470, 6), lean, (x, y))
        c.fill(moved(card, 12, 18), clear(p.INK, 0.18))
        c.fill(card, p.CREAM)
        _view(c, turned(box(x - 160, y + 36, 320, 340), lean, (x, y)), sets[i], rng, t)
        c.fill(turned(box(x - 15, y - 34, 30, 78, 6), lean, (x, y)), p.WOOD)
        c.fill(turned(box(x - 15, y - 2, 30, 9), lean, (x, y)), p.OAK)
    film = turned(box(330, 758, 940, 110, 8), -2, (800, 810))
    c.fill(moved(film, 8, 12), clear(p.INK, 0.3))
    c.fill(film, p.INK)
    for i in range(6):
        c.fill(turned(box(352 + i * 152, 780, 136, 66, 4), -2, (800, 810)), mix(k.main, p.CREAM, 0.16 + 0.09 * (i % 3)))
    for i in range(36):
        for y in (764, 853):
            c.fill(turned(box(344 + i * 25.6, y, 12, 9, 2), -2, (800, 810)), mix(k.table, p.CREAM, 0.25))


SCENES = (camera, aperture, prints)
