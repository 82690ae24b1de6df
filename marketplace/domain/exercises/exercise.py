"""What a code exercise is made of, and its edits. Pure: every edit returns a new exercise."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from marketplace import text
from marketplace.errors import Invalid, Missing
from marketplace.i18n import N_, _, count_words

MAX_CASES, MAX_PROMPT, MAX_CODE, MAX_CALL, MAX_VALUE = 30, 8_000, 20_000, 500, 2_000
MIN_SECONDS, MAX_SECONDS = 1, 30


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Case(_Part):
    """``call`` is an expression such as ``average([1, 2, 3])``, ``expected`` the ``repr`` of its value. Of a case that
    isn't ``shown`` learners hear only whether it passed."""

    id: str = Field(default_factory=lambda: secrets.token_hex(6))
    call: str = ""
    expected: str = ""
    shown: bool = True


class Exercise(_Part):
    """Python to be written. ``seconds``: after so many a run is stopped. ``solution`` is its creator's own, and stays
    on the server."""

    prompt: str = ""
    starter: str = ""
    solution: str = ""
    seconds: int = 10
    cases: tuple[Case, ...] = ()


def code(words: str, *, field: str, label: str = N_("The code")) -> str:
    """Code as typed: indents and empty lines stay, control characters go."""
    kept = "".join(c for c in words.replace("\r\n", "\n").replace("\r", "\n") if c in "\n\t" or c.isprintable())
    if len(kept) > MAX_CODE:
        raise Invalid(
            "{label} can have at most {most} characters; this has {n}.",
            field=field,
            label=_(label),
            most=count_words(MAX_CODE),
            n=count_words(len(kept)),
        )
    return kept


def write(exercise: Exercise, field: str, words: str, place: str) -> Exercise:
    """What was typed into a field of the exercise. Raises ``Invalid``, naming ``place``."""
    if field == "prompt":
        value: object = text.clean_text(words, limit=MAX_PROMPT, field=place, label="The task")
    elif field in ("starter", "solution"):
        value = code(words, field=place)
    elif field == "seconds":
        kept = words.strip()
        if not (kept.isascii() and kept.isdigit() and len(kept) < 4 and MIN_SECONDS <= int(kept) <= MAX_SECONDS):
            raise Invalid(
                "A whole number from {min_seconds} to {most}.", field=place, min_seconds=MIN_SECONDS, most=MAX_SECONDS
            )
        value = int(kept)
    else:
        raise Missing
    return exercise.model_copy(update={field: value})


def add_case(exercise: Exercise) -> Exercise:
    if len(exercise.cases) >= MAX_CASES:
        raise Invalid("An exercise can have at most {most} tests.", most=MAX_CASES)
    return exercise.model_copy(update={"cases": (*exercise.cases, Case())})


def remove_case(exercise: Exercise, key: str) -> Exercise:
    case(exercise, key)
    return exercise.model_copy(update={"cases": tuple(c for c in exercise.cases if c.id != key)})


def write_case(exercise: Exercise, key: str, field: str, words: str) -> Exercise:
    limits = {"call": (N_("The test"), MAX_CALL), "expected": (N_("The value"), MAX_VALUE)}
    if field not in limits:
        raise Missing
    label, limit = limits[field]
    line = text.clean_line(words, limit=limit, field=f"{key}:{field}", label=label, required=False)
    return _on(exercise, key, {field: line})


def show_case(exercise: Exercise, key: str, *, on: bool) -> Exercise:
    return _on(exercise, key, {"shown": on})


def take_results(exercise: Exercise, values: Mapping[tuple[str, str], str]) -> Exercise:
    """The values that the creator's own solution gave, as what is expected. ``values`` by case and its call: what was
    run before the call was changed says nothing of it."""
    cases = tuple(
        c.model_copy(update={"expected": values[c.id, c.call][:MAX_VALUE]}) if (c.id, c.call) in values else c
        for c in exercise.cases
    )
    return exercise.model_copy(update={"cases": cases})


def case(exercise: Exercise, key: str) -> Case:
    found = next((c for c in exercise.cases if c.id == key), None)
    if found is None:
        raise Missing
    return found


def _on(exercise: Exercise, key: str, update: dict[str, object]) -> Exercise:
    case(exercise, key)
    cases = tuple(c.model_copy(update=update) if c.id == key else c for c in exercise.cases)
    return exercise.model_copy(update={"cases": cases})
