"""Woodwork: dovetails coming together, a plane and its shavings, a stool in parts."""

from __future__ import annotations

from random import Random

from marketplace.demo.art import palette as p
from marketplace.demo.art.canvas import Canvas, Path, arc, box, clear, mix, moved, oval, ribbon, spline, turned, wave
from marketplace.demo.art.palette import Palette

PALETTES = (
    Palette("#cfd9cf", p.CREAM, p.GREEN, p.WOOD, p.OAK, p.TERRACOTTA, p.CREAM),
    Palette(p.PAPER, p.OCHRE, p.NAVY, p.WOOD, p.OAK, p.BRICK, p.CREAM),
    Palette(p.HONEY, p.PAPER, p.BRICK, p.OAK, p.WALNUT, p.GREEN, p.CREAM),
)


def _grained(c: Canvas, shape: Path, tone: str, line: str, rng: Random, degrees: float = 0.0) -> None:
    xs, ys = [x for x, _ in shape], [y for _, y in shape]
    cx, cy = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    reach = max(max(xs) - min(xs), max(ys) - min(ys))
    with c.within(shape) as inner:
        inner.fill(box(cx - reach, cy - reach, reach * 2, reach * 2), tone)
        y = cy - reach * 0.6
        while y < cy + reach * 0.6:
            bend = [(cx + k * reach * 0.25, y + rng.uniform(-9, 9)) for k in range(-3, 4)]
            inner.stroke(turned(spline(bend), degrees, (cx, cy)), rng.uniform(2.5, 5), line)
            y += rng.uniform(24, 58)


def dovetail(c: Canvas, k: Palette, rng: Random, t: float) -> None:
    c.disc(520, 430, 350, k.field)
    c.fill(box(0, 760, 1600, 140), k.table)
    slide = 26 * wave(t)
    c.fill(moved(box(880, 170, 470, 590), 14, 20), clear(p.INK, 0.2))
    _grained(c, box(880, 170, 470, 590), k.shade, mix(k.shade, p.INK, 0.18), rng, 90)
    for i in range(4):
        y = 186 + i * 142
        c.fill([(880, y + 34), (1054, y + 8), (1054, y + 124), (880, y + 98)], mix(k.shade, p.INK, 0.5))
        c.fill([(880, y + 34), (1054, y + 8), (1054, y + 24), (880, y + 48)], mix(k.shade, p.INK, 0.68))
    c.fill(box(1322, 170, 28, 590), mix(k.shade, p.INK, 0.25))
    left, shoulder = 150 - slide, 710 - slide
    edge: Path = [(left, 170), (shoulder, 170)]
    for i in range(4):
        y = 186 + i * 142
        edge += [(shoulder, y + 34), (shoulder + 174, y + 8), (shoulder + 174, y + 124), (shoulder, y + 98)]
    edge += [(shoulder, 760), (left, 760)]
    c.fill(moved(edge, 12, 18), clear(p.INK, 0.25))
    _grained(c, edge, k.main, mix(k.main, k.shade, 0.4), rng)
    c.fill(box(left, 170, 560, 20), mix(k.main, k.light, 0.5))
    for i in range(4):
        y = 186 + i * 142
        c.fill(
            [(shoulder + 150, y + 11), (shoulder + 174, y + 8), (shoulder + 174, y + 124), (shoulder + 150, y + 121)],
            mix(k.main, k.light, 0.42),
        )
    c.stroke([(shoulder - 8, 190), (shoulder - 8, 758)], 5, k.accent)
    for _ in range(26):
        c.fill(
            oval(rng.uniform(220, 1500), rng.uniform(784, 872), rng.uniform(6, 16), 4, rng.uniform(-30, 30)),
            mix(k.table, k.light, 0.5),
        )


def _curl(c: Canvas, x: float, y: float, r: float, k: Palette, spin: float) -> None:
    tone = mix(k.main, k.light, 0.5)
    c.fill(ribbon(arc(x, y, r, r, 100 + spin, 430 + spin), [14, 26, 24]), mix(tone, k.shade, 0.3))
    c.fill(ribbon(arc(x + 3, y + 2, r * 0.58, r * 0.58, 40 + spin, 380 + spin), [24, 20, 4]), tone)


def plane(c: Canvas, k: Palette, rng: Random, t: float) -> None:
    c.fill([*arc(1060, 420, 330, 330, 180, 360), (1390, 680), (730, 680)], k.field)
    c.fill(box(0, 780, 1600, 120), k.table)
    board = box(60, 660, 1480, 120, 6)
    _grained(c, board, k.main, mix(k.main, k.shade, 0.4), rng)
    c.fill(box(60, 660, 1480, 14), mix(k.main, k.light, 0.5))
    dx = 46 * wave(t)
    c.fill(moved([(330, 660), (330, 500), (1170, 500), (1300, 590), (1300, 660)], dx, 0), k.shade)
    with c.within(moved(box(310, 500, 1000, 160), dx, 0)) as inner:
        inner.fill(moved([(330, 610), (1300, 610), (1300, 660), (330, 660)], dx, 0), mix(k.shade, p.INK, 0.3))
    tote = spline([(420, 510), (392, 400), (360, 330), (420, 290), (500, 330), (480, 400), (560, 510)])
    c.fill(moved(tote, dx, 0), k.accent)
    c.fill(moved(oval(1130, 448, 58, 58), dx, 0), k.accent)
    c.fill(moved(box(1108, 490, 44, 24), dx, 0), mix(k.accent, p.INK, 0.3))
    c.fill(moved(oval(1112, 430, 16, 12, -30), dx, 0), clear("#ffffff", 0.35))
    c.fill(moved([(640, 300), (700, 280), (890, 520), (800, 520)], dx, 0), "#8d9aa0")
    c.fill(moved([(640, 300), (664, 292), (836, 520), (800, 520)], dx, 0), "#c3ccce")
    c.fill(moved([(600, 500), (760, 390), (790, 430), (700, 500)], dx, 0), mix(k.shade, p.INK, 0.2))
    _curl(c, 900 + dx, 380, 92, k, 26 * wave(t))
    _curl(c, 1010 + dx, 300, 62, k, -30 * wave(t))
    for x, y, r in ((190, 630, 40), (1430, 618, 48), (1390, 840, 36), (260, 842, 42)):
        _curl(c, x, y, r, k, rng.uniform(0, 200))


def stool(c: Canvas, k: Palette, rng: Random, t: float) -> None:
    c.disc(800, 430, 370, k.field)
    c.fill(box(0, 740, 1600, 160), k.table)
    c.fill(oval(800, 800, 380, 40), mix(k.table, p.INK, 0.4))
    lift = 18 + 18 * wave(t)
    for top, foot in ((700, 560), (900, 1040)):
        c.fill(ribbon([(top + (foot - top) * 0.1, 380), (foot * 0.97 + 24, 740)], [30, 42, 30]), k.shade)
    for top, foot in ((610, 470), (990, 1130)):
        c.fill(ribbon([(top, 370), (foot, 800)], [34, 52, 34]), k.main)
        c.fill(ribbon([(top + 8, 380), (foot + 10, 800)], [8, 16, 8]), k.shade)
    c.stroke([(548, 590), (1052, 590)], 24, k.shade)
    c.stroke([(548, 584), (1052, 584)], 12, k.main)
    seat = box(440, 300 - lift, 720, 84, 40)
    c.fill(moved(seat, 0, 16), mix(k.shade, p.INK, 0.2))
    _grained(c, seat, k.main, mix(k.main, k.shade, 0.45), rng)
    c.fill(oval(800, 304 - lift, 340, 26), mix(k.main, k.light, 0.35))
    for x in (610, 990):
        c.fill(oval(x, 304 - lift, 26, 8), k.accent)
        c.fill(box(x - 14, 386 - lift, 28, lift + 8), mix(k.main, k.light, 0.5))
    c.fill(turned(box(1290, 560, 32, 220, 10), 12, (1300, 800)), k.accent)
    c.fill(box(1214, 752, 160, 84, 12), p.WALNUT)
    c.fill(box(1342, 752, 32, 84, 10), p.OAK)
    for i in range(3):
        _curl(c, 240 + i * 90, 800 + (i % 2) * 26, 36, k, i * 70)


SCENES = (dovetail, plane, stool)
