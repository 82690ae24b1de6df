"""All queries on the journal and its sums. None of those that pages use reads more than it shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.ledger.models import Entry, Posting
from marketplace.domain.ledger.rules import Line
from marketplace.ids import new_id

NOBODY = UUID(int=0)  # the owner of the platform's own balances


async def add_entry(
    session: AsyncSession, *, key: str, kind: str, memo: str, order_id: UUID | None, line_id: UUID | None
) -> UUID | None:
    """The new entry's id, or None when the key is booked already."""
    made = await session.execute(
        insert(Entry)
        .values(id=new_id(), key=key, kind=kind, memo=memo, order_id=order_id, line_id=line_id, created_at=now())
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(col(Entry.id))
    )
    found = made.first()
    return None if found is None else UUID(str(found[0]))


async def add_postings(session: AsyncSession, entry_id: UUID, currency: str, lines: Sequence[Line]) -> None:
    """All of one entry in one statement: the sums are kept per statement."""
    await session.execute(
        insert(Posting).values(
            [
                {
                    "entry_id": entry_id, "account": line.account, "owner_id": line.owner_id, "about_id": line.about_id,
                    "currency": currency, "amount_minor": line.amount_minor, "memo": line.memo,
                }
                for line in lines
            ]
        )
    )  # fmt: skip


async def balance(session: AsyncSession, account: str, currency: str, owner_id: UUID | None) -> int:
    rows = await session.execute(
        text(
            "SELECT coalesce(sum(amount_minor), 0) FROM ledger_balance"
            " WHERE owner_id = :owner AND currency = :currency AND account = :account"
        ),
        {"owner": owner_id or NOBODY, "currency": currency, "account": account},
    )
    return int(rows.scalar_one())


async def balances(session: AsyncSession, owner_id: UUID | None) -> list[tuple[str, str, int]]:
    """(account, currency, signed minor units) of one owner."""
    rows = await session.execute(
        text(
            "SELECT account, currency, sum(amount_minor) FROM ledger_balance WHERE owner_id = :owner"
            " GROUP BY 1, 2 ORDER BY 1, 2"
        ),
        {"owner": owner_id or NOBODY},
    )
    return [(account, currency, int(total)) for account, currency, total in rows.all()]


async def all_balances(session: AsyncSession) -> list[tuple[str, UUID | None, str, int]]:
    """(account, owner, currency, signed minor units) of everybody."""
    rows = await session.execute(
        text("SELECT account, owner_id, currency, sum(amount_minor) FROM ledger_balance GROUP BY 1, 2, 3")
    )
    return [
        (account, None if owner == NOBODY else owner, code, int(total)) for account, owner, code, total in rows.all()
    ]


async def totals(session: AsyncSession) -> list[tuple[str, str, int]]:
    """(account, currency, signed minor units), all owners together."""
    rows = await session.execute(
        text("SELECT account, currency, sum(amount_minor) FROM ledger_balance GROUP BY 1, 2 ORDER BY 1, 2")
    )
    return [(account, currency, int(total)) for account, currency, total in rows.all()]


async def flows(session: AsyncSession, creator_id: UUID) -> list[tuple[str, str, str, int]]:
    """(currency, kind of entry, account, signed minor units) of one creator."""
    rows = await session.execute(
        text(
            "SELECT currency, kind, account, sum(amount_minor) FROM ledger_flow WHERE creator_id = :creator"
            " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
        ),
        {"creator": creator_id},
    )
    return [(currency, kind, account, int(total)) for currency, kind, account, total in rows.all()]


async def of_line(session: AsyncSession, line_id: UUID) -> list[tuple[Entry, list[Posting]]]:
    """Every entry of one order line with its postings, oldest first."""
    entries = (await session.exec(select(Entry).where(Entry.line_id == line_id).order_by(col(Entry.id)))).all()
    found = await session.exec(select(Posting).where(col(Posting.entry_id).in_([e.id for e in entries])))
    by_entry: dict[UUID, list[Posting]] = {}
    for posting in found.all():
        by_entry.setdefault(posting.entry_id, []).append(posting)
    return [(entry, by_entry.get(entry.id, [])) for entry in entries]


# One statement, so that the balances are those of the moment in which the page was read. Of an entry with several
# creators, each sees only what is theirs.
_PAGE = """
WITH page AS (
    SELECT DISTINCT entry_id FROM ledger_posting
    WHERE owner_id = :owner AND currency = :currency {before} ORDER BY entry_id DESC LIMIT :limit
)
SELECT e.id, e.key, e.kind, e.memo, e.created_at, e.order_id, o.number AS order_number, e.line_id, p.account,
       p.owner_id IS NOT NULL AS own, p.amount_minor, p.memo AS posting_memo, {balances} AS balances
FROM page JOIN ledger_entry e ON e.id = page.entry_id
JOIN ledger_posting p ON p.entry_id = e.id AND p.currency = :currency
    AND (p.owner_id = :owner OR (p.owner_id IS NULL AND p.about_id = :owner))
LEFT JOIN "order" o ON o.id = e.order_id
ORDER BY e.id DESC, p.id
"""
_NOW = """(SELECT jsonb_object_agg(account, total) FROM (
    SELECT account, sum(amount_minor) AS total FROM ledger_balance WHERE owner_id = :owner AND currency = :currency
    GROUP BY 1) sums)"""
_FIRST_PAGE = text(_PAGE.format(before="", balances=_NOW))
_LATER_PAGE = text(_PAGE.format(before="AND entry_id < :before", balances="NULL::jsonb"))


async def page(
    session: AsyncSession, owner_id: UUID, currency: str, before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Postings of the ``limit`` newest entries before ``before`` that touch the owner's accounts. Without
    ``before`` each row has the owner's balances of now as well."""
    values = {"owner": owner_id, "currency": currency, "limit": limit}
    if before is None:
        return (await session.execute(_FIRST_PAGE, values)).all()
    return (await session.execute(_LATER_PAGE, {**values, "before": before})).all()


_OF_EVERYBODY = "SELECT id AS entry_id FROM ledger_entry WHERE id > :after AND id < :until ORDER BY id LIMIT :limit"
_OF_ONE = (
    "SELECT DISTINCT entry_id FROM ledger_posting WHERE owner_id = :owner AND currency = :currency"
    " AND entry_id > :after AND entry_id < :until ORDER BY entry_id LIMIT :limit"
)
_EXPORT = """
WITH page AS ({page})
SELECT e.id, e.key, e.kind, e.memo, e.created_at, e.order_id, o.number AS order_number, e.line_id, p.account, p.owner_id,
       p.about_id, p.currency, p.amount_minor, p.memo AS posting_memo, a.handle
FROM page JOIN ledger_entry e ON e.id = page.entry_id JOIN ledger_posting p ON p.entry_id = e.id {only}
LEFT JOIN "order" o ON o.id = e.order_id LEFT JOIN account a ON a.id = p.owner_id
ORDER BY e.id, p.id
"""
_EXPORT_ALL = text(_EXPORT.format(page=_OF_EVERYBODY, only=""))
_EXPORT_ONE = text(_EXPORT.format(page=_OF_ONE, only="AND p.currency = :currency"))


async def export_all(session: AsyncSession, after: UUID, until: UUID, limit: int) -> Sequence[Row[Any]]:
    """All postings of the next ``limit`` entries, oldest first."""
    return (await session.execute(_EXPORT_ALL, {"after": after, "until": until, "limit": limit})).all()


async def export_one(
    session: AsyncSession, owner_id: UUID, currency: str, after: UUID, until: UUID, limit: int
) -> Sequence[Row[Any]]:
    """The same of the entries that touch one owner's accounts in one currency."""
    values = {"owner": owner_id, "currency": currency, "after": after, "until": until, "limit": limit}
    return (await session.execute(_EXPORT_ONE, values)).all()


# What is kept beside what the postings add up to, where the two differ.
_WRONG_BALANCES = """
SELECT owner_id, currency, account, '' AS kind, coalesce(kept, 0) AS kept, coalesce(booked, 0) AS booked
FROM (SELECT owner_id, currency, account, sum(amount_minor) AS kept FROM ledger_balance GROUP BY 1, 2, 3) k
FULL JOIN (SELECT coalesce(owner_id, '00000000-0000-0000-0000-000000000000'::uuid) AS owner_id, currency, account,
                  sum(amount_minor) AS booked FROM ledger_posting GROUP BY 1, 2, 3) b
    USING (owner_id, currency, account)
WHERE coalesce(kept, 0) <> coalesce(booked, 0)
"""
_WRONG_FLOWS = """
SELECT creator_id AS owner_id, currency, account, kind, coalesce(kept, 0) AS kept, coalesce(booked, 0) AS booked
FROM (SELECT creator_id, currency, kind, account, sum(amount_minor) AS kept FROM ledger_flow GROUP BY 1, 2, 3, 4) k
FULL JOIN (SELECT coalesce(p.owner_id, p.about_id) AS creator_id, p.currency, e.kind, p.account,
                  sum(p.amount_minor) AS booked FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id
           WHERE coalesce(p.owner_id, p.about_id) IS NOT NULL GROUP BY 1, 2, 3, 4) b
    USING (creator_id, currency, kind, account)
WHERE coalesce(kept, 0) <> coalesce(booked, 0)
"""


async def wrong_sums(session: AsyncSession) -> list[Row[Any]]:
    """(owner, currency, account, kind, kept, booked) wherever a kept sum isn't that of its postings. Reads everything."""
    await session.execute(text("SET LOCAL statement_timeout = 0"))
    return [*(await session.execute(text(_WRONG_BALANCES))).all(), *(await session.execute(text(_WRONG_FLOWS))).all()]


async def rebuild_sums(session: AsyncSession) -> None:
    """Add everything up anew, while nobody books."""
    for statement in (
        "SET LOCAL statement_timeout = 0", "SET LOCAL ledger.rebuilding = 'yes'",
        "LOCK TABLE ledger_posting IN SHARE ROW EXCLUSIVE MODE", "DELETE FROM ledger_balance", "DELETE FROM ledger_flow",
        "INSERT INTO ledger_balance (owner_id, currency, account, shard, amount_minor)"
        " SELECT coalesce(owner_id, '00000000-0000-0000-0000-000000000000'::uuid), currency, account, 0,"
        " sum(amount_minor) FROM ledger_posting GROUP BY 1, 2, 3",
        "INSERT INTO ledger_flow (creator_id, currency, kind, account, shard, amount_minor)"
        " SELECT coalesce(p.owner_id, p.about_id), p.currency, e.kind, p.account, 0, sum(p.amount_minor)"
        " FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id"
        " WHERE coalesce(p.owner_id, p.about_id) IS NOT NULL GROUP BY 1, 2, 3, 4",
    ):  # fmt: skip
        await session.execute(text(statement))


_OWING = text("""
WITH debtors AS (
    SELECT owner_id, currency FROM ledger_balance
    WHERE account = 'debt' AND owner_id <> :nobody AND (owner_id, currency) > (:owner, :currency)
    GROUP BY 1, 2 HAVING sum(amount_minor) > 0 ORDER BY 1, 2 LIMIT :n
), gone AS (
    SELECT b.owner_id, b.currency FROM account a JOIN ledger_balance b ON b.owner_id = a.id
    WHERE a.deleted_at IS NOT NULL AND b.account IN ('held', 'available')
    AND (b.owner_id, b.currency) > (:owner, :currency)
    GROUP BY b.owner_id, b.currency, b.account HAVING sum(b.amount_minor) <> 0
)
SELECT b.owner_id, b.currency, b.account, sum(b.amount_minor) FROM ledger_balance b
JOIN (SELECT * FROM debtors UNION SELECT * FROM gone ORDER BY 1, 2 LIMIT :n) k
    ON k.owner_id = b.owner_id AND k.currency = b.currency
GROUP BY 1, 2, 3 ORDER BY 1, 2
""")


async def owing(session: AsyncSession, after: tuple[UUID, str], limit: int) -> list[tuple[UUID, str, str, int]]:
    """(owner, currency, account, signed minor units) of who has a debt, and of who left and has money here still."""
    values = {"owner": after[0], "currency": after[1], "n": limit, "nobody": NOBODY}
    rows = await session.execute(_OWING, values)
    return [(owner, code, account, int(total)) for owner, code, account, total in rows.all()]


async def currencies_of(session: AsyncSession, owner_id: UUID) -> list[str]:
    rows = await session.execute(
        text("SELECT DISTINCT currency FROM ledger_balance WHERE owner_id = :owner ORDER BY 1"), {"owner": owner_id}
    )
    return [row[0] for row in rows.all()]
