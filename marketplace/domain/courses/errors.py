"""Expected failures of courses."""

from marketplace.errors import Conflict, Missing


class StaleOutline(Conflict):
    message = "This course was changed in another tab or on another device. Reload to see it as it is now; nothing was overwritten."


class NoSuchLessonInCourse(Missing):
    message = "This lesson isn't part of the course any more."


class StillToWatch(Conflict):
    message = "Watch the video of this lesson to its end first: its maker asks for it."


class TooLate(Conflict):
    message = (
        "The deadline of this lesson is over. You can still read it, but it can't be completed any more. Its maker can"
        " give more time."
    )


class StillToPass(Conflict):
    message = "Pass what this lesson asks for first: its quizzes, exercises and assignments."
