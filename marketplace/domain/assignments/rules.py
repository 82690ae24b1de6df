"""Assignments decided: which files fit, what may be handed in again, what a grade adds up to. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from marketplace.domain.assignments.assignment import Assignment
from marketplace.domain.assignments.errors import TooMuchSent, WrongFile
from marketplace.errors import Invalid

MAX_TEXT, MAX_COMMENT = 50_000, 5_000
MAX_COMMENTS = 200
MAX_LINKS, MAX_BYTES = 20, 500 * 1024**2  # of one learner for one assignment: links still good, and all that is kept
PICTURES = frozenset({"jpg", "jpeg", "png", "webp", "avif"})  # what we can draw again
_BEGINNINGS: dict[str, tuple[bytes, ...]] = {
    "pdf": (b"%PDF-",), "png": (b"\x89PNG\r\n\x1a\n",), "jpg": (b"\xff\xd8\xff",), "jpeg": (b"\xff\xd8\xff",),
    "gif": (b"GIF87a", b"GIF89a"), "webp": (b"RIFF",), "wav": (b"RIFF",), "zip": (b"PK",), "docx": (b"PK",),
    "xlsx": (b"PK",), "pptx": (b"PK",), "odt": (b"PK",), "ods": (b"PK",), "odp": (b"PK",), "rtf": (b"{\\rtf",),
    "doc": (b"\xd0\xcf\x11\xe0",), "xls": (b"\xd0\xcf\x11\xe0",), "ppt": (b"\xd0\xcf\x11\xe0",), "ogg": (b"OggS",),
    "flac": (b"fLaC",), "webm": (b"\x1a\x45\xdf\xa3",),
}  # fmt: skip
_BOXED = frozenset({"mp4", "m4v", "mov", "m4a", "avif", "heic"})  # ISO media: a size, then "ftyp" or a like name
_WORDS = frozenset(
    {"txt", "md", "csv", "py", "ipynb", "js", "ts", "css", "json", "sql", "sh", "c", "cpp", "java", "rs", "go"}
)


@dataclass(frozen=True, slots=True)
class Grade:
    points: int
    total: int
    passed: bool
    levels: dict[str, str]


def file_name(name: str) -> str:
    """What a file is called here: no folders, nothing that a file system or a header could misread."""
    plain = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = re.sub(r"\s+", " ", re.sub(r"[^\w .()+-]", "_", plain)).strip(" .")
    stem, dot, ending = kept.rpartition(".")
    return f"{stem[:100].strip()}{dot}{ending[:10]}" if dot and stem else kept[:100] or "file"


def ending(name: str) -> str:
    return name.rsplit(".", 1)[-1].lower() if "." in name else ""


def check_file(assignment: Assignment, name: str, size: int) -> str:
    """The cleaned name of a file that may come. Raises ``Invalid``, ``WrongFile``."""
    kept = file_name(name)
    if not assignment.files:
        raise WrongFile("Files aren't handed in here.")
    if ending(kept) not in assignment.endings:
        raise WrongFile("“{kept}” isn't a kind of file that can be handed in here.", kept=kept)
    if size <= 0:
        raise Invalid("“{kept}” is empty. Choose another file.", kept=kept)
    if size > assignment.megabytes * 1024**2:
        raise Invalid(
            "A file can have at most {megabytes} MB here; “{kept}” has {n} MB.",
            megabytes=assignment.megabytes,
            kept=kept,
            n=f"{size / 1024**2:.1f}",
        )
    return kept


def check_content(name: str, body: bytes) -> None:
    """Is it what its name says? Raises ``WrongFile``."""
    kind = ending(name)
    if kind in _BEGINNINGS:
        fits = body.startswith(_BEGINNINGS[kind])
    elif kind in _BOXED:
        fits = body[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
    elif kind in _WORDS:
        fits = b"\0" not in body[:4096]
    else:
        fits = body.lstrip()[:1] != b"<"  # mp3, aac: no one beginning, but never a web page
    if not fits:
        raise WrongFile(
            "“{name}” isn't what its name says. Save it again in that format, or choose another file.", name=name
        )


def check_sent(kept: Mapping[str, int], promised: Mapping[str, int], size: int) -> None:
    """May a link for ``size`` more bytes be handed out? By path: what is kept, and what may still come."""
    coming = {path: n for path, n in promised.items() if path not in kept}
    if len(coming) >= MAX_LINKS or sum(kept.values()) + sum(coming.values()) + size > MAX_BYTES:
        raise TooMuchSent


def may_begin(assignment: Assignment, last: str, graded: int) -> bool:
    """May another go be begun, after the last one in the state ``last`` ("" before the first)?"""
    if last in ("draft", "waiting"):
        return False
    return last in ("", "sent_back") or not assignment.tries or graded < assignment.tries


def grade(assignment: Assignment, levels: Mapping[str, object], points: int) -> Grade:
    """What was given: a level of each criterion, or points where there is no rubric. Raises ``Invalid``."""
    if not assignment.criteria:
        if not 0 <= points <= assignment.points:
            raise Invalid("Give a whole number of points from 0 to {points}.", field="points", points=assignment.points)
        return _passed(assignment, points, {})
    chosen: dict[str, str] = {}
    got = 0
    if set(levels) - {criterion.id for criterion in assignment.criteria}:
        raise Invalid("That isn't part of this rubric. Reload the page and try again.")
    for criterion in assignment.criteria:
        level = next((x for x in criterion.levels if x.id == levels.get(criterion.id)), None)
        if level is None:
            raise Invalid("Choose a level for “{name}” first.", field=criterion.id, name=criterion.name)
        chosen[criterion.id] = level.id
        got += level.points
    return _passed(assignment, got, chosen)


def _passed(assignment: Assignment, points: int, levels: dict[str, str]) -> Grade:
    total = assignment.total
    return Grade(points, total, 100 * points >= assignment.pass_percent * total, levels)
