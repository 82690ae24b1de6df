"""Pure decisions about progress."""

from __future__ import annotations

COMPLETE_AT_PERCENT = 90
STANDINGS = ("new", "going", "done")


def clamp(position_s: float, duration_s: int) -> int:
    """A position a player may have: whole seconds between the start and the end."""
    if position_s != position_s:  # NaN
        return 0
    return int(max(0, min(position_s, duration_s)))


def is_complete(furthest_s: int, duration_s: int) -> bool:
    return duration_s > 0 and furthest_s * 100 >= duration_s * COMPLETE_AT_PERCENT


def percent(furthest_s: int, duration_s: int, completed: bool) -> int:
    if completed:
        return 100
    return min(99, furthest_s * 100 // duration_s) if duration_s else 0


def standing(furthest_s: int, duration_s: int, completed: bool) -> str:
    """One of ``STANDINGS``. Less than a percent is not begun yet."""
    return "done" if completed else "going" if percent(furthest_s, duration_s, completed) else "new"


def resume_at(position_s: int, duration_s: int, completed: bool) -> int:
    """Where to start playing: near the end or when finished, from the start."""
    return 0 if completed and position_s * 100 >= duration_s * 95 else position_s
