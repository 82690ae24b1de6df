"""Noting that somebody learns, at next to no cost; their streak and their goal.

What counts is watching, completing a lesson and handing in a quiz. A player reports every few seconds: the day is
written at most once in ten minutes by each process, and writing it again changes nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace import zones
from marketplace.clock import now
from marketplace.domain.access import service as access
from marketplace.domain.access.service import Actor
from marketplace.domain.activity import rules
from marketplace.domain.activity.models import ActivityDay, LearningGoal
from marketplace.domain.activity.rules import Streak
from marketplace.errors import Invalid
from marketplace.sql import Over, rows

__all__ = ["Streak", "Told", "forget", "note", "rules", "set_goal", "told"]

_AGAIN, _KEPT, _YEARS = timedelta(minutes=10), 20_000, 5
_NOTE = "INSERT INTO activity_day (account_id, day) VALUES (%(account)s, %(day)s) ON CONFLICT DO NOTHING"
_ZONE = "SELECT time_zone FROM account WHERE id = %(account)s"
_DAYS = "SELECT day FROM activity_day WHERE account_id = %(account)s AND day >= %(since)s"
_noted: OrderedDict[UUID, datetime] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Told:
    """``goal``: days a week, 0 for none."""

    streak: Streak
    weeks: list[list[tuple[date, bool]]]
    goal: int


async def note(over: Over, account_id: UUID) -> None:
    """Somebody learns right now."""
    at = now()
    last = _noted.get(account_id)
    if last is not None and timedelta(0) <= at - last < _AGAIN and last.date() == at.date():
        return
    found = await rows(over, _ZONE, {"account": account_id})
    if found:
        await rows(over, _NOTE, {"account": account_id, "day": zones.day_of(at, str(found[0][0]))})
    _noted[account_id] = at
    _noted.move_to_end(account_id)
    if len(_noted) > _KEPT:
        _noted.popitem(last=False)


async def told(session: AsyncSession, account_id: UUID, zone: str) -> Told:
    """As somebody in this time zone sees it today."""
    today = zones.day_of(now(), zone)
    since = today - timedelta(days=366 * _YEARS)
    days = {row[0] for row in await rows(session, _DAYS, {"account": account_id, "since": since})}
    goal = await session.get(LearningGoal, account_id)
    return Told(rules.streak(days, today), rules.weeks(days, today), goal.days if goal else 0)


async def set_goal(session: AsyncSession, actor: Actor, days: int) -> None:
    """Days a week; 0 takes the goal away."""
    account_id = access.require_signed_in(actor)
    if not 0 <= days <= 7:
        raise Invalid("Choose from one to seven days a week, or none.", field="goal")
    known = await session.get(LearningGoal, account_id, with_for_update=True)
    if days and known is None:
        session.add(LearningGoal(account_id=account_id, days=days))
    elif days and known is not None:
        known.days = days
    elif known is not None:
        await session.delete(known)
    await session.flush()


async def forget(session: AsyncSession, actor: Actor) -> None:
    """They leave."""
    account_id = access.require_signed_in(actor)
    await session.execute(delete(ActivityDay).where(col(ActivityDay.account_id) == account_id))
    await session.execute(delete(LearningGoal).where(col(LearningGoal.account_id) == account_id))
