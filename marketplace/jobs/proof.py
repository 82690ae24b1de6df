"""Proving balances against the provider's books: every night, and when somebody asks."""

from __future__ import annotations

from uuid import UUID

import structlog

from marketplace.clock import now
from marketplace.db import transaction
from marketplace.domain.payouts import service as payouts
from marketplace.domain.proof import look
from marketplace.domain.proof import service as proof
from marketplace.queue import enqueue_all
from marketplace.vendors import vendors

log = structlog.get_logger()
_BATCH = 500
_PATIENT = -10  # whatever people wait for comes first


async def creator(creator_id: str) -> None:
    """One creator's money, in all currencies. What came in since the last match first; everything, if that differs."""
    who = UUID(creator_id)
    async with transaction() as session:
        task = await proof.begin(session, who)
    if task.account_id is not None:
        await _drain(task.account_id)
    if not await _look(who, task):
        await _look(who, proof.Task(task.account_id))


async def _look(who: UUID, task: proof.Task) -> bool:
    seen = look.Seen(now())
    if task.account_id is not None:
        seen = await look.at_account(vendors().books, task.account_id, task.since)
    async with transaction() as session:
        return await proof.conclude(session, who, task.account_id, seen)


async def _drain(account_id: str) -> None:
    """Take in what the provider says of the last payouts: their events may not have come."""
    states = await vendors().connect.payouts(account_id)
    async with transaction() as session:
        for state in states:
            await payouts.apply_payout(session, state)


async def platform() -> None:
    """The platform's own balance."""
    async with transaction() as session:
        task = await proof.begin(session, None)
    for since, cursor, marks in ((task.since, task.cursor, task.marks), (None, "", {})):
        seen = await look.at_platform(vendors().books, since, cursor, marks)
        async with transaction() as session:
            if await proof.conclude(session, None, None, seen):
                return


async def nightly(timestamp: int = 0) -> None:
    """Everybody, one job each, after whatever else there is to do; the platform; and our own sums."""
    async with transaction() as session:
        await proof.check_sums(session)
    async with transaction() as session:
        await proof.tidy(session)
        await proof.request(session, None)
    after = UUID(int=0)
    while True:
        async with transaction() as session:
            found = await proof.creators(session, after=after, limit=_BATCH)
            jobs = [{"creator_id": str(one)} for one in found]
            await enqueue_all(session, "proof.creator", jobs, priority=_PATIENT)
        if len(found) < _BATCH:
            return
        after = found[-1]


TASKS = {"proof.creator": creator, "proof.platform": platform}
PERIODIC = {"proof.nightly": ("41 2 * * *", nightly)}
