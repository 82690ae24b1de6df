"""Stripe's events as the inbox keeps them: types and ids, nothing of cards or people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import stripe

from marketplace.domain.inbox.ports import ProviderEvent

PLATFORM_EVENTS = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "payment_intent.payment_failed",
    "charge.refunded",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "transfer.created",
    "transfer.updated",
    "transfer.reversed",
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "invoice.paid",
    "invoice.payment_failed",
)
CONNECT_EVENTS = (
    "payout.created",
    "payout.updated",
    "payout.paid",
    "payout.failed",
    "payout.canceled",
    "account.application.deauthorized",
    "account.updated",
)
THIN_EVENTS = (
    "v2.core.account[requirements].updated",
    "v2.core.account[configuration.recipient].capability_status_updated",
    "v2.core.account.updated",
    "v2.core.account.closed",
    "v2.core.account_link.returned",
)

# Ours, from metadata, and the ids by which an object names its neighbours.
_METADATA = ("order_id", "line_id", "refund_id", "creator_id")
_LINKS = ("payment_intent", "charge", "transfer_group", "client_reference_id", "destination")


def snapshot_event(source: str, event: stripe.Event, account_id: str | None = None) -> ProviderEvent:
    """A v1 event; ``account_id`` is the account it was listed for, when the event does not say."""
    about: Mapping[str, Any] = event.data.object.to_dict()
    account = getattr(event, "account", None) or account_id or ""
    object_id = str(about.get("id", ""))
    return ProviderEvent(
        source=source,
        id=event.id,
        type=event.type,
        object_id=object_id,
        account_id=account,
        created=event.created,
        livemode=event.livemode,
        payload={
            "type": event.type,
            "object_id": object_id,
            "object": str(about.get("object", "")),
            "account": account,
            "created": event.created,
            "metadata": _metadata(about),
            **{name: about[name] for name in _LINKS if isinstance(about.get(name), str)},
        },
    )


def _metadata(about: Mapping[str, Any]) -> dict[str, str]:
    metadata = about.get("metadata") or {}
    return {name: str(metadata[name]) for name in _METADATA if name in metadata}


def thin_event(event: Any) -> ProviderEvent:
    """A v2 event or its notification. An event that names no object has its account in its data,
    which only a listed event carries: then ``object_id`` may be empty."""
    related = getattr(event, "related_object", None)
    data = getattr(event, "data", None)
    object_id = str(related.id if related else getattr(data, "account_id", None) or "")
    created = int(datetime.fromisoformat(event.created).timestamp())
    return ProviderEvent(
        source="stripe-thin",
        id=event.id,
        type=event.type,
        object_id=object_id,
        account_id=object_id,
        created=created,
        livemode=bool(event.livemode),
        payload={
            "type": event.type,
            "object_id": object_id,
            "object": related.type if related else "",
            "account": object_id,
            "created": created,
            "metadata": {},
        },
    )
