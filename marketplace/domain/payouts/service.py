"""Creators' accounts at the payment provider, and their payouts, as the provider reports them."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.access.service import Actor, require_creator
from marketplace.domain.audit import service as audit
from marketplace.domain.ledger import service as ledger
from marketplace.domain.payouts.models import Merchant, Payout, PayoutOrder
from marketplace.domain.payouts.ports import ConnectedAccount, PayoutState
from marketplace.domain.proof import service as proof
from marketplace.errors import Conflict, Invalid
from marketplace.i18n import N_, _
from marketplace.keys import NamedPlace
from marketplace.money import EXPONENTS, payable
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


_NEXT_STEPS = {
    "account_closed": N_("Your bank says the account is closed. Enter another one in the payout dashboard."),
    "account_frozen": N_(
        "Your bank says the account is frozen. Ask your bank, or enter another one in the payout dashboard."
    ),
    "bank_account_restricted": N_(
        "Your bank account doesn't take this kind of payment. Enter another one in the payout dashboard."
    ),
    "invalid_account_number": N_("The account number doesn't exist. Correct it in the payout dashboard."),
    "incorrect_account_holder_name": N_("The name isn't the account holder's. Correct it in the payout dashboard."),
    "no_account": N_("There is no such account. Correct its number in the payout dashboard."),
    "could_not_process": N_("The bank couldn't take it. It is tried again with the next payout."),
    "declined": N_("The bank declined it. Ask your bank, or enter another account in the payout dashboard."),
}


def next_step(payout: Payout) -> str:
    """What to do about a payout that came back, in the current language."""
    known = _NEXT_STEPS.get(payout.failure_code)
    return _(known) if known else payout.failure


async def came_back(session: AsyncSession, creator_id: UUID) -> bool:
    """Did the newest payout not arrive?"""
    newest = await payouts_of(session, creator_id, 1)
    return bool(newest) and newest[0].state == "failed"


async def apply_payout(session: AsyncSession, state: PayoutState) -> Payout | None:
    """Money left for the creator's bank, or came back from it."""
    owner = await merchant_of(session, state.account_id)
    if owner is None:
        return None
    await session.execute(  # another worker may be told of it at the same moment
        insert(Payout)
        .values(
            id=state.id, creator_id=owner.creator_id, currency=state.currency, amount_minor=state.amount_minor, state="",
            failure="", failure_code="", trace_id="", automatic=True, created_at=now(),
        )
        .on_conflict_do_nothing()
    )  # fmt: skip
    row = await session.get(Payout, state.id, with_for_update=True, populate_existing=True)
    assert row is not None
    before, row.state, row.failure = row.state, state.status, (state.failure_message or "")[:300]
    row.failure_code, row.trace_id, row.automatic = state.failure_code or "", state.trace_id or "", state.automatic
    row.arrives_at = datetime.fromtimestamp(state.arrival_date, UTC)
    await session.flush()
    lines = ledger.rules.payout(row.creator_id, amount=row.amount_minor)
    await ledger.book(session, key=f"payout:{row.id}", kind="payout", currency=row.currency, lines=lines)
    if state.status in ("failed", "canceled"):
        await ledger.book(
            session, key=f"payout-failed:{row.id}", kind="payout_failed", currency=row.currency,
            lines=ledger.rules.undo(lines),
        )  # fmt: skip
    if state.status == "failed" != before:
        await enqueue(session, "payouts.failed_mail", {"payout_id": row.id})
    return row


def payable_now(available_minor: int, held_minor: int, currency: str) -> int:
    """What can leave of what the provider has available. ``held_minor``, debits minus credits: above zero it is booked as
    taken back, and has yet to be moved."""
    return payable(available_minor - max(0, held_minor), currency)


async def order_payout(session: AsyncSession, actor: Actor, currency: str, available_minor: int) -> PayoutOrder:
    """Write down "Pay out now" over what the provider says is available, and queue it. While one is under way, a
    second click is the same one."""
    creator_id = require_creator(actor)
    row = await session.get(Merchant, creator_id, with_for_update=True, populate_existing=True)
    if row is None or row.account_id is None or row.closed:
        raise Conflict("Set up payments first.")
    if currency not in EXPONENTS:
        raise Invalid("Choose a currency from the list.", field="currency")
    found = await session.exec(
        select(PayoutOrder).where(
            PayoutOrder.creator_id == creator_id, PayoutOrder.currency == currency, PayoutOrder.state == "asked"
        )
    )
    if (open_ := found.first()) is not None:
        return open_
    if await proof.is_frozen(session, creator_id, currency):
        raise Conflict("This money is being checked: our books and the provider's disagree. We are looking at it.")
    amount = payable_now(available_minor, await ledger.balance(session, "held", currency, creator_id), currency)
    if amount <= 0:
        raise Conflict("Nothing is available to be paid out at the moment.")
    made = PayoutOrder(creator_id=creator_id, account_id=row.account_id, currency=currency, amount_minor=amount)
    session.add(made)
    await session.flush()
    await audit.record(session, creator_id, "payout.order", f"payout_order:{made.id}", amount=amount, currency=currency)
    await enqueue(session, "payouts.pay", {"order_id": str(made.id)}, lock=f"payout:{creator_id}")
    return made


async def payout(session: AsyncSession, payout_id: str) -> Payout | None:
    return await session.get(Payout, payout_id)


async def payout_order(session: AsyncSession, order_id: UUID, *, lock: bool = False) -> PayoutOrder | None:
    return await session.get(PayoutOrder, order_id, with_for_update=lock, populate_existing=True)


async def finish_order(session: AsyncSession, order_id: UUID, *, payout_id: str | None, failure: str = "") -> None:
    """The provider made the payout, or refused it."""
    row = await payout_order(session, order_id, lock=True)
    if row is not None and row.state == "asked":
        row.state, row.payout_id = ("done" if payout_id else "refused"), payout_id
        row.failure, row.done_at = failure[:300], now()
        await session.flush()


async def orders_of(session: AsyncSession, creator_id: UUID, limit: int = 5) -> list[PayoutOrder]:
    """Newest first."""
    query = select(PayoutOrder).where(PayoutOrder.creator_id == creator_id)
    return list((await session.exec(query.order_by(col(PayoutOrder.id).desc()).limit(limit))).all())


async def stuck_orders(session: AsyncSession, older_than: datetime) -> list[PayoutOrder]:
    """Whose job died before the provider's answer was written down."""
    query = select(PayoutOrder).where(PayoutOrder.state == "asked", PayoutOrder.created_at < older_than).limit(200)
    return list((await session.exec(query)).all())


async def payouts_of(
    session: AsyncSession, creator_id: UUID, limit: int = 20, before: NamedPlace | None = None
) -> list[Payout]:
    """Newest first."""
    query = select(Payout).where(Payout.creator_id == creator_id)
    if before is not None:
        query = query.where(tuple_(col(Payout.created_at), col(Payout.id)) < before)
    query = query.order_by(col(Payout.created_at).desc(), col(Payout.id).desc())
    return list((await session.exec(query.limit(limit))).all())


async def in_transit(session: AsyncSession, creator_id: UUID) -> dict[str, int]:
    """currency → minor units that left the payments account and haven't arrived at the bank."""
    rows = await session.execute(
        text(
            "SELECT currency, sum(amount_minor) FROM payout WHERE creator_id = :c AND state IN ('pending','in_transit')"
            " GROUP BY 1"
        ),
        {"c": creator_id},
    )
    return {currency: int(total) for currency, total in rows.all()}


async def unsynced(session: AsyncSession, limit: int = 2_000) -> list[str]:
    """Provider accounts of all creators, the longest unasked first."""
    query = select(Merchant.account_id).where(col(Merchant.account_id).is_not(None), col(Merchant.closed).is_(False))
    found = await session.exec(query.order_by(col(Merchant.synced_at).asc().nulls_first()).limit(limit))
    return [account_id for account_id in found.all() if account_id]
