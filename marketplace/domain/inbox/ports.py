"""What the inbox needs from a provider: verified events, and a list of what it says it sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """``payload`` keeps only what replaying needs: ids and types, no card data.

    ``source`` is ``stripe``, ``stripe-connect``, ``stripe-thin`` or ``vimeo``; ``object_id`` is what to re-fetch;
    ``account_id`` is the connected account of a Connect event, else empty; ``created`` is Unix seconds.
    """

    source: str
    id: str
    type: str
    object_id: str
    account_id: str
    created: int
    livemode: bool
    payload: Mapping[str, Any] = field(default_factory=dict)


class EventSource(Protocol):
    def verify(self, source: str, body: bytes, headers: Mapping[str, str]) -> ProviderEvent:
        """The signed event, or ``BadSignature`` (wrong, old, malformed)."""

    def enabled(self, source: str) -> bool:
        """False when the endpoint has no secret: the route then answers 404."""

    async def events_since(
        self, created: int, *, account_id: str | None = None, limit: int = 500
    ) -> list[ProviderEvent]:
        """What the provider says happened since ``created`` (Unix seconds), oldest first."""
