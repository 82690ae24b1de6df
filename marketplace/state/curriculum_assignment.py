"""Assignments in the curriculum builder: every edit is saved at once, as those of the outline are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import reflex as rx

from marketplace.domain.assignments.assignment import TYPES, Criterion, Level
from marketplace.domain.assignments.service import Assignment
from marketplace.domain.assignments.service import assignment as parts
from marketplace.domain.courses import service as courses
from marketplace.i18n import _
from marketplace.state.action import Short, Text, action, actor
from marketplace.state.base import Page, need_id


@dataclass
class DraftLevel:
    id: str
    words: str
    points: str


@dataclass
class DraftCriterion:
    id: str
    number: str
    name: str
    levels: list[DraftLevel] = field(default_factory=list)


@dataclass
class AssignmentDraft:
    """``lacks``: what keeps it from being published. ``types``: which kinds of files, "1" when chosen."""

    id: str
    instructions: str
    words: bool
    files: str
    megabytes: str
    points: str
    pass_percent: str
    tries: str
    total: str
    lacks: str
    types: dict[str, str] = field(default_factory=dict)
    criteria: list[DraftCriterion] = field(default_factory=list)


def assignment_draft(block_id: UUID, body: dict[str, Any]) -> AssignmentDraft:
    made = Assignment.model_validate(body)
    return AssignmentDraft(
        str(block_id), made.instructions, made.words, str(made.files or ""), str(made.megabytes), str(made.points),
        str(made.pass_percent), str(made.tries or ""), str(made.total), parts.problem(made),
        {name: "1" if name in made.types else "" for name in TYPES},
        [_criterion(one, number) for number, one in enumerate(made.criteria, 1)],
    )  # fmt: skip


def _criterion(one: Criterion, number: int) -> DraftCriterion:
    return DraftCriterion(one.id, str(number), one.name, [_level(level) for level in one.levels])


def _level(level: Level) -> DraftLevel:
    return DraftLevel(level.id, level.words, str(level.points))


def type_names() -> dict[str, str]:
    return {
        "pictures": _("Pictures"), "documents": _("Documents"), "audio": _("Sound"), "video": _("Video"),
        "code": _("Code and plain text"), "archives": _("Zip files"),
    }  # fmt: skip


class AssignmentEditing(Page, rx.State, mixin=True):
    """``assignments``: those of the open lesson, by block."""

    assignments: dict[str, AssignmentDraft] = {}

    @action("creator", rate=(120, 60))
    async def add_assignment(self):
        lesson_id = need_id(self._lesson_id)
        await self._on_block(
            lambda session, product_id, revision: courses.add_made(
                session, actor(), product_id, lesson_id, "assignment", Assignment(), revision=revision
            )
        )

    @action("creator", rate=(240, 60))
    async def assignment_setting(self, block_id: Short, name: Short, words: Text):
        place = f"{block_id}:{name}"
        await self._answer(place, self._on_assignment(block_id, lambda a: parts.setting(a, name, words, place)))

    @action("creator", rate=(240, 60))
    async def assignment_switch(self, block_id: Short, name: Short, on: bool):
        await self._on_assignment(block_id, lambda a: parts.switch(a, name, on))

    @action("creator", rate=(120, 60))
    async def criterion_add(self, block_id: Short):
        await self._on_assignment(block_id, parts.add_criterion)

    @action("creator", rate=(240, 60))
    async def level_add(self, block_id: Short, criterion: Short):
        await self._on_assignment(block_id, lambda a: parts.add_level(a, criterion))

    @action("creator", rate=(240, 60))
    async def rubric_remove(self, block_id: Short, part: Short):
        """A criterion or a level. "Undo" brings it back."""
        before = await self._outline()
        if await self._on_assignment(block_id, lambda a: parts.remove(a, part), fresh=True):
            self._remember(before)

    @action("creator", rate=(240, 60))
    async def criterion_step(self, block_id: Short, part: Short, down: bool):
        await self._on_assignment(block_id, lambda a: parts.step(a, part, 1 if down else -1))

    @action("creator", rate=(240, 60))
    async def rubric_write(self, block_id: Short, part: Short, name: Short, words: Text):
        """A field of a criterion or a level."""
        change = self._on_assignment(block_id, lambda a: parts.write(a, part, name, words))
        await self._answer(f"{part}:{name}", change)

    async def _on_assignment(
        self, block_id: str, change: Callable[[Assignment], Assignment], *, fresh: bool = False
    ) -> bool:
        what = ("assignment", Assignment)
        return await self._on_block(
            lambda session, product_id, revision: courses.edit_made(
                session, actor(), product_id, need_id(block_id), what, change, revision=revision, fresh=fresh
            ),
            block_id,
        )
