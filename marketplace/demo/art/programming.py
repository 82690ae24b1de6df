"""Programming: an editor window, a trace that leads to one line, braces that hold blocks."""

from __future__ import annotations

from random import Random

from marketplace.demo.art import palette as p
from marketplace.demo.art.canvas import Canvas, arc, box, clear, mix, moved, oval, spline, wave
from marketplace.demo.art.palette import Palette

PALETTES = (
    Palette(p.OCHRE, p.HONEY, p.TERRACOTTA, p.NAVY, "#1a2a3c", p.TERRACOTTA, p.CREAM),
    Palette(p.SAGE, p.CREAM, p.GREEN, p.PINE, "#0e2d26", p.HONEY, p.CREAM),
    Palette(p.BLUSH, p.CREAM, p.PLUM, p.PLUM, "#43222e", p.OCHRE, p.CREAM),
)


def _window(c: Canvas, x: float, y: float, w: float, h: float, k: Palette) -> None:
    c.fill(box(x + 20, y + 28, w, h, 30), clear(p.INK, 0.24))
    c.fill(box(x, y, w, h, 30), k.main)
    c.fill(box(x, y, w, 76, 30), k.shade)
    c.fill(box(x, y + 46, w, 30), k.shade)
    for i, tone in enumerate((p.TERRACOTTA, p.HONEY, p.SAGE)):
        c.disc(x + 52 + i * 44, y + 38, 13, tone)


def editor(c: Canvas, k: Palette, rng: Random, t: float) -> None:
    c.disc(1160, 380, 350, k.field)
    c.fill(box(0, 760, 1600, 140), k.table)
    _window(c, 260, 130, 980, 660, k)
    tones = (p.HONEY, p.SAGE, p.BLUSH, p.SKY, p.CREAM)
    shape = (0, 1, 1, 2, 2, 1, 0, 1)
    for row, depth in enumerate(shape):
        y = 252 + row * 62
        c.fill(box(304, y + 6, 22, 14, 7), mix(k.main, k.light, 0.25))
        x = 368 + depth * 72
        for _ in range(rng.choice((2, 3, 3))):
            w = rng.choice((70, 110, 150, 200))
            if x + w > 1180:
                break
            c.fill(box(x, y, w, 26, 13), rng.choice(tones))
            x += w + 24
        if row == 5 and wave(t) > 0:
            c.fill(box(x, y - 9, 10, 44, 3), k.light)
    drift = 12 * wave(t)
    c.fill(box(1090, 420 + drift, 330, 236, 26), clear(p.INK, 0.22))
    c.fill(box(1076, 400 + drift, 330, 236, 26), k.light)
    for i, h in enumerate((70, 120, 94, 156)):
        c.fill(box(1120 + i * 64, 604 + drift - h, 42, h, 8), (k.accent, p.OCHRE, p.GREEN, p.NAVY)[i])


def trace(c: Canvas, k: Palette, rng: Random, t: float) -> None:
    c.fill([*arc(800, 450, 520, 400, 180, 360), (1320, 900), (280, 900)], k.field)
    for i in range(5):
        w, x, y = 760 - i * 60, 180 + i * 94, 92 + i * 138
        last = i == 4
        tone = k.accent if last else mix(k.main, k.field, 0.1 + 0.14 * (3 - i))
        c.fill(box(x + 12, y + 16, w, 104, 22), clear(p.INK, 0.18))
        c.fill(box(x, y, w, 104, 22), tone)
        ink = k.main if last else mix(tone, k.light, 0.72)
        c.disc(x + 54, y + 52, 17, ink)
        left = x + 96
        for _ in range(3):
            bar = rng.choice((80, 120, 160))
            if left + bar > x + w - 40:
                break
            c.fill(box(left, y + 39, bar, 26, 13), clear(ink, 0.9))
            left += bar + 22
        if not last:
            c.stroke(spline([(x + w, y + 52), (x + w + 64, y + 74), (x + w + 40, y + 138 + 8)]), 8, k.table)
    bob = 8 * wave(t)
    c.stroke([(1262 + bob, 674 + bob), (1400 + bob, 812 + bob)], 44, k.table)
    c.disc(1180 + bob, 590 + bob, 138, k.table)
    c.disc(1180 + bob, 590 + bob, 110, mix(k.field, "#ffffff", 0.6))
    with c.within(oval(1180 + bob, 590 + bob, 110, 110)) as inner:
        inner.fill(box(900 + bob, 572 + bob, 420, 140, 20), k.accent)
        inner.fill(box(1110 + bob, 622 + bob, 200, 40, 20), k.main)
        inner.fill(oval(1136 + bob, 530 + bob, 46, 20, -35), clear("#ffffff", 0.9))


def _brace(c: Canvas, x: float, side: int, colour: str) -> None:
    path = spline(
        [(x + side * 150, 130), (x + side * 52, 150), (x + side * 36, 260), (x + side * 30, 380), (x - side * 46, 450),
         (x + side * 30, 520), (x + side * 36, 640), (x + side * 52, 750), (x + side * 150, 770)]
    )  # fmt: skip
    c.stroke(path, 58, colour)


def braces(c: Canvas, k: Palette, rng: Random, t: float) -> None:
    c.disc(800, 450, 380, k.field)
    _brace(c, 300, 1, k.table)
    _brace(c, 1300, -1, k.table)
    spots = [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1), (0, 2), (1, 2), (2, 2)]
    tones = [p.TERRACOTTA, p.NAVY, p.OCHRE, p.GREEN, p.BLUE, p.BRICK, p.SAGE, p.PLUM, p.HONEY]
    rng.shuffle(tones)
    for i, (column, row) in enumerate(spots):
        x, y = 560 + column * 168, 210 + row * 168 + 7 * wave(t, (column + row) * 0.18)
        if rng.random() < 0.45:
            c.disc(x + 72, y + 72, 72, tones[i])
            c.disc(x + 72, y + 72, 28, mix(tones[i], p.CREAM, 0.75))
        elif rng.random() < 0.5:
            c.fill(moved(box(x, y, 144, 144, 26), 0, 0), tones[i])
            c.fill([*arc(x, y + 144, 100, 100, -90, 0), (x, y + 144)], mix(tones[i], p.CREAM, 0.7))
        else:
            c.fill(box(x, y, 144, 144, 26), tones[i])
            for bar in range(3):
                c.fill(box(x + 30, y + 34 + bar * 32, 84 - bar * 18, 15, 7), mix(tones[i], p.CREAM, 0.8))


SCENES = (editor, trace, braces)
