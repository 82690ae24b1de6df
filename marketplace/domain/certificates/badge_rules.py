"""What a badge asks for, whether somebody met it, and how that is said. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from marketplace.i18n import _, list_words

MAX_ITEMS, MAX_SKILLS, MAX_SKILL = 20, 10, 40


class Item(BaseModel):
    """A course to finish, or a quiz of one (``block_id``) to pass with at least ``percent``."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: Literal["course", "quiz"] = "course"
    product_id: UUID
    block_id: UUID | None = None
    percent: int = Field(default=100, ge=1, le=100)


class Rule(BaseModel):
    """At least ``needed`` of the ``items``; 0 is all of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    items: tuple[Item, ...] = ()
    needed: int = Field(default=0, ge=0, le=MAX_ITEMS)

    @property
    def wanted(self) -> int:
        return min(self.needed or len(self.items), len(self.items))

    @property
    def courses(self) -> list[UUID]:
        return list(dict.fromkeys(item.product_id for item in self.items))


def met_by(rule: Rule, finished: Collection[UUID], best: Mapping[UUID, int]) -> list[Item]:
    """What of it somebody did. ``best``: percent of the best attempt, by quiz."""
    return [
        item
        for item in rule.items
        if (
            item.product_id in finished
            if item.kind == "course"
            else item.block_id is not None and best.get(item.block_id, -1) >= item.percent
        )
    ]


def met(rule: Rule, finished: Collection[UUID], best: Mapping[UUID, int]) -> bool:
    """An empty rule is met by nobody."""
    return bool(rule.items) and len(met_by(rule, finished, best)) >= rule.wanted


def words(rule: Rule, courses: Mapping[UUID, str], lessons: Mapping[UUID, str]) -> str:
    """What had to be done, for everybody who checks a badge. ``lessons``: names of lessons, by the quiz in them."""
    named = []
    for item in rule.items:
        course = courses.get(item.product_id) or _("a course")
        if item.kind == "course":
            named.append(_("finished “{course}”").format(course=course))
        elif item.block_id is not None and (lesson := lessons.get(item.block_id)):
            said = _("passed the quiz in “{lesson}” of “{course}” with at least {percent} %")
            named.append(said.format(lesson=lesson, course=course, percent=item.percent))
        elif item.block_id is not None:
            said = _("passed the quiz of “{course}” with at least {percent} %")
            named.append(said.format(course=course, percent=item.percent))
    if not named:
        return ""
    if rule.wanted < len(named):
        return _("At least {n} of these: {list}.").format(n=rule.wanted, list="; ".join(named))
    listed = list_words(named)
    return _("{sentence}.").format(sentence=listed[:1].upper() + listed[1:])
