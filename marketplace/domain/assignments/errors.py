"""Expected failures of assignments."""

from marketplace.errors import Conflict, Invalid, Missing


class NoSuchAssignment(Missing):
    message = "This assignment isn't part of the lesson any more."


class StaleWork(Conflict):
    message = "You went on with this in another tab or on another device. Load that version; nothing was overwritten."


class HandedInAlready(Conflict):
    message = "This was handed in already, so it can't be changed. Reload the page to see how it stands."


class NothingToHandIn(Invalid):
    message = "There is nothing to hand in yet. Write something or add a file first."


class NoMoreTries(Conflict):
    message = "This was graded, and can't be handed in again."


class TooManyFiles(Conflict):
    message = "No more files fit in. Remove one first."


class WrongFile(Invalid):
    message = "That isn't a kind of file that can be handed in here."


class TooMuchSent(Conflict):
    message = "You have sent very many files to this assignment. Try again in two hours."
