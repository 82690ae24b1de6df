"""A course as a zip: ``course.yaml`` with order, names and switches, and a Markdown file for each lesson. Pure.

A lesson's file is front matter, then its blocks, each after a line that names it. A text follows its line; what isn't
a text (a video) is only named, so that it keeps its place. A line of a text that looks like such a line is written with
one backslash more, and read with one less.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from marketplace import text
from marketplace.domain.catalog.service import blocks, rules
from marketplace.domain.courses import outline, plain_yaml, unit_rules, zips
from marketplace.domain.courses.plain_yaml import Value
from marketplace.errors import Invalid
from marketplace.i18n import N_, _, count_words
from marketplace.ids import parse_id
from marketplace.markdown.pictures import SCHEME, USED

MAX_TEXT = 50_000
COURSE, DESCRIPTION = "course.yaml", "description.md"
SALE = ("title", "summary", "language", "level", "topic", "learn")
_HEAD = "# Order, names and switches are decided here. The texts are in the files named below.\n"
_MARK = re.compile(r"<!-- block: ([a-z][a-z_]{0,19})(?: ([0-9a-f-]{36}))?(?: \(([^>]{0,200})\))? -->")
_TO_ESCAPE, _ESCAPED = (
    re.compile(r"^(\\*<!-- block: )", re.MULTILINE),
    re.compile(r"^\\(\\*<!-- block: )", re.MULTILINE),
)
_FENCE, _FENCE_END = "```yaml\n", "```"
_UNLISTED_OK = {DESCRIPTION, "readme.md"}
_PICTURES = "pictures"
_SHOWN = re.compile(rf'!\[([^\]]*)\]\(({USED.pattern})(?:\s+"[^"]*")?\)')
_FILE = re.compile(rf"\.\./{_PICTURES}/([0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}})\.webp")


@dataclass(frozen=True, slots=True)
class Piece:
    """A block. ``words`` of a text, ``document`` of a quiz and the like; ``label`` says to people what the others are.
    No id: it is new."""

    kind: str
    id: UUID | None = None
    words: str = ""
    label: str = ""
    document: Mapping[str, Any] | None = None


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
    needs: tuple[UUID, ...] = ()
    due_at: datetime | None = None
    due_days: int = 0
    due_hard: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A section."""

    title: str
    id: UUID | None = None
    units: tuple[Unit, ...] = ()


@dataclass(frozen=True, slots=True)
class Archive:
    """``sale``: what the sales page says, by the names of its draft's fields; what is absent isn't changed. Days and times
    are written in ``time_zone``. ``pictures``: WebP by id, of those that the texts show."""

    id: UUID | None = None
    sale: dict[str, Any] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    in_order: bool = False
    time_zone: str = "UTC"
    pictures: Mapping[UUID, bytes] = field(default_factory=dict)

    @property
    def texts(self) -> list[str]:
        return [piece.words for unit in self.units for piece in unit.pieces if piece.kind == "text"]

    @property
    def units(self) -> list[Unit]:
        return [unit for part in self.parts for unit in part.units]


def with_pictures(archive: Archive, new: Mapping[UUID, UUID], gone: Collection[UUID] = ()) -> Archive:
    """The same with other ids for its pictures. Of those that are ``gone`` the description stays."""

    def known(found: re.Match[str]) -> str:
        return f"{SCHEME}{new.get(UUID(found[1]), found[1])}"

    def described(found: re.Match[str]) -> str:
        if UUID(found[3]) not in gone:
            return found[0]
        return f"*{found[1]}*" if found[1].strip() else ""

    def piece(piece: Piece) -> Piece:
        if not piece.words or not (new or gone):
            return piece
        return replace(piece, words=USED.sub(known, _SHOWN.sub(described, piece.words)))

    def unit(unit: Unit) -> Unit:
        return replace(unit, pieces=tuple([piece(each) for each in unit.pieces]))

    parts = tuple([replace(part, units=tuple([unit(each) for each in part.units])) for part in archive.parts])
    return replace(archive, parts=parts)


@dataclass(frozen=True, slots=True)
class Left:
    """Something that doesn't come along, and the lesson that it belongs to."""

    lesson: str
    name: str


def descriptions(archive: Archive, gone: Collection[UUID]) -> list[Left]:
    """Of these pictures, by what the texts say that they show."""
    return [
        Left(unit.title, found[1].strip()[:200] or _("A picture"))
        for unit in archive.units
        for piece in unit.pieces
        for found in _SHOWN.finditer(piece.words)
        if UUID(found[3]) in gone
    ]


def pack(archive: Archive) -> bytes:
    """Texts name the pictures that are in the zip by their files, so that other programs show them too."""
    files: dict[str, str | bytes] = {}
    sections = []
    for n, part in enumerate(archive.parts, 1):
        lessons = []
        for m, unit in enumerate(part.units, 1):
            path = f"{_numbered(n, part.title, 'section')}/{_numbered(m, unit.title, 'lesson')}.md"
            files[path] = _to_files(_unit_file(unit), archive.pictures)
            switches = {"preview": unit.preview, "must_watch": unit.must_watch, "must_pass": unit.must_pass}
            rules = unit_rules.written(unit, archive.time_zone)
            lessons.append({**_named(unit), **switches, **rules, "file": path})
        sections.append({**_named(part), "lessons": lessons})
    sale = {name: archive.sale[name] for name in SALE if name in archive.sale}
    course = {
        "format": 1,
        "id": str(archive.id or ""),
        **sale,
        **({"page": archive.sale["blocks"]} if "blocks" in archive.sale else {}),
        "in_order": archive.in_order,
        "time_zone": archive.time_zone,
        "sections": sections,
    }
    files |= {f"{_PICTURES}/{id_}.webp": body for id_, body in archive.pictures.items()}
    return zips.write({
        COURSE: _HEAD + plain_yaml.write(course), DESCRIPTION: str(archive.sale.get("description_md", "")) + "\n", **files,
    })  # fmt: skip


def _to_files(words: str, pictures: Mapping[UUID, bytes]) -> str:
    return USED.sub(lambda m: f"../{_PICTURES}/{m[1]}.webp" if UUID(m[1]) in pictures else m[0], words)


def _from_files(words: str) -> str:
    """A file that isn't in the zip may be a picture that its maker still has here."""
    return _FILE.sub(lambda m: f"{SCHEME}{m[1]}", words)


def _pictures(files: dict[str, bytes]) -> dict[UUID, bytes]:
    found = {parse_id(path[len(_PICTURES) + 1 : -5]): body for path, body in files.items() if _is_picture(path)}
    return {id_: body for id_, body in found.items() if id_ is not None}


def _is_picture(path: str) -> bool:
    return path.startswith(f"{_PICTURES}/") and path.endswith(".webp")


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
    if piece.kind == "text":
        return mark + _TO_ESCAPE.sub(r"\\\1", piece.words) + "\n"
    return mark + (f"{_FENCE}{plain_yaml.write(piece.document)}{_FENCE_END}\n" if piece.document is not None else "")


def unpack(body: bytes) -> Archive:
    """Raises ``Invalid`` with words that say what is wrong in which file."""
    files = _below_one_folder(zips.read(body).files)
    if COURSE not in files:
        raise Invalid("There is no {file} in the zip.", file=COURSE)
    course = plain_yaml.read(_words(files, COURSE), COURSE)
    if course.get("format", "1") != "1":
        raise Invalid("This zip was made by a newer version.")
    sections = _rows(course, "sections", COURSE, needed=True)
    _at_most(len(sections), outline.MAX_SECTIONS, N_("A course can have at most {most} sections."))
    _at_most(
        sum(len(_rows(s, "lessons", COURSE)) for s in sections),
        outline.MAX_LESSONS,
        N_("A course can have at most {most} lessons."),
    )
    taken: set[str] = set()
    zone = unit_rules.zone(_line(course, "time_zone", COURSE))
    pictures = _pictures(files)
    parts = tuple(_part(section, files, taken, zone) for section in sections)
    archive = Archive(_id(course, COURSE), _sale(course, files), parts, _flag(course, "in_order"), zone, pictures)
    for path in files:
        if path.endswith(".md") and path not in taken and path.lower() not in _UNLISTED_OK:
            raise Invalid("“{path}” is in the zip, but no lesson in {course} names it.", path=path, course=COURSE)
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
        raise Invalid("“{path}” isn't text in UTF-8.", path=path) from error


def _sale(course: dict[str, Value], files: dict[str, bytes]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in SALE:
        value = course.get(name)
        if name == "learn" and value is not None:
            row = value if isinstance(value, list) else [value] if value else []
            if not all(isinstance(line, str) for line in row):
                raise Invalid("{course}: “learn” must be a list of lines.", course=COURSE)
            found[name] = [str(line) for line in row]
        elif value is not None:
            found[name] = _line(course, name, COURSE)
    if "page" in course:
        found["blocks"] = blocks.checked(_rows(course, "page", COURSE), "course")
    if DESCRIPTION in files:
        found["description_md"] = _words(files, DESCRIPTION)
    return found


def _part(section: dict[str, Value], files: dict[str, bytes], taken: set[str], zone: str) -> Part:
    title = outline.name(_line(section, "title", COURSE), N_("A section's name"))
    units = tuple(_unit(lesson, files, taken, zone) for lesson in _rows(section, "lessons", COURSE))
    return Part(title, _id(section, COURSE), units)


def _unit(lesson: dict[str, Value], files: dict[str, bytes], taken: set[str], zone: str) -> Unit:
    path = _line(lesson, "file", COURSE)
    front: dict[str, Value] = {}
    body = ""
    if path:
        if path not in files:
            raise Invalid("{course} names “{path}”, which isn't in the zip.", course=COURSE, path=path[:80])
        if path in taken:
            raise Invalid("{course} names “{path}” for two lessons.", course=COURSE, path=path[:80])
        taken.add(path)
        front, body = _front_matter(_from_files(_words(files, path)), path)
    title = outline.name(_line(lesson, "title", COURSE) or _line(front, "title", path), N_("A lesson's name"))
    known = _id(lesson, COURSE)
    if known and _id(front, path) not in (None, known):
        raise Invalid("“{path}” is of another lesson than {course} says.", path=path, course=COURSE)
    pieces = tuple(_pieces(body, path))
    full = N_("A course can have at most {most} blocks in a lesson; see “{title}”.")
    _at_most(len(pieces), outline.MAX_BLOCKS, full, title=title)
    return Unit(
        title, known, _flag(lesson, "preview"), _flag(lesson, "must_watch"), _flag(lesson, "must_pass"),
        pieces=pieces, due_hard=_flag(lesson, "due_hard"), **unit_rules.read(lesson, zone),
    )  # fmt: skip


def _front_matter(words: str, path: str) -> tuple[dict[str, Value], str]:
    if not words.startswith("---\n"):
        return {}, words
    head, line, body = words[4:].partition("\n---\n")
    if not line:
        raise Invalid("“{path}” begins with “---”, but the front matter never ends.", path=path)
    return (plain_yaml.read(head, f"“{path}”") if head.strip() else {}), body


def _pieces(body: str, path: str) -> Iterator[Piece]:
    """What stands after a block that isn't a text, or before the first, is a new text."""
    mark: re.Match[str] | None = None
    lines: list[str] = []
    for line in [*body.split("\n"), None]:
        found = _MARK.fullmatch(line.rstrip()) if line is not None else None
        if line is not None and not found:
            if line.startswith("<!-- block: "):
                raise Invalid("“{path}”: this line should name a block: {line}", path=path, line=line[:80])
            lines.append(line)
            continue
        yield from _between(mark, _ESCAPED.sub(r"\1", "\n".join(lines)), path)
        mark, lines = found, []


def _between(mark: re.Match[str] | None, words: str, path: str) -> Iterator[Piece]:
    own = mark is not None and mark[1] == "text"
    document, words = (None, words) if mark is None or own else _document(words, path)
    words = text.clean_text(words, limit=MAX_TEXT, field="", label=_("A text in “{path}”").format(path=path))
    if mark is not None:
        yield Piece(mark[1], parse_id(mark[2]) if mark[2] else None, words if own else "", mark[3] or "", document)
    if words and not own:
        yield Piece("text", words=words)


def _document(words: str, path: str) -> tuple[dict[str, Value] | None, str]:
    """(what a quiz or the like is made of, the words after it)"""
    start = words.lstrip("\n")
    if not start.startswith(_FENCE):
        return None, words
    inside, end, rest = start[len(_FENCE) :].partition("\n" + _FENCE_END)
    if not end:
        raise Invalid("“{path}”: a block begins with ```yaml, but never ends.", path=path)
    return plain_yaml.read(inside, f"“{path}”"), rest


def _rows(of: dict[str, Value], name: str, where: str, *, needed: bool = False) -> list[dict[str, Value]]:
    value = of.get(name)
    if (value is None or value == "") and not needed:
        return []
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise Invalid("{where}: “{name}” must be a list.", where=where, name=name)
    return [row for row in value if isinstance(row, dict)]


def _line(of: dict[str, Value], name: str, where: str) -> str:
    value = of.get(name, "")
    if not isinstance(value, str):
        raise Invalid("{where}: “{name}” must be one line of text.", where=where, name=name)
    return value


def _flag(of: dict[str, Value], name: str) -> bool:
    value = _line(of, name, COURSE).lower()
    if value not in ("", "true", "false", "yes", "no"):
        raise Invalid("{course}: “{name}” must be true or false.", course=COURSE, name=name)
    return value in ("true", "yes")


def _id(of: dict[str, Value], where: str) -> UUID | None:
    value = _line(of, "id", where)
    found = parse_id(value) if value else None
    if value and found is None:
        raise Invalid("{where}: “{value}” isn't an id. Leave it out to get a new one.", where=where, value=value[:40])
    return found


def _at_most(count: int, most: int, words: str, **values: str) -> None:
    if count > most:
        raise Invalid(words, most=count_words(most), **values)
