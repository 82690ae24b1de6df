"""What the picture of a product or a creator says where their address is shared."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

_LOOK = 1  # goes up with every change of the drawing


@dataclass(frozen=True, slots=True)
class Shared:
    """What it says. ``note`` is the price of a product; ``picture`` the address of the cover, or of the portrait where
    ``round`` says so."""

    brand: str
    kind: str
    title: str
    by: str
    note: str
    picture: str
    round: bool = False

    @property
    def version(self) -> str:
        """Another one for everything that would look different."""
        said = (self.brand, self.kind, self.title, self.by, self.note, self.picture, self.round)
        return hashlib.sha256(repr((_LOOK, said)).encode()).hexdigest()[:16]
