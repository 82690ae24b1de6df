"""Two workers are told of one payout at the same moment: it is booked once, and neither fails."""

from __future__ import annotations

import asyncio

from marketplace import db
from marketplace.domain.payouts import service as payouts
from marketplace.domain.payouts.ports import PayoutState
from tests.domain.world import World


async def test_a_payout_told_to_two_workers_at_once_is_one(world: World) -> None:
    creator = await world.creator("Twice told")
    account = await world.one("SELECT account_id FROM merchant WHERE creator_id = :c", c=creator.id)
    state = PayoutState(f"po_{creator.id.hex}", account, 1800, "usd", "paid", 1_800_000_000, None)
    both_are_in = asyncio.Barrier(2)

    async def told() -> None:
        async with db.transaction() as session:
            await payouts.merchant_of(session, account)
            await both_are_in.wait()
            await payouts.apply_payout(session, state)

    await asyncio.gather(told(), told())
    assert await world.one("SELECT count(*) FROM payout WHERE id = :id", id=state.id) == 1
    assert await world.one("SELECT count(*) FROM ledger_entry WHERE key = :k", k=f"payout:{state.id}") == 1
