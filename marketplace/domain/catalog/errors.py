"""Expected failures of the catalogue."""

from marketplace.errors import Conflict, Invalid, Missing


class StaleDraft(Conflict):
    message = "This draft was changed in another tab or on another device. Reload to see that version; nothing there was overwritten."


class NotReady(Invalid):
    message = "This lesson isn't ready to publish yet."


class NoSuchLesson(Missing):
    message = "There is no lesson at this address."


class AddressTaken(Conflict):
    message = "Another lesson has this address. Choose another one."


class AlreadyOut(Invalid):
    message = (
        "This is out already: who has it keeps it, so it can't be announced for later. Make a new product for that."
    )
