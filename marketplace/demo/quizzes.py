"""The demo course's quiz, one question of each kind but one."""

from __future__ import annotations

from marketplace.domain.quizzes.quiz import Option, Question, Quiz

CUT_BOWL = Quiz(
    pass_percent=70,
    shuffle_options=True,
    questions=(
        Question(
            kind="single",
            prompt="You cut a bowl in half. It is **thick at the bottom and thin at the top**. What happened?",
            points=1,
            options=(
                Option(words="The first pull began too high", right=True),
                Option(words="The clay was too wet", feedback="Wet clay slumps: the whole wall sinks, top and bottom alike."),
                Option(words="The wheel was too slow", feedback="A slow wheel leaves a spiral, not a heavy foot."),
                Option(words="You opened it too deep", feedback="Then the floor would be thin, not the foot of the wall thick."),
            ),
            hint="Begin the next pull under the wall, in the corner between wall and floor.",
        ),
        Question(
            kind="multiple",
            prompt="What helps against cracks in the floor?",
            points=2,
            options=(
                Option(words="Pressing the floor back with the rib", right=True),
                Option(words="Taking the water out with a sponge before you stop", right=True),
                Option(words="Drying it quickly in the sun", feedback="What dries fast, cracks: the rim shrinks before the floor."),
                Option(words="A thinner rim", feedback="The rim has nothing to do with the floor's particles."),
            ),
            hint="Opening pulls the floor's clay apart. Press it together again, and leave no puddle on it.",
        ),
        Question(
            kind="ordering",
            prompt="Put one bowl's evening in order.",
            points=3,
            options=(
                Option(words="Wedge the clay"),
                Option(words="Centre the lump"),
                Option(words="Open it and press the floor back"),
                Option(words="Pull the wall"),
                Option(words="Cut it in half and look"),
            ),
        ),
        Question(
            kind="matching",
            prompt="Which sign tells of which habit?",
            points=3,
            options=(
                Option(words="A spiral inside", match="Hands faster than the wheel"),
                Option(words="A crack like an S in the floor", match="A floor that was never compressed"),
                Option(words="A wall that leans", match="A lump that was not centred"),
            ),
            praise="That is the whole lesson. Go and cut another one.",
        ),
        Question(
            kind="number",
            prompt="How many strokes with the rib does a floor need, as this lesson tells it?",
            points=1,
            number="3",
            tolerance="0",
            hint="Three: from the middle out, from the rim in, and once more for luck.",
        ),
    ),
)  # fmt: skip
