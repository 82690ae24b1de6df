"""Expected failures of quizzes."""

from marketplace.errors import Conflict, Missing


class NoSuchQuiz(Missing):
    message = "This quiz isn't part of the lesson any more."


class AttemptsUsedUp(Conflict):
    message = "You have used all your attempts at this quiz."


class AttemptOver(Conflict):
    message = "These answers were handed in already, so they can't be changed."


class TimeUp(Conflict):
    message = "The time was up before this answer came. What you answered until then counts."
