"""Assignments in the player: write, add files, hand in, talk. Access is decided for each event; the page names blocks
and files of what it was shown, the submission is this page's own."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.db import transaction
from marketplace.domain.accounts import service as accounts
from marketplace.domain.assignments.errors import HandedInAlready, NoMoreTries, StaleWork
from marketplace.domain.assignments.service import rules
from marketplace.domain.courses import assigning, passing, standing, taking
from marketplace.domain.courses.outline import Lesson
from marketplace.domain.media.errors import FileMissing
from marketplace.errors import Invalid, MarketplaceError, Missing
from marketplace.i18n import _
from marketplace.lesson_texts import task_html
from marketplace.state.action import Count, Form, Line, Short, Text, action
from marketplace.state.base import Page, need_id, text_of
from marketplace.state.viewer import problem, success
from marketplace.state.work_views import AssignmentView, assignment_view, go_view, locked_assignment
from marketplace.vendors import vendors

MAX_BYTES = 20 * 1024**2


class AssignmentTaking(Page, rx.State, mixin=True):
    """``assignments`` by block. ``_works``: (draft, revision) that this page shows of each, ``_goes`` what was handed in.
    ``work_round`` is counted up when the server answered about a file."""

    assignments: dict[str, AssignmentView] = {}
    work_block: str = ""
    work_url: str = ""
    work_problem: str = ""
    work_round: int = 0

    _works: dict[str, tuple[str, int]] = {}
    _goes: dict[str, str] = {}
    _work_file: tuple[str, str, str, str] = ("", "", "", "")  # block, submission, path, name

    def _clear_assignments(self) -> None:
        self.assignments, self._works, self._goes = {}, {}, {}
        self.work_block, self.work_url, self.work_problem, self._work_file = "", "", "", ("", "", "", "")

    async def _show_assignments(self, session: AsyncSession, account_id: UUID | None, lesson: Lesson) -> None:
        """Every assignment of the lesson as it stands for this learner; without one, what it is."""
        taught = await assigning.assignments_of(session, lesson)
        if account_id is None:
            shown = {
                str(i): locked_assignment(i, made, task_html(made.instructions, str(i))) for i, made in taught.items()
            }
            self.assignments = shown
            return
        product_id, read = UUID(self._product_id), assigning.reader(session)
        records = await assigning.records(session, account_id, product_id, lesson)
        shown, works, goes_of = {}, {}, {}
        for block, made in taught.items():
            record = records.get(block, assigning.Record())
            names = {
                one.author_id: (await accounts.account(session, one.author_id)).name
                for said in record.comments.values() for one in said if one.author_id != account_id
            }  # fmt: skip
            handed = [row for row in record.submissions if row.state != "draft"]
            goes = [go_view(await read(row.body_id), row, record, names, account_id) for row in handed]
            last = record.last
            drafted = await read(last.body_id) if last is not None and last.state == "draft" else made
            again = rules.may_begin(made, last.state if last else "", record.graded)
            shown[str(block)] = assignment_view(
                block, drafted, record, task_html(drafted.instructions, str(block)), goes, again=again
            )
            if last is not None and last.state == "draft":
                works[str(block)] = (str(last.id), last.revision)
            goes_of |= {str(row.id): str(block) for row in handed}
        self.assignments, self._works, self._goes = shown, works, goes_of
        if lesson.must_pass:
            self.to_pass = bool(standing.left_to_pass(lesson, await passing.passed(session, account_id, product_id)))

    async def _refresh_assignments(self, session: AsyncSession, account_id: UUID) -> None:
        taught = await taking.course(session, UUID(self._product_id))
        lesson = taught.outline.find(UUID(self._lesson_id)) if taught else None
        if lesson is not None:
            await self._show_assignments(session, account_id, lesson)

    async def _draft_of(
        self, session: AsyncSession, account_id: UUID, product_id: UUID, block_id: str
    ) -> tuple[UUID, int]:
        """(id, revision) of the draft that this page shows, begun now if there is none. A page that showed none yet
        knows no revision but the first."""
        if block_id in self._works:
            draft, revision = self._works[block_id]
            return UUID(draft), revision
        if block_id not in self.assignments:
            raise Missing
        if self.assignments[block_id].stage != "draft":
            raise HandedInAlready
        row = await assigning.begin(session, account_id, product_id, UUID(self._lesson_id), need_id(block_id))
        return row.id, 0

    @action("member", rate=(30, 60))
    async def work_begin(self, block_id: Short):
        """Another go, with what was handed in before."""
        self.errors = {}
        async with transaction() as session:
            account_id, product_id = await self._learner(session)
            if block_id not in self.assignments:
                raise Missing
            await assigning.begin(session, account_id, product_id, UUID(self._lesson_id), need_id(block_id))
            await self._refresh_assignments(session, account_id)

    @action("member", rate=(240, 60))
    async def work_write(self, block_id: Short, words: Text):
        """Saved as it is typed. What another tab wrote isn't overwritten."""
        self.errors = {key: said for key, said in self.errors.items() if key != f"work:{block_id}"}
        try:
            async with transaction() as session:
                account_id, product_id = await self._learner(session)
                draft, revision = await self._draft_of(session, account_id, product_id, block_id)
                await assigning.write(session, account_id, product_id, draft, words, revision)
                await self._refresh_assignments(session, account_id)
            self.saved_at = now().isoformat()
        except StaleWork:
            self._stale(block_id)
        except (HandedInAlready, NoMoreTries) as error:
            await self._look_again()
            return problem(error.text)
        except Invalid as error:
            self.errors = {**self.errors, f"work:{block_id}": error.text}
        finally:
            self.handled += 1
        return None

    def _stale(self, block_id: str) -> None:
        shown = self.assignments[block_id]
        shown.stale = True
        self.assignments = {**self.assignments, block_id: shown}

    async def _look_again(self) -> None:
        async with transaction() as session:
            account_id, _product = await self._learner(session)
            await self._refresh_assignments(session, account_id)

    @action("member", rate=(60, 60))
    async def work_reload(self):
        """Take what another tab saved."""
        self.errors = {}
        await self._look_again()

    @action("member", rate=(30, 60))
    async def work_hand_in(self, block_id: Short):
        self.errors = {}
        try:
            async with transaction() as session:
                account_id, product_id = await self._learner(session)
                draft, revision = await self._draft_of(session, account_id, product_id, block_id)
                await assigning.hand_in(session, account_id, product_id, draft, revision)
                await self._refresh_assignments(session, account_id)
        except StaleWork:
            self._stale(block_id)
            return None
        except HandedInAlready:  # pressed twice
            return await self._look_again()
        except Invalid as error:
            self.errors = {f"work:{block_id}": error.text}
            return None
        return success(_("Handed in. You'll get a mail when it is graded."))

    @action("member", rate=(60, 60))
    async def work_comment(self, form: Form):
        """A word to what was handed in."""
        words, go = text_of(form, "words"), text_of(form, "go")
        if go not in self._goes:
            raise Missing
        async with transaction() as session:
            account_id, product_id = await self._learner(session)
            await assigning.comment(session, account_id, product_id, need_id(go), words)
            await self._refresh_assignments(session, account_id)
        self.errors = {}

    @action("member", rate=(60, 600), background=True)
    async def work_file_chosen(self, block_id: Short, name: Line, size: Count, mime: Short):
        """A link for it, if it may come and fits."""
        async with self:
            self.work_problem, self.work_url, self.work_block = "", "", block_id
            try:
                async with transaction() as session:
                    account_id, product_id = await self._learner(session)
                    draft, _revision = await self._draft_of(session, account_id, product_id, block_id)
                    path = await assigning.link(session, account_id, product_id, draft, name, size)
                    await self._refresh_assignments(session, account_id)
            except MarketplaceError as error:
                return self._answer_work(error.text)
        try:
            url = await vendors().files.signed_upload(path)
        except MarketplaceError as error:
            async with self:
                return self._answer_work(error.text)
        async with self:
            self._work_file, self.work_url = (block_id, str(draft), path, name), url
        return None

    @action("member", rate=(60, 600), background=True)
    async def work_file_uploaded(self):
        """Look at what arrived; what doesn't belong here is deleted."""
        async with self:
            _block, draft, path, name = self._work_file
            self._work_file, self.work_url = ("", "", "", ""), ""
        kept = False
        try:
            if not path:
                raise FileMissing
            body = await vendors().files.read(path, max_bytes=MAX_BYTES)
            async with self, transaction() as session:
                account_id, product_id = await self._learner(session)
                await assigning.add_file(session, account_id, product_id, UUID(draft), name, body, path)
                await self._refresh_assignments(session, account_id)
            kept = True
            async with self:
                self._answer_work()
        except MarketplaceError as error:
            async with self:
                self._answer_work(error.text)
        finally:
            if path and not kept:
                with suppress(MarketplaceError):
                    await vendors().files.delete(path)

    @action("member", rate=(30, 60))
    async def work_file_failed(self, message: Line):
        self.work_url = ""

    @action("member", rate=(60, 60))
    async def work_file_remove(self, block_id: Short, file_id: Short):
        async with transaction() as session:
            account_id, product_id = await self._learner(session)
            draft, _revision = await self._draft_of(session, account_id, product_id, block_id)
            await assigning.remove_file(session, account_id, product_id, draft, need_id(file_id))
            await self._refresh_assignments(session, account_id)

    def _answer_work(self, words: str = "") -> None:
        """Taken, or why not."""
        self.work_problem, self.work_url = words, ""
        self.work_round += 1
