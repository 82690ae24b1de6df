"""``/studio/balance``: why a creator's balance is what it is, every journal line of it, and the proof that it is right."""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode
from uuid import UUID

import reflex as rx

from marketplace.clock import now
from marketplace.db import transaction
from marketplace.domain.access.service import require_owner
from marketplace.domain.accounts import service as accounts
from marketplace.domain.ledger import service as ledger
from marketplace.domain.payouts import service as payouts
from marketplace.domain.proof import service as proof
from marketplace.errors import Missing, SignInNeeded
from marketplace.i18n import N_, _
from marketplace.ids import parse_id
from marketplace.money import format_minor
from marketplace.present import day, moment, when
from marketplace.state.action import action, actor
from marketplace.state.base import Page, param
from marketplace.state.requests import reason_words
from marketplace.state.viewer import success

PAGE = 25
_EVENTS = {
    "sale": N_("Sale"),
    "refund": N_("Refund to the buyer"),
    "refund_failed": N_("Refund came back to us"),
    "transfer": N_("Moved to your payments account"),
    "reversal": N_("Taken back from your payments account"),
    "debt": N_("Owed, because your balance didn't cover it"),
    "debt_paid": N_("Kept to pay what was owed"),
    "payout": N_("Sent to your bank"),
    "payout_failed": N_("Came back from your bank"),
    "dispute": N_("Disputed with the buyer's bank"),
    "dispute_won": N_("Dispute won"),
}
_STEPS = {
    "sale": N_("Sales"),
    "fees": N_("Platform fees"),
    "refund": N_("Refunds to buyers"),
    "refund_failed": N_("Refunds that came back"),
    "transfer": N_("Moved to your payments account"),
    "reversal": N_("Taken back from your payments account"),
    "debt": N_("What your balance didn't cover"),
    "debt_paid": N_("Kept to pay what was owed"),
    "payout": N_("Sent to your bank"),
    "payout_failed": N_("Came back from your bank"),
    "dispute": N_("Disputed with buyers' banks"),
    "dispute_won": N_("Disputes won"),
}
_HELD_STEPS = {
    "sale": N_("Your part of sales"),
    "refund": N_("Your part of refunds"),
    "refund_failed": N_("Refunds that came back"),
}


def words(known: dict[str, str], kind: str) -> str:
    """A kind of entry as a person reads it."""
    return _(known[kind]) if kind in known else kind.replace("_", " ").capitalize()


class BalanceState(Page, rx.State):
    whose: str = ""
    overview: list[dict[str, str]] = []
    current: dict[str, str] = {}
    earned: list[dict[str, str]] = []
    places: list[dict[str, str]] = []
    held_steps: list[dict[str, str]] = []
    available_steps: list[dict[str, str]] = []
    rows: list[dict[str, str]] = []
    has_more: bool = False
    proven: dict[str, str] = {}
    checking: bool = False
    files: dict[str, str] = {}

    _owner: str = ""
    _currency: str = ""
    _cursor: ledger.Cursor | None = None

    @action("anyone")
    async def on_load(self):
        """The creator's own; an admin may name another in the address."""
        who, asked = actor(), param(self, "creator")
        self.failure, self.loaded, self.checking = "", False, False
        if not who.signed_in:
            return rx.redirect("/login?next=/studio/balance", replace=True)
        if not asked and not who.is_creator:
            return rx.redirect("/studio", replace=True)
        owner_id = parse_id(asked) if asked else who.account_id
        if owner_id is None or (owner_id != who.account_id and not who.is_admin):
            self.failure, self.loaded = _("There is no statement at this address."), True
            return None
        self._owner = str(owner_id)
        try:
            await self._show(param(self, "currency").lower())
        except Missing:
            self.failure = _("There is no statement at this address.")
        self.loaded = True
        return None

    def _owned(self) -> UUID:
        """Whose statement it is, if the sender may still see it."""
        owner_id = parse_id(self._owner)
        if owner_id is None:
            raise SignInNeeded
        require_owner(actor(), owner_id, or_admin=True)
        return owner_id

    async def _show(self, currency: str) -> None:
        owner_id = self._owned()
        theirs = owner_id != actor().account_id
        async with transaction() as session:
            owner = await accounts.account(session, owner_id)
            told = await ledger.explanation(session, owner_id)
            moving = await payouts.in_transit(session, owner_id)
            frozen = await proof.frozen(session, owner_id)
        self.whose = owner.name if theirs else ""
        query = {"creator": self._owner} if theirs else {}
        self.overview = [_overview(code, one, moving.get(code, 0), frozen, query) for code, one in sorted(told.items())]
        self.files = {form: _address(f"/studio/export/ledger.{form}", query) for form in ("csv", "ledger")}
        self._currency = currency if currency in told else _main(told)
        self.rows, self.has_more, self._cursor, self.current = [], False, None, {}
        if self._currency:
            self._explain(told[self._currency], moving.get(self._currency, 0), self._currency in frozen)
            await self._fetch()
            await self._prove()

    def _explain(self, told: ledger.Explained, moving: int, frozen: bool) -> None:
        currency = self._currency
        self.current = {
            **_overview(currency, told, moving, {currency} if frozen else set(), {}),
            "total": format_minor(told.total_minor, currency),
            "owed_once": "yes" if told.debt_steps else "",
        }
        self.earned = _lines({**_STEPS}, told.earned, currency)
        self.held_steps = _lines({**_STEPS, **_HELD_STEPS}, told.held_steps, currency)
        self.available_steps = _lines(_STEPS, told.available_steps, currency)
        places = [
            (_("On hold"), told.held_minor), (_("Available in your payments account"), told.available_minor),
            (_("On its way to your bank"), moving), (_("Arrived at your bank"), told.paid_out_minor - moving),
            (_("You owe"), -told.debt_minor),
        ]  # fmt: skip
        self.places = [{"label": label, "amount": format_minor(minor, currency)} for label, minor in places if minor]

    async def _fetch(self) -> None:
        owner_id = self._owned()
        async with transaction() as session:
            page = await ledger.statement_page(session, owner_id, self._currency, self._cursor, PAGE)
        own = owner_id == actor().account_id
        self.rows = [*self.rows, *[_row(row, self._currency, own) for row in page.rows]]
        self._cursor, self.has_more = page.next, page.next is not None

    @action("member", rate=(120, 60))
    async def more(self):
        """The next page of the statement."""
        if self.has_more and self._cursor is not None:
            await self._fetch()

    async def _prove(self) -> None:
        owner_id = self._owned()
        async with transaction() as session:
            result = (await proof.latest(session, owner_id)).get(self._currency)
            frozen = self._currency in await proof.frozen(session, owner_id)
        self.proven = _proven(result, frozen)
        self.current = {**self.current, "frozen": "yes" if frozen else ""}

    @action("member", rate=(3, 600), background=True)
    async def check(self):
        """Compare with the payment partner now, and show what came of it."""
        async with self:
            owner_id = self._owned()
            self.checking = True
        asked = now()
        async with transaction() as session:
            await proof.request(session, owner_id)
        done = False
        for _attempt in range(20):
            await asyncio.sleep(1)
            async with transaction() as session:
                found = await proof.latest(session, owner_id)
            if done := any(result.checked_at >= asked for result in found.values()):
                break
        async with self:
            self.checking = False
            await self._prove()
        if not done:
            return success(_("The check is under way. Its result will be here in a few minutes."))
        return None


def _main(told: dict[str, ledger.Explained]) -> str:
    """The currency to begin with: the first in which there is money."""
    alive = [code for code, one in told.items() if one.held_minor or one.available_minor or one.debt_minor]
    return min(alive or told, default="")


def _address(path: str, query: dict[str, str]) -> str:
    return f"{path}?{urlencode(query)}" if query else path


def _overview(
    currency: str, told: ledger.Explained, moving: int, frozen: set[str], query: dict[str, str]
) -> dict[str, str]:
    money = lambda minor: format_minor(minor, currency)  # noqa: E731
    return {
        "currency": currency.upper(), "held": money(told.held_minor), "available": money(told.available_minor),
        "moving": money(moving), "arrived": money(told.paid_out_minor - moving),
        "debt": money(told.debt_minor) if told.debt_minor else "", "frozen": "yes" if currency in frozen else "",
        "href": _address("/studio/balance", {**query, "currency": currency}),
    }  # fmt: skip


def _lines(known: dict[str, str], steps, currency: str) -> list[dict[str, str]]:  # type: ignore[no-untyped-def]
    return [{"label": words(known, s.what), "amount": format_minor(s.amount_minor, currency)} for s in steps]


def _row(row: ledger.StatementRow, currency: str, own: bool) -> dict[str, str]:
    """One journal line: what it was, how it changed each account, and what was in them after it."""
    return {
        "id": str(row.entry_id), "what": words(_EVENTS, row.kind), "when": moment(row.at), "day": day(row.at),
        "detail": _detail(row, currency), "href": _href(row, own), **_change(row, "held", currency, -1),
        **_change(row, "available", currency, -1), **_change(row, "debt", currency, 1),
    }  # fmt: skip


def _change(row: ledger.StatementRow, account: str, currency: str, sign: int) -> dict[str, str]:
    change, after = sign * row.amounts.get(account, 0), sign * row.balances.get(account, 0)
    plus = "+" if change > 0 else ""
    return {
        account: f"{plus}{format_minor(change, currency)}" if change else "",
        f"{account}_after": format_minor(after, currency) if change else "",
    }


def _detail(row: ledger.StatementRow, currency: str) -> str:
    """The lesson, or the reason; the price and the fee of a sale; whatever was noted."""
    own = -sum(row.amounts.get(account, 0) for account in ("held", "available", "debt"))
    fee = row.about.get("fees", 0)
    number = _("Order {n}").format(n=row.order_number) if row.order_number else ""
    memo = reason_words(row.memo) if row.kind in ("dispute", "dispute_won") else row.memo
    parts = [memo, *row.notes, number]
    if row.kind == "sale" and fee:
        price, taken = format_minor(own - fee, currency), format_minor(fee, currency)
        goods = sum(row.about.get(account, 0) for account in ("stripe", "tax", "discounts"))
        say = _("Price {price}, fee {fee}") if goods == own - fee else _("Your part of the price {price}, fee {fee}")
        parts.append(say.format(price=price, fee=taken))
    elif row.kind in ("refund", "refund_failed") and fee:
        given = format_minor(fee, currency)
        parts.append(_("The platform gave back {fee} of its fee").format(fee=given) if fee > 0 else "")
    return " · ".join(part for part in parts if part)


def _href(row: ledger.StatementRow, own: bool) -> str:
    if row.line_id is not None:
        return f"/studio/earnings/{row.line_id}"
    return "/studio/payouts" if row.source == "payout" and own else ""


def _proven(result, frozen: bool) -> dict[str, str]:  # type: ignore[no-untyped-def]
    """The last comparison with the payment partner, for the creator."""
    if result is None:
        return {"state": "never", "frozen": ""}
    money = lambda minor: format_minor(minor, result.currency)  # noqa: E731
    return {
        "state": "matched" if result.matched else "differs", "frozen": "yes" if frozen else "",
        "when": when(result.checked_at), "at": moment(result.checked_at), "journal": money(result.journal_minor),
        "objects": money(result.objects_minor), "statement": money(result.statement_minor),
        "waiting": str(len(result.waiting)) if result.waiting else "",
    }  # fmt: skip
