"""Book entries, read balances, and say what they are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.ledger import explain, formats, rules, store
from marketplace.domain.ledger.explain import Explained
from marketplace.domain.ledger.formats import ExportEntry, ExportPosting
from marketplace.domain.ledger.models import Entry, Posting

__all__ = [
    "Cursor", "Explained", "ExportEntry", "StatementPage", "StatementRow", "WrongSum", "balance", "balances", "book",
    "check", "currencies", "explanation", "export_all", "export_of", "formats", "owing", "paid_out", "platform", "rebuild",
    "rules", "statement", "statement_page", "totals", "trial_balance",
]  # fmt: skip


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
    wanted = rules.attribute(lines)
    if not wanted:
        return False
    entry_id = await store.add_entry(session, key=key, kind=kind, memo=memo, order_id=order_id, line_id=line_id)
    if entry_id is None:
        return False
    await store.add_postings(session, entry_id, currency, wanted)
    return True


async def balance(session: AsyncSession, account: str, currency: str, owner_id: UUID | None = None) -> int:
    """Signed minor units: debits minus credits, what this transaction booked included."""
    return await store.balance(session, account, currency, owner_id)


async def balances(session: AsyncSession, owner_id: UUID) -> dict[str, dict[str, int]]:
    """currency → account → signed minor units, for one creator."""
    out: dict[str, dict[str, int]] = {}
    for account, currency, total in await store.balances(session, owner_id):
        if account in rules.CREATOR:
            out.setdefault(currency, {})[account] = total
    return out


async def platform(session: AsyncSession) -> dict[str, dict[str, int]]:
    """currency → account → signed minor units of the platform's own accounts."""
    out: dict[str, dict[str, int]] = {}
    for account, currency, total in await store.balances(session, None):
        out.setdefault(currency, {})[account] = total
    return out


async def currencies(session: AsyncSession, owner_id: UUID) -> list[str]:
    """Currencies in which a creator ever had money here."""
    return await store.currencies_of(session, owner_id)


async def paid_out(session: AsyncSession, owner_id: UUID) -> dict[str, int]:
    """currency → minor units that left for the creator's bank, net of failed payouts."""
    out: dict[str, int] = {}
    for currency, kind, account, total in await store.flows(session, owner_id):
        if kind in explain.PAYOUTS and account == rules.CONNECTED:
            out[currency] = out.get(currency, 0) - total
    return out


async def explanation(session: AsyncSession, owner_id: UUID) -> dict[str, Explained]:
    """currency → what was earned, and where it is now: "why is my balance this?"."""
    by_currency: dict[str, dict[tuple[str, str], int]] = {}
    for currency, kind, account, total in await store.flows(session, owner_id):
        by_currency.setdefault(currency, {})[kind, account] = total
    return {currency: explain.explain(flows) for currency, flows in by_currency.items()}


async def statement(session: AsyncSession, line_id: UUID) -> list[tuple[Entry, list[Posting]]]:
    """Every entry of one order line with its postings, oldest first."""
    return await store.of_line(session, line_id)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: its last entry, and the owner's balances before that entry was booked."""

    entry_id: UUID
    balances: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One entry as it touched a creator. Amounts are signed as in the journal: credits, theirs, are negative.

    ``about`` has the platform's side where it is about this creator alone (price, fee); ``balances`` are those
    after the entry. ``source`` is what kind of thing the entry is of, ``source_id`` its id (a payout's is the
    provider's own).
    """

    entry_id: UUID
    key: str
    kind: str
    source: str
    source_id: str
    memo: str
    at: datetime
    order_id: UUID | None
    order_number: int | None
    line_id: UUID | None
    amounts: Mapping[str, int]
    about: Mapping[str, int]
    balances: Mapping[str, int]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StatementPage:
    """Newest first; ``next`` is None on the last page."""

    rows: list[StatementRow]
    next: Cursor | None


async def statement_page(
    session: AsyncSession, owner_id: UUID, currency: str, before: Cursor | None = None, limit: int = 50
) -> StatementPage:
    """Entries that touch a creator's accounts, with running balances. Each page costs the same, however deep: the
    cursor carries the balances on."""
    found = await store.page(session, owner_id, currency, before.entry_id if before else None, limit + 1)
    entries: dict[UUID, list[Row[Any]]] = {}
    for row in found:
        entries.setdefault(row.id, []).append(row)
    kept = before.balances if before else (found[0].balances if found else {})
    running = {account: int(total) for account, total in kept.items()}
    rows: list[StatementRow] = []
    for postings in list(entries.values())[:limit]:
        rows.append(_statement_row(postings, running))
        for account, amount in rows[-1].amounts.items():
            running[account] = running.get(account, 0) - amount
    return StatementPage(rows, Cursor(rows[-1].entry_id, running) if len(entries) > limit else None)


def _statement_row(postings: list[Row[Any]], running: Mapping[str, int]) -> StatementRow:
    first, amounts, about = postings[0], dict[str, int](), dict[str, int]()
    for posting in postings:
        side = amounts if posting.own else about
        side[posting.account] = side.get(posting.account, 0) + posting.amount_minor
    source, source_id = rules.source_of(first.key)
    return StatementRow(
        entry_id=first.id, key=first.key, kind=first.kind, source=source, source_id=source_id, memo=first.memo,
        at=first.created_at, order_id=first.order_id, order_number=first.order_number, line_id=first.line_id, amounts=amounts, about=about,
        balances=dict(running), notes=tuple(p.posting_memo for p in postings if p.posting_memo),
    )  # fmt: skip


async def trial_balance(session: AsyncSession, owner_id: UUID | None = None) -> dict[tuple[str, str, str], int]:
    """(account, owner or "", currency) → signed minor units: of everybody, or of one creator."""
    if owner_id is not None:
        found = await store.balances(session, owner_id)
        return {(account, str(owner_id), currency): total for account, currency, total in found}
    everybody = await store.all_balances(session)
    return {(account, str(owner or ""), currency): total for account, owner, currency, total in everybody}


async def totals(session: AsyncSession) -> dict[tuple[str, str], int]:
    """(account, currency) → signed minor units, all owners together."""
    return {(account, currency): total for account, currency, total in await store.totals(session)}


async def export_all(session: AsyncSession, after: UUID, until: UUID, limit: int) -> list[ExportEntry]:
    """The whole journal by key, oldest first: the next ``limit`` entries after ``after``."""
    return _exported(await store.export_all(session, after, until, limit), None)


async def export_of(
    session: AsyncSession, owner_id: UUID, currency: str, after: UUID, until: UUID, limit: int
) -> list[ExportEntry]:
    """The entries that touch one creator's accounts. What they hold for others is one sum, so that they balance."""
    return _exported(await store.export_one(session, owner_id, currency, after, until, limit), owner_id)


def _exported(found: Sequence[Row[Any]], owner_id: UUID | None) -> list[ExportEntry]:
    entries: dict[UUID, list[Row[Any]]] = {}
    for row in found:
        entries.setdefault(row.id, []).append(row)
    return [_export_entry(rows, owner_id) for rows in entries.values()]


def _export_entry(rows: list[Row[Any]], owner_id: UUID | None) -> ExportEntry:
    first, shown, others = rows[0], list[ExportPosting](), dict[str, int]()
    for row in rows:
        if owner_id in (None, row.owner_id) or (row.owner_id is None and row.about_id == owner_id):
            handle = (row.handle or str(row.owner_id)) if row.owner_id else ""
            shown.append(ExportPosting(row.account, row.currency, row.amount_minor, handle, row.posting_memo))
        else:
            others[row.currency] = others.get(row.currency, 0) + row.amount_minor
    shown += [ExportPosting(formats.OTHERS, currency, minor) for currency, minor in others.items() if minor]
    return ExportEntry(
        first.id, first.key, first.kind, first.memo, first.created_at, first.order_number, first.line_id, tuple(shown)
    )


async def owing(
    session: AsyncSession, after: tuple[UUID, str] | None = None, limit: int = 50
) -> dict[tuple[UUID, str], dict[str, int]]:
    """(owner, currency) → account → signed minor units, of everybody who has a debt, and of those who left and have
    money here still; the next ``limit`` after a key."""
    out: dict[tuple[UUID, str], dict[str, int]] = {}
    for owner, currency, account, total in await store.owing(session, after or (store.NOBODY, ""), limit):
        out.setdefault((owner, currency), {})[account] = total
    return out


@dataclass(frozen=True, slots=True)
class WrongSum:
    """``kind`` is empty for a balance; ``owner_id`` is empty for the platform."""

    account: str
    owner_id: UUID | None
    currency: str
    kind: str
    kept_minor: int
    booked_minor: int


async def check(session: AsyncSession) -> list[WrongSum]:
    """Prove that what balances are read from is the sum of the postings: whatever isn't. Reads the whole journal."""
    return [
        WrongSum(
            row.account, None if row.owner_id == store.NOBODY else row.owner_id, row.currency, row.kind,
            int(row.kept), int(row.booked),
        )
        for row in await store.wrong_sums(session)
    ]  # fmt: skip


async def rebuild(session: AsyncSession) -> None:
    """Add up all sums anew from the journal. Bookings wait until the transaction ends."""
    await store.rebuild_sums(session)
