"""Rules in the curriculum builder: when lessons open and are due, what comes before them, and before the course."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace import zones
from marketplace.db import transaction
from marketplace.domain.catalog import browse
from marketplace.domain.courses import conditions
from marketplace.domain.courses import service as courses
from marketplace.domain.courses.outline import Lesson, Outline
from marketplace.domain.courses.service import Editing, outline, terms
from marketplace.errors import Invalid, Missing
from marketplace.i18n import _
from marketplace.ids import parse_id
from marketplace.state.action import Form, Line, Short, action, actor
from marketplace.state.base import Page, need_id, text_of


class RuleEditing(Page, rx.State, mixin=True):
    """``terms`` of the open lesson, as typed; ``needs``: the lessons it waits for. ``course_needs``: courses that come
    before this one; ``offers``: the creator's others, to choose from."""

    time_zone: str = "UTC"
    terms: dict[str, str] = {}
    needs: list[dict[str, str]] = []
    course_needs: list[dict[str, str]] = []
    offers: list[dict[str, str]] = []
    terms_round: int = 0

    async def _show_rules(self, session: AsyncSession, editing: Editing, lesson: Lesson | None) -> None:
        shown = editing.outline
        self.time_zone = shown.time_zone
        self.terms = terms_view(lesson, shown.time_zone) if lesson else {}
        here = {each.id: each.title for each in shown.lessons}
        self.needs = [{"id": str(n), "title": here[n]} for n in lesson.needs if n in here] if lesson else []
        known = await conditions.named(session, [need.product_id for need in shown.needs])
        self.course_needs = [
            {
                "id": str(need.product_id), "required": "1" if need.required else "",
                "title": known[need.product_id].title or _("Untitled course"), "href": known[need.product_id].path,
                "gone": "" if known[need.product_id].on_offer else "1",
            }
            for need in shown.needs if need.product_id in known
        ]  # fmt: skip
        taken = {editing.product.id, *(need.product_id for need in shown.needs)}
        self.offers = [
            {"value": str(row.product_id), "label": row.title}
            for row in await conditions.offers(session, editing.product.creator_id)
            if row.product_id not in taken
        ]

    def _edit(self, change: Callable[[Outline], Outline], *, undoable: bool = True) -> Any:
        raise NotImplementedError  # the page's state has it

    def _answer(self, field: str, change: Any) -> Any:
        raise NotImplementedError

    def _open_id(self) -> UUID:
        return need_id(self.lesson["id"] if self.lesson else "")  # type: ignore[attr-defined]

    @action("creator", rate=(240, 60))
    async def set_after_days(self, typed: Short):
        """Days from when a learner got the course; empty is none."""
        await self._answer("after_days", self._open(after=typed))

    @action("creator", rate=(240, 60))
    async def set_opens_at(self, typed: Short):
        """A day and time (ISO) in the course's zone; empty is none."""
        await self._answer("opens_at", self._open(at=typed))

    async def _open(self, *, after: str | None = None, at: str | None = None) -> None:
        days, wall = number(after) if after is not None else None, typed_time(at) if at is not None else None
        lesson_id = self._open_id()

        def change(o: Outline) -> Outline:
            lesson = o.find(lesson_id)
            before = (lesson.after_days, lesson.opens_at) if lesson else (0, None)
            opens = zones.instant(wall, o.time_zone) if wall else None
            return outline.set_opening(
                o, lesson_id, after_days=before[0] if days is None else days,
                opens_at=before[1] if at is None else opens,
            )  # fmt: skip

        await self._edit(change)

    @action("creator", rate=(240, 60))
    async def set_due_at(self, typed: Short):
        """A day and time (ISO) in the course's zone; empty is none."""
        await self._answer("due_at", self._due(at=typed))

    @action("creator", rate=(240, 60))
    async def set_due_days(self, typed: Short):
        """Days from when a learner got the course; empty is none."""
        await self._answer("due_days", self._due(days=typed))

    @action("creator", rate=(240, 60))
    async def set_due_hard(self, on: bool):
        await self._answer("due_hard", self._due(hard=on))

    async def _due(self, *, at: str | None = None, days: str | None = None, hard: bool | None = None) -> None:
        count, wall = number(days) if days is not None else None, typed_time(at) if at is not None else None
        lesson_id = self._open_id()

        def change(o: Outline) -> Outline:
            lesson = o.find(lesson_id)
            before = (lesson.due_at, lesson.due_days, lesson.due_hard) if lesson else (None, 0, False)
            due = zones.instant(wall, o.time_zone, later=True) if wall else None
            return terms.set_due(
                o, lesson_id, at=before[0] if at is None else due, days=before[1] if count is None else count,
                hard=before[2] if hard is None else hard,
            )  # fmt: skip

        await self._edit(change)

    @action("creator", rate=(60, 60))
    async def set_time_zone(self, name: Short):
        """Days and times stay what they say."""
        await self._answer("time_zone", self._edit(lambda o: terms.set_time_zone(o, name)))

    @action("creator", rate=(240, 60))
    async def add_need(self, lesson_id: Short):
        """The open lesson waits for another one."""
        mine, other = self._open_id(), parse_id(lesson_id)
        if other is not None:
            await self._answer("needs", self._edit(lambda o: terms.set_need(o, mine, other, True)))
        self.terms_round += 1

    @action("creator", rate=(240, 60))
    async def drop_need(self, lesson_id: Short):
        mine, other = self._open_id(), need_id(lesson_id)
        await self._answer("needs", self._edit(lambda o: terms.set_need(o, mine, other, False)))

    @action("creator", rate=(60, 60))
    async def add_course_need(self, form: Form):
        """One of the creator's own, or any on offer by its address."""
        wanted = text_of(form, "address").strip() or text_of(form, "course")
        await self._answer("course_need", self._need_course(wanted))
        self.terms_round += 0 if self.errors.get("course_need") else 1

    async def _need_course(self, wanted: Line) -> None:
        async with transaction() as session:
            found = await _course(session, wanted)
            editing = await courses.load(session, actor(), need_id(self._product_id))  # type: ignore[attr-defined]
            if found.product.id == editing.product.id:
                raise Invalid(_("A course can't come before itself."))
            changed = terms.set_course_need(editing.outline, found.product.id, True)
            await conditions.check(session, editing.product.id, editing.title or _("This course"), changed.needs)
        await self._edit(lambda o: terms.set_course_need(o, found.product.id, True))

    @action("creator", rate=(60, 60))
    async def set_course_required(self, product_id: Short, required: bool):
        await self._answer("course_need", self._require(need_id(product_id), required))

    async def _require(self, wanted: UUID, required: bool) -> None:
        async with transaction() as session:
            editing = await courses.load(session, actor(), need_id(self._product_id))  # type: ignore[attr-defined]
            if all(need.product_id != wanted for need in editing.outline.needs):
                raise Missing
            changed = terms.set_course_need(editing.outline, wanted, required)
            await conditions.check(session, editing.product.id, editing.title or _("This course"), changed.needs)
        await self._edit(lambda o: terms.set_course_need(o, wanted, required))

    @action("creator", rate=(60, 60))
    async def drop_course_need(self, product_id: Short):
        gone = need_id(product_id)
        await self._answer("course_need", self._edit(lambda o: terms.set_course_need(o, gone, None)))


async def _course(session: AsyncSession, wanted: str) -> browse.Listing:
    """By its id, or by its page's address, whole or the end of it."""
    product_id = parse_id(wanted)
    if product_id is not None:
        found = next(iter(await browse.listings(session, [product_id])), None)
    else:
        slug = wanted.split("?")[0].split("#")[0].rstrip("/").rsplit("/", 1)[-1]
        found = await browse.found(session, slug[:200]) if slug else None
    if found is None or found.product.kind != "course" or found.product.state != "published":
        raise Invalid(_("There is no course on offer at this address. Copy it from the course's page."))
    return found


def number(typed: str) -> int:
    typed = typed.strip()
    if typed and not (typed.isascii() and typed.isdecimal() and len(typed) < 5):
        raise Invalid(_("Type a whole number of days, or nothing."))
    return int(typed or 0)


def typed_time(typed: str) -> datetime | None:
    """What a date picker sends: no zone, minutes at most."""
    typed = typed.strip()
    if not typed:
        return None
    try:
        found = datetime.fromisoformat(typed)
    except ValueError as error:
        raise Invalid(_("Choose a day and a time, or nothing.")) from error
    if found.tzinfo is not None or not 2000 <= found.year <= 2200:
        raise Invalid(_("Choose a day and a time, or nothing."))
    return found.replace(second=0, microsecond=0)


def terms_view(lesson: Lesson, zone: str) -> dict[str, str]:
    def shown(at: datetime | None) -> str:
        return f"{zones.wall(at, zone):%Y-%m-%dT%H:%M}" if at else ""

    return {
        "after_days": str(lesson.after_days or ""), "opens_at": shown(lesson.opens_at), "due_at": shown(lesson.due_at),
        "due_days": str(lesson.due_days or ""), "due_hard": "1" if lesson.due_hard else "",
        "due": "1" if lesson.due_at or lesson.due_days else "",
    }  # fmt: skip
