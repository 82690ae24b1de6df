"""What happens by itself as the sandbox's clock runs: delayed payments, payouts, closing pages.

Nothing runs in the background: whoever looks first settles what is due, in the order in which it was due, and
what follows from it. Each item is its own transaction that locks the object before the note, as everybody else
does.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from psycopg.types.json import Jsonb

from marketplace.sandbox.store import Row, Store, Tx
from marketplace.sandbox.stripe.objects import VENDOR

Settler = Callable[[Tx, str], Awaitable[None]]
SETTLERS: dict[str, Settler] = {}


def settles(what: str) -> Callable[[Settler], Settler]:
    """Registers what to do when a note of this kind is due."""

    def register(function: Settler) -> Settler:
        SETTLERS[what] = function
        return function

    return register


async def schedule(tx: Tx, what: str, id: str, at: int) -> None:
    await tx.put(VENDOR, "due", f"{what}:{id}", {"what": what, "id": id, "at": at})


async def cancel(tx: Tx, what: str, id: str) -> None:
    await tx.delete(VENDOR, "due", f"{what}:{id}")


async def settle(store: Store) -> None:
    while await _settle_first(store):
        pass


async def _settle_first(store: Store) -> bool:
    async with store.tx() as tx:
        note = await _first(tx)
        if note is None:
            return False
        await SETTLERS[note["what"]](tx, note["id"])
        await _forget(tx, note)
        return True


async def _first(tx: Tx) -> Row | None:
    cursor = await tx.connection.execute(
        "SELECT data FROM sandbox.objects WHERE vendor=%s AND kind='due' AND (data->>'at')::bigint <= %s"
        " ORDER BY (data->>'at')::bigint, seq LIMIT 1",
        (VENDOR, tx.timestamp()),
    )
    row = await cursor.fetchone()
    return row["data"] if row else None


async def _forget(tx: Tx, note: Row) -> None:
    """Unless it was set to another time meanwhile."""
    await tx.connection.execute(
        "DELETE FROM sandbox.objects WHERE vendor=%s AND kind='due' AND id=%s AND data=%s",
        (VENDOR, f"{note['what']}:{note['id']}", Jsonb(note)),
    )
