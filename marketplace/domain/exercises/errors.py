"""Expected failures of code exercises."""

from marketplace.errors import Missing


class NoSuchExercise(Missing):
    message = "This exercise isn't part of the lesson any more."
