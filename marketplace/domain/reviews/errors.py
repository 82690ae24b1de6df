"""What can go wrong with reviews."""

from __future__ import annotations

from marketplace.errors import Denied


class NotAllowed(Denied):
    """The message says what is missing."""
