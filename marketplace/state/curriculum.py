"""``/studio/products/<id>/curriculum``: the outline of a course, and the lesson of it that is being written.

Every edit is saved at once with the revision this tab last saw. Learners see nothing of it until it is published.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import reflex as rx

from marketplace.db import transaction
from marketplace.domain.courses import service as courses
from marketplace.domain.courses.outline import Outline
from marketplace.domain.courses.service import Editing, outline
from marketplace.errors import MarketplaceError, Missing
from marketplace.i18n import _, ngettext
from marketplace.ids import parse_id
from marketplace.present import change_words, whole
from marketplace.settings import get_settings
from marketplace.state.action import Form, Line, Short, action, actor
from marketplace.state.base import need_id, param, text_of
from marketplace.state.curriculum_assignment import AssignmentEditing, assignment_draft
from marketplace.state.curriculum_bulk import BulkUploading
from marketplace.state.curriculum_captions import VideoCaptions
from marketplace.state.curriculum_code import CodeEditing
from marketplace.state.curriculum_keep import KeepChoice
from marketplace.state.curriculum_pieces import PieceEditing
from marketplace.state.curriculum_quiz import QuizEditing, quiz_draft
from marketplace.state.curriculum_rules import RuleEditing
from marketplace.state.curriculum_saving import OutlineSaving
from marketplace.state.curriculum_text import TextEditing
from marketplace.state.curriculum_video import VideoAdding
from marketplace.state.curriculum_views import (
    block_view,
    bodies_of,
    digests,
    lesson_view,
    rows_of,
    version_view,
)
from marketplace.state.viewer import success

UNDO = 20


class CurriculumState(
    OutlineSaving,
    QuizEditing,
    TextEditing,
    VideoAdding,
    VideoCaptions,
    AssignmentEditing,
    RuleEditing,
    BulkUploading,
    PieceEditing,
    CodeEditing,
    KeepChoice,
    rx.State,
):
    """``rows`` is the outline, flat: sections, their lessons, and after each section a place to add one.

    ``fresh``: which field is typed into next, as ``fresh_field`` wants it.
    """

    title: str = ""
    left_out: list[dict[str, str]] = []
    href: str = ""
    wizard_href: str = ""
    learners_href: str = ""
    zip_href: str = ""
    scorm_href: str = ""
    rows: list[dict[str, str]] = []
    lesson: dict[str, str] = {}
    blocks: list[dict[str, str]] = []
    changes: list[dict[str, str]] = []
    published: str = ""
    versions: list[dict[str, str]] = []
    size: str = ""
    in_order: bool = False
    can_undo: bool = False
    version: int = 0
    said: str = ""
    fresh: str = ""

    _lesson_id: str = ""

    @action("creator", rate=(240, 60))
    async def on_load(self):
        product_id, lesson_id = param(self, "course_id"), param(self, "lesson")
        if product_id != self._product_id or self.failure:
            self.reset()
        self.failure = self.video_upload_url = ""  # one that is on its way has its link
        if lesson_id != self._lesson_id:
            self.video_problem, self.captions_of = "", ""
            self._forget_file()
        try:
            self._product_id, self._lesson_id = str(need_id(product_id)), lesson_id
            await self._refresh()
        except MarketplaceError as error:
            self.failure = error.text
        self.loaded = True
        return CurriculumState.follow if self._preparing() else None

    @action("creator", rate=(30, 60))
    async def left_seen(self):
        """What has to be added again was read."""
        async with transaction() as session:
            await courses.left_seen(session, actor(), need_id(self._product_id))
        self.left_out = []

    async def _refresh(self) -> None:
        async with transaction() as session:
            editing = await courses.load(session, actor(), need_id(self._product_id))
            await self._show(session, editing)

    async def _show(self, session: Any, editing: Editing, *, taken_over: bool = True) -> None:
        product, shown = editing.product, editing.outline
        if taken_over:
            self._revision, self._seen, self.stale = editing.revision, shown, False
        self.title, self.left_out = editing.title, editing.left_out
        self.href = f"/studio/products/{product.id}/curriculum"
        self.learners_href = f"/studio/products/{product.id}/learners" if editing.version else ""
        self.zip_href = f"{get_settings().backend}/studio/products/{product.id}/course.zip"
        self.scorm_href = f"{get_settings().backend}/studio/products/{product.id}/scorm.zip"
        self.wizard_href = f"/studio/new?id={product.id}&step="
        self.rows, self.in_order, self.keep = rows_of(shown), shown.in_order, shown.keep
        if all(str(section.id) != self.bulk_section for section in shown.sections):
            self.bulk_section = self._last_section()
        count = len(shown.lessons)
        self.size = (
            ngettext("{count} lesson", "{count} lessons", count).format(count=count)
            + (f" · {whole(shown.seconds)}" if shown.seconds else "")
        )  # fmt: skip
        self.changes = [change_words(change) for change in editing.changes]
        self.published = str(editing.version.number) if editing.version else ""
        self.versions = [version_view(version) for version in await courses.versions(session, actor(), product.id)]
        self.can_undo = bool(self._past)
        if self.uploading and shown.block(need_id(self.uploading["block"])) is None:
            self._forget_upload()
        lesson = shown.find(parse_id(self._lesson_id)) if parse_id(self._lesson_id) else None  # type: ignore[arg-type]
        self.lesson = lesson_view(shown, lesson) if lesson else {}
        bodies = await bodies_of(session, lesson) if lesson else []
        if taken_over:
            self._digests = digests(bodies)
        await self._show_rules(session, editing, lesson)
        self.blocks = [await block_view(session, b, body) for b, body in bodies]
        self.quizzes = {str(b.id): quiz_draft(b.id, body.body) for b, body in bodies if b.kind == "quiz"}
        self.assignments = {str(b.id): assignment_draft(b.id, x.body) for b, x in bodies if b.kind == "assignment"}
        self._show_pieces(bodies)
        self._show_exercises(bodies)

    async def _outline(self) -> Outline:
        async with transaction() as session:
            return (await courses.load(session, actor(), need_id(self._product_id))).outline

    def _remember(self, before: Outline) -> None:
        self._past = [*self._past, before][-UNDO:]
        self.can_undo = True

    @action("creator", rate=(60, 60))
    async def reload(self):
        """Take what another tab saved."""
        self.errors, self._past = {}, []
        self.version += 1
        await self._refresh()

    @action("creator", rate=(120, 60))
    async def add_section(self):
        if await self._edit(lambda o: outline.add_section(o, _("New section"))[0]):
            self._write_into("name-" + self._last_section())

    def _write_into(self, field_id: str) -> None:
        """What is typed next goes there."""
        self.fresh = f"{int(self.fresh.partition(':')[0] or 0) + 1}:{field_id}"

    @action("creator", rate=(240, 60))
    async def add_lesson(self, form: Form):
        self.errors, section_id = {}, text_of(form, "section")
        try:
            if await self._edit(lambda o: outline.add_lesson(o, need_id(section_id), text_of(form, "title"))[0]):
                self._write_into("add-" + section_id)
        except MarketplaceError as error:
            self.errors = {section_id: error.text}

    @action("creator", rate=(240, 60))
    async def rename_section(self, section_id: Short, title: Line):
        await self._answer(section_id, self._edit(lambda o: outline.rename_section(o, need_id(section_id), title)))

    @action("creator", rate=(240, 60))
    async def rename_lesson(self, lesson_id: Short, title: Line):
        await self._answer(lesson_id, self._edit(lambda o: outline.change_lesson(o, need_id(lesson_id), title=title)))

    @action("creator", rate=(240, 60))
    async def set_preview(self, on: bool):
        await self._edit(lambda o: outline.change_lesson(o, need_id(self._lesson_id), preview=on))

    @action("creator", rate=(240, 60))
    async def set_must_watch(self, on: bool):
        await self._edit(lambda o: outline.change_lesson(o, need_id(self._lesson_id), must_watch=on))

    @action("creator", rate=(60, 60))
    async def set_in_order(self, on: bool):
        """Each lesson opens when those before it are complete."""
        await self._edit(lambda o: outline.set_in_order(o, on))

    @action("creator", rate=(240, 60))
    async def step(self, part_id: Short, down: bool):
        """One place up or down, by a menu or an arrow key."""
        moved, step = need_id(part_id), 1 if down else -1

        def go(o: Outline) -> Outline:
            places = [section.id for section in o.sections]
            if moved in places:
                return (
                    outline.move_section(o, moved, places.index(moved) + step) if places.index(moved) + step >= 0 else o
                )
            return outline.step_lesson(o, moved, step)

        await self._edit(go)
        self._say_place(moved)

    @action("creator", rate=(240, 60))
    async def drop(self, part_id: Short, before: Short):
        moved = need_id(part_id)
        await self._edit(lambda o: outline.drop(o, moved, parse_id(before)))
        self._say_place(moved)

    def _say_place(self, moved: UUID) -> None:
        """For those who can't see where it went."""
        row = next((row for row in self.rows if row["id"] == str(moved)), None)
        self.said = _("{title}: now at {place}").format(title=row["title"], place=row["place"]) if row else ""

    @action("creator", rate=(120, 60))
    async def remove(self, part_id: Short):
        """A lesson, or a section with its lessons. "Undo" brings it back."""
        gone = need_id(part_id)

        def cut(o: Outline) -> Outline:
            if any(section.id == gone for section in o.sections):
                return outline.remove_section(o, gone)
            return outline.remove_lesson(o, gone)

        await self._edit(cut)
        if self._lesson_id and not self.lesson:
            return rx.redirect(self.href, replace=True)
        return None

    @action("creator", rate=(120, 60))
    async def undo(self):
        if not self._past:
            return
        before = self._past[-1]
        self._past = self._past[:-1]
        await self._edit(lambda _now: before, undoable=False, replaces=True)
        self.version += 1

    @action("creator", rate=(30, 60))
    async def discard(self):
        """Back to what learners see."""
        async with transaction() as session:
            product_id = need_id(self._product_id)
            before = (await courses.load(session, actor(), product_id)).outline
            editing = await courses.take_back_to(session, actor(), product_id, None, revision=self._revision)
            self._remember(before)
            await self._show(session, editing)
        self._saved()
        self.version += 1

    @action("creator", rate=(30, 60))
    async def bring_back(self, wanted: Short):
        """The outline of an older version, to go on from or to publish again."""
        if not wanted.isdecimal() or len(wanted) > 6:
            raise Missing
        number = int(wanted)
        async with transaction() as session:
            product_id = need_id(self._product_id)
            before = (await courses.load(session, actor(), product_id)).outline
            editing = await courses.take_back_to(session, actor(), product_id, number, revision=self._revision)
            self._past = [*self._past, before][-UNDO:]
            await self._show(session, editing)
        self._saved()
        self.version += 1
        return success(_("The outline is that of version {n}. Learners see it when you publish.").format(n=number))

    @action("creator", rate=(240, 60))
    async def step_block(self, block_id: Short, down: bool):
        moved = need_id(block_id)

        def go(o: Outline) -> Outline:
            found = o.block(moved)
            if found is None:
                raise Missing
            places = [b.id for b in found[0].blocks]
            return outline.move_block(o, moved, max(0, places.index(moved) + (1 if down else -1)))

        await self._edit(go)

    @action("creator", rate=(120, 60))
    async def remove_block(self, block_id: Short):
        gone = need_id(block_id)
        await self._edit(lambda o: outline.remove_block(o, gone))
