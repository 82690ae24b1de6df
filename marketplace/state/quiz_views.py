"""A quiz as a page shows it. What is sent of an open attempt comes from ``rules.shown`` and holds no answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from marketplace.clock import now
from marketplace.domain.courses.quizzing import Quiz, QuizAttempt, Record
from marketplace.domain.quizzes.quiz import Question
from marketplace.domain.quizzes.service import rules
from marketplace.i18n import _, arrow, ngettext
from marketplace.lesson_texts import task_html


@dataclass
class OptionView:
    """``chosen`` is "1" when it was picked, or the key of what was matched to it."""

    id: str
    words: str
    chosen: str = ""
    place: str = ""


@dataclass
class QuestionView:
    id: str
    kind: str
    number: str
    html: str
    points: str
    typed: str = ""
    options: list[OptionView] = field(default_factory=list)
    choices: list[dict[str, str]] = field(default_factory=list)


@dataclass
class ReviewView:
    """``tone``: success, warning or danger, with ``verdict`` in words."""

    id: str
    number: str
    html: str
    points: str
    tone: str
    verdict: str
    said: str = ""
    key: str = ""
    notes: list[str] = field(default_factory=list)


@dataclass
class EarlierView:
    """An attempt that was handed in before; without ``reviews`` there is no more to say of it."""

    number: str
    title: str
    score: str
    reviews: list[ReviewView] = field(default_factory=list)


@dataclass
class QuizView:
    """``stage``: locked (a free preview), start, open or result. ``left`` are seconds, -1 without a limit."""

    id: str
    stage: str
    facts: str = ""
    attempt: str = ""
    left: int = -1
    answered: str = ""
    questions: list[QuestionView] = field(default_factory=list)
    reviews: list[ReviewView] = field(default_factory=list)
    passed: bool = False
    ever_passed: bool = False
    waiting: bool = False
    score: str = ""
    best: str = ""
    timed_out: bool = False
    hidden: str = ""
    again: bool = False
    tries: str = ""
    earlier: list[EarlierView] = field(default_factory=list)


def locked_view(block_id: UUID, quiz: Quiz) -> QuizView:
    return QuizView(str(block_id), "locked", _facts(quiz))


def view(
    block_id: UUID, taught: Quiz, record: Record, began: Quiz | None, earlier: Sequence[tuple[Quiz, QuizAttempt]] = ()
) -> QuizView:
    """``began``: the quiz that the open attempt, or else the last one, is about. ``earlier``: those handed in before."""
    left = max(0, taught.attempts - record.used)
    shown = QuizView(
        str(block_id), "start", _facts(taught), again=not taught.attempts or left > 0,
        tries=ngettext("{n} attempt left", "{n} attempts left", left).format(n=left) if taught.attempts else "",
        ever_passed=record.passed, earlier=[_earlier(quiz, one, record) for quiz, one in earlier],
    )  # fmt: skip
    if record.open is not None and began is not None:
        _open(shown, began, record.open)
    elif record.last is not None and began is not None:
        _result(shown, began, record.last, record)
    return shown


def _facts(quiz: Quiz) -> str:
    count = min(quiz.draw or len(quiz.questions), len(quiz.questions))
    found = [ngettext("{n} question", "{n} questions", count).format(n=count)]
    if quiz.pass_percent:
        found.append(_("{n} % to pass").format(n=quiz.pass_percent))
    if quiz.seconds:
        minutes = max(1, round(quiz.seconds / 60))
        found.append(ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes))
    if quiz.attempts:
        found.append(ngettext("{n} attempt", "{n} attempts", quiz.attempts).format(n=quiz.attempts))
    return " · ".join(found)


def _open(shown: QuizView, quiz: Quiz, attempt: QuizAttempt) -> None:
    asked = rules.paper(quiz, attempt.seed)
    shown.stage, shown.attempt = "open", str(attempt.number)
    if attempt.deadline_at is not None:
        shown.left = max(0, round((attempt.deadline_at - now()).total_seconds()))
    shown.questions = [
        _question(rules.shown(q, attempt.seed, shuffle=quiz.shuffle_options), n, attempt.answers.get(q.id))
        for n, q in enumerate(asked, 1)
    ]
    done = sum(bool(attempt.answers.get(q.id)) for q in asked)  # an order that nobody changed is no answer yet
    shown.answered = _("{done} of {count} answered").format(done=done, count=len(asked))


def _question(one: Mapping[str, Any], number: int, answer: Any) -> QuestionView:
    options = [OptionView(o["id"], o["words"], _chosen(o["id"], answer)) for o in one["options"]]
    if one["kind"] == "ordering":
        if isinstance(answer, list):
            options.sort(key=lambda option: answer.index(option.id))
        for place, option in enumerate(options, 1):
            option.place = str(place)
    return QuestionView(
        one["id"], one["kind"], str(number), task_html(one["prompt"], one["id"]), _points(one["points"]),
        answer if isinstance(answer, str) and one["kind"] in ("text", "number", "long") else "", options,
        [{"value": choice["id"], "label": choice["words"]} for choice in one["choices"]],
    )  # fmt: skip


def _chosen(key: str, answer: Any) -> str:
    if isinstance(answer, dict):
        return str(answer.get(key, ""))
    return "1" if answer == key or (isinstance(answer, list) and key in answer) else ""


def _result(shown: QuizView, quiz: Quiz, attempt: QuizAttempt, record: Record) -> None:
    shown.stage, shown.attempt, shown.passed = "result", str(attempt.number), attempt.passed
    shown.score, shown.waiting, shown.timed_out = _score(attempt), attempt.waiting, attempt.timed_out
    if record.best > attempt.percent:
        shown.best = _("Your best attempt had {n} %. That one counts.").format(n=record.best)
    all_of_it = rules.may_review(quiz, passed=record.passed)
    shown.reviews = _reviews(quiz, attempt, all_of_it=all_of_it)
    if not all_of_it and quiz.review == "after_pass":
        shown.hidden = _("The right answers are shown when you have passed.")


def _score(attempt: QuizAttempt) -> str:
    words = _("{n} %: {got} of {points}")
    if attempt.waiting:
        words = _("So far {got} of {points}. You'll get a mail when the rest is graded.")
    return words.format(n=attempt.percent, got=attempt.points, points=_points(attempt.total))


def _earlier(quiz: Quiz, attempt: QuizAttempt, record: Record) -> EarlierView:
    """While another attempt is open, it helps with no right answers."""
    all_of_it = record.open is None and rules.may_review(quiz, passed=record.passed)
    title = _("Attempt {n}").format(n=attempt.number)
    score = _("Some answers wait to be graded") if attempt.waiting else _score(attempt)
    return EarlierView(str(attempt.number), title, score, _reviews(quiz, attempt, all_of_it=all_of_it))


def _reviews(quiz: Quiz, attempt: QuizAttempt, *, all_of_it: bool) -> list[ReviewView]:
    """What a person said to a long answer is for its writer at any time."""
    return [
        _review(quiz, q, attempt, n)
        for n, q in enumerate(rules.paper(quiz, attempt.seed), 1) if all_of_it or q.id in attempt.marks
    ]  # fmt: skip


def _review(quiz: Quiz, question: Question, attempt: QuizAttempt, number: int) -> ReviewView:
    answer = attempt.answers.get(question.id, rules.untouched(question, attempt.seed))
    one = rules.review(question, answer, attempt.marks)
    if attempt.waiting and rules.to_mark(question, attempt.answers):
        tone, verdict = "info", _("Waits to be graded")
    elif one["right"]:
        tone, verdict = "success", _("Right")
    elif one["got"]:
        tone, verdict = "warning", _("Partly right")
    else:
        tone, verdict = "danger", _("Wrong") if one["said"] else _("Not answered")
    worth = _points(question.points)
    if tone != "info":  # else nobody has said yet
        worth = _("{got} of {points}").format(got=one["got"], points=worth)
    parted = {"ordering": f" {arrow()} ", "matching": "\n"}.get(question.kind, " · ")
    return ReviewView(
        question.id, str(number), task_html(question.prompt, f"{question.id}-{attempt.number}"), worth, tone, verdict,
        parted.join(one["said"]), "" if one["right"] else parted.join(one["key"]), one["notes"],
    )  # fmt: skip


def _points(n: int) -> str:
    return ngettext("{n} point", "{n} points", n).format(n=n)
