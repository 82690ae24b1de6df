"""Paying creators out when they ask for it."""

from __future__ import annotations

from uuid import UUID

from marketplace.db import transaction
from marketplace.domain.orders.errors import PaymentRefused
from marketplace.domain.payouts import service as payouts
from marketplace.vendors import vendors


async def pay(order_id: str) -> None:
    """Ask the provider; the same order is the same payout, however often this runs."""
    async with transaction() as session:
        order = await payouts.payout_order(session, UUID(order_id))
    if order is None or order.state != "asked":
        return
    try:
        state = await vendors().connect.create_payout(
            order.account_id, amount_minor=order.amount_minor, currency=order.currency, key=f"payout:{order.id}"
        )
    except PaymentRefused as error:
        async with transaction() as session:
            await payouts.finish_order(session, order.id, payout_id=None, failure=error.text)
        return
    async with transaction() as session:
        await payouts.apply_payout(session, state)
        await payouts.finish_order(session, order.id, payout_id=state.id)


TASKS = {"payouts.pay": pay}
