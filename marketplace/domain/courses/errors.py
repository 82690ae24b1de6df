"""Expected failures of courses."""

from marketplace.errors import Conflict, Missing


class StaleOutline(Conflict):
    message = "This course was changed in another tab or on another device. Reload to see it as it is now; nothing was overwritten."


class NoSuchLessonInCourse(Missing):
    message = "This lesson isn't part of the course any more."


class StillToWatch(Conflict):
    message = "Watch the video of this lesson to its end first: its maker asks for it."


class StillToPass(Conflict):
    message = "Pass the quiz of this lesson first: its maker asks for it."
