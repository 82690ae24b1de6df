"""Moving payees' money: intent first, then the provider, then the books.

A share is settled by repeating :func:`plan` → provider call → :func:`record_transfer` or
:func:`record_reversal` until nothing is left to move. A crash anywhere resumes with the same intent,
hence the same idempotency key. Calls for one payee run one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.ledger import service as ledger
from marketplace.domain.locks import KEY_SHARE
from marketplace.domain.orders import rules, store
from marketplace.domain.orders.models import Order, Reversal, Share, Transfer
from marketplace.domain.orders.ports import ReversalResult
from marketplace.domain.payouts import service as payouts
from marketplace.domain.proof import service as proof


@dataclass(frozen=True, slots=True)
class Pending:
    """The provider call to make now: exactly one of ``transfer`` and ``reversal`` is set.

    ``charge_id`` is where a transfer's money comes from, None when it must come from the platform's balance: all
    transfers out of one charge together can't exceed it, those that were reversed included.
    """

    order: Order
    charge_id: str | None = None
    transfer: Transfer | None = None
    reversal: Reversal | None = None
    reversed_transfer: Transfer | None = None


async def plan(session: AsyncSession, share_id: UUID) -> Pending | None:
    """The next provider call for this share, its intent stored, or None when it is settled (or must wait)."""
    known = await session.get(Share, share_id)
    if known is None:
        return None
    await store.lock_payee(session, known.payee_id)
    share = await store.lock_share(session, share_id)
    assert share is not None
    order = await store.order(session, share.order_id)
    if order is None or order.state != "paid":
        return None
    while True:
        moved = await store.transfers(session, share.id)
        taken = await store.reversals(session, share.id)
        waiting = _unfinished(order, moved, taken)
        if waiting is not None:
            return waiting
        step = await _next(session, order, share, moved, taken)
        if step is None:
            share.settled = _due(share) == _has(share, moved, taken)
            share.refused = "" if share.settled else share.refused
            await session.flush()
            return None
        if step.kind == "withhold":
            await _withhold(session, share, step.amount_minor)
        elif step.kind == "owe":
            await _owe(session, share, step.amount_minor)
        else:
            return await _intend(session, order, share, step, moved)


def _unfinished(order: Order, moved: list[Transfer], taken: list[Reversal]) -> Pending | None:
    for transfer in moved:
        if transfer.state == "intended":
            return _transferring(order, transfer)
    for reversal in taken:
        if reversal.state == "intended":
            of = next(t for t in moved if t.id == reversal.transfer_id)
            return Pending(order, reversal=reversal, reversed_transfer=of)
    return None


def _transferring(order: Order, transfer: Transfer) -> Pending:
    return Pending(order, charge_id=order.charge_id if transfer.from_charge else None, transfer=transfer)


def _due(share: Share) -> int:
    return share.amount_minor - share.taken_minor


def _has(share: Share, moved: list[Transfer], taken: list[Reversal]) -> int:
    net = sum(t.amount_minor for t in moved) - sum(r.amount_minor for r in taken)
    return net - share.debt_minor + share.withheld_minor


async def _next(
    session: AsyncSession, order: Order, share: Share, moved: list[Transfer], taken: list[Reversal]
) -> rules.Step | None:
    return rules.next_step(
        due_minor=_due(share),
        transferred=sum(t.amount_minor for t in moved),
        reversed_=sum(r.amount_minor for r in taken),
        withheld=share.withheld_minor,
        own_debt=share.debt_minor,
        payee_debt=await ledger.balance(session, "debt", share.currency, share.payee_id),
        payable=await _payable(session, order, share),
    )


async def _payable(session: AsyncSession, order: Order, share: Share) -> bool:
    """Not while it is held, the account can't take it, or the books and the provider disagree about it."""
    if not released(order) or await payouts.payable_account(session, share.payee_id) is None:
        return False
    return not await proof.is_frozen(session, share.payee_id, share.currency)


def released(order: Order) -> bool:
    """Is the time over that money is held after a sale?"""
    return order.paid_at is not None and order.paid_at + timedelta(days=order.hold_days) <= now()


async def _withhold(session: AsyncSession, share: Share, amount: int) -> None:
    share.withheld_minor += amount
    await ledger.book(
        session, key=f"withheld:{share.id}:{share.withheld_minor}", kind="debt_paid", currency=share.currency,
        order_id=share.order_id, line_id=share.line_id, lines=ledger.rules.debt_paid(share.payee_id, amount=amount),
    )  # fmt: skip


async def _owe(session: AsyncSession, share: Share, amount: int) -> None:
    share.debt_minor += amount
    await ledger.book(
        session, key=f"owed:{share.id}:{share.debt_minor}", kind="debt", currency=share.currency,
        order_id=share.order_id, line_id=share.line_id, lines=ledger.rules.debt(share.payee_id, amount=amount),
    )  # fmt: skip


async def _intend(
    session: AsyncSession, order: Order, share: Share, step: rules.Step, moved: list[Transfer]
) -> Pending | None:
    if step.kind == "transfer":
        account_id = await payouts.payable_account(session, share.payee_id)
        assert account_id is not None
        await store.lock_charge(session, order.id)
        used = await store.charged_transfers(session, order.id)
        fits = order.charge_id is not None and used + step.amount_minor <= order.total_minor + order.tax_minor
        transfer = Transfer(
            order_id=order.id, share_id=share.id, creator_id=share.payee_id, account_id=account_id,
            currency=share.currency, amount_minor=step.amount_minor, from_charge=fits,
        )  # fmt: skip
        session.add(transfer)
        await session.flush()
        return _transferring(order, transfer)
    source = next(t for t in moved if t.amount_minor > t.reversed_minor)
    asked = min(step.amount_minor, source.amount_minor - source.reversed_minor)
    reversal = Reversal(transfer_id=source.id, share_id=share.id, asked_minor=asked)
    session.add(reversal)
    await session.flush()
    return Pending(order, reversal=reversal, reversed_transfer=source)


async def record_transfer(session: AsyncSession, transfer_id: UUID, provider_id: str) -> None:
    """The provider moved it: book it, once."""
    transfer = await session.get(Transfer, transfer_id, with_for_update=KEY_SHARE)
    if transfer is None or transfer.state == "done":
        return
    transfer.state, transfer.provider_id, transfer.done_at = "done", provider_id, now()
    share = await store.lock_share(session, transfer.share_id)
    assert share is not None
    share.refused = ""
    await ledger.book(
        session, key=f"transfer:{transfer.id}", kind="transfer", currency=transfer.currency, order_id=share.order_id,
        line_id=share.line_id, lines=ledger.rules.transfer(transfer.creator_id, amount=transfer.amount_minor),
    )  # fmt: skip
    await session.flush()


async def give_up(session: AsyncSession, transfer_id: UUID) -> None:
    """The provider refused it, and would refuse the same key again: forget the intent, so that the next is new."""
    transfer = await session.get(Transfer, transfer_id, with_for_update=KEY_SHARE)
    if transfer is not None and transfer.state == "intended":
        await session.delete(transfer)
        await session.flush()


async def note_refusal(session: AsyncSession, share_id: UUID, reason: str) -> None:
    """The account takes money, and still it was refused: administrators see it, and the sweep tries again."""
    share = await store.lock_share(session, share_id)
    if share is not None and not share.settled:
        share.refused = reason[:300]
        await session.flush()


async def record_reversal(session: AsyncSession, reversal_id: UUID, result: ReversalResult) -> None:
    """Book what could be taken back; the rest is the payee's debt."""
    reversal = await session.get(Reversal, reversal_id, with_for_update=KEY_SHARE)
    if reversal is None or reversal.state == "done":
        return
    transfer = await session.get(Transfer, reversal.transfer_id, with_for_update=KEY_SHARE)
    share = await store.lock_share(session, reversal.share_id)
    assert transfer is not None
    assert share is not None
    reversal.state, reversal.provider_id, reversal.done_at = "done", result.id, now()
    reversal.amount_minor = result.reversed_minor
    transfer.reversed_minor += result.reversed_minor
    short = reversal.asked_minor - result.reversed_minor
    share.debt_minor += short
    await _book_reversal(session, share, reversal, short)
    await session.flush()


async def _book_reversal(session: AsyncSession, share: Share, reversal: Reversal, short: int) -> None:
    for key, kind, lines in (
        ("reversal", "reversal", ledger.rules.reversal(share.payee_id, amount=reversal.amount_minor)),
        ("debt", "debt", ledger.rules.debt(share.payee_id, amount=short)),
    ):
        await ledger.book(
            session, key=f"{key}:{reversal.id}", kind=kind, currency=share.currency, order_id=share.order_id,
            line_id=share.line_id, lines=lines,
        )  # fmt: skip
