"""Refunds: asked for by a creator or admin, or made in the provider's dashboard; booked once, whatever comes."""

from __future__ import annotations

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.access import service as access
from marketplace.domain.access.service import Actor
from marketplace.domain.analytics import service as analytics
from marketplace.domain.audit import service as audit
from marketplace.domain.ledger import service as ledger
from marketplace.domain.orders import rules, store
from marketplace.domain.orders.errors import NothingToRefund, RefundAhead, RefundTooLarge
from marketplace.domain.orders.models import Order, OrderLine, Refund
from marketplace.domain.orders.ports import RefundState
from marketplace.domain.orders.service import request_settlement
from marketplace.errors import Invalid, Missing
from marketplace.money import format_minor
from marketplace.queue import enqueue


async def request(
    session: AsyncSession, actor: Actor, line_id: UUID, *, amount_minor: int, revoke_access: bool, note: str
) -> Refund:
    """Write down the refund and queue it. The line's lock makes refunds add up to what was paid at most."""
    line = await store.lock_line(session, line_id)
    if line is None:
        raise Missing
    actor_id = access.require_owner(actor, line.creator_id, or_admin=True)
    order = await store.order(session, line.order_id)
    if order is None or order.state != "paid":
        raise NothingToRefund
    left = line.amount_minor - line.refunded_minor - await store.reserved(session, line.id)
    if left <= 0:
        raise NothingToRefund
    if amount_minor <= 0:
        raise Invalid("Type an amount above zero.", field="amount")
    if amount_minor > left:
        raise RefundTooLarge(f"At most {format_minor(left, line.currency)} is left to refund.", field="amount")
    refund = Refund(
        order_id=order.id, line_id=line.id, amount_minor=amount_minor, currency=line.currency,
        revoke_access=revoke_access, note=note[:500], requested_by=actor_id,
    )  # fmt: skip
    session.add(refund)
    await session.flush()
    await audit.record(session, actor_id, "refund.request", f"order:{order.id}", amount=amount_minor, note=note[:500])
    await enqueue(session, "orders.refund", {"refund_id": str(refund.id)}, lock=f"refund:{order.id}")
    return refund


async def apply(session: AsyncSession, state: RefundState) -> Refund | None:
    """Bring our refund to what the provider says now; unknown ones (made in its dashboard) are taken in."""
    order = await _order_of(session, state)
    if order is None:
        return None
    refund = await _find_or_take_in(session, order, state)
    if refund is None:
        return None
    if state.status in ("pending", "succeeded", "requires_action"):
        await _accept(session, order, refund, state)
    elif state.status in ("failed", "canceled"):
        await _come_back(session, order, refund, state)
    await session.flush()
    return refund


async def _order_of(session: AsyncSession, state: RefundState) -> Order | None:
    for where in ({"payment_intent_id": state.payment_intent_id}, {"charge_id": state.charge_id}):
        if all(where.values()):
            found = await store.order_by(session, **where)  # type: ignore[arg-type]
            if found is not None:
                return await store.lock_order(session, found.id)
    return None


async def _find_or_take_in(session: AsyncSession, order: Order, state: RefundState) -> Refund | None:
    refund = await store.refund_by_provider(session, state.id)
    if refund is None and state.refund_id:
        try:
            refund = await store.lock_refund(session, UUID(state.refund_id))
        except ValueError:
            refund = None
        if refund is not None and refund.order_id != order.id:
            return None
    if refund is None and state.status not in ("failed", "canceled"):
        refund = await _take_in(session, order, state)
    return refund


async def _take_in(session: AsyncSession, order: Order, state: RefundState) -> Refund:
    """A refund made in the provider's dashboard: a full one takes access back, a partial one leaves it."""
    for line in await store.lines(session, order.id):
        left = line.amount_minor - line.refunded_minor
        if left >= state.amount_minor:
            refund = Refund(
                order_id=order.id, line_id=line.id, amount_minor=state.amount_minor, currency=line.currency,
                revoke_access=left == state.amount_minor, note="Made in the payment provider's dashboard",
            )  # fmt: skip
            session.add(refund)
            await session.flush()
            return refund
    raise RefundAhead


async def _accept(session: AsyncSession, order: Order, refund: Refund, state: RefundState) -> None:
    refund.provider_id = state.id
    if refund.state == "requested":
        line = await store.lock_line(session, refund.line_id)
        assert line is not None
        await _book(session, order, line, refund)
    if refund.state != "failed":
        refund.state = "succeeded" if state.status == "succeeded" else "pending"
        refund.settled_at = refund.settled_at or (now() if state.status == "succeeded" else None)


async def _book(session: AsyncSession, order: Order, line: OrderLine, refund: Refund) -> None:
    refund.creator_minor = rules.refund_share(
        creator_minor=line.creator_minor, amount_minor=line.amount_minor, refunded_before=line.refunded_minor,
        refund_minor=refund.amount_minor,
    )  # fmt: skip
    line.refunded_minor += refund.amount_minor
    line.refunded_creator_minor += refund.creator_minor
    order.refunded_minor += refund.amount_minor
    refund.state = "pending"
    await ledger.book(
        session, key=f"refund:{refund.id}", kind="refund", currency=line.currency, order_id=order.id, line_id=line.id,
        lines=ledger.rules.refund(line.creator_id, amount=refund.amount_minor, from_creator=refund.creator_minor),
        memo=refund.note[:200],
    )  # fmt: skip
    await analytics.record_refund(
        session, key=f"refund:{refund.id}", creator_id=line.creator_id, product_id=line.product_id, buyer_id=line.buyer_id,
        currency=line.currency, at=now(), amount_minor=refund.amount_minor, net_minor=refund.creator_minor, line_id=line.id,
    )  # fmt: skip
    if refund.revoke_access:
        await access.take_back(session, "order", str(line.id), "it was refunded")
    await request_settlement(session, line)
    await enqueue(session, "orders.refund_mail", {"refund_id": str(refund.id)})


async def _come_back(session: AsyncSession, order: Order, refund: Refund, state: RefundState) -> None:
    """The refund failed: the money is back with the platform. Undo what was booked, once.

    The creator's part is that of the running total, so that it adds up whatever was refunded in between.
    """
    refund.provider_id = state.id
    if refund.state in ("pending", "succeeded"):
        line = await store.lock_line(session, refund.line_id)
        assert line is not None
        line.refunded_minor -= refund.amount_minor
        back = rules.refund_share(
            creator_minor=line.creator_minor, amount_minor=line.amount_minor, refunded_before=line.refunded_minor,
            refund_minor=refund.amount_minor,
        )  # fmt: skip
        line.refunded_creator_minor -= back
        order.refunded_minor -= refund.amount_minor
        await ledger.book(
            session, key=f"refund-failed:{refund.id}", kind="refund_failed", currency=line.currency, order_id=order.id,
            line_id=line.id, lines=ledger.rules.undo(
                ledger.rules.refund(line.creator_id, amount=refund.amount_minor, from_creator=back)
            ),
        )  # fmt: skip
        await analytics.record_refund(
            session, key=f"refund-failed:{refund.id}", creator_id=line.creator_id, product_id=line.product_id,
            buyer_id=line.buyer_id, currency=line.currency, at=now(), amount_minor=-refund.amount_minor, net_minor=-back,
            line_id=line.id,
        )  # fmt: skip
        if refund.revoke_access and not await store.revoked_by_another(session, line.id, refund.id):
            await access.restore(session, "order", str(line.id))
        await request_settlement(session, line)
    refund.state, refund.failure, refund.settled_at = "failed", (state.failure_reason or state.status)[:300], now()


async def refuse(session: AsyncSession, refund_id: UUID, reason: str) -> None:
    """The provider said no to a refund that we asked for: nothing moved."""
    refund = await store.lock_refund(session, refund_id)
    if refund is not None and refund.state == "requested":
        refund.state, refund.failure, refund.settled_at = "refused", reason[:300], now()
        await session.flush()
