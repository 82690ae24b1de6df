"""Checkout Sessions of mode ``payment`` on a hosted page."""

from __future__ import annotations

import time

import stripe
from starlette.routing import BaseRoute
from stripe.params.checkout._session_create_params import SessionCreateParams
from stripe.params.checkout._session_expire_params import SessionExpireParams
from stripe.params.checkout._session_line_item_list_params import SessionLineItemListParams
from stripe.params.checkout._session_list_params import SessionListParams
from stripe.params.checkout._session_retrieve_params import SessionRetrieveParams

from marketplace.sandbox.app import Sandbox
from marketplace.sandbox.store import Row, Tx
from marketplace.sandbox.stripe import catalog, due, payments, tax
from marketplace.sandbox.stripe.api import LOADERS, Call, retriever, route
from marketplace.sandbox.stripe.currencies import MAXIMUM_CHARGE, MINIMUM_CHARGE
from marketplace.sandbox.stripe.errors import ApiError, invalid
from marketplace.sandbox.stripe.events import emit
from marketplace.sandbox.stripe.lists import list_objects, only
from marketplace.sandbox.stripe.objects import load, new_id, save, shape

KIND = "checkout.session"
DAY = 86_400
_FIRST_LINES = 10  # as many as an expanded session shows


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    base = "/v1/checkout/sessions"
    return [
        route(sandbox, "POST", base, SessionCreateParams, create),
        route(sandbox, "GET", base, SessionListParams, list_),
        route(sandbox, "GET", f"{base}/{{id}}", SessionRetrieveParams, retriever(KIND)),
        route(sandbox, "POST", f"{base}/{{id}}/expire", SessionExpireParams, expire),
        route(sandbox, "GET", f"{base}/{{id}}/line_items", SessionLineItemListParams, line_items),
    ]


async def create(call: Call) -> Row:
    params = call.params
    _validate(params)
    lines = await catalog.line_items(call.tx, params["line_items"])
    currency, total = lines[0]["currency"], sum(line["amount_total"] for line in lines)
    _enough(currency, total)
    expires_at = _expiry(params.get("expires_at"))
    row = _session(call, lines, currency, total, expires_at)
    await save(call.tx, KIND, row)
    # The page closes after as much of the sandbox's time as was left of real time.
    await due.schedule(call.tx, "expire", row["id"], call.tx.timestamp() + expires_at - int(time.time()))
    return row


def _validate(params: Row) -> None:
    if params.get("mode") != "payment":
        raise invalid("This stand-in sells one-off purchases: mode must be payment.", "mode")
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise invalid("This stand-in has the hosted page only: ui_mode must be hosted_page.", "ui_mode")
    for name in ("line_items", "success_url"):
        if not params.get(name):
            raise ApiError(f"Missing required param: {name}.", code="parameter_missing", param=name, stored=False)
    if params.get("customer") and params.get("customer_email"):
        raise invalid("You may only specify one of these parameters: customer, customer_email.", "customer_email")
    for name in ("success_url", "cancel_url"):
        if params.get(name) and not params[name].startswith(("http://", "https://")):
            raise invalid(f"Not a valid URL: {params[name]}", name, "url_invalid")


def _enough(currency: str, total: int) -> None:
    minimum = MINIMUM_CHARGE.get(currency, 50)
    if total < minimum:
        raise ApiError(
            f"The Checkout Session's total amount due must add up to at least {minimum} {currency}.",
            code="amount_too_small",
            stored=False,
        )
    if total > MAXIMUM_CHARGE:
        raise ApiError(f"Amount must be no more than {MAXIMUM_CHARGE}.", code="amount_too_large", stored=False)


def _expiry(asked: int | None) -> int:
    now = int(time.time())
    if asked is None:
        return now + DAY
    if not now + 1800 - 30 <= asked <= now + DAY + 30:
        raise invalid("The `expires_at` timestamp must be 30 minutes to 24 hours from now.", "expires_at")
    return asked


def _session(call: Call, lines: list[Row], currency: str, total: int, expires_at: int) -> Row:
    params, id = call.params, new_id("cs_test_")
    values = {
        "id": id,
        "object": KIND,
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": _automatic_tax(params.get("automatic_tax") or {}),
        "billing_address_collection": params.get("billing_address_collection"),
        "cancel_url": params.get("cancel_url"),
        "client_reference_id": params.get("client_reference_id"),
        "created": call.tx.timestamp(),
        "currency": currency,
        "custom_fields": [],
        "custom_text": {},
        "customer": params.get("customer"),
        "customer_creation": "if_required",
        "customer_email": params.get("customer_email"),
        "expires_at": expires_at,
        "livemode": False,
        "metadata": params.get("metadata") or {},
        "mode": "payment",
        "payment_method_types": ["card", "us_bank_account"],
        "payment_status": "unpaid",
        "shipping_options": [],
        "status": "open",
        "success_url": params["success_url"],
        "tax_id_collection": {"required": "never"} | (params.get("tax_id_collection") or {"enabled": False}),
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": call.sandbox.url(f"/stripe/pages/checkout/{id}"),
    }
    notes = {"_lines": lines, "_payment_intent_data": params.get("payment_intent_data") or {}}
    return shape(stripe.checkout.Session, values) | notes


def _automatic_tax(given: Row) -> Row:
    """Tax waits for the buyer's address."""
    if not given.get("enabled"):
        return {"enabled": False}
    liability = given.get("liability") or {"type": "self"}
    return {"enabled": True, "liability": liability, "provider": "stripe", "status": "requires_location_inputs"}


async def list_(call: Call) -> Row:
    where = only(call.params, "payment_intent", "customer", "status")
    return await list_objects(call.tx, KIND, where, call.params, "/v1/checkout/sessions")


async def expire(call: Call) -> Row:
    row = await load(call.tx, KIND, call.path["id"], lock=True)
    if row["status"] != "open":
        raise ApiError(
            'Only Checkout Sessions with a status in ["open"] can be expired.'
            f" This Checkout Session has a status of `{row['status']}`."
        )
    return await close(call.tx, row)


async def close(tx: Tx, row: Row) -> Row:
    row |= {"status": "expired", "url": None}
    await save(tx, KIND, row)
    await due.cancel(tx, "expire", row["id"])
    await emit(tx, "checkout.session.expired", row)
    return row


@due.settles("expire")
async def _expire_due(tx: Tx, id: str) -> None:
    row = await load(tx, KIND, id, lock=True)
    if row["status"] == "open":
        await close(tx, row)


async def line_items(call: Call) -> Row:
    row = await load(call.tx, KIND, call.path["id"])
    limit = call.params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise ApiError("Limit must be between 1 and 100.", code="parameter_invalid_integer", param="limit")
    return _line_list(row, limit, call.params.get("starting_after"), call.params.get("ending_before"))


def _line_list(row: Row, limit: int, after: str | None = None, before: str | None = None) -> Row:
    """Line items are listed in their own order, the first first."""
    lines: list[Row] = row["_lines"]
    start, end = _index(lines, after, -1) + 1, _index(lines, before, len(lines))
    found = lines[start:end]
    data = found[-limit:] if before else found[:limit]
    url = f"/v1/checkout/sessions/{row['id']}/line_items"
    return {"object": "list", "data": data, "has_more": len(found) > limit, "url": url}


def _index(lines: list[Row], id: str | None, otherwise: int) -> int:
    return next((number for number, line in enumerate(lines) if line["id"] == id), otherwise)


async def _load_lines(tx: Tx, shown: Row) -> Row:
    return _line_list(await load(tx, KIND, shown["id"]), _FIRST_LINES)


LOADERS[(KIND, "line_items")] = _load_lines


async def complete(tx: Tx, session: Row, *, paid: bool, email: str, name: str) -> None:
    """The page's end. ``paid`` is false for a delayed method."""
    session["status"] = "complete"
    session["payment_status"] = "paid" if paid else "unpaid"
    session["url"] = None
    session["customer_details"] = tax.customer_details(session, email, name)
    await save(tx, KIND, session)
    await due.cancel(tx, "expire", session["id"])
    await emit(tx, "checkout.session.completed", session)


async def delay(tx: Tx, session: Row) -> None:
    """The bank's answer comes after ``delayed_seconds`` of the sandbox's clock."""
    seconds = int((await tx.knobs("stripe")).get("delayed_seconds", 3600))
    await due.schedule(tx, "bank", session["id"], tx.timestamp() + seconds)


async def bank_answers(tx: Tx, id: str, *, paid: bool) -> Row:
    """Settles a delayed payment; harmless when it is settled already."""
    session = await load(tx, KIND, id, lock=True)
    if not session.get("payment_intent"):
        return session
    intent = await load(tx, "payment_intent", session["payment_intent"], lock=True)
    if intent["status"] != "processing":
        return session
    await payments.finish_debit(tx, intent, paid=paid)
    session["payment_status"] = "paid" if paid else "unpaid"
    await save(tx, KIND, session)
    await due.cancel(tx, "bank", id)
    await emit(tx, f"checkout.session.async_payment_{'succeeded' if paid else 'failed'}", session)
    return session


@due.settles("bank")
async def _bank_due(tx: Tx, id: str) -> None:
    await bank_answers(tx, id, paid=True)
