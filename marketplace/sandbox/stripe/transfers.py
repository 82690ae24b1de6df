"""Transfers to connected accounts and their reversals."""

from __future__ import annotations

import stripe
from starlette.routing import BaseRoute
from stripe.params._transfer_create_params import TransferCreateParams
from stripe.params._transfer_list_params import TransferListParams
from stripe.params._transfer_retrieve_params import TransferRetrieveParams
from stripe.params._transfer_reversal_create_params import TransferReversalCreateParams
from stripe.params._transfer_reversal_list_params import TransferReversalListParams
from stripe.params._transfer_reversal_retrieve_params import TransferReversalRetrieveParams
from stripe.params._transfer_update_params import TransferUpdateParams

from marketplace.sandbox.app import Sandbox
from marketplace.sandbox.store import Row, Tx
from marketplace.sandbox.stripe import balance_settings, ledger, paydays
from marketplace.sandbox.stripe.accounts import transfers_status
from marketplace.sandbox.stripe.api import Call, retriever, route
from marketplace.sandbox.stripe.errors import ApiError, insufficient, missing
from marketplace.sandbox.stripe.events import emit
from marketplace.sandbox.stripe.lists import list_objects, only
from marketplace.sandbox.stripe.objects import PLATFORM, load, new_id, save, shape, update_metadata

_ENDPOINT_NOTE = "You can use the /v1/balance endpoint to view your Stripe balance."


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    base, below = "/v1/transfers", "/v1/transfers/{transfer}/reversals"
    return [
        route(sandbox, "POST", base, TransferCreateParams, create),
        route(sandbox, "GET", base, TransferListParams, list_),
        route(sandbox, "GET", f"{base}/{{id}}", TransferRetrieveParams, retriever("transfer")),
        route(sandbox, "POST", f"{base}/{{id}}", TransferUpdateParams, update),
        route(sandbox, "POST", below, TransferReversalCreateParams, reverse),
        route(sandbox, "GET", below, TransferReversalListParams, list_reversals),
        route(sandbox, "GET", f"{below}/{{id}}", TransferReversalRetrieveParams, retrieve_reversal),
    ]


async def create(call: Call) -> Row:
    tx, params = call.tx, call.params
    amount, currency = params.get("amount", 0), params["currency"].lower()
    if amount <= 0:
        raise ApiError("Invalid positive integer", code="parameter_invalid_integer", param="amount", stored=False)
    await _able(tx, params["destination"])
    source = params.get("source_transaction")
    charge = await _source(tx, source, amount, currency) if source else None
    if charge is None:
        await _covered(tx, amount, currency)
    row = _transfer(tx, params, amount, currency, charge)
    await _book(tx, row, await _available_on(tx, charge))
    await save(tx, "transfer", row)
    await emit(tx, "transfer.created", row)
    return row


async def _able(tx: Tx, destination: str) -> None:
    account = await tx.get("stripe", "account", destination)
    if account is None:
        raise missing("destination", destination, "destination", status=400)
    if transfers_status(account) != "active":
        raise ApiError(
            "Your destination account needs to have at least one of the following capabilities enabled:"
            " transfers, crypto_transfers, legacy_payments",
            code="insufficient_capabilities_for_transfer",
        )


async def _source(tx: Tx, id: str, amount: int, currency: str) -> Row:
    """The charge, locked; all transfers from it together stay within it."""
    charge = await load(tx, "charge", id, lock=True, param="source_transaction", status=400)
    if charge["status"] == "failed":
        raise ApiError(f"Charge {id} failed: it can't be transferred.", param="source_transaction")
    if charge["currency"] != currency:
        raise ApiError(
            f"The currency of source_transaction's balance transaction ({charge['currency']}) must be the same as"
            f" the transfer currency ({currency})",
            param="currency",
        )
    cursor = await tx.connection.execute(
        "SELECT coalesce(sum((data->>'amount')::bigint), 0) AS total FROM sandbox.objects"
        " WHERE vendor='stripe' AND kind='transfer' AND data @> jsonb_build_object('source_transaction', %s::text)",
        (id,),
    )
    row = await cursor.fetchone()
    total = int(row["total"]) if row else 0
    if total + amount > charge["amount"]:
        raise ApiError(
            "Transfers using this transaction as a source must not exceed the source amount of"
            f" {charge['amount']} {currency}. (There is already a total of {total} {currency} transferred.)",
            param="amount",
        )
    return charge


async def _covered(tx: Tx, amount: int, currency: str) -> None:
    await ledger.lock(tx, PLATFORM)
    available, _ = await ledger.balance_of(tx, PLATFORM, currency)
    if available < amount:
        raise insufficient(f"You have insufficient available funds in your Stripe account. {_ENDPOINT_NOTE}")


def _transfer(tx: Tx, params: Row, amount: int, currency: str, charge: Row | None) -> Row:
    id = new_id("tr_")
    nothing: list[Row] = []
    values = {
        "id": id,
        "object": "transfer",
        "amount": amount,
        "amount_reversed": 0,
        "created": tx.timestamp(),
        "currency": currency,
        "description": params.get("description"),
        "destination": params["destination"],
        "destination_payment": new_id("py_"),
        "livemode": False,
        "metadata": params.get("metadata") or {},
        "reversals": {
            "object": "list",
            "data": nothing,
            "has_more": False,
            "url": f"/v1/transfers/{id}/reversals",
        },
        "reversed": False,
        "source_transaction": charge["id"] if charge else None,
        "source_type": "card",
        "transfer_group": params.get("transfer_group") or (charge and charge["transfer_group"]),
    }
    return shape(stripe.Transfer, values)


async def _available_on(tx: Tx, charge: Row | None) -> int:
    """Funds from a charge become available with the charge."""
    if charge is None or not charge["balance_transaction"]:
        return tx.timestamp()
    entry = await load(tx, "balance_transaction", charge["balance_transaction"])
    return max(int(entry["available_on"]), tx.timestamp())


async def _book(tx: Tx, row: Row, available_on: int) -> None:
    out = await ledger.book(
        tx,
        PLATFORM,
        type="transfer",
        amount=-row["amount"],
        currency=row["currency"],
        source=row["id"],
        available_on=available_on,
    )
    into = await ledger.book(
        tx,
        row["destination"],
        type="payment",
        category="charge",
        amount=row["amount"],
        currency=row["currency"],
        source=row["destination_payment"],
        available_on=available_on,
    )
    row |= {"balance_transaction": out["id"], "_arrival": into["id"]}
    settings = await balance_settings.of(tx, row["destination"])
    await paydays.expect(tx, row["destination"], settings["payouts"]["schedule"])


async def list_(call: Call) -> Row:
    where = only(call.params, "destination", "transfer_group")
    return await list_objects(call.tx, "transfer", where, call.params, "/v1/transfers")


async def update(call: Call) -> Row:
    row = await load(call.tx, "transfer", call.path["id"], lock=True)
    if "description" in call.params:
        row["description"] = call.params["description"]
    row = await update_metadata(call.tx, "transfer", row, call.params.get("metadata"))
    await emit(call.tx, "transfer.updated", row)
    return row


async def reverse(call: Call) -> Row:
    """As far as the connected account's balance, available and pending, covers it."""
    tx = call.tx
    transfer = await load(tx, "transfer", call.path["transfer"], lock=True, param="transfer")
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = call.params.get("amount", left)
    _refuse(transfer, amount, left)
    await ledger.lock(tx, transfer["destination"])
    available, pending = await ledger.balance_of(tx, transfer["destination"], transfer["currency"])
    if available + pending < amount:
        raise insufficient(f"The connected account has insufficient funds for this reversal. {_ENDPOINT_NOTE}")
    return await _reverse(tx, transfer, amount, call.params.get("metadata") or {})


def _refuse(transfer: Row, amount: int, left: int) -> None:
    if left <= 0:
        raise ApiError(f"Transfer {transfer['id']} is already fully reversed.", param="id")
    if amount <= 0:
        raise ApiError("Invalid positive integer", code="parameter_invalid_integer", param="amount", stored=False)
    if amount > left:
        raise ApiError(
            f"Reversal amount ({amount}) is greater than the unreversed amount on transfer ({left}).",
            code="amount_too_large",
            param="amount",
        )


async def _reverse(tx: Tx, transfer: Row, amount: int, metadata: Row) -> Row:
    values = {
        "id": new_id("trr_"),
        "object": "transfer_reversal",
        "amount": amount,
        "created": tx.timestamp(),
        "currency": transfer["currency"],
        "metadata": metadata,
        "transfer": transfer["id"],
    }
    row = shape(stripe.TransferReversal, values)
    row["balance_transaction"] = await _book_reversal(tx, transfer, row)
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    found = [row, *transfer["reversals"]["data"]]
    transfer["reversals"] |= {"data": found[:10], "has_more": transfer["reversals"]["has_more"] or len(found) > 10}
    await save(tx, "transfer_reversal", row)
    await save(tx, "transfer", transfer)
    await emit(tx, "transfer.reversed", transfer)
    return row


async def _book_reversal(tx: Tx, transfer: Row, row: Row) -> str:
    arrival = await load(tx, "balance_transaction", transfer["_arrival"])
    when = max(int(arrival["available_on"]), tx.timestamp())
    back = await ledger.book(
        tx,
        PLATFORM,
        type="transfer_refund",
        category="transfer_reversal",
        amount=row["amount"],
        currency=row["currency"],
        source=row["id"],
        available_on=when,
    )
    await ledger.book(
        tx,
        transfer["destination"],
        type="payment_refund",
        category="refund",
        amount=-row["amount"],
        currency=row["currency"],
        source=row["id"],
        available_on=when,
    )
    return str(back["id"])


async def list_reversals(call: Call) -> Row:
    transfer = await load(call.tx, "transfer", call.path["transfer"], param="transfer")
    where, url = {"transfer": transfer["id"]}, f"/v1/transfers/{transfer['id']}/reversals"
    return await list_objects(call.tx, "transfer_reversal", where, call.params, url)


async def retrieve_reversal(call: Call) -> Row:
    row = await load(call.tx, "transfer_reversal", call.path["id"])
    if row["transfer"] != call.path["transfer"]:
        raise missing("transfer_reversal", call.path["id"])
    return row
