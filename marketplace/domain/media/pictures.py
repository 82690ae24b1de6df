"""Responsive sizes of an uploaded picture, made without cropping."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageOps

from marketplace.domain.media.errors import NotAnImage

WIDTHS = (320, 640, 960, 1280, 1600)
AVATAR_WIDTHS = (96, 256)
MAX_PIXELS = Image.MAX_IMAGE_PIXELS = 60_000_000
MAX_TALL = 10  # times the width: WebP ends at 16,383 pixels


@dataclass(frozen=True, slots=True)
class Rendition:
    width: int
    name: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Picture:
    """``color`` is the average, ``#rrggbb``: it fills the box until the picture is there."""

    width: int
    height: int
    color: str
    renditions: tuple[Rendition, ...]


def render(source: bytes, widths: tuple[int, ...] = WIDTHS) -> Picture:
    """WebP renditions, never larger than the original. Raises ``NotAnImage`` for what can't be read.

    Metadata (camera, place) is dropped; the orientation it gave is applied.
    """
    try:
        with Image.open(io.BytesIO(source), formats=["JPEG", "PNG", "WEBP", "AVIF"]) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise ValueError("too many pixels")
            picture = _on_white(ImageOps.exif_transpose(opened))
        if picture.height > picture.width * MAX_TALL:
            raise ValueError("too tall for its width")
    except Exception as error:  # decoders raise anything on damaged or hostile bytes
        raise NotAnImage(field="cover") from error
    digest = hashlib.sha256(source).hexdigest()[:24]
    wanted = [w for w in widths if w < picture.width] + (
        [picture.width] if picture.width <= widths[-1] else [widths[-1]]
    )
    renditions = tuple(_rendition(picture, width, digest) for width in dict.fromkeys(wanted))
    red, green, blue = picture.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))  # type: ignore[misc]
    return Picture(picture.width, picture.height, f"#{red:02x}{green:02x}{blue:02x}", renditions)


def size_of(rendered: bytes) -> tuple[int, int]:
    """Of one of our own renditions."""
    with Image.open(io.BytesIO(rendered), formats=["WEBP"]) as opened:
        return opened.size


def _on_white(picture: Image.Image) -> Image.Image:
    """What is see-through would turn black, and drawings are black mostly."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    sheet = Image.new("RGBA", picture.size, "white")
    sheet.alpha_composite(picture.convert("RGBA"))
    return sheet.convert("RGB")


def modern(source: bytes, widths: Sequence[int]) -> tuple[Rendition, ...]:
    """AVIF renditions of what :func:`render` made, in these widths: some two thirds of the bytes."""
    with Image.open(io.BytesIO(source), formats=["WEBP"]) as opened:
        picture = opened.convert("RGB")
    digest = hashlib.sha256(source).hexdigest()[:24]
    made = []
    for width in widths:
        out = io.BytesIO()
        height = max(1, round(picture.height * width / picture.width))
        smaller = picture.resize((width, height), Image.Resampling.LANCZOS) if width < picture.width else picture
        smaller.save(out, "AVIF", quality=58, speed=8)
        made.append(Rendition(width, f"{digest}-{width}.avif", out.getvalue()))
    return tuple(made)


def _rendition(picture: Image.Image, width: int, digest: str) -> Rendition:
    height = max(1, round(picture.height * width / picture.width))
    out = io.BytesIO()
    picture.resize((width, height), Image.Resampling.LANCZOS).save(out, "WEBP", quality=82, method=4)
    return Rendition(width, f"{digest}-{width}.webp", out.getvalue())
