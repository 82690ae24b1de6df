"""Pure decisions of the catalogue: what a draft may hold, what it lacks, what its address is."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from marketplace.i18n import N_, _
from marketplace.money import MINIMUM_CHARGE, format_minor

TOPICS = {
    "pottery": N_("Pottery"),
    "bread": N_("Bread & baking"),
    "watercolour": N_("Watercolour"),
    "guitar": N_("Guitar"),
    "woodwork": N_("Woodwork"),
    "photography": N_("Photography"),
    "gardening": N_("Gardening"),
    "sewing": N_("Sewing"),
    "programming": N_("Programming"),
    "cooking": N_("Cooking"),
    "music": N_("Music"),
    "drawing": N_("Drawing"),
    "language": N_("Languages"),
    "business": N_("Business"),
    "wellbeing": N_("Wellbeing"),
    "other": N_("Something else"),
}


@dataclass(frozen=True, slots=True)
class Lesson:
    """What decides who may watch a lesson, and how long it is."""

    id: UUID
    title: str
    creator_id: UUID
    state: str
    price_kind: str
    duration_s: int


LEVELS = {
    "all": N_("All levels"),
    "beginner": N_("Beginner"),
    "intermediate": N_("Intermediate"),
    "advanced": N_("Advanced"),
}
BEFORE = ("", "waitlist", "preorder")
PRICE_KINDS = ("free", "fixed", "pwyw")
MAX_TITLE, MAX_SUMMARY, MAX_DESCRIPTION, MAX_LEARN, MAX_LEARN_LINE = 150, 300, 50_000, 12, 160
MAX_SLUG = 80
MAX_AHEAD = 730  # days until a release


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
    before: str = ""
    has_release: bool = False


def announced(before: str, opens_at: datetime | None, at: datetime) -> bool:
    """Is it in the shop, and not out yet?"""
    return bool(before) and opens_at is not None and opens_at > at


_LACKS = {
    "lesson": {
        "title": N_("Give the lesson a title."),
        "summary": N_("Say in one or two sentences what the lesson is about."),
        "description": N_("Describe the lesson."),
        "price": N_("The lowest price is {amount}, because of card fees. Or make the lesson free."),
        "account": N_("Finish setting up your payments account first, or make the lesson free."),
    },
    "course": {
        "title": N_("Give the course a title."),
        "summary": N_("Say in one or two sentences what the course is about."),
        "description": N_("Describe the course."),
        "price": N_("The lowest price is {amount}, because of card fees. Or make the course free."),
        "account": N_("Finish setting up your payments account first, or make the course free."),
    },
    "bundle": {
        "title": N_("Give the bundle a title."),
        "summary": N_("Say in one or two sentences what the bundle is about."),
        "description": N_("Describe the bundle."),
        "price": N_("The lowest price is {amount}, because of card fees. Or make the bundle free."),
        "account": N_("Finish setting up your payments account first, or make the bundle free."),
    },
}


def problems(facts: Facts) -> list[Problem]:
    """Everything that is missing, in the wizard's order."""
    said = _LACKS[facts.kind]
    found = [
        Problem(field, "details", _(words))
        for field, value, words in (
            ("title", facts.title, said["title"]),
            ("summary", facts.summary, said["summary"]),
            ("description", facts.description, said["description"]),
            ("topic", facts.topic, N_("Choose a topic.")),
        )
        if not value.strip()
    ]
    if facts.address_lost:
        found.append(Problem("slug", "details", _("Another lesson took the address you chose. Choose another one.")))
    if not facts.has_cover:
        found.append(Problem("cover", "details", _("Add a cover picture.")))
    video = video_problem(facts.video_state) if facts.kind == "lesson" or facts.video_state else ""
    if video:
        found.append(Problem("video", "video", video))
    if facts.before and not facts.has_release:
        found.append(Problem("opens_at", "price", _("Choose the day of the release.")))
    return found + _price_problems(facts)


_VIDEO = {
    "": N_("Upload the video."),
    "deleted": N_("Upload the video."),
    "uploading": N_("The video is still uploading."),
    "transcoding": N_("The video is still being prepared. This takes a few minutes; you can wait or come back."),
    "failed": N_("The video couldn't be read. Upload it again."),
}


def video_problem(state: str) -> str:
    return _(_VIDEO.get(state, ""))


def _price_problems(facts: Facts) -> list[Problem]:
    found = []
    floor = MINIMUM_CHARGE[facts.currency]
    said = _LACKS[facts.kind]
    words = _(said["price"]).format(amount=format_minor(floor, facts.currency))
    if facts.price_kind == "fixed" and facts.price_minor < floor:
        found.append(Problem("price", "price", words))
    if facts.price_kind == "pwyw" and 0 < facts.min_minor < floor:
        found.append(Problem("minimum", "price", words))
    if facts.price_kind == "pwyw" and facts.price_minor < max(facts.min_minor, floor):
        found.append(Problem("price", "price", _("Suggest a price of at least the minimum.")))
    if facts.price_kind != "free" and not facts.can_be_paid:
        found.append(Problem("account", "price", _(said["account"])))
    return found


def slug(words: str) -> str:
    """ASCII words and hyphens, at most ``MAX_SLUG`` characters; empty when nothing is left."""
    text = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-")[:MAX_SLUG].strip("-")


def slug_from(title: str) -> str:
    """The address a title makes."""
    return slug(title) or "lesson"
