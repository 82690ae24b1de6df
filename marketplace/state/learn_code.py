"""Code exercises in the player. The learner's browser runs their code; it tells what came of each test, and the marks are
made here. Access is decided for each event."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.db import transaction
from marketplace.domain.courses import exercising, taking
from marketplace.domain.courses.exercising import Exercise, Got, Record
from marketplace.domain.courses.outline import Lesson
from marketplace.domain.exercises.service import rules, told
from marketplace.errors import Invalid
from marketplace.i18n import _
from marketplace.lesson_texts import task_html
from marketplace.state.action import Short, Text, action
from marketplace.state.base import Page, need_id
from marketplace.state.curriculum_code import Results


@dataclass
class VerdictView:
    """``call``, ``expected`` and ``got`` are empty for a test that isn't shown."""

    id: str
    label: str
    passed: bool
    call: str
    expected: str
    got: str
    error: str


@dataclass
class ExampleView:
    call: str
    expected: str


@dataclass
class ExerciseView:
    """``calls`` is what the browser runs: no expected value is among them. ``examples``: the tests that are shown."""

    id: str
    html: str
    code: str
    starter: str
    seconds: int
    hidden: str
    ever_passed: bool
    score: str
    examples: list[ExampleView] = field(default_factory=list)
    calls: list[dict[str, str]] = field(default_factory=list)
    verdicts: list[VerdictView] = field(default_factory=list)
    all_good: bool = False
    open: bool = True


class CodeTaking(Page, rx.State, mixin=True):
    """``exercises`` by block."""

    exercises: dict[str, ExerciseView] = {}

    def _clear_exercises(self) -> None:
        self.exercises = {}

    async def _show_exercises(self, session: AsyncSession, account_id: UUID | None, lesson: Lesson) -> None:
        """Every exercise of the lesson as it stands for this learner; without one, it can be tried and isn't kept."""
        taught = await exercising.exercises_of(session, lesson)
        records: dict[UUID, Record] = {}
        if account_id is not None and taught:
            records = await exercising.records(session, account_id, UUID(self._product_id), lesson)
        shown = {}
        for block, exercise in taught.items():
            record = records.get(block, Record())
            then = await exercising.exercise(session, record.last.body_id) if record.last else exercise
            shown[str(block)] = exercise_view(block, exercise, record, then, kept=account_id is not None)
        self.exercises = shown

    @action("member", rate=(240, 60))
    async def exercise_keep(self, block_id: Short, code: Text):
        """What is being written, saved as it is."""
        self.errors = {key: words for key, words in self.errors.items() if key != block_id}
        try:
            async with transaction() as session:
                account_id, product_id = await self._learner(session)
                await exercising.keep(session, account_id, product_id, UUID(self._lesson_id), need_id(block_id), code)
            self.saved_at = now().isoformat()
        except Invalid as error:
            self.errors = {**self.errors, block_id: error.text}
        finally:
            self.handled += 1

    @action("member", rate=(30, 60))
    async def exercise_check(self, block_id: Short, code: Text, results: Results):
        """One attempt. ``results``: of each test its ``id``, and the ``value`` or the ``error`` it ended in."""
        got = {r.get("id", ""): Got(r.get("value", ""), r.get("error", "")) for r in results}
        self.errors = {key: words for key, words in self.errors.items() if key != block_id}
        async with transaction() as session:
            account_id, product_id = await self._learner(session)
            lesson_id = UUID(self._lesson_id)
            await exercising.check(session, account_id, product_id, lesson_id, need_id(block_id), code, got)
            taught = await taking.course(session, product_id)
            lesson = taught.outline.find(lesson_id) if taught else None
            if lesson is not None:
                await self._show_exercises(session, account_id, lesson)
                self.to_pass = bool(await taking.left_to_pass(session, account_id, product_id, lesson))


def exercise_view(block: UUID, exercise: Exercise, record: Record, then: Exercise, *, kept: bool) -> ExerciseView:
    """``then``: the exercise as it was at the last attempt."""
    marks = rules.verdicts(then, told(record.last)) if record.last else []
    hidden = sum(not case.shown for case in exercise.cases)
    return ExerciseView(
        str(block), task_html(exercise.prompt, str(block)), exercise.starter if record.code is None else record.code, exercise.starter,
        exercise.seconds, str(hidden) if hidden else "", record.passed,
        _("{good} of {total} tests passed").format(good=record.last.good, total=record.last.total) if record.last else "",
        [ExampleView(case.call, case.expected) for case in exercise.cases if case.shown],
        rules.for_browser(exercise),
        [_verdict(mark, number) for number, mark in enumerate(marks, 1)],
        record.last is not None and record.last.passed, kept,
    )  # fmt: skip


def _verdict(mark: rules.Verdict, number: int) -> VerdictView:
    label = _("Test {n}").format(n=number) if mark.shown else _("Hidden test {n}").format(n=number)
    return VerdictView(mark.case, label, mark.passed, mark.call, mark.expected, mark.got, mark.error)
