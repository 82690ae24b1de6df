"""A small drawing surface on Pillow: flat shapes with clean edges, in units that don't depend on the output size.

Every scene thinks in a 1600 × 900 sheet. The canvas draws it ``detail`` times larger and averages down, because
Pillow's own polygons have hard edges.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from random import Random

from PIL import Image, ImageChops, ImageDraw

SHEET = (1600, 900)

Point = tuple[float, float]
Path = list[Point]


class Canvas:
    """``width`` is the output's width in pixels; ``sheet`` the size of the drawing's own units."""

    def __init__(self, ground: str, *, width: int = 1600, detail: int = 3, sheet: tuple[int, int] = SHEET) -> None:
        self.scale = detail * width / sheet[0]
        self.detail = detail
        self.origin = (0.0, 0.0)
        self.image = Image.new("RGB", (round(sheet[0] * self.scale), round(sheet[1] * self.scale)), ground)
        self.pen = ImageDraw.Draw(self.image, "RGBA")

    def _pixels(self, path: Sequence[Point]) -> list[Point]:
        (ox, oy), s = self.origin, self.scale
        return [(x * s - ox, y * s - oy) for x, y in path]

    def fill(self, path: Sequence[Point], colour: str) -> None:
        self.pen.polygon(self._pixels(path), fill=colour)

    def disc(self, x: float, y: float, r: float, colour: str) -> None:
        self.fill(oval(x, y, r, r), colour)

    def stroke(self, path: Sequence[Point], width: float, colour: str) -> None:
        """An opaque line with round joints and ends."""
        points = self._pixels(path)
        w = max(1.0, width * self.scale)
        self.pen.line(points, fill=colour, width=round(w), joint=None if w > 6 * self.detail else "curve")
        wide = w > 6 * self.detail
        for x, y in points if wide else (points[0], points[-1]):
            self.pen.ellipse((x - w / 2, y - w / 2, x + w / 2, y + w / 2), fill=colour)

    @contextmanager
    def within(self, path: Sequence[Point]) -> Iterator[Canvas]:
        """A canvas whose marks only show inside ``path``."""
        points = self._pixels(path)
        left = max(0, math.floor(min(x for x, _ in points)))
        top = max(0, math.floor(min(y for _, y in points)))
        right = min(self.image.width, math.ceil(max(x for x, _ in points)) + 1)
        bottom = min(self.image.height, math.ceil(max(y for _, y in points)) + 1)
        inner = object.__new__(Canvas)
        inner.scale, inner.detail = self.scale, self.detail
        inner.origin = (self.origin[0] + left, self.origin[1] + top)
        if right <= left or bottom <= top:
            inner.image = Image.new("RGB", (1, 1))
            inner.pen = ImageDraw.Draw(inner.image, "RGBA")
            yield inner
            return
        inner.image = self.image.crop((left, top, right, bottom))
        inner.pen = ImageDraw.Draw(inner.image, "RGBA")
        yield inner
        mask = Image.new("L", inner.image.size, 0)
        ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in points], fill=255)
        self.image.paste(inner.image, (left, top), mask)

    def speckle(self, path: Sequence[Point], colour: str, count: int, rng: Random, size: float = 3.0) -> None:
        """Small irregular dots inside ``path``, denser towards its lower right, as if shaded with a dry brush."""
        xs, ys = [x for x, _ in path], [y for _, y in path]
        with self.within(path) as inner:
            for _ in range(count):
                x = max(xs) - (max(xs) - min(xs)) * rng.random() ** 1.5
                y = max(ys) - (max(ys) - min(ys)) * rng.random() ** 1.2
                r = size * rng.uniform(0.4, 1.0)
                inner.fill(oval(x, y, r, r * rng.uniform(0.7, 1.0), steps=10), colour)

    def finish(self, grain: float = 0.0) -> Image.Image:
        image = self.image.reduce(self.detail)
        return grained(image, grain) if grain else image


@cache
def _grain(size: tuple[int, int], contrast: float) -> Image.Image:
    tile = Image.frombytes("L", (300, 300), Random(7).randbytes(300 * 300))  # noqa: S311 - paper, not secrets
    tile = tile.point([round(128 + (v - 128) * contrast) for v in range(256)])
    sheet = Image.new("L", size)
    for x in range(0, size[0], 300):
        for y in range(0, size[1], 300):
            sheet.paste(tile, (x, y))
    return Image.merge("RGB", (sheet, sheet, sheet))


def grained(image: Image.Image, contrast: float) -> Image.Image:
    """The tooth of paper, the same on every run."""
    return ImageChops.soft_light(image, _grain(image.size, contrast))


def oval(x: float, y: float, rx: float, ry: float, turn: float = 0.0, steps: int = 96) -> Path:
    """An ellipse around (x, y), turned by ``turn`` degrees."""
    return arc(x, y, rx, ry, 0, 360, turn, steps)


def arc(x: float, y: float, rx: float, ry: float, start: float, end: float, turn: float = 0.0, steps: int = 48) -> Path:
    """Points from ``start`` to ``end`` degrees, clockwise from three o'clock."""
    path = []
    for i in range(steps + 1):
        a = math.radians(start + (end - start) * i / steps)
        path.append((x + rx * math.cos(a), y + ry * math.sin(a)))
    return turned(path, turn, (x, y)) if turn else path


def box(x: float, y: float, w: float, h: float, r: float = 0.0) -> Path:
    """A rectangle from its top left corner, with rounded corners."""
    r = min(r, w / 2, h / 2)
    if r <= 0:
        return [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]
    return [
        *arc(x + w - r, y + r, r, r, -90, 0, steps=12),
        *arc(x + w - r, y + h - r, r, r, 0, 90, steps=12),
        *arc(x + r, y + h - r, r, r, 90, 180, steps=12),
        *arc(x + r, y + r, r, r, 180, 270, steps=12),
    ]


def turned(path: Sequence[Point], degrees: float, about: Point) -> Path:
    a = math.radians(degrees)
    cos, sin, (cx, cy) = math.cos(a), math.sin(a), about
    return [(cx + (x - cx) * cos - (y - cy) * sin, cy + (x - cx) * sin + (y - cy) * cos) for x, y in path]


def moved(path: Sequence[Point], dx: float, dy: float) -> Path:
    return [(x + dx, y + dy) for x, y in path]


def mirrored(path: Sequence[Point], x: float) -> Path:
    return [(2 * x - px, py) for px, py in path]


def spline(points: Sequence[Point], closed: bool = False, steps: int = 16) -> Path:
    """A smooth curve through ``points`` (Catmull–Rom)."""
    n = len(points)

    def pick(i: int) -> Point:
        return points[i % n] if closed else points[min(max(i, 0), n - 1)]

    path: Path = []
    for i in range(n if closed else n - 1):
        a, b, c, d = pick(i - 1), pick(i), pick(i + 1), pick(i + 2)
        for k in range(steps):
            t = k / steps
            path.append((_catmull(a[0], b[0], c[0], d[0], t), _catmull(a[1], b[1], c[1], d[1], t)))
    if not closed:
        path.append(points[-1])
    return path


def _catmull(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3)


def ribbon(path: Sequence[Point], widths: Sequence[float]) -> Path:
    """A band along ``path`` whose width runs evenly through ``widths``: brush strokes, stems, leaves."""
    left: Path = []
    right: Path = []
    last = len(path) - 1
    for i, (x, y) in enumerate(path):
        (ax, ay), (bx, by) = path[max(i - 1, 0)], path[min(i + 1, last)]
        length = math.hypot(bx - ax, by - ay) or 1.0
        nx, ny = -(by - ay) / length, (bx - ax) / length
        at = i / last * (len(widths) - 1)
        k = min(int(at), len(widths) - 2)
        half = (widths[k] + (widths[k + 1] - widths[k]) * (at - k)) / 2
        left.append((x + nx * half, y + ny * half))
        right.append((x - nx * half, y - ny * half))
    return left + right[::-1]


def leaf(x: float, y: float, length: float, width: float, degrees: float) -> Path:
    """A pointed leaf growing from (x, y) towards ``degrees``."""
    upper = [(0.0, 0.0), (length * 0.3, -width * 0.48), (length * 0.65, -width * 0.36), (length, 0.0)]
    lower = [(length, 0.0), (length * 0.65, width * 0.36), (length * 0.3, width * 0.48), (0.0, 0.0)]
    path = spline(upper) + spline(lower)
    return turned(moved(path, x, y), degrees, (x, y))


def wave(t: float, shift: float = 0.0) -> float:
    """-1 to 1 and back once while ``t`` runs from 0 to 1, so that a loop has no seam."""
    return math.sin(2 * math.pi * (t + shift))


def mix(a: str, b: str, k: float) -> str:
    """``k`` of the way from ``a`` to ``b``, both ``#rrggbb``."""
    pairs = ((int(a[i : i + 2], 16), int(b[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(u + (v - u) * k):02x}" for u, v in pairs)


def clear(colour: str, alpha: float) -> str:
    """``colour`` with an opacity between 0 and 1."""
    return f"{colour}{round(alpha * 255):02x}"
