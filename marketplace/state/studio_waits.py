"""What waits for a creator: the first thing of ``/studio``, and the numbers in its navigation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.db import transaction
from marketplace.domain.access.service import Actor, require_creator
from marketplace.domain.courses import desk
from marketplace.domain.orders import store as orders
from marketplace.domain.partners import service as partners
from marketplace.i18n import _, count_words
from marketplace.present import day
from marketplace.state.action import action, actor

Todo = dict[str, str]


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many of each. ``due``: until when the first dispute has to be answered."""

    work: int
    asks: int
    disputes: int
    invitations: int
    due: datetime | None


async def waiting(session: AsyncSession, who: Actor) -> Waiting:
    creator_id = require_creator(who)
    disputes, due = await orders.disputes_to_answer(session, creator_id)
    return Waiting(
        sum((await desk.counts(session, who)).values()), await orders.asks_count(session, creator_id), disputes,
        await partners.invited(session, who), due,
    )  # fmt: skip


def todos(found: Waiting, counts: dict[str, int], *, came_back: bool, nameless: bool) -> list[Todo]:
    """Beside the payments account, which the page shows first while it waits for its owner."""
    return [
        *([_payout_back()] if came_back else []), *_of_others(found),
        *([_invoice_details()] if nameless else []), *_own(counts),
    ]  # fmt: skip


def _of_others(found: Waiting) -> list[Todo]:
    """What somebody else waits for; the bank has a date."""
    made: list[Todo] = []
    if found.disputes:
        made.append({
            "title": _("Answer the bank"), "href": "/studio/requests", "action": _("Open requests"),
            "text": _("Disputed payments that wait for you: {n}. The first until {day}.").format(
                n=found.disputes, day=day(found.due)
            ) if found.due else _("Disputed payments that wait for you: {n}.").format(n=found.disputes),
        })  # fmt: skip
    if found.asks:
        made.append({
            "title": _("Answer a buyer"), "text": _("Refund requests: {n}.").format(n=found.asks),
            "href": "/studio/requests", "action": _("Open requests"),
        })  # fmt: skip
    if found.work:
        made.append({
            "title": _("Grade what was handed in"), "text": _("Waiting: {n}.").format(n=found.work),
            "href": "/studio/grading", "action": _("Open grading"),
        })  # fmt: skip
    if found.invitations:
        made.append({
            "title": _("Answer an invitation"), "href": "/studio/partners", "action": _("Open partners"),
            "text": _("Somebody wants to share sales with you: {n}.").format(n=found.invitations),
        })  # fmt: skip
    return made


def _payout_back() -> dict[str, str]:
    return {
        "title": _("Your last payout came back"), "text": _("The money is in your payments account. See why, and what to do."),
        "href": "/studio/payouts", "action": _("Open payouts"),
    }  # fmt: skip


def _invoice_details() -> dict[str, str]:
    return {
        "title": _("Add your invoice details"), "text": _("You sell in your own name: buyers' invoices need your address."),
        "href": "/studio/settings", "action": _("Fill in"),
    }  # fmt: skip


def _own(counts: dict[str, int]) -> list[dict[str, str]]:
    """Of the products, by their states."""
    todos: list[dict[str, str]] = []
    if counts.get("draft"):
        todos.append(
            {
                "title": _("Finish your draft") if counts["draft"] == 1 else _("Finish your drafts"),
                "text": _("Drafts waiting to be published: {n}.").format(n=counts["draft"]),
                "href": "/studio/products?state=draft", "action": _("Open drafts"),
            }
        )  # fmt: skip
    if not any(counts.values()):
        todos.append(
            {
                "title": _("Make your first lesson"), "text": _("A title, a cover, a video and a price: that's all."),
                "href": "/studio/new", "action": _("New lesson"),
            }
        )  # fmt: skip
    return todos


class StudioCounts(rx.State):
    """For the studio's navigation. Asked by every page of it."""

    grading: str = ""
    requests: str = ""
    partners: str = ""

    @action("anyone", rate=(240, 60))
    async def refresh(self):
        self.grading = self.requests = self.partners = ""
        if actor().is_creator:
            async with transaction() as session:
                found = await waiting(session, actor())
            self.grading, self.requests = _words(found.work), _words(found.asks + found.disputes)
            self.partners = _words(found.invitations)


def _words(count: int) -> str:
    return count_words(count) if count else ""
