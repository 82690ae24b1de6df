"""Disputes: a buyer's bank takes a payment back. Access ends while it is open, the payees' parts are taken back
through the same budget as refunds, and all of it is undone when the dispute is won.

What the provider moved is read from its balance transactions, never from the kind of news: each moves our books once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace import text
from marketplace.clock import now
from marketplace.domain.access import service as access
from marketplace.domain.access.service import Actor
from marketplace.domain.audit import service as audit
from marketplace.domain.disputes.ports import DisputeState
from marketplace.domain.ledger import service as ledger
from marketplace.domain.orders import rules, store
from marketplace.domain.orders.models import Dispute, DisputePart, Order, OrderLine
from marketplace.domain.orders.refunds import count, take, take_back_lines
from marketplace.domain.orders.service import sync_access
from marketplace.errors import Conflict, Invalid, Missing
from marketplace.i18n import N_
from marketplace.queue import enqueue

EVIDENCE = {
    "product_description": N_("What was sold"),
    "access_activity_log": N_("When and how it was used"),
    "customer_name": N_("Buyer's name"),
    "customer_email_address": N_("Buyer's email"),
    "customer_purchase_ip": N_("Address of their connection"),
    "refund_policy_disclosure": N_("How the refund policy was shown"),
    "refund_refusal_explanation": N_("Why no refund was due"),
    "uncategorized_text": N_("Anything else"),
}
MAX_EVIDENCE = 20_000
_WAITING = ("needs_response", "warning_needs_response")
_CLOSED = ("won", "lost", "warning_closed", "prevented")


async def apply(session: AsyncSession, state: DisputeState) -> Dispute | None:
    """Bring our dispute to what the provider says now. Any number of times, in any order."""
    order = await _order_of(session, state)
    if order is None:
        return None
    row = await store.dispute(session, state.id, lock=True)
    fresh = row is None
    if row is None:
        row = Dispute(
            id=state.id, order_id=order.id, amount_minor=state.amount_minor, currency=state.currency, status="",
        )  # fmt: skip
        session.add(row)
    changed = row.status != state.status
    row.amount_minor, row.reason, row.status = state.amount_minor, state.reason, state.status
    row.due_at = datetime.fromtimestamp(state.due_by, UTC) if state.due_by else None
    if state.submitted and row.submitted_at is None:
        row.submitted_at = now()
    await session.flush()
    nth = len(state.movements)
    await _move(session, order, row, -sum(moved.amount_minor for moved in state.movements), nth)
    await _move_fee(session, order, row, sum(moved.fee_minor for moved in state.movements), nth)
    if row.status in _CLOSED and row.closed_at is None:
        row.closed_at = now()
    await session.flush()
    if fresh or (changed and row.closed_at is not None):
        await enqueue(session, "orders.dispute_mail", {"dispute_id": row.id, "status": row.status})
    if fresh:
        await enqueue(session, "orders.dispute_evidence", {"dispute_id": row.id})
    return row


async def _order_of(session: AsyncSession, state: DisputeState) -> Order | None:
    found = await store.order_by(session, charge_id=state.charge_id)
    if found is None and state.payment_intent_id:
        found = await store.order_by(session, payment_intent_id=state.payment_intent_id)
    return await store.lock_order(session, found.id) if found is not None else None


async def _move(session: AsyncSession, order: Order, row: Dispute, withdrawn: int, nth: int) -> None:
    """Our lines hold as much of the dispute as the provider has taken; what no line covers is the platform's loss."""
    change = withdrawn - row.withdrawn_minor
    if change == 0:
        return
    parts = await store.parts_of(session, row.id)
    lines = await store.lines(session, order.id)
    left = [line.amount_minor + line.tax_minor - line.refunded_minor - line.disputed_minor for line in lines]
    if change > 0:
        on_lines = min(change, sum(left))
        wanted = rules.spread(on_lines, left)
    else:
        have = [parts[line.id].amount_minor if line.id in parts else 0 for line in lines]
        on_lines = max(change + row.loss_minor, -sum(have)) if change + row.loss_minor < 0 else 0
        wanted = [-part for part in rules.spread(-on_lines, have)]
    for line, part in zip(lines, wanted, strict=True):
        if part:
            await _book(session, order, row, line, part, parts, nth)
    row.withdrawn_minor = withdrawn
    await _book_loss(session, order, row, change - on_lines, nth)


async def _book(
    session: AsyncSession, order: Order, row: Dispute, line: OrderLine, amount: int, parts: dict[UUID, DisputePart],
    nth: int,
) -> None:  # fmt: skip
    locked = await store.lock_line(session, line.id)
    assert locked is not None
    locked.disputed_minor += amount
    order.disputed_minor += amount
    part = parts.get(line.id) or DisputePart(dispute_id=row.id, line_id=line.id)
    part.amount_minor += amount
    session.add(part)
    moved = await take(session, locked, amount)
    await session.flush()
    kind = "dispute" if amount > 0 else "dispute_won"
    await ledger.book(
        session, key=f"{kind}:{row.id}:{line.id}:{nth}", kind=kind, currency=row.currency,
        order_id=order.id, line_id=line.id, lines=await take_back_lines(session, locked, moved), memo=row.reason[:200],
    )  # fmt: skip
    await count(session, f"{kind}:{row.id}:{line.id}:{nth}", locked, moved)
    await sync_access(session, locked, N_("the payment is disputed with the bank"))


async def _book_loss(session: AsyncSession, order: Order, row: Dispute, amount: int, nth: int) -> None:
    row.loss_minor += amount
    await ledger.book(
        session, key=f"dispute-loss:{row.id}:{nth}", kind="dispute_loss", currency=row.currency,
        order_id=order.id, lines=ledger.rules.loss(amount=amount),
    )  # fmt: skip


async def _move_fee(session: AsyncSession, order: Order, row: Dispute, fee: int, nth: int) -> None:
    change, row.fee_minor = fee - row.fee_minor, fee
    await ledger.book(
        session, key=f"dispute-fee:{row.id}:{nth}", kind="dispute_fee", currency=row.currency,
        order_id=order.id, lines=ledger.rules.dispute_fee(fee=change),
    )  # fmt: skip


async def evidence_of(session: AsyncSession, actor: Actor, dispute_id: str) -> tuple[Dispute, Order, list[OrderLine]]:
    """For a creator of one of its lines, or an admin; for others it doesn't exist."""
    row = await store.dispute(session, dispute_id[:80])
    if row is None:
        raise Missing
    lines = await store.lines(session, row.order_id)
    account_id = access.require_signed_in(actor)
    if not actor.is_admin and account_id not in {line.creator_id for line in lines}:
        raise Missing
    order = await store.order(session, row.order_id)
    assert order is not None
    return row, order, lines


async def save_evidence(
    session: AsyncSession, actor: Actor, dispute_id: str, values: dict[str, str], seen: dict[str, str] | None = None
) -> Dispute:
    """What was written so far; sent when its writer says so. ``seen`` is what their page showed before: what they left as
    it was stays as it is now. Raises ``Conflict`` where somebody else wrote meanwhile."""
    await evidence_of(session, actor, dispute_id)
    row = await store.dispute(session, dispute_id, lock=True)
    assert row is not None
    still_open(row)
    kept = dict(row.evidence)
    for name, value in values.items():
        if name not in EVIDENCE:
            raise Invalid("Unknown field.")
        if seen is not None and value.strip() == seen.get(name, "").strip():
            continue
        if seen is not None and str(kept.get(name, "")) != seen.get(name, ""):
            raise Conflict("Somebody else wrote here meanwhile. Copy what you wrote, reload the page, and add to it.")
        kept[name] = text.clean_text(value, limit=MAX_EVIDENCE, field=name, label=EVIDENCE[name])
    row.evidence = kept
    await session.flush()
    return row


def part_of(row: Dispute, lines: Sequence[OrderLine], creator_id: UUID) -> int:
    """How much of it is about this seller's lines, in minor units: the same spread as the books'."""
    parts = rules.spread(row.amount_minor, [line.amount_minor + line.tax_minor for line in lines])
    return sum(part for line, part in zip(lines, parts, strict=True) if line.creator_id == creator_id)


async def prefill(session: AsyncSession, dispute_id: str, values: dict[str, str]) -> None:
    """What the product knows itself; never over what somebody wrote."""
    row = await store.dispute(session, dispute_id, lock=True)
    if row is not None and is_open(row):
        row.evidence = {**{name: value[:MAX_EVIDENCE] for name, value in values.items()}, **row.evidence}
        await session.flush()


async def submit(session: AsyncSession, actor: Actor, dispute_id: str) -> None:
    """Send what was written to the bank: once."""
    await evidence_of(session, actor, dispute_id)
    row = await store.dispute(session, dispute_id, lock=True)
    assert row is not None
    still_open(row)
    if not any(str(value).strip() for value in row.evidence.values()) and not await store.has_files(session, row.id):
        raise Invalid("There is no evidence yet. Write down what was sold and how it was used.")
    await _let_go(session, row, actor.account_id)


async def send_unattended(session: AsyncSession, dispute_id: str) -> None:
    """Nobody is left who could answer: what is filled in goes to the bank, if it still waits for something."""
    row = await store.dispute(session, dispute_id, lock=True)
    if row is not None and is_open(row) and row.status in _WAITING and row.evidence:
        await _let_go(session, row, None)


async def _let_go(session: AsyncSession, row: Dispute, by: UUID | None) -> None:
    row.sending_at, row.refusal = now(), ""
    await session.flush()
    await audit.record(session, by, "dispute.submit", f"dispute:{row.id}")
    await enqueue(session, "orders.submit_evidence", {"dispute_id": row.id})
    if len({line.creator_id for line in await store.lines(session, row.order_id)}) > 1:
        await enqueue(session, "orders.dispute_mail", {"dispute_id": row.id, "status": "sent"})


async def refused(session: AsyncSession, dispute_id: str, reason: str) -> None:
    """The provider didn't take the answer: it can be changed and sent again."""
    row = await store.dispute(session, dispute_id, lock=True)
    if row is not None and row.submitted_at is None:
        row.sending_at, row.refusal = None, reason[:500]
        await session.flush()


def is_open(row: Dispute) -> bool:
    """May the answer still be changed?"""
    return row.closed_at is None and row.submitted_at is None and row.sending_at is None


def still_open(row: Dispute) -> None:
    """``Conflict`` with the reason, unless the answer may still be changed."""
    if row.closed_at is not None:
        raise Conflict("The bank has decided; nothing can be added any more.")
    if row.submitted_at is not None:
        raise Conflict("The evidence is with the bank already; it takes one answer only.")
    if row.sending_at is not None:
        raise Conflict("The evidence is on its way to the bank; nothing can be changed any more.")
