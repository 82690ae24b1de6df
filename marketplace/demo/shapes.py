"""The forms the demo catalogue is written in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from marketplace.demo.captions import Caption, timed
from marketplace.domain.assignments.assignment import Assignment
from marketplace.domain.exercises.exercise import Exercise
from marketplace.domain.quizzes.quiz import Quiz

MEDIA = Path(__file__).parent / "media"

Level = Literal["beginner", "intermediate", "advanced", "all"]
PriceKind = Literal["free", "fixed", "pwyw"]
Role = Literal["learner", "creator", "moderator", "admin"]
Status = Literal["paid", "refunded", "disputed"]


@dataclass(frozen=True, slots=True)
class Account:
    """Someone who signs in. ``avatar`` is the seed of the portrait."""

    email: str
    name: str
    avatar: int
    roles: tuple[Role, ...] = ("learner",)
    country: str = "us"

    @property
    def avatar_path(self) -> Path:
        return MEDIA / f"avatar-{self.avatar}.webp"


@dataclass(frozen=True, slots=True)
class Creator:
    """A seller's public face; ``email`` is the account behind it."""

    handle: str
    name: str
    email: str
    headline: str
    bio_md: str
    avatar: int
    country: str

    @property
    def avatar_path(self) -> Path:
        return MEDIA / f"avatar-{self.avatar}.webp"


@dataclass(frozen=True, slots=True)
class Lesson:
    """One video lesson. Amounts are in minor units of ``currency``.

    ``price_minor`` is the price, or with ``pwyw`` the suggested one, and ``min_minor`` the least accepted there.
    ``seconds`` is the real length of the clip; ``preview_seconds`` is 0 when there is no preview.
    """

    slug: str
    creator: str
    title: str
    summary: str
    description_md: str
    learn: tuple[str, ...]
    topic: str
    art: int
    level: Level
    price_kind: PriceKind
    price_minor: int
    currency: str
    seconds: int
    lines: tuple[str, ...]
    days_ago: int
    min_minor: int = 0
    preview_seconds: int = 0
    language: str = "en"

    @property
    def captions(self) -> list[Caption]:
        return timed(self.lines, self.seconds)

    @property
    def cover_path(self) -> Path:
        return MEDIA / f"{self.slug}.webp"

    @property
    def clip_path(self) -> Path:
        return MEDIA / f"{self.slug}.mp4"

    @property
    def preview_path(self) -> Path | None:
        return MEDIA / f"{self.slug}.preview.mp4" if self.preview_seconds else None


@dataclass(frozen=True, slots=True)
class LiveEvening:
    """``in_days`` from when the demo is planted."""

    in_days: int
    clock: str
    zone: str
    minutes: int
    link: str
    about: str


@dataclass(frozen=True, slots=True)
class Taught:
    """One lesson of a course. ``clip``: the slug of the lesson whose film it shows; ``needs``: the title of one before it."""

    title: str
    text: str = ""
    clip: str = ""
    preview: bool = False
    must_watch: bool = False
    quiz: Quiz | None = None
    assignment: Assignment | None = None
    due_days: int = 0
    needs: str = ""
    code: Exercise | None = None
    file: tuple[str, str] = ("", "")  # its name, and what is said of it
    live: LiveEvening | None = None
    must_pass: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """``price_minor`` in minor units of ``currency``; ``sections`` are (title, lessons), ``needs`` (slug of a
    course before this one, whether it is required). ``cover``: the slug of what has the same picture. ``page``: blocks."""

    slug: str
    creator: str
    title: str
    summary: str
    description_md: str
    learn: tuple[str, ...]
    topic: str
    art: int
    level: Level
    price_minor: int
    currency: str
    days_ago: int
    sections: tuple[tuple[str, tuple[Taught, ...]], ...]
    price_kind: PriceKind = "fixed"
    min_minor: int = 0
    language: str = "en"
    cover: str = ""
    time_zone: str = "UTC"
    needs: tuple[tuple[str, bool], ...] = ()
    page: tuple[dict[str, Any], ...] = ()

    @property
    def cover_path(self) -> Path:
        return MEDIA / f"{self.cover or self.slug}.webp"


@dataclass(frozen=True, slots=True)
class Purchase:
    """An order of one lesson or course. ``watched`` is the share of the clip seen, or of the lessons done, 0 to 1; 1 is
    finished."""

    buyer: str
    lesson: str
    paid_minor: int
    days_ago: int
    watched: float = 0.0
    status: Status = "paid"
    note: str = ""
