"""Captions: lines of speech spread over a clip, and their WebVTT."""

from __future__ import annotations

Caption = tuple[float, float, str]
"""Start and end in seconds, and what is said."""


def timed(lines: list[str] | tuple[str, ...], seconds: float) -> list[Caption]:
    """Spread ``lines`` over ``seconds`` in proportion to the time they take to say."""
    weights = [len(line) + 14 for line in lines]
    room = seconds - 0.8
    captions: list[Caption] = []
    at = 0.4
    for line, weight in zip(lines, weights, strict=True):
        span = room * weight / sum(weights)
        captions.append((round(at, 3), round(at + span - 0.12, 3), line))
        at += span
    return captions


def captions_vtt(lines: list[Caption]) -> str:
    """WebVTT of (start, end, text), in seconds. https://www.w3.org/TR/webvtt1/"""
    cues = [
        f"{number}\n{_stamp(start)} --> {_stamp(end)}\n{_escaped(text)}\n"
        for number, (start, end, text) in enumerate(lines, start=1)
    ]
    return "\n".join(["WEBVTT\n", *cues])


def _stamp(seconds: float) -> str:
    ms = round(seconds * 1000)
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}"


def _escaped(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "\n".join(line for line in text.splitlines() if line.strip())
