"""A course as a zip: ``course.yaml`` with order, names and switches, and a Markdown file for each lesson. Pure.

A lesson's file is front matter, then its blocks, each after a line that names it. A text follows its line; what isn't
a text (a video) is only named, so that it keeps its place. A line of a text that looks like such a line is written with
one backslash more, and read with one less.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from uuid import UUID

from marketplace import text
from marketplace.domain.catalog.service import rules
from marketplace.domain.courses import outline, plain_yaml, zips
from marketplace.domain.courses.plain_yaml import Value
from marketplace.errors import Invalid
from marketplace.ids import parse_id

MAX_TEXT = 50_000
COURSE, DESCRIPTION = "course.yaml", "description.md"
SALE = ("title", "summary", "language", "level", "topic", "learn")
_HEAD = "# Order, names and switches are decided here. The texts are in the files named below.\n"
_MARK = re.compile(r"<!-- block: ([a-z][a-z_]{0,19})(?: ([0-9a-f-]{36}))?(?: \(([^>]{0,200})\))? -->")
_TO_ESCAPE, _ESCAPED = (
    re.compile(r"^(\\*<!-- block: )", re.MULTILINE),
    re.compile(r"^\\(\\*<!-- block: )", re.MULTILINE),
)
_UNLISTED_OK = {DESCRIPTION, "readme.md"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A block. ``words`` of a text; ``label`` says to people what the others are. No id: it is new."""

    kind: str
    id: UUID | None = None
    words: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """A lesson."""

    title: str
    id: UUID | None = None
    preview: bool = False
    must_watch: bool = False
    must_pass: bool = False
    after_days: int = 0
    opens_at: datetime | None = None
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A section."""

    title: str
    id: UUID | None = None
    units: tuple[Unit, ...] = ()


@dataclass(frozen=True, slots=True)
class Archive:
    """``sale``: what the sales page says, by the names of its draft's fields; what is absent isn't changed."""

    id: UUID | None = None
    sale: dict[str, str | list[str]] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    in_order: bool = False

    @property
    def units(self) -> list[Unit]:
        return [unit for part in self.parts for unit in part.units]


def pack(archive: Archive) -> bytes:
    files: dict[str, str] = {}
    sections = []
    for n, part in enumerate(archive.parts, 1):
        lessons = []
        for m, unit in enumerate(part.units, 1):
            path = f"{_numbered(n, part.title, 'section')}/{_numbered(m, unit.title, 'lesson')}.md"
            files[path] = _unit_file(unit)
            switches = {"preview": unit.preview, "must_watch": unit.must_watch, "must_pass": unit.must_pass}
            opens = {
                "after_days": unit.after_days,
                "opens_at": unit.opens_at.date().isoformat() if unit.opens_at else "",
            }
            lessons.append({**_named(unit), **switches, **opens, "file": path})
        sections.append({**_named(part), "lessons": lessons})
    sale = {name: archive.sale[name] for name in SALE if name in archive.sale}
    course = {"format": 1, "id": str(archive.id or ""), **sale, "in_order": archive.in_order, "sections": sections}
    return zips.write({
        COURSE: _HEAD + plain_yaml.write(course), DESCRIPTION: str(archive.sale.get("description_md", "")) + "\n", **files,
    })  # fmt: skip


def _numbered(number: int, title: str, usual: str) -> str:
    return f"{number:02d}-{rules.slug(title)[:50].strip('-') or usual}"


def _named(what: Unit | Part) -> dict[str, str]:
    return {"id": str(what.id or ""), "title": what.title}


def _unit_file(unit: Unit) -> str:
    pieces = "\n".join(_piece_lines(piece) for piece in unit.pieces)
    return f"---\n{plain_yaml.write(_named(unit))}---\n\n{pieces}"


def _piece_lines(piece: Piece) -> str:
    label = re.sub(r"[^\w .,:-]", "_", piece.label)[:200]
    mark = f"<!-- block: {piece.kind}{f' {piece.id}' if piece.id else ''}{f' ({label})' if label else ''} -->\n"
    return mark + (_TO_ESCAPE.sub(r"\\\1", piece.words) + "\n" if piece.kind == "text" else "")


def unpack(body: bytes) -> Archive:
    """Raises ``Invalid`` with words that say what is wrong in which file."""
    files = _below_one_folder(zips.read(body))
    if COURSE not in files:
        raise Invalid(f"There is no {COURSE} in the zip.")
    course = plain_yaml.read(_words(files, COURSE), COURSE)
    if course.get("format", "1") != "1":
        raise Invalid("This zip was made by a newer version.")
    sections = _rows(course, "sections", COURSE, needed=True)
    _at_most(len(sections), outline.MAX_SECTIONS, "sections")
    _at_most(sum(len(_rows(s, "lessons", COURSE)) for s in sections), outline.MAX_LESSONS, "lessons")
    taken: set[str] = set()
    parts = tuple(_part(section, files, taken) for section in sections)
    archive = Archive(_id(course, COURSE), _sale(course, files), parts, _flag(course, "in_order"))
    for path in files:
        if path.endswith(".md") and path not in taken and path.lower() not in _UNLISTED_OK:
            raise Invalid(f"“{path}” is in the zip, but no lesson in {COURSE} names it.")
    ids = [part.id for part in parts]
    for unit in archive.units:
        ids += [unit.id, *(piece.id for piece in unit.pieces)]
    ids = [each for each in ids if each is not None]
    if len(ids) != len(set(ids)):
        raise Invalid("An id is used twice. Every section, lesson and block needs its own, or none to get a new one.")
    return archive


def _below_one_folder(files: dict[str, bytes]) -> dict[str, bytes]:
    """Who packs a folder anew often packs the folder itself."""
    if COURSE in files:
        return files
    tops = {path.split("/")[0] for path in files}
    return {path.partition("/")[2]: body for path, body in files.items()} if len(tops) == 1 else files


def _words(files: dict[str, bytes], path: str) -> str:
    try:
        return files[path].decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise Invalid(f"“{path}” isn't text in UTF-8.") from error


def _sale(course: dict[str, Value], files: dict[str, bytes]) -> dict[str, str | list[str]]:
    found: dict[str, str | list[str]] = {}
    for name in SALE:
        value = course.get(name)
        if name == "learn" and value is not None:
            row = value if isinstance(value, list) else [value] if value else []
            if not all(isinstance(line, str) for line in row):
                raise Invalid(f"{COURSE}: “learn” must be a list of lines.")
            found[name] = [str(line) for line in row]
        elif value is not None:
            found[name] = _line(course, name, COURSE)
    if DESCRIPTION in files:
        found["description_md"] = _words(files, DESCRIPTION)
    return found


def _part(section: dict[str, Value], files: dict[str, bytes], taken: set[str]) -> Part:
    title = outline.name(_line(section, "title", COURSE), "A section's name")
    units = tuple(_unit(lesson, files, taken) for lesson in _rows(section, "lessons", COURSE))
    return Part(title, _id(section, COURSE), units)


def _unit(lesson: dict[str, Value], files: dict[str, bytes], taken: set[str]) -> Unit:
    path = _line(lesson, "file", COURSE)
    front: dict[str, Value] = {}
    body = ""
    if path:
        if path not in files:
            raise Invalid(f"{COURSE} names “{path[:80]}”, which isn't in the zip.")
        if path in taken:
            raise Invalid(f"{COURSE} names “{path[:80]}” for two lessons.")
        taken.add(path)
        front, body = _front_matter(_words(files, path), path)
    title = outline.name(_line(lesson, "title", COURSE) or _line(front, "title", path), "A lesson's name")
    known = _id(lesson, COURSE)
    if known and _id(front, path) not in (None, known):
        raise Invalid(f"“{path}” is of another lesson than {COURSE} says.")
    pieces = tuple(_pieces(body, path))
    _at_most(len(pieces), outline.MAX_BLOCKS, f"blocks in a lesson; see “{title}”")
    return Unit(
        title, known, _flag(lesson, "preview"), _flag(lesson, "must_watch"), _flag(lesson, "must_pass"),
        _days(lesson), _day(lesson), pieces,
    )  # fmt: skip


def _days(lesson: dict[str, Value]) -> int:
    typed = _line(lesson, "after_days", COURSE) or "0"
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 5 and int(typed) <= outline.MAX_DAYS):
        raise Invalid(f"{COURSE}: “after_days” must be a whole number from 0 to {outline.MAX_DAYS}.")
    return int(typed)


def _day(lesson: dict[str, Value]) -> datetime | None:
    typed = _line(lesson, "opens_at", COURSE)
    try:
        return datetime.combine(date.fromisoformat(typed), time(), UTC) if typed else None
    except ValueError as error:
        raise Invalid(f"{COURSE}: “opens_at” must be a day such as 2027-03-01.") from error


def _front_matter(words: str, path: str) -> tuple[dict[str, Value], str]:
    if not words.startswith("---\n"):
        return {}, words
    head, line, body = words[4:].partition("\n---\n")
    if not line:
        raise Invalid(f"“{path}” begins with “---”, but the front matter never ends.")
    return (plain_yaml.read(head, f"“{path}”") if head.strip() else {}), body


def _pieces(body: str, path: str) -> Iterator[Piece]:
    """What stands after a block that isn't a text, or before the first, is a new text."""
    mark: re.Match[str] | None = None
    lines: list[str] = []
    for line in [*body.split("\n"), None]:
        found = _MARK.fullmatch(line.rstrip()) if line is not None else None
        if line is not None and not found:
            if line.startswith("<!-- block: "):
                raise Invalid(f"“{path}”: this line should name a block: {line[:80]}")
            lines.append(line)
            continue
        yield from _between(mark, _ESCAPED.sub(r"\1", "\n".join(lines)), path)
        mark, lines = found, []


def _between(mark: re.Match[str] | None, words: str, path: str) -> Iterator[Piece]:
    words = text.clean_text(words, limit=MAX_TEXT, field="", label=f"A text in “{path}”")
    own = mark is not None and mark[1] == "text"
    if mark is not None:
        yield Piece(mark[1], parse_id(mark[2]) if mark[2] else None, words if own else "", mark[3] or "")
    if words and not own:
        yield Piece("text", words=words)


def _rows(of: dict[str, Value], name: str, where: str, *, needed: bool = False) -> list[dict[str, Value]]:
    value = of.get(name)
    if (value is None or value == "") and not needed:
        return []
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise Invalid(f"{where}: “{name}” must be a list.")
    return [row for row in value if isinstance(row, dict)]


def _line(of: dict[str, Value], name: str, where: str) -> str:
    value = of.get(name, "")
    if not isinstance(value, str):
        raise Invalid(f"{where}: “{name}” must be one line of text.")
    return value


def _flag(of: dict[str, Value], name: str) -> bool:
    value = _line(of, name, COURSE).lower()
    if value not in ("", "true", "false", "yes", "no"):
        raise Invalid(f"{COURSE}: “{name}” must be true or false.")
    return value in ("true", "yes")


def _id(of: dict[str, Value], where: str) -> UUID | None:
    value = _line(of, "id", where)
    found = parse_id(value) if value else None
    if value and found is None:
        raise Invalid(f"{where}: “{value[:40]}” isn't an id. Leave it out to get a new one.")
    return found


def _at_most(count: int, most: int, what: str) -> None:
    if count > most:
        raise Invalid(f"A course can have at most {most:,} {what}.")
