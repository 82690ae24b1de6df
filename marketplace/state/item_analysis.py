"""Of ``/studio/products/<id>/learners``: the questions of a quiz, over all attempts."""

from __future__ import annotations

from collections.abc import Sequence

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.charting import chart
from marketplace.domain.courses import item_analysis
from marketplace.domain.courses.item_analysis import Asked
from marketplace.i18n import _, count_words, ngettext, percent_words
from marketplace.ids import parse_id
from marketplace.markdown import to_text
from marketplace.state.action import actor
from marketplace.state.base import Page, need_id, param


class ItemAnalysis(Page, rx.State, mixin=True):
    """The quiz that is shown follows the address (``?quiz=…``)."""

    quiz: dict[str, str] = {}
    quiz_links: list[dict[str, str]] = []
    questions: list[dict[str, str]] = []
    quiz_columns: list[dict[str, str]] = []
    quiz_ticks: list[dict[str, str]] = []
    quiz_marks: list[dict[str, str]] = []

    async def _show_questions(self, session: AsyncSession) -> None:
        self.quiz, self.quiz_links, self.questions, self.quiz_columns = {}, [], [], []
        found = await item_analysis.asked(session, actor(), need_id(self._product_id))
        titles = {one.block_id: one.lesson for one in found}
        if not titles:
            return
        wanted = parse_id(param(self, "quiz"))
        block = wanted if wanted in titles else next(iter(titles))
        mine = [one for one in found if one.block_id == block]
        most = max(one.sums.asked for one in mine)
        self.quiz = {"title": titles[block], "id": str(block), "count": _attempts(most) if most else ""}
        self.quiz_links = [
            {"title": title, "href": f"{self.href}/learners?quiz={i}", "here": "1" if i == block else ""}
            for i, title in titles.items()
        ]
        self.questions = [_row(one) for one in mine]
        if most:
            self._draw_questions(mine)

    def _draw_questions(self, mine: Sequence[Asked]) -> None:
        values = [one.sums.right_percent for one in mine]
        drawn = chart([*values, 100])  # a scale up to all, whoever is best
        room = 100 / len(values)
        bars = chart(values, [100] * len(values)).bars
        self.quiz_ticks = [{"y": f"{drawn.scale.above(v):.3f}", "label": percent_words(v)} for v in drawn.scale.lines]
        every = -(-len(values) // 20)
        self.quiz_marks = [
            {"label": str(mine[n].number), "x": f"{(n + 0.5) * room:.3f}"} for n in range(0, len(values), every)
        ]
        self.quiz_columns = [
            {
                "x": f"{bar.x:.3f}", "width": f"{bar.width:.3f}", "y": f"{bar.y:.3f}", "height": f"{bar.height:.3f}",
                "left": f"{bar.left:.3f}", "right": f"{bar.left + bar.room:.3f}", "room": f"{bar.room:.3f}", "below": "",
                "side": "start" if bar.left < 30 else "end" if bar.left + bar.room > 70 else "middle",
                "label": _("Question {n}").format(n=one.number), "value": _("{n} % right").format(n=value),
                "sales": _attempts(one.sums.asked), "before": "", "then": "",
            }
            for bar, value, one in zip(bars, values, mine, strict=True)
        ]  # fmt: skip


def _attempts(n: int) -> str:
    return ngettext("{n} attempt", "{n} attempts", n).format(n=count_words(n))


def _row(one: Asked) -> dict[str, str]:
    sums, tells = one.sums, one.sums.discrimination
    return {
        "name": f"{one.number}. {to_text(one.question.prompt, 140)}",
        "answered": _("{done} of {count}").format(done=count_words(sums.answered), count=count_words(sums.asked))
        if sums.asked else "–",
        "right": percent_words(sums.right_percent) if sums.asked else "–",
        "average": _("{got} of {points}").format(got=f"{sums.average:.1f}", points=one.question.points)
        if sums.asked else "–",
        "tells": "–" if tells is None else f"{tells:.2f}".replace("-", "−"),
        "tone": "" if tells is None else "warning" if tells < 0.1 else "success" if tells >= 0.3 else "",
        "words": _verdict(tells),
        "wrong": " · ".join(f"{words} ({count_words(count)})" for words, count in one.wrong[:2]) or "–",
    }  # fmt: skip


def _verdict(tells: float | None) -> str:
    """What the figure says."""
    if tells is None:
        return _("Too few attempts to tell")
    if tells < 0:
        return _("Who knows the rest gets this wrong: look at its key")
    if tells < 0.1:
        return _("Doesn't tell who knows the rest")
    return _("Tells well who knows the rest") if tells >= 0.3 else _("Tells a little")
