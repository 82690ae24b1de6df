"""Questions of a Common Cartridge: IMS QTI 1.2 in the profile of the cartridge, with one, several or typed answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from marketplace.domain.courses.archive import Piece
from marketplace.domain.courses.foreign import pages
from marketplace.domain.quizzes import quiz as quizzes
from marketplace.domain.quizzes.quiz import Option, Question, Quiz


def pieces(root: Element) -> Iterator[Piece]:
    """A quiz, and the name of each that couldn't be made a question."""
    found: list[Question] = []
    left: list[str] = []
    for item in root.iterfind(".//{*}item"):
        asked = _question(item)
        if asked is None:
            left.append(_words(item.find("{*}presentation/{*}material"), 60) or str(item.get("title") or ""))
        elif len(found) < quizzes.MAX_QUESTIONS:
            found.append(asked)
    if found:
        yield Piece("quiz", document=_document(root, found))
    yield from (Piece("questions", label=name) for name in left)


def _document(root: Element, questions: list[Question]) -> dict[str, Any]:
    assessment = root.find("{*}assessment")
    about = _fields(assessment) if assessment is not None else {}
    attempts = about.get("cc_maxattempts", "")
    most = min(int(attempts), quizzes.MAX_ATTEMPTS) if attempts.isdecimal() and len(attempts) < 6 else 0
    return Quiz(questions=tuple(questions), attempts=most).model_dump(mode="json")


def _question(item: Element) -> Question | None:
    prompt = _words(item.find("{*}presentation/{*}material"), quizzes.MAX_PROMPT)
    right = _right(item)
    choice, typed = item.find(".//{*}response_lid"), item.find(".//{*}response_str")
    if choice is not None:
        many = str(choice.get("rcardinality", "Single")).lower() == "multiple"
        options = tuple(
            Option(words=_words(label, quizzes.MAX_OPTION), right=str(label.get("ident")) in right)
            for label in choice.iterfind(".//{*}response_label")
        )[: quizzes.MAX_OPTIONS]
        if len(options) < 2 or not any(option.right for option in options):
            return None
        return Question(kind="multiple" if many else "single", prompt=prompt, options=options)
    if typed is not None and not right and prompt:  # an essay, which a person grades
        return Question(kind="long", prompt=prompt)
    if typed is not None and right:
        accepted = tuple(word.strip()[: quizzes.MAX_LINE] for word in right if word.strip())
        return Question(kind="text", prompt=prompt, accepted=accepted[: quizzes.MAX_ACCEPTED]) if accepted else None
    return None


def _right(item: Element) -> list[str]:
    """What the answers are compared with where points are given, but for what must not be chosen."""
    found: list[str] = []
    for condition in item.iterfind("{*}resprocessing/{*}respcondition"):
        points = [s.text or "" for s in condition.iterfind("{*}setvar") if s.get("varname", "SCORE").upper() == "SCORE"]
        if not any(_positive(value) for value in points):
            continue
        denied = {id(e) for no in condition.iter() if _local(no) == "not" for e in no.iter()}
        found += [
            e.text or "" for e in condition.iter() if _local(e) in ("varequal", "varsubstring") and id(e) not in denied
        ]
    return [value.strip() for value in found]


def _positive(value: str) -> bool:
    try:
        return float(value) > 0
    except ValueError:
        return False


def _fields(of: Element) -> dict[str, str]:
    return {
        (field.findtext("{*}fieldlabel") or "").strip(): (field.findtext("{*}fieldentry") or "").strip()
        for field in of.iterfind("{*}qtimetadata/{*}qtimetadatafield")
    }


def _words(of: Element | None, limit: int) -> str:
    texts = [text.text or "" for text in of.iterfind(".//{*}mattext")] if of is not None else []
    words = "\n\n".join(pages.to_markdown(text) for text in texts).strip()
    return words if len(words) <= limit else pages.to_line(words)[: limit - 1] + "…"


def _local(element: Element) -> str:
    return str(element.tag).rsplit("}", 1)[-1]
