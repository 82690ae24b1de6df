"""Lessons by Mara (pottery) and Théo (bread)."""

from __future__ import annotations

from marketplace.demo.shapes import Lesson

LESSONS: tuple[Lesson, ...] = (
    Lesson(
        slug="center-and-open-a-bowl",
        creator="mara",
        title="Centre, open and pull your first bowl",
        summary="The four movements between a wobbling lump and a bowl you'd eat from, in real time and twice over.",
        description_md="""\
Most people give up on the wheel in the first ten minutes, because nobody told them that centring is done with
the **skeleton**, not with strength. We begin there, with your elbow on your hip.

## What happens
I throw the same 600 g bowl twice. The first time I talk; the second time I'm quiet and you watch my left hand.

1. **Centre**: cone up, cone down, and how to tell "nearly" from "there"
2. **Open**: how deep to go, and the needle check that saves the foot
3. **Pull**: three slow pulls from the outside corner
4. **Shape**: a rib, a breath, and stop

## What you need
A wheel of any kind, two kilos of soft stoneware in 600 g balls, a sponge, a rib and a wire. Wedge the clay
first. There is a free lesson on that.

## A word on failure
Throw five and cut every one of them in half. The walls tell you more than I can: thick at the bottom means you
started the pull too high; thin in the middle means you hurried. *Keep the sixth.*""",
        learn=(
            "Brace your arms so that the clay moves and you don't",
            "Recognise centred clay with your eyes closed",
            "Open to an even floor and check its thickness",
            "Raise a wall in three pulls without a spiral",
            "Read a cut bowl and know what to change",
        ),
        topic="pottery",
        art=0,
        level="beginner",
        price_kind="fixed",
        price_minor=2400,
        currency="usd",
        seconds=28,
        lines=(
            "Put your elbow on your hip. Your arm is now part of the table.",
            "Press from the side, and let the clay come to you.",
            "When your hand stops shaking, it is centred. Don't look, feel.",
            "Open slowly, down to one finger above the wheel head.",
            "Pull from the outside corner: slow hands, fast wheel.",
            "Breathe out at the rim, and let go as gently as you came.",
        ),
        days_ago=74,
        preview_seconds=8,
    ),
    Lesson(
        slug="wedge-clay-like-a-shell",
        creator="mara",
        title="Wedge clay like a shell",
        summary=(
            "Spiral wedging in a few calm minutes: no air, no lumps, no sore wrists. Free, because "
            "everything begins here."
        ),
        description_md="""\
Air in your clay feels like a small stone that moves. You'll chase it around the wheel, and it will win. Wedging
takes three minutes and settles the matter.

I use the **spiral**, which looks like a seashell and sounds like a slow drum. It's kinder to the wrists than
the ram's head, because the weight of your shoulders does the work.

### How to practise
- Take a piece the size of a grapefruit, no larger
- Stand so that the table meets your knuckles
- Push *forward and down* with the right heel of the hand; the left only turns
- Count forty pushes, then cut it with the wire and look

If the cut face is smooth as cheese, you're done. If there are holes, give it twenty more. If it sticks to the
table, it's too wet: leave it on plaster while you make tea.

This lesson is free. If it saved you a bowl, throw one for a friend.""",
        learn=(
            "Stand and push so that your wrists stay straight",
            "Keep the spiral going instead of folding air in",
            "Check a cut face and know when to stop",
            "Rescue clay that is too wet or too stiff",
        ),
        topic="pottery",
        art=14,
        level="all",
        price_kind="free",
        price_minor=0,
        currency="usd",
        seconds=22,
        lines=(
            "Stand so that the table meets your knuckles.",
            "Forward and down with the right hand. The left one only turns.",
            "A quarter turn, and again. It should start to look like a shell.",
            "Forty pushes. Don't hurry, listen to the rhythm.",
            "Cut it, look for holes, and you are ready to throw.",
        ),
        days_ago=92,
    ),
    Lesson(
        slug="dip-glaze-without-drips",
        creator="mara",
        title="Dip glaze without drips",
        summary=(
            "Two glazes, one clean line. How thick, how long, which way to turn, and what to wipe before the kiln."
        ),
        description_md="""\
A glaze line looks like skill and is really **counting**. Bisque drinks water at a steady rate, so the thickness
of your glaze is a number of seconds. Once you know the number for your bucket, you can stop hoping.

## In this lesson
- Mixing to the weight of cream, measured with a 100 ml cup and a scale
- The three-second dip, with tongs and without
- A second glaze over the first: where they overlap, they run, so leave room
- Turning the pot *while it's still wet*, so that the last drop travels instead of hanging
- Wax, sponge and a foot ring that doesn't stick to the shelf

## Before you start
Bring three bisque test tiles. You'll dip them for two, three and five seconds, fire them, and write the result
on the bucket. Mine has said **"3, stir first!"** since 2016.

I glaze at cone 6, but the method is the same from earthenware to porcelain.""",
        learn=(
            "Measure a glaze's thickness instead of guessing it",
            "Dip, turn and drain in one movement",
            "Overlap two glazes without a run on the shelf",
            "Clean a foot ring in ten seconds",
        ),
        topic="pottery",
        art=17,
        level="intermediate",
        price_kind="fixed",
        price_minor=1800,
        currency="usd",
        seconds=24,
        lines=(
            "Stir until the bottom of the bucket feels smooth.",
            "In at an angle, so that no air is trapped under the foot.",
            "One, two, three. Out, and keep it moving.",
            "Turn it while it's wet. The last drop should travel, not hang.",
            "Sponge the foot. What touches the shelf stays bare.",
        ),
        days_ago=51,
        preview_seconds=7,
    ),
    Lesson(
        slug="throw-a-mug-with-a-pulled-handle",
        creator="mara",
        title="Throw a mug and pull its handle",
        summary="A cylinder that stays a cylinder, and a handle that looks as if it grew there.",
        description_md="""\
Everyone can throw a mug. What makes you reach for the same one every morning is the **handle**: where it
springs, how it fills, and whether your knuckle touches hot clay.

## First hour: the cylinder
We throw 400 g, straight, with a lip that is kind to the mouth. I show two faults I still make (the belly and
the flare) and how to collar them away before they set.

## Next day: the handle
1. Make a carrot of clay, a little stiffer than you threw with
2. Pull it with plenty of water: twelve strokes, a quarter turn every third
3. Let it bend under its own weight for five minutes
4. Score, slip, press, and *then* wait before you touch it again

## When it cracks
It will, once. It's nearly always drying, not joining. Wrap the handle in a strip of plastic and leave the body
bare, so that both arrive at dry together.

You should be able to centre before you take this one.""",
        learn=(
            "Throw a straight cylinder from 400 g of clay",
            "Finish a lip that is pleasant to drink from",
            "Pull an even handle and let it find its own curve",
            "Join it at leather-hard, so that it stays joined",
            "Dry body and handle together without cracks",
        ),
        topic="pottery",
        art=3,
        level="intermediate",
        price_kind="fixed",
        price_minor=2900,
        currency="usd",
        seconds=26,
        lines=(
            "Four hundred grams. Higher than wide, and straight.",
            "Compress the lip with a strip of soft leather.",
            "Now the handle: wet hand, long stroke, no squeezing.",
            "Let it hang. Gravity draws a better curve than I do.",
            "Score both sides, a little slip, and press until it sighs.",
            "Wrap the handle, not the mug. Then go home.",
        ),
        days_ago=69,
    ),
    Lesson(
        slug="country-loaf",
        creator="theo",
        title="A country loaf with an open crumb",
        summary="One dough, 75 % water, baked in a pot. From the first fold to the song of the crust.",
        description_md="""\
This is the bread I'd bake if I could bake only one: wheat with a little rye, a dark crust, holes that hold
butter but not the whole pat.

## The day, in hours
| when | what |
| --- | --- |
| 9:00 | mix flour and water, rest |
| 10:00 | starter and salt |
| 10:30–12:30 | four folds, every half hour |
| 15:00 | shape |
| overnight | the fridge does the work |

## What I want you to notice
A clock can't see your kitchen. So for each step I show the dough **before it's ready, ready, and too late**,
side by side. Press, watch it come back, decide.

## Scoring
The cut isn't decoration. It tells the loaf where to open. We make one long cut at a low angle, and then, if you
like, the leaf you see on the cover.

You need a lively starter, a scale, a pot with a lid and a razor blade. *You don't need a mixer.*""",
        learn=(
            "Mix and fold a wet dough without adding flour",
            "See when bulk fermentation is over",
            "Shape a tight round that stands on its own",
            "Score at the right angle and depth",
            "Bake in a pot for steam and a singing crust",
        ),
        topic="bread",
        art=0,
        level="intermediate",
        price_kind="fixed",
        price_minor=1900,
        currency="eur",
        seconds=26,
        lines=(
            "Seven hundred and fifty grams of water to a kilo of flour. Yes, it sticks.",
            "Wet hands, lift, fold, turn. Four times, then leave it alone.",
            "When it shakes like custard, it is ready.",
            "Shape with the table. Let the dough hold on and pull itself tight.",
            "Blade low, one long cut. Be brave.",
            "Lid off after twenty minutes. And now listen.",
        ),
        days_ago=67,
        preview_seconds=8,
    ),
    Lesson(
        slug="keep-a-sourdough-starter",
        creator="theo",
        title="Keep a starter alive for twenty years",
        summary="Feed it less, waste nothing, go on holiday. A starter is a habit, not a pet.",
        description_md="""\
My starter is older than my apprentice. It has been frozen, forgotten, carried through customs and once dropped.
You can't kill it. You can only make it **slow**, and slow is easy to mend.

### From nothing, in eight days
Flour, water, a jar, a rubber band. I show every day of it, day four included, when it smells of old socks and
everybody throws theirs away. *Don't.*

### Afterwards
- Keep **30 g** in the fridge, no more
- Feed it the evening before you bake, one part to five
- Mark the level with a band: you want it doubled, not merely bubbly
- Before a holiday, make it stiff as marzipan; it'll wait for three weeks

### When something is wrong
Grey water on top: hungry. A smell of nail varnish: very hungry. Pink or orange: bin it, wash the jar, start
over. I'll show all three, so that you'll know them when you meet them.""",
        learn=(
            "Start a culture from flour and water in eight days",
            "Feed by ratio, so that it peaks when you need it",
            "Keep so little that nothing is thrown away",
            "Tell hungry from spoiled",
        ),
        topic="bread",
        art=1,
        level="beginner",
        price_kind="fixed",
        price_minor=1500,
        currency="eur",
        seconds=23,
        lines=(
            "Fifty grams of flour, fifty of water. That's all it ever eats.",
            "Put the band where the level is now.",
            "On day four it smells of old socks. That's normal. Keep going.",
            "Doubled in six hours: it's ready to lift a loaf.",
            "Keep a spoonful in the fridge, and bake with the rest.",
        ),
        days_ago=59,
    ),
)
