"""``/studio/products/<id>/learners``: how many learn in a course, how far they are, and where they stop."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.charting import Bar, chart
from marketplace.db import transaction
from marketplace.domain.courses import learners
from marketplace.domain.courses.learners import STEP, Overview, Stuck
from marketplace.domain.courses.outline import Block, Lesson
from marketplace.errors import MarketplaceError
from marketplace.i18n import _, count_words, ngettext, percent_words
from marketplace.ids import parse_id
from marketplace.present import when
from marketplace.settings import get_settings
from marketplace.state.action import action, actor
from marketplace.state.base import need_id, param
from marketplace.state.item_analysis import ItemAnalysis
from marketplace.state.learners_overdue import OverdueShown

_LESSONS, _STUCK, _COLUMNS = 50, 20, 60


class LearnersState(ItemAnalysis, OverdueShown, rx.State):
    """The video whose viewers are shown follows the address (``?video=…``)."""

    title: str = ""
    href: str = ""
    csv_href: str = ""
    questions_href: str = ""
    grading_href: str = ""
    enrolled: str = ""
    figures: list[dict[str, str]] = []
    lessons: list[dict[str, str]] = []
    more_lessons: bool = False
    video: dict[str, str] = {}
    columns: list[dict[str, str]] = []
    ticks: list[dict[str, str]] = []
    marks: list[dict[str, str]] = []
    stuck: list[dict[str, str]] = []
    more_stuck: bool = False

    _product_id: str = ""
    _shown: int = _LESSONS
    _after: tuple[datetime, UUID] | None = None

    @action("anyone")
    async def on_load(self):
        if not actor().is_creator:
            return rx.redirect("/studio", replace=True)
        self.failure, self.stuck, self._after = "", [], None
        self.video, self.columns = {}, []
        if param(self, "course_id") != self._product_id:
            self._product_id, self._shown = param(self, "course_id"), _LESSONS
        try:
            product_id = need_id(self._product_id)
            self.href = f"/studio/products/{product_id}"
            self.csv_href = f"{get_settings().backend}{self.href}/learners.csv"
            self.questions_href = f"{get_settings().backend}{self.href}/questions.csv"
            self.grading_href = f"/studio/grading?course={product_id}"
            async with transaction() as session:
                told = await learners.overview(session, actor(), product_id)
                self._show(told)
                if told.enrolled:
                    await self._show_video(session, told)
                    await self._show_questions(session)
                    await self._fetch(session, told)
                    await self._first_overdue(session, product_id)
        except MarketplaceError as error:
            self.failure = error.text
        self.loaded = True
        return None

    def _show(self, told: Overview) -> None:
        self.title, self.enrolled = told.title, count_words(told.enrolled) if told.enrolled else ""
        of_all = lambda count: _("{percent} of all").format(percent=_share(count, told.enrolled))  # noqa: E731
        self.figures = [
            {"label": _("Enrolled"), "value": count_words(told.enrolled), "hint": _("Opened the course at least once")},
            {"label": _("Active"), "value": count_words(told.active), "hint": _("Here in the last 30 days")},
            {"label": _("Finished"), "value": count_words(told.finished), "hint": of_all(told.finished)},
            {"label": _("Stuck"), "value": count_words(told.stuck), "hint": _("Not here for 14 days, not finished")},
        ]
        rows = told.outline.lessons
        self.lessons = [_lesson_row(n, lesson, told, self.href) for n, lesson in enumerate(rows[: self._shown], 1)]
        self.more_lessons = len(rows) > self._shown

    async def _show_video(self, session: AsyncSession, told: Overview) -> None:
        """The one of the address, or the course's first."""
        videos = [(lesson, b) for lesson in told.outline.lessons for b in lesson.blocks if b.kind == "video"]
        wanted = parse_id(param(self, "video"))
        found = next(((le, b) for le, b in videos if b.id == wanted), videos[0] if videos else None)
        if found is None:
            return
        stay = await learners.staying(session, actor(), need_id(self._product_id), found[1])
        self.video = {"title": found[0].title, "began": _began(stay[0]), "id": str(found[1].id)}
        self._draw(found[1], stay)

    def _draw(self, video: Block, stay: list[int]) -> None:
        """At most sixty columns: a long video's stand for more than ten seconds each."""
        every = -(-len(stay) // _COLUMNS)
        shown = stay[::every]
        drawn = chart(shown)
        at = lambda n: _clock(n * every * STEP)  # noqa: E731
        self.ticks = [
            {"y": _percent(drawn.scale.above(value)), "label": count_words(value)} for value in drawn.scale.lines
        ]  # fmt: skip
        self.marks = [{"label": at(n), "x": _percent(drawn.bars[n].left + drawn.bars[n].room / 2)} for n in drawn.marks]
        self.columns = [
            _column(bar, at(n), count, stay[0]) for n, (bar, count) in enumerate(zip(drawn.bars, shown, strict=True))
        ]

    async def _fetch(self, session: AsyncSession, told: Overview) -> None:
        found = await learners.stuck(session, actor(), need_id(self._product_id), after=self._after, limit=_STUCK + 1)
        shown = found[:_STUCK]
        self.stuck = [*self.stuck, *[_stuck_row(row, told) for row in shown]]
        self._after = (shown[-1].opened_at, shown[-1].account_id) if shown else None
        self.more_stuck = len(found) > _STUCK

    @action("creator", rate=(60, 60))
    async def more(self):
        """More of those who are stuck."""
        if self.more_stuck:
            async with transaction() as session:
                await self._fetch(session, await learners.overview(session, actor(), need_id(self._product_id)))

    @action("creator", rate=(60, 60))
    async def further(self):
        """More lessons."""
        if self.more_lessons:
            self._shown += _LESSONS
            async with transaction() as session:
                self._show(await learners.overview(session, actor(), need_id(self._product_id)))


def _lesson_row(number: int, lesson: Lesson, told: Overview, href: str) -> dict[str, str]:
    opened, completed = told.lessons.get(lesson.id, (0, 0))
    video = next((b for b in lesson.blocks if b.kind == "video"), None)
    return {
        "title": f"{number}. {lesson.title}", "opened": count_words(opened), "completed": count_words(completed),
        "share": _share(opened, told.enrolled), "done": _share(completed, told.enrolled),
        "opened_width": _percent(opened * 100 / max(1, told.enrolled)),
        "done_width": _percent(completed * 100 / max(1, told.enrolled)),
        "video_href": f"{href}/learners?video={video.id}" if video else "",
    }  # fmt: skip


def _stuck_row(row: Stuck, told: Overview) -> dict[str, str]:
    lesson = told.outline.find(row.lesson_id) if row.lesson_id else None
    return {
        "name": _("Deleted account") if row.gone else row.name, "last": when(row.opened_at),
        "href": f"/studio/customers/{row.account_id}" if row.bought else "",
        "lesson": lesson.title if lesson else "–",
    }  # fmt: skip


def _column(bar: Bar, at: str, count: int, began: int) -> dict[str, str]:
    end = bar.left + bar.room
    return {
        "x": _percent(bar.x), "width": _percent(bar.width), "y": _percent(bar.y), "height": _percent(bar.height),
        "left": _percent(bar.left), "right": _percent(end), "room": _percent(bar.room), "below": "",
        "side": "start" if bar.left < 30 else "end" if end > 70 else "middle", "label": at,
        "value": ngettext("{n} still watching", "{n} still watching", count).format(n=count_words(count)),
        "sales": _("{percent} of those who began").format(percent=_share(count, began)), "before": "", "then": "",
    }  # fmt: skip


def _began(count: int) -> str:
    return ngettext("{n} learner began it", "{n} learners began it", count).format(n=count_words(count))


def _share(count: int, of: int) -> str:
    return percent_words(round(count * 100 / of)) if of else "–"


def _clock(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


def _percent(value: float) -> str:
    return f"{value:.3f}"
