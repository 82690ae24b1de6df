"""The demo course's assignment, and what two learners handed in: one waits, one was graded."""

from __future__ import annotations

import io
from dataclasses import dataclass

from marketplace.demo.art import frame
from marketplace.domain.assignments.assignment import Assignment, Criterion, Level


def _criterion(name: str, *levels: str) -> Criterion:
    return Criterion(name=name, levels=tuple(Level(words=words, points=n * 2) for n, words in enumerate(levels)))


THREE_BOWLS = Assignment(
    instructions="""\
**Throw three bowls, one after the other, from balls of the same weight.** Don't stop to mend any of them.

1. Put them side by side and take one photo from the front and one from above.
2. Cut the worst one in half, and take a photo of the cut.
3. Write down what you see: where is the wall thick, where is it thin, and what did your hands do there?

It doesn't matter whether they are beautiful. It matters that they are three.""",
    words=True, files=3, megabytes=10, types=("pictures",), pass_percent=50, tries=3,
    criteria=(
        _criterion("Even walls", "Thick foot, thin rim", "Even in the upper half", "Even from foot to rim"),
        _criterion("The same three times", "Three different bowls", "Two of them are alike", "Three of a kind"),
        _criterion("You saw why", "You describe the bowl", "You describe the wall", "You describe what your hands did"),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class HandedIn:
    """``levels``: which level of each criterion was given; none while it waits. ``pictures``: (name, seed, moment)."""

    email: str
    words: str
    pictures: tuple[tuple[str, int, float], ...]
    days_ago: int
    levels: tuple[int, ...] = ()
    answer: str = ""
    thanks: str = ""


HANDED_IN = (
    HandedIn(
        "learner@example.com",
        "The first one is heavy, the second leans, the third is a bowl.\n\nI cut the first: the wall is thumb-thick where it"
        " meets the floor and gets thin above. I think my first pull began a finger too high, and then I was afraid of it.",
        (("three-bowls.jpg", 5, 0.2), ("cut.jpg", 0, 0.6)),
        16,
        (1, 1, 2),
        "You saw exactly what happened, and that is the hard part. Begin the next pull in the corner, under the wall, and"
        " count to five on the way up. I'd love to see three more.",
        "Thank you! I counted to five and the next one rang like a bell.",
    ),
    HandedIn(
        "priya.nair@example.org",
        "Three bowls from 450 g each. They stand in the order in which I threw them, left to right.\n\nThe cut one has a"
        " spiral inside, so I suppose my hands went up faster than the wheel went round.",
        (("bowls-from-the-front.jpg", 10, 0.3), ("bowls-from-above.jpg", 15, 0.8), ("the-cut.jpg", 20, 0.5)),
        1,
    ),
)  # fmt: skip


def picture(seed: int, moment: float) -> bytes:
    """A small photo, drawn."""
    out = io.BytesIO()
    frame("pottery", seed, moment, width=640, detail=1).convert("RGB").save(out, "JPEG", quality=82)
    return out.getvalue()
