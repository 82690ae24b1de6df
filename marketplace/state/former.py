"""On ``/admin``: who owes us, what is still due to people who left, and what buyers asked of them."""

from __future__ import annotations

from uuid import UUID

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.db import transaction
from marketplace.domain.access.service import require_admin
from marketplace.domain.accounts import service as accounts
from marketplace.domain.ledger import service as ledger
from marketplace.domain.orders import refunds
from marketplace.domain.orders import store as order_store
from marketplace.domain.payouts import service as payouts
from marketplace.i18n import _
from marketplace.money import format_minor
from marketplace.present import day
from marketplace.state.action import Form, action, actor
from marketplace.state.base import Page, need_id, text_of
from marketplace.state.requests import ask_rows
from marketplace.state.viewer import success

_PAGE = 20


class FormerState(Page, rx.State):
    owing: list[dict[str, str]] = []
    asks: list[dict[str, str]] = []
    next_key: str = ""

    @action("anyone")
    async def on_load(self):
        self.owing, self.asks, self.next_key = [], [], ""
        if actor().is_admin:
            await self._fetch("")
            await self._show_asks()
        self.loaded = True

    async def _fetch(self, after: str) -> None:
        require_admin(actor())
        owner, _dot, currency = after.partition(".")
        key = (UUID(owner), currency) if after else None
        async with transaction() as session:
            found = list((await ledger.owing(session, key, _PAGE + 1)).items())
            rows = [await _row(session, *one, totals) for one, totals in found[:_PAGE]]
        self.owing = [*self.owing, *rows]
        self.next_key = "{}.{}".format(*found[_PAGE - 1][0]) if len(found) > _PAGE else ""

    async def _show_asks(self) -> None:
        require_admin(actor())
        async with transaction() as session:
            self.asks = await ask_rows(session, await order_store.asks_of_nobody(session))

    @action("admin", rate=(60, 60))
    async def more(self):
        if self.next_key:
            await self._fetch(self.next_key)

    @action("admin", rate=(60, 60))
    async def grant(self, form: Form):
        return await self._answer(form, grant=True)

    @action("admin", rate=(60, 60))
    async def refuse(self, form: Form):
        return await self._answer(form, grant=False)

    async def _answer(self, form: dict[str, str | bool | None], *, grant: bool):  # type: ignore[no-untyped-def]
        ask_id, words = need_id(text_of(form, "ask_id")), text_of(form, "answer")
        async with transaction() as session:
            await refunds.answer(session, actor(), ask_id, grant=grant, words=words)
        await self._show_asks()
        return success(_("The refund is on its way.") if grant else _("They get your answer by mail."))


async def _row(session: AsyncSession, owner_id: UUID, currency: str, totals: dict[str, int]) -> dict[str, str]:
    account = await accounts.account(session, owner_id)
    merchant = await payouts.merchant(session, owner_id)

    def money(minor: int) -> str:
        return format_minor(minor, currency) if minor else ""

    return {
        "name": account.name, "handle": account.handle, "left": day(account.deleted_at) if account.deleted_at else "",
        "href": f"/studio/balance?creator={owner_id}&currency={currency}", "debt": money(totals.get("debt", 0)),
        "held": money(-totals.get("held", 0)), "available": money(-totals.get("available", 0)),
        "account": (merchant.account_id or "") if merchant else "",
    }  # fmt: skip
