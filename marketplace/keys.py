"""The keys that lists are paged by: the last row's time and id, in one word that can stand in an address."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID


def to_key(at: datetime, identifier: UUID) -> str:
    return f"{at.timestamp():.6f}_{identifier.hex}"


def from_key(key: str) -> tuple[datetime, UUID] | None:
    """A tampered key is no key."""
    try:
        stamp, _, identifier = key.partition("_")
        return datetime.fromtimestamp(float(stamp), tz=UTC), UUID(identifier)
    except (ValueError, OverflowError, OSError):
        return None
