"""The creator's view of a course's questions: how hard each is, and whether it tells who knows from who doesn't."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.access.service import Actor
from marketplace.domain.courses import learners, quizzing
from marketplace.domain.courses.outline import Outline
from marketplace.domain.quizzes import item_store, items
from marketplace.domain.quizzes import service as quizzes
from marketplace.domain.quizzes.items import Sums
from marketplace.domain.quizzes.quiz import Question

__all__ = ["Asked", "Sums"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a quiz that is taught now. ``wrong``: (words, how often) of the wrong options chosen most."""

    block_id: UUID
    lesson: str
    number: int
    question: Question
    sums: Sums
    wrong: list[tuple[str, int]]


async def asked(session: AsyncSession, actor: Actor, product_id: UUID) -> list[Asked]:
    """In the order of the course."""
    _title, _creator, outline = await learners.own(session, actor, product_id)
    quizzes_of = await _quizzes(session, outline)
    if not quizzes_of:
        return []
    sums = await item_store.questions(session, product_id)
    choices = await item_store.choices(session, product_id)
    return [
        Asked(
            block_id, lesson, number, question, sums.get((block_id, question.id), Sums()),
            _named(question, choices.get((block_id, question.id), [])),
        )
        for block_id, lesson, quiz in quizzes_of
        for number, question in enumerate(quiz.questions, 1)
    ]  # fmt: skip


def _named(question: Question, chosen: list[tuple[str, int]]) -> list[tuple[str, int]]:
    names = {option.id: option.words for option in question.options if not option.right}
    return [(names[key], count) for key, count in chosen if key in names][:3]


async def _quizzes(session: AsyncSession, outline: Outline) -> list[tuple[UUID, str, quizzing.Quiz]]:
    blocks = [(lesson.title, block) for lesson in outline.lessons for block in lesson.blocks if block.kind == "quiz"]
    made = await quizzing.made(session, {block.body_id for _title, block in blocks})
    return [(block.id, title, made[block.body_id]) for title, block in blocks if block.body_id in made]


async def fold(session: AsyncSession, limit: int) -> int:
    """Add what was handed in to the sums; how many attempts it was. Attempts from before there were sums come first."""
    read = quizzing.reader(session)
    for row_id, attempt_id in await item_store.unread(session, limit):
        attempt = await quizzes.handed_in(session, attempt_id)
        quiz = await read(attempt.body_id)
        await item_store.fill(session, row_id, items.of(quiz, attempt.seed, attempt.answers, attempt.marks))
    return await item_store.fold(session, limit)
