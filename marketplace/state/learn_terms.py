"""Deadlines, and what has to be done first, on the page of a lesson."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import reflex as rx

from marketplace import zones
from marketplace.domain.courses import deadlines
from marketplace.domain.courses.conditions import Conditions
from marketplace.domain.courses.outline import Lesson
from marketplace.i18n import _
from marketplace.markdown import render
from marketplace.present import day, local
from marketplace.state.base import Page


class TermsShown(Page, rx.State, mixin=True):
    """``due``: until when the open lesson is to be done; ``due_kind`` is ahead, soon, late or over. ``target``: the
    address of what has to be done first. ``told``: what is new, in its maker's words."""

    due: str = ""
    due_kind: str = ""
    target: str = ""
    told: list[dict[str, str]] = []

    def _clear_terms(self) -> None:
        self.due, self.due_kind, self.told = "", "", []

    def _show_told(self, notes: list[tuple[int, datetime, str]]) -> None:
        """What the course's maker says about the versions since the last visit."""
        self.told = [{"day": day(at), "html": render(words)} for _number, at, words in notes]

    def _show_terms(self, lesson: Lesson, done: Collection[UUID], held: Conditions) -> None:
        self.due, self.due_kind = "", ""
        due = held.dues.get(lesson.id)
        if due is None or lesson.id in done or lesson.id in held.shut:
            return
        at = zones.said(due.at, own=held.zone, course=held.course_zone)
        if deadlines.missed(due, held.at):
            self.due_kind = "over"
            self.due = _(
                "The deadline was {time}. You can read this lesson, but it can't be completed any more. Ask its maker if"
                " you need more time."
            ).format(time=at)
        elif held.at > due.at:
            self.due_kind = "late"
            self.due = _("This was due on {time}. You can still complete it.").format(time=at)
        else:
            self.due_kind = "soon" if due.at - held.at < timedelta(days=2) else "ahead"
            words = _("Due on {time}. After that it can't be completed.") if due.hard else _("Due on {time}.")
            self.due = words.format(time=at)


def row_words(lesson: Lesson, done: Collection[UUID], held: Conditions) -> str:
    """What the outline says beside a lesson instead of its length: when it opens, or when it is due."""
    lock, due = held.shut.get(lesson.id), held.dues.get(lesson.id)
    zone = held.zone or held.course_zone
    if lock is not None:
        return _("opens {time}").format(time=local(lock.until, zone)) if lock.until else ""
    if due is None or lesson.id in done:
        return ""
    if held.at <= due.at:
        return _("due {time}").format(time=local(due.at, zone))
    return _("closed") if due.hard else _("overdue")
