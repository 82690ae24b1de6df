"""What happens by itself as the sandbox's clock runs: delayed payments, payouts, closing pages.

Nothing runs in the background: whoever looks first settles what is due. Each item is its own
transaction that locks the object before the note, as everybody else does.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

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
    async with store.tx() as tx:
        notes = await _due(tx)
    for note in notes:
        async with store.tx() as tx:
            await SETTLERS[note["what"]](tx, note["id"])
            await cancel(tx, note["what"], note["id"])


async def _due(tx: Tx) -> list[Row]:
    cursor = await tx.connection.execute(
        "SELECT data FROM sandbox.objects WHERE vendor=%s AND kind='due' AND (data->>'at')::bigint <= %s"
        " ORDER BY seq LIMIT 50",
        (VENDOR, tx.timestamp()),
    )
    return [row["data"] for row in await cursor.fetchall()]
