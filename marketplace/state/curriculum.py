"""``/studio/products/<id>/curriculum``: the outline of a course, and the lesson of it that is being written.

Every edit is saved at once with the revision this tab last saw. Learners see nothing of it until it is published.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import reflex as rx

from marketplace.clock import now
from marketplace.db import transaction
from marketplace.domain.courses import service as courses
from marketplace.domain.courses.errors import StaleOutline
from marketplace.domain.courses.outline import Outline
from marketplace.domain.courses.service import Editing, outline
from marketplace.domain.media import service as media
from marketplace.errors import Conflict, Invalid, MarketplaceError, Missing
from marketplace.i18n import _, ngettext
from marketplace.ids import parse_id
from marketplace.jobs.media import poll
from marketplace.present import change_words, day, duration
from marketplace.settings import get_settings
from marketplace.state.action import Count, Form, Line, Short, Text, action, actor
from marketplace.state.base import need_id, param, text_of
from marketplace.state.curriculum_quiz import QuizEditing, quiz_draft
from marketplace.state.viewer import success
from marketplace.state.wizard_draft import video_view
from marketplace.vendors import vendors

UNDO = 20


class CurriculumState(QuizEditing, rx.State):
    """``rows`` is the outline, flat: sections, their lessons, and after each section a place to add one.

    ``_past`` holds the outlines before each edit of this tab. ``following``: a task of this page asks how far its
    videos are.
    """

    title: str = ""
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
    saved_at: str = ""
    handled: int = 0
    stale: bool = False
    version: int = 0
    said: str = ""
    video_round: int = 0
    video_upload_url: str = ""
    video_problem: str = ""

    _product_id: str = ""
    _lesson_id: str = ""
    _revision: int = 0
    _past: list[Outline] = []
    _following: str = ""
    _uploading: str = ""

    @action("creator", rate=(240, 60))
    async def on_load(self):
        product_id, lesson_id = param(self, "course_id"), param(self, "lesson")
        if product_id != self._product_id or self.failure:
            self.reset()
        self.failure = ""
        if lesson_id != self._lesson_id:
            self.video_upload_url, self.video_problem, self._uploading = "", "", ""
        try:
            self._product_id, self._lesson_id = str(need_id(product_id)), lesson_id
            await self._refresh()
        except MarketplaceError as error:
            self.failure = error.text
        self.loaded = True
        return CurriculumState.follow if self._preparing() else None

    async def _refresh(self) -> None:
        async with transaction() as session:
            editing = await courses.load(session, actor(), need_id(self._product_id))
            await self._show(session, editing)

    async def _show(self, session: Any, editing: Editing) -> None:
        product, shown = editing.product, editing.outline
        self._revision, self.stale = editing.revision, False
        self.title = editing.title
        self.href = f"/studio/products/{product.id}/curriculum"
        self.learners_href = f"/studio/products/{product.id}/learners" if editing.version else ""
        self.zip_href = f"{get_settings().backend}/studio/products/{product.id}/course.zip"
        self.scorm_href = f"{get_settings().backend}/studio/products/{product.id}/scorm.zip"
        self.wizard_href = f"/studio/new?id={product.id}&step="
        self.rows, self.in_order = rows_of(shown), shown.in_order
        count = len(shown.lessons)
        self.size = (
            ngettext("{count} lesson", "{count} lessons", count).format(count=count)
            + (f" · {duration(shown.seconds)}" if shown.seconds else "")
        )  # fmt: skip
        self.changes = [change_words(change) for change in editing.changes]
        self.published = str(editing.version.number) if editing.version else ""
        self.versions = [version_view(version) for version in await courses.versions(session, actor(), product.id)]
        self.can_undo = bool(self._past)
        lesson = shown.find(parse_id(self._lesson_id)) if parse_id(self._lesson_id) else None  # type: ignore[arg-type]
        self.lesson = lesson_view(shown, lesson) if lesson else {}
        bodies = await _bodies(session, lesson) if lesson else []
        self.blocks = [await _block_view(session, b, body) for b, body in bodies]
        self.quizzes = {str(b.id): quiz_draft(b.id, body.body) for b, body in bodies if b.kind == "quiz"}

    async def _edit(self, change: Callable[[Outline], Outline], *, undoable: bool = True) -> bool:
        """One edit of this tab. False when the course moved on elsewhere."""
        try:
            async with transaction() as session:
                before = (await courses.load(session, actor(), need_id(self._product_id))).outline
                editing = await courses.edit(
                    session, actor(), need_id(self._product_id), change, revision=self._revision
                )
                if undoable and editing.outline != before:
                    self._remember(before)
                await self._show(session, editing)
        except StaleOutline:
            self.stale = True
            return False
        self._saved()
        return True

    def _remember(self, before: Outline) -> None:
        self._past = [*self._past, before][-UNDO:]
        self.can_undo = True

    def _saved(self) -> None:
        self.saved_at = now().isoformat()

    async def _answer(self, field: str, change: Any) -> None:
        """What is refused stays as typed, with the reason beside its own field."""
        self.errors = {name: text for name, text in self.errors.items() if name != field}
        try:
            await change
        except MarketplaceError as error:
            self.errors = {**self.errors, field: error.text}
        finally:
            self.handled += 1

    @action("creator", rate=(60, 60))
    async def reload(self):
        """Take what another tab saved."""
        self.errors, self._past = {}, []
        self.version += 1
        await self._refresh()

    @action("creator", rate=(120, 60))
    async def add_section(self):
        await self._edit(lambda o: outline.add_section(o, _("New section"))[0])

    @action("creator", rate=(240, 60))
    async def add_lesson(self, form: Form):
        self.errors, section_id = {}, text_of(form, "section")
        try:
            await self._edit(lambda o: outline.add_lesson(o, need_id(section_id), text_of(form, "title"))[0])
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

    @action("creator", rate=(240, 60))
    async def set_after_days(self, typed: Short):
        """Days from when a learner got the course; empty is none."""
        await self._answer("after_days", self._open_after(typed.strip()))

    async def _open_after(self, typed: str) -> None:
        if typed and not (typed.isdecimal() and len(typed) < 5):
            raise Invalid(_("Type a whole number of days, or nothing."))
        days = int(typed or 0)

        def change(o: Outline) -> Outline:
            lesson = o.find(need_id(self._lesson_id))
            return outline.set_opening(
                o, need_id(self._lesson_id), after_days=days, opens_at=lesson.opens_at if lesson else None
            )

        await self._edit(change)

    @action("creator", rate=(240, 60))
    async def set_opens_at(self, typed: Short):
        """A day (ISO), from its first minute in UTC; empty is none."""
        await self._answer("opens_at", self._open_on(typed.strip()))

    async def _open_on(self, typed: str) -> None:
        try:
            opens = datetime.combine(date.fromisoformat(typed), time(), UTC) if typed else None
        except ValueError as error:
            raise Invalid(_("Choose a day from the calendar, or none.")) from error

        def change(o: Outline) -> Outline:
            lesson = o.find(need_id(self._lesson_id))
            return outline.set_opening(
                o, need_id(self._lesson_id), after_days=lesson.after_days if lesson else 0, opens_at=opens
            )

        await self._edit(change)

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
        await self._edit(lambda _now: before, undoable=False)
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

    @action("creator", rate=(120, 60))
    async def add_text(self):
        async with transaction() as session:
            editing = await courses.add_text(
                session, actor(), need_id(self._product_id), need_id(self._lesson_id), revision=self._revision
            )
            await self._show(session, editing)
        self._saved()

    @action("creator", rate=(240, 60))
    async def write(self, block_id: Short, words: Text):
        await self._answer(block_id, self._write(block_id, words))

    async def _write(self, block_id: str, words: str) -> None:
        try:
            async with transaction() as session:
                editing = await courses.write_text(
                    session, actor(), need_id(self._product_id), need_id(block_id), words, revision=self._revision
                )
                await self._show(session, editing)
        except StaleOutline:
            self.stale = True
            return
        self._saved()

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
        if self._uploading == block_id:
            self.video_upload_url, self._uploading = "", ""

    @action("creator", rate=(30, 600), background=True)
    async def video_chosen(self, name: Short, size: Count, mime: Short):
        """A new video for the open lesson, or an unfinished one chosen again: then it goes on where it stopped."""
        async with self:
            self.video_problem, self.video_upload_url = "", ""
            product_id, lesson_id, blocks = self._product_id, self._lesson_id, list(self.blocks)
        try:
            link, block_id = await _same_upload(product_id, blocks, name, size)
            if not link:
                link, block_id = await _new_upload(product_id, lesson_id, name, size, mime)
            async with self:
                await self._refresh()
                self.video_upload_url, self._uploading = link, block_id
        except MarketplaceError as error:
            async with self:
                self.video_problem = error.text
                self.video_round += 1

    @action("creator", rate=(60, 60), background=True)
    async def video_uploaded(self):
        async with self:
            block = next((b for b in self.blocks if b["id"] == self._uploading), None)
            self.video_upload_url, self._uploading = "", ""
            self.video_round += 1
        if block is None:
            return None
        async with transaction() as session:
            await media.uploaded(session, actor(), need_id(block["video_id"]))
        async with self:
            await self._refresh()
        return CurriculumState.follow

    @action("creator", rate=(30, 60))
    async def video_failed(self, message: Line):
        """The uploader says why and offers to go on."""
        self.video_upload_url = ""

    @action("creator", rate=(60, 60))
    async def video_cancelled(self):
        if not self._uploading:
            return
        gone, self._uploading, self.video_upload_url = need_id(self._uploading), "", ""
        video_id = next((b["video_id"] for b in self.blocks if b["id"] == str(gone)), "")
        await self._edit(lambda o: outline.remove_block(o, gone), undoable=False)
        async with transaction() as session:
            video = await media.own_video(session, actor(), need_id(video_id))
            await media.drop_video(session, video.id)

    def _preparing(self) -> list[str]:
        return [b["video_id"] for b in self.blocks if b.get("state") == "transcoding"]

    @action("creator", rate=(60, 60), background=True)
    async def follow(self):
        """Watch the host prepare the open lesson's videos while the page is open; the jobs go on without it."""
        async with self:
            lesson_id = self._lesson_id
            if self._following == lesson_id:
                return
            self._following = lesson_id
        try:
            for attempt in range(120):
                async with self:
                    if self._lesson_id != lesson_id:
                        return
                    await self._refresh()
                    waiting = self._preparing()
                if not waiting:
                    return
                for video_id in waiting:
                    try:
                        await poll(video_id)
                    except MarketplaceError:
                        await asyncio.sleep(5)
                await asyncio.sleep(min(5.0, 1 + attempt / 4))
        finally:
            async with self:
                if self._following == lesson_id:
                    self._following = ""


def rows_of(shown: Outline) -> list[dict[str, str]]:
    """The outline as rows. ``before`` of the place to add a lesson is what a drop there comes before."""
    found: list[dict[str, str]] = []
    for number, section in enumerate(shown.sections, 1):
        following = shown.sections[number].id if number < len(shown.sections) else ""
        found.append({
            "kind": "section", "id": str(section.id), "title": section.title,
            "place": _("section {n} of {total}").format(n=number, total=len(shown.sections)), "icon": "", "meta": "",
        })  # fmt: skip
        for n, lesson in enumerate(section.lessons, 1):
            kinds = {block.kind for block in lesson.blocks}
            found.append({
                "kind": "lesson", "id": str(lesson.id), "title": lesson.title,
                "place": _("lesson {n} of {total} in {section}").format(
                    n=n, total=len(section.lessons), section=section.title
                ),
                "icon": "play" if "video" in kinds else "text" if "text" in kinds else "quiz" if kinds else "circle_dashed",
                "meta": " · ".join(
                    filter(None, [duration(lesson.seconds), _opens(lesson), _("Free preview") if lesson.preview else "", "" if kinds else _("Empty")])
                ),
            })  # fmt: skip
        found.append({
            "kind": "add", "id": str(section.id), "before": str(following), "title": section.title, "place": "",
            "icon": "", "meta": "",
        })  # fmt: skip
    return found


def _opens(lesson: outline.Lesson) -> str:
    """When it opens to those who have the course, in few words."""
    after = ngettext("after {count} day", "after {count} days", lesson.after_days).format(count=lesson.after_days)
    return " · ".join(
        filter(None, [after if lesson.after_days else "", day(lesson.opens_at) if lesson.opens_at else ""])
    )


def version_view(version: courses.CourseVersion) -> dict[str, str]:
    count = version.lessons
    size = ngettext("{count} lesson", "{count} lessons", count).format(count=count)
    return {
        "number": str(version.number), "date": day(version.published_at),
        "size": f"{size} · {duration(version.seconds)}" if version.seconds else size,
    }  # fmt: skip


def lesson_view(shown: Outline, lesson: outline.Lesson) -> dict[str, str]:
    home = shown.home_of(lesson.id)
    return {
        "id": str(lesson.id), "title": lesson.title, "section": home.title if home else "",
        "preview": "1" if lesson.preview else "", "must_watch": "1" if lesson.must_watch else "",
        "has_video": "1" if any(b.kind == "video" for b in lesson.blocks) else "",
        "after_days": str(lesson.after_days or ""),
        "opens_at": f"{lesson.opens_at:%Y-%m-%d}" if lesson.opens_at else "",
        "must_pass": "1" if lesson.must_pass else "",
        "has_quiz": "1" if any(b.kind == "quiz" for b in lesson.blocks) else "",
    }  # fmt: skip


async def _bodies(session: Any, lesson: outline.Lesson) -> list[tuple[outline.Block, courses.BlockBody]]:
    contents = await courses.contents(session, lesson)
    return [(block, contents[block.id]) for block in lesson.blocks if block.id in contents]


async def _block_view(session: Any, block: outline.Block, body: courses.BlockBody) -> dict[str, str]:
    plain = {
        "id": str(block.id),
        "kind": block.kind,
        "md": "",
        "state": "",
        "name": "",
        "words": "",
        "error": "",
        "video_id": "",
    }
    if block.kind != "video":
        return {**plain, "md": str(body.body.get("md", ""))}
    video = await media.video(session, UUID(str(body.body["video_id"])))
    return {**plain, **(video_view(video) if video else {}), "video_id": str(body.body["video_id"])}


async def _same_upload(product_id: str, blocks: list[dict[str, str]], name: str, size: int) -> tuple[str, str]:
    """The link of an unfinished upload of this very file, and its block."""
    for block in blocks:
        if block.get("state") == "uploading":
            async with transaction() as session:
                video = await media.own_video(session, actor(), need_id(block["video_id"]))
            if video.size == size and video.upload_link and name.rsplit("/", 1)[-1][-40:] == video.filename[-40:]:
                return video.upload_link, block["id"]
    return "", ""


async def _new_upload(product_id: str, lesson_id: str, name: str, size: int, mime: str) -> tuple[str, str]:
    who = actor()
    async with transaction() as session:
        editing = await courses.load(session, who, need_id(product_id))
        if editing.outline.find(need_id(lesson_id)) is None:
            raise Conflict(_("This lesson was removed meanwhile."))
        video = await media.start_upload(
            session, who, filename=name, size=size, mime=mime, max_bytes=get_settings().upload_max_bytes
        )
    upload = await vendors().video.create_upload(name=f"{video.filename} ({video.id})", size=size)
    async with transaction() as session:
        await media.attach_upload(session, video.id, upload)
        editing = await courses.put_video(session, who, need_id(product_id), need_id(lesson_id), video.id)
    lesson = editing.outline.find(need_id(lesson_id))
    assert lesson is not None
    return upload.upload_link, str(lesson.blocks[0].id)
