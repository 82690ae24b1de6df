"""``/admin/fees``: what the platform takes, by which rule, and what a new rule would change."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.db import transaction
from marketplace.domain.access.service import require_admin
from marketplace.domain.accounts import service as accounts
from marketplace.domain.fees import service as fees
from marketplace.domain.orders.rules import split
from marketplace.errors import Invalid
from marketplace.i18n import _, percent_words
from marketplace.ids import parse_id
from marketplace.money import format_minor, parse_percent
from marketplace.present import moment
from marketplace.settings import get_settings
from marketplace.state.action import Form, Short, action, actor
from marketplace.state.base import Page, need_id, text_of
from marketplace.state.viewer import success

_PAGE = 30
_PRICE, _CURRENCY = 2000, "usd"  # of the example


class FeesState(Page, rx.State):
    """Rules in force, those that ended, and the form for a new one with what it would change."""

    rows: list[dict[str, str]] = []
    next_key: str = ""
    past: list[dict[str, str]] = []
    next_past: str = ""
    default: str = ""
    example: dict[str, str] = {}
    typed: dict[str, str] = {}
    ending: dict[str, str] = {}
    made: int = 0

    @action("anyone")
    async def on_load(self):
        if not actor().is_admin:
            return rx.redirect("/admin", replace=True)
        self.errors, self.ending, self.typed, self.made = {}, {}, {}, self.made + 1
        self.default = _percent_words(get_settings().platform_fee_percent)
        await self._show()
        await self._look()
        self.loaded = True
        return None

    async def _show(self) -> None:
        self.rows, self.past = [], []
        await self._fetch("")
        await self._fetch_past("")

    async def _fetch(self, before: str) -> None:
        async with transaction() as session:
            found = await fees.in_force(session, actor(), before=parse_id(before), limit=_PAGE + 1)
            fresh = [await _row(session, rule) for rule in found[:_PAGE]]
        self.rows = [*self.rows, *fresh]
        self.next_key = fresh[-1]["id"] if len(found) > _PAGE else ""

    async def _fetch_past(self, before: str) -> None:
        async with transaction() as session:
            found = await fees.ended(session, actor(), before=_place(before), limit=_PAGE + 1)
            fresh = [await _row(session, rule) for rule in found[:_PAGE]]
        self.past = [*self.past, *fresh]
        last = found[_PAGE - 1] if len(found) > _PAGE else None
        self.next_past = f"{last.ended_at.isoformat()} {last.id}" if last is not None and last.ended_at else ""

    @action("admin", rate=(60, 60))
    async def more(self):
        if self.next_key:
            await self._fetch(self.next_key)

    @action("admin", rate=(60, 60))
    async def more_past(self):
        if self.next_past:
            await self._fetch_past(self.next_past)

    @action("admin", rate=(240, 60))
    async def type_creator(self, value: Short):
        self.typed = {**self.typed, "creator": value}
        await self._look()

    @action("admin", rate=(240, 60))
    async def choose_kind(self, value: Short):
        self.typed = {**self.typed, "kind": value}
        await self._look()

    @action("admin", rate=(240, 60))
    async def type_percent(self, value: Short):
        self.typed = {**self.typed, "percent": value}
        await self._look()

    async def _look(self) -> None:
        """What a sale costs now, and with what is typed. What can't be read yet is said beside its field."""
        require_admin(actor())
        self.errors = {}
        kind, typed = self.typed.get("kind", ""), self.typed.get("percent", "")
        percent = None
        try:
            percent = parse_percent(typed) if typed.strip() else None
        except Invalid as error:
            self.errors = {error.field: error.text}
        try:
            async with transaction() as session:
                creator_id = await fees.creator_called(session, self.typed.get("creator", ""))
                self.example = await _example(session, creator_id, kind, percent)
        except Invalid as error:
            self.errors, self.example = {**self.errors, error.field: error.text}, {}

    @action("admin", rate=(20, 60))
    async def create(self, form: Form):
        """In force for sales from now on."""
        self.errors = {}
        async with transaction() as session:
            creator_id = await fees.creator_called(session, text_of(form, "creator"))
            await fees.set_percent(
                session, actor(), creator_id=creator_id, kind=text_of(form, "kind"), percent=parse_percent(text_of(form, "percent"))
            )  # fmt: skip
        self.typed, self.made = {}, self.made + 1
        await self._show()
        await self._look()
        return success(_("The rule counts for sales from now on."))

    @action("admin", rate=(60, 60))
    async def choose(self, rule_id: Short):
        """The rule that the question is about."""
        self.ending = next((row for row in self.rows if row["id"] == rule_id), {})

    @action("admin", rate=(20, 60))
    async def end(self, rule_id: Short):
        async with transaction() as session:
            await fees.end(session, actor(), need_id(rule_id))
        self.ending = {}
        await self._show()
        await self._look()
        return success(_("The rule has ended. What was sold keeps its fee."))


def _percent_words(percent: Decimal) -> str:
    return percent_words(percent.normalize())


def _place(key: str) -> tuple[datetime, UUID] | None:
    at, _space, rule_id = key.partition(" ")
    found = parse_id(rule_id)
    return (datetime.fromisoformat(at), found) if found is not None else None


def _kinds() -> dict[str, str]:
    return {"lesson": _("Lesson"), "course": _("Course")}


async def _example(
    session: AsyncSession, creator_id: UUID | None, kind: str, percent: Decimal | None
) -> dict[str, str]:
    """ "From a $20.00 lesson by @handle the platform keeps $2.00 (10 %), by the default fee." """
    sale_kind = kind or fees.rules.KINDS[0]
    told = await fees.forecast(session, actor(), creator_id=creator_id, kind=kind, sale_kind=sale_kind, percent=percent)
    who = f"@{(await accounts.account(session, creator_id)).handle}" if creator_id else ""
    say = _("From a {price} lesson by {who} the platform keeps {fee} ({percent}), by {rule}.")
    if sale_kind == "course":
        say = _("From a {price} course by {who} the platform keeps {fee} ({percent}), by {rule}.")
    shown = {"price": format_minor(_PRICE, _CURRENCY), "who": who or _("somebody without a rule of their own")}
    words = say.format(**shown, **_kept(told.now), rule=await _rule_words(session, told.now))
    if told.then is told.now:
        wins = percent is not None and (creator_id is not None or kind != "")
        return {
            "now": words,
            "then": _("The new rule wouldn't change that: the one above is more exact.") if wins else "",
        }
    kept = _kept(told.then)
    then = _("With the new rule: {fee} ({percent}). The creator gets {yours}.").format(**kept)
    if told.now is not None and (told.now.creator_id, told.now.kind) == (creator_id, kind):
        then += " " + _("It takes the place of the rule above.")
    return {"now": words, "then": then}


def _kept(rule: fees.FeeRule | fees.Draft | None) -> dict[str, str]:
    percent = rule.percent if rule is not None else get_settings().platform_fee_percent
    parts = split(_PRICE, percent)
    return {
        "fee": format_minor(parts.fee_minor, _CURRENCY), "yours": format_minor(parts.creator_minor, _CURRENCY),
        "percent": _percent_words(percent),
    }  # fmt: skip


async def _rule_words(session: AsyncSession, rule: fees.FeeRule | fees.Draft | None) -> str:
    if rule is None:
        return _("the default fee")
    if rule.creator_id is None:
        return _("the rule for every course") if rule.kind == "course" else _("the rule for every lesson")
    handle = (await accounts.account(session, rule.creator_id)).handle
    if not rule.kind:
        return _("the rule for @{handle}").format(handle=handle)
    words = _("the rule for every course by @{handle}")
    if rule.kind == "lesson":
        words = _("the rule for every lesson by @{handle}")
    return words.format(handle=handle)


async def _name(session: AsyncSession, account_id: UUID | None) -> str:
    return (await accounts.account(session, account_id)).name if account_id else ""


async def _row(session: AsyncSession, rule: fees.FeeRule) -> dict[str, str]:
    creator = await accounts.account(session, rule.creator_id) if rule.creator_id else None
    return {
        "id": str(rule.id), "creator": f"@{creator.handle}" if creator else _("Every creator"),
        "name": creator.name if creator else "", "href": f"/creators/{creator.handle}" if creator else "",
        "kind": _kinds().get(rule.kind, rule.kind) if rule.kind else _("Every kind"),
        "percent": _percent_words(rule.percent), "set_by": await _name(session, rule.set_by),
        "set_at": moment(rule.created_at), "ended_by": await _name(session, rule.ended_by),
        "ended_at": moment(rule.ended_at),
    }  # fmt: skip
