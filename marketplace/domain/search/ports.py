"""What search needs from a model that tells what texts are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Space:
    """Vectors can be compared with those of the same model and length alone."""

    model: str
    dimensions: int

    @property
    def name(self) -> str:
        return f"{self.model}:{self.dimensions}"


class Embedder(Protocol):
    """Raises ``Unavailable`` when it is worth trying again later, ``Invalid`` when it refuses one of these texts, and
    ``ConfigurationError`` when it can't work as it is set up."""

    @property
    def space(self) -> Space: ...

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector for each text, in their order; as many texts as there are. Takes its time and tries again."""

    async def embed_query(self, text: str) -> list[float]:
        """For somebody who waits: one try."""
