"""Where the shapes of a chart go: positions in percent of its width and height, and round numbers for its scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

_LINES = 4  # about as many lines across
_MARKS = 5  # labels under the columns, at most
_GAP = 0.28  # of a column's room


@dataclass(frozen=True, slots=True)
class Scale:
    """From ``low`` to ``high``, both multiples of ``step``; zero is always in it."""

    low: int
    high: int
    step: int

    def above(self, value: int) -> float:
        """Percent of the height between ``value`` and the top."""
        return (self.high - value) * 100 / (self.high - self.low)

    @property
    def lines(self) -> list[int]:
        return list(range(self.low, self.high + 1, self.step))


def scale(values: Sequence[int]) -> Scale:
    """Round steps of 1, 2 or 5 and noughts, so that all values are in it."""
    top, bottom = max(0, *values, 0), min(0, *values, 0)
    wanted = max(1, -(-(top - bottom) // _LINES))
    step = 10 ** (len(str(wanted)) - 1)
    step = next(step * n for n in (1, 2, 5, 10) if step * n >= wanted)
    low, high = bottom // step * step, -(-top // step) * step
    return Scale(low, high if high > low else low + step, step)


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    width: float
    y: float
    height: float
    left: float
    room: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns, and which of them are labelled. ``scale`` places the values that they are compared with."""

    scale: Scale
    bars: list[Bar] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)


def chart(values: Sequence[int], compared: Sequence[int] = ()) -> Chart:
    """``compared`` are values of another time, which must be inside the chart too."""
    drawn = scale([*values, *compared[: len(values)]])
    room = 100 / max(1, len(values))
    bars = [_bar(n, value, drawn, room) for n, value in enumerate(values)]
    every = -(-len(values) // _MARKS) or 1
    return Chart(drawn, bars, list(range(0, len(values), every)))


def _bar(n: int, value: int, drawn: Scale, room: float) -> Bar:
    top, bottom = drawn.above(max(value, 0)), drawn.above(min(value, 0))
    return Bar((n + _GAP / 2) * room, room * (1 - _GAP), top, bottom - top, n * room, room)
