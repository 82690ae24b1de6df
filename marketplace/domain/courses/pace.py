"""How fast somebody can watch. Pure; the statements in ``store`` say the same to the database."""

from __future__ import annotations

import math

FASTEST = 2.25  # the player's fastest is double speed, and clocks differ a little
SLACK_S = 15  # of the first report: it comes seconds after the video began, or after a jump


def second(position_s: float, seconds: int) -> int:
    """A place that a video of this length has, whatever was sent."""
    return int(max(0, min(round(position_s), seconds))) if math.isfinite(position_s) else 0


def reached(furthest_s: int | None, position_s: int, elapsed_s: float) -> int:
    """The furthest second after a report, when so much time passed since the one before, or since the lesson was opened
    (``furthest_s`` None: nothing is known yet)."""
    before, most = (0, SLACK_S) if furthest_s is None else (furthest_s, furthest_s)
    return max(before, min(position_s, most + math.floor(FASTEST * max(0.0, elapsed_s))))
