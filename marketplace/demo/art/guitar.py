"""Guitar: the sound hole with ringing strings, a chord on the neck, a whole instrument at rest."""

from __future__ import annotations

from random import Random

from marketplace.demo.art import palette as p
from marketplace.demo.art.canvas import Canvas, Path, box, clear, mix, moved, oval, spline, turned, wave
from marketplace.demo.art.palette import Palette

PALETTES = (
    Palette(p.NAVY, p.WOOD, p.OAK, p.WOOD, p.WALNUT, p.TERRACOTTA, p.CREAM),
    Palette(p.BLUSH, p.OCHRE, p.PLUM, p.TERRACOTTA, p.BRICK, p.GREEN, p.CREAM),
    Palette(p.PAPER, p.SAGE, p.GREEN, p.OCHRE, p.OAK, p.TERRACOTTA, p.CREAM),
)


def _strings(c: Canvas, y: float, gap: float, left: float, right: float, t: float, colour: str) -> None:
    for i in range(6):
        swing = 7 * wave(t * 2, i * 0.19) * (1 if i in (1, 2, 4) else 0.25)
        path = spline([(left, y + i * gap), ((left + right) / 2, y + i * gap + swing), (right, y + i * gap)], steps=30)
        c.stroke(path, 3 + (5 - i) * 0.9, colour)


def soundhole(c: Canvas, k: Palette, rng: Random, t: float) -> None:
    body = spline(
        [(1900, 60), (1420, -80), (1000, -110), (620, -20), (400, 210), (350, 450), (400, 690), (620, 920),
         (1000, 1010), (1420, 980), (1900, 840)]
    )  # fmt: skip
    c.fill(moved(body, -22, 16), clear(p.INK, 0.35))
    with c.within(body) as inner:
        inner.fill(box(0, -200, 1700, 1300), k.main)
        for i in range(15):
            y = -40 + i * 66 + rng.uniform(-12, 12)
            inner.stroke(
                spline([(300, y), (800, y + rng.uniform(-14, 14)), (1700, y + rng.uniform(-10, 10))]),
                4,
                mix(k.main, k.table, 0.28),
            )
        guard = [(700, 600), (860, 690), (1080, 660), (1180, 760), (1130, 870), (920, 890), (740, 790)]
        inner.fill(spline(guard, closed=True), k.accent)
    c.stroke(body, 16, k.light)
    for r, tone in ((262, k.shade), (246, k.light), (232, k.accent), (212, k.shade), (204, k.main), (196, p.INK)):
        c.disc(800, 450, r, tone)
    c.fill(oval(810, 462, 176, 176), mix(p.INK, k.shade, 0.3))
    c.fill(box(-20, 322, 600, 256), k.shade)
    c.fill(box(-20, 322, 600, 10), mix(k.shade, p.INK, 0.4))
    for x in (60, 190, 310, 420, 520):
        c.fill(box(x, 322, 9, 256), "#d9cba8")
    for x in (125, 366):
        c.disc(x, 450, 15, k.light)
    c.fill(box(1330, 250, 100, 400, 18), k.shade)
    c.fill(box(1352, 290, 14, 320, 7), k.light)
    for i in range(6):
        c.disc(1402, 346 + i * 41.6, 11, k.light)
    _strings(c, 346, 41.6, -20, 1402, t, "#f3e6c8")


def chord(c: Canvas, k: Palette, rng: Random, t: float) -> None:
    c.disc(1180, 300, 240, k.field)
    c.fill(box(-20, 250, 1660, 420), mix(k.table, p.INK, 0.25))
    c.fill(box(-20, 244, 1660, 402), k.table)
    frets = (120, 470, 800, 1110, 1400)
    for fx in frets:
        c.fill(box(fx, 244, 16, 402, 4), "#e2cfa4")
        c.fill(box(fx + 10, 244, 6, 402, 3), "#b99f6b")
    for x in (640.0, 1262.0):
        c.disc(x, 445, 26, mix(k.table, k.light, 0.5))
    for i in range(6):
        swing = 5 * wave(t * 2, i * 0.17)
        y = 284.0 + i * 64
        c.stroke(spline([(-20, y), (800, y + swing), (1620, y)], steps=30), 4 + i * 1.5, "#efe0bd")
    shape = rng.choice(
        (((0, 1), (1, 3), (1, 2)), ((0, 4), (1, 2), (2, 1)), ((1, 3), (1, 4), (2, 1)), ((0, 2), (1, 4), (2, 0)))
    )
    mid = [(frets[i] + frets[i + 1]) / 2 + 30 for i in range(4)]
    for n, (fret, string) in enumerate(shape):
        x, y = mid[fret], 284.0 + string * 64
        c.disc(x + 6, y + 10, 50, clear(p.INK, 0.3))
        c.disc(x, y, 50 + 3 * wave(t, n * 0.2), (k.accent, k.main, p.OCHRE)[n])
        c.disc(x - 14, y - 15, 11, clear("#ffffff", 0.55))
    for i in range(4):
        c.disc(190 + i * 84, 770, 20, k.table if i < 3 else mix(k.ground, k.table, 0.3))


def _outline() -> Path:
    half = [(0, -246), (84, -250), (158, -212), (176, -136), (148, -50), (158, 24), (214, 112), (234, 214)]
    half += [(192, 318), (96, 366), (0, 372)]
    right = spline(half, steps=20)
    return right + [(-x, y) for x, y in reversed(right)]


def whole(c: Canvas, k: Palette, rng: Random, t: float) -> None:
    c.fill([(0, 620), (1600, 520), (1600, 900), (0, 900)], k.table)
    c.disc(1020, 370, 320, k.field)
    tilt, centre = 58 + 0.8 * wave(t), (640.0, 520.0)

    def place(path: Path, s: float = 1.15) -> Path:
        return turned([(centre[0] + x * s, centre[1] + y * s) for x, y in path], tilt, centre)

    c.fill(moved(place(_outline()), 18, 34), clear(p.INK, 0.3))
    c.fill(place(_outline(), 1.19), k.shade)
    with c.within(place(_outline())) as inner:
        inner.fill(box(0, 0, 1600, 900), k.main)
        inner.fill(place([(40, -320), (320, -320), (320, 420), (70, 420)]), clear(k.shade, 0.35))
        guard = [(70, 10), (150, 70), (166, 190), (96, 210), (84, 110)]
        inner.fill(place(spline(guard, closed=True)), k.accent)
    for r, tone in ((92, k.shade), (84, k.light), (76, p.INK)):
        c.fill(place(oval(0, -40, r, r)), tone)
    c.fill(place(box(-36, -740, 72, 680, 6)), p.WALNUT)
    for i in range(10):
        c.fill(place(box(-36, -700 + i * 52 + i * i * 1.3, 72, 5)), "#d9cba8")
    c.fill(place([(-36, -740), (36, -740), (58, -900), (-58, -900)]), k.shade)
    for side in (-1, 1):
        for i in range(3):
            c.fill(place(oval(side * 70, -770 - i * 46, 17, 13)), k.light)
    c.fill(place(box(-86, 170, 172, 38, 8)), p.WALNUT)
    for i in range(6):
        x = -25 + i * 10
        ring = 2.4 * wave(t * 2, i * 0.2)
        c.stroke(place(spline([(x, -880), (x + ring, -300), (x * 1.5, 186)])), 2.6, p.CREAM)
    c.speckle(box(0, 640, 1600, 260), clear(p.INK, 0.16), 120, rng)


SCENES = (soundhole, chord, whole)
