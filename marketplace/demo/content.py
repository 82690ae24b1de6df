"""The demo catalogue in one place."""

from __future__ import annotations

from marketplace.demo import lessons_code, lessons_kitchen_and_clay, lessons_studio
from marketplace.demo.courses import COURSES
from marketplace.demo.people import ACCOUNTS, CREATORS, LEARNERS
from marketplace.demo.purchases import PURCHASES
from marketplace.demo.shapes import Account, Course, Creator, Lesson, LiveEvening, Purchase, Taught

__all__ = [
    "ACCOUNTS",
    "COURSES",
    "CREATORS",
    "LEARNERS",
    "LESSONS",
    "PURCHASES",
    "Account",
    "Course",
    "Creator",
    "Lesson",
    "LiveEvening",
    "Purchase",
    "Taught",
]

LESSONS: tuple[Lesson, ...] = (
    *lessons_kitchen_and_clay.LESSONS,
    *lessons_studio.LESSONS,
    *lessons_code.LESSONS,
)
