"""Covers and portraits drawn by code: flat shapes on warm paper, one motif per topic, no text."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from PIL import Image

from marketplace.demo.art import (
    anything,
    bread,
    gardening,
    guitar,
    people,
    photography,
    pottery,
    programming,
    sewing,
    watercolour,
    woodwork,
)
from marketplace.demo.art.canvas import Canvas
from marketplace.demo.art.palette import Palette

__all__ = ["TOPICS", "avatar", "cover", "frame"]

Scene = Callable[[Canvas, Palette, Random, float], None]

TOPICS: dict[str, tuple[tuple[Scene, ...], tuple[Palette, ...]]] = {
    "pottery": (pottery.SCENES, pottery.PALETTES),
    "bread": (bread.SCENES, bread.PALETTES),
    "watercolour": (watercolour.SCENES, watercolour.PALETTES),
    "guitar": (guitar.SCENES, guitar.PALETTES),
    "woodwork": (woodwork.SCENES, woodwork.PALETTES),
    "photography": (photography.SCENES, photography.PALETTES),
    "gardening": (gardening.SCENES, gardening.PALETTES),
    "sewing": (sewing.SCENES, sewing.PALETTES),
    "programming": (programming.SCENES, programming.PALETTES),
}


def frame(topic: str, seed: int, t: float = 0.0, *, width: int = 1600, detail: int = 2) -> Image.Image:
    """The cover at moment ``t`` (0 to 1) of its loop, ``width`` pixels wide.

    The seed picks the scene first and its colours second: neighbouring seeds look nothing alike.
    """
    scenes, palettes = TOPICS.get(topic, (anything.SCENES, anything.PALETTES))
    colours = palettes[(seed % len(scenes) + seed // len(scenes)) % len(palettes)]
    canvas = Canvas(colours.ground, width=width, detail=detail)
    scenes[seed % len(scenes)](canvas, colours, Random(seed), t)  # noqa: S311 - drawing, not secrets
    return canvas.finish()


def cover(topic: str, seed: int) -> Image.Image:
    """The still cover of a lesson, 1600 × 900. Unknown topics get an abstract one."""
    return frame(topic, seed, 0.1, detail=3)


def avatar(seed: int) -> Image.Image:
    """A portrait, 512 × 512. The face keeps inside the circle that avatars are cropped to."""
    ground = people.ground_for(seed)
    canvas = Canvas(ground, width=512, detail=3, sheet=(512, 512))
    people.portrait(canvas, seed, ground)
    return canvas.finish()
