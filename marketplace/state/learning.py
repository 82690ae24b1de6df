"""``/library/learning``: what is next, what is due, days in a row, and what was awarded."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import reflex as rx

from marketplace import zones
from marketplace.clock import now
from marketplace.db import transaction
from marketplace.domain.activity import service as activity
from marketplace.domain.certificates import service as certificates
from marketplace.domain.courses import ahead
from marketplace.domain.courses.ahead import Deadline, Going
from marketplace.i18n import _, date_words, ngettext
from marketplace.present import day, local, time_left
from marketplace.settings import get_settings
from marketplace.state.action import Short, action, actor
from marketplace.state.base import Page

_AWARDS = 60


@dataclass
class Week:
    """``days`` are "yes", "no" or, for what is still to come, empty; ``words`` the same for those who can't see it."""

    words: str
    days: list[str] = field(default_factory=list)


class LearningState(Page, rx.State):
    going: list[dict[str, str]] = []
    deadlines: list[dict[str, str]] = []
    streak: dict[str, str] = {}
    weeks: list[Week] = []
    goal: str = "0"
    awards: list[dict[str, str]] = []

    @action("anyone", rate=(120, 60))
    async def on_load(self):
        who = actor()
        if who.account_id is None:
            return rx.redirect("/login?next=/library/learning", replace=True)
        async with transaction() as session:
            found = await ahead.look(session, who.account_id)
            told = await activity.told(session, who.account_id, found.zone)
            won = await certificates.of_account(session, who.account_id, limit=_AWARDS)
        self.going = [_going(one, found.zone) for one in found.going]
        self.deadlines = [_deadline(one, found.zone) for one in found.deadlines]
        self._show(told)
        self.awards = [
            {
                "title": row.title, "badge": "1" if row.badge_id else "", "day": day(row.completed_at), "by": row.creator_name,
                "href": f"{get_settings().backend}/certificates/{row.token}",
            }
            for row in won
        ]  # fmt: skip
        self.loaded = True
        return None

    def _show(self, told: activity.Told) -> None:
        streak = told.streak
        self.goal = str(told.goal)
        self.streak = {
            "current": ngettext("{n} day in a row", "{n} days in a row", streak.current).format(n=streak.current)
            if streak.current else _("No days in a row yet"),
            "hint": "" if streak.today or not streak.current else _("Learn a little today to keep it."),
            "longest": ngettext("Longest: {n} day", "Longest: {n} days", streak.longest).format(n=streak.longest)
            if streak.longest else "",
            "week": _("{done} of {goal} days this week").format(done=streak.week, goal=told.goal) if told.goal
            else ngettext("{n} day this week", "{n} days this week", streak.week).format(n=streak.week),
            "met": "1" if told.goal and streak.week >= told.goal else "",
        }  # fmt: skip
        self.weeks = [_week(row) for row in told.weeks]

    @action("member", rate=(30, 60))
    async def set_goal(self, days: Short):
        """Days a week; "0" is none."""
        account_id = actor().account_id
        assert account_id is not None
        async with transaction() as session:
            await activity.set_goal(session, actor(), int(days) if days.isascii() and days.isdecimal() else -1)
            zone = (await ahead.look(session, account_id)).zone
            self._show(await activity.told(session, account_id, zone))


def _going(one: Going, zone: str) -> dict[str, str]:
    left = time_left(one.seconds)
    lessons = _("{done} of {count} lessons").format(done=one.done, count=one.total)
    lock = one.lock
    opens = lock.message if lock is not None else ""
    if lock is not None and lock.until is not None:
        opens = _("Opens {time}").format(time=local(lock.until, zone))
    return {
        "course": one.title, "lesson": one.lesson.title, "percent": str(one.percent), "left": left, "lessons": lessons,
        "href": (lock.path if lock is not None and lock.path else f"/learn/{one.slug}/{one.lesson.id}"),
        "label": _("See why") if lock is not None and not lock.path else _("Go there") if lock is not None
        else _("Continue") if one.begun else _("Start"),
        "shut": opens,
    }  # fmt: skip


def _deadline(one: Deadline, zone: str) -> dict[str, str]:
    mine = zone or one.course_zone
    elsewhere = zones.wall(one.at, mine) != zones.wall(one.at, one.course_zone)
    return {
        "lesson": one.lesson.title, "course": one.course, "href": f"/learn/{one.slug}/{one.lesson.id}",
        "time": local(one.at, mine), "overdue": "1" if one.overdue else "", "hard": "1" if one.hard else "",
        "left": _left(one), "there": f"{local(one.at, one.course_zone)} {one.course_zone}" if elsewhere else "",
    }  # fmt: skip


def _left(one: Deadline) -> str:
    if one.overdue:
        return _("Overdue")
    days = (one.at - now()).days
    return ngettext("in {n} day", "in {n} days", days).format(n=days) if days else _("within a day")


def _week(row: list[tuple[date, bool]]) -> Week:
    count = sum(hit for _day, hit in row)
    words = ngettext("Week of {day}: {n} day", "Week of {day}: {n} days", count).format(
        day=date_words(row[0][0], "d MMMM"), n=count
    )
    days = ["yes" if hit else "no" for _day, hit in row]
    return Week(words, [*days, *[""] * (7 - len(days))])
