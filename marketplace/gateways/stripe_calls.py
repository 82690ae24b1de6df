"""Calling the SDK: its exceptions become ours, with wording fit for a person."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Awaitable
from typing import TYPE_CHECKING, TypeVar

import stripe
import structlog

from marketplace.domain.orders.errors import PaymentRefused
from marketplace.errors import MarketplaceError, Unavailable
from marketplace.i18n import N_

if TYPE_CHECKING:
    from stripe._request_options import RequestOptions

log = structlog.get_logger()

T = TypeVar("T")
PAGE = 100  # the most that a list gives at once

_WORDING = {
    "amount_too_small": N_("The amount is below the minimum the payment provider accepts."),
    "amount_too_large": N_("The amount is more than the payment provider allows here."),
    "charge_already_refunded": N_("This payment has already been refunded."),
    "charge_disputed": N_("This payment is disputed, so it can't be refunded."),
    "balance_insufficient": N_("There isn't enough balance with the payment provider for that."),
    "insufficient_capabilities_for_transfer": N_("This creator's account can't receive money yet."),
    "resource_missing": N_("The payment provider doesn't know this payment."),
    "card_declined": N_("The card was declined."),
    "dispute_already_closed": N_("This dispute is closed: nothing can be submitted any more."),
    "payouts_not_allowed": N_("This account can't be paid out now."),
}


class StripePart:
    """A part of the gateway: what it shares with the others."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._client = client


def once(key: str) -> RequestOptions:
    return {"idempotency_key": key}


def for_account(account_id: str | None) -> RequestOptions:
    return {"stripe_account": account_id} if account_id else {}


async def call(work: Awaitable[T]) -> T:
    """The SDK's answer. Raises ``Unavailable`` or ``PaymentRefused``, never anything of the SDK's."""
    try:
        return await work
    except stripe.StripeError as problem:
        raise _ours(problem) from problem


async def paged(items: AsyncIterable[T]) -> AsyncIterator[T]:
    """Every item of every page, with the same exceptions."""
    try:
        async for item in items:
            yield item
    except stripe.StripeError as problem:
        raise _ours(problem) from problem


def _ours(problem: stripe.StripeError) -> MarketplaceError:
    """Requests that Stripe answered with 4xx were refused; all else may work later. A bad key is the
    operator's to mend: the person only sees that it doesn't work now."""
    status = problem.http_status or 0
    facts = {"type": type(problem).__name__, "said": problem.code, "status": status, "request": problem.request_id}
    if isinstance(problem, stripe.AuthenticationError | stripe.PermissionError):
        log.error("stripe.not_authorised", **facts)
        return Unavailable()
    if status in (409, 429) or not 400 <= status < 500:
        log.warning("stripe.unavailable", **facts)
        return Unavailable()
    log.info("stripe.refused", **facts, param=getattr(problem, "param", None))
    return PaymentRefused(_WORDING.get(problem.code or ""))


def lacks_balance(problem: PaymentRefused) -> bool:
    cause = problem.__cause__
    return isinstance(cause, stripe.StripeError) and cause.code == "balance_insufficient"
