"""Abstract still lives for topics that have no drawing of their own."""

from __future__ import annotations

from random import Random

from marketplace.demo.art import palette as p
from marketplace.demo.art.canvas import Canvas, arc, box, leaf, mix, wave
from marketplace.demo.art.palette import Palette

PALETTES = (
    Palette(p.PAPER, p.HONEY, p.GREEN, p.TERRACOTTA, p.BRICK, p.BLUE, p.CREAM),
    Palette(p.BLUSH, p.CREAM, p.PLUM, p.OCHRE, p.OAK, p.GREEN, p.CREAM),
    Palette(p.SKY, p.CREAM, p.NAVY, p.TERRACOTTA, p.BRICK, p.OCHRE, p.CREAM),
)


def arches(c: Canvas, k: Palette, rng: Random, t: float) -> None:
    c.disc(rng.uniform(1050, 1250), 300 + 8 * wave(t), 190, k.field)
    c.fill(box(0, 740, 1600, 160), k.table)
    tones = [k.main, k.accent, k.shade, mix(k.main, k.light, 0.5)]
    rng.shuffle(tones)
    for i, tone in enumerate(tones):
        x, r = 330 + i * 270 + rng.uniform(-30, 30), rng.uniform(110, 190)
        top = rng.uniform(330, 520)
        c.fill([*arc(x, top, r, r, 180, 360), (x + r, 760), (x - r, 760)], tone)
        c.fill(
            [*arc(x, top + r * 0.5, r * 0.5, r * 0.5, 180, 360), (x + r * 0.5, 760), (x - r * 0.5, 760)],
            mix(tone, k.light, 0.6),
        )
    for i in range(5):
        c.fill(
            leaf(180, 760, 250 - 20 * abs(i - 2), 70, -150 + i * 30 + 2 * wave(t, i * 0.1)),
            mix(k.table, k.light, 0.15 * i),
        )


SCENES = (arches,)
