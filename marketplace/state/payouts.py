"""``/studio/payouts``: a creator's money by state, when it goes to their bank, and sending it now."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import reflex as rx
from sqlalchemy import text

from marketplace.db import transaction
from marketplace.domain.ledger import service as ledger
from marketplace.domain.payouts import service as payouts
from marketplace.domain.payouts.models import Payout, PayoutOrder
from marketplace.domain.payouts.ports import PayoutSettings, ProviderBalance
from marketplace.errors import Invalid, MarketplaceError
from marketplace.i18n import N_, _, joined, list_words
from marketplace.keys import NamedPlace, from_named_key, to_key
from marketplace.money import format_minor, parse, to_input
from marketplace.present import day, moment
from marketplace.state.action import Form, Short, action, actor
from marketplace.state.base import text_of
from marketplace.state.earnings import words_and_tone
from marketplace.state.payment_account import PaymentAccount
from marketplace.state.viewer import success
from marketplace.vendors import vendors

_PAGE = 20
DAYS = {
    "monday": N_("Monday"),
    "tuesday": N_("Tuesday"),
    "wednesday": N_("Wednesday"),
    "thursday": N_("Thursday"),
    "friday": N_("Friday"),
}
_STATES = {
    "pending": (N_("On its way"), "info"),
    "in_transit": (N_("On its way"), "info"),
    "paid": (N_("Arrived"), "success"),
    "failed": (N_("Came back"), "danger"),
    "canceled": (N_("Cancelled"), "neutral"),
    "asked": (N_("Being sent"), "info"),
    "refused": (N_("Not possible"), "danger"),
}


class PayoutsState(PaymentAccount, rx.State):
    """``rows``: one per currency. What only the provider knows comes a moment later (``asked``)."""

    rows: list[dict[str, str]] = []
    history: list[dict[str, str]] = []
    orders: list[dict[str, str]] = []
    schedule: dict[str, str] = {}
    next_key: str = ""
    interval: str = "daily"
    asked: bool = False
    unreachable: bool = False
    ready: bool = False
    busy: str = ""
    saved: int = 0

    _balance: dict[str, tuple[int, int]] = {}

    @action("anyone")
    async def on_load(self):
        if not actor().is_creator:
            return rx.redirect("/studio", replace=True)
        self.asked = self.unreachable = False
        self.busy, self.errors, self.history, self._balance, self.schedule = "", {}, [], {}, {}
        await self._show()
        await self._fetch(None)
        self._show_account(ready=self.ready)
        self.loaded = True
        return PayoutsState.ask_provider

    async def _show(self) -> None:
        """From our own books, with what the provider said last."""
        who = actor()
        assert who.account_id is not None
        async with transaction() as session:
            books = await ledger.balances(session, who.account_id)
            on_the_way = await payouts.in_transit(session, who.account_id)
            merchant = await payouts.merchant(session, who.account_id)
            self.orders = [
                _order_row(order) for order in await payouts.orders_of(session, who.account_id) if order.state != "done"
            ]
            held = await _releases(session, who.account_id)
        self.ready = bool(merchant and merchant.account_id and not merchant.closed)
        currencies = sorted({*books, *on_the_way, *self._balance})
        self.rows = [
            _row(c, books.get(c, {}), on_the_way.get(c, 0), self._balance.get(c), held.get(c)) for c in currencies
        ]

    async def _catch_up(self) -> None:
        await self._show()

    async def _fetch(self, before: NamedPlace | None) -> None:
        who = actor()
        assert who.account_id is not None
        async with transaction() as session:
            found = await payouts.payouts_of(session, who.account_id, _PAGE + 1, before)
        self.history = [*self.history, *[_payout_row(payout) for payout in found[:_PAGE]]]
        self.next_key = to_key(found[_PAGE - 1].created_at, found[_PAGE - 1].id) if len(found) > _PAGE else ""

    @action("creator", rate=(60, 60))
    async def more(self):
        if self.next_key:
            await self._fetch(from_named_key(self.next_key))

    @action("creator", rate=(30, 60), background=True)
    async def ask_provider(self):
        """Balance and schedule as the provider has them now."""
        try:
            account_id = await self._account()
            balance, settings = await asyncio.gather(
                vendors().connect.balance(account_id), vendors().connect.payout_settings(account_id)
            )
        except Invalid:
            async with self:
                self.asked = True
            return
        except MarketplaceError:
            async with self:
                self.unreachable = self.asked = True
            return
        async with self:
            self._balance = _by_currency(balance)
            self.schedule, self.interval = _schedule(settings), settings.interval
            self.unreachable, self.asked = False, True
            await self._show()

    @action("creator", rate=(10, 60), background=True)
    async def pay_out(self, currency: Short):
        """All that is available of one currency, to the bank now. Clicking twice pays once."""
        async with self:
            if self.busy:
                return None
            self.busy, self.errors = currency, {}
        try:
            account_id = await self._account()
            balance = await vendors().connect.balance(account_id)
            async with transaction() as session:
                await payouts.order_payout(session, actor(), currency, balance.available.get(currency, 0))
            async with self:
                await self._show()
            return [success(_("It is on its way to your bank.")), PayoutsState.follow]
        finally:
            async with self:
                self.busy = ""

    @action("creator", rate=(30, 60), background=True)
    async def follow(self):
        """Show what becomes of it while the page is open."""
        for _attempt in range(10):
            await asyncio.sleep(1.5)
            async with self:
                await self._show()
                if not any(order["open"] for order in self.orders):
                    self.history = []
                    await self._fetch(None)
                    break
        return PayoutsState.ask_provider

    @action("creator", rate=(60, 60))
    async def choose(self, interval: Short):
        self.interval = interval if interval in ("daily", "weekly", "monthly", "manual") else "daily"

    @action("creator", rate=(10, 60), background=True)
    async def set_schedule(self, form: Form):
        """When the provider sends money by itself, and what it leaves in the account."""
        async with self:
            self.errors = {}
        interval = text_of(form, "interval")
        days = [name for name in DAYS if form.get(f"day-{name}")]
        if interval not in ("daily", "weekly", "monthly", "manual"):
            raise Invalid(_("Choose one from the list."), field="interval")
        if interval == "weekly" and not days:
            raise Invalid(_("Choose at least one day."), field="days")
        number = text_of(form, "day_of_month").strip()
        if interval == "monthly" and not (number.isdecimal() and 1 <= int(number) <= 31):
            raise Invalid(_("Type a day from 1 to 31."), field="day_of_month")
        minimum = {
            name.removeprefix("minimum-"): parse(str(value), name.removeprefix("minimum-"), field=name) if str(value).strip() else 0
            for name, value in form.items() if name.startswith("minimum-")
        }  # fmt: skip
        account_id = await self._account()
        settings = await vendors().connect.set_payout_settings(
            account_id, interval=interval, weekly_days=days if interval == "weekly" else (),  # type: ignore[arg-type]
            monthly_days=[int(number)] if interval == "monthly" else (), minimum=minimum or None,
            key=f"schedule:{account_id}:{datetime.now(UTC).timestamp()}",
        )  # fmt: skip
        async with self:
            self.schedule, self.interval = _schedule(settings), settings.interval
            self.saved += 1
        return success(_("Saved."))


async def _releases(session, creator_id) -> dict[str, datetime]:  # type: ignore[no-untyped-def]
    """currency → when the first money on hold is released, where it is only time that holds it."""
    rows = await session.execute(
        text(
            "SELECT s.currency, min(o.paid_at + make_interval(days => o.hold_days)) FROM share s"
            ' JOIN "order" o ON o.id = s.order_id WHERE s.payee_id = :c AND NOT s.settled AND o.hold_days > 0'
            " AND o.state = 'paid' GROUP BY 1"
        ),
        {"c": creator_id},
    )
    return {currency: at for currency, at in rows.all() if at is not None}


def _by_currency(balance: ProviderBalance) -> dict[str, tuple[int, int]]:
    return {c: (balance.available.get(c, 0), balance.pending.get(c, 0)) for c in {*balance.available, *balance.pending}}


def _row(
    currency: str, books: dict[str, int], transit: int, there: tuple[int, int] | None, release: datetime | None
) -> dict[str, str]:
    """One currency. ``available`` is what can be paid out now, as the provider says."""
    money = lambda minor: format_minor(minor, currency)  # noqa: E731
    ours = -books.get("available", 0)
    available, pending = there if there is not None else (ours, 0)
    free = payouts.payable_now(available, books.get("held", 0), currency)
    return {
        "currency": currency, "name": currency.upper(), "held": money(-books.get("held", 0)),
        "taking": "yes" if books.get("held", 0) > 0 else "",
        "release": _("from {day} on").format(day=day(release)) if release else "",
        "pending": money(pending) if pending else "", "available": money(available),
        "can_pay": "yes" if there is not None and free > 0 else "", "payable": money(free),
        "transit": money(transit), "debt": money(books["debt"]) if books.get("debt") else "",
    }  # fmt: skip


def _order_row(order: PayoutOrder) -> dict[str, str]:
    return {
        "id": str(order.id), "amount": format_minor(order.amount_minor, order.currency), "failure": order.failure,
        "when": moment(order.created_at), "open": "yes" if order.state == "asked" else "",
        **words_and_tone(_STATES, order.state),
    }  # fmt: skip


def _payout_row(payout: Payout) -> dict[str, str]:
    step = payouts.next_step(payout)
    return {
        "id": payout.id, "amount": format_minor(payout.amount_minor, payout.currency),
        **words_and_tone(_STATES, payout.state), "arrives": day(payout.arrives_at), "failure": step,
        "trace": payout.trace_id, "how": _("By schedule") if payout.automatic else _("On request"),
    }  # fmt: skip


def _schedule(settings: PayoutSettings) -> dict[str, str]:
    """The provider's schedule in words, and as the form's fields."""
    days = list_words([_(DAYS[name]) for name in settings.weekly_days])
    words = {
        "daily": _("Every working day"), "weekly": _("Every {days}").format(days=days),
        "monthly": _("On day {days} of each month").format(days=list_words([str(n) for n in settings.monthly_days])),
        "manual": _("Only when you ask for it"),
    }[settings.interval]  # fmt: skip
    least = joined(format_minor(minor, c) for c, minor in sorted(settings.minimum.items()) if minor)
    if least and settings.interval != "manual":
        words = _("{schedule}, leaving {amount} in the account").format(schedule=words, amount=least)
    return {
        "words": words, "enabled": "yes" if settings.enabled else "", "delay": str(settings.delay_days),
        "day_of_month": str(settings.monthly_days[0]) if settings.monthly_days else "1",
        **{f"day-{name}": "yes" if name in settings.weekly_days else "" for name in DAYS},
        **{f"minimum-{c}": to_input(minor, c) for c, minor in settings.minimum.items() if minor},
    }  # fmt: skip


__all__ = ["DAYS", "PayoutsState"]
