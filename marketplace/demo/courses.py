"""The demo's courses. Mara's is made of films that she also sells one by one, and of what she tells beside the wheel."""

from __future__ import annotations

from marketplace.demo.assignments import THREE_BOWLS
from marketplace.demo.course_python import PYTHON
from marketplace.demo.glaze import GLAZE
from marketplace.demo.quizzes import CUT_BOWL
from marketplace.demo.sales_page import WHEEL_PAGE
from marketplace.demo.shapes import Course, LiveEvening, Taught

COURSES: tuple[Course, ...] = (
    Course(
        slug="know-your-clay",
        creator="mara",
        title="Know your clay",
        summary="Half an hour with what you are going to throw: where clay comes from, and what it wants.",
        description_md="Read it before your first evening at a wheel. You need a handful of clay and a glass of water.",
        learn=("Choose a clay for what you want to make", "Tell when it is ready to be thrown"),
        topic="pottery",
        art=5,
        level="beginner",
        price_minor=0,
        currency="usd",
        price_kind="free",
        days_ago=36,
        cover="wedge-clay-like-a-shell",
        sections=(
            (
                "A handful",
                (
                    Taught(
                        "Where it comes from",
                        text="Clay is rock that has been on a long walk. What it picked up on the way decides its colour and "
                        "how hot it may get: iron makes it red, sand makes it strong, and the finest of it makes it soft.",
                        preview=True,
                    ),
                    Taught(
                        "What it wants",
                        text="Press your thumb in. It sticks: too wet, give it an hour on plaster. It cracks at the edge: too "
                        "dry, wrap it with a wet cloth until tomorrow. It keeps the print of your skin: now.",
                    ),
                ),
            ),
        ),
    ),
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
        time_zone="America/New_York",
        needs=(("know-your-clay", False),),
        page=WHEEL_PAGE,
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

> [!tip] The sixth pot
> Throw five and cut every one of them in half. Keep the sixth.

| Day | What to do | How long |
|---|---|---|
| Monday | Read this, wedge four balls | 30 min |
| Wednesday | Centre ten lumps, keep none | 60 min |
| Saturday | Your first cylinder | 60 min |

:::reveal My lump wobbles. What now?
Stop adding water. Lean your whole forearm on your hip, slow down your *hands* (not the wheel), and push for ten turns
without moving. If it still wobbles, take it off and wedge again: nobody centres a lump that was never round inside.
:::""",
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
                    Taught(
                        "Centre, open, pull",
                        clip="center-and-open-a-bowl",
                        must_watch=True,
                        assignment=THREE_BOWLS,
                    ),
                    Taught(
                        "What a cut bowl tells you",
                        text="""\
Take the wire and cut your bowl down the middle. Lay both halves on the table.

- **Thick at the bottom, thin at the top?** Your first pull started too high. Begin it *under* the wall, in the corner.
- **A spiral inside?** Your hands went up faster than the wheel went round. Slow hands.
- **Cracks in the floor after drying?** You opened it and never pressed it back. Three strokes with the rib.

Write down which of the three it was. Next week you will see whether it still is.""",
                        quiz=CUT_BOWL,
                        due_days=20,
                    ),
                ),
            ),
            (
                "Week 3: A mug and its handle",
                (
                    Taught("Throw a mug, pull its handle", clip="throw-a-mug-with-a-pulled-handle", due_days=24),
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
                    Taught(
                        "Dip without drips",
                        clip="dip-glaze-without-drips",
                        text=GLAZE,
                        file=(
                            "Glaze card - celadon and tenmoku.pdf",
                            "Both recipes in grams for a five-litre bucket. Print it, it may get wet.",
                        ),
                    ),
                    Taught(
                        "Reading the kiln",
                        needs="Dip without drips",
                        text="""\
You open the kiln and something isn't as you wanted it. Good: now you know something.

- **Pinholes** are gas that left too late. Slow down the last hundred degrees.
- **Crawling**, where the glaze pulls back like water on wax, is dust or oil. Wash your pots and your hands.
- **Running** is too much, too hot or too long. Usually too much.

That is the month. Bring the mug to the table and drink something from it.""",
                        live=LiveEvening(
                            in_days=5,
                            clock="18:30",
                            zone="Europe/Madrid",
                            minutes=75,
                            link="https://meet.example.com/mara/kiln-evening",
                            about="We open the kiln **together**. Bring what came out wrong: a pinhole, a crawl, a run. "
                            "Hold it to the camera and we read it.",
                        ),
                    ),
                ),
            ),
        ),
    ),
    Course(
        slug="handles-that-hold",
        creator="mara",
        title="Handles that hold",
        summary="What comes after the first mug: handles for jugs, teapots and lids, and why some of them crack.",
        description_md="For those who have thrown for a month. Two evenings, ten handles, and an honest look at each.",
        learn=("Pull a handle for a jug", "Tell from a crack what went wrong"),
        topic="pottery",
        art=5,
        level="intermediate",
        price_minor=0,
        currency="usd",
        price_kind="free",
        days_ago=20,
        cover="throw-a-mug-with-a-pulled-handle",
        needs=(("a-month-at-the-wheel", True),),
        sections=(
            (
                "Two evenings",
                (
                    Taught(
                        "A handle is a gesture",
                        text="Hold an empty jug and pour nothing from it, slowly. Where your thumb wants to be, the handle "
                        "begins; where your little finger ends, it ends. Draw that line, and pull ten handles that follow it.",
                    ),
                    Taught(
                        "Reading a crack",
                        text="A crack across the joint: too dry when you joined it. A crack along the handle: pulled too "
                        "thin, or dried too fast. A handle that came off whole: you forgot to score.",
                    ),
                ),
            ),
        ),
    ),
    PYTHON,
)
