"""Days on which somebody learned, and how many they mean to in a week."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel


class ActivityDay(SQLModel, table=True):
    """Somebody learned on this day, as their own calendar had it. Only ever added."""

    __tablename__ = "activity_day"
    account_id: UUID = Field(primary_key=True, foreign_key="account.id", ondelete="RESTRICT")
    day: dt.date = Field(primary_key=True)


class LearningGoal(SQLModel, table=True):
    """Days of a week on which somebody means to learn."""

    __tablename__ = "learning_goal"
    __table_args__ = (CheckConstraint("days BETWEEN 1 AND 7", name="learning_goal_of_a_week"),)
    account_id: UUID = Field(primary_key=True, foreign_key="account.id", ondelete="RESTRICT")
    days: int
