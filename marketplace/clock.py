"""The one clock. Tests replace it; everything else calls :func:`now`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

_source: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731


def now() -> datetime:
    """The current time, timezone-aware, in UTC."""
    return _source()


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Make :func:`now` answer ``at`` inside the block."""
    global _source
    before = _source
    _source = lambda: at  # noqa: E731
    try:
        yield
    finally:
        _source = before
