"""Portraits: simple geometric people on a plain ground, 512 × 512."""

from __future__ import annotations

from random import Random

from marketplace.demo.art import palette as p
from marketplace.demo.art.canvas import Canvas, Path, arc, box, clear, mirrored, mix, moved, oval, spline

SKINS = ("#f3cfb3", "#e8b48f", "#d59a6c", "#b5764a", "#8d5636", "#65392a", "#f7dcc6", "#c98a5d")
HAIRS = ("#2b211d", "#4a2d1f", "#7a4527", "#b5683a", "#d9a95b", "#8f8a84", "#1d1b22", "#e6e0d6")
GROUNDS = (p.HONEY, p.SAGE, p.BLUSH, p.SKY, p.SAND, "#d8a48a", "#c8d3b4", "#e7c9d0")
CLOTHES = (p.GREEN, p.TERRACOTTA, p.NAVY, p.PLUM, p.OCHRE, p.BLUE, p.BRICK, p.CREAM)
STYLES = ("bob", "short", "bun", "curls", "bald", "long", "beanie", "scarf", "fringe", "quiff")


def portrait(c: Canvas, seed: int, ground: str) -> None:
    rng = Random(seed * 7919 + 13)  # noqa: S311 - drawing, not secrets
    style = STYLES[seed % len(STYLES)]
    skin = SKINS[(seed * 3 + seed // 8) % len(SKINS)]
    dark = SKINS.index(skin) in (3, 4, 5)
    hair = rng.choice([h for h in HAIRS if not dark or h in (HAIRS[0], HAIRS[1], HAIRS[5], HAIRS[6])])
    cloth = rng.choice([x for x in CLOTHES if x != ground])
    beard = style in ("bald", "quiff", "beanie", "short") and rng.random() < 0.6
    c.disc(256, 262, 206, mix(ground, "#ffffff", 0.28))
    _behind(c, style, hair, cloth)
    _body(c, rng.randrange(4), cloth, skin)
    shade = mix(skin, p.BRICK, 0.32)
    for x in () if style == "scarf" else (148, 364):
        c.fill(oval(x, 244, 22, 30), skin)
        c.fill(oval(x, 246, 11, 17), shade)
    face = _face()
    c.fill(face, skin)
    with c.within(face) as inner:
        inner.fill(spline([(330, 80), (344, 220), (320, 330), (256, 380), (420, 390), (420, 80)]), clear(shade, 0.30))
        if beard:
            rim = spline([(140, 226), (166, 282), (206, 292), (256, 284), (306, 292), (346, 282), (372, 226)])
            inner.fill([*rim, (400, 400), (110, 400)], hair)
    _features(c, skin, shade, hair if style != "scarf" else HAIRS[0], rng, beard)
    _hair(c, style, hair, cloth, rng)
    if rng.random() < 0.38:
        for x in (208, 304):
            c.stroke(oval(x, 238, 36, 34), 6, p.INK)
        c.stroke([(243, 232), (269, 232)], 6, p.INK)
    if style in ("bob", "bun", "long", "curls") and rng.random() < 0.7:
        for x in (146, 366):
            c.disc(x, 288, 10, p.OCHRE)


def _face() -> Path:
    half = [(256, 112), (316, 124), (358, 176), (360, 246), (340, 308), (298, 350), (256, 362)]
    right = spline(half)
    return right + mirrored(right, 256)[::-1]


def _body(c: Canvas, kind: int, cloth: str, skin: str) -> None:
    shoulders = spline([(30, 540), (58, 452), (150, 414), (256, 404), (362, 414), (454, 452), (482, 540)])
    c.fill(shoulders, cloth)
    with c.within(shoulders) as inner:
        if kind == 1:
            for i in range(5):
                inner.fill(box(0, 428 + i * 34, 512, 13), mix(cloth, p.CREAM, 0.75))
        elif kind == 2:
            apron = mix(cloth, p.INK, 0.35) if cloth == p.CREAM else p.CREAM
            inner.fill(box(164, 462, 184, 90, 10), apron)
            for x in (170, 318):
                inner.fill(box(x, 380, 24, 100), apron)
        inner.fill([(330, 380), (520, 380), (520, 540), (380, 540)], clear(p.INK, 0.10))
    neck = [(212, 320), (300, 320), (306, 410), *arc(256, 412, 56, 36, 0, 180), (206, 410)]
    c.fill(neck, mix(skin, p.BRICK, 0.24))
    if kind == 0:
        c.fill(box(194, 384, 124, 74, 28), mix(cloth, p.INK, 0.16))
    elif kind == 3:
        collar = [(206, 396), (256, 456), (222, 486), (168, 414)]
        c.fill(collar, mix(cloth, "#ffffff", 0.35))
        c.fill(mirrored(collar, 256), mix(cloth, "#ffffff", 0.22))


def _features(c: Canvas, skin: str, shade: str, hair: str, rng: Random, beard: bool) -> None:
    brow = mix(hair, p.INK, 0.35) if hair not in (HAIRS[7], HAIRS[5]) else mix(hair, p.INK, 0.2)
    lift = rng.uniform(-3, 4)
    for side in (-1, 1):
        x = 256 + side * 48
        c.disc(x, 240, 9.5, p.INK)
        c.disc(x + 3, 236, 2.8, "#ffffff")
        c.stroke(arc(x, 216 - lift, 25, 12, 205, 335), 7, brow)
        c.fill(oval(256 + side * 76, 282, 23, 16), clear(p.TERRACOTTA, 0.26))
    c.stroke(spline([(258, 244), (248, 274), (262, 280)]), 6, shade)
    mouth = arc(256, 300, 34, 24, 18, 162)
    if rng.random() < 0.45:
        c.fill(mouth, "#fffaf2")
        c.stroke(mouth + mouth[:1], 4, mix(shade, p.INK, 0.4))
    else:
        c.stroke(mouth, 7, mix(skin, p.CREAM, 0.2) if beard else mix(shade, p.INK, 0.75 if skin == SKINS[5] else 0.3))


def _behind(c: Canvas, style: str, hair: str, cloth: str) -> None:
    if style == "long":
        c.fill(
            spline(
                [(256, 72), (390, 130), (410, 300), (430, 470), (256, 490), (82, 470), (102, 300), (122, 130)],
                closed=True,
            ),
            hair,
        )
    elif style == "bob":
        c.fill(
            spline(
                [(256, 74), (388, 130), (408, 280), (380, 372), (256, 380), (132, 372), (104, 280), (124, 130)],
                closed=True,
            ),
            hair,
        )
    elif style == "bun":
        c.disc(256, 74, 56, hair)
    elif style == "curls":
        for x, y, r in (
            (130, 210, 66),
            (382, 210, 66),
            (118, 292, 56),
            (394, 292, 56),
            (160, 136, 66),
            (352, 136, 66),
            (256, 104, 76),
        ):
            c.disc(x, y, r, hair)
    elif style == "scarf":
        c.fill(
            spline(
                [(256, 66), (392, 140), (404, 300), (390, 440), (256, 476), (122, 440), (108, 300), (120, 140)],
                closed=True,
            ),
            _scarf(cloth),
        )


def _scarf(cloth: str) -> str:
    return p.TERRACOTTA if cloth in (p.CREAM, p.GREEN, p.NAVY, p.BLUE) else p.GREEN


def _cap(low: float = 200, peak: float = 82) -> Path:
    return spline([(140, low + 30), (134, 168), (178, 102), (256, peak), (334, 102), (378, 168), (372, low + 30)])


def _hair(c: Canvas, style: str, hair: str, cloth: str, rng: Random) -> None:
    part = rng.choice((-1, 1))

    def side(path: Path) -> Path:
        return path if part > 0 else mirrored(path, 256)

    if style in ("bob", "long"):
        c.fill(side([*_cap(206), *spline([(352, 214), (326, 150), (210, 132), (168, 186), (158, 236)])]), hair)
    elif style == "bun":
        c.fill([*_cap(190), *spline([(358, 206), (330, 160), (256, 140), (182, 160), (154, 206)])], hair)
    elif style == "fringe":
        c.fill([*_cap(230), *spline([(366, 250), (350, 196), (256, 204), (162, 196), (146, 250)])], hair)
    elif style == "short":
        c.fill(
            side([*_cap(200), *spline([(360, 226), (348, 170), (270, 160), (200, 128), (166, 176), (152, 226)])]), hair
        )
    elif style == "quiff":
        top = spline([(146, 224), (140, 150), (150, 96), (236, 54), (340, 62), (392, 112), (366, 160), (368, 224)])
        c.fill(side([*top, *spline([(356, 204), (336, 158), (256, 150), (176, 158), (158, 204)])]), hair)
    elif style == "curls":
        for x, y, r in ((176, 146, 38), (222, 122, 42), (276, 118, 42), (326, 138, 40), (352, 176, 28), (158, 186, 26)):
            c.disc(x, y, r, hair)
    elif style == "beanie":
        knit = p.TERRACOTTA if cloth != p.TERRACOTTA else p.NAVY
        c.fill([*_cap(180, 60), (372, 196), (140, 196)], knit)
        c.fill(box(124, 158, 264, 56, 22), mix(knit, p.INK, 0.18))
        for i in range(9):
            c.fill(box(140 + i * 28, 166, 6, 40, 3), mix(knit, p.CREAM, 0.22))
    elif style == "scarf":
        tone = _scarf(cloth)
        band = [*_cap(250, 70), *spline([(362, 280), (348, 190), (256, 138), (164, 190), (150, 280)])]
        c.fill(band, mix(tone, "#ffffff", 0.1))
        for flip in (False, True):
            drape = spline([(150, 260), (176, 340), (256, 384), (256, 440), (150, 420), (118, 330)], closed=True)
            c.fill(mirrored(drape, 256) if flip else drape, mix(tone, p.INK, 0.12 if flip else 0.04))
    elif style == "bald":
        c.fill(moved(oval(212, 138, 30, 12, -28), 0, 0), clear("#ffffff", 0.3))


def ground_for(seed: int) -> str:
    return GROUNDS[(seed * 5 + seed // 8) % len(GROUNDS)]
