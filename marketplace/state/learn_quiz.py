"""Quizzes in the player: begin, answer, hand in. Access is decided for each event; the page names only parts of what it
was shown, the attempt is this page's own."""

from __future__ import annotations

from uuid import UUID

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.classroom import explain_part
from marketplace.clock import now
from marketplace.db import transaction
from marketplace.domain.catalog import browse
from marketplace.domain.courses import quizzing, taking
from marketplace.domain.courses.outline import Lesson
from marketplace.domain.quizzes.errors import AttemptOver, TimeUp
from marketplace.domain.quizzes.service import rules
from marketplace.errors import Denied, Invalid, Missing
from marketplace.i18n import _
from marketplace.state.action import Line, Short, Text, action, actor
from marketplace.state.base import Page, need_id
from marketplace.state.quiz_views import QuestionView, QuizView, locked_view, view
from marketplace.state.viewer import problem


class QuizTaking(Page, rx.State, mixin=True):
    """``quizzes`` by block. ``_attempts``: the attempt that this page shows of each. ``to_pass``: the lesson waits for
    a quiz to be passed. ``moved``: what was moved last in an ordering, for those who don't see it."""

    quizzes: dict[str, QuizView] = {}
    to_pass: bool = False
    saved_at: str = ""
    handled: int = 0
    moved: dict[str, str] = {}

    _attempts: dict[str, str] = {}

    def _clear_quizzes(self) -> None:
        self.quizzes, self.to_pass, self._attempts, self.errors, self.moved = {}, False, {}, {}, {}

    async def _show_quizzes(self, session: AsyncSession, account_id: UUID | None, lesson: Lesson) -> None:
        """Every quiz of the lesson as it stands for this learner; without one, what it is."""
        taught = await quizzing.quizzes_of(session, lesson)
        if account_id is None:
            self.quizzes = {str(block): locked_view(block, quiz) for block, quiz in taught.items()}
            return
        records = await quizzing.records(session, account_id, UUID(self._product_id), lesson)
        earlier = await quizzing.earlier(session, account_id, UUID(self._product_id), records)
        shown, attempts, read = {}, {}, quizzing.reader(session)
        for block, quiz in taught.items():
            record = records.get(block, quizzing.Record())
            attempt = record.open or record.last
            began = await read(attempt.body_id) if attempt else None
            shown[str(block)] = view(block, quiz, record, began, earlier.get(block, ()))
            attempts[str(block)] = str(record.open.id) if record.open else ""
        self.quizzes, self._attempts = shown, attempts
        self.to_pass = bool(await taking.left_to_pass(session, account_id, UUID(self._product_id), lesson))

    async def _refresh_quizzes(self, session: AsyncSession, account_id: UUID) -> None:
        taught = await taking.course(session, UUID(self._product_id))
        lesson = taught.outline.find(UUID(self._lesson_id)) if taught else None
        if lesson is not None:
            await self._show_quizzes(session, account_id, lesson)

    async def _learner(self, session: AsyncSession) -> tuple[UUID, UUID]:
        """(account, course) of one who takes the course at this moment."""
        who = actor()
        if not self._product_id or not self._lesson_id or who.account_id is None:
            raise Missing
        product_id = UUID(self._product_id)
        listing = next(iter(await browse.listings(session, [product_id])), None)
        taught = await taking.course(session, product_id)
        lesson = taught.outline.find(UUID(self._lesson_id)) if taught else None
        decision = await explain_part(session, who, listing, taught, lesson) if listing and taught and lesson else None
        if decision is None or decision.code != "granted":
            self._clear_quizzes()
            self._clear_assignments()
            locked = decision is not None and decision.code == "locked"
            raise Denied(decision.message if decision and locked else _("You don't have access to this course."))
        return who.account_id, product_id

    def _attempt(self, block_id: str) -> UUID:
        found = self._attempts.get(block_id)
        if not found:
            raise AttemptOver
        return UUID(found)

    @action("member", rate=(30, 60))
    async def quiz_begin(self, block_id: Short):
        self.errors = {}
        async with transaction() as session:
            account_id, product_id = await self._learner(session)
            await quizzing.begin(session, account_id, product_id, UUID(self._lesson_id), need_id(block_id))
            await self._refresh_quizzes(session, account_id)

    @action("member", rate=(240, 60))
    async def quiz_choose(self, block_id: Short, question: Short, option: Short):
        return await self._answer(block_id, question, option)

    @action("member", rate=(240, 60))
    async def quiz_tick(self, block_id: Short, question: Short, option: Short, on: bool):
        return await self._answer(block_id, question, rules.Change(option, on))

    @action("member", rate=(240, 60))
    async def quiz_move(self, block_id: Short, question: Short, option: Short, down: bool):
        done = await self._answer(block_id, question, rules.Change(option, 1 if down else -1))
        options = next((one.options for one in self._questions(block_id) if one.id == question), [])
        now_at = next((one for one in options if one.id == option), None)
        if now_at is not None:
            words = _("“{title}” is number {n} of {count} now.")
            self.moved = {question: words.format(title=now_at.words, n=now_at.place, count=len(options))}
        return done

    @action("member", rate=(240, 60))
    async def quiz_match(self, block_id: Short, question: Short, option: Short, choice: Short):
        return await self._answer(block_id, question, rules.Change(option, choice))

    @action("member", rate=(240, 60))
    async def quiz_write(self, block_id: Short, question: Short, words: Line):
        return await self._answer(block_id, question, rules.one_line(words))

    @action("member", rate=(240, 60))
    async def quiz_long(self, block_id: Short, question: Short, words: Text):
        seen = next((one.typed for one in self._questions(block_id) if one.id == question), "")
        return await self._answer(block_id, question, rules.Rewrite(words, seen))

    def _questions(self, block_id: str) -> list[QuestionView]:
        return self.quizzes[block_id].questions if block_id in self.quizzes else []

    async def _answer(self, block_id: str, question: str, value: object):  # type: ignore[no-untyped-def]
        """Saved as it is given; what comes too late is said, and the result shown."""
        self.errors = {key: words for key, words in self.errors.items() if key != question}
        try:
            async with transaction() as session:
                account_id, product_id = await self._learner(session)
                await quizzing.answer(session, account_id, product_id, self._attempt(block_id), question, value)
                await self._refresh_quizzes(session, account_id)
            self.saved_at = now().isoformat()
        except Invalid as error:
            self.errors = {**self.errors, question: error.text}
        except (TimeUp, AttemptOver) as error:
            async with transaction() as session:
                account_id, _product = await self._learner(session)
                await self._refresh_quizzes(session, account_id)
            return problem(error.text)
        finally:
            self.handled += 1
        return None

    @action("member", rate=(60, 60))
    async def quiz_submit(self, block_id: Short):
        self.errors = {}
        async with transaction() as session:
            account_id, product_id = await self._learner(session)
            await quizzing.submit(session, account_id, product_id, self._attempt(block_id))
            await self._refresh_quizzes(session, account_id)
