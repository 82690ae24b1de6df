"""What can go wrong with notes."""

from __future__ import annotations

from marketplace.errors import Conflict


class TooManyNotes(Conflict):
    message = "There are 2,000 notes on this already, which is as many as we keep. Delete some, or export them first."


class ChangedElsewhere(Conflict):
    message = "This note was changed in another tab or on another device. Both texts are kept: choose one."
