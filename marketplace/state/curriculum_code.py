"""Code exercises in the curriculum builder. The creator's own browser runs their solution; nothing is run here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import UUID

import reflex as rx
from pydantic import Field

from marketplace.domain.courses import pieces
from marketplace.domain.courses.outline import Block
from marketplace.domain.courses.service import BlockBody
from marketplace.domain.exercises.service import Case, Exercise, rules
from marketplace.domain.exercises.service import exercise as parts
from marketplace.i18n import _, ngettext
from marketplace.state.action import Line, Short, Text, action, actor
from marketplace.state.base import Page, need_id
from marketplace.state.viewer import problem, success

Results = Annotated[list[dict[Short, Line]], Field(max_length=parts.MAX_CASES)]


@dataclass
class CaseDraft:
    id: str
    number: str
    call: str
    expected: str
    shown: bool


@dataclass
class ExerciseDraft:
    """``lacks``: what keeps it from being published. ``calls``: what the creator's browser runs."""

    id: str
    prompt: str
    starter: str
    solution: str
    seconds: str
    lacks: str
    cases: list[CaseDraft] = field(default_factory=list)
    calls: list[dict[str, str]] = field(default_factory=list)


def exercise_draft(block_id: UUID, body: dict[str, Any]) -> ExerciseDraft:
    found = Exercise.model_validate(body)
    return ExerciseDraft(
        str(block_id), found.prompt, found.starter, found.solution, str(found.seconds),
        next(rules.problems(found), ""), [_case(case, n) for n, case in enumerate(found.cases, 1)],
        [call for call in rules.for_browser(found) if call["call"]],
    )  # fmt: skip


def _case(case: Case, number: int) -> CaseDraft:
    return CaseDraft(case.id, str(number), case.call, case.expected, case.shown)


class CodeEditing(Page, rx.State, mixin=True):
    """``exercises``: those of the open lesson, by block. Only their creator's page ever holds them so."""

    exercises: dict[str, ExerciseDraft] = {}

    def _show_exercises(self, bodies: list[tuple[Block, BlockBody]]) -> None:
        self.exercises = {str(b.id): exercise_draft(b.id, body.body) for b, body in bodies if b.kind == "code"}

    @action("creator", rate=(120, 60))
    async def add_exercise(self):
        lesson_id = need_id(self._lesson_id)
        await self._on_block(
            lambda session, product_id, revision: pieces.add_exercise(
                session, actor(), product_id, lesson_id, revision=revision
            )
        )

    @action("creator", rate=(240, 60))
    async def exercise_write(self, block_id: Short, name: Short, words: Text):
        """A field of the exercise."""
        place = f"{block_id}:{name}"
        await self._answer(place, self._on_exercise(block_id, lambda e: parts.write(e, name, words, place)))

    @action("creator", rate=(120, 60))
    async def case_add(self, block_id: Short):
        await self._on_exercise(block_id, parts.add_case)

    @action("creator", rate=(240, 60))
    async def case_remove(self, block_id: Short, case: Short):
        """ "Undo" brings it back."""
        before = await self._outline()
        if await self._on_exercise(block_id, lambda e: parts.remove_case(e, case), fresh=True):
            self._remember(before)

    @action("creator", rate=(240, 60))
    async def case_write(self, block_id: Short, case: Short, name: Short, words: Line):
        await self._answer(
            f"{case}:{name}", self._on_exercise(block_id, lambda e: parts.write_case(e, case, name, words))
        )

    @action("creator", rate=(240, 60))
    async def case_show(self, block_id: Short, case: Short, on: bool):
        await self._on_exercise(block_id, lambda e: parts.show_case(e, case, on=on))

    @action("creator", rate=(60, 60))
    async def case_take(self, block_id: Short, code: Text, results: Results):
        """What the creator's solution gave becomes what is expected. A test that ended in an error stays as it was."""
        values = {
            (r.get("id", ""), r.get("call", "")): r.get("value", "")
            for r in results if r.get("value") and not r.get("error")
        }  # fmt: skip
        failed = [r for r in results if r.get("error")]
        if values:
            await self._on_exercise(block_id, lambda e: parts.take_results(e, values))
        if failed:
            return problem(
                _("{call} ended in an error: {error}").format(
                    call=failed[0].get("call", ""), error=failed[0].get("error", "")
                )
            )
        if not values:
            return problem(_("There are no tests yet. Add one, then take the results."))
        return success(
            ngettext("{count} expected value taken.", "{count} expected values taken.", len(values)).format(
                count=len(values)
            )
        )

    async def _on_exercise(self, block_id: str, change: Callable[[Exercise], Exercise], *, fresh: bool = False) -> bool:
        return await self._on_block(
            lambda session, product_id, revision: pieces.edit_exercise(
                session, actor(), product_id, need_id(block_id), change, revision=revision, fresh=fresh
            ),
            block_id,
        )
