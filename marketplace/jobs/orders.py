"""Moving money after a sale, and telling people about it."""

from __future__ import annotations

from uuid import UUID

from marketplace.db import transaction
from marketplace.domain.accounts import service as accounts
from marketplace.domain.notifications import service as notifications
from marketplace.domain.orders import refunds, settlement, store
from marketplace.domain.orders.errors import PaymentRefused
from marketplace.domain.orders.models import Refund, Transfer
from marketplace.domain.payouts import service as payouts
from marketplace.money import format_minor
from marketplace.queue import enqueue
from marketplace.settings import get_settings
from marketplace.vendors import vendors


async def settle(line_id: str) -> None:
    """Transfers and reversals of one line until nothing is left to move."""
    while True:
        async with transaction() as session:
            pending = await settlement.plan(session, UUID(line_id))
        if pending is None:
            return
        if pending.transfer is not None:
            if not await _transfer(pending):
                return
        else:
            await _reverse(pending)


async def _transfer(pending: settlement.Pending) -> bool:
    """False when the creator's account turned out not to take money: it waits until that is active again."""
    transfer = pending.transfer
    assert transfer is not None
    try:
        provider_id = await vendors().payments.create_transfer(
            amount_minor=transfer.amount_minor, currency=transfer.currency, account_id=transfer.account_id,
            charge_id=pending.charge_id, group=str(pending.order.id), line_id=str(transfer.line_id),
            key=f"transfer:{transfer.id}",
        )  # fmt: skip
    except PaymentRefused:
        if await _still_payable(transfer):
            raise
        return False
    async with transaction() as session:
        await settlement.record_transfer(session, transfer.id, provider_id)
    return True


async def _still_payable(transfer: Transfer) -> bool:
    """After a refusal: forget the intent, and learn from the provider whether the account takes money."""
    async with transaction() as session:
        await settlement.give_up(session, transfer.id)
    state = await vendors().connect.account(transfer.account_id)
    async with transaction() as session:
        await payouts.apply_account(session, state)
        return await payouts.payable_account(session, transfer.creator_id) is not None


async def _reverse(pending: settlement.Pending) -> None:
    reversal, of = pending.reversal, pending.reversed_transfer
    assert reversal is not None
    assert of is not None
    assert of.provider_id is not None
    result = await vendors().payments.reverse_transfer(
        of.provider_id, amount_minor=reversal.asked_minor, key=f"reversal:{reversal.id}"
    )
    async with transaction() as session:
        await settlement.record_reversal(session, reversal.id, result)


async def settle_creator(creator_id: str) -> None:
    """The creator's account became active: everything held for them starts to move."""
    async with transaction() as session:
        for line_id in await store.unpaid_lines(session, UUID(creator_id)):
            await enqueue(session, "orders.settle", {"line_id": str(line_id)}, lock=f"settle:{creator_id}")


async def refund(refund_id: str) -> None:
    """Ask the provider for a refund that was written down; its answer is applied like any webhook's."""
    async with transaction() as session:
        row = await session.get(Refund, UUID(refund_id))
        order = await store.order(session, row.order_id) if row else None
    if row is None or order is None or order.payment_intent_id is None or row.state != "requested":
        return
    try:
        state = await vendors().payments.create_refund(
            payment_intent_id=order.payment_intent_id, amount_minor=row.amount_minor, refund_id=str(row.id),
            key=f"refund:{row.id}",
        )  # fmt: skip
    except PaymentRefused as error:
        async with transaction() as session:
            await refunds.refuse(session, row.id, error.text)
        return
    async with transaction() as session:
        await refunds.apply(session, state)


async def receipt(order_id: str) -> None:
    async with transaction() as session:
        order = await store.order(session, UUID(order_id))
        if order is None:
            return
        buyer = await accounts.account(session, order.buyer_id)
        titles = [line.title for line in await store.lines(session, order.id)]
        site = get_settings()
        mail = notifications.compose(
            buyer.email, f"Your receipt for {titles[0][:120]}" if titles else "Your receipt",
            [
                f"Hello {buyer.name},",
                f"Thank you. You paid {format_minor(order.total_minor, order.currency)} for " + ", ".join(titles) + ".",
                f"Order {order.number}. It's in your library now, on every device you sign in with.",
            ],
            key=f"receipt-{order.id}", action=("Open your order", f"{site.public_url}/orders/{order.id}"),
        )  # fmt: skip
        await notifications.queue_mail(session, mail)


async def refund_mail(refund_id: str) -> None:
    async with transaction() as session:
        row = await session.get(Refund, UUID(refund_id))
        order = await store.order(session, row.order_id) if row else None
        if row is None or order is None:
            return
        buyer = await accounts.account(session, order.buyer_id)
        ends = " Access to it has ended." if row.revoke_access else " You keep access to it."
        mail = notifications.compose(
            buyer.email, f"Refund for order {order.number}",
            [
                f"Hello {buyer.name},",
                f"{format_minor(row.amount_minor, row.currency)} is on its way back to you; banks take up to ten days." + ends,
            ],
            key=f"refund-{row.id}", action=("Open your order", f"{get_settings().public_url}/orders/{order.id}"),
        )  # fmt: skip
        await notifications.queue_mail(session, mail)


TASKS = {
    "orders.settle": settle, "orders.settle_creator": settle_creator, "orders.refund": refund,
    "orders.receipt": receipt, "orders.refund_mail": refund_mail,
}  # fmt: skip
