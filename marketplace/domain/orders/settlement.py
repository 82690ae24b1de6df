"""Moving creators' money: intent first, then the provider, then the books.

A line is settled by repeating :func:`plan` → provider call → :func:`record_transfer` or
:func:`record_reversal` until nothing is left to move. A crash anywhere resumes with the same intent,
hence the same idempotency key. Calls for one creator run one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.ledger import service as ledger
from marketplace.domain.orders import rules, store
from marketplace.domain.orders.models import Order, OrderLine, Reversal, Transfer
from marketplace.domain.orders.ports import ReversalResult
from marketplace.domain.payouts import service as payouts


@dataclass(frozen=True, slots=True)
class Pending:
    """The provider call to make now: exactly one of the two is set.

    ``charge_id`` is where a transfer's money comes from, None when it must come from the platform's balance: all
    transfers out of one charge together can't exceed it, those that were reversed included.
    """

    order: Order
    charge_id: str | None = None
    transfer: Transfer | None = None
    reversal: Reversal | None = None
    reversed_transfer: Transfer | None = None


async def plan(session: AsyncSession, line_id: UUID) -> Pending | None:
    """The next provider call for this line, its intent stored, or None when the line is settled (or must wait)."""
    line = await store.lock_line(session, line_id)
    if line is None:
        return None
    order = await store.order(session, line.order_id)
    if order is None or order.state != "paid" or order.charge_id is None:
        return None
    await store.lock_creator(session, line.creator_id)
    while True:
        moved = await store.transfers(session, line.id)
        taken = await store.reversals(session, line.id)
        waiting = _unfinished(order, line, moved, taken)
        if waiting is not None:
            return waiting
        step = await _next(session, line, moved, taken)
        if step is None:
            return None
        if step.kind == "withhold":
            await _withhold(session, line, step.amount_minor)
        elif step.kind == "owe":
            await _owe(session, line, step.amount_minor)
        else:
            return await _intend(session, order, line, step, moved)


def _unfinished(order: Order, line: OrderLine, moved: list[Transfer], taken: list[Reversal]) -> Pending | None:
    for transfer in moved:
        if transfer.state == "intended":
            return _transferring(order, line, transfer, moved)
    for reversal in taken:
        if reversal.state == "intended":
            of = next(t for t in moved if t.id == reversal.transfer_id)
            return Pending(order, reversal=reversal, reversed_transfer=of)
    return None


def _transferring(order: Order, line: OrderLine, transfer: Transfer, moved: list[Transfer]) -> Pending:
    before = sum(t.amount_minor for t in moved if t.state == "done")
    fits = before + transfer.amount_minor <= line.amount_minor
    return Pending(order, charge_id=order.charge_id if fits else None, transfer=transfer)


async def _next(
    session: AsyncSession, line: OrderLine, moved: list[Transfer], taken: list[Reversal]
) -> rules.Step | None:
    return rules.next_step(
        creator_minor=line.creator_minor,
        refunded_creator_minor=line.refunded_creator_minor,
        transferred=sum(t.amount_minor for t in moved),
        reversed_=sum(r.amount_minor for r in taken),
        withheld=line.withheld_minor,
        line_debt=line.debt_minor,
        creator_debt=await ledger.balance(session, "debt", line.currency, line.creator_id),
        payable=await payouts.payable_account(session, line.creator_id) is not None,
    )


async def _withhold(session: AsyncSession, line: OrderLine, amount: int) -> None:
    line.withheld_minor += amount
    await ledger.book(
        session, key=f"withheld:{line.id}:{line.withheld_minor}", kind="debt_paid", currency=line.currency,
        order_id=line.order_id, line_id=line.id, lines=ledger.rules.debt_paid(line.creator_id, amount=amount),
    )  # fmt: skip


async def _owe(session: AsyncSession, line: OrderLine, amount: int) -> None:
    line.debt_minor += amount
    await ledger.book(
        session, key=f"owed:{line.id}:{line.debt_minor}", kind="debt", currency=line.currency, order_id=line.order_id,
        line_id=line.id, lines=ledger.rules.debt(line.creator_id, amount=amount),
    )  # fmt: skip


async def _intend(
    session: AsyncSession, order: Order, line: OrderLine, step: rules.Step, moved: list[Transfer]
) -> Pending | None:
    if step.kind == "transfer":
        account_id = await payouts.payable_account(session, line.creator_id)
        assert account_id is not None
        transfer = Transfer(
            line_id=line.id, creator_id=line.creator_id, account_id=account_id, currency=line.currency,
            amount_minor=step.amount_minor,
        )  # fmt: skip
        session.add(transfer)
        await session.flush()
        return _transferring(order, line, transfer, moved)
    source = next(t for t in moved if t.amount_minor > t.reversed_minor)
    asked = min(step.amount_minor, source.amount_minor - source.reversed_minor)
    reversal = Reversal(transfer_id=source.id, line_id=line.id, asked_minor=asked)
    session.add(reversal)
    await session.flush()
    return Pending(order, reversal=reversal, reversed_transfer=source)


async def record_transfer(session: AsyncSession, transfer_id: UUID, provider_id: str) -> None:
    """The provider moved it: book it, once."""
    transfer = await session.get(Transfer, transfer_id, with_for_update=True)
    if transfer is None or transfer.state == "done":
        return
    transfer.state, transfer.provider_id, transfer.done_at = "done", provider_id, now()
    line = await store.lock_line(session, transfer.line_id)
    assert line is not None
    await ledger.book(
        session, key=f"transfer:{transfer.id}", kind="transfer", currency=transfer.currency, order_id=line.order_id,
        line_id=line.id, lines=ledger.rules.transfer(transfer.creator_id, amount=transfer.amount_minor),
    )  # fmt: skip
    await session.flush()


async def give_up(session: AsyncSession, transfer_id: UUID) -> None:
    """The provider refused it, and would refuse the same key again: forget the intent, so that the next is new."""
    transfer = await session.get(Transfer, transfer_id, with_for_update=True)
    if transfer is not None and transfer.state == "intended":
        await session.delete(transfer)
        await session.flush()


async def record_reversal(session: AsyncSession, reversal_id: UUID, result: ReversalResult) -> None:
    """Book what could be taken back; the rest is the creator's debt."""
    reversal = await session.get(Reversal, reversal_id, with_for_update=True)
    if reversal is None or reversal.state == "done":
        return
    transfer = await session.get(Transfer, reversal.transfer_id, with_for_update=True)
    line = await store.lock_line(session, reversal.line_id)
    assert transfer is not None
    assert line is not None
    reversal.state, reversal.provider_id, reversal.done_at = "done", result.id, now()
    reversal.amount_minor = result.reversed_minor
    transfer.reversed_minor += result.reversed_minor
    short = reversal.asked_minor - result.reversed_minor
    line.debt_minor += short
    await _book_reversal(session, line, reversal, short)
    await session.flush()


async def _book_reversal(session: AsyncSession, line: OrderLine, reversal: Reversal, short: int) -> None:
    for key, kind, lines in (
        ("reversal", "reversal", ledger.rules.reversal(line.creator_id, amount=reversal.amount_minor)),
        ("debt", "debt", ledger.rules.debt(line.creator_id, amount=short)),
    ):
        await ledger.book(
            session, key=f"{key}:{reversal.id}", kind=kind, currency=line.currency, order_id=line.order_id,
            line_id=line.id, lines=lines,
        )  # fmt: skip
