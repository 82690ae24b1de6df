"""What an attempt says of each of its questions: how hard it is, and whether it tells who knows. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.domain.quizzes import rules
from marketplace.domain.quizzes.quiz import Question, Quiz

Item = dict[str, Any]
FIGURES = ("asked", "answered", "whole", "got", "x", "xx", "y", "yy", "xy")
FEW = 10  # attempts below which a correlation says nothing


@dataclass(frozen=True, slots=True)
class Sums:
    """Of one question over all attempts, as in the table ``item_sum``."""

    asked: int = 0
    answered: int = 0
    whole: int = 0
    got: int = 0
    x: int = 0
    xx: int = 0
    y: int = 0
    yy: int = 0
    xy: int = 0

    @property
    def right_percent(self) -> int:
        return round(100 * self.whole / self.asked) if self.asked else 0

    @property
    def average(self) -> float:
        """Points."""
        return self.got / self.asked if self.asked else 0.0

    @property
    def discrimination(self) -> float | None:
        """The correlation of the question with the rest of the quiz, from -1 to 1: near 0 or below, those who know the
        rest don't know this. None where it says nothing: few attempts, or all alike."""
        n = self.asked
        of_x, of_y = n * self.xx - self.x * self.x, n * self.yy - self.y * self.y
        if n < FEW or of_x <= 0 or of_y <= 0:
            return None
        return max(-1.0, min(1.0, (n * self.xy - self.x * self.y) / math.sqrt(of_x * of_y)))


def of(quiz: Quiz, seed: str, answers: Mapping[str, Any], marks: Mapping[str, Any]) -> list[Item]:
    """One entry for each question on the paper of this attempt."""
    mark = rules.grade(quiz, seed, answers, marks)
    return [_item(question, mark, answers.get(question.id)) for question in rules.paper(quiz, seed)]


def _item(question: Question, mark: rules.Mark, answer: Any) -> Item:
    got = mark.by_question[question.id]
    rest = mark.total - question.points
    x = 100 * got // question.points
    y = 100 * (mark.points - got) // rest if rest else 0
    picked = {answer} if isinstance(answer, str) else set(answer or ())
    wrong = [o.id for o in question.options if o.id in picked and not o.right]
    return {
        "q": question.id, "asked": 1, "answered": int(bool(answer)), "whole": int(got == question.points), "got": got,
        "x": x, "xx": x * x, "y": y, "yy": y * y, "xy": x * y,
        "wrong": wrong if question.kind in ("single", "multiple") else [],
    }  # fmt: skip
