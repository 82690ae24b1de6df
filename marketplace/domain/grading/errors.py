"""Expected failures of grading."""

from marketplace.errors import Conflict, Missing


class GradedMeanwhile(Conflict):
    message = "Somebody graded this meanwhile, or in another tab. What they gave is shown now; nothing was overwritten."


class NothingWaits(Missing):
    message = "This isn't waiting for you. It may have been graded already, or belong to someone else's course."
