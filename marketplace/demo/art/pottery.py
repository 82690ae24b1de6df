"""Pottery: a bowl on the wheel, a shelf of work, a glaze dip, a mug, clay being wedged."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from marketplace.demo.art import palette as p
from marketplace.demo.art.canvas import (
    Canvas,
    Path,
    arc,
    box,
    clear,
    leaf,
    mirrored,
    mix,
    oval,
    ribbon,
    spline,
    wave,
)
from marketplace.demo.art.palette import Palette

PALETTES = (
    Palette(p.PAPER, p.HONEY, p.GREEN, p.TERRACOTTA, p.BRICK, p.CREAM, p.BLUSH),
    Palette(p.SAND, p.CREAM, p.BRICK, p.BLUE, p.NAVY, p.OCHRE, p.PAPER),
    Palette("#dfe3d2", p.OCHRE, p.NAVY, p.CREAM, p.SAND, p.TERRACOTTA, p.PAPER),
    Palette(p.BLUSH, p.PAPER, p.PLUM, p.GREEN, p.PINE, p.OCHRE, p.CREAM),
)


def vessel(cx: float, profile: Sequence[tuple[float, float]]) -> Path:
    """A turned form: ``profile`` holds (radius, y) from rim to foot."""
    right = spline([(cx + r, y) for r, y in profile])
    return right + mirrored(right, cx)[::-1]


def bowl(c: Canvas, k: Palette, rng: Random, t: float) -> None:
    c.disc(1010, 400, 330, k.field)
    c.fill(box(0, 690, 1600, 210), k.table)
    c.fill(oval(800, 742, 560, 96), mix(k.table, p.INK, 0.35))
    c.fill(box(240, 640, 1120, 102), mix(k.table, p.INK, 0.35))
    c.fill(oval(800, 640, 560, 96), mix(k.table, k.light, 0.28))
    c.fill(oval(800, 640, 505, 78), mix(k.table, p.INK, 0.25))
    c.fill(oval(800, 640, 390, 56), p.INK)
    c.fill(oval(800, 622, 390, 56), mix(k.light, p.CLAY, 0.55))
    for ring in (330, 265):
        c.stroke(oval(800, 622, ring, ring * 0.143), 4, mix(k.light, p.CLAY, 0.85))
    grow = 10 * wave(t)
    rim, top = 345 + grow, 262 - grow * 0.6
    body = vessel(800, [(rim, top), (rim - 22, top + 84), (rim - 92, 448), (205, 550), (150, 602), (152, 628)])
    with c.within(body) as inner:
        inner.fill(box(300, 150, 1000, 600), k.main)
        inner.fill(spline([(930, 200), (960, 380), (900, 520), (820, 640), (1300, 660), (1300, 150)]), k.shade)
        for i, y in enumerate((360, 428, 492, 548)):
            lean = 9 * wave(t, i * 0.17)
            inner.stroke(arc(800 + lean, y - 42, 420, 62, 28, 152), 6, clear(k.light, 0.38))
        inner.fill(ribbon(spline([(520, 330), (560, 440), (640, 540)]), [0, 26, 0]), clear(k.light, 0.55))
    c.fill(oval(800, top, rim, 66), mix(k.main, k.light, 0.45))
    with c.within(oval(800, top + 6, rim - 26, 50)) as inner:
        inner.fill(box(300, 100, 1000, 400), mix(k.shade, p.INK, 0.3))
        inner.fill(oval(800, top + 62, rim - 70, 60), k.shade)
        inner.stroke(arc(800, top + 34, rim - 110, 34, 180 + 50 * wave(t), 330 + 50 * wave(t)), 5, k.main)
    c.speckle(body, clear(k.ink, 0.30), 190, rng)
    for side in (-1, 1):
        x = 800 + side * 470
        c.fill(oval(x, 668 + 6 * side, 34, 11), clear(k.light, 0.8))
        c.fill(oval(x - side * 78, 690, 15, 6), clear(k.light, 0.8))


def _pot(
    c: Canvas, x: float, foot: float, profile: Sequence[tuple[float, float]], clay: str, glaze: str, dip: float
) -> None:
    """``profile`` as (radius, height above the foot), from rim to foot; glazed above ``dip``."""
    shape = vessel(x, [(r, foot - h) for r, h in profile])
    rim, height = profile[0]
    with c.within(shape) as inner:
        inner.fill(box(x - 300, foot - height - 40, 600, height + 80), clay)
        line = spline(
            [(x - 300, foot - dip), (x - 60, foot - dip + 14), (x + 60, foot - dip - 8), (x + 300, foot - dip)]
        )
        inner.fill([*line, (x + 300, foot - height - 60), (x - 300, foot - height - 60)], glaze)
        inner.fill(box(x + rim * 0.35, foot - height - 40, 400, height + 80), clear(p.INK, 0.13))
    c.fill(oval(x, foot - height, rim, rim * 0.17), mix(glaze, p.INK, 0.45))


def shelf(c: Canvas, k: Palette, rng: Random, t: float) -> None:
    c.fill([*arc(800, 470, 520, 400, 180, 360), (1320, 900), (280, 900)], k.field)
    for y in (470, 800):
        c.fill(box(170, y, 1260, 30, 6), p.OAK)
        c.fill(box(170, y + 18, 1260, 12, 6), p.WALNUT)
        c.fill(box(330, y + 30, 26, 46), p.WALNUT)
        c.fill(box(1244, y + 30, 26, 46), p.WALNUT)
    tones = [k.main, k.accent, k.table, k.shade, p.CREAM]
    rng.shuffle(tones)
    vase = [(44, 270), (36, 232), (52, 200), (112, 130), (100, 50), (64, 0)]
    jar = [(92, 176), (112, 150), (122, 84), (104, 22), (88, 0)]
    dish = [(150, 96), (140, 66), (96, 22), (60, 10), (60, 0)]
    bottle = [(26, 286), (24, 200), (34, 168), (82, 112), (84, 30), (70, 0)]
    cup = [(70, 122), (70, 60), (62, 16), (50, 0)]
    sway = 3.5 * wave(t)
    for stem in range(3):
        base = (320 + stem * 6, 215)
        tip = (270 + stem * 62 + sway * (stem + 1), 92 - 24 * (stem == 1))
        mid = ((base[0] + tip[0]) / 2 + (stem - 1) * 10, 160)
        c.stroke(spline([base, mid, tip]), 5, p.MOSS)
        c.fill(leaf(tip[0], tip[1], 62, 34, -120 + stem * 34), p.MOSS)
        c.fill(leaf(mid[0], mid[1], 54, 28, -160 + stem * 70), mix(p.MOSS, p.PINE, 0.3))
    _pot(c, 326, 470, vase, p.SAND, tones[0], 120)
    _pot(c, 590, 470, cup, p.CLAY, tones[4], 44)
    _pot(c, 770, 470, cup, p.CLAY, tones[1], 44)
    _pot(c, 990, 470, jar, p.SAND, tones[2], 70)
    _pot(c, 1250, 470, bottle, p.CLAY, tones[3], 96)
    _pot(c, 380, 800, jar, p.CLAY, tones[1], 92)
    _pot(c, 680, 800, dish, p.SAND, tones[3], 34)
    _pot(c, 680, 704, [(r * 0.92, h * 0.9) for r, h in dish], p.SAND, tones[0], 30)
    _pot(c, 965, 800, [(r * 0.92, h * 0.86) for r, h in vase], p.CLAY, tones[4], 84)
    _pot(c, 1220, 800, [(r * 1.12, h * 1.12) for r, h in jar], p.SAND, tones[2], 60)


def glaze(c: Canvas, k: Palette, rng: Random, t: float) -> None:
    c.disc(560, 420, 360, k.field)
    c.fill(box(0, 720, 1600, 180), k.table)
    lift = 16 * wave(t)
    c.fill(oval(800, 770, 500, 70), mix(k.table, p.INK, 0.35))
    tub = [(360, 560), (1240, 560), (1190, 790), *arc(800, 790, 390, 60, 0, 180), (410, 790)]
    c.fill(tub, mix(k.light, p.CLAY, 0.45))
    c.fill([(1040, 560), (1240, 560), (1190, 790), *arc(800, 790, 390, 60, 0, 52)], mix(k.light, p.CLAY, 0.72))
    c.fill(oval(800, 560, 440, 76), mix(k.light, p.CLAY, 0.15))
    pool = oval(800, 566, 404, 62)
    c.fill(pool, mix(k.accent, p.INK, 0.18))
    for i, r in enumerate((300, 240)):
        c.stroke(oval(800, 570, r + 10 * wave(t, i * 0.2), r * 0.15), 4, mix(k.accent, "#ffffff", 0.3))
    y = 92 - lift
    form = vessel(
        800, [(74, y), (62, y + 46), (86, y + 96), (196, y + 210), (206, y + 310), (150, y + 420), (112, y + 470)]
    )
    sheet = [(380, 0), (1220, 0), (1220, 572), *arc(800, 572, 420, 46, 0, 180), (380, 572)]
    with c.within(sheet) as above, above.within(form) as inner:
        inner.fill(box(400, 0, 800, 800), mix(p.CLAY, k.light, 0.35))
        edge = spline([(560, y + 250), (680, y + 268), (800, y + 244), (930, y + 270), (1060, y + 246)])
        inner.fill([*edge, (1100, 800), (500, 800)], k.accent)
        inner.fill(box(900, 0, 300, 800), clear(p.INK, 0.14))
        inner.fill(ribbon(spline([(650, y + 210), (626, y + 290), (660, y + 390)]), [0, 24, 0]), clear("#ffffff", 0.45))
    c.fill(oval(800, y, 74, 14), mix(p.CLAY, p.INK, 0.4))
    for i, x in enumerate((1090, 1210, 1330, 1450)):
        tone = (k.accent, k.main, p.GREEN, p.OCHRE if k.accent != p.OCHRE else p.TERRACOTTA)[i]
        c.fill(box(x, 150, 96, 190, 10), mix(p.CLAY, k.light, 0.3))
        c.fill(box(x, 222, 96, 118, 10), tone)
        c.disc(x + 48, 178, 10, k.ground)
    c.speckle(pool, clear("#ffffff", 0.5), 60, rng)


def mug(c: Canvas, k: Palette, rng: Random, t: float) -> None:
    c.fill([*arc(800, 420, 350, 350, 180, 360), (1150, 760), (450, 760)], k.field)
    c.fill(box(0, 700, 1600, 200), k.table)
    c.fill(oval(830, 760, 400, 48), mix(k.table, p.INK, 0.4))
    c.fill(ribbon(spline([(980, 424), (1130, 384), (1210, 474), (1160, 594), (985, 644)]), [66, 60, 60, 66]), k.shade)
    c.fill(ribbon(spline([(980, 414), (1126, 374), (1198, 466), (1150, 582), (985, 632)]), [46, 40, 40, 46]), k.main)
    body = vessel(780, [(236, 300), (232, 420), (240, 560), (236, 690), (206, 752)])
    with c.within(body) as inner:
        inner.fill(box(500, 200, 600, 620), k.main)
        inner.fill([(860, 280), (1060, 280), (1060, 780), (820, 780)], k.shade)
        drip = spline([(500, 430), (600, 440), (660, 480), (720, 432), (800, 446), (860, 520), (910, 450), (1060, 436)])
        inner.fill([*drip, (1060, 200), (500, 200)], k.accent)
        inner.fill([(880, 200), (1060, 200), (1060, 470), (880, 470)], clear(p.INK, 0.14))
        inner.fill(ribbon(spline([(596, 340), (590, 520), (606, 700)]), [0, 22, 0]), clear("#ffffff", 0.4))
    c.speckle(body, clear(p.INK, 0.35), 150, rng)
    c.fill(oval(780, 300, 236, 44), mix(k.accent, k.light, 0.5))
    c.fill(oval(780, 304, 212, 33), mix(p.WALNUT, p.INK, 0.4))
    for i in range(3):
        x = 700 + i * 82
        steam = [(x + 20 * wave(t, i * 0.3 + s * 0.22), 262 - s * 52) for s in range(5)]
        c.fill(ribbon(spline(steam), [4, 20, 22, 12, 0]), clear("#ffffff", 0.62))
    c.fill(box(190, 716, 250, 20, 8), p.OAK)
    c.fill(ribbon([(440, 726), (520, 728)], [10, 40]), mix(p.CLAY, p.CREAM, 0.5))


def wedging(c: Canvas, k: Palette, rng: Random, t: float) -> None:
    c.disc(1080, 360, 270, k.field)
    c.fill([(0, 600), (1600, 540), (1600, 900), (0, 900)], k.table)
    c.fill([(180, 640), (1290, 600), (1440, 830), (90, 872)], p.OAK)
    c.fill([(180, 640), (1290, 600), (1300, 616), (172, 656)], p.WOOD)
    squash = 14 * wave(t)
    clay = spline(
        [(380, 720), (352, 560 + squash), (470, 380 + squash), (690, 318 + squash), (930, 380 + squash), (1080, 540),
         (1110, 690), (900, 772), (600, 790)],
        closed=True,
    )  # fmt: skip
    with c.within(clay) as inner:
        inner.fill(box(200, 200, 1100, 700), k.main)
        inner.fill(spline([(980, 250), (900, 480), (960, 640), (760, 830), (1300, 860), (1300, 300)]), k.shade)
        for i in range(6):
            r = 34 + i * 46
            spiral = arc(650, 590, r, r * 0.82, 20 + i * 26 + 12 * wave(t), 268 + i * 20 + 12 * wave(t))
            inner.fill(ribbon(spiral, [0, 15, 15, 0]), clear(k.shade, 0.85))
        inner.fill(ribbon(spline([(440, 470), (560, 384), (720, 356)]), [0, 26, 0]), clear(k.light, 0.7))
    c.speckle(clay, clear(p.INK, 0.28), 220, rng)
    c.stroke([(1180, 690), (1390, 780)], 4, p.INK)
    for end, way in (((1180, 690), -1), ((1390, 780), 1)):
        c.fill(box(end[0] - 14, end[1] - 44 * way - 30, 28, 96, 12), k.accent)


SCENES = (bowl, shelf, glaze, mug, wedging)
