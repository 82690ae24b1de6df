"""``/studio/grading``: what waits for its creator, what was graded, and the desk where one of it lies open."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import UUID

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.db import transaction
from marketplace.domain.courses import desk
from marketplace.domain.courses.desk import GradedMeanwhile, GradeEntry, Row, Sheet
from marketplace.domain.quizzes.service import rules as quiz_rules
from marketplace.errors import Invalid, MarketplaceError
from marketplace.i18n import _, count_words, ngettext
from marketplace.ids import parse_id
from marketplace.keys import from_key, to_key
from marketplace.lesson_texts import task_html
from marketplace.present import moment, when
from marketplace.state.action import Short, Text, action, actor
from marketplace.state.base import Page, need_id, param
from marketplace.state.studio_waits import StudioCounts
from marketplace.state.viewer import success
from marketplace.state.work_views import CriterionView, GoView, facts, go_view, points, rubric

PAGE = 30


@dataclass
class AnswerView:
    """A long answer to be graded. ``given``: points as typed so far."""

    id: str
    number: str
    html: str
    note: str
    said: str
    most: str
    given: str = ""
    words: str = ""


@dataclass
class Desk:
    """``kind``: assignment or quiz; ``state``: waiting, graded or sent_back."""

    id: str = ""
    kind: str = ""
    state: str = ""
    course: str = ""
    lesson: str = ""
    learner: str = ""
    when: str = ""
    facts: str = ""
    html: str = ""
    ended: str = ""
    total: str = ""
    most: str = ""
    rest: str = ""
    go: list[GoView] = field(default_factory=list)
    older: list[GoView] = field(default_factory=list)
    criteria: list[CriterionView] = field(default_factory=list)
    answers: list[AnswerView] = field(default_factory=list)
    history: list[dict[str, str]] = field(default_factory=list)


class GradingState(Page, rx.State):
    """The list and what lies open follow the address: ``?course=…&show=graded&item=…``.

    ``levels`` and ``given`` are what was chosen on this page so far; ``_seen`` what the grader saw.
    """

    show: str = "waiting"
    course: str = ""
    course_options: list[dict[str, str]] = []
    items: list[dict[str, str]] = []
    more_key: str = ""
    waiting: str = ""
    desk: Desk = Desk()
    open: bool = False
    levels: dict[str, str] = {}
    sum: str = ""
    typed_points: str = ""
    comment: str = ""
    round: int = 0

    _item: str = ""
    _seen: int = 0
    _worth: dict[str, dict[str, int]] = {}
    _total: int = 0

    @action("anyone")
    async def on_load(self):
        if not actor().is_creator:
            return rx.redirect("/studio", replace=True)
        self.failure, self.errors, self.items, self.more_key = "", {}, [], ""
        self.course = str(parse_id(param(self, "course")) or "")
        self.show = "graded" if param(self, "show") == "graded" else "waiting"
        self._item, self.open, self.desk = param(self, "item"), False, Desk()
        try:
            async with transaction() as session:
                await self._head(session)
                if self._item:
                    self._lay(await desk.sheet(session, actor(), need_id(self._item)))
                else:
                    await self._fetch(session)
        except MarketplaceError as error:
            self.failure = error.text
        self.loaded = True
        return StudioCounts.refresh

    async def _head(self, session: AsyncSession) -> None:
        counts = await desk.counts(session, actor())
        shown = {*counts, *([UUID(self.course)] if self.course else [])}
        titles = await desk.courses(session, sorted(shown))
        self.course_options = [
            {"value": "", "label": _("All courses ({n})").format(n=count_words(sum(counts.values())))},
            *[{"value": str(i), "label": f"{title} ({count_words(counts.get(i, 0))})"} for i, title in titles.items()],
        ]
        total = counts.get(UUID(self.course), 0) if self.course else sum(counts.values())
        self.waiting = ngettext("{n} waits", "{n} wait", total).format(n=count_words(total))

    async def _fetch(self, session: AsyncSession) -> None:
        product_id = UUID(self.course) if self.course else None
        after = from_key(self.more_key) if self.more_key else None
        if self.show == "graded":
            rows = await desk.graded(session, actor(), product_id=product_id, before=after, limit=PAGE + 1)
        else:
            rows = await desk.waiting(session, actor(), product_id=product_id, after=after, limit=PAGE + 1)
        shown = rows[:PAGE]
        self.items = [*self.items, *[_row(row, self._address(item=str(row.id))) for row in shown]]
        last = shown[-1] if shown else None
        more = last is not None and len(rows) > PAGE
        self.more_key = to_key(last.at, last.entry.id if last.entry else last.id) if last and more else ""

    def _address(self, *, item: str = "", show: str = "") -> str:
        kept = {"course": self.course, "show": show or ("graded" if self.show == "graded" else ""), "item": item}
        asked = urlencode({key: value for key, value in kept.items() if value})
        return f"/studio/grading?{asked}" if asked else "/studio/grading"

    @action("creator", rate=(60, 60))
    async def more(self):
        if self.more_key:
            async with transaction() as session:
                await self._fetch(session)

    @action("creator", rate=(60, 60))
    async def choose_course(self, course: Short):
        self.course = str(parse_id(course) or "")
        return rx.redirect(self._address())

    def _lay(self, sheet: Sheet) -> None:
        """What is to be graded, on the desk."""
        self.open, self.levels, self.typed_points, self.comment, self.sum = True, {}, "", "", ""
        self._worth, self._total = {}, 0
        self.round += 1
        row = sheet.row
        laid = Desk(
            str(row.id), row.kind, "", row.course, row.lesson, _("Deleted account") if row.gone else row.learner,
            when(row.at), history=[_past(entry, sheet) for entry in sheet.history],
            ended=_("This learner's access to the course has ended.") if sheet.ended and not row.gone else "",
        )  # fmt: skip
        if sheet.submission is not None:
            self._lay_submission(laid, sheet)
        else:
            self._lay_attempt(laid, sheet)
        self.desk = laid

    def _lay_submission(self, laid: Desk, sheet: Sheet) -> None:
        row = sheet.submission
        assert row is not None
        made = sheet.made[row.body_id]
        self._seen, self._total = row.revision, made.total
        self._worth = {c.id: {level.id: level.points for level in c.levels} for c in made.criteria}
        laid.state, laid.facts, laid.html = row.state, facts(made), task_html(made.instructions, str(row.id))
        laid.total, laid.most = points(made.total), str(made.total)
        laid.criteria = rubric(made, {})
        views = {
            one.id: go_view(sheet.made[one.body_id], one, sheet.record, sheet.names, actor().account_id)
            for one in sheet.record.submissions if one.state != "draft"
        }  # fmt: skip
        laid.go = [views.pop(row.id)]
        laid.go[0].criteria = []
        laid.older = list(views.values())
        if row.state == "graded":
            self.levels = {key: str(level) for key, level in row.levels.items()}
            self.typed_points = "" if made.criteria else str(row.points)
        self._add_up()

    def _lay_attempt(self, laid: Desk, sheet: Sheet) -> None:
        attempt, quiz = sheet.attempt, sheet.quiz
        assert attempt is not None
        assert quiz is not None
        asked = quiz_rules.paper(quiz, attempt.seed)
        mark = quiz_rules.grade(quiz, attempt.seed, attempt.answers, attempt.marks)
        self._seen = attempt.revision
        laid.state = "waiting" if attempt.waiting else "graded"
        laid.facts = _("Attempt {n}").format(n=attempt.number)
        others = [q for q in asked if not quiz_rules.to_mark(q, attempt.answers)]
        got, total = sum(mark.by_question[q.id] for q in others), sum(q.points for q in others)
        laid.rest = _("The other questions: {got} of {points}").format(got=got, points=points(total)) if others else ""
        laid.answers = [
            AnswerView(
                q.id, str(n), task_html(q.prompt, q.id), q.hint, str(attempt.answers[q.id]), str(q.points),
                str(quiz_rules.mark_of(q, attempt.marks)) if q.id in attempt.marks else "",
                str(attempt.marks.get(q.id, {}).get("words", "")),
            )
            for n, q in enumerate(asked, 1) if quiz_rules.to_mark(q, attempt.answers)
        ]  # fmt: skip

    def _add_up(self) -> None:
        chosen = [self._worth[key][level] for key, level in self.levels.items() if level in self._worth.get(key, {})]
        self.sum = _("{got} of {points}").format(got=sum(chosen), points=points(self._total)) if self._worth else ""

    @action("creator", rate=(240, 60))
    async def choose_level(self, criterion: Short, level: Short):
        if level in self._worth.get(criterion, {}):
            self.levels = {**self.levels, criterion: level}
            self.errors = {key: words for key, words in self.errors.items() if key != criterion}
            self._add_up()

    @action("creator", rate=(240, 60))
    async def type_points(self, typed: Short):
        self.typed_points = typed

    @action("creator", rate=(240, 60))
    async def type_comment(self, words: Text):
        self.comment = words

    @action("creator", rate=(240, 60))
    async def type_mark(self, question: Short, name: Short, words: Text):
        """Points or words for a long answer."""
        if name in ("given", "words"):
            for answer in self.desk.answers:
                if answer.id == question:
                    setattr(answer, name, words)

    @action("creator", rate=(60, 60))
    async def give_grade(self):
        return await self._answer(back=False)

    @action("creator", rate=(60, 60))
    async def send_back(self):
        return await self._answer(back=True)

    async def _answer(self, *, back: bool):  # type: ignore[no-untyped-def]
        """Grade what lies open, and lay the next one in its place. Who was too late is told, and sees what was given."""
        self.errors = {}
        item, learner = need_id(self._item), self.desk.learner
        try:
            async with transaction() as session:
                if self.desk.kind == "quiz":
                    await desk.mark(session, actor(), item, self._marks(), revision=self._seen)
                else:
                    await desk.grade(
                        session, actor(), item, revision=self._seen, back=back, levels=self.levels,
                        points=0 if self._worth or back else _whole(self.typed_points, "points"), words=self.comment,
                    )  # fmt: skip
        except GradedMeanwhile as error:
            async with transaction() as session:
                self._lay(await desk.sheet(session, actor(), item))
            self.errors = {"late": error.text}
            return None
        async with transaction() as session:
            product_id = UUID(self.course) if self.course else None
            following = await desk.waiting(session, actor(), product_id=product_id, limit=1)
        words = _("Sent back to {name}.") if back else _("Graded. {name} gets a mail.")
        onward = self._address(item=str(following[0].id)) if following and self.show != "graded" else self._address()
        return [success(words.format(name=learner)), rx.redirect(onward)]

    def _marks(self) -> dict[str, tuple[int, str]]:
        return {one.id: (_whole(one.given, f"{one.id}:points"), one.words) for one in self.desk.answers}

    @action("creator", rate=(60, 60))
    async def say(self):
        """A comment alone: the grade stays as it is."""
        async with transaction() as session:
            await desk.comment(session, actor(), need_id(self._item), self.comment)
            sheet = await desk.sheet(session, actor(), need_id(self._item))
        kept = (self.levels, self.typed_points, self._seen)
        self._lay(sheet)
        self.levels, self.typed_points, self._seen = kept
        self._add_up()


def _whole(typed: str, field_name: str) -> int:
    kept = typed.strip()
    if not (kept.isascii() and kept.isdecimal() and len(kept) < 6):
        raise Invalid(_("Give a whole number of points."), field=field_name)
    return int(kept)


def _row(row: Row, href: str) -> dict[str, str]:
    what = _("Quiz") if row.kind == "quiz" else _("Assignment")
    return {
        "id": str(row.entry.id if row.entry else row.id), "href": href, "what": what, "course": row.course,
        "lesson": row.lesson or _("No longer in the course"), "kind": row.kind,
        "learner": _("Deleted account") if row.gone else row.learner, "when": when(row.at),
        "result": _given(row.entry) if row.entry else "",
    }  # fmt: skip


def _given(entry: GradeEntry) -> str:
    if entry.what == "sent_back":
        return _("Sent back")
    words = _("{got} of {points}").format(got=entry.points, points=points(entry.total))
    return _("Changed to {words}").format(words=words) if entry.what == "regraded" else words


def _past(entry: GradeEntry, sheet: Sheet) -> dict[str, str]:
    return {"who": sheet.names.get(entry.grader_id, ""), "when": moment(entry.at), "what": _given(entry)}
