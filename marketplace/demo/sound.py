"""A soft soundtrack from sine waves: four slow chords, a plucked line above, a bell where a new step begins."""

from __future__ import annotations

import math
import sys
import wave
from array import array
from pathlib import Path
from random import Random

RATE = 22_050
CHORD_SECONDS = 2
PROGRESSIONS = (
    ((0, 4, 7), (9, 12, 16), (5, 9, 12), (7, 11, 14)),
    ((0, 7, 11), (5, 9, 16), (2, 9, 12), (7, 11, 14)),
    ((0, 3, 7), (8, 12, 15), (3, 7, 10), (10, 14, 17)),
    ((0, 4, 9), (2, 5, 9), (7, 11, 14), (5, 9, 12)),
)


def _pitch(root: float, semitones: int) -> float:
    return root * 2 ** (semitones / 12)


def _add(track: array[float], start: int, hertz: float, seconds: float, level: float, fall: float) -> None:
    """A note that fades with ``exp(-fall · t)``; what runs over the end comes back at the beginning of a loop."""
    step, size = 2 * math.pi * hertz / RATE, len(track)
    for i in range(int(seconds * RATE)):
        shape = level * math.exp(-fall * i / RATE) * min(1.0, i / 180)
        track[(start + i) % size] += shape * (math.sin(step * i) + 0.22 * math.sin(2 * step * i))


def _loop(rng: Random) -> array[float]:
    chords = rng.choice(PROGRESSIONS)
    root = rng.choice((110.0, 123.47, 130.81, 146.83))
    track = array("d", bytes(8 * RATE * CHORD_SECONDS * len(chords)))
    span = RATE * CHORD_SECONDS
    for at, chord in enumerate(chords):
        steps = [2 * math.pi * _pitch(root, n) / RATE for n in chord]
        for i in range(span + RATE // 2):
            swell = math.sin(math.pi * i / (span + RATE // 2)) * 0.06
            track[(at * span + i) % len(track)] += swell * sum(math.sin(s * i) for s in steps)
        for beat in range(4):
            if rng.random() < 0.8:
                note = _pitch(root * 2, rng.choice(chord))
                _add(track, at * span + beat * span // 4, note, 0.9, 0.11, 5.0)
    return track


def soundtrack(path: Path, seconds: float, seed: int, cues: list[float]) -> None:
    """Write ``seconds`` of mono sound to ``path`` (WAV); a bell rings at each of ``cues`` (seconds)."""
    rng = Random(seed)  # noqa: S311 - music, not secrets
    loop = _loop(rng)
    size = int(seconds * RATE)
    track = array("d", (loop * (size // len(loop) + 1))[:size])
    for cue in cues:
        start = int(cue * RATE)
        _add(track, start, 880.0, min(1.2, max(0.0, seconds - cue)), 0.07, 4.0)
    fade = int(1.5 * RATE)
    for i in range(min(fade, size)):
        track[i] *= i / fade
        track[-1 - i] *= i / fade
    samples = array("h", (max(-32767, min(32767, round(v * 26_000))) for v in track))
    if sys.byteorder == "big":
        samples.byteswap()
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())
