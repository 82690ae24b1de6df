"""Pure decisions of the catalogue: what a draft may hold, what it lacks, what its address is."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from uuid import UUID

from marketplace.money import MINIMUM_CHARGE, format_minor

TOPICS = {
    "pottery": "Pottery", "bread": "Bread & baking", "watercolour": "Watercolour", "guitar": "Guitar",
    "woodwork": "Woodwork", "photography": "Photography", "gardening": "Gardening", "sewing": "Sewing",
    "programming": "Programming", "cooking": "Cooking", "music": "Music", "drawing": "Drawing", "language": "Languages",
    "business": "Business", "wellbeing": "Wellbeing", "other": "Something else",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lesson:
    """What decides who may watch a lesson, and how long it is."""

    id: UUID
    title: str
    creator_id: UUID
    state: str
    price_kind: str
    duration_s: int


LEVELS = {"all": "All levels", "beginner": "Beginner", "intermediate": "Intermediate", "advanced": "Advanced"}
PRICE_KINDS = ("free", "fixed", "pwyw")
MAX_TITLE, MAX_SUMMARY, MAX_DESCRIPTION, MAX_LEARN, MAX_LEARN_LINE = 150, 300, 50_000, 12, 160
MAX_SLUG = 80


@dataclass(frozen=True, slots=True)
class Problem:
    """What keeps a draft from being published; ``step`` is the wizard's step where it is mended."""

    field: str
    step: str
    message: str


@dataclass(frozen=True, slots=True)
class Facts:
    title: str
    summary: str
    topic: str
    description: str
    has_cover: bool
    video_state: str
    price_kind: str
    price_minor: int
    min_minor: int
    currency: str
    can_be_paid: bool
    address_lost: bool = False
    kind: str = "lesson"


def problems(facts: Facts) -> list[Problem]:
    """Everything that is missing, in the wizard's order."""
    found = []
    for field, value, words in (
        ("title", facts.title, f"Give the {facts.kind} a title."),
        ("summary", facts.summary, f"Say in one or two sentences what the {facts.kind} is about."),
        ("description", facts.description, f"Describe the {facts.kind}."),
        ("topic", facts.topic, "Choose a topic."),
    ):
        if not value.strip():
            found.append(Problem(field, "details", words))
    if facts.address_lost:
        found.append(Problem("slug", "details", "Another lesson took the address you chose. Choose another one."))
    if not facts.has_cover:
        found.append(Problem("cover", "details", "Add a cover picture."))
    video = video_problem(facts.video_state) if facts.kind == "lesson" or facts.video_state else ""
    if video:
        found.append(Problem("video", "video", video))
    return found + _price_problems(facts)


def video_problem(state: str) -> str:
    return {
        "": "Upload the video.",
        "deleted": "Upload the video.",
        "uploading": "The video is still uploading.",
        "transcoding": "The video is still being prepared. This takes a few minutes; you can wait or come back.",
        "failed": "The video couldn't be read. Upload it again.",
    }.get(state, "")


def _price_problems(facts: Facts) -> list[Problem]:
    found = []
    floor = MINIMUM_CHARGE[facts.currency]
    words = f"The lowest price is {format_minor(floor, facts.currency)}, because of card fees. Or make the {facts.kind} free."
    if facts.price_kind == "fixed" and facts.price_minor < floor:
        found.append(Problem("price", "price", words))
    if facts.price_kind == "pwyw" and 0 < facts.min_minor < floor:
        found.append(Problem("minimum", "price", words))
    if facts.price_kind == "pwyw" and facts.price_minor < max(facts.min_minor, floor):
        found.append(Problem("price", "price", "Suggest a price of at least the minimum."))
    if facts.price_kind != "free" and not facts.can_be_paid:
        found.append(
            Problem(
                "account", "price", f"Finish setting up your payments account first, or make the {facts.kind} free."
            )
        )
    return found


def slug(words: str) -> str:
    """ASCII words and hyphens, at most ``MAX_SLUG`` characters; empty when nothing is left."""
    text = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-")[:MAX_SLUG].strip("-")


def slug_from(title: str) -> str:
    """The address a title makes."""
    return slug(title) or "lesson"
