"""Lessons by Aiko (watercolour, mending), Callum (guitar, woodwork) and Nadia (photography, gardening)."""

from __future__ import annotations

from marketplace.demo.shapes import Lesson

LESSONS: tuple[Lesson, ...] = (
    Lesson(
        slug="misty-hills-in-five-washes",
        creator="aiko",
        title="Misty hills in five washes",
        summary=(
            "One brush, three pigments and the patience to let each layer dry. A landscape that paints its "
            "own distance."
        ),
        description_md="""\
Distance in watercolour is only **water**. The farthest hill is almost nothing; each nearer one gets a little
less water and a little more blue. Five washes, and the eye walks in by itself.

## Materials
- One round brush, size 10, that still has its point
- Cotton paper, 300 g, taped on all four sides
- Ultramarine, burnt sienna, a touch of yellow ochre

## The order
1. Sky, wet in wet, and the sun lifted out with a dry brush
2. The far ridge, while the sky is *just* damp: it blurs, and that's the mist
3. Dry. Really dry. The back of the hand tells you
4. Two middle ridges, with clear water along their lower edge
5. The near hill and a few trees, in one go, without correcting

## The difficult part
Between the washes you'll want to fix something. Drink your tea. Almost everything that looks wrong wet is right
when it's dry, and almost everything that is corrected wet turns to mud.""",
        learn=(
            "Judge how wet the paper is by its shine",
            "Mix one hue in five strengths before you start",
            "Soften an edge with clear water",
            "Leave white paper for light, on purpose",
        ),
        topic="watercolour",
        art=0,
        level="beginner",
        price_kind="fixed",
        price_minor=2800,
        currency="jpy",
        seconds=25,
        lines=(
            "Tilt the board. Water should travel, not sit.",
            "The farthest hill is nearly all water.",
            "Wait until the shine is gone. Have some tea.",
            "Each hill a little darker, each edge a little sharper.",
            "Clear water along the bottom: there is your mist.",
            "Trees last. Touch, lift, and leave them alone.",
        ),
        days_ago=63,
    ),
    Lesson(
        slug="mend-a-knee-with-sashiko",
        creator="aiko",
        title="Mend a worn knee with sashiko",
        summary="A patch, a grid and one running stitch: make the hole the best part of the trousers.",
        description_md="""\
Sashiko means *little stabs*. It was how fishing families kept indigo work clothes going for generations, and
it's the most forgiving stitch I know. If your lines wander, it looks like hand work. Because it is.

We mend one pair of jeans with a patch **behind** the hole, and cover it with the overlapping waves called
*seigaiha*.

### You'll use
A long sashiko needle, thick cotton thread in a colour you like, a scrap of soft denim, a chalk pencil and a
bottle cap to draw the arcs.

### Three things nobody says
- Load the needle: take six stitches before you pull it through, and they come out even
- Leave a small loop at every turn, or the patch will pucker in the first wash
- Never knot on the knee. Weave the end back under four stitches

It takes an evening. I've left the boring part in, at its real speed, so that you have company.""",
        learn=(
            "Prepare a hole so that it stops growing",
            "Draw a wave grid with a bottle cap",
            "Load the needle for even stitches",
            "Turn corners without puckering",
            "End a thread without a knot",
        ),
        topic="sewing",
        art=1,
        level="beginner",
        price_kind="fixed",
        price_minor=1800,
        currency="usd",
        seconds=23,
        lines=(
            "The patch goes behind. The hole becomes a window.",
            "Draw the waves with anything round. I use a bottle cap.",
            "Load six stitches, then pull. They come out even by themselves.",
            "Leave a little loop at each turn, for the wash.",
            "No knots on a knee. Weave the end back and cut.",
        ),
        days_ago=54,
        preview_seconds=7,
    ),
    Lesson(
        slug="travis-picking-from-zero",
        creator="callum",
        title="Travis picking from zero",
        summary=(
            "Get your thumb to keep time by itself, and a whole song follows. Slow, looped and played from both sides."
        ),
        description_md="""\
Every tune you love that sounds like two guitars is one guitar and a **bored thumb**. It walks between two
strings, boom-chick, boom-chick, and must not care what the fingers are up to.

So for the first part of this lesson your fingers do nothing at all.

## The plan
- **Week one:** thumb alone on C and G, with the telly on. I mean it
- **Week two:** one finger, on the beat: *pinch*
- **Week three:** the same finger, off the beat: *pluck*. This is the hard one
- **Week four:** four bars that turn into a tune while you aren't looking

I play each pattern at 50, 70 and 90 beats a minute. The camera sits where your own eyes would be, so that left
is left.

## Nails, picks, steel, nylon?
Any of them. Tune it, sit on a chair without arms, and keep your wrist off the bridge. If it hurts, you're
pressing. Stop, shake it out, carry on.""",
        learn=(
            "Keep an alternating bass going without thinking",
            "Pinch and pluck against it, on and off the beat",
            "Change chords without dropping the thumb",
            "Play a complete sixteen-bar piece",
        ),
        topic="guitar",
        art=0,
        level="beginner",
        price_kind="fixed",
        price_minor=1600,
        currency="gbp",
        seconds=22,
        lines=(
            "Thumb only. Fifth string, fourth string, and again.",
            "Talk to somebody while you do it. It has to run by itself.",
            "Now pinch: thumb and finger, together on the one.",
            "And late: the finger falls between two thumbs.",
            "That's it. That's the whole trick. Now slower.",
        ),
        days_ago=47,
        preview_seconds=6,
    ),
    Lesson(
        slug="hand-cut-dovetails",
        creator="callum",
        title="Hand-cut dovetails that close",
        summary="Saw to the line, not near it. One corner of a box with four tails, a saw, a chisel and no jig.",
        description_md="""\
A dovetail that fits off the saw is no miracle. It's a **knife line**. A pencil line has two edges and you'll
saw on the wrong one; a knife line has none.

## We make one corner
Two boards of something kind (lime, poplar, soft pine), 18 mm thick. Four tails. I cut the tails first and mark
the pins from them, because then it doesn't matter if the tails aren't equal. Nobody will ever measure them.

1. Square the ends. *If this is wrong, nothing after it will be right*
2. Gauge, divide by eye, saw the tails in pairs
3. Chop halfway from each side, and never lever
4. Mark the pins with a knife, and shade the waste twice
5. Saw on the waste side, leaving the line
6. One tap. If it needs two, look for the shiny spot

## Tools
A fine saw, a 12 mm chisel that shaves the hair off your arm, a marking gauge, a knife, a mallet. The sharpening
is not in here; it's its own evening.""",
        learn=(
            "Mark with a knife so that the saw has a wall to follow",
            "Saw square without looking at the far side",
            "Chop a clean baseline from both faces",
            "Transfer tails to pins without guessing",
            "Find and ease the one spot that binds",
        ),
        topic="woodwork",
        art=0,
        level="advanced",
        price_kind="fixed",
        price_minor=3200,
        currency="usd",
        seconds=25,
        lines=(
            "Knife, not pencil. A knife line has no thickness.",
            "Tails first. They don't have to be equal, only straight.",
            "Halfway from this side, halfway from the other. Never lever.",
            "Hold it in the corner and trace what is really there.",
            "Leave the line. You can pare wood off, but not on.",
            "One tap. Hear that? It closed.",
        ),
        days_ago=38,
    ),
    Lesson(
        slug="aperture-before-everything",
        creator="nadia",
        title="Aperture before everything",
        summary=(
            "One ring decides what your picture is about. Learn it first, and let the camera worry about the rest."
        ),
        description_md="""\
People learn the exposure triangle, nod, and go back to automatic. I teach **one corner** of it. Aperture is the
only setting that changes *what the picture says*; the other two only make it bright enough.

### The walk
Put the dial on A (or Av). We go around one block, three times.

- **First round, f/2:** one thing sharp, everything else a rumour
- **Second round, f/8:** the street, and the people in it
- **Third round, f/16:** pattern, depth, the far end of the road

At each stop I show my frame, the miss before it, and the reason I moved my feet.

### Homework
Choose one object at home. Make three photographs of it that tell three different stories, and change nothing
except the ring and where you stand. Post them in the discussion; I answer every set.

Any camera with an aperture setting will do, and the portrait mode of a phone gets you surprisingly far.""",
        learn=(
            "Choose an aperture by what the picture is about",
            "Predict what will be sharp before you press",
            "Notice when the shutter has become too slow",
            "Use your feet as the second control",
        ),
        topic="photography",
        art=1,
        level="beginner",
        price_kind="fixed",
        price_minor=2200,
        currency="usd",
        seconds=24,
        lines=(
            "Wide open: one thing sharp, the rest a rumour.",
            "Close it to eight, and the street comes into the story.",
            "Sixteen: now it is about the far end of the road.",
            "Watch the shutter. Under a sixtieth, lean on something.",
            "Then change nothing, take two steps, and look again.",
        ),
        days_ago=29,
    ),
    Lesson(
        slug="seedlings-on-a-balcony",
        creator="nadia",
        title="From seed to salad on a shady balcony",
        summary="Four plants that forgive, one watering rule, and what is going on underneath while you see nothing.",
        description_md="""\
My balcony gets three hours of sun and a lot of opinions from the neighbours. It still gives us salad from April
to November, because I stopped growing what I wanted and began to grow what **wants to be here**.

## The four
Rocket, chard, flat parsley, mint (mint in its own pot, always).

## What we do together
- Sow in recycled trays, twice as deep as the seed is wide
- Thin without guilt: the weak ones are your first salad
- Pot up when roots show at the hole, not when the calendar says so
- Water from below, *until the top changes colour*, and then not until the pot feels light

## Underground
Half of this lesson happens under the soil. I grew a row behind glass so that you can see what overwatering does
to a root in four days. You'll never again water "just to be safe".

Bring any pots with holes. Peat-free compost, please.""",
        learn=(
            "Choose plants by the light you really have",
            "Sow at the right depth, and thin early",
            "Water by weight instead of by habit",
            "Tell from the roots when to pot up",
        ),
        topic="gardening",
        art=1,
        level="all",
        price_kind="fixed",
        price_minor=1200,
        currency="usd",
        seconds=23,
        lines=(
            "Twice as deep as the seed is wide. No deeper.",
            "Thin early. The weak ones are your first salad.",
            "Lift the pot. Light means thirsty, heavy means wait.",
            "Roots at the hole? Now it wants a bigger room.",
            "Cut the outer leaves, and the middle keeps on giving.",
        ),
        days_ago=43,
    ),
)
