"""On ``/admin``: money that doesn't match the payment partner's books, with both sides, and what can be done."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from uuid import UUID

import reflex as rx

from marketplace.db import transaction
from marketplace.domain.access.service import require_admin
from marketplace.domain.accounts import service as accounts
from marketplace.domain.proof import service as proof
from marketplace.domain.proof.models import ProofAlert, ProofResult
from marketplace.errors import Missing
from marketplace.i18n import N_, _
from marketplace.ids import parse_id
from marketplace.money import format_minor
from marketplace.present import moment
from marketplace.state.action import Form, Short, action, actor
from marketplace.state.base import Page, need_id, text_of
from marketplace.state.viewer import success

PAGE, SHOWN = 20, 20
_WHAT = {
    "transfer": N_("Transfer"),
    "reversal": N_("Taken back"),
    "payout": N_("Payout"),
    "payout_failed": N_("Payout that came back"),
    "charge": N_("Payment"),
    "refund": N_("Refund"),
    "refund_failed": N_("Refund that came back"),
    "dispute": N_("Dispute"),
    "balance": N_("Balance that no object explains"),
    "books": N_("Available and connected, which must mirror each other"),
}
_WHY = {
    "missing_here": N_("Not in our books"),
    "missing_there": N_("Not at the partner"),
    "amount": N_("Different amounts"),
}


@dataclass
class AlertView:
    """One alert as the page shows it."""

    id: str = ""
    who: str = ""
    href: str = ""
    currency: str = ""
    state: str = ""
    since: str = ""
    checked: str = ""
    journal: str = ""
    objects: str = ""
    statement: str = ""
    note: str = ""
    released: str = ""
    more: str = ""
    differences: list[dict[str, str]] = field(default_factory=list)


class ProofState(Page, rx.State):
    alerts: list[AlertView] = []
    next_key: str = ""
    busy: str = ""
    platform: list[dict[str, str]] = []

    @action("anyone")
    async def on_load(self):
        self.errors, self.busy = {}, ""
        if actor().is_admin:
            await self._show()
        self.loaded = True

    async def _show(self) -> None:
        self.alerts = []
        await self._fetch("")
        async with transaction() as session:
            found = await proof.latest(session, None)
        self.platform = [_platform_row(result) for _code, result in sorted(found.items())]

    async def _fetch(self, before: str) -> None:
        require_admin(actor())
        async with transaction() as session:
            found = await proof.alerts(session, before=parse_id(before), limit=PAGE + 1)
            people = {a.creator_id: await accounts.account(session, a.creator_id) for a, _r in found if a.creator_id}
            names = {creator_id: f"{person.name} (@{person.handle})" for creator_id, person in people.items()}
        shown = found[:PAGE]
        self.alerts = [*self.alerts, *[_view(alert, result, names) for alert, result in shown]]
        self.next_key = str(shown[-1][0].id) if len(found) > PAGE else ""

    @action("admin", rate=(60, 60))
    async def more(self):
        if self.next_key:
            await self._fetch(self.next_key)

    @action("admin", rate=(20, 60), background=True)
    async def check(self, alert_id: Short):
        """Compare that money again now; an alert that no longer holds closes by itself."""
        async with transaction() as session:
            alert = await proof.alert(session, need_id(alert_id))
            if alert is None:
                raise Missing
            await proof.request(session, alert.creator_id)
        async with self:
            self.busy = alert_id
        closed = await _looked_at(alert.id, alert.result_id)
        async with self:
            self.busy = ""
            await self._show()
        if closed is None:
            return success(_("The check is under way."))
        return success(
            _("It matches now. The money may move again.") if closed else _("Compared again: it still differs.")
        )

    @action("admin", rate=(5, 60), background=True)
    async def check_platform(self):
        """Compare the platform's own balance now."""
        async with transaction() as session:
            before = {one.id for one in (await proof.latest(session, None)).values()}
            await proof.request(session, None)
        async with self:
            self.busy = "platform"
        for _attempt in range(30):
            await asyncio.sleep(1)
            async with transaction() as session:
                if {one.id for one in (await proof.latest(session, None)).values()} != before:
                    break
        async with self:
            self.busy = ""
            await self._show()

    @action("admin", rate=(20, 60))
    async def release(self, form: Form):
        """Let the money move although it doesn't match; the note says why, and stays."""
        self.errors = {}
        async with transaction() as session:
            await proof.release(session, actor(), need_id(text_of(form, "alert_id")), text_of(form, "note"))
        await self._show()
        return success(_("Released. The same difference doesn't count again."))


async def _looked_at(alert_id: UUID, before: UUID) -> bool | None:
    """Did the alert close after another look? None when that takes long."""
    for _attempt in range(30):
        await asyncio.sleep(1)
        async with transaction() as session:
            alert = await proof.alert(session, alert_id)
        if alert is not None and alert.result_id != before:
            return alert.closed_at is not None
    return None


def _view(alert: ProofAlert, result: ProofResult, names: dict[UUID, str]) -> AlertView:
    money = lambda minor: "" if minor is None else format_minor(minor, alert.currency)  # noqa: E731
    left = len(result.differences) - SHOWN
    return AlertView(
        id=str(alert.id), currency=alert.currency.upper(), state=alert.state, since=moment(alert.first_seen_at),
        who=names[alert.creator_id] if alert.creator_id else _("The platform"),
        href=f"/studio/balance?creator={alert.creator_id}&currency={alert.currency}" if alert.creator_id else "",
        checked=moment(result.checked_at), journal=money(result.journal_minor), objects=money(result.objects_minor),
        statement=money(result.statement_minor), note=alert.note, released=moment(alert.released_at),
        more=str(left) if left > 0 else "",
        differences=[
            {
                "what": _(_WHAT[one["kind"]]) if one["kind"] in _WHAT else _("Other movement"), "object": one["object"],
                "why": _(_WHY[one["why"]]), "here": money(one["here"]) or "–", "there": money(one["there"]) or "–",
            }
            for one in result.differences[:SHOWN]
        ],
    )  # fmt: skip


def _platform_row(result: ProofResult) -> dict[str, str]:
    money = lambda minor: format_minor(minor, result.currency)  # noqa: E731
    return {
        "currency": result.currency.upper(), "journal": money(result.journal_minor), "objects": money(result.objects_minor),
        "statement": money(result.statement_minor), "own": money(result.own_minor), "checked": moment(result.checked_at),
        "state": _("Agrees") if result.matched else _("Differs"), "tone": "success" if result.matched else "danger",
    }  # fmt: skip
