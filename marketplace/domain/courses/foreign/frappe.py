"""A course as Frappe LMS exports it: ``course.json``, ``chapters/``, ``lessons/`` with the blocks of Editor.js, ``assessments/``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.domain.courses import outline
from marketplace.domain.courses.archive import Archive, Part, Piece, Unit
from marketplace.domain.courses.foreign import pages
from marketplace.domain.courses.foreign.album import KINDS, Album
from marketplace.domain.quizzes import quiz as quizzes
from marketplace.domain.quizzes.quiz import Option, Question, Quiz
from marketplace.errors import Invalid
from marketplace.text import clean_line

COURSE = "course.json"
Doc = dict[str, Any]


def read(files: Mapping[str, bytes], _names: set[str]) -> Archive:
    """Raises ``Invalid`` with words for the one who chose the file."""
    course = _json(files, COURSE)
    chapters = _by_name(files, "chapters/")
    lessons = _by_name(files, "lessons/")
    inside = _Inside(_Assessments(files), Album(files))
    parts = [
        _part(chapter, lessons, inside)
        for row in _rows(course, "chapters")
        if (chapter := chapters.get(str(row.get("chapter")))) is not None
    ]
    if not any(part.units for part in parts):
        raise Invalid("There are no chapters with lessons in this zip.")
    sale: dict[str, str | list[str]] = {"title": _name(_text(course, "title"))}
    if summary := pages.to_line(_text(course, "short_introduction")):
        sale["summary"] = summary[:200]
    if description := pages.to_markdown(_text(course, "description")):
        sale["description_md"] = description
    return Archive(
        sale=sale,
        parts=tuple(parts),
        in_order=bool(course.get("enforce_lesson_completion")),
        pictures=inside.album.pictures,
    )


def _part(chapter: Doc, lessons: Mapping[str, Doc], inside: _Inside) -> Part:
    wanted = [lessons.get(str(row.get("lesson"))) for row in _rows(chapter, "lessons")]
    units = tuple(_unit(lesson, inside) for lesson in wanted if lesson is not None)
    return Part(_name(_text(chapter, "title")), units=units)


def _unit(lesson: Doc, inside: _Inside) -> Unit:
    pieces = list(_pieces(lesson, inside))
    return Unit(
        _name(_text(lesson, "title")), preview=bool(lesson.get("include_in_preview")),
        pieces=tuple(_joined(pieces))[: outline.MAX_BLOCKS],
    )  # fmt: skip


def _pieces(lesson: Doc, inside: _Inside) -> Iterator[Piece]:
    if youtube := _text(lesson, "youtube").strip():
        address = youtube if youtube.startswith("https://") else f"https://www.youtube.com/watch?v={youtube}"
        yield Piece("text", words=_address(address))
    try:
        content = json.loads(_text(lesson, "content") or "{}")
    except (ValueError, RecursionError):
        content = {}
    blocks = content.get("blocks") if isinstance(content, dict) else None
    if not isinstance(blocks, list):
        words = _text(lesson, "body")
        yield Piece("text", words=words[: pages.MAX_TEXT].strip())
        return
    for block in blocks:
        if isinstance(block, dict) and isinstance(block.get("data"), dict):
            yield from _block(str(block.get("type")), block["data"], inside)


def _block(kind: str, data: Doc, inside: _Inside) -> Iterator[Piece]:
    if kind == "quiz":
        yield inside.assessments.quiz(_text(data, "quiz"))
    elif kind in ("assignment", "program"):
        name = _text(data, "exercise") if kind == "program" else _text(data, "assignment")
        yield Piece(kind, label=(inside.assessments.title(name) or name)[:200])
    elif kind == "upload":
        name = _text(data, "file_url").rsplit("/", 1)[-1]
        if name.lower().endswith(KINDS):
            yield from _picture(name, "", inside.album)
            return
        video = name.lower().endswith((".mp4", ".webm", ".mov"))
        yield Piece("video" if video else "file", label=name[:200])
    elif kind == "image":
        file = data.get("file")
        url = _text(file, "url") if isinstance(file, dict) else _text(data, "url")
        yield from _picture(url, pages.to_line(_text(data, "caption")), inside.album)
    elif kind in _WORDS and (words := _WORDS[kind](data).strip()):
        yield Piece("text", words=words)


def _picture(url: str, caption: str, album: Album) -> Iterator[Piece]:
    words = caption.replace("[", "(").replace("]", ")")
    if address := album.named(url):
        yield Piece("text", words=f"![{words}]({address})")
    else:
        yield Piece("text", words=f"*{words}*" if words else "")
        yield from [Piece("picture", label=name) for name in album.left_out[-1:] if url]


def _list(data: Doc) -> str:
    ordered = _text(data, "style") == "ordered"
    lines = []
    for n, item in enumerate(_listed(data, "items"), 1):
        words = item.get("content", "") if isinstance(item, dict) else item
        lines.append(f"{f'{n}.' if ordered else '-'} {pages.to_markdown(str(words))}")
    return "\n".join(lines)


def _table(data: Doc) -> str:
    rows = [
        [pages.to_line(str(cell)).replace("|", "\\|") for cell in row]
        for row in _listed(data, "content")
        if isinstance(row, list)
    ]
    if not rows:
        return ""
    head, *rest = rows
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rest])


def _address(url: str) -> str:
    """A link on a line of its own, or nothing where it isn't one."""
    fits = url.startswith("https://") and not set(url) & set("<> \n")
    return f"<{url}>" if fits else ""


_WORDS: dict[str, Callable[[Doc], str]] = {
    "paragraph": lambda d: pages.to_markdown(_text(d, "text")),
    "header": lambda d: f"{'#' * min(4, max(2, int(d['level']) if str(d.get('level')).isdigit() else 2))} {pages.to_line(_text(d, 'text'))}",
    "list": _list,
    "quote": lambda d: "> " + pages.to_markdown(_text(d, "text")).replace("\n", "\n> "),
    "code": lambda d: f"```\n{_text(d, 'code')}\n```",
    "codeBox": lambda d: f"```\n{pages.to_line(_text(d, 'code'))}\n```",
    "markdown": lambda d: _text(d, "text"),
    "table": _table,
    "delimiter": lambda _d: "---",
    "embed": lambda d: _address(_text(d, "source")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Inside:
    """What lessons refer to."""

    assessments: _Assessments
    album: Album


class _Assessments:
    """Quizzes by name; assignments and exercises only by title."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._questions = _by_name(files, "assessments/questions/")
        self._all = _by_name(files, "assessments/", deep=False)

    def title(self, name: str) -> str:
        return _text(self._all.get(name, {}), "title")

    def quiz(self, name: str) -> Piece:
        document = self._all.get(name)
        rows = _rows(document, "questions") if document else []
        asked = [
            _question(self._questions[key], row) for row in rows if (key := str(row.get("question"))) in self._questions
        ]
        questions = tuple(q for q in asked if q is not None)[: quizzes.MAX_QUESTIONS]
        if document is None or not questions:
            return Piece("questions", label=(self.title(name) or name)[:200])
        return Piece("quiz", document=_quiz(document, questions).model_dump(mode="json"))


def _quiz(document: Doc, questions: tuple[Question, ...]) -> Quiz:
    return Quiz(
        questions=questions,
        pass_percent=_whole(document.get("passing_percentage"), 0, 100, 70),
        attempts=_whole(document.get("max_attempts"), 0, quizzes.MAX_ATTEMPTS, 0),
        seconds=60 * _whole(document.get("duration"), 0, quizzes.MAX_MINUTES, 0),
        shuffle_questions=bool(document.get("shuffle_questions")),
        draw=_whole(document.get("limit_questions_to"), 0, len(questions), 0),
        review="after_attempt" if document.get("show_answers") else "never",
    )


def _question(document: Doc, row: Doc) -> Question | None:
    prompt = pages.to_markdown(_text(document, "question"))[: quizzes.MAX_PROMPT]
    points = _whole(row.get("marks"), 1, quizzes.MAX_POINTS, 1)
    if _text(document, "type") == "Choices":
        options = tuple(
            Option(
                words=pages.to_line(words)[: quizzes.MAX_OPTION], right=bool(document.get(f"is_correct_{n}")),
                feedback=pages.to_line(_text(document, f"explanation_{n}"))[: quizzes.MAX_FEEDBACK],
            )
            for n in range(1, 11) if (words := _text(document, f"option_{n}").strip())
        )  # fmt: skip
        right = sum(option.right for option in options)
        if len(options) < 2 or not right:
            return None
        many = bool(document.get("multiple")) or right > 1
        return Question(kind="multiple" if many else "single", prompt=prompt, points=points, options=options)
    accepted = tuple(
        words[: quizzes.MAX_LINE] for n in range(1, 11) if (words := _text(document, f"possibility_{n}").strip())
    )
    return Question(kind="text", prompt=prompt, points=points, accepted=accepted) if accepted else None


def _joined(pieces: list[Piece]) -> Iterator[Piece]:
    """Texts that follow each other are one."""
    words: list[str] = []
    for piece in pieces:
        if piece.kind == "text":
            words += [piece.words] if piece.words else []
            continue
        if words:
            yield Piece("text", words="\n\n".join(words)[: pages.MAX_TEXT])
            words = []
        yield piece
    if words:
        yield Piece("text", words="\n\n".join(words)[: pages.MAX_TEXT])


def _by_name(files: Mapping[str, bytes], folder: str, *, deep: bool = True) -> dict[str, Doc]:
    paths = [p for p in files if p.startswith(folder) and p.endswith(".json") and (deep or "/" not in p[len(folder) :])]
    found = [_json(files, path) for path in paths]
    return {str(document.get("name")): document for document in found}


def _json(files: Mapping[str, bytes], path: str) -> Doc:
    try:
        found = json.loads(files[path])
    except (KeyError, ValueError, RecursionError) as error:
        raise Invalid("“{path}” in the zip isn't JSON that we can read.", path=path[:80]) from error
    if not isinstance(found, dict):
        raise Invalid("“{path}” in the zip isn't JSON that we can read.", path=path[:80])
    return found


def _rows(of: Doc, name: str) -> list[Doc]:
    rows = of.get(name)
    kept = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return sorted(kept, key=lambda row: _whole(row.get("idx"), 0, 10**6, 0))


def _listed(of: Doc, name: str) -> list[Any]:
    value = of.get(name)
    return value if isinstance(value, list) else []


def _text(of: Doc, name: str) -> str:
    value = of.get(name)
    return value if isinstance(value, str) else ""


def _whole(value: Any, least: int, most: int, otherwise: int) -> int:
    try:
        number = int(float(value))
    except (TypeError, ValueError, OverflowError):
        return otherwise
    return min(most, max(least, number))


def _name(words: str) -> str:
    line = clean_line(pages.to_line(words), limit=10**6, field="title", label="", required=False) or "…"
    return line if len(line) <= outline.MAX_NAME else line[: outline.MAX_NAME - 1].rstrip() + "…"
