"""The outline of a course: sections, lessons, blocks. Pure: every edit returns a new outline, nothing is changed in place.

Sections, lessons and blocks keep their ids through every edit and every version. What a learner did is kept by these
ids, so no edit can lose it. The contents of a block are a row of their own (``body_id``): the outline stays small.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from marketplace import text
from marketplace.errors import Invalid, Missing
from marketplace.i18n import N_
from marketplace.ids import new_id

MAX_SECTIONS, MAX_LESSONS, MAX_BLOCKS, MAX_NAME = 100, 2000, 40, 150
WORDS_A_MINUTE, MAX_DAYS = 200, 365
T = TypeVar("T")
Kind = Literal["video", "text", "quiz", "assignment", "file", "code", "live"]
Keep = Literal["nothing", "text", "video"]
KEEPS: tuple[Keep, ...] = ("nothing", "text", "video")
KINDS: tuple[Kind, ...] = ("video", "text", "quiz", "assignment", "file", "code", "live")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    id: UUID = Field(default_factory=new_id)


class Block(_Part):
    """One piece of a lesson. ``seconds``: how long it takes, of a video its length."""

    kind: Kind
    body_id: UUID
    seconds: int = 0


class Lesson(_Part):
    """``preview``: anybody may open it without buying. ``must_watch``: complete only after its videos are watched;
    ``must_pass``: only after its quizzes, assignments and code exercises are passed.

    It opens ``after_days`` from when a learner got the course, not before ``opens_at``, and when the lessons it ``needs``
    are complete. It is due at ``due_at``, or at the end of the day ``due_days`` after they got the course; a ``due_hard``
    one can't be completed after that.
    """

    title: str
    preview: bool = False
    must_watch: bool = False
    must_pass: bool = False
    after_days: int = 0
    opens_at: datetime | None = None
    needs: tuple[UUID, ...] = ()
    due_at: datetime | None = None
    due_days: int = 0
    due_hard: bool = False
    blocks: tuple[Block, ...] = ()

    @property
    def seconds(self) -> int:
        return sum(block.seconds for block in self.blocks)

    @property
    def is_read(self) -> bool:
        """Nothing but texts and files."""
        return all(block.kind in ("text", "file") for block in self.blocks)

    @property
    def told_seconds(self) -> int:
        """As pages say it: what is read takes whole minutes, and one at least."""
        return 60 * max(1, round(self.seconds / 60)) if self.is_read and self.seconds > 0 else self.seconds

    @property
    def films(self) -> list[Block]:
        return [block for block in self.blocks if block.kind == "video"]


class Section(_Part):
    title: str
    lessons: tuple[Lesson, ...] = ()


class CourseNeed(BaseModel):
    """A course to be finished before this one, or only recommended."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    product_id: UUID
    required: bool = True


class Outline(BaseModel):
    """A whole course, in the order in which it is shown; ``in_order``: each lesson opens when those before are complete.

    Its days and times are meant in ``time_zone``. ``needs`` are courses that come before it.
    ``keep``: what learners may keep in their browser to have it without a connection.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    sections: tuple[Section, ...] = ()
    in_order: bool = False
    time_zone: str = "UTC"
    needs: tuple[CourseNeed, ...] = ()
    keep: Keep = "text"

    @property
    def lessons(self) -> tuple[Lesson, ...]:
        return tuple(lesson for section in self.sections for lesson in section.lessons)

    @property
    def filled(self) -> list[Section]:
        """What learners see: a section without lessons is one that is still being written."""
        return [section for section in self.sections if section.lessons]

    @property
    def seconds(self) -> int:
        """The sum of what is said of each lesson."""
        return sum(lesson.told_seconds for lesson in self.lessons)

    def find(self, lesson_id: UUID) -> Lesson | None:
        return next((lesson for lesson in self.lessons if lesson.id == lesson_id), None)

    def home_of(self, lesson_id: UUID) -> Section | None:
        """The section that holds the lesson."""
        return next((s for s in self.sections if any(lesson.id == lesson_id for lesson in s.lessons)), None)

    def block(self, block_id: UUID) -> tuple[Lesson, Block] | None:
        return next(((le, b) for le in self.lessons for b in le.blocks if b.id == block_id), None)

    def bodies(self) -> Iterator[UUID]:
        return (block.body_id for lesson in self.lessons for block in lesson.blocks)

    def neighbours(self, lesson_id: UUID) -> tuple[Lesson | None, Lesson | None]:
        """(the one before, the one after)"""
        row = self.lessons
        place = next((n for n, lesson in enumerate(row) if lesson.id == lesson_id), None)
        if place is None:
            return None, None
        return (row[place - 1] if place else None), (row[place + 1] if place + 1 < len(row) else None)


def name(words: str, label: str) -> str:
    return text.clean_line(words, limit=MAX_NAME, field="title", label=label)


def add_section(outline: Outline, title: str) -> tuple[Outline, Section]:
    if len(outline.sections) >= MAX_SECTIONS:
        raise Invalid("A course can have at most {most} sections.", field="title", most=MAX_SECTIONS)
    section = Section(title=name(title, N_("The section's name")))
    return _with(outline, (*outline.sections, section)), section


def add_lesson(outline: Outline, section_id: UUID, title: str) -> tuple[Outline, Lesson]:
    if len(outline.lessons) >= MAX_LESSONS:
        raise Invalid("A course can have at most {most} lessons.", field="title", most=MAX_LESSONS)
    lesson = Lesson(title=name(title, N_("The lesson's name")))
    return _on_section(outline, section_id, lambda s: s.model_copy(update={"lessons": (*s.lessons, lesson)})), lesson


def rename_section(outline: Outline, section_id: UUID, title: str) -> Outline:
    title = name(title, N_("The section's name"))
    return _on_section(outline, section_id, lambda s: s.model_copy(update={"title": title}))


def change_lesson(
    outline: Outline, lesson_id: UUID, *, title: str | None = None, preview: bool | None = None,
    must_watch: bool | None = None, must_pass: bool | None = None,
) -> Outline:  # fmt: skip
    changes = {
        "title": None if title is None else name(title, N_("The lesson's name")), "preview": preview, "must_watch": must_watch,
        "must_pass": must_pass,
    }  # fmt: skip
    update = {key: value for key, value in changes.items() if value is not None}
    return on_lesson(outline, lesson_id, lambda lesson: lesson.model_copy(update=update))


def set_opening(outline: Outline, lesson_id: UUID, *, after_days: int, opens_at: datetime | None) -> Outline:
    """When the lesson opens to those who have the course."""
    if not 0 <= after_days <= MAX_DAYS:
        raise Invalid("Type a number of days from 0 to {most}.", field="after_days", most=MAX_DAYS)
    return on_lesson(
        outline, lesson_id, lambda le: le.model_copy(update={"after_days": after_days, "opens_at": opens_at})
    )


def set_in_order(outline: Outline, on: bool) -> Outline:
    return outline.model_copy(update={"in_order": on})


def set_keep(outline: Outline, what: str) -> Outline:
    """``text``: texts, transcripts and the files of which their maker says so; ``video``: all of it."""
    for known in KEEPS:
        if known == what:
            return outline.model_copy(update={"keep": known})
    raise Invalid("Choose what learners may keep from the list.", field="keep")


def remove_section(outline: Outline, section_id: UUID) -> Outline:
    """With its lessons."""
    _section(outline, section_id)
    return _with(outline, tuple(s for s in outline.sections if s.id != section_id))


def remove_lesson(outline: Outline, lesson_id: UUID) -> Outline:
    _lesson(outline, lesson_id)
    return _with(
        outline,
        tuple(
            s.model_copy(update={"lessons": tuple(lesson for lesson in s.lessons if lesson.id != lesson_id)})
            for s in outline.sections
        ),
    )


def move_section(outline: Outline, section_id: UUID, place: int) -> Outline:
    """``place`` counts from 0, without the moved one; beyond an end is the end."""
    section = _section(outline, section_id)
    return _with(outline, _put(tuple(s for s in outline.sections if s.id != section_id), section, place))


def move_lesson(outline: Outline, lesson_id: UUID, section_id: UUID, place: int) -> Outline:
    lesson = _lesson(outline, lesson_id)
    _section(outline, section_id)
    rest = remove_lesson(outline, lesson_id)
    return _on_section(rest, section_id, lambda s: s.model_copy(update={"lessons": _put(s.lessons, lesson, place)}))


def step_lesson(outline: Outline, lesson_id: UUID, step: int) -> Outline:
    """One place up (-1) or down (+1), across the borders of sections."""
    home = outline.home_of(lesson_id)
    if home is None:
        raise Missing
    place = next(n for n, lesson in enumerate(home.lessons) if lesson.id == lesson_id) + step
    if 0 <= place < len(home.lessons):
        return move_lesson(outline, lesson_id, home.id, place)
    number = outline.sections.index(home) + step
    if not 0 <= number < len(outline.sections):
        return outline
    other = outline.sections[number]
    return move_lesson(outline, lesson_id, other.id, len(other.lessons) if step < 0 else 0)


def add_block(outline: Outline, lesson_id: UUID, block: Block, place: int | None = None) -> Outline:
    lesson = _lesson(outline, lesson_id)
    if len(lesson.blocks) >= MAX_BLOCKS:
        raise Invalid("A lesson can have at most {most} blocks. Split it in two.", most=MAX_BLOCKS)
    blocks = _put(lesson.blocks, block, len(lesson.blocks) if place is None else place)
    return on_lesson(outline, lesson_id, lambda le: le.model_copy(update={"blocks": blocks}))


def change_block(outline: Outline, block_id: UUID, *, body_id: UUID, seconds: int) -> Outline:
    lesson, _block = _found(outline, block_id)
    blocks = tuple(
        b.model_copy(update={"body_id": body_id, "seconds": seconds}) if b.id == block_id else b for b in lesson.blocks
    )
    return on_lesson(outline, lesson.id, lambda le: le.model_copy(update={"blocks": blocks}))


def move_block(outline: Outline, block_id: UUID, place: int) -> Outline:
    lesson, block = _found(outline, block_id)
    blocks = _put(tuple(b for b in lesson.blocks if b.id != block_id), block, place)
    return on_lesson(outline, lesson.id, lambda le: le.model_copy(update={"blocks": blocks}))


def remove_block(outline: Outline, block_id: UUID) -> Outline:
    lesson, _block = _found(outline, block_id)
    blocks = tuple(b for b in lesson.blocks if b.id != block_id)
    return on_lesson(outline, lesson.id, lambda le: le.model_copy(update={"blocks": blocks}))


def on_lesson(outline: Outline, lesson_id: UUID, change: Callable[[Lesson], Lesson]) -> Outline:
    home = outline.home_of(lesson_id)
    if home is None:
        raise Missing
    lessons = tuple(change(lesson) if lesson.id == lesson_id else lesson for lesson in home.lessons)
    return _on_section(outline, home.id, lambda s: s.model_copy(update={"lessons": lessons}))


def _on_section(outline: Outline, section_id: UUID, change: Callable[[Section], Section]) -> Outline:
    _section(outline, section_id)
    return _with(outline, tuple(change(s) if s.id == section_id else s for s in outline.sections))


def _with(outline: Outline, sections: tuple[Section, ...]) -> Outline:
    return outline.model_copy(update={"sections": sections})


def _section(outline: Outline, section_id: UUID) -> Section:
    for section in outline.sections:
        if section.id == section_id:
            return section
    raise Missing


def _lesson(outline: Outline, lesson_id: UUID) -> Lesson:
    lesson = outline.find(lesson_id)
    if lesson is None:
        raise Missing
    return lesson


def _found(outline: Outline, block_id: UUID) -> tuple[Lesson, Block]:
    found = outline.block(block_id)
    if found is None:
        raise Missing
    return found


def _put(row: Sequence[T], item: T, place: int) -> tuple[T, ...]:
    place = max(0, min(place, len(row)))
    return (*row[:place], item, *row[place:])


def drop(outline: Outline, moved: UUID, before: UUID | None) -> Outline:
    """What was dragged, put before ``before``: a section or lesson, or the end (None). A lesson put before a section
    ends the one above; a section put before a lesson comes before the section that holds it."""
    if moved == before:
        return outline
    if any(section.id == moved for section in outline.sections):
        home = outline.home_of(before) if before else None
        target = home.id if home else before
        if target == moved:
            return outline
        rest = [section.id for section in outline.sections if section.id != moved]
        return move_section(outline, moved, rest.index(target) if target in rest else len(rest))
    _lesson(outline, moved)
    home = outline.home_of(before) if before else None
    if home is not None:
        rest = [lesson.id for lesson in home.lessons if lesson.id != moved]
        return move_lesson(outline, moved, home.id, rest.index(before)) if before in rest else outline
    numbers = [section.id for section in outline.sections]
    if before in numbers:
        above = numbers.index(before) - 1
        return move_lesson(outline, moved, numbers[max(0, above)], MAX_LESSONS if above >= 0 else 0)
    return move_lesson(outline, moved, numbers[-1], MAX_LESSONS)
