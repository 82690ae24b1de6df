"""What is only read: payment intents, charges, balance transactions, events."""

from __future__ import annotations

from starlette.routing import BaseRoute
from stripe.params._balance_transaction_list_params import BalanceTransactionListParams
from stripe.params._balance_transaction_retrieve_params import BalanceTransactionRetrieveParams
from stripe.params._charge_list_params import ChargeListParams
from stripe.params._charge_retrieve_params import ChargeRetrieveParams
from stripe.params._event_list_params import EventListParams
from stripe.params._event_retrieve_params import EventRetrieveParams
from stripe.params._payment_intent_list_params import PaymentIntentListParams
from stripe.params._payment_intent_retrieve_params import PaymentIntentRetrieveParams
from stripe.params.v2.core._event_retrieve_params import EventRetrieveParams as ThinEventRetrieveParams

from marketplace.sandbox.app import Sandbox
from marketplace.sandbox.store import Row
from marketplace.sandbox.stripe import thin_lists
from marketplace.sandbox.stripe.api import Call, Handler, retriever, route
from marketplace.sandbox.stripe.errors import ApiError
from marketplace.sandbox.stripe.lists import list_objects, only
from marketplace.sandbox.stripe.objects import load


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    intents, charges = _lister("payment_intent", "customer"), _lister("charge", "payment_intent", "transfer_group")
    entries, events = "/v1/balance_transactions", "/v1/events"
    entry, event = retriever("balance_transaction", scoped=True), retriever("event", scoped=True)
    return [
        route(sandbox, "GET", "/v1/payment_intents", PaymentIntentListParams, intents),
        route(sandbox, "GET", "/v1/payment_intents/{id}", PaymentIntentRetrieveParams, retriever("payment_intent")),
        route(sandbox, "GET", "/v1/charges", ChargeListParams, charges),
        route(sandbox, "GET", "/v1/charges/{id}", ChargeRetrieveParams, retriever("charge")),
        route(sandbox, "GET", entries, BalanceTransactionListParams, list_entries),
        route(sandbox, "GET", f"{entries}/{{id}}", BalanceTransactionRetrieveParams, entry),
        route(sandbox, "GET", events, EventListParams, list_events),
        route(sandbox, "GET", f"{events}/{{id}}", EventRetrieveParams, event),
        route(sandbox, "GET", "/v2/core/events", thin_lists.ThinEventListParams, thin_lists.list_),
        route(sandbox, "GET", "/v2/core/events/{id}", ThinEventRetrieveParams, retriever("v2.core.event")),
    ]


def _lister(kind: str, *filters: str) -> Handler:
    async def list_(call: Call) -> Row:
        where = only(call.params, *filters)
        return await list_objects(call.tx, kind, where, call.params, f"/v1/{kind}s")

    return list_


async def list_entries(call: Call) -> Row:
    where = {"_account": call.account} | only(call.params, "type", "source", "currency")
    if payout := call.params.get("payout"):
        found = await load(call.tx, "payout", payout, account=call.account, param="payout", status=400)
        if not found["automatic"]:
            raise ApiError("Balance transaction history can only be filtered on automatic transfers, not manual.")
        where["_payout"] = payout
    return await list_objects(call.tx, "balance_transaction", where, call.params, "/v1/balance_transactions")


async def list_events(call: Call) -> Row:
    """``type`` may end in a wildcard, ``types`` holds up to twenty exact names; not both."""
    params = dict(call.params)
    types, type_ = params.pop("types", None), params.pop("type", None)
    if types and type_:
        raise ApiError("You may only specify one of these parameters: type, types.", param="types", stored=False)
    if types and len(types) > 20:
        raise ApiError("Array types exceeded maximum 20 allowed elements.", param="types", stored=False)
    patterns = types or ([type_] if type_ else [])
    return await list_objects(call.tx, "event", {"_account": call.account}, params, "/v1/events", patterns=patterns)
