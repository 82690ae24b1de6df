"""The proof of balance: our journal, the provider's objects and the provider's statement, three ways the same.

It asks nothing of orders or payouts, so that they can ask it whether money is frozen. The provider is asked
by :mod:`~marketplace.domain.proof.look`, between transactions; when a mismatch counts is in
:mod:`~marketplace.domain.proof.rules`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row, text
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.access.service import Actor, require_admin
from marketplace.domain.audit import service as audit
from marketplace.domain.ledger import service as ledger
from marketplace.domain.proof import rules, store
from marketplace.domain.proof.look import Mark, Seen
from marketplace.domain.proof.models import ProofAlert, ProofResult
from marketplace.domain.proof.rules import Difference, Fact, Verdict
from marketplace.errors import Invalid, Missing
from marketplace.ids import first_id, made_at
from marketplace.queue import enqueue

log = structlog.get_logger()
Sums = dict[str, dict[str, int]]  # currency → account → signed minor units
KEEP = timedelta(days=30)
_EVER = UUID(int=0)


async def is_frozen(session: AsyncSession, creator_id: UUID, currency: str) -> bool:
    """Must this money stay where it is? Ask before each transfer and payout."""
    rows = await session.execute(
        text(
            "SELECT 1 FROM proof_alert WHERE creator_id = :creator AND currency = :currency AND closed_at IS NULL"
            " AND state = 'confirmed'"
        ),
        {"creator": creator_id, "currency": currency},
    )
    return rows.first() is not None


@dataclass(frozen=True, slots=True)
class Task:
    """What to look at. Without ``account_id`` there is nothing at the provider yet. ``since`` is empty to read
    everything; ``cursor`` and ``marks`` are those of the platform's last look."""

    account_id: str | None
    since: datetime | None = None
    cursor: str = ""
    marks: dict[str, Mark] = field(default_factory=dict)


async def begin(session: AsyncSession, creator_id: UUID | None, *, full: bool = False) -> Task:
    """After a look that matched, the next reads only what came since, and three days before that."""
    account_id = await store.account_of(session, creator_id) if creator_id is not None else None
    last = await store.latest(session, creator_id)
    proven = last and all(one.matched and one.checked_at == last[0].checked_at for one in last)
    if full or not proven or await store.open_alerts_of(session, creator_id):
        return Task(account_id)
    marks = {one.currency: Mark(one.business_minor, one.own_minor) for one in last}
    return Task(account_id, last[0].checked_at - rules.OVERLAP, last[0].cursor, marks)


async def conclude(session: AsyncSession, creator_id: UUID | None, account_id: str | None, seen: Seen) -> bool:
    """Compare what was seen with the journal as it is now, and record the outcome. False when only a part was read
    and it doesn't match: then everything has to be read, and nothing is recorded yet."""
    await store.lock(session, creator_id)
    if creator_id is None:
        books = await ledger.platform(session)
        verdicts, drained = await _of_platform(session, seen, books), not await store.waiting_events(session, "")
    else:
        books = await ledger.balances(session, creator_id)
        intended = await store.intents(session, creator_id)
        verdicts = await _of_creator(session, creator_id, seen, books, intended)
        drained = not intended and not await store.waiting_events(session, account_id or "")
    if seen.since is not None and not all(verdict.matched for verdict in verdicts.values()):
        return False
    for currency, verdict in verdicts.items():
        await _record(session, _result(creator_id, currency, seen, verdict, books.get(currency, {})), verdict, drained)
    return True


def _window(seen: Seen) -> tuple[UUID, datetime | None]:
    """From which entry on to read, and from when on the provider must have what we booked."""
    if seen.since is None:
        return _EVER, None
    return first_id(seen.since - rules.LATE), seen.since + rules.LATE


async def _of_creator(
    session: AsyncSession, creator_id: UUID, seen: Seen, books: Sums, intended: Sequence[Row[Any]]
) -> dict[str, Verdict]:
    floor, complete = _window(seen)
    verdicts = {}
    for currency in sorted({*books, *seen.currencies}):
        mine = books.get(currency, {})
        connected, available = mine.get("connected", 0), mine.get("available", 0)
        here = [_fact(row) for row in await store.on_account(session, creator_id, currency, floor)]
        verdict = rules.prove(
            journal_minor=connected, statement_minor=seen.statement.get(currency, 0), here=here,
            there=seen.facts.get(currency, []), strays=seen.strays.get(currency, []),
            intents=[(row.kind, row.most) for row in intended if row.currency == currency],
            cut=seen.at - rules.YOUNG, complete_since=complete, comparable=currency not in seen.converted,
        )  # fmt: skip
        verdicts[currency] = rules.with_books(verdict, connected=connected, available=available)
    return verdicts


async def _of_platform(session: AsyncSession, seen: Seen, books: Sums) -> dict[str, Verdict]:
    floor, complete = _window(seen)
    here: dict[str, list[Fact]] = {}
    for row in await store.on_platform(session, floor):
        here.setdefault(row.currency, []).append(_fact(row))
    return {
        currency: rules.prove(
            journal_minor=books.get(currency, {}).get("stripe", 0), statement_minor=seen.statement.get(currency, 0),
            here=here.get(currency, []), there=seen.facts.get(currency, []), strays=seen.strays.get(currency, []),
            cut=seen.at - rules.YOUNG, complete_since=complete,
        )
        for currency in sorted({*books, *seen.currencies})
    }  # fmt: skip


def _fact(row: Row[Any]) -> Fact:
    """A posting as the provider's object that is behind it; without one, as the entry that it is of."""
    kind, object_id = str(row.kind), row.object_id
    if object_id is None:
        name, _, rest = str(row.key).partition(":")
        known = kind in ("payout", "payout_failed") or name.startswith("dispute")
        kind = "dispute" if name.startswith("dispute") else kind
        object_id = rest.partition(":")[0] if known else row.key
    return Fact(kind, object_id, int(row.amount_minor), made_at(row.id), bool(row.open))


def _result(creator_id: UUID | None, currency: str, seen: Seen, verdict: Verdict, mine: dict[str, int]) -> ProofResult:
    mark = seen.marks.get(currency, Mark())
    return ProofResult(
        creator_id=creator_id, currency=currency, checked_at=seen.at, since=seen.since,
        journal_minor=verdict.journal_minor, objects_minor=verdict.objects_minor,
        statement_minor=verdict.statement_minor, held_minor=-mine.get("held", 0),
        available_minor=-mine.get("available", 0), debt_minor=mine.get("debt", 0), matched=verdict.matched,
        differences=[_shown(one) for one in verdict.differences], waiting=[_shown(one) for one in verdict.waiting],
        cursor=seen.cursor, business_minor=mark.business_minor, own_minor=mark.own_minor,
    )  # fmt: skip


def _shown(one: Difference) -> dict[str, Any]:
    return {"kind": one.kind, "object": one.object_id, "why": one.why, "here": one.here_minor, "there": one.there_minor}


async def _record(session: AsyncSession, result: ProofResult, verdict: Verdict, drained: bool) -> None:
    """Keep the result; open, confirm or close the alert about this money."""
    session.add(result)
    await session.flush()
    alert = await store.open_alert(session, result.creator_id, result.currency)
    if verdict.matched:
        if alert is not None:
            await _heal(session, alert, result)
        return
    keys = [one.key for one in verdict.differences]
    if alert is None:
        alert = ProofAlert(
            creator_id=result.creator_id, currency=result.currency, result_id=result.id, first_seen_at=result.checked_at,
            seen=keys,
        )  # fmt: skip
        session.add(alert)
    elif alert.state == "released" and not rules.accepted(alert.accepted, verdict.differences):
        alert.state, alert.first_seen_at = "suspected", result.checked_at
    elif alert.state == "suspected" and not rules.seen_again(alert.seen, verdict.differences):
        alert.first_seen_at = result.checked_at
    alert.result_id, alert.seen = result.id, keys
    if alert.state == "suspected":
        await _suspect(session, alert, result, drained)
    await session.flush()


async def _suspect(session: AsyncSession, alert: ProofAlert, result: ProofResult, drained: bool) -> None:
    """Confirm it, or look again when a second look will count."""
    if not rules.counts(first_seen=alert.first_seen_at, now=result.checked_at, drained=drained):
        await request(session, alert.creator_id, at=alert.first_seen_at + rules.AGAIN + timedelta(minutes=1))
        return
    alert.state, alert.confirmed_at = "confirmed", now()
    log.error(
        "proof.mismatch", creator=str(alert.creator_id or "platform"), currency=alert.currency,
        journal=result.journal_minor, objects=result.objects_minor, statement=result.statement_minor,
        differences=len(result.differences),
    )  # fmt: skip
    await audit.record(
        session, None, "proof.confirmed", _subject(alert), currency=alert.currency, result=str(result.id)
    )


async def _heal(session: AsyncSession, alert: ProofAlert, result: ProofResult) -> None:
    counted = alert.confirmed_at is not None
    alert.state, alert.closed_at, alert.result_id = "healed", now(), result.id
    await session.flush()
    if counted:
        await audit.record(session, None, "proof.healed", _subject(alert), currency=alert.currency)
        await _resume(session, alert)


async def _resume(session: AsyncSession, alert: ProofAlert) -> None:
    """What was kept still may move again."""
    if alert.creator_id is not None:
        await enqueue(session, "orders.settle_creator", {"creator_id": str(alert.creator_id)})


def _subject(alert: ProofAlert) -> str:
    return f"account:{alert.creator_id}" if alert.creator_id is not None else "platform:balance"


async def check_sums(session: AsyncSession) -> int:
    """Prove the kept sums against the journal, and add up anew what is wrong. Returns how many were."""
    wrong = await ledger.check(session)
    for one in wrong:
        log.error(
            "ledger.sum_wrong", account=one.account, owner=str(one.owner_id or "platform"), currency=one.currency,
            kind=one.kind, kept=one.kept_minor, booked=one.booked_minor,
        )  # fmt: skip
    if wrong:
        await ledger.rebuild(session)
        await audit.record(session, None, "ledger.rebuilt", "platform:balance", wrong=len(wrong))
    return len(wrong)


async def request(session: AsyncSession, creator_id: UUID | None, *, at: datetime | None = None) -> None:
    """Have somebody's money, or the platform's, looked at soon."""
    name, args = ("proof.platform", {}) if creator_id is None else ("proof.creator", {"creator_id": str(creator_id)})
    await enqueue(session, name, args, lock=f"proof:{creator_id or 'platform'}", at=at)


async def release(session: AsyncSession, actor: Actor, alert_id: UUID, note: str) -> None:
    """An admin lets the money move although it doesn't match, and says why. Other differences count anew."""
    admin_id = require_admin(actor)
    if not note.strip():
        raise Invalid("Say why this money may move.", field="note")
    alert = await store.alert(session, alert_id)
    if alert is None or alert.closed_at is not None:
        raise Missing("That alert is closed.")
    alert.state, alert.accepted, alert.note = "released", list(alert.seen), note.strip()[:500]
    alert.released_by, alert.released_at = admin_id, now()
    await session.flush()
    await audit.record(
        session, admin_id, "proof.release", _subject(alert), currency=alert.currency, note=alert.note,
        differences=alert.accepted[:50],
    )  # fmt: skip
    await _resume(session, alert)


async def latest(session: AsyncSession, creator_id: UUID | None) -> dict[str, ProofResult]:
    """currency → the last result."""
    return {result.currency: result for result in await store.latest(session, creator_id)}


async def frozen(session: AsyncSession, creator_id: UUID) -> set[str]:
    """Currencies in which a creator's money is kept still."""
    return {a.currency for a in await store.open_alerts_of(session, creator_id) if a.state == "confirmed"}


async def alerts(
    session: AsyncSession, *, before: UUID | None = None, limit: int = 50
) -> list[tuple[ProofAlert, ProofResult]]:
    """What an admin has to look at, newest first: confirmed mismatches, and released ones that still don't match."""
    return list(await store.open_alerts(session, before, limit))


async def alert(session: AsyncSession, alert_id: UUID) -> ProofAlert | None:
    return await store.alert(session, alert_id)


async def creators(session: AsyncSession, *, after: UUID = _EVER, limit: int = 500) -> list[UUID]:
    """Everybody who has an account at the provider, by key."""
    return await store.creators(session, after, limit)


async def tidy(session: AsyncSession) -> None:
    await store.forget_old(session, now() - KEEP)
