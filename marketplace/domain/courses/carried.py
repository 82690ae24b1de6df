"""Blocks that travel in a course's zip with all that they are made of, beside texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from marketplace.domain.assignments.service import Assignment
from marketplace.domain.courses.live import Session
from marketplace.domain.exercises.service import Exercise
from marketplace.domain.quizzes.service import Quiz
from marketplace.errors import Invalid

CARRIED: Mapping[str, type[BaseModel]] = {"quiz": Quiz, "assignment": Assignment, "code": Exercise, "live": Session}
MAX_DOCUMENT = 400_000  # characters of one, more than any editor makes


def packed(kind: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the zip says of a block; None of one whose contents stay here."""
    return CARRIED[kind].model_validate(body).model_dump(mode="json", exclude_none=True) if kind in CARRIED else None


def is_same(kind: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return bool(CARRIED[kind].model_validate(one) == CARRIED[kind].model_validate(other))


def unpacked(kind: str, document: Mapping[str, Any], title: str) -> dict[str, Any]:
    """The body that a document of a zip is: its values are text there. ``title`` is the lesson's, for what is refused."""
    if len(repr(document)) > MAX_DOCUMENT:
        raise Invalid("“{title}”: its {kind} is too large.", title=title, kind=kind)
    try:
        return CARRIED[kind].model_validate(document).model_dump(mode="json")
    except ValidationError as error:
        place = " → ".join(str(part) for part in error.errors()[0]["loc"])
        raise Invalid(
            "“{title}”: “{place}” of its {kind} isn't what it has to be.", title=title, place=place, kind=kind
        ) from error
