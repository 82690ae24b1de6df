"""Buying: from the basket to the paid order. What happens after (refunds, disputes, transfers) has its own modules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.access import service as access
from marketplace.domain.access.service import Actor
from marketplace.domain.analytics import service as analytics
from marketplace.domain.cart import service as cart
from marketplace.domain.coupons import service as coupons
from marketplace.domain.gifts import service as gifts
from marketplace.domain.ledger import service as ledger
from marketplace.domain.orders import rules, store
from marketplace.domain.orders.errors import AlreadyOwned, OwnProduct
from marketplace.domain.orders.models import Order, OrderLine, Share
from marketplace.domain.orders.origin import NOWHERE, Origin
from marketplace.domain.orders.ports import CheckoutPage, CheckoutState, CheckoutStateLine
from marketplace.errors import Conflict, Missing
from marketplace.i18n import N_
from marketplace.keys import Place
from marketplace.queue import enqueue

__all__ = ["rules", "store"]

OPEN_FOR = timedelta(minutes=60)


@dataclass(frozen=True, slots=True)
class Purchase:
    """What to do next. ``order`` is None when open payment pages (``replaced``) must be closed first."""

    order: Order | None
    replaced: tuple[Order, ...] = ()


async def begin(
    session: AsyncSession, actor: Actor, priced: rules.Priced, *, discount: rules.Discount | None = None,
    hold_days: int = 0, origin: Origin = NOWHERE,
) -> Purchase:  # fmt: skip
    """Reserve the one open order of this buyer for this basket. An order over nothing is paid at once.

    A second click, tab or device gets the same order back, and so the same payment page.
    """
    buyer_id = access.require_signed_in(actor)
    if any(line.item.creator_id == buyer_id for line in priced.lines):
        raise OwnProduct
    for product_id in sorted({line.item.product_id for line in priced.lines}):
        await store.lock_purchase(session, buyer_id, product_id)
    own = [line.item.product_id for line in priced.lines if line.item.gift is None]
    found = []
    for order_id in await store.open_orders_of(session, buyer_id, own, priced.fingerprint):
        order = await store.lock_order(session, order_id)
        assert order is not None
        if order.state == "processing":
            raise Conflict(
                "Your payment is still on its way. We'll mail you when it arrives; you won't be charged twice."
            )
        if order.state == "pending":
            found.append(order)
    await _refuse_owned(session, buyer_id, priced)  # not before: a worker may just have found one of these orders paid
    if len(found) == 1 and found[0].fingerprint == priced.fingerprint and found[0].expires_at > now():
        return Purchase(found[0])
    if found:
        return Purchase(None, tuple(found))
    return Purchase(await _create(session, buyer_id, priced, discount, hold_days, origin))


async def _refuse_owned(session: AsyncSession, buyer_id: UUID, priced: rules.Priced) -> None:
    """What is owned isn't sold again, unless as a present or as part of a bundle that brings something new."""
    mine = [line.item for line in priced.lines if line.item.gift is None]
    owned = await access.owned_among(session, buyer_id, [item.product_id for item in mine])
    singles = [item for item in mine if item.bundle_id is None and item.product_id in owned]
    if singles:
        raise AlreadyOwned("You already own “{title}”. It's in your library.", title=singles[0].title)
    for bundle_id in {item.bundle_id for item in mine if item.bundle_id}:
        if all(item.product_id in owned for item in mine if item.bundle_id == bundle_id):
            raise AlreadyOwned("You already own everything in this bundle. It's in your library.")


async def _create(
    session: AsyncSession, buyer_id: UUID, priced: rules.Priced, discount: rules.Discount | None, hold_days: int,
    origin: Origin,
) -> Order:  # fmt: skip
    order = Order(
        buyer_id=buyer_id, currency=priced.currency, total_minor=priced.total_minor,
        discount_minor=priced.discount_minor, fingerprint=priced.fingerprint, hold_days=hold_days, created_at=now(),
        expires_at=now() + OPEN_FOR, coupon_id=discount.coupon_id if discount else None,
        coupon_code=discount.code if discount else "", source=origin.source, medium=origin.medium,
        campaign=origin.campaign,
    )  # fmt: skip
    session.add(order)
    await session.flush()
    for line in priced.lines:
        await _add_line(session, order, line)
    if discount is not None:
        covered = sum(line.item.list_minor for line in priced.lines if discount.covers(line.item))
        await coupons.hold(
            session, discount.coupon_id, buyer_id, order.id, amount_minor=priced.discount_minor,
            currency=priced.currency, covered_minor=covered,
        )  # fmt: skip
    if order.total_minor == 0:
        await _fulfil(session, order)
    return order


async def _add_line(session: AsyncSession, order: Order, priced: rules.PricedLine) -> None:
    item = priced.item
    line = OrderLine(
        order_id=order.id, buyer_id=order.buyer_id, product_id=item.product_id, creator_id=item.creator_id,
        title=item.title, currency=item.currency, list_minor=item.list_minor, discount_minor=priced.discount_minor,
        subsidy_minor=priced.subsidy_minor, amount_minor=priced.amount_minor, fee_percent=item.fee_percent,
        fee_minor=priced.fee_minor, shares_minor=sum(part.amount_minor for part in priced.parts),
        refund_days=item.policy.days, refund_max_percent=item.policy.max_percent, bundle_id=item.bundle_id,
        bundle_title=item.bundle_title, gift_id=item.gift,
    )  # fmt: skip
    session.add(line)
    try:
        await session.flush()
    except IntegrityError as error:  # the unique index on open lines: another worker was first
        raise Conflict("You already started buying this in another window. Try again in a moment.") from error
    session.add_all(
        Share(
            order_id=order.id, line_id=line.id, payee_id=part.payee_id, role=part.role, percent=part.percent,
            currency=item.currency, amount_minor=part.amount_minor,
        )
        for part in priced.parts
    )  # fmt: skip
    await session.flush()


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
    asked = order.total_minor if order.state != "paid" else order.total_minor + order.tax_minor
    if state.amount_minor not in (asked, asked + state.tax_minor) or state.currency != order.currency:
        raise Conflict("Session {id} is over another amount than order {id_2}.", id=state.id, id_2=order.id)
    if order.checkout_id is None:
        order.checkout_id = state.id
    elif order.checkout_id != state.id:
        raise Conflict("Session {id} is not the one of order {id_2}.", id=state.id, id_2=order.id)
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
    order.payment_intent_id, order.charge_id = state.payment_intent_id, state.charge_id
    order.buyer_details = {
        "name": state.buyer_name, "country": state.buyer_country, "tax_id": state.buyer_tax_id,
        "address": state.buyer_address, "reverse_charge": any(line.reverse_charge for line in state.lines),
    }  # fmt: skip
    if state.tax_minor:
        await _note_tax(session, order, state)
    await _fulfil(session, order)
    await _note_fee(session, order, state.fee_minor)


async def _note_tax(session: AsyncSession, order: Order, state: CheckoutState) -> None:
    """The tax that the provider computed. Where prices contain it, what is shared out is the rest."""
    lines = await store.lines(session, order.id)
    order.tax_included = state.amount_minor == order.total_minor
    by_line = {line.reference: line for line in state.lines}
    known = all(str(line.id) in by_line or line.amount_minor == 0 for line in lines)
    spread = rules.spread(state.tax_minor, [line.amount_minor for line in lines])
    for line, part in zip(lines, spread, strict=True):
        said = by_line.get(str(line.id), _NO_TAX)
        line.tax_minor, line.tax_percent = (said.tax_minor, said.tax_percent) if known else (part, None)
        if order.tax_included:
            await _take_tax_out(session, line)
    order.tax_minor = state.tax_minor
    if order.tax_included:
        order.total_minor -= state.tax_minor
        order.discount_minor = sum(line.discount_minor for line in lines)
    await session.flush()


_NO_TAX = CheckoutStateLine("", 0, 0, 0)


async def _take_tax_out(session: AsyncSession, line: OrderLine) -> None:
    shares = await store.lock_shares(session, line.id)
    line.amount_minor -= line.tax_minor
    line.list_minor -= line.tax_minor
    payees = [
        rules.Payee(share.payee_id, share.role, share.percent)  # type: ignore[arg-type]
        for share in shares if share.percent is not None
    ]  # fmt: skip
    base = line.amount_minor + line.subsidy_minor
    line.fee_minor, parts = rules.divide(base, line.fee_percent, line.creator_id, payees)
    by_payee = {(part.payee_id, part.role): part.amount_minor for part in parts}
    for share in shares:
        share.amount_minor = by_payee[share.payee_id, share.role]
    line.shares_minor = base - line.fee_minor


async def _fulfil(session: AsyncSession, order: Order) -> None:
    """It is paid: book it, hand it over, start the movement of money, say thank you. Once."""
    order.state, order.paid_at, order.failure = "paid", now(), ""
    lines = await store.lines(session, order.id)
    for line in lines:
        line.open = False
        await _book_sale(session, order, line)
        if line.gift_id is None:
            await access.give(session, order.buyer_id, line.product_id, "order", str(line.id))
    for gift_id in {line.gift_id for line in lines if line.gift_id}:
        await gifts.paid(session, gift_id)
    if order.coupon_id is not None:
        await coupons.paid(session, order.id)
    await cart.bought(
        session, order.buyer_id, [x.bundle_id or x.product_id for x in lines if x.gift_id is None],
        [x.gift_id for x in lines if x.gift_id],
    )  # fmt: skip
    await enqueue(session, "orders.receipt", {"order_id": str(order.id)})
    await enqueue(session, "documents.invoice", {"order_id": str(order.id)})


async def _book_sale(session: AsyncSession, order: Order, line: OrderLine) -> None:
    shares = await store.lock_shares(session, line.id)
    own_discount = line.discount_minor - line.subsidy_minor
    await ledger.book(
        session, key=f"sale:{line.id}", kind="sale", currency=line.currency, order_id=order.id, line_id=line.id,
        lines=ledger.rules.sale(
            paid=line.amount_minor + line.tax_minor, fee=line.fee_minor, tax=line.tax_minor,
            subsidy=line.subsidy_minor, shares=[(share.payee_id, share.amount_minor) for share in shares],
            discount=(line.creator_id, own_discount, order.coupon_code) if own_discount else None,
            seller=line.creator_id, fees=rules.fee_parts(line.fee_minor, [share.amount_minor for share in shares]),
        ), memo=line.title[:200],
    )  # fmt: skip
    assert order.paid_at is not None
    await analytics.record_sale(
        session, key=f"sale:{line.id}", creator_id=line.creator_id, product_id=line.product_id, buyer_id=line.buyer_id,
        currency=line.currency, at=order.paid_at, gross_minor=line.amount_minor, discount_minor=line.discount_minor,
        net_minor=sum(share.amount_minor for share in shares if share.payee_id == line.creator_id), line_id=line.id,
    )  # fmt: skip
    parts = rules.partners_parts(line.creator_id, [(share.payee_id, share.amount_minor) for share in shares])
    for payee_id, amount in parts.items():
        await analytics.record_share(
            session, key=f"sale:{line.id}:{payee_id}", partner_id=payee_id, product_id=line.product_id,
            buyer_id=line.buyer_id, currency=line.currency, at=order.paid_at, amount_minor=amount, line_id=line.id,
        )  # fmt: skip
    for share in shares:
        await request_settlement(session, share)


async def _note_fee(session: AsyncSession, order: Order, fee_minor: int | None) -> None:
    """The provider's fee: estimated while unknown, then put right by the difference."""
    if order.fee_minor is not None or order.charge_id is None:
        return
    if fee_minor is None:
        if order.estimated_fee_minor == 0:
            order.estimated_fee_minor = rules.estimated_processing(order.total_minor + order.tax_minor, order.currency)
            await _book_processing(session, order, "processing_estimate", order.estimated_fee_minor, 0)
        return
    order.fee_minor = fee_minor
    await _book_processing(session, order, "processing", fee_minor, order.estimated_fee_minor)


async def _book_processing(session: AsyncSession, order: Order, kind: str, fee_minor: int, booked_minor: int) -> None:
    """What the fee is more than was booked before, by seller. Both are spread alike, so that the sums are exact."""
    paid: dict[UUID, int] = {}
    for line in await store.lines(session, order.id):
        paid[line.creator_id] = paid.get(line.creator_id, 0) + line.amount_minor + line.tax_minor
    now_, before = (rules.spread(minor, list(paid.values())) for minor in (fee_minor, booked_minor))
    await ledger.book(
        session, key=f"{kind}:{order.id}", kind=kind, currency=order.currency, order_id=order.id,
        lines=ledger.rules.processing_fee(parts=[(who, a - b) for who, a, b in zip(paid, now_, before, strict=True)]),
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
    await enqueue(session, "orders.payment_failed_mail", {"order_id": str(order.id)})
    return order


async def _close(session: AsyncSession, order: Order, state: str) -> None:
    """It won't be paid: what it held is free again."""
    order.state = state
    for line in await store.lines(session, order.id):
        line.open = False
    if order.coupon_id is not None:
        await coupons.release(session, order.id)
    await session.flush()


async def abandon(session: AsyncSession, order_id: UUID) -> None:
    """Close a pending order that never got, or no longer has, a payment page."""
    order = await store.lock_order(session, order_id)
    if order is not None and order.state == "pending":
        await _close(session, order, "canceled")


async def request_settlement(session: AsyncSession, share: Share) -> None:
    """Queue the movement of money for a share; one payee's movements run one after the other."""
    share.settled = False
    await session.flush()
    await enqueue(session, "orders.settle", {"share_id": str(share.id)}, lock=f"settle:{share.payee_id}")


async def sync_access(session: AsyncSession, line: OrderLine, reason: str = "") -> None:
    """Make the grant of a paid line what refunds and disputes say now: away while a refund that ends access stands, or
    a dispute; else there. A present's grant exists once it was claimed."""
    source = "gift" if line.gift_id else "order"
    if line.disputed_minor > 0 or await store.revoked_by_refund(session, line.id):
        await access.take_back(session, source, str(line.id), reason or N_("it was refunded"))
    else:
        await access.restore(session, source, str(line.id))


async def has_all(session: AsyncSession, account_id: UUID, lines: Sequence[OrderLine]) -> bool:
    """Can this person watch all of it without this order? Nothing at all is not all."""
    others = [line.product_id for line in lines if line.creator_id != account_id]
    return bool(lines) and await access.owned_among(session, account_id, others) >= set(others)


async def claim_gift(session: AsyncSession, actor: Actor, gift_id: UUID) -> list[OrderLine]:
    """The person with the link gets what was bought for them. Who has all of it already doesn't use it up."""
    lines = await store.lines_of_gift(session, gift_id)
    known = await gifts.gift(session, gift_id)
    unused = known is not None and known.claimed_by is None
    if unused and await has_all(session, access.require_signed_in(actor), lines):
        raise AlreadyOwned("You own this already. Pass the link on to somebody who doesn't.")
    gift = await gifts.claim(session, actor, gift_id)
    assert gift.claimed_by is not None
    for line in lines:
        if line.disputed_minor == 0 and not await store.revoked_by_refund(session, line.id):
            await access.give(session, gift.claimed_by, line.product_id, "gift", str(line.id))
    return lines


async def order_for(session: AsyncSession, actor: Actor, order_id: UUID) -> tuple[Order, list[OrderLine]]:
    """The buyer's own order, or any for staff; for others it doesn't exist."""
    order = await store.order(session, order_id)
    if order is None:
        raise Missing("That order doesn't exist.")
    access.require_owner(actor, order.buyer_id, or_admin=True)
    return order, await store.lines(session, order.id)


async def orders_of(
    session: AsyncSession, actor: Actor, *, before: Place | None = None, limit: int = 20
) -> list[tuple[Order, list[OrderLine]]]:
    buyer_id = access.require_signed_in(actor)
    found = await store.buyer_orders(session, buyer_id, before, limit)
    by_order = await store.lines_of(session, [o.id for o in found])
    return [(o, by_order.get(o.id, [])) for o in found]
