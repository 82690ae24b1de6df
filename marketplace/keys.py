"""The keys that lists are paged by: the last row's time and id, in one word that can stand in an address."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

Place = tuple[datetime, UUID]
NamedPlace = tuple[datetime, str]  # of what a provider gave its id


def to_key(at: datetime, identifier: UUID | str) -> str:
    return f"{at.timestamp():.6f}_{identifier.hex if isinstance(identifier, UUID) else identifier}"


def from_key(key: str) -> Place | None:
    """A tampered key is no key."""
    found = from_named_key(key)
    try:
        return (found[0], UUID(found[1])) if found else None
    except ValueError:
        return None


def from_named_key(key: str) -> NamedPlace | None:
    """The same for ids that are a provider's."""
    try:
        stamp, _, identifier = key.partition("_")
        return datetime.fromtimestamp(float(stamp), tz=UTC), identifier
    except (ValueError, OverflowError, OSError):
        return None
