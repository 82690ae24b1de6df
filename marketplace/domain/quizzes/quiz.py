"""What a quiz is made of, and its edits. Pure: every edit returns a new quiz.

Parts are named by random keys: a time-ordered id would tell in which order the options were written, which for
"put in order" is the answer.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from marketplace import text
from marketplace.errors import Invalid, Missing
from marketplace.i18n import N_

Kind = Literal["single", "multiple", "ordering", "matching", "text", "number", "long"]
KINDS: tuple[Kind, ...] = ("single", "multiple", "ordering", "matching", "text", "number", "long")
Review = Literal["after_attempt", "after_pass", "never"]
REVIEWS: tuple[Review, ...] = ("after_attempt", "after_pass", "never")
MAX_QUESTIONS, MAX_OPTIONS, MAX_ACCEPTED = 100, 12, 20
MAX_PROMPT, MAX_OPTION, MAX_FEEDBACK, MAX_LINE = 4_000, 300, 1_000, 200
MAX_POINTS, MAX_ATTEMPTS, MAX_MINUTES = 100, 100, 600
_WORDS = {
    "prompt": (N_("The question"), MAX_PROMPT),
    "praise": (N_("The words"), MAX_FEEDBACK),
    "hint": (N_("The words"), MAX_FEEDBACK),
}


def new_key() -> str:
    return secrets.token_hex(6)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Option(_Part):
    """Something to choose, to put in its place, or to match: then ``match`` is what belongs to it, and ``match_id``
    the key under which that is offered."""

    id: str = Field(default_factory=new_key)
    words: str = ""
    right: bool = False
    feedback: str = ""
    match: str = ""
    match_id: str = Field(default_factory=new_key)


class Question(_Part):
    """``options`` of an ordering stand in the right order. ``praise`` and ``hint`` are said after a right and a wrong
    answer. A long answer is graded by a person: its ``hint`` is a note for them alone."""

    id: str = Field(default_factory=new_key)
    kind: Kind
    prompt: str = ""
    points: int = 1
    praise: str = ""
    hint: str = ""
    options: tuple[Option, ...] = ()
    accepted: tuple[str, ...] = ()
    number: str = ""
    tolerance: str = "0"


class Quiz(_Part):
    """``attempts`` 0: as often as wanted. ``seconds`` 0: no limit. ``draw`` 0: all questions, else so many of them."""

    pass_percent: int = 70
    attempts: int = 0
    seconds: int = 0
    shuffle_questions: bool = False
    shuffle_options: bool = True
    draw: int = 0
    review: Review = "after_attempt"
    questions: tuple[Question, ...] = ()


_P = TypeVar("_P", Question, Option)


def question(quiz: Quiz, key: str) -> Question:
    found = next((q for q in quiz.questions if q.id == key), None)
    if found is None:
        raise Missing
    return found


def add_question(quiz: Quiz, kind: str) -> Quiz:
    if kind not in KINDS:
        raise Invalid("There is no such kind of question.")
    if len(quiz.questions) >= MAX_QUESTIONS:
        raise Invalid("A quiz can have at most {most} questions.", most=MAX_QUESTIONS)
    options = tuple(Option() for _ in range(0 if kind in ("text", "number", "long") else 3))
    return quiz.model_copy(update={"questions": (*quiz.questions, Question(kind=kind, options=options))})


def add_option(quiz: Quiz, key: str) -> Quiz:
    def grow(asked: Question) -> Question:
        if len(asked.options) >= MAX_OPTIONS:
            raise Invalid("A question can have at most {most} options.", field=f"{key}:options", most=MAX_OPTIONS)
        return asked.model_copy(update={"options": (*asked.options, Option())})

    return _on(quiz, key, grow)


def remove(quiz: Quiz, key: str) -> Quiz:
    """A question, or an option of one."""
    if any(q.id == key for q in quiz.questions):
        return quiz.model_copy(update={"questions": tuple(q for q in quiz.questions if q.id != key)})
    home = _home(quiz, key)
    kept = tuple(o for o in home.options if o.id != key)
    return _on(quiz, home.id, lambda q: q.model_copy(update={"options": kept}))


def step(quiz: Quiz, key: str, by: int) -> Quiz:
    """A question, or an option of one, one place up (-1) or down (+1)."""
    if any(q.id == key for q in quiz.questions):
        return quiz.model_copy(update={"questions": _stepped(quiz.questions, key, by)})
    home = _home(quiz, key)
    return _on(quiz, home.id, lambda q: q.model_copy(update={"options": _stepped(q.options, key, by)}))


def mark(quiz: Quiz, key: str, *, right: bool) -> Quiz:
    """An option is right or not. Of a single choice only one is."""
    home = _home(quiz, key)
    alone = home.kind == "single" and right
    options = tuple(
        o.model_copy(update={"right": right if o.id == key else o.right and not alone}) for o in home.options
    )
    return _on(quiz, home.id, lambda q: q.model_copy(update={"options": options}))


def write(quiz: Quiz, key: str, field: str, words: str) -> Quiz:
    """What was typed into a field of a question or an option. Raises ``Invalid``, naming ``<key>:<field>``."""
    place = f"{key}:{field}"
    if any(q.id == key for q in quiz.questions):
        value = _question_value(field, words, place)
        return _on(quiz, key, lambda q: q.model_copy(update={field: value}))
    home = _home(quiz, key)
    if field not in ("words", "match", "feedback"):
        raise Missing
    limit = MAX_FEEDBACK if field == "feedback" else MAX_OPTION
    line = text.clean_line(words, limit=limit, field=place, label="This", required=False)
    options = tuple(o.model_copy(update={field: line}) if o.id == key else o for o in home.options)
    return _on(quiz, home.id, lambda q: q.model_copy(update={"options": options}))


def _question_value(field: str, words: str, place: str) -> object:
    if field in _WORDS:
        label, limit = _WORDS[field]
        return text.clean_text(words, limit=limit, field=place, label=label)
    if field == "points":
        return whole(words, 1, MAX_POINTS, place)
    if field == "accepted":
        lines = [text.clean_line(line, limit=MAX_LINE, field=place, label="An answer", required=False)
                 for line in words.splitlines()]  # fmt: skip
        kept = tuple(line for line in lines if line)
        if len(kept) > MAX_ACCEPTED:
            raise Invalid("At most {most} answers can be accepted.", field=place, most=MAX_ACCEPTED)
        return kept
    if field in ("number", "tolerance"):
        return text.clean_line(words, limit=40, field=place, label="The number", required=False)
    raise Missing


def setting(quiz: Quiz, field: str, words: str, place: str) -> Quiz:
    """What was typed or chosen in the quiz's own settings; ``minutes`` stand for ``seconds``."""
    if field == "review":
        if words not in REVIEWS:
            raise Invalid("Choose when answers are shown.", field=place)
        return quiz.model_copy(update={"review": words})
    limits = {"pass_percent": 100, "attempts": MAX_ATTEMPTS, "draw": MAX_QUESTIONS, "minutes": MAX_MINUTES}
    if field not in limits:
        raise Missing
    value = whole(words or "0", 0, limits[field], place)
    return quiz.model_copy(update={"seconds": value * 60} if field == "minutes" else {field: value})


def switch(quiz: Quiz, field: str, on: bool) -> Quiz:
    if field not in ("shuffle_questions", "shuffle_options"):
        raise Missing
    return quiz.model_copy(update={field: on})


def whole(words: str, least: int, most: int, place: str) -> int:
    """A whole number as typed."""
    kept = words.strip()
    if not (kept.isascii() and kept.isdigit() and len(kept) < 8 and least <= int(kept) <= most):
        raise Invalid("A whole number from {least} to {most}.", field=place, least=least, most=most)
    return int(kept)


def _stepped(row: tuple[_P, ...], key: str, by: int) -> tuple[_P, ...]:
    place = next(n for n, part in enumerate(row) if part.id == key)
    rest = [part for part in row if part.id != key]
    rest.insert(max(0, place + by), row[place])
    return tuple(rest)


def _home(quiz: Quiz, option_key: str) -> Question:
    found = next((q for q in quiz.questions if any(o.id == option_key for o in q.options)), None)
    if found is None:
        raise Missing
    return found


def _on(quiz: Quiz, key: str, change: Callable[[Question], Question]) -> Quiz:
    question(quiz, key)
    return quiz.model_copy(update={"questions": tuple(change(q) if q.id == key else q for q in quiz.questions)})
