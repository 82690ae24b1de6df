"""Balances: every movement is a balance transaction of one account, and a balance is their sum."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import stripe

from marketplace.sandbox.store import Row, Tx
from marketplace.sandbox.stripe.currencies import ZERO_DECIMAL
from marketplace.sandbox.stripe.objects import PLATFORM, new_id, save, shape

DISPUTE_FEE = 1500
SETTLE_SECONDS = 2 * 86_400


def processing_fee(amount: int, currency: str) -> int:
    """2.9 % and 30 minor units; currencies without minor units 3.6 %."""
    rate, fixed = (Decimal("0.036"), 0) if currency in ZERO_DECIMAL else (Decimal("0.029"), 30)
    return int((amount * rate).quantize(Decimal(1), rounding=ROUND_HALF_UP)) + fixed


async def settles_at(tx: Tx) -> int:
    """When a charge of now becomes available: the knob ``settle_seconds``, two days by default."""
    knobs = await tx.knobs("stripe")
    return tx.timestamp() + int(knobs.get("settle_seconds", SETTLE_SECONDS))


async def book(
    tx: Tx,
    account: str,
    *,
    type: str,
    amount: int,
    currency: str,
    source: str,
    fee: int = 0,
    available_on: int | None = None,
    category: str | None = None,
    description: str | None = None,
) -> Row:
    """One movement on ``account``: ``amount`` is signed, ``net`` is what the balance changes by."""
    detail = {"amount": fee, "application": None, "currency": currency, "description": "Stripe processing fees"}
    values = {
        "id": new_id("txn_"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": available_on or tx.timestamp(),
        "balance_type": "payments",
        "created": tx.timestamp(),
        "currency": currency,
        "description": description,
        "fee": fee,
        "fee_details": [{**detail, "type": "stripe_fee"}] if fee else [],
        "net": amount - fee,
        "reporting_category": category or type,
        "source": source,
        "status": "pending",
        "type": type,
    }
    return await save(tx, "balance_transaction", {**shape(stripe.BalanceTransaction, values), "_account": account})


async def lock(tx: Tx, account: str) -> None:
    """Until the transaction ends nobody else decides by this account's balance."""
    await tx.connection.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", (f"stripe-balance:{account}",))


async def balances(tx: Tx, account: str) -> dict[str, tuple[int, int]]:
    """Currency → (available, pending), minor units."""
    cursor = await tx.connection.execute(
        "SELECT data->>'currency' AS currency,"
        " sum((data->>'net')::bigint) FILTER (WHERE (data->>'available_on')::bigint <= %s) AS available,"
        " sum((data->>'net')::bigint) FILTER (WHERE (data->>'available_on')::bigint > %s) AS pending"
        " FROM sandbox.objects WHERE vendor='stripe' AND kind='balance_transaction'"
        " AND data @> jsonb_build_object('_account', %s::text) GROUP BY 1 ORDER BY 1",
        (tx.timestamp(), tx.timestamp(), account),
    )
    rows = await cursor.fetchall()
    return {row["currency"]: (int(row["available"] or 0), int(row["pending"] or 0)) for row in rows}


async def balance_of(tx: Tx, account: str, currency: str) -> tuple[int, int]:
    return (await balances(tx, account)).get(currency, (0, 0))


async def release(tx: Tx, account: str | None = None) -> None:
    """Make pending funds available now."""
    await tx.connection.execute(
        "UPDATE sandbox.objects SET data = jsonb_set(data, '{available_on}', to_jsonb(%s::bigint))"
        " WHERE vendor='stripe' AND kind='balance_transaction' AND (data->>'available_on')::bigint > %s"
        " AND (%s::text IS NULL OR data->>'_account' = %s)",
        (tx.timestamp(), tx.timestamp(), account, account),
    )


def balance_object(sums: dict[str, tuple[int, int]], account: str) -> Row:
    """Stripe always shows at least the account's own currency."""
    known = sums or {"usd": (0, 0)}

    def entries(which: int) -> list[Row]:
        return [
            {"amount": pair[which], "currency": currency, "source_types": {"card": pair[which]}}
            for currency, pair in known.items()
        ]

    shown = {"object": "balance", "available": entries(0), "livemode": False, "pending": entries(1)}
    return shown | ({"connect_reserved": []} if account == PLATFORM else {})
