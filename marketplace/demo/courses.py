"""The demo's course: Mara's, made of films that she also sells one by one, and of what she tells beside the wheel."""

from __future__ import annotations

from marketplace.demo.quizzes import CUT_BOWL
from marketplace.demo.shapes import Course, Taught

COURSES: tuple[Course, ...] = (
    Course(
        slug="a-month-at-the-wheel",
        creator="mara",
        title="A month at the wheel",
        summary="From the first wobbling lump to a glazed mug with a handle that holds: four weeks, one evening each.",
        description_md="""\
This is the evening class I taught for eleven years, at your own wheel and in your own time. Each week has something
to read before you get your hands dirty, something to watch while they are, and something to do afterwards.

## How it works
- **One evening a week.** Two hours at the wheel, twenty minutes of film, ten of reading.
- **Nothing is thrown away.** Cut your pots in half: the course tells you what the walls say.
- **Go at your own pace.** Your place is kept, and lessons I add later are yours too.

## What you need
A wheel of any kind (a rented hour in a studio is fine), ten kilos of soft stoneware, a sponge, a rib, a wire, a needle.""",
        learn=(
            "Wedge, centre and open without thinking about it",
            "Throw six bowls that are the same, more or less",
            "Pull a handle, and put it where the hand wants it",
            "Know when to trim, when to dry and when to leave it alone",
            "Glaze without drips, and read a kiln's mistakes",
        ),
        topic="pottery",
        art=5,
        level="beginner",
        price_minor=7900,
        currency="usd",
        days_ago=35,
        sections=(
            (
                "Week 1: Getting to know clay",
                (
                    Taught(
                        "Before you touch the wheel",
                        text="""\
Sit down. Put both feet flat, the stool so high that your hips are above your knees. Now put your **left elbow on your
hip bone** and leave it there. Everything else in this course is detail.

## Three things that nobody tells beginners
1. The wheel should go *faster* than you think for centring, and *slower* than you think for everything after.
2. Water is not a lubricant you add because you are worried. A sponge, squeezed once, every two pulls.
3. A pot that goes wrong is the cheapest lesson there is. Cut it, look at it, throw the next one.

> Throw five and cut every one of them in half. Keep the sixth.

| Day | What to do | How long |
|---|---|---|
| Monday | Read this, wedge four balls | 30 min |
| Wednesday | Centre ten lumps, keep none | 60 min |
| Saturday | Your first cylinder | 60 min |""",
                        preview=True,
                    ),
                    Taught(
                        "Wedging like a shell",
                        clip="wedge-clay-like-a-shell",
                        text="Thirty turns for each ball. If you can still see the line where two pieces met, it "
                        "isn't done.",
                    ),
                ),
            ),
            (
                "Week 2: Bowls",
                (
                    Taught("Centre, open, pull", clip="center-and-open-a-bowl", must_watch=True),
                    Taught(
                        "What a cut bowl tells you",
                        text="""\
Take the wire and cut your bowl down the middle. Lay both halves on the table.

- **Thick at the bottom, thin at the top?** Your first pull started too high. Begin it *under* the wall, in the corner.
- **A spiral inside?** Your hands went up faster than the wheel went round. Slow hands.
- **Cracks in the floor after drying?** You opened it and never pressed it back. Three strokes with the rib.

Write down which of the three it was. Next week you will see whether it still is.""",
                        quiz=CUT_BOWL,
                    ),
                ),
            ),
            (
                "Week 3: A mug and its handle",
                (
                    Taught("Throw a mug, pull its handle", clip="throw-a-mug-with-a-pulled-handle"),
                    Taught(
                        "Drying, or the art of leaving it alone",
                        text="""\
A handle dries faster than a mug, and what dries faster shrinks sooner: that is the whole story of handles that fall off.

1. Wrap the handle in a strip of plastic for the first night.
2. Turn the mug upside down as soon as the rim can bear it.
3. Wait. *Leather hard* means that your thumbnail leaves a mark and your thumb doesn't.""",
                    ),
                ),
            ),
            (
                "Week 4: Glaze and fire",
                (
                    Taught("Dip without drips", clip="dip-glaze-without-drips"),
                    Taught(
                        "Reading the kiln",
                        text="""\
You open the kiln and something isn't as you wanted it. Good: now you know something.

- **Pinholes** are gas that left too late. Slow down the last hundred degrees.
- **Crawling**, where the glaze pulls back like water on wax, is dust or oil. Wash your pots and your hands.
- **Running** is too much, too hot or too long. Usually too much.

That is the month. Bring the mug to the table and drink something from it.""",
                    ),
                ),
            ),
        ),
    ),
)
