"""From "Buy now" to the payment page. Vendor calls happen outside transactions and state locks."""

from __future__ import annotations

from marketplace.db import transaction
from marketplace.domain.access import service as access
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts import service as accounts
from marketplace.domain.catalog import browse
from marketplace.domain.catalog.browse import Listing
from marketplace.domain.catalog.rules import Lesson
from marketplace.domain.orders import service as orders
from marketplace.domain.orders.errors import PaymentRefused
from marketplace.domain.orders.models import Order
from marketplace.domain.orders.ports import CheckoutLine, CheckoutRequest
from marketplace.errors import Conflict, Missing
from marketplace.i18n import _
from marketplace.jobs.webhooks import apply_checkout
from marketplace.money import parse
from marketplace.present import cover
from marketplace.settings import get_settings
from marketplace.sql import Over
from marketplace.vendors import vendors


async def explain(over: Over, who: Actor, listing: Listing | Lesson) -> access.Decision:
    """The access decision on this listing for this person."""
    product = listing.product if isinstance(listing, Listing) else listing
    return await access.explain_watch(
        over, who, product_id=product.id, title=product.title, creator_id=product.creator_id,
        state=product.state, price_kind=product.price_kind,
    )  # fmt: skip


async def start_purchase(who: Actor, slug: str, amount: str) -> str:
    """Where the buyer goes next: the library for a free lesson, else the payment page."""
    settings = get_settings()
    for _attempt in range(2):
        async with transaction() as session:
            listing = await browse.lesson(session, slug)
            if listing is None:
                raise Missing
            product = listing.product
            offered = (
                parse(amount, product.currency, field="amount") if product.price_kind == "pwyw" and amount else None
            )
            offer = orders.Offer(
                product.id, product.creator_id, product.title, product.state, product.price_kind, product.price_minor,
                product.min_minor, product.currency,
            )  # fmt: skip
            purchase = await orders.begin(
                session, who, offer, offered_minor=offered, fee_percent=settings.platform_fee_percent
            )
        if purchase.replaced is not None:
            await _close(purchase.replaced)
            continue
        if purchase.order is None:
            return f"/watch/{slug}"
        return purchase.order.checkout_url or await _open_page(purchase.order, listing, who)
    raise Conflict(_("This changed while you were buying. Please try again."))


async def _close(order: Order) -> None:
    """End an open payment page that no longer fits; if it was paid meanwhile, that counts."""
    if order.checkout_id:
        await vendors().payments.expire_checkout(order.checkout_id)
        await apply_checkout(order.checkout_id)
    else:
        async with transaction() as session:
            await orders.abandon(session, order.id)


async def _open_page(order: Order, listing: Listing, who: Actor) -> str:
    settings = get_settings()
    assert who.account_id is not None
    async with transaction() as session:
        buyer = await accounts.account(session, who.account_id)
    image = cover(listing.image, 640)
    request = CheckoutRequest(
        order_id=str(order.id), currency=order.currency, customer_email=buyer.email,
        lines=[
            CheckoutLine(
                listing.product.title, listing.product.summary, order.total_minor,
                image if image.startswith("https://") else None,
            )
        ],
        success_url=f"{settings.public_url}/orders/{order.id}?session_id={{CHECKOUT_SESSION_ID}}",
        cancel_url=f"{settings.public_url}/lessons/{listing.product.slug}?cancelled=1",
        expires_at=int(order.expires_at.timestamp()),
    )  # fmt: skip
    try:
        page = await vendors().payments.create_checkout(request, key=f"checkout:{order.id}")
    except PaymentRefused:
        async with transaction() as session:
            await orders.abandon(session, order.id)
        raise
    async with transaction() as session:
        return await orders.attach_page(session, order.id, page)
