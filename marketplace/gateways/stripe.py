"""Stripe behind the domain's ports: payments, Connect and events. The only importer of the SDK outside the sandbox.

Options such as the idempotency key are the *second* argument of every call: inside the first they
would go out as a body field, and the real header would be random.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import httpx
import stripe

from marketplace.domain.inbox.errors import BadSignature
from marketplace.domain.inbox.ports import ProviderEvent
from marketplace.domain.orders.errors import PaymentRefused
from marketplace.domain.orders.ports import (
    ChargeState,
    CheckoutPage,
    CheckoutRequest,
    CheckoutState,
    RefundState,
    ReversalResult,
)
from marketplace.domain.payouts.ports import ConnectedAccount
from marketplace.gateways.stripe_calls import PAGE, call, for_account, lacks_balance, once, paged
from marketplace.gateways.stripe_disputes import StripeDisputes
from marketplace.gateways.stripe_events import (
    CONNECT_EVENTS,
    PLATFORM_EVENTS,
    THIN_EVENTS,
    snapshot_event,
    thin_event,
)
from marketplace.gateways.stripe_payouts import StripePayouts
from marketplace.gateways.stripe_views import (
    account_state,
    charge_state,
    checkout_params,
    checkout_state,
    id_of,
    metadata_of,
    refund_state,
)
from marketplace.settings import Settings

if TYPE_CHECKING:
    from stripe.params._transfer_create_params import TransferCreateParams
    from stripe.params._transfer_reversal_create_params import TransferReversalCreateParams

_SANDBOX_KEY = "sk_test_sandbox"
_TYPES_PER_LIST = 20  # the API takes no more in one request
_CHARGE_OF_SESSION = "payment_intent.latest_charge.balance_transaction"
_PARTS_OF_LINE = ("price.product", "taxes")
_INCLUDE: list[Any] = ["configuration.recipient", "requirements", "identity", "defaults"]
_REVERSAL_ATTEMPTS = 3
# Payouts are asked for, and scheduled, on our own page: money that is being checked doesn't leave.
_FEATURES: dict[str, Any] = {
    "payouts": {"features": {"instant_payouts": False, "standard_payouts": False, "edit_payout_schedule": False}}
}


class StripeGateway(StripeDisputes, StripePayouts):
    """Implements ``PaymentGateway``, ``ConnectGateway``, ``DisputeGateway`` and, for Stripe's sources, ``EventSource``."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._secrets = {
            "stripe": settings.stripe_webhook_secret,
            "stripe-connect": settings.stripe_connect_webhook_secret,
            "stripe-thin": settings.stripe_thin_webhook_secret,
        }
        super().__init__(_client(settings))

    async def create_checkout(self, request: CheckoutRequest, *, key: str) -> CheckoutPage:
        session = await call(self._client.v1.checkout.sessions.create_async(checkout_params(request), once(key)))
        if not session.url:
            raise PaymentRefused("The payment page could not be opened.")
        return CheckoutPage(id=session.id, url=session.url, expires_at=session.expires_at)

    async def checkout(self, session_id: str) -> CheckoutState:
        expand = [_CHARGE_OF_SESSION, *(f"line_items.data.{part}" for part in _PARTS_OF_LINE)]
        session = await call(self._client.v1.checkout.sessions.retrieve_async(session_id, {"expand": expand}))
        return checkout_state(session, await self._lines(session))

    async def _lines(self, session: stripe.checkout.Session) -> list[stripe.LineItem]:
        """A session shows its first ten lines; longer ones are listed."""
        shown = session.line_items
        if shown is None or not shown.has_more:
            return list(shown.data) if shown else []
        items = self._client.v1.checkout.sessions.line_items
        found = await call(
            items.list_async(session.id, {"limit": PAGE, "expand": [f"data.{part}" for part in _PARTS_OF_LINE]})
        )
        return [item async for item in paged(found.auto_paging_iter())]

    async def checkout_of(self, payment_intent_id: str) -> str | None:
        sessions = self._client.v1.checkout.sessions
        found = await call(sessions.list_async({"payment_intent": payment_intent_id, "limit": 1}))
        return found.data[0].id if found.data else None

    async def expire_checkout(self, session_id: str) -> None:
        """Stripe refuses to expire a page that is not open: then there is nothing to do."""
        try:
            await call(self._client.v1.checkout.sessions.expire_async(session_id))
        except PaymentRefused:
            session = await call(self._client.v1.checkout.sessions.retrieve_async(session_id))
            if session.status == "open":
                raise

    async def create_transfer(
        self,
        *,
        amount_minor: int,
        currency: str,
        account_id: str,
        charge_id: str | None,
        group: str,
        line_id: str,
        key: str,
    ) -> str:
        params: TransferCreateParams = {
            "amount": amount_minor,
            "currency": currency,
            "destination": account_id,
            "transfer_group": group,
            "metadata": {"line_id": line_id},
        }
        if charge_id is not None:
            params["source_transaction"] = charge_id
        return (await call(self._client.v1.transfers.create_async(params, once(key)))).id

    async def reverse_transfer(self, transfer_id: str, *, amount_minor: int, key: str) -> ReversalResult:
        """As much as the connected account's balance covers. The idempotency key carries the amount, so
        that a smaller second attempt is a request of its own; the metadata carries the key, so that a
        repeat after a crash finds what the smaller attempt did."""
        amount = amount_minor
        for _ in range(_REVERSAL_ATTEMPTS):
            if amount <= 0:
                break
            try:
                return await self._reverse(transfer_id, amount, key)
            except PaymentRefused as problem:
                if not lacks_balance(problem):
                    raise
            if done := await self._reversed_before(transfer_id, key):
                return done
            amount = min(amount - 1, await self._reversible(transfer_id))
        return ReversalResult(None, 0)

    async def _reverse(self, transfer_id: str, amount: int, key: str) -> ReversalResult:
        params: TransferReversalCreateParams = {"amount": amount, "metadata": {"reversal_key": key}}
        reversals = self._client.v1.transfers.reversals
        made = await call(reversals.create_async(transfer_id, params, once(f"{key}:{amount}")))
        return ReversalResult(made.id, made.amount)

    async def _reversed_before(self, transfer_id: str, key: str) -> ReversalResult | None:
        found = await call(self._client.v1.transfers.reversals.list_async(transfer_id, {"limit": PAGE}))
        async for made in paged(found.auto_paging_iter()):
            if metadata_of(made).get("reversal_key") == key:
                return ReversalResult(made.id, made.amount)
        return None

    async def _reversible(self, transfer_id: str) -> int:
        transfer = await call(self._client.v1.transfers.retrieve_async(transfer_id))
        account = id_of(transfer.destination)
        if account is None:
            return 0
        balance = await self.balance(account)
        return balance.available.get(transfer.currency, 0) + balance.pending.get(transfer.currency, 0)

    async def create_refund(
        self, *, payment_intent_id: str, amount_minor: int, refund_id: str, key: str
    ) -> RefundState:
        return refund_state(
            await call(
                self._client.v1.refunds.create_async(
                    {
                        "payment_intent": payment_intent_id,
                        "amount": amount_minor,
                        "metadata": {"refund_id": refund_id},
                    },
                    once(key),
                )
            )
        )

    async def refund(self, provider_id: str) -> RefundState:
        return refund_state(await call(self._client.v1.refunds.retrieve_async(provider_id)))

    async def refunds_of(self, payment_intent_id: str) -> list[RefundState]:
        found = await call(self._client.v1.refunds.list_async({"payment_intent": payment_intent_id, "limit": PAGE}))
        return [refund_state(refund) async for refund in paged(found.auto_paging_iter())]

    async def charge(self, charge_id: str) -> ChargeState:
        charges = self._client.v1.charges
        return charge_state(await call(charges.retrieve_async(charge_id, {"expand": ["balance_transaction"]})))

    async def create_account(self, *, creator_id: str, email: str, display_name: str, country: str, key: str) -> str:
        account = await call(
            self._client.v2.core.accounts.create_async(
                {
                    "contact_email": email,
                    "display_name": display_name,
                    "dashboard": "express",
                    "identity": {"country": cast(Any, country.lower())},
                    "configuration": {
                        "recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}}
                    },
                    "defaults": {
                        "responsibilities": {"fees_collector": "application", "losses_collector": "application"}
                    },
                    "metadata": {"creator_id": creator_id},
                },
                once(key),
            )
        )
        return account.id

    async def onboarding_url(self, account_id: str, *, refresh_url: str, return_url: str) -> str:
        link = await call(
            self._client.v2.core.account_links.create_async(
                {
                    "account": account_id,
                    "use_case": {
                        "type": "account_onboarding",
                        "account_onboarding": {
                            "refresh_url": refresh_url,
                            "return_url": return_url,
                        },
                    },
                }
            )
        )
        return link.url

    async def account(self, account_id: str) -> ConnectedAccount:
        return account_state(
            await call(self._client.v2.core.accounts.retrieve_async(account_id, {"include": _INCLUDE}))
        )

    async def dashboard_url(self, account_id: str) -> str:
        return (await call(self._client.v1.accounts.login_links.create_async(account_id))).url

    async def account_session(self, account_id: str, components: Sequence[str]) -> str:
        parts = {name: {"enabled": True, **_FEATURES.get(name, {})} for name in components}
        params: Any = {"account": account_id, "components": parts}
        return (await call(self._client.v1.account_sessions.create_async(params))).client_secret

    def enabled(self, source: str) -> bool:
        return bool(self._secrets.get(source))

    def verify(self, source: str, body: bytes, headers: Mapping[str, str]) -> ProviderEvent:
        secret = self._secrets.get(source)
        header = next((value for name, value in headers.items() if name.lower() == "stripe-signature"), "")
        if not secret or not header:
            raise BadSignature
        try:
            stripe.WebhookSignature.verify_header(body, header, secret, stripe.Webhook.DEFAULT_TOLERANCE)
            event = json.loads(body)  # not the library's objects: they take most of the time, and are thrown away
            return thin_event(event) if source == "stripe-thin" else snapshot_event(source, event)
        except (stripe.SignatureVerificationError, ValueError, KeyError, AttributeError, TypeError) as problem:
            raise BadSignature from problem

    async def events_since(
        self, created: int, *, account_id: str | None = None, limit: int = 500
    ) -> list[ProviderEvent]:
        """Snapshot events of the platform, or of ``account_id``; the platform's include the thin ones."""
        wanted, source = (CONNECT_EVENTS, "stripe-connect") if account_id else (PLATFORM_EVENTS, "stripe")
        found = [
            event
            for start in range(0, len(wanted), _TYPES_PER_LIST)
            for event in await self._snapshots(source, created, wanted[start : start + _TYPES_PER_LIST], account_id)
        ]
        if account_id is None:
            found += await self._thin(created)
        return sorted(found, key=lambda event: event.created)[:limit]

    async def _snapshots(
        self, source: str, created: int, types: Iterable[str], account_id: str | None
    ) -> list[ProviderEvent]:
        page = await call(
            self._client.v1.events.list_async(
                {"created": {"gte": created}, "types": list(types), "limit": PAGE}, for_account(account_id)
            )
        )
        events = [snapshot_event(source, event.to_dict(), account_id) async for event in paged(page.auto_paging_iter())]
        return events[::-1]

    async def _thin(self, created: int) -> list[ProviderEvent]:
        since = datetime.fromtimestamp(created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        page = await call(
            self._client.v2.core.events.list_async(
                {"created": {"gte": since}, "types": list(THIN_EVENTS), "limit": PAGE}
            )
        )
        return [thin_event(event.to_dict()) async for event in paged(page.auto_paging_iter())][::-1]


def _client(settings: Settings) -> stripe.StripeClient:
    http = stripe.HTTPXClient(timeout=httpx.Timeout(30, connect=5))
    if not settings.stripe_sandboxed:
        return stripe.StripeClient(settings.stripe_secret_key, max_network_retries=2, http_client=http)
    base = f"{settings.sandbox_internal_url}/stripe"
    return stripe.StripeClient(
        _SANDBOX_KEY,
        max_network_retries=2,
        http_client=http,
        base_addresses={"api": base, "files": base, "connect": base, "meter_events": base},
    )
