"""Ravi's course: an evening with Python, written and checked in the browser."""

from __future__ import annotations

from marketplace.demo.shapes import Course, Taught
from marketplace.domain.exercises.exercise import Case, Exercise
from marketplace.domain.quizzes.quiz import Option, Question, Quiz

_AVERAGE = Exercise(
    prompt="""\
Write a function `average(numbers)` that gives the **mean** of a list of numbers.

For an empty list there is nothing to divide by: give back `0.0` then.""",
    starter='''def average(numbers):
    """The mean of some numbers."""
    ...


print(average([1, 2, 3]))
''',
    solution="""def average(numbers):
    if not numbers:
        return 0.0
    return sum(numbers) / len(numbers)
""",
    cases=(
        Case(call="average([1, 2, 3])", expected="2.0"),
        Case(call="average([10])", expected="10.0"),
        Case(call="average([])", expected="0.0", shown=False),
        Case(call="average([-2, 2, 4, 4])", expected="2.0", shown=False),
    ),
)
_TABS = Quiz(
    pass_percent=60,
    questions=(
        Question(
            kind="single",
            prompt="What does a function without `return` give back?",
            options=(
                Option(words="`None`", right=True),
                Option(words="`0`", feedback="Nothing is counted, so nothing is zero."),
                Option(words="An error", feedback="It runs happily. That is what makes it hard to find."),
            ),
            hint="Print the result of `print(\"hello\")` and see.",
        ),
        Question(
            kind="text",
            prompt="Which keyword ends a function and hands its value to the caller?",
            accepted=("return",),
        ),
    ),
)  # fmt: skip

PYTHON = Course(
    slug="python-in-an-evening",
    creator="ravi",
    title="Python in an evening",
    summary="Values, names, a function, a test: enough Python for one evening, with nothing to install.",
    description_md="""\
You write Python **in this page**. Nothing to install, nothing to configure, nothing that breaks because of a version.
By the time your tea is cold you have written a function that a machine has checked.

- Four short lessons to read, each with something to try
- One exercise with tests, two of which you don't see
- A few questions at the end, so that it stays""",
    learn=(
        "Read and write small pieces of Python",
        "Give values names, and change your mind about them",
        "Write a function and know that it works",
    ),
    topic="programming",
    art=0,
    level="beginner",
    price_minor=1900,
    currency="usd",
    days_ago=9,
    sections=(
        (
            "Before the tea is cold",
            (
                Taught(
                    "A value and a name",
                    text="""\
Everything in Python is a *value*: a number, a piece of text, a list of those. A **name** is a label that you tie to one.

```
price = 12
price = price + 3
```

The name didn't change into fifteen. It was untied from one value and tied to another. Most confusion in the first week
is about this one line, and now you have read it.""",
                    preview=True,
                ),
                Taught(
                    "Many values at once",
                    text="""\
A list holds values in order: `[3, 1, 2]`. You may ask it how long it is, `len([3, 1, 2])`, and what it adds up to,
`sum([3, 1, 2])`.

An empty list is a list too. It is the one that everybody forgets.""",
                ),
            ),
        ),
        (
            "A function of your own",
            (
                Taught(
                    "Write one, and have it checked",
                    text="""\
A function is a recipe with a name. What goes in stands in the brackets, what comes out after `return`.""",
                    code=_AVERAGE,
                    must_pass=True,
                ),
                Taught(
                    "What stays",
                    text="Three minutes, two questions. Then close the laptop.",
                    quiz=_TABS,
                ),
            ),
        ),
    ),
)
