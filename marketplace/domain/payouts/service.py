"""Creators' accounts at the payment provider, and their payouts, as the provider reports them."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.ledger import service as ledger
from marketplace.domain.payouts.models import Merchant, Payout
from marketplace.domain.payouts.ports import ConnectedAccount, PayoutState
from marketplace.queue import enqueue


async def merchant(session: AsyncSession, creator_id: UUID) -> Merchant | None:
    return await session.get(Merchant, creator_id)


async def ensure_merchant(session: AsyncSession, creator_id: UUID, country: str) -> Merchant:
    """The creator's row, made when missing. Its provider account comes later."""
    row = await session.get(Merchant, creator_id, with_for_update=True)
    if row is None:
        try:
            async with session.begin_nested():
                session.add(Merchant(creator_id=creator_id, country=country))
        except IntegrityError:  # a second click was first
            pass
        row = await session.get(Merchant, creator_id, with_for_update=True, populate_existing=True)
        assert row is not None
    return row


async def attach_account(session: AsyncSession, creator_id: UUID, account_id: str) -> str:
    """Remember the provider's account; the first one stays. Returns the one that counts."""
    row = await session.get(Merchant, creator_id, with_for_update=True)
    assert row is not None
    if row.account_id is None:
        row.account_id, row.transfers = account_id, "pending"
        await session.flush()
    assert row.account_id is not None
    return row.account_id


async def merchant_of(session: AsyncSession, account_id: str) -> Merchant | None:
    return (await session.exec(select(Merchant).where(Merchant.account_id == account_id))).first()


async def apply_account(session: AsyncSession, state: ConnectedAccount) -> Merchant | None:
    """What the provider says now. When transfers become active, held money starts to move."""
    found = await merchant_of(session, state.id)
    if found is None:
        return None
    row = await session.get(Merchant, found.creator_id, with_for_update=True, populate_existing=True)
    assert row is not None
    became_active = state.transfers == "active" and row.transfers != "active"
    row.transfers, row.country, row.closed = state.transfers, state.country or row.country, state.closed
    row.requirements = [{"name": r.name, "reason": r.reason, "deadline": r.deadline} for r in state.requirements]
    row.reasons = list(state.status_reasons)
    row.synced_at = now()
    if became_active:
        await enqueue(session, "orders.settle_creator", {"creator_id": str(row.creator_id)})
    await session.flush()
    return row


async def payable_account(session: AsyncSession, creator_id: UUID) -> str | None:
    """The account that transfers may go to, or None while they must wait."""
    row = await session.get(Merchant, creator_id)
    if row is None or row.closed or row.transfers != "active":
        return None
    return row.account_id


async def apply_payout(session: AsyncSession, state: PayoutState) -> Payout | None:
    """Money left for the creator's bank, or came back from it."""
    owner = await merchant_of(session, state.account_id)
    if owner is None:
        return None
    row = await session.get(Payout, state.id, with_for_update=True)
    if row is None:
        row = Payout(
            id=state.id, creator_id=owner.creator_id, currency=state.currency, amount_minor=state.amount_minor, state=""
        )
        session.add(row)
    row.state, row.failure = state.status, (state.failure_message or "")[:300]
    row.arrives_at = datetime.fromtimestamp(state.arrival_date, UTC)
    await session.flush()
    lines = ledger.rules.payout(row.creator_id, amount=row.amount_minor)
    await ledger.book(session, key=f"payout:{row.id}", kind="payout", currency=row.currency, lines=lines)
    if state.status in ("failed", "canceled"):
        await ledger.book(
            session, key=f"payout-failed:{row.id}", kind="payout_failed", currency=row.currency,
            lines=ledger.rules.undo(lines),
        )  # fmt: skip
    return row


async def payouts_of(session: AsyncSession, creator_id: UUID, limit: int = 20) -> list[Payout]:
    query = select(Payout).where(Payout.creator_id == creator_id).order_by(col(Payout.created_at).desc()).limit(limit)
    return list((await session.exec(query)).all())


async def in_transit(session: AsyncSession, creator_id: UUID) -> dict[str, int]:
    """currency → minor units that left for the creator's bank and haven't arrived."""
    query = select(Payout.currency, func.sum(Payout.amount_minor)).where(
        Payout.creator_id == creator_id, col(Payout.state).in_(["pending", "in_transit"])
    )
    found = await session.exec(query.group_by(Payout.currency))
    return {currency: int(total) for currency, total in found.all()}


async def unsynced(session: AsyncSession, limit: int = 200) -> list[str]:
    """Provider accounts of all creators, the longest unasked first."""
    query = select(Merchant.account_id).where(col(Merchant.account_id).is_not(None), col(Merchant.closed).is_(False))
    found = await session.exec(query.order_by(col(Merchant.synced_at).asc().nulls_first()).limit(limit))
    return [account_id for account_id in found.all() if account_id]
