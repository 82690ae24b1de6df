"""A stateful stand-in for Stripe, spoken to by the official SDK.

API version 2026-10-28.endive; one-off payments on hosted Checkout, Connect with separate charges
and transfers, payouts, disputes, events. The routes' parameters are the SDK's own TypedDicts.
"""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from marketplace.sandbox.app import Sandbox
from marketplace.sandbox.delivery import Endpoint
from marketplace.sandbox.knobs import Knob
from marketplace.sandbox.stripe import (
    accounts,
    api,
    catalog,
    checkout,
    disputes_api,
    events,
    files,
    pages_admin,
    pages_checkout,
    pages_connect,
    payouts,
    reading,
    refunds,
    transfers,
)
from marketplace.sandbox.stripe.pages_admin import index_html

__all__ = ["KNOBS", "api_routes", "endpoints", "index_html", "page_routes"]

KNOBS = (
    Knob("late_balance_transaction", "A charge's fee is known one second late", 1, switch=True),
    Knob("delayed_seconds", "A bank debit takes (seconds)", 86_400 * 14, default=3600),
    Knob("settle_seconds", "A payment becomes available after (seconds)", 86_400 * 30, default=172_800),
    Knob("dispute_fee_kept", "The dispute fee is kept even when the dispute is won", 1, switch=True),
)


def endpoints(sandbox: Sandbox) -> dict[str, Endpoint]:
    """Where the three kinds of webhooks go."""
    return events.endpoints(sandbox.settings)


def page_routes(sandbox: Sandbox) -> list[BaseRoute]:
    """Pages for people, mounted at ``/sandbox/stripe/pages``."""
    modules = (pages_checkout, pages_connect, pages_admin)
    return [*files.page_routes(sandbox), *(route for module in modules for route in module.routes(sandbox))]


def api_routes(sandbox: Sandbox) -> list[BaseRoute]:
    """The API, mounted at ``/sandbox/stripe``."""
    modules = (accounts, catalog, checkout, disputes_api, files, payouts, reading, refunds, transfers)
    found = [route for module in modules for route in module.routes(sandbox)]
    return [*found, Route("/{path:path}", api.not_found, methods=["GET", "POST", "DELETE"])]
