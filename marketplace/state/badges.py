"""``/studio/badges``: what a creator awards, by rules; in ``/admin/badges`` what the house does."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.db import transaction
from marketplace.domain.catalog import browse
from marketplace.domain.certificates import badges
from marketplace.domain.certificates.badge_rules import MAX_ITEMS, Item, Rule
from marketplace.domain.courses import conditions, earning, taking
from marketplace.errors import Invalid
from marketplace.i18n import _, count_words, ngettext
from marketplace.ids import parse_id
from marketplace.present import day
from marketplace.settings import get_settings
from marketplace.state.action import Form, Short, action, actor
from marketplace.state.base import Page, need_id, text_of
from marketplace.state.viewer import success

_AWARDS, _SOURCES = 50, 60


class BadgesState(Page, rx.State):
    """``draft`` is the badge being written, empty while none is; ``items`` what it asks for, and ``options`` what it
    could. ``holders``: who has the badge named in ``open``."""

    rows: list[dict[str, str]] = []
    draft: dict[str, str] = {}
    items: list[dict[str, str]] = []
    options: list[dict[str, str]] = []
    holders: list[dict[str, str]] = []
    open: str = ""
    house: bool = False
    round: int = 0

    _sources: list[str] = []
    _unfit: list[str] = []

    @action("anyone")
    async def on_load(self):
        if not actor().is_creator:
            return rx.redirect("/studio", replace=True)
        await self._begin(False)
        return None

    @action("anyone")
    async def on_load_house(self):
        if not actor().is_admin:
            return rx.redirect("/admin", replace=True)
        await self._begin(True)
        return None

    async def _begin(self, house: bool) -> None:
        self.house, self.draft, self.items, self.open, self.holders, self.errors = house, {}, [], "", [], {}
        await self._fetch()
        self.loaded = True

    async def _fetch(self) -> None:
        async with transaction() as session:
            found = await badges.listed(session, actor(), house=self.house)
            self.rows = [await _row(session, one) for one in found]

    @action("member", rate=(60, 60))
    async def begin(self):
        """A new badge."""
        self.draft = {"id": "", "name": "", "description": "", "skills": "", "needed": ""}
        await self._compose([])

    @action("member", rate=(60, 60))
    async def edit(self, badge_id: Short):
        async with transaction() as session:
            row = await badges.own(session, actor(), need_id(badge_id), house=self.house)
        rule = Rule.model_validate(row.rule)
        self.draft = {
            "id": str(row.id), "name": row.name, "description": row.description, "skills": ", ".join(row.skills),
            "needed": str(rule.needed or ""),
        }  # fmt: skip
        await self._compose([item.model_dump(mode="json") for item in rule.items])

    async def _compose(self, items: list[dict[str, Any]]) -> None:
        self._unfit = []
        self.errors, self.open, self.round = {}, "", self.round + 1
        async with transaction() as session:
            badges.owner(actor(), house=self.house)
            mine = [] if self.house else await conditions.offers(session, actor().account_id)  # type: ignore[arg-type]
            known = [str(one.product_id) for one in mine] + [str(item["product_id"]) for item in items]
            self._sources = list(dict.fromkeys(known))[:_SOURCES]
            labels = await self._offer(session)
        self.items = [
            {
                "key": _key(item), "label": labels.get(_key(item), _("A course or quiz that isn't there any more")),
                "percent": str(item["percent"]) if item["kind"] == "quiz" else "",
            }
            for item in items
        ]  # fmt: skip

    async def _offer(self, session: AsyncSession) -> dict[str, str]:
        ids = [UUID(one) for one in self._sources]
        titles, taught = await browse.titles(session, ids), await taking.courses(session, ids)
        labels: dict[str, str] = {}
        for product_id in ids:
            course = taught.get(product_id)
            if course is None:
                continue
            labels[f"{product_id}:"] = _("Finish “{course}”").format(course=titles.get(product_id, ""))
            for lesson in course.outline.lessons:
                for block in lesson.blocks:
                    if block.kind == "quiz":
                        labels[f"{product_id}:{block.id}"] = _("Pass the quiz in “{lesson}” of “{course}”").format(
                            lesson=lesson.title, course=titles.get(product_id, "")
                        )
        self.options = [{"value": key, "label": label} for key, label in labels.items()][:300]
        return labels

    @action("member", rate=(60, 60))
    async def look_up(self, form: Form):
        """Another course, by its page's address: for the house's badges."""
        slug = text_of(form, "address").split("?")[0].rstrip("/").rsplit("/", 1)[-1]
        async with transaction() as session:
            badges.owner(actor(), house=True)
            found = await browse.found(session, slug[:200]) if slug else None
            if found is None or found.product.kind != "course" or found.product.state != "published":
                raise Invalid(_("There is no course on offer at this address."), field="address")
            self._sources = list(dict.fromkeys([*self._sources, str(found.product.id)]))[-_SOURCES:]
            await self._offer(session)
        self.errors = {}

    @action("member", rate=(120, 60))
    async def add_item(self, key: Short):
        label = next((one["label"] for one in self.options if one["value"] == key), "")
        if label and len(self.items) < MAX_ITEMS and all(item["key"] != key for item in self.items):
            percent = "80" if key.partition(":")[2] else ""
            self.items = [*self.items, {"key": key, "label": label, "percent": percent}]
        self.round += 1

    @action("member", rate=(120, 60))
    async def drop_item(self, key: Short):
        self.items = [item for item in self.items if item["key"] != key]
        self._say_percent([one for one in self._unfit if one != key])

    @action("member", rate=(120, 60))
    async def set_percent(self, key: Short, typed: Short):
        typed, others = typed.strip(), [one for one in self._unfit if one != key]
        if not (typed.isascii() and typed.isdecimal() and len(typed) < 4 and 1 <= int(typed) <= 100):
            return self._say_percent([*others, key])
        self._say_percent(others)
        self.items = [{**item, "percent": typed} if item["key"] == key else item for item in self.items]

    def _say_percent(self, unfit: list[str]) -> None:
        """``unfit``: of which of the list no percentage was typed."""
        self._unfit = unfit
        rest = {name: words for name, words in self.errors.items() if name != "rule"}
        self.errors = {**rest, "rule": _("Type a whole number of percent from 1 to 100.")} if unfit else rest

    @action("member", rate=(30, 60))
    async def save(self, form: Form):
        self.errors = {}
        if self._unfit:
            return self._say_percent(self._unfit)
        needed = text_of(form, "needed").strip()
        if needed and not (needed.isascii() and needed.isdecimal() and len(needed) < 4 and int(needed) <= MAX_ITEMS):
            raise Invalid(_("Type how many of the list are needed, or nothing for all."), field="needed")
        rule = Rule(items=tuple(_item(item) for item in self.items), needed=int(needed or 0))
        async with transaction() as session:
            await badges.save(
                session, actor(), parse_id(self.draft.get("id", "")) if self.draft.get("id") else None, house=self.house,
                name=text_of(form, "name"), description=text_of(form, "description"),
                skills=text_of(form, "skills").split(","), rule=rule,
            )  # fmt: skip
        self.draft, self.items = {}, []
        await self._fetch()
        return success(_("Saved. Whoever meets it already gets it in a moment."))

    @action("member", rate=(60, 60))
    async def cancel(self):
        self.draft, self.items, self.errors, self._unfit = {}, [], {}, []

    @action("member", rate=(30, 60))
    async def archive(self, badge_id: Short):
        async with transaction() as session:
            await badges.archive(session, actor(), need_id(badge_id), house=self.house)
        await self._fetch()
        return success(_("Archived. Nobody earns it any more; who has it keeps it."))

    @action("member", rate=(60, 60))
    async def show_holders(self, badge_id: Short):
        """Who has it; the same button again hides them."""
        if self.open == badge_id:
            self.open, self.holders = "", []
            return
        async with transaction() as session:
            found = await badges.awards(session, actor(), need_id(badge_id), house=self.house, limit=_AWARDS)
        self.open = badge_id
        self.holders = [
            {
                "name": row.name or _("Former member"), "day": day(row.issued_at),
                "href": f"{get_settings().backend}/certificates/{row.token}",
                "state": _("Revoked") if row.revoked_at else "",
            }
            for row in found
        ]  # fmt: skip


def _key(item: dict[str, Any]) -> str:
    return f"{item['product_id']}:{item.get('block_id') or ''}"


def _item(row: dict[str, str]) -> Item:
    product, _sep, block = row["key"].partition(":")
    if block:
        return Item(kind="quiz", product_id=UUID(product), block_id=UUID(block), percent=int(row["percent"] or 100))
    return Item(kind="course", product_id=UUID(product))


async def _row(session: AsyncSession, one: badges.Shown) -> dict[str, str]:
    return {
        "id": str(one.row.id), "name": one.row.name, "description": one.row.description,
        "skills": " · ".join(one.row.skills), "asks": await earning.narrative(session, one.rule),
        "awarded": ngettext("Awarded {n} time", "Awarded {n} times", one.awarded).format(n=count_words(one.awarded)),
        "count": str(one.awarded or ""),
    }  # fmt: skip
