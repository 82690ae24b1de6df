"""Quizzes decided: what is asked of whom, what may be shown, what an answer is worth. Pure.

Orders come from digests of the attempt's seed, not from a generator: they are the same in every process and version.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from marketplace.domain.quizzes.quiz import Option, Question, Quiz
from marketplace.errors import Invalid
from marketplace.i18n import _, arrow
from marketplace.text import JOINERS, clean_text

Answer = str | list[str] | dict[str, str]
GRACE = timedelta(seconds=5)
MAX_TYPED, MAX_LONG, MAX_SAID = 500, 20_000, 5_000
T = TypeVar("T")
_NUMBER = re.compile(r"[+-]?(\d{1,20}|\d{1,3}([., ']\d{3})+)([.,]\d{1,20})?")


@dataclass(frozen=True, slots=True)
class Mark:
    """``by_question``: points of each question on the paper. ``waits``: a long answer has no points yet."""

    points: int
    total: int
    passed: bool
    by_question: dict[str, int]
    waits: bool = False

    @property
    def percent(self) -> int:
        return 100 * self.points // self.total if self.total else 0


def paper(quiz: Quiz, seed: str) -> tuple[Question, ...]:
    """The questions of one attempt, in its order."""
    mixed = _mixed(quiz.questions, [q.id for q in quiz.questions], seed)
    drawn = mixed[: quiz.draw] if quiz.draw else mixed
    ids = {q.id for q in drawn}
    return drawn if quiz.shuffle_questions else tuple(q for q in quiz.questions if q.id in ids)


def shown(question: Question, seed: str, *, shuffle: bool) -> dict[str, Any]:
    """All of a question that may leave the server before the answers do: no key, no feedback. What is to be put in
    order or matched is mixed whatever the quiz says."""
    options = question.options
    if shuffle or question.kind in ("ordering", "matching"):
        options = _mixed(options, [o.id for o in options], seed)
    return {
        "id": question.id, "kind": question.kind, "prompt": question.prompt, "points": question.points,
        "options": [{"id": option.id, "words": option.words} for option in options],
        "choices": [
            {"id": option.match_id, "words": option.match}
            for option in _mixed(_choices(question), [o.match_id for o in _choices(question)], seed)
        ],
    }  # fmt: skip


def accept(question: Question, value: object) -> Answer:
    """A learner's answer if it is one to this question. Raises ``Invalid`` on everything else."""
    ids = {option.id for option in question.options}
    match question.kind, value:
        case "single", str() if value in ids:
            return value
        case (("multiple" | "ordering"), list()) if all(isinstance(v, str) and v in ids for v in value):
            if len(set(value)) == len(value) and (question.kind == "multiple" or len(value) == len(ids)):
                return list(value)
        case "matching", dict():
            offered = {option.match_id for option in _choices(question)}
            if all(key in ids and isinstance(v, str) and v in offered for key, v in value.items()):
                return dict(value)
        case (("text" | "number"), str()) if len(value) <= MAX_TYPED and value == one_line(value):
            return value
        case "long", str():
            return clean_text(value, limit=MAX_LONG, field=question.id, label="An answer")
    if isinstance(value, str) and len(value) > MAX_TYPED:
        raise Invalid("An answer can have at most {most} characters.", field=question.id, most=MAX_TYPED)
    raise _none(question)


def _none(question: Question) -> Invalid:
    return Invalid("That is no answer to this question. Reload the page and try again.", field=question.id)


@dataclass(frozen=True, slots=True)
class Change:
    """One press in an answer of several parts, to what was given so far: in another tab, perhaps, since this one looked.

    ``to``: whether a choice is ticked, the way that a line moves (1 down, -1 up), or the partner of a pair ("" for none).
    """

    option: str
    to: bool | int | str


@dataclass(frozen=True, slots=True)
class Rewrite:
    """What was written over ``seen``, which this page had. What another tab wrote meanwhile isn't lost by it."""

    words: str
    seen: str


def rewritten(question: Question, answer: Answer | None, rewrite: Rewrite) -> str:
    """The words, unless others stand there by now. Raises ``Invalid``."""
    if answer not in (None, rewrite.seen, rewrite.words) and (answer or rewrite.seen):
        raise Invalid(
            "Another tab has another answer here. Copy yours, reload the page, and put them together.",
            field=question.id,
        )
    return rewrite.words


def changed(question: Question, answer: Answer | None, change: Change) -> object:
    """The answer after it, for :func:`accept`. ``answer``: what stands now, for an ordering what is shown."""
    option, to = change.option, change.to
    parts = list(answer) if isinstance(answer, list) else []
    match question.kind, to:
        case "multiple", bool():
            rest = [part for part in parts if part != option]
            return [*rest, option] if to else rest
        case "ordering", int() if option in parts and not isinstance(to, bool):
            place = max(0, parts.index(option) + to)
            parts.remove(option)
            return [*parts[:place], option, *parts[place:]]
        case "matching", str():
            pairs = (
                {part: partner for part, partner in answer.items() if part != option}
                if isinstance(answer, dict)
                else {}
            )
            return {**pairs, option: to} if to else pairs
    raise _none(question)


def one_line(words: str) -> str:
    """What was typed without what can't be seen; joiners stay, some languages write words with them."""
    return "".join(c if c.isprintable() or c in JOINERS else " " for c in words)


def untouched(question: Question, seed: str) -> Answer | None:
    """What stands as the answer when nobody changed anything: the order in which an ordering is shown."""
    if question.kind != "ordering":
        return None
    return [option["id"] for option in shown(question, seed, shuffle=True)["options"]]


def points(question: Question, answer: Answer | None) -> int:
    """All points only for what is wholly right. Part of them, rounded down: for several choices the right ones less
    the wrong ones; for an order what stands in its place; for pairs those that belong together."""
    return question.points * _hits(question, answer) // max(1, _wanted(question))


def _wanted(question: Question) -> int:
    if question.kind == "multiple":
        return sum(option.right for option in question.options)
    return len(question.options) if question.kind in ("ordering", "matching") else 1


def _hits(question: Question, answer: Answer | None) -> int:
    options = question.options
    match question.kind, answer:
        case "single", str():
            return int(any(o.right and o.id == answer for o in options))
        case "multiple", list():
            picked = [o.right for o in options if o.id in answer]
            return max(0, sum(picked) - (len(picked) - sum(picked)))
        case "ordering", list():
            return sum(o.id == given for o, given in zip(options, answer, strict=False))
        case "matching", dict():
            named = {o.match_id: fold(o.match) for o in options}
            return sum(named.get(answer.get(o.id, "")) == fold(o.match) for o in options)
        case "text", str():
            return int(bool(fold(answer)) and fold(answer) in {fold(words) for words in question.accepted})
        case "number", str():
            return int(_near(question, answer))
    return 0


def grade(quiz: Quiz, seed: str, answers: Mapping[str, Any], marks: Mapping[str, Any] | None = None) -> Mark:
    """``marks``: what a person gave for long answers. Passed is only what nobody has to look at any more."""
    asked = paper(quiz, seed)
    given = marks or {}
    by_question = {
        q.id: mark_of(q, given) if q.kind == "long" else points(q, answers.get(q.id, untouched(q, seed))) for q in asked
    }
    got, total = sum(by_question.values()), sum(q.points for q in asked)
    waits = any(to_mark(q, answers) and q.id not in given for q in asked)
    return Mark(got, total, total > 0 and not waits and 100 * got >= quiz.pass_percent * total, by_question, waits)


def to_mark(question: Question, answers: Mapping[str, Any]) -> bool:
    """Does a person have to look at the answer? At nothing, nobody has to."""
    return question.kind == "long" and bool(str(answers.get(question.id, "")).strip())


def mark_of(question: Question, marks: Mapping[str, Any]) -> int:
    """The points that a person gave, within what there is to get."""
    mark = marks.get(question.id)
    return min(question.points, max(0, int(mark["points"]))) if mark else 0


def check_marks(
    quiz: Quiz, seed: str, answers: Mapping[str, Any], given: Mapping[str, tuple[int, str]]
) -> dict[str, dict[str, Any]]:
    """What a person gave for every long answer, cleaned. Raises ``Invalid``, naming ``<question>:points``."""
    wanted = {q.id: q for q in paper(quiz, seed) if to_mark(q, answers)}
    if set(given) - set(wanted):
        raise Invalid("That isn't a question to be graded here. Reload the page and try again.")
    marks = {}
    for key, question in wanted.items():
        if key not in given or not 0 <= given[key][0] <= question.points:
            raise Invalid(
                "Give a whole number of points from 0 to {points}.", field=f"{key}:points", points=question.points
            )
        words = clean_text(given[key][1], limit=MAX_SAID, field=f"{key}:words", label="What you say")
        marks[key] = {"points": given[key][0], "words": words}
    return marks


def fold(words: str) -> str:
    """What counts of a short answer: not its case, spaces, kind of apostrophe, or how its letters are put together."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", words).casefold())
    plain = "".join(c for c in plain.replace("’", "'").replace("‘", "'") if unicodedata.category(c) not in ("Cf", "Cc"))
    return " ".join(plain.split())


def readings(words: str) -> set[Decimal]:
    """The numbers that this may mean: "1,500" is one and a half to some and fifteen hundred to others."""
    plain = unicodedata.normalize("NFKC", words).replace("−", "-").strip()[:60]
    found = set()
    for point, groups in ((".", ", '"), (",", ". '")):
        kept = plain.replace(point, "\0") if plain.count(point) == 1 else plain
        bare = re.sub(rf"(?<=\d)[{groups}](?=\d{{3}}(?!\d))", "", kept).replace("\0", ".")
        if len(bare) < len(kept) and re.match("[+-]?0", bare):
            continue  # "0.125" has no thousands
        if _NUMBER.fullmatch(plain) and re.fullmatch(r"[+-]?\d{1,60}(\.\d{1,20})?", bare):
            found.add(Decimal(bare))
    return found


def exact(words: str) -> Decimal | None:
    """A number as a creator writes it: one meaning, or none."""
    plain = unicodedata.normalize("NFKC", words).replace("−", "-").strip()
    whole = re.fullmatch(r"-?\d{1,20}([.]\d{1,20}|,(\d{1,2}|\d{4,20}))?", plain)
    return Decimal(plain.replace(",", ".")) if whole else None


def _near(question: Question, answer: str) -> bool:
    right, slack = exact(question.number), exact(question.tolerance) or Decimal()
    return right is not None and any(abs(number - right) <= slack for number in readings(answer))


def problems(quiz: Quiz) -> Iterator[str]:
    """What keeps a quiz from being published, question by question."""
    if not quiz.questions:
        yield _("the quiz has no questions yet.")
    if quiz.draw > len(quiz.questions):
        yield _("the quiz asks {n} questions, but has {all}.").format(n=quiz.draw, all=len(quiz.questions))
    for number, question in enumerate(quiz.questions, 1):
        words = problem(question)
        if words:
            yield _("question {number}: {problem}").format(number=number, problem=words)


def problem(question: Question) -> str:
    """What a question still lacks, or nothing."""
    options = question.options
    if not question.prompt.strip():
        return _("write what is asked.")
    if question.kind == "text":
        return "" if any(fold(words) for words in question.accepted) else _("write at least one answer that is right.")
    if question.kind == "number":
        return _number_problem(question)
    if question.kind == "long":
        return ""
    if len(options) < 2:
        return _("add at least two options.")
    if not all(fold(o.words) and (question.kind != "matching" or fold(o.match)) for o in options):
        return _("an option is still empty. Fill it in or remove it.")
    if len({fold(o.words) for o in options}) < len(options):
        return _("two options say the same.")
    if question.kind == "single" and sum(o.right for o in options) != 1:
        return _("mark the answer that is right.")
    if question.kind == "multiple" and not any(o.right for o in options):
        return _("mark at least one answer that is right.")
    if question.kind == "matching" and len({fold(o.match) for o in options}) < 2:
        return _("everything belongs to the same: nothing is left to match.")
    return ""


def _number_problem(question: Question) -> str:
    if not question.number:
        return _("write the number that is right.")
    if exact(question.number) is None:
        return _("write the number that is right with digits only, such as 1250 or 12.5.")
    slack = exact(question.tolerance or "0")
    if slack is None or slack < 0:
        return _("write with digits how far an answer may be off, such as 0.5, or 0.")
    return ""


def may_review(quiz: Quiz, *, passed: bool) -> bool:
    """May the right answers be shown to one who handed in?"""
    return quiz.review == "after_attempt" or (quiz.review == "after_pass" and passed)


def review(question: Question, answer: Answer | None, marks: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A question with what was answered, what is right, and what its maker says to that. Only after ``may_review``;
    of a long answer what a person said to it, at any time."""
    if question.kind == "long":
        return _marked(question, answer, marks or {})
    got = points(question, answer)
    whole = got == question.points
    picked = {answer} if isinstance(answer, str) else set(answer or ())
    notes = [o.feedback for o in question.options if o.id in picked] if _chosen(question) else []
    notes.append(question.praise if whole else question.hint)
    return {
        "id": question.id, "kind": question.kind, "prompt": question.prompt, "points": question.points, "got": got,
        "right": whole, "said": given(question, answer), "key": key(question), "notes": [words for words in notes if words],
    }  # fmt: skip


def _marked(question: Question, answer: Answer | None, marks: Mapping[str, Any]) -> dict[str, Any]:
    got, said = mark_of(question, marks), str(marks.get(question.id, {}).get("words", ""))
    return {
        "id": question.id, "kind": question.kind, "prompt": question.prompt, "points": question.points, "got": got,
        "right": got == question.points, "said": given(question, answer), "key": [], "notes": [said] if said else [],
    }  # fmt: skip


def given(question: Question, answer: Answer | None) -> list[str]:
    """An answer in words."""
    names = {option.id: option.words for option in question.options}
    matches = {option.match_id: option.match for option in question.options}
    if isinstance(answer, dict):
        return [f"{o.words} {arrow()} {matches[answer[o.id]]}" for o in question.options if answer.get(o.id) in matches]
    if isinstance(answer, list):
        order = answer if question.kind == "ordering" else [o.id for o in question.options if o.id in answer]
        return [names[i] for i in order if i in names]
    return [names.get(answer, answer) if _chosen(question) else answer] if answer else []


def key(question: Question) -> list[str]:
    """What is right, in words."""
    match question.kind:
        case "single" | "multiple":
            return [o.words for o in question.options if o.right]
        case "ordering":
            return [o.words for o in question.options]
        case "matching":
            return [f"{o.words} {arrow()} {o.match}" for o in question.options]
        case "text":
            return list(question.accepted[:1])
        case "long":
            return []
    slack = question.tolerance if exact(question.tolerance) else ""
    return [f"{question.number} ± {slack}" if slack else question.number]


def late(deadline: datetime | None, at: datetime) -> bool:
    return deadline is not None and at > deadline + GRACE


def _chosen(question: Question) -> bool:
    return question.kind in ("single", "multiple")


def _choices(question: Question) -> tuple[Option, ...]:
    """What can be matched to the options: what belongs to several is offered once."""
    if question.kind != "matching":
        return ()
    return tuple({fold(option.match): option for option in reversed(question.options)}.values())


def _mixed(row: Sequence[T], ids: Sequence[str], seed: str) -> tuple[T, ...]:
    order = sorted(range(len(row)), key=lambda n: hashlib.sha256(f"{seed}:{ids[n]}".encode()).digest())
    return tuple(row[n] for n in order)
