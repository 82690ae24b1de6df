"""Asking the vendors for what never arrived, and starting again what died on the way."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import text

from marketplace.clock import now
from marketplace.db import transaction
from marketplace.domain.accounts import service as accounts
from marketplace.domain.inbox import service as inbox
from marketplace.domain.media import service as media
from marketplace.domain.orders import service as orders
from marketplace.domain.orders import store as order_store
from marketplace.domain.payouts import service as payouts
from marketplace.errors import MarketplaceError
from marketplace.jobs import webhooks
from marketplace.queue import enqueue
from marketplace.vendors import vendors

log = structlog.get_logger()
_OVERLAP = timedelta(minutes=10)
_FIRST_LOOK = timedelta(days=3)


async def sweep(timestamp: int = 0) -> None:
    """Every minute. Each part stands alone: one vendor down doesn't stop the others."""
    for part in (missed_events, open_orders, refunds, money_in_motion, fees, videos, mails):
        try:
            await part()
        except MarketplaceError as error:
            log.warning("sweep.failed", part=part.__name__, reason=error.text)
        except Exception:
            log.exception("sweep.failed", part=part.__name__)


async def missed_events() -> None:
    """Events that the provider has and we don't. Duplicates fall away by constraint."""
    started = now()
    async with transaction() as session:
        since = await inbox.swept_until(session, "stripe") or started - _FIRST_LOOK
    found = await vendors().stripe_events.events_since(int((since - _OVERLAP).timestamp()))
    async with transaction() as session:
        for event in found:
            await inbox.receive(session, event)
        await inbox.mark_swept(session, "stripe", started)


async def open_orders() -> None:
    async with transaction() as session:
        waiting = await order_store.open_orders(session, now() - timedelta(minutes=5))
    for order in waiting:
        if order.checkout_id:
            await webhooks.apply_checkout(order.checkout_id)
        elif order.expires_at < now():
            async with transaction() as session:
                await orders.abandon(session, order.id)


async def refunds() -> None:
    async with transaction() as session:
        waiting = await order_store.unsettled_refunds(session, now() - timedelta(minutes=5))
        for row in waiting:
            if row.state == "requested":
                await enqueue(session, "orders.refund", {"refund_id": str(row.id)}, lock=f"refund:{row.order_id}")
    for row in waiting:
        if row.state == "pending" and row.provider_id:
            await webhooks.apply_refund(row.provider_id)


_STUCK = text(
    "SELECT line_id FROM transfer WHERE state = 'intended' AND created_at < :before UNION"
    " SELECT line_id FROM reversal WHERE state = 'intended' AND created_at < :before LIMIT 200"
)


async def money_in_motion() -> None:
    """Intents whose provider call never came back."""
    async with transaction() as session:
        rows = await session.execute(_STUCK, {"before": now() - timedelta(minutes=10)})
        for (line_id,) in rows.all():
            line = await order_store.lock_line(session, UUID(str(line_id)))
            if line is not None:
                await orders.request_settlement(session, line)


async def fees() -> None:
    """The provider's fee is often unknown when the sale comes in."""
    async with transaction() as session:
        missing = await order_store.fee_missing(session)
    for order_id, charge_id in missing:
        charge = await vendors().payments.charge(charge_id)
        if charge.fee_minor is not None:
            async with transaction() as session:
                await orders.note_fee(session, order_id, charge.fee_minor)


async def videos() -> None:
    async with transaction() as session:
        for video in await media.unfinished(session):
            await enqueue(session, "media.poll", {"video_id": str(video.id)})


async def mails() -> None:
    async with transaction() as session:
        rows = await session.execute(
            text("SELECT key FROM outgoing_mail WHERE sent_at IS NULL AND created_at < :before LIMIT 200"),
            {"before": now() - timedelta(minutes=15)},
        )
        for (key,) in rows.all():
            await enqueue(session, "mail.send", {"key": key})


async def hourly(timestamp: int = 0) -> None:
    """Creators' accounts and payouts as the provider has them, and tidying up."""
    async with transaction() as session:
        await accounts.tidy(session)
        account_ids = await payouts.unsynced(session)
    for account_id in account_ids:
        try:
            await webhooks.apply_account(account_id)
            for state in await vendors().connect.payouts(account_id):
                async with transaction() as session:
                    await payouts.apply_payout(session, state)
        except MarketplaceError as error:
            log.warning("sweep.account_failed", account=account_id, reason=error.text)


async def stalled(timestamp: int = 0) -> None:
    """Jobs whose worker died."""
    from marketplace.jobs.app import queue, retry_stalled

    count = await retry_stalled(queue())
    if count:
        log.warning("sweep.stalled_jobs", count=count)


PERIODIC = {
    "sweep.minute": ("* * * * *", sweep),
    "sweep.stalled": ("* * * * *", stalled),
    "sweep.hour": ("7 * * * *", hourly),
}
