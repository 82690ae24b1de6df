"""What an assignment is made of, and its edits. Pure: every edit returns a new assignment."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from pydantic import BaseModel, ConfigDict, Field

from marketplace import text
from marketplace.errors import Invalid, Missing
from marketplace.i18n import _

TYPES: dict[str, tuple[str, ...]] = {
    "pictures": ("jpg", "jpeg", "png", "webp", "avif", "gif", "heic"),
    "documents": ("pdf", "doc", "docx", "odt", "rtf", "txt", "md", "xls", "xlsx", "ods", "csv", "ppt", "pptx", "odp"),
    "audio": ("mp3", "m4a", "wav", "ogg", "flac", "aac"),
    "video": ("mp4", "m4v", "mov", "webm"),
    "code": ("py", "ipynb", "js", "ts", "css", "json", "sql", "sh", "c", "cpp", "java", "rs", "go", "txt", "md"),
    "archives": ("zip",),
}
MAX_INSTRUCTIONS, MAX_NAME, MAX_WORDS = 10_000, 150, 400
MAX_FILES, MAX_MB, MAX_CRITERIA, MAX_LEVELS = 10, 20, 12, 6
MAX_POINTS, MAX_TRIES = 1000, 20
_WHOLE = {
    "files": (0, MAX_FILES), "megabytes": (1, MAX_MB), "points": (1, MAX_POINTS), "pass_percent": (0, 100),
    "tries": (0, MAX_TRIES),
}  # fmt: skip


def new_key() -> str:
    return secrets.token_hex(6)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Level(_Part):
    id: str = Field(default_factory=new_key)
    words: str = ""
    points: int = 0


class Criterion(_Part):
    """One line of the rubric. Whoever grades chooses one of its levels."""

    id: str = Field(default_factory=new_key)
    name: str = ""
    levels: tuple[Level, ...] = ()

    @property
    def most(self) -> int:
        return max((level.points for level in self.levels), default=0)


class Assignment(_Part):
    """``files``: how many may be handed in, each of ``megabytes`` at most; 0 is none. ``points``: the most, where there
    is no rubric. ``tries``: how often it is graded, 0 as often as wanted; sent back doesn't count."""

    instructions: str = ""
    words: bool = True
    files: int = 0
    megabytes: int = 10
    types: tuple[str, ...] = ("pictures", "documents")
    criteria: tuple[Criterion, ...] = ()
    points: int = 10
    pass_percent: int = 60
    tries: int = 1

    @property
    def total(self) -> int:
        return sum(criterion.most for criterion in self.criteria) if self.criteria else self.points

    @property
    def endings(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(ending for name in self.types for ending in TYPES.get(name, ())))


def setting(assignment: Assignment, field: str, typed: str, place: str) -> Assignment:
    """What was typed into a field of the assignment itself. Raises ``Invalid``, naming ``place``."""
    if field == "instructions":
        words = text.clean_text(typed, limit=MAX_INSTRUCTIONS, field=place, label="The instructions")
        return assignment.model_copy(update={"instructions": words})
    if field not in _WHOLE:
        raise Missing
    least, most = _WHOLE[field]
    return assignment.model_copy(update={field: whole(typed or "0", least, most, place)})


def switch(assignment: Assignment, field: str, on: bool) -> Assignment:
    """``words``, or a kind of files."""
    if field == "words":
        return assignment.model_copy(update={"words": on})
    if field not in TYPES:
        raise Missing
    kept = tuple(name for name in TYPES if (name in assignment.types and name != field) or (name == field and on))
    return assignment.model_copy(update={"types": kept})


def add_criterion(assignment: Assignment) -> Assignment:
    if len(assignment.criteria) >= MAX_CRITERIA:
        raise Invalid("A rubric can have at most {most} criteria.", most=MAX_CRITERIA)
    levels = tuple(Level(points=points) for points in (0, 1, 2))
    return assignment.model_copy(update={"criteria": (*assignment.criteria, Criterion(levels=levels))})


def add_level(assignment: Assignment, key: str) -> Assignment:
    def grow(criterion: Criterion) -> Criterion:
        if len(criterion.levels) >= MAX_LEVELS:
            raise Invalid("A criterion can have at most {most} levels.", most=MAX_LEVELS)
        return criterion.model_copy(update={"levels": (*criterion.levels, Level(points=criterion.most + 1))})

    return _on(assignment, key, grow)


def remove(assignment: Assignment, key: str) -> Assignment:
    """A criterion, or a level of one."""
    if any(criterion.id == key for criterion in assignment.criteria):
        return assignment.model_copy(update={"criteria": tuple(c for c in assignment.criteria if c.id != key)})
    home = _home(assignment, key)
    return _on(
        assignment, home.id, lambda c: c.model_copy(update={"levels": tuple(x for x in c.levels if x.id != key)})
    )


def step(assignment: Assignment, key: str, by: int) -> Assignment:
    """A criterion one place up (-1) or down (+1)."""
    row = list(assignment.criteria)
    place = next((n for n, criterion in enumerate(row) if criterion.id == key), None)
    if place is None:
        raise Missing
    row.insert(max(0, place + by), row.pop(place))
    return assignment.model_copy(update={"criteria": tuple(row)})


def write(assignment: Assignment, key: str, field: str, typed: str) -> Assignment:
    """What was typed into a field of the rubric. Raises ``Invalid``, naming ``<key>:<field>``."""
    place = f"{key}:{field}"
    if field == "name":
        name = text.clean_line(typed, limit=MAX_NAME, field=place, label="This", required=False)
        return _on(assignment, key, lambda c: c.model_copy(update={"name": name}))
    home = _home(assignment, key)
    if field == "points":
        value: object = whole(typed, 0, MAX_POINTS, place)
    elif field == "words":
        value = text.clean_line(typed, limit=MAX_WORDS, field=place, label="This", required=False)
    else:
        raise Missing
    levels = tuple(x.model_copy(update={field: value}) if x.id == key else x for x in home.levels)
    return _on(assignment, home.id, lambda c: c.model_copy(update={"levels": levels}))


def whole(typed: str, least: int, most: int, place: str) -> int:
    """A whole number as typed."""
    kept = typed.strip()
    if not (kept.isascii() and kept.isdigit() and len(kept) < 8 and least <= int(kept) <= most):
        raise Invalid("A whole number from {least} to {most}.", field=place, least=least, most=most)
    return int(kept)


def problem(assignment: Assignment) -> str:
    """What keeps it from being published, or nothing."""
    if not assignment.instructions.strip():
        return _("write what is to be done in the assignment.")
    if not assignment.words and not assignment.files:
        return _("choose whether text, files or both are handed in.")
    if assignment.files and not assignment.types:
        return _("choose which kinds of files can be handed in.")
    for number, criterion in enumerate(assignment.criteria, 1):
        if not criterion.name:
            return _("criterion {number} of the rubric has no name.").format(number=number)
        if len(criterion.levels) < 2:
            return _("“{name}” needs at least two levels to choose from.").format(name=criterion.name)
        if not all(level.words for level in criterion.levels):
            return _("a level of “{name}” is still empty. Fill it in or remove it.").format(name=criterion.name)
        if not criterion.most:
            return _("no level of “{name}” gives points.").format(name=criterion.name)
    return ""


def _home(assignment: Assignment, level_key: str) -> Criterion:
    found = next((c for c in assignment.criteria if any(x.id == level_key for x in c.levels)), None)
    if found is None:
        raise Missing
    return found


def _on(assignment: Assignment, key: str, change: Callable[[Criterion], Criterion]) -> Assignment:
    if not any(criterion.id == key for criterion in assignment.criteria):
        raise Missing
    return assignment.model_copy(
        update={"criteria": tuple(change(c) if c.id == key else c for c in assignment.criteria)}
    )
