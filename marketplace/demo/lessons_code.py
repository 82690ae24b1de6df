"""Lessons by Ravi (programming)."""

from __future__ import annotations

from marketplace.demo.shapes import Lesson

LESSONS: tuple[Lesson, ...] = (
    Lesson(
        slug="read-a-stack-trace-without-fear",
        creator="ravi",
        title=(
            "Read a stack trace without fear: a calm, repeatable way to find the one line that matters "
            "in long Python errors, noisy logs and other people's code"
        ),
        summary="Sixty red lines, one of them yours. A reading order that works at two in the morning.",
        description_md="""\
A stack trace is a **letter from the program**, written in reverse order by somebody in a panic. Once you know
where it keeps the date, the address and the reason, you can read it in under a minute.

## The reading order
1. The **last line**: what kind of error, in which words
2. The lowest frame in *your* code: where you could have known
3. The values there, not the values you remember
4. Only then upwards: who called with that?

We do it on five real traces: a `KeyError` three libraries deep, an async one with no beginning, a "during
handling of the above exception", a timeout that lies about its place, and one where the trace is right and the
test is wrong.

## Also inside
- `raise … from …`, and why the second half of the letter goes missing
- Making a trace shorter: `breakpoint()` at the frame, not at the top
- What to paste when you ask for help, and what to leave out

Nothing to install but Python 3.11 or newer.""",
        learn=(
            "Find your own frame in a trace of any length",
            "Read chained and async exceptions in the right order",
            "Inspect values at the point of failure",
            "Write errors that your future self can read",
            "Ask for help with exactly the right twenty lines",
        ),
        topic="programming",
        art=1,
        level="intermediate",
        price_kind="fixed",
        price_minor=3500,
        currency="usd",
        seconds=25,
        lines=(
            "Start at the end. The last line is the reason.",
            "Now go up until you see a file that is yours.",
            "Stop there. What was really in that variable?",
            "Not what you think. Print it.",
            "Only then ask who called, and why with that.",
            "One change, one run. Write down what you saw.",
        ),
        days_ago=36,
        preview_seconds=8,
    ),
    Lesson(
        slug="name-things-well",
        creator="ravi",
        title="Name things well",
        summary="A short lesson about the oldest problem in programming. Pay what it's worth to you.",
        description_md="""\
Bad names aren't a matter of style. They're **wrong statements** that the compiler lets you make: `data`,
`handle`, `do_it`, `is_not_disabled`. Every reader pays for them, and most of the time that reader is you.

I take one file of ninety lines from a real project (used with permission, and with thanks) and rename things
for the length of a coffee. No behaviour changes. By the end, two bugs are visible that nobody had seen in three
years.

### Rules of thumb you'll see at work
- A function is named for **what comes out**, not for how
- If you need "and", there are two functions
- Short scope, short name; long scope, whole words
- Use the words your customers use, even when they're odd
- When no name fits, the thing itself is wrong. *Listen to that*

Choose your own price. If you're a student, the lowest one is meant for you and nobody will ask.""",
        learn=(
            "Spot names that say something untrue",
            "Rename safely, in steps that can be reviewed",
            "Let a missing name point to a missing idea",
            "Agree on words with the people who use the thing",
        ),
        topic="programming",
        art=2,
        level="all",
        price_kind="pwyw",
        price_minor=1000,
        min_minor=300,
        currency="usd",
        seconds=22,
        lines=(
            "Read the name aloud. Is it true?",
            "Say what comes out, not how it is made.",
            "If you need the word and, it is two functions.",
            "Use the customer's word, even when it's an odd one.",
            "And when no name fits, change the thing, not the name.",
        ),
        days_ago=57,
    ),
)
