"""Every change of state becomes an event: stored for ``/v1/events``, queued for the webhook endpoints."""

from __future__ import annotations

import copy
from typing import Any

import stripe

from marketplace.sandbox.delivery import Endpoint
from marketplace.sandbox.store import Row, Tx
from marketplace.sandbox.stripe.objects import API_VERSION, PLATFORM, iso, new_id, render, save
from marketplace.settings import Settings

PLATFORM_ENDPOINT, CONNECT_ENDPOINT, THIN_ENDPOINT = "stripe", "stripe-connect", "stripe-thin"


def endpoints(settings: Settings) -> dict[str, Endpoint]:
    """The three webhook endpoints, each with its own secret."""
    secrets = {
        PLATFORM_ENDPOINT: settings.stripe_webhook_secret,
        CONNECT_ENDPOINT: settings.stripe_connect_webhook_secret,
        THIN_ENDPOINT: settings.stripe_thin_webhook_secret,
    }
    base = f"http://127.0.0.1:{settings.port}/webhooks/"
    return {name: Endpoint(base + name, _signer(secret)) for name, secret in secrets.items()}


def _signer(secret: str) -> Any:
    def sign(body: bytes) -> dict[str, str]:
        header = stripe.WebhookSignature.generate_signature_header(body.decode(), secret)
        return {"Stripe-Signature": header, "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)"}

    return sign


async def emit(tx: Tx, type: str, row: Row, *, account: str = PLATFORM, previous: Row | None = None) -> None:
    """A snapshot event; with ``account`` a Connect event that carries it."""
    data: Row = {"object": copy.deepcopy(render(row, tx))}
    if previous:
        data["previous_attributes"] = previous
    event: Row = {
        "id": new_id("evt_"),
        "object": "event",
        "api_version": API_VERSION,
        "created": tx.timestamp(),
        "data": data,
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": type,
    }
    if account != PLATFORM:
        event["account"] = account
    await save(tx, "event", {**event, "_account": account})
    endpoint = PLATFORM_ENDPOINT if account == PLATFORM else CONNECT_ENDPOINT
    await tx.deliver("stripe", endpoint, event["id"], type, event)


async def emit_thin(tx: Tx, type: str, account_id: str, data: Row | None = None) -> None:
    """A v2 event about an account: the notification names the object, the receiver fetches it.
    An event with ``data`` of its own names no object: its data does, and is fetched with the event."""
    related = {"id": account_id, "type": "v2.core.account", "url": f"/v2/core/accounts/{account_id}"}
    event: Row = {
        "id": new_id("evt_test_"),
        "object": "v2.core.event",
        "type": type,
        "created": iso(tx.now().timestamp()),
        "livemode": False,
        "context": None,
        "reason": None,
        "related_object": None if data else related,
    }
    stored = {**event, "changes": None, "snapshot_event": None, "data": data or {}, "_created": tx.timestamp()}
    await save(tx, "v2.core.event", stored)
    await tx.deliver("stripe", THIN_ENDPOINT, event["id"], type, event)
