"""Paying creators out when they ask for it."""

from __future__ import annotations

from uuid import UUID

from marketplace.db import transaction
from marketplace.domain.accounts import service as accounts
from marketplace.domain.notifications import service as notifications
from marketplace.domain.orders.errors import PaymentRefused
from marketplace.domain.payouts import service as payouts
from marketplace.i18n import _
from marketplace.jobs.reader import page, reading
from marketplace.money import format_minor
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


async def failed_mail(payout_id: str) -> None:
    """The bank sent a payout back: what happened, and what to do."""
    async with transaction() as session:
        row = await payouts.payout(session, payout_id)
        if row is None or row.state != "failed":
            return
        creator = await accounts.account(session, row.creator_id)
        with reading(creator.language):
            mail = notifications.compose(
                creator.email, _("Your payout came back"),
                [
                    notifications.hello(creator.name),
                    _("{amount} could not be paid to your bank, and is back in your payments account.").format(
                        amount=format_minor(row.amount_minor, row.currency)
                    ),
                    *([step] if (step := payouts.next_step(row)) else []),
                ],
                key=f"payout-failed-{row.id}", action=(_("Open your payouts"), page("/studio/payouts")),
            )  # fmt: skip
        await notifications.queue_mail(session, mail)


TASKS = {"payouts.failed_mail": failed_mail, "payouts.pay": pay, "payouts.farewell": farewell}
