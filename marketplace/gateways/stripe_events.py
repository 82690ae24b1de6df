"""Stripe's events as the inbox keeps them: types and ids, nothing of cards or people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

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


def snapshot_event(source: str, event: Mapping[str, Any], account_id: str | None = None) -> ProviderEvent:
    """A v1 event; ``account_id`` is the account it was listed for, when the event does not say."""
    about = _part(event["data"]["object"])
    account = event.get("account") or account_id or ""
    object_id = str(about.get("id", ""))
    return ProviderEvent(
        source=source,
        id=_text(event["id"]),
        type=_text(event["type"]),
        object_id=object_id,
        account_id=_text(account),
        created=int(event["created"]),
        livemode=event["livemode"] is True,
        payload={
            "type": event["type"],
            "object_id": object_id,
            "object": str(about.get("object", "")),
            "account": account,
            "created": int(event["created"]),
            "metadata": _metadata(about),
            **{name: about[name] for name in _LINKS if isinstance(about.get(name), str)},
        },
    )


def _metadata(about: Mapping[str, Any]) -> dict[str, str]:
    metadata = _part(about.get("metadata") or {})
    return {name: str(metadata[name]) for name in _METADATA if name in metadata}


def thin_event(event: Mapping[str, Any]) -> ProviderEvent:
    """A v2 event or its notification. An event that names no object has its account in its data,
    which only a listed event carries: then ``object_id`` may be empty."""
    related, data = _part(event.get("related_object") or {}), _part(event.get("data") or {})
    object_id = _text(related.get("id") or data.get("account_id") or "")
    created = int(datetime.fromisoformat(event["created"]).timestamp())
    return ProviderEvent(
        source="stripe-thin",
        id=_text(event["id"]),
        type=_text(event["type"]),
        object_id=object_id,
        account_id=object_id,
        created=created,
        livemode=event.get("livemode") is True,
        payload={
            "type": event["type"],
            "object_id": object_id,
            "object": _text(related.get("type") or ""),
            "account": object_id,
            "created": created,
            "metadata": {},
        },
    )


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError("not a text")
    return value


def _part(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError("not an object")
    return value
