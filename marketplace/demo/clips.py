"""Short films of the drawings: a loop of frames under a camera that moves when the next step begins."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import imageio_ffmpeg
from PIL import Image, ImageDraw

from marketplace.demo.art import frame
from marketplace.demo.captions import captions_vtt, timed
from marketplace.demo.sound import soundtrack

__all__ = ["captions_vtt", "clip", "timed"]

SIZE = (960, 540)
FPS = 24
LOOP_FRAMES = 12
HOLD = 4
"""Each drawing stays for four frames: six drawings a second, as in hand-made animation."""
MOVE = 20
"""Frames a camera move takes."""

Box = tuple[float, float, float, float]


def clip(topic: str, seed: int, seconds: float, path: Path, spoken: list[str] | None = None) -> None:
    """Render an mp4 (H.264, AAC, faststart) to ``path``; with ``spoken``, one shot per line.

    Raises ``subprocess.CalledProcessError`` when ffmpeg fails.
    """
    starts = [start for start, _, _ in timed(spoken, seconds)] if spoken else _even(seconds)
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder) / "sound.wav"
        soundtrack(sound, seconds, seed * 31 + len(topic), starts[1:] if spoken else [])
        _encode(_frames(topic, seed, seconds, starts), sound, path)


def _even(seconds: float) -> list[float]:
    shots = max(2, round(seconds / 5))
    return [seconds * i / shots for i in range(shots)]


def _shots(count: int, seed: int) -> list[Box]:
    """Wide first and last, closer in between, never the same corner twice in a row."""
    rng = Random(seed)  # noqa: S311
    wide: Box = (0, 0, 1600, 900)
    spots: list[tuple[float, float]] = [(300, 120), (80, 160), (520, 100), (240, 280), (480, 260), (120, 40)]
    rng.shuffle(spots)
    boxes = [wide]
    for i in range(count - 2):
        w = rng.choice((960, 1040, 1120))
        x, y = spots[i % len(spots)]
        x, y = min(x, 1600 - w), min(y, 900 - w * 9 / 16)
        boxes.append(wide if i % 4 == 3 else (x, y, x + w, y + w * 9 / 16))
    return [*boxes, wide] if count > 1 else boxes


def _frames(topic: str, seed: int, seconds: float, starts: list[float]) -> Iterator[bytes]:
    loop = [frame(topic, seed, i / LOOP_FRAMES, width=1600, detail=2) for i in range(LOOP_FRAMES)]
    shots = _shots(len(starts), seed)
    marks = [_marks(i, len(starts)) for i in range(len(starts))]
    held: dict[tuple[int, int], bytes] = {}
    shot = 0
    first = 0
    for n in range(round(seconds * FPS)):
        if shot + 1 < len(starts) and n >= starts[shot + 1] * FPS:
            shot, first = shot + 1, n
        drawing = n // HOLD % LOOP_FRAMES
        moving = shot > 0 and n - first < MOVE
        key = (shot, drawing)
        if not moving and key in held:
            yield held[key]
            continue
        view = _between(shots[shot - 1], shots[shot], (n - first + 1) / MOVE) if moving else shots[shot]
        image = loop[drawing].resize(SIZE, Image.Resampling.BILINEAR, box=view, reducing_gap=None)
        image.paste(marks[shot], (0, SIZE[1] - marks[shot].height), marks[shot])
        data = image.tobytes()
        if not moving:
            held[key] = data
        yield data


def _between(a: Box, b: Box, k: float) -> Box:
    k = k * k * (3 - 2 * k)
    left, top, right, bottom = (u + (v - u) * k for u, v in zip(a, b, strict=True))
    return (left, top, right, bottom)


def _marks(step: int, count: int) -> Image.Image:
    """The steps as pills along the lower edge, the current one long."""
    big = Image.new("RGBA", (SIZE[0] * 3, 54 * 3), (0, 0, 0, 0))
    pen = ImageDraw.Draw(big)
    x = 84.0
    pen.rounded_rectangle((x - 36, 30, x + 48 * (count - 1) + 106 + 18, 102), 36, fill=(42, 36, 32, 150))
    for i in range(count):
        w = 106 if i == step else 48
        tone = (252, 246, 234, 255) if i <= step else (252, 246, 234, 96)
        pen.rounded_rectangle((x, 57, x + w - 18, 75), 9, fill=tone)
        x += w
    return big.reduce(3)


def _encode(frames: Iterator[bytes], sound: Path, path: Path) -> None:
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error",
        "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{SIZE[0]}x{SIZE[1]}", "-framerate", str(FPS), "-i", "pipe:0",
        "-i", str(sound),
        "-c:v", "libx264", "-preset", "veryfast", "-tune", "animation", "-crf", "33", "-g", "240",
        "-pix_fmt", "yuv420p", "-vf", "scale=out_color_matrix=bt709:out_range=tv", "-colorspace", "bt709",
        "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv",
        "-c:a", "aac", "-b:a", "24k", "-ac", "1", "-shortest", "-movflags", "+faststart",
        "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", str(path),
    ]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE) as ffmpeg:  # noqa: S603 - a fixed command
        assert ffmpeg.stdin is not None
        try:
            for data in frames:
                ffmpeg.stdin.write(data)
            ffmpeg.stdin.close()
        except BrokenPipeError:
            pass
    if ffmpeg.returncode:
        raise subprocess.CalledProcessError(ffmpeg.returncode, command)
