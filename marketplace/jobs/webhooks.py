"""Handling stored events: fetch the object as it is now, then apply it in one transaction.

The event's own body is never trusted for state: order and duplicates don't matter.
"""

from __future__ import annotations

import asyncio
from uuid import UUID

import structlog

from marketplace.db import transaction
from marketplace.domain.inbox import service as inbox
from marketplace.domain.inbox.models import WebhookEvent
from marketplace.domain.media import service as media
from marketplace.domain.orders import disputes, refunds
from marketplace.domain.orders import service as orders
from marketplace.domain.payouts import service as payouts
from marketplace.errors import MarketplaceError, Unavailable
from marketplace.i18n import N_
from marketplace.jobs import media as media_jobs
from marketplace.settings import get_settings
from marketplace.vendors import vendors

log = structlog.get_logger()
TOGETHER = 4  # of one job's events


async def handle(id: str) -> None:
    """One stored event. Fails loudly so that the queue retries; parks what keeps failing."""
    async with transaction() as session:
        event = await inbox.event(session, UUID(id))
        if event is None or event.state != "received":
            return
        if not _ours(event):
            await inbox.finish(session, event.id, "ignored")
            return
    await _handle(event)


async def _handle(event: WebhookEvent) -> None:
    try:
        handled = await _dispatch(event)
    except Exception as error:
        if await _failed(event, error):
            return
        raise
    async with transaction() as session:
        await inbox.finish(session, event.id, "handled" if handled else "ignored")


async def handle_all(ids: list[str]) -> None:
    """Events that came together. Each succeeds or fails by itself: what failed gets a job of its own, which waits
    longer each time."""
    async with transaction() as session:
        events = await inbox.waiting(session, [UUID(i) for i in ids])
        await inbox.ignore(session, [event.id for event in events if not _ours(event)])
    together = asyncio.Semaphore(TOGETHER)

    async def one(event: WebhookEvent) -> None:
        async with together:
            try:
                await _handle(event)
            except Exception as error:
                log.warning("webhook.failed", type=event.type, event_id=event.event_id, error=type(error).__name__)
                async with transaction() as session:
                    await inbox.try_later(session, event.id)

    await asyncio.gather(*(one(event) for event in events if _ours(event)))


async def _failed(event: WebhookEvent, error: Exception) -> bool:
    """True when the event is parked: a person has to look at it, trying again won't help."""
    words = error.text if isinstance(error, MarketplaceError) else f"{type(error).__name__}: {error}"
    final = isinstance(error, MarketplaceError) and not isinstance(error, Unavailable)
    async with transaction() as session:
        if final:
            await inbox.finish(session, event.id, "parked", words)
        parked = await inbox.attempt_failed(session, event.id, words) or final
    if parked:
        log.error("webhook.parked", source=event.source, type=event.type, event_id=event.event_id)
    return parked


_PREFIXES = {
    "stripe": ("checkout.session.", "charge.refunded", "charge.dispute.", "refund."),
    "stripe-connect": ("payout.", "account.updated", "account.application.deauthorized"),
    "stripe-thin": ("v2.core.account",),
    "vimeo": ("",),
}


def _ours(event: WebhookEvent) -> bool:
    """Do we act on this type, and is it of the mode (test or live) that our key is of?"""
    if event.source.startswith("stripe") and event.livemode != _expect_livemode():
        return False
    return event.type.startswith(_PREFIXES.get(event.source, ()))


async def _dispatch(event: WebhookEvent) -> bool:
    """True when the event was one of ours."""
    match event.source, event.type:
        case "stripe", "checkout.session.async_payment_failed":
            return await _payment_failed(event.object_id)
        case "stripe", kind if kind.startswith("checkout.session."):
            return await apply_checkout(event.object_id)
        case "stripe", "charge.refunded":
            return await _charge_refunded(event.object_id)
        case "stripe", kind if kind.startswith("charge.dispute."):
            return await apply_dispute(event.object_id)
        case "stripe", kind if kind.startswith("refund."):
            return await apply_refund(event.object_id)
        case "stripe-connect", kind if kind.startswith("payout."):
            return await apply_payout(event.account_id, event.object_id)
        case "stripe-connect", "account.updated" | "account.application.deauthorized":
            return await apply_account(event.account_id or event.object_id)
        case "stripe-thin", kind if kind.startswith("v2.core.account"):
            return await apply_account(event.object_id)
        case "vimeo", _:
            return await _video_nudge(event.object_id)
    return False


def _expect_livemode() -> bool:
    return "_live_" in get_settings().stripe_secret_key


async def apply_checkout(session_id: str) -> bool:
    """Fetch the payment page's state and bring the order to it. Used by webhook, return page and sweep."""
    state = await vendors().payments.checkout(session_id)
    async with transaction() as session:
        return await orders.apply_checkout(session, state) is not None


async def _payment_failed(session_id: str) -> bool:
    state = await vendors().payments.checkout(session_id)
    if state.payment_status == "paid":
        return await apply_checkout(session_id)
    async with transaction() as session:
        return await orders.payment_failed(session, session_id, N_("The bank declined the payment.")) is not None


async def apply_refund(provider_id: str) -> bool:
    state = await vendors().payments.refund(provider_id)
    return state.payment_intent_id is not None and await _apply_refunds(state.payment_intent_id)


async def _charge_refunded(charge_id: str) -> bool:
    charge = await vendors().payments.charge(charge_id)
    return charge.payment_intent_id is not None and await _apply_refunds(charge.payment_intent_id)


async def _apply_refunds(payment_intent_id: str) -> bool:
    """All refunds of a payment, those that failed first: what they gave back may have been refunded again."""
    async with transaction() as session:
        known = await orders.is_known(session, payment_intent_id)
    if not known:  # the news of the payment itself is still on its way
        page = await vendors().payments.checkout_of(payment_intent_id)
        if page is None or not await apply_checkout(page):
            return False
    states = await vendors().payments.refunds_of(payment_intent_id)
    ours = False
    for state in sorted(reversed(states), key=lambda state: state.status not in ("failed", "canceled")):
        async with transaction() as session:
            ours = bool(await refunds.apply(session, state)) or ours
    return ours


async def apply_dispute(dispute_id: str) -> bool:
    """After the payment's refunds: what is left of it is what a dispute can take."""
    state = await vendors().disputes.dispute(dispute_id)
    if state.payment_intent_id is None:
        return False
    await _apply_refunds(state.payment_intent_id)
    async with transaction() as session:
        return await disputes.apply(session, state) is not None


async def apply_payout(account_id: str, payout_id: str) -> bool:
    state = await vendors().connect.payout(account_id, payout_id)
    async with transaction() as session:
        return await payouts.apply_payout(session, state) is not None


async def apply_account(account_id: str) -> bool:
    async with transaction() as session:
        if await payouts.merchant_of(session, account_id) is None:
            return False
    state = await vendors().connect.account(account_id)
    async with transaction() as session:
        return await payouts.apply_account(session, state) is not None


async def _video_nudge(uri: str) -> bool:
    """The host's word is only a nudge: ask it."""
    async with transaction() as session:
        video = await media.video_by_uri(session, uri)
    if video is None:
        return False
    await media_jobs.poll(str(video.id))
    return True


TASKS = {"inbox.handle": handle, "inbox.handle_all": handle_all}
