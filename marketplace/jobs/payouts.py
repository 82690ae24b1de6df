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


async def farewell(creator_id: str) -> None:
    """Somebody left who can't ask for payouts any more: what is there, and what still comes, goes out by itself."""
    async with transaction() as session:
        merchant = await payouts.merchant(session, UUID(creator_id))
    if merchant is not None and merchant.account_id is not None and not merchant.closed:
        await vendors().connect.set_payout_settings(
            merchant.account_id, interval="daily", minimum={}, key=f"farewell:{creator_id}"
        )


TASKS = {"payouts.pay": pay, "payouts.farewell": farewell}
