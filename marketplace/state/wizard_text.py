"""What is typed and chosen in the wizard: each change saves itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import reflex as rx

from marketplace.errors import Invalid
from marketplace.i18n import _
from marketplace.money import EXPONENTS, decimals, parse
from marketplace.state.action import Count, Line, Short, Text, action
from marketplace.state.wizard_draft import DraftPage

_TEXT_FIELDS = {"title": "title", "summary": "summary", "description": "description_md", "slug": "slug"}
_CHOICES = {
    "topic": "topic",
    "level": "level",
    "language": "language",
    "currency": "currency",
    "price_kind": "price_kind",
}


class Typing(DraftPage, rx.State, mixin=True):
    @action("creator", rate=(240, 60))
    async def edit(self, field: Short, value: Text):
        """A text field or choice changed."""
        await self._answer(field, self._edit(field, value))

    async def _edit(self, field: str, value: str) -> None:
        if field in _TEXT_FIELDS:
            await self._save({_TEXT_FIELDS[field]: value})
        elif field in _CHOICES:
            await self._choose(field, value)
        elif field in ("price", "minimum"):
            await self._price(field, value)
        elif field == "before":
            await self._save({"before": value})
        elif field == "opens_at":
            await self._save({"opens_at": _noon(value)})
        elif field in ("refund_days", "refund_max_percent"):
            await self._save({field: int(value) if value.isdecimal() and len(value) < 4 else -1})
        else:
            raise Invalid(_("Unknown field."))

    async def _choose(self, field: str, value: str) -> None:
        changes: dict[str, Any] = {_CHOICES[field]: value}
        if field == "currency" and value in EXPONENTS:
            for name, column in (("price", "price_minor"), ("minimum", "min_minor")):
                typed = self.form.get(name, "")
                whole = typed if decimals(0, value) else typed.split(".")[0]
                changes[column] = parse(whole, value, field=name) if whole else 0
        await self._save(changes)

    async def _price(self, field: str, value: str) -> None:
        """What can't be a price stays as typed, with the reason beside it."""
        try:
            minor = parse(value, self.form["currency"], field=field) if value.strip() else 0
        except Invalid:
            self.form = {**self.form, field: value[:40]}
            raise
        await self._save({"price_minor" if field == "price" else "min_minor": minor})

    @action("creator", rate=(240, 60))
    async def edit_learn(self, index: Count, value: Line):
        lines = list(self.learn)
        if index < len(lines):
            lines[index] = value
        elif index == len(lines):
            lines.append(value)
        await self._answer("learn", self._learn(lines))

    async def _learn(self, lines: list[str]) -> None:
        await self._save({"learn": lines})

    @action("creator", rate=(120, 60))
    async def remove_learn(self, index: Count):
        await self._answer("learn", self._learn([line for n, line in enumerate(self.learn) if n != index]))

    @action("creator", rate=(120, 60))
    async def move_learn(self, index: Count):
        """One place up."""
        lines = list(self.learn)
        if 0 < index < len(lines):
            lines[index - 1], lines[index] = lines[index], lines[index - 1]
            await self._answer("learn", self._learn(lines))


def _noon(day: str) -> datetime | None:
    """A release is at noon UTC: nearly everywhere in the world that is within the same day."""
    if not day.strip():
        return None
    try:
        return datetime.combine(date.fromisoformat(day.strip()[:10]), time(12), UTC)
    except ValueError:
        raise Invalid(_("That isn't a day."), field="opens_at") from None
