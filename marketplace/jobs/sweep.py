"""Asking the vendors for what never arrived, and starting again what died on the way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

import structlog
from sqlalchemy import text

from marketplace.clock import now
from marketplace.db import transaction
from marketplace.domain.accounts import service as accounts
from marketplace.domain.gifts import service as gifts
from marketplace.domain.inbox import service as inbox
from marketplace.domain.media import files
from marketplace.domain.media import service as media
from marketplace.domain.orders import service as orders
from marketplace.domain.orders import store as order_store
from marketplace.domain.orders.models import Order
from marketplace.domain.payouts import service as payouts
from marketplace.errors import MarketplaceError
from marketplace.jobs import webhooks
from marketplace.queue import enqueue
from marketplace.vendors import vendors

log = structlog.get_logger()
_OVERLAP = timedelta(minutes=10)
_FIRST_LOOK = timedelta(days=3)
_MOST, _BATCH = 100_000, 500
T = TypeVar("T")


async def sweep(timestamp: int = 0) -> None:
    """Every minute. Each part stands alone: one vendor down doesn't stop the others."""
    for part in (
        missed_events,
        unhandled_events,
        open_orders,
        refunds,
        money_in_motion,
        fees,
        answers,
        asked_payouts,
        presents,
        videos,
        mails,
    ):
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
    found = await vendors().stripe_events.events_since(int((since - _OVERLAP).timestamp()), limit=_MOST)
    for start in range(0, len(found), _BATCH):
        async with transaction() as session:
            await inbox.receive(session, found[start : start + _BATCH])
    until = started if len(found) < _MOST else datetime.fromtimestamp(found[-1].created, UTC)
    async with transaction() as session:
        await inbox.mark_swept(session, "stripe", until)


async def unhandled_events() -> None:
    """Events that are stored and whose job is gone: it failed for good, or the queue was restored from a backup."""
    async with transaction() as session:
        await inbox.queue_overdue(session, now() - timedelta(minutes=30))


async def open_orders() -> None:
    """All that wait, page by page: those that wait long don't keep the others from being looked at."""
    failures, after = [], None
    while True:
        async with transaction() as session:
            waiting = await order_store.open_orders(session, now() - timedelta(minutes=5), after)
        if not waiting:
            break
        after = waiting[-1].id
        try:
            await _each(waiting, _open_order)
        except Exception as error:
            failures.append(error)
    if failures:
        raise failures[0]


async def _open_order(order: Order) -> None:
    if order.checkout_id:
        await webhooks.apply_checkout(order.checkout_id)
    elif order.expires_at < now():
        async with transaction() as session:
            await orders.abandon(session, order.id)


async def _each(things: Iterable[T], work: Callable[[T], Awaitable[object]]) -> None:
    """One that fails doesn't keep the others waiting; the first failure is raised in the end."""
    failures = []
    for thing in things:
        try:
            await work(thing)
        except Exception as error:
            failures.append(error)
    if failures:
        raise failures[0]


async def refunds() -> None:
    async with transaction() as session:
        waiting = await order_store.unsettled_refunds(session, now() - timedelta(minutes=5))
        for row in waiting:
            if row.state == "requested":
                await enqueue(session, "orders.refund", {"refund_id": str(row.id)}, lock=f"refund:{row.order_id}")
    await _each([r.provider_id for r in waiting if r.state == "pending" and r.provider_id], webhooks.apply_refund)


_STUCK = text(
    "SELECT share_id FROM transfer WHERE state = 'intended' AND created_at < :before UNION"
    " SELECT share_id FROM reversal WHERE state = 'intended' AND created_at < :before LIMIT 200"
)


async def money_in_motion() -> None:
    """Intents whose provider call never came back."""
    async with transaction() as session:
        rows = await session.execute(_STUCK, {"before": now() - timedelta(minutes=10)})
        for (share_id,) in rows.all():
            share = await order_store.lock_share(session, UUID(str(share_id)))
            if share is not None:
                await orders.request_settlement(session, share)


async def money_at_rest() -> None:
    """Sales of which money should have moved, and no job is left that would move it."""
    after = None
    while True:
        async with transaction() as session:
            found = await order_store.unsettled_shares(session, after=after)
            for share in found:
                await orders.request_settlement(session, share)
        if not found:
            return
        after = found[-1].id


async def fees() -> None:
    """The provider's fee is often unknown when the sale comes in."""
    async with transaction() as session:
        missing = await order_store.fee_missing(session)
    await _each(missing, _fee)


async def _fee(missing: tuple[UUID, str]) -> None:
    charge = await vendors().payments.charge(missing[1])
    if charge.fee_minor is not None:
        async with transaction() as session:
            await orders.note_fee(session, missing[0], charge.fee_minor)


async def disputes() -> None:
    """What banks decided while we were not told."""
    async with transaction() as session:
        open_ones = await order_store.open_disputes(session)
    await _each(open_ones, webhooks.apply_dispute)


async def answers() -> None:
    """Evidence that was let go and whose job died."""
    async with transaction() as session:
        for dispute_id in await order_store.unsent_answers(session, now() - timedelta(minutes=10)):
            await enqueue(session, "orders.submit_evidence", {"dispute_id": dispute_id})


async def asked_payouts() -> None:
    async with transaction() as session:
        for order in await payouts.stuck_orders(session, now() - timedelta(minutes=10)):
            await enqueue(session, "payouts.pay", {"order_id": str(order.id)}, lock=f"payout:{order.creator_id}")


async def presents() -> None:
    async with transaction() as session:
        for gift_id in await gifts.overdue(session):
            await enqueue(session, "gifts.send", {"gift_id": str(gift_id)})


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
        await files.tidy(session)
        account_ids = await payouts.unsynced(session)
    await money_at_rest()
    await disputes()
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
