"""Book entries and read balances."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.ledger import rules
from marketplace.domain.ledger.models import Entry, Posting
from marketplace.ids import new_id

__all__ = ["balance", "balances", "book", "paid_out", "rules", "statement", "trial_balance"]


async def book(
    session: AsyncSession,
    *,
    key: str,
    kind: str,
    currency: str,
    lines: list[rules.Line],
    order_id: UUID | None = None,
    line_id: UUID | None = None,
    memo: str = "",
) -> bool:
    """One entry, once per ``key``. Returns whether this call booked it. Zero lines are left out."""
    wanted = [line for line in lines if line.amount_minor]
    if not wanted:
        return False
    entry_id = new_id()
    made = await session.execute(
        insert(Entry)
        .values(id=entry_id, key=key, kind=kind, memo=memo, order_id=order_id, line_id=line_id, created_at=now())
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(col(Entry.id))
    )
    if made.first() is None:
        return False
    session.add_all(
        Posting(
            entry_id=entry_id, account=line.account, owner_id=line.owner_id, currency=currency,
            amount_minor=line.amount_minor,
        )
        for line in wanted
    )  # fmt: skip
    await session.flush()
    return True


async def balance(session: AsyncSession, account: str, currency: str, owner_id: UUID | None = None) -> int:
    """Signed minor units: debits minus credits."""
    found = await session.exec(
        select(func.coalesce(func.sum(Posting.amount_minor), 0)).where(
            Posting.account == account,
            Posting.currency == currency,
            col(Posting.owner_id).is_not_distinct_from(owner_id),
        )
    )
    return int(found.one())


async def balances(session: AsyncSession, owner_id: UUID) -> dict[str, dict[str, int]]:
    """currency → account → signed minor units, for one creator."""
    rows = await session.execute(
        text(
            "SELECT currency, account, sum(amount_minor) FROM ledger_posting WHERE owner_id = :owner"
            " AND account IN ('held','available','connected','debt') GROUP BY 1, 2"
        ),
        {"owner": owner_id},
    )
    out: dict[str, dict[str, int]] = {}
    for currency, account, total in rows.all():
        out.setdefault(currency, {})[account] = int(total)
    return out


async def paid_out(session: AsyncSession, owner_id: UUID) -> dict[str, int]:
    """currency → minor units that left for the creator's bank, net of failed payouts."""
    rows = await session.execute(
        text(
            "SELECT p.currency, -sum(p.amount_minor) FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id"
            " WHERE p.owner_id = :owner AND p.account = 'connected' AND e.kind IN ('payout','payout_failed') GROUP BY 1"
        ),
        {"owner": owner_id},
    )
    return {currency: int(total) for currency, total in rows.all()}


async def statement(session: AsyncSession, line_id: UUID) -> list[tuple[Entry, list[Posting]]]:
    """Every entry of one order line with its postings, oldest first."""
    entries = (await session.exec(select(Entry).where(Entry.line_id == line_id).order_by(col(Entry.id)))).all()
    found = await session.exec(select(Posting).where(col(Posting.entry_id).in_([e.id for e in entries])))
    by_entry: dict[UUID, list[Posting]] = {}
    for posting in found.all():
        by_entry.setdefault(posting.entry_id, []).append(posting)
    return [(entry, by_entry.get(entry.id, [])) for entry in entries]


async def trial_balance(session: AsyncSession) -> dict[tuple[str, str, str], int]:
    """(account, owner or "", currency) → signed minor units, for proofs and reconciliation."""
    rows = await session.execute(
        text(
            "SELECT account, coalesce(owner_id::text, ''), currency, sum(amount_minor) FROM ledger_posting GROUP BY 1, 2, 3"
        )
    )
    return {(account, owner, currency): int(total) for account, owner, currency, total in rows.all()}
