"""All queries of the proof. It reads the tables of orders and payouts itself: a proof that asked those whom it checks
would prove nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.proof.models import ProofAlert, ProofResult


async def lock(session: AsyncSession, creator_id: UUID | None) -> None:
    """Looks at the same money are recorded one after the other."""
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"proof:{creator_id or 'platform'}"}
    )


async def account_of(session: AsyncSession, creator_id: UUID) -> str | None:
    rows = await session.execute(
        text("SELECT account_id FROM merchant WHERE creator_id = :creator"), {"creator": creator_id}
    )
    return rows.scalar_one_or_none()


async def creators(session: AsyncSession, after: UUID, limit: int) -> list[UUID]:
    """Everybody with an account at the provider, by key."""
    rows = await session.execute(
        text(
            "SELECT creator_id FROM merchant WHERE account_id IS NOT NULL AND NOT closed AND creator_id > :after"
            " ORDER BY creator_id LIMIT :limit"
        ),
        {"after": after, "limit": limit},
    )
    return [row[0] for row in rows.all()]


# Which object of the provider's is behind each posting on a creator's account there.
_ON_ACCOUNT = text(
    """
    SELECT e.id, e.kind, e.key, p.amount_minor, coalesce(t.provider_id, r.provider_id) AS object_id,
           false AS open
    FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id
    LEFT JOIN transfer t ON t.id = CASE WHEN e.kind = 'transfer' THEN split_part(e.key, ':', 2)::uuid END
    LEFT JOIN reversal r ON r.id = CASE WHEN e.kind = 'reversal' THEN split_part(e.key, ':', 2)::uuid END
    WHERE p.owner_id = :creator AND p.currency = :currency AND p.account = 'connected' AND p.entry_id >= :floor
    """
)


async def on_account(session: AsyncSession, creator_id: UUID, currency: str, floor: UUID) -> Sequence[Row[Any]]:
    values = {"creator": creator_id, "currency": currency, "floor": floor}
    return (await session.execute(_ON_ACCOUNT, values)).all()


# The same for the platform's balance there. A charge is all lines of an order less the provider's fee, whenever that
# was booked; while it isn't known, the charge is open.
_ON_PLATFORM = text(
    """
    WITH recent AS (
        SELECT e.id, e.kind, e.key, e.order_id, p.currency, p.amount_minor
        FROM ledger_entry e JOIN ledger_posting p ON p.entry_id = e.id
        WHERE e.id >= :floor AND p.account = 'stripe' AND p.owner_id IS NULL
    ), charged AS (
        SELECT DISTINCT order_id FROM recent WHERE order_id IS NOT NULL AND (kind = 'sale' OR kind LIKE 'processing%')
    )
    SELECT e.id, 'charge' AS kind, e.key, p.currency, p.amount_minor, o.charge_id AS object_id, o.fee_minor IS NULL AS open
    FROM charged c JOIN "order" o ON o.id = c.order_id JOIN ledger_entry e ON e.order_id = o.id
    JOIN ledger_posting p ON p.entry_id = e.id AND p.account = 'stripe' AND p.owner_id IS NULL
    WHERE e.kind = 'sale' OR e.kind LIKE 'processing%'
    UNION ALL
    SELECT e.id, e.kind, e.key, e.currency, e.amount_minor, coalesce(f.provider_id, t.provider_id, r.provider_id), false
    FROM recent e
    LEFT JOIN refund f ON f.id = CASE WHEN e.kind IN ('refund', 'refund_failed') THEN split_part(e.key, ':', 2)::uuid END
    LEFT JOIN transfer t ON t.id = CASE WHEN e.kind = 'transfer' THEN split_part(e.key, ':', 2)::uuid END
    LEFT JOIN reversal r ON r.id = CASE WHEN e.kind = 'reversal' THEN split_part(e.key, ':', 2)::uuid END
    WHERE e.order_id IS NULL OR NOT (e.kind = 'sale' OR e.kind LIKE 'processing%')
    """
)


async def on_platform(session: AsyncSession, floor: UUID) -> Sequence[Row[Any]]:
    await session.execute(text("SET LOCAL statement_timeout = 0"))
    return (await session.execute(_ON_PLATFORM, {"floor": floor})).all()


async def intents(session: AsyncSession, creator_id: UUID) -> Sequence[Row[Any]]:
    """(currency, kind, most) of transfers and reversals whose answer isn't recorded yet."""
    rows = await session.execute(
        text(
            "SELECT currency, 'transfer' AS kind, amount_minor AS most FROM transfer WHERE creator_id = :creator AND state = 'intended'"
            " UNION ALL SELECT t.currency, 'reversal', r.asked_minor FROM reversal r JOIN transfer t ON t.id = r.transfer_id"
            " WHERE t.creator_id = :creator AND r.state = 'intended'"
        ),
        {"creator": creator_id},
    )
    return rows.all()


async def waiting_events(session: AsyncSession, account_id: str) -> bool:
    """Is an event of this account stored and not handled yet? The platform's own have an empty one."""
    rows = await session.execute(
        text(
            "SELECT 1 FROM webhook_event WHERE state = 'received' AND source LIKE 'stripe%'"
            " AND account_id = :account LIMIT 1"
        ),
        {"account": account_id},
    )
    return rows.first() is not None


async def latest(session: AsyncSession, creator_id: UUID | None) -> list[ProofResult]:
    """The last result in each currency."""
    whose = col(ProofResult.creator_id).is_(None) if creator_id is None else ProofResult.creator_id == creator_id
    query = select(ProofResult).where(whose)
    ordered = query.distinct(col(ProofResult.currency)).order_by(col(ProofResult.currency), col(ProofResult.id).desc())
    return list((await session.exec(ordered)).all())


async def open_alerts_of(session: AsyncSession, creator_id: UUID | None) -> list[ProofAlert]:
    whose = col(ProofAlert.creator_id).is_(None) if creator_id is None else ProofAlert.creator_id == creator_id
    return list((await session.exec(select(ProofAlert).where(whose, col(ProofAlert.closed_at).is_(None)))).all())


async def open_alert(session: AsyncSession, creator_id: UUID | None, currency: str) -> ProofAlert | None:
    whose = col(ProofAlert.creator_id).is_(None) if creator_id is None else ProofAlert.creator_id == creator_id
    query = select(ProofAlert).where(whose, ProofAlert.currency == currency, col(ProofAlert.closed_at).is_(None))
    return (await session.exec(query.with_for_update())).first()


async def alert(session: AsyncSession, alert_id: UUID) -> ProofAlert | None:
    return await session.get(ProofAlert, alert_id, with_for_update=True, populate_existing=True)


async def open_alerts(
    session: AsyncSession, before: UUID | None, limit: int
) -> Sequence[tuple[ProofAlert, ProofResult]]:
    query = select(ProofAlert, ProofResult).join(ProofResult, col(ProofResult.id) == ProofAlert.result_id)
    query = query.where(col(ProofAlert.closed_at).is_(None), col(ProofAlert.state) != "suspected")
    if before is not None:
        query = query.where(ProofAlert.id < before)
    return (await session.exec(query.order_by(col(ProofAlert.id).desc()).limit(limit))).all()


async def forget_old(session: AsyncSession, before: datetime) -> None:
    """Matches of long ago, but for the last of each creator and currency. Mismatches stay."""
    await session.execute(
        text(
            "DELETE FROM proof_result old WHERE old.matched AND old.checked_at < :before"
            " AND EXISTS (SELECT 1 FROM proof_result new WHERE new.creator_id IS NOT DISTINCT FROM old.creator_id"
            "             AND new.currency = old.currency AND new.id > old.id)"
            " AND NOT EXISTS (SELECT 1 FROM proof_alert a WHERE a.result_id = old.id)"
        ),
        {"before": before},
    )
