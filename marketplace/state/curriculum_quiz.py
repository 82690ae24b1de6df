"""Quizzes in the curriculum builder: every edit is saved at once, as those of the outline are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import reflex as rx

from marketplace.domain.courses import service as courses
from marketplace.domain.courses.service import Quiz, outline
from marketplace.domain.quizzes.quiz import Option, Question
from marketplace.domain.quizzes.service import quiz as parts
from marketplace.domain.quizzes.service import rules
from marketplace.i18n import _
from marketplace.state.action import Line, Short, Text, action, actor
from marketplace.state.base import Page, need_id


@dataclass
class DraftOption:
    id: str
    words: str
    match: str
    feedback: str
    right: bool


@dataclass
class DraftQuestion:
    """``lacks``: what keeps it from being published. ``accepted``: one answer per line."""

    id: str
    kind: str
    name: str
    number: str
    prompt: str
    points: str
    praise: str
    hint: str
    accepted: str
    value: str
    tolerance: str
    lacks: str
    options: list[DraftOption] = field(default_factory=list)


@dataclass
class QuizDraft:
    id: str
    pass_percent: str
    attempts: str
    minutes: str
    draw: str
    review: str
    shuffle_questions: bool
    shuffle_options: bool
    questions: list[DraftQuestion] = field(default_factory=list)


def kind_names() -> dict[str, str]:
    return {
        "single": _("One right answer"), "multiple": _("Several right answers"), "ordering": _("Put in order"),
        "matching": _("Match pairs"), "text": _("Short text"), "number": _("Number"), "long": _("Long answer"),
    }  # fmt: skip


def quiz_draft(block_id: UUID, body: dict[str, Any]) -> QuizDraft:
    quiz = Quiz.model_validate(body)
    return QuizDraft(
        str(block_id), str(quiz.pass_percent), _or_none(quiz.attempts), _or_none(quiz.seconds // 60), _or_none(quiz.draw),
        quiz.review, quiz.shuffle_questions, quiz.shuffle_options,
        [_question(question, number) for number, question in enumerate(quiz.questions, 1)],
    )  # fmt: skip


def _or_none(number: int) -> str:
    return str(number) if number else ""


def _question(question: Question, number: int) -> DraftQuestion:
    return DraftQuestion(
        question.id, question.kind, kind_names()[question.kind], str(number), question.prompt, str(question.points),
        question.praise, question.hint, "\n".join(question.accepted), question.number, question.tolerance,
        rules.problem(question), [_option(option) for option in question.options],
    )  # fmt: skip


def _option(option: Option) -> DraftOption:
    return DraftOption(option.id, option.words, option.match, option.feedback, option.right)


class QuizEditing(Page, rx.State, mixin=True):
    """``quizzes``: those of the open lesson, by block. Only their creator's page ever holds them so."""

    quizzes: dict[str, QuizDraft] = {}

    @action("creator", rate=(120, 60))
    async def add_quiz(self):
        lesson_id = need_id(self._lesson_id)
        await self._on_block(
            lambda session, product_id, revision: courses.add_quiz(
                session, actor(), product_id, lesson_id, revision=revision
            )
        )

    @action("creator", rate=(240, 60))
    async def set_must_pass(self, on: bool):
        await self._edit(lambda o: outline.change_lesson(o, need_id(self._lesson_id), must_pass=on))

    @action("creator", rate=(120, 60))
    async def quiz_add(self, block_id: Short, kind: Short):
        await self._on_quiz(block_id, lambda quiz: parts.add_question(quiz, kind))

    @action("creator", rate=(240, 60))
    async def quiz_option(self, block_id: Short, question: Short):
        await self._on_quiz(block_id, lambda quiz: parts.add_option(quiz, question))

    @action("creator", rate=(240, 60))
    async def quiz_remove(self, block_id: Short, part: Short):
        """A question or an option. "Undo" brings it back."""
        before = await self._outline()
        if await self._on_quiz(block_id, lambda quiz: parts.remove(quiz, part), fresh=True):
            self._remember(before)

    @action("creator", rate=(240, 60))
    async def quiz_step(self, block_id: Short, part: Short, down: bool):
        await self._on_quiz(block_id, lambda quiz: parts.step(quiz, part, 1 if down else -1))

    @action("creator", rate=(240, 60))
    async def quiz_mark(self, block_id: Short, option: Short, on: bool):
        await self._on_quiz(block_id, lambda quiz: parts.mark(quiz, option, right=on))

    @action("creator", rate=(240, 60))
    async def quiz_write(self, block_id: Short, part: Short, name: Short, words: Text):
        """A field of a question or an option."""
        await self._answer(f"{part}:{name}", self._on_quiz(block_id, lambda quiz: parts.write(quiz, part, name, words)))

    @action("creator", rate=(240, 60))
    async def quiz_setting(self, block_id: Short, name: Short, words: Line):
        place = f"{block_id}:{name}"
        await self._answer(place, self._on_quiz(block_id, lambda quiz: parts.setting(quiz, name, words, place)))

    @action("creator", rate=(240, 60))
    async def quiz_switch(self, block_id: Short, name: Short, on: bool):
        await self._on_quiz(block_id, lambda quiz: parts.switch(quiz, name, on))

    async def _on_quiz(self, block_id: str, change: Callable[[Quiz], Quiz], *, fresh: bool = False) -> bool:
        return await self._on_block(
            lambda session, product_id, revision: courses.edit_quiz(
                session, actor(), product_id, need_id(block_id), change, revision=revision, fresh=fresh
            ),
            block_id,
        )
