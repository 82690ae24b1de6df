"""Buying: from the click to the paid order. What happens after (refunds, transfers) is in its own modules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.access import service as access
from marketplace.domain.access.service import Actor
from marketplace.domain.analytics import service as analytics
from marketplace.domain.ledger import service as ledger
from marketplace.domain.orders import rules, store
from marketplace.domain.orders.errors import AlreadyOwned, NotForSale, OwnProduct
from marketplace.domain.orders.models import Order, OrderLine
from marketplace.domain.orders.ports import CheckoutPage, CheckoutState
from marketplace.errors import Conflict, Missing
from marketplace.queue import enqueue

OPEN_FOR = timedelta(minutes=60)


@dataclass(frozen=True, slots=True)
class Offer:
    """What is on sale, as the catalogue says at this moment."""

    product_id: UUID
    creator_id: UUID
    title: str
    state: str
    price_kind: str
    price_minor: int
    min_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Purchase:
    """What to do next. ``order`` is None when nothing has to be paid; ``replaced`` is an open page to close first."""

    order: Order | None
    replaced: Order | None = None


async def begin(
    session: AsyncSession, actor: Actor, offer: Offer, *, offered_minor: int | None, fee_percent: Decimal
) -> Purchase:
    """Reserve the one open order of this buyer for this product, or hand out a free one's grant.

    A second click, tab or device gets the same order back, and so the same payment page.
    """
    buyer_id = access.require_signed_in(actor)
    if offer.creator_id == buyer_id:
        raise OwnProduct
    if offer.state != "published":
        raise NotForSale
    await store.lock_purchase(session, buyer_id, offer.product_id)
    decision = await access.explain_watch(
        session, actor, product_id=offer.product_id, title=offer.title, creator_id=offer.creator_id,
        state=offer.state, price_kind=offer.price_kind,
    )  # fmt: skip
    if decision.allowed and decision.code == "granted":
        raise AlreadyOwned
    amount = rules.price_to_pay(offer.price_kind, offer.price_minor, offer.min_minor, offer.currency, offered_minor)
    if amount == 0:
        await access.give(session, buyer_id, offer.product_id, "free", f"{buyer_id}:{offer.product_id}")
        return Purchase(None)
    return await _open_order(session, buyer_id, offer, amount, fee_percent)


async def _open_order(
    session: AsyncSession, buyer_id: UUID, offer: Offer, amount: int, fee_percent: Decimal
) -> Purchase:
    line = await store.open_line(session, buyer_id, offer.product_id)
    if line is not None:
        order = await store.lock_order(session, line.order_id)
        assert order is not None
        if order.state == "processing":
            raise Conflict(
                "Your payment is still on its way. We'll mail you when it arrives; you won't be charged twice."
            )
        if order.total_minor == amount and order.currency == offer.currency and order.expires_at > now():
            return Purchase(order)
        return Purchase(None, replaced=order)
    return Purchase(await _create(session, buyer_id, offer, amount, fee_percent))


async def _create(session: AsyncSession, buyer_id: UUID, offer: Offer, amount: int, fee_percent: Decimal) -> Order:
    order = Order(
        buyer_id=buyer_id, currency=offer.currency, total_minor=amount, created_at=now(), expires_at=now() + OPEN_FOR
    )
    session.add(order)
    await session.flush()
    parts = rules.split(amount, fee_percent)
    session.add(
        OrderLine(
            order_id=order.id, buyer_id=buyer_id, product_id=offer.product_id, creator_id=offer.creator_id,
            title=offer.title, currency=offer.currency, amount_minor=amount, fee_minor=parts.fee_minor,
            creator_minor=parts.creator_minor,
        )
    )  # fmt: skip
    try:
        await session.flush()
    except IntegrityError as error:  # the unique index on open lines: another worker was first
        raise Conflict("You already started buying this in another window. Try again in a moment.") from error
    return order


async def attach_page(session: AsyncSession, order_id: UUID, page: CheckoutPage) -> str:
    """Remember the provider's payment page. Returns the URL to send the buyer to."""
    order = await store.lock_order(session, order_id)
    if order is None:
        raise Missing
    if order.state == "pending" and order.checkout_id is None:
        order.checkout_id, order.checkout_url = page.id, page.url
        await session.flush()
    return order.checkout_url or page.url


async def apply_checkout(session: AsyncSession, state: CheckoutState) -> Order | None:
    """Bring our order to what the provider's session says now. Any number of times, in any order.

    Called by the webhook's job, by the return page and by the sweep, all alike.
    """
    order = await _order_of(session, state)
    if order is None:
        return None
    if state.amount_minor != order.total_minor or state.currency != order.currency:
        raise Conflict(f"Session {state.id} is over another amount than order {order.id}.")
    if order.checkout_id is None:
        order.checkout_id = state.id
    elif order.checkout_id != state.id:
        raise Conflict(f"Session {state.id} is not the one of order {order.id}.")
    if state.status == "complete" and state.payment_status == "paid":
        await _pay(session, order, state)
    elif state.status == "complete" and order.state == "pending":
        order.state = "processing"
        order.payment_intent_id = state.payment_intent_id
    elif state.status == "expired" and order.state == "pending":
        await _close(session, order, "expired")
    await session.flush()
    return order


async def is_known(session: AsyncSession, payment_intent_id: str) -> bool:
    """Has this payment reached one of our orders?"""
    found = await store.order_by(session, payment_intent_id=payment_intent_id)
    return found is not None and found.state == "paid"


async def _order_of(session: AsyncSession, state: CheckoutState) -> Order | None:
    try:
        order_id = UUID(state.order_id)
    except ValueError:
        return None
    return await store.lock_order(session, order_id)


async def _pay(session: AsyncSession, order: Order, state: CheckoutState) -> None:
    if order.state == "paid":
        await _note_fee(session, order, state.fee_minor)
        return
    order.state, order.paid_at, order.failure = "paid", now(), ""
    order.payment_intent_id, order.charge_id = state.payment_intent_id, state.charge_id
    for line in await store.lines(session, order.id):
        line.open = False
        await ledger.book(
            session, key=f"sale:{line.id}", kind="sale", currency=line.currency, order_id=order.id, line_id=line.id,
            lines=ledger.rules.sale(line.creator_id, amount=line.amount_minor, fee=line.fee_minor), memo=line.title[:200],
        )  # fmt: skip
        await analytics.record_sale(
            session, key=f"sale:{line.id}", creator_id=line.creator_id, product_id=line.product_id, buyer_id=line.buyer_id,
            currency=line.currency, at=order.paid_at, gross_minor=line.amount_minor, net_minor=line.creator_minor,
            line_id=line.id,
        )  # fmt: skip
        await access.give(session, order.buyer_id, line.product_id, "order", str(line.id))
        await request_settlement(session, line)
    await _note_fee(session, order, state.fee_minor)
    await enqueue(session, "orders.receipt", {"order_id": str(order.id)})


async def _note_fee(session: AsyncSession, order: Order, fee_minor: int | None) -> None:
    if fee_minor is None or order.fee_minor is not None:
        return
    order.fee_minor = fee_minor
    await ledger.book(
        session, key=f"processing:{order.id}", kind="processing", currency=order.currency, order_id=order.id,
        lines=ledger.rules.processing_fee(fee=fee_minor),
    )  # fmt: skip


async def note_fee(session: AsyncSession, order_id: UUID, fee_minor: int) -> None:
    """The provider's fee, when it became known after the sale."""
    order = await store.lock_order(session, order_id)
    if order is not None and order.state == "paid":
        await _note_fee(session, order, fee_minor)
        await session.flush()


async def payment_failed(session: AsyncSession, session_id: str, reason: str) -> Order | None:
    """A slow payment method said no in the end. A paid order is left alone: the later truth is asked for elsewhere."""
    found = await store.order_by(session, checkout_id=session_id)
    order = await store.lock_order(session, found.id) if found else None
    if order is None or order.state not in ("pending", "processing"):
        return order
    order.failure = reason[:300]
    await _close(session, order, "failed")
    return order


async def _close(session: AsyncSession, order: Order, state: str) -> None:
    order.state = state
    for line in await store.lines(session, order.id):
        line.open = False
    await session.flush()


async def abandon(session: AsyncSession, order_id: UUID) -> None:
    """Close a pending order that never got, or no longer has, a payment page."""
    order = await store.lock_order(session, order_id)
    if order is not None and order.state == "pending":
        await _close(session, order, "canceled")


async def request_settlement(session: AsyncSession, line: OrderLine) -> None:
    """Queue the movement of money for a line; one creator's movements run one after the other."""
    await enqueue(session, "orders.settle", {"line_id": str(line.id)}, lock=f"settle:{line.creator_id}")


async def order_for(session: AsyncSession, actor: Actor, order_id: UUID) -> tuple[Order, list[OrderLine]]:
    """The buyer's own order, or any for staff; for others it doesn't exist."""
    order = await store.order(session, order_id)
    if order is None:
        raise Missing("That order doesn't exist.")
    access.require_owner(actor, order.buyer_id, or_admin=True)
    return order, await store.lines(session, order.id)


async def orders_of(
    session: AsyncSession, actor: Actor, *, before: datetime | None = None, limit: int = 20
) -> list[tuple[Order, list[OrderLine]]]:
    buyer_id = access.require_signed_in(actor)
    found = await store.buyer_orders(session, buyer_id, before, limit)
    by_order = await store.lines_of(session, [o.id for o in found])
    return [(o, by_order.get(o.id, [])) for o in found]
