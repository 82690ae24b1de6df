"""``/studio/requests``: what buyers and their banks want from a creator; one dispute with its evidence."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.db import transaction
from marketplace.domain.accounts import service as accounts
from marketplace.domain.orders import disputes, refunds
from marketplace.domain.orders import store as order_store
from marketplace.domain.orders.models import Dispute, Order, OrderLine, RefundAsk
from marketplace.errors import MarketplaceError
from marketplace.i18n import N_, _, joined
from marketplace.keys import NamedPlace, from_named_key, to_key
from marketplace.money import format_minor
from marketplace.present import day, moment
from marketplace.state.action import Form, action, actor
from marketplace.state.base import Page, need_id, param, text_of
from marketplace.state.dispute_files import EvidenceFiles
from marketplace.state.studio_waits import StudioCounts
from marketplace.state.viewer import success

_PAGE = 20
STATUS = {
    "needs_response": (N_("Answer it"), "danger"),
    "warning_needs_response": (N_("The bank asks"), "warning"),
    "under_review": (N_("With the bank"), "info"),
    "warning_under_review": (N_("With the bank"), "info"),
    "won": (N_("Won"), "success"),
    "lost": (N_("Lost"), "neutral"),
    "warning_closed": (N_("Closed"), "success"),
    "prevented": (N_("Prevented"), "success"),
}
_REASONS = {
    "fraudulent": N_("They say they didn't make this payment."),
    "duplicate": N_("They say they paid twice."),
    "product_not_received": N_("They say they never got it."),
    "product_unacceptable": N_("They say it isn't what was promised."),
    "subscription_canceled": N_("They say it was cancelled."),
    "unrecognized": N_("They don't recognise the payment."),
    "credit_not_processed": N_("They say a refund was promised and didn't come."),
    "general": N_("The bank gives no exact reason."),
}


def reason_words(reason: str) -> str:
    """Why a bank takes a payment back; what it calls the reason, where we know no words."""
    return _(_REASONS[reason]) if reason in _REASONS else reason.replace("_", " ")


def dispute_row(dispute: Dispute, order: Order, part_minor: int | None = None) -> dict[str, str]:
    """``part_minor``: how much of it is about the reader's own lines, where it is one of several sellers."""
    money = lambda minor: format_minor(minor, dispute.currency)  # noqa: E731
    amount = money(dispute.amount_minor)
    if part_minor is not None and part_minor != dispute.amount_minor:
        amount = _("{part} of {amount}").format(part=money(part_minor), amount=amount)
    words, tone = STATUS.get(dispute.status, (dispute.status.replace("_", " "), "neutral"))
    waiting = dispute.closed_at is None and dispute.submitted_at is None
    return {
        "id": dispute.id, "href": f"/studio/disputes/{dispute.id}", "order": str(order.number),
        "amount": amount, "state": _(words), "tone": tone,
        "reason": reason_words(dispute.reason),
        "due": day(dispute.due_at) if dispute.due_at and waiting else "", "day": day(dispute.created_at),
    }  # fmt: skip


async def ask_rows(session: AsyncSession, found: Sequence[tuple[RefundAsk, OrderLine, str]]) -> list[dict[str, str]]:
    return [_ask_row(ask, line, buyer, await refunds.reason(session, ask, line)) for ask, line, buyer in found]


def _ask_row(ask: RefundAsk, line: OrderLine, buyer: str, reason: str) -> dict[str, str]:
    return {
        "buyer": buyer,
        "id": str(ask.id), "title": line.title, "words": ask.words, "reason": reason, "day": day(ask.created_at),
        "amount": format_minor(line.amount_minor + line.tax_minor, line.currency),
        "href": f"/studio/earnings/{line.id}",
    }  # fmt: skip


class RequestsState(Page, rx.State):
    asks: list[dict[str, str]] = []
    disputes: list[dict[str, str]] = []
    next_key: str = ""

    @action("anyone")
    async def on_load(self):
        if not actor().is_creator:
            return rx.redirect("/studio", replace=True)
        self.disputes, self.errors = [], {}
        await self._show_asks()
        await self._fetch(None)
        self.loaded = True
        return None

    async def _show_asks(self) -> None:
        who = actor()
        assert who.account_id is not None
        async with transaction() as session:
            found = await order_store.asks_waiting(session, who.account_id)
            self.asks = await ask_rows(session, found)

    async def _fetch(self, before: NamedPlace | None) -> None:
        who = actor()
        assert who.account_id is not None
        async with transaction() as session:
            found = await order_store.disputes_for(session, who.account_id, before, _PAGE + 1)
            lines = await order_store.lines_of(session, [order.id for _dispute, order in found])
        self.disputes = [
            *self.disputes,
            *[dispute_row(d, o, disputes.part_of(d, lines[o.id], who.account_id)) for d, o in found[:_PAGE]],
        ]
        self.next_key = to_key(found[_PAGE - 1][0].created_at, found[_PAGE - 1][0].id) if len(found) > _PAGE else ""

    @action("creator", rate=(60, 60))
    async def more(self):
        if self.next_key:
            await self._fetch(from_named_key(self.next_key))

    async def _catch_up(self) -> None:
        await self._show_asks()

    @action("creator", rate=(20, 60))
    async def grant(self, form: Form):
        return await self._answer(form, grant=True)

    @action("creator", rate=(20, 60))
    async def refuse(self, form: Form):
        return await self._answer(form, grant=False)

    async def _answer(self, form: dict[str, str | bool | None], *, grant: bool):  # type: ignore[no-untyped-def]
        async with transaction() as session:
            await refunds.answer(
                session, actor(), need_id(text_of(form, "ask_id")), grant=grant, words=text_of(form, "answer")
            )
        await self._show_asks()
        said = success(_("The refund is on its way.") if grant else _("They get your answer by mail."))
        return [StudioCounts.refresh, said]


class DisputeState(EvidenceFiles, rx.State):
    """One dispute: what it is about, until when, and the evidence as it stands."""

    dispute: dict[str, str] = {}
    lines: list[dict[str, str]] = []
    evidence: list[dict[str, str]] = []

    @action("anyone")
    async def on_load(self):
        if not actor().signed_in:
            return rx.redirect("/login?next=/studio/requests", replace=True)
        self._dispute_id = param(self, "dispute_id")[:80]
        self.dispute, self.files, self.errors, self.failure = {}, [], {}, ""
        self._answer_file()
        try:
            await self._show()
        except MarketplaceError:
            self.failure = _("There is no dispute at this address.")
        self.loaded = True
        return None

    async def _show(self) -> None:
        async with transaction() as session:
            row, order, lines = await disputes.evidence_of(session, actor(), self._dispute_id)
            buyer = await accounts.account(session, order.buyer_id)
            others = sorted({line.creator_id for line in lines} - {actor().account_id})
            names = [(await accounts.account(session, one)).name for one in others]
            await self._show_files(session)
        sending = row.sending_at is not None and row.submitted_at is None and row.closed_at is None
        self.dispute = {
            **dispute_row(row, order, self._part(row, lines)), "buyer": buyer.name, "editable": "yes" if disputes.is_open(row) else "",
            "sending": "yes" if sending else "", "refusal": _(row.refusal),
            "sent": moment(row.submitted_at) if row.submitted_at else "", "open": "" if row.closed_at else "yes",
            "withdrawn": format_minor(row.withdrawn_minor, row.currency) if row.withdrawn_minor else "", "status": row.status,
            "others": joined(names) if len({line.creator_id for line in lines}) > 1 else "",
        }  # fmt: skip
        self.lines = [
            {"title": x.title, "amount": format_minor(x.amount_minor + x.tax_minor, x.currency)} for x in lines
        ]
        self.evidence = [
            {"name": name, "label": _(label), "value": str(row.evidence.get(name, ""))}
            for name, label in disputes.EVIDENCE.items()
        ]

    def _part(self, row: Dispute, lines: list[OrderLine]) -> int | None:
        me = actor().account_id
        return disputes.part_of(row, lines, me) if any(line.creator_id == me for line in lines) else None

    async def _catch_up(self) -> None:
        """What is typed stays while the answer can still be changed."""
        async with transaction() as session:
            row, _order, _lines = await disputes.evidence_of(session, actor(), self._dispute_id)
        if not disputes.is_open(row):
            await self._show()

    @action("member", rate=(30, 60))
    async def submit(self, form: Form):
        """Keep what was written; with ``then`` "send" it goes to the bank: once."""
        await self._keep(form)
        sending = text_of(form, "then") == "send"
        if sending:
            async with transaction() as session:
                await disputes.submit(session, actor(), self._dispute_id)
        await self._show()
        if not sending:
            return success(_("Saved."))
        return [success(_("It goes to the bank now. It decides within some weeks.")), DisputeState.follow]

    @action("member", rate=(30, 60), background=True)
    async def follow(self):
        """Show the answer's arrival at the bank, or why it wasn't taken, while the page is open."""
        async with self:
            dispute_id = self._dispute_id
        for _attempt in range(12):
            await asyncio.sleep(1)
            async with self:
                if self._dispute_id != dispute_id:
                    return
                await self._show()
                if not self.dispute["sending"]:
                    return

    async def _keep(self, form: dict[str, str | bool | None]) -> None:
        self.errors = {}
        values = {name: text_of(form, name) for name in disputes.EVIDENCE if name in form}
        async with transaction() as session:
            seen = {row["name"]: row["value"] for row in self.evidence}
            await disputes.save_evidence(session, actor(), self._dispute_id, values, seen)


__all__ = ["DisputeState", "RequestsState", "ask_rows", "dispute_row"]
