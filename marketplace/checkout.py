"""From a basket to the payment page. Vendor calls happen outside transactions and state locks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.db import transaction
from marketplace.domain.access import service as access
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts import service as accounts
from marketplace.domain.bundles import service as bundles
from marketplace.domain.cart import service as cart
from marketplace.domain.cart.models import CartItem
from marketplace.domain.catalog import browse
from marketplace.domain.catalog.browse import Listing
from marketplace.domain.catalog.models import Product
from marketplace.domain.catalog.rules import Lesson, announced
from marketplace.domain.coupons import service as coupons
from marketplace.domain.fees import service as fees
from marketplace.domain.gifts import service as gifts
from marketplace.domain.orders import service as orders
from marketplace.domain.orders.errors import AlreadyOwned, NotForSale, OwnProduct, PaymentRefused, PriceChanged
from marketplace.domain.orders.models import Order, OrderLine
from marketplace.domain.orders.origin import NOWHERE, Origin
from marketplace.domain.orders.ports import CheckoutLine, CheckoutRequest
from marketplace.domain.partners import service as partners
from marketplace.errors import Conflict, Invalid, Missing
from marketplace.i18n import _
from marketplace.jobs.webhooks import apply_checkout
from marketplace.money import format_minor, parse
from marketplace.present import cover, open_path, product_path
from marketplace.settings import get_settings
from marketplace.sql import Over
from marketplace.vendors import vendors

rules = orders.rules


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing somebody wants to buy. ``agreed_minor`` is the price they last saw, None on "Buy now"."""

    product_id: UUID
    offered_minor: int | None = None
    gift_id: UUID | None = None
    via: str = ""
    agreed: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True)
class Basket:
    """Everything that a checkout needs, looked up at this moment. ``refusal`` says why the code doesn't apply."""

    priced: rules.Priced
    discount: rules.Discount | None
    refusal: str = ""


async def explain(over: Over, who: Actor, listing: Listing) -> access.Decision:
    """The access decision on this listing for this person."""
    product = listing.product
    if product.kind == "bundle" and who.account_id is not None and who.account_id != product.creator_id:
        parts = [part.product_id for part in await bundles.members(over, product.id)]
        if parts and await access.owned_among(over, who.account_id, parts) >= set(parts):
            return access.Decision(True, "granted", _("You own everything in this bundle."))
    return await explain_lesson(over, who, product)


async def explain_lesson(over: Over, who: Actor, lesson: Product | Lesson) -> access.Decision:
    """The access decision on what is no bundle."""
    return await access.explain_watch(
        over, who, product_id=lesson.id, title=lesson.title, creator_id=lesson.creator_id,
        state=lesson.state, price_kind=lesson.price_kind,
    )  # fmt: skip


def price_of(listing: Listing, offered_minor: int | None) -> int:
    """What this listing costs now. Raises ``NotForSale``, ``PriceTooLow``."""
    product = listing.product
    if product.state != "published":
        raise NotForSale(_("“{title}” isn't for sale at the moment.").format(title=product.title))
    _refuse_waitlist(listing)
    return rules.price_to_pay(
        product.price_kind, product.price_minor, product.min_minor, product.currency, offered_minor
    )


def _refuse_waitlist(listing: Listing) -> None:
    product = listing.product
    if product.before == "waitlist" and announced(product.before, product.opens_at, now()):
        raise NotForSale(_("“{title}” isn't out yet. Its page has a waitlist.").format(title=product.title))


async def parts_of(over: Over, listing: Listing) -> list[Listing]:
    """What a bundle holds, in its order; nothing for everything else."""
    if listing.product.kind != "bundle":
        return []
    return await browse.listings(over, [part.product_id for part in await bundles.members(over, listing.product.id)])


async def owned_of(over: Over, who: Actor, listings: Sequence[Listing]) -> int:
    """How many of these this person has bought or was given."""
    if who.account_id is None or not listings:
        return 0
    return len(await access.owned_among(over, who.account_id, [one.product.id for one in listings]))


async def items_for(session: AsyncSession, who: Actor, wanted: Sequence[Wanted]) -> list[rules.Item]:
    """The wanted things as they are sold now, bundles taken apart."""
    listings = {one.product.id: one for one in await browse.listings(session, [w.product_id for w in wanted])}
    out: list[rules.Item] = []
    for want in wanted:
        listing = listings.get(want.product_id)
        if listing is None:
            raise Missing
        amount = price_of(listing, want.offered_minor)
        if want.agreed is not None and want.agreed != (amount, listing.product.currency):
            raise PriceChanged(
                _("The price of “{title}” changed to {price}. Look at your cart again.").format(
                    title=listing.product.title, price=format_minor(amount, listing.product.currency)
                )
            )
        item = await _item(session, who, listing, amount, want)
        out.extend(await _members(session, who, item, want) if listing.product.kind == "bundle" else [item])
    _refuse_twice([item for item in out if item.gift is None])
    return out


def _refuse_twice(items: Sequence[rules.Item]) -> None:
    """What is in a bundle isn't bought by itself too, nor in another one: nobody owns a lesson twice."""
    first: dict[UUID, rules.Item] = {}
    for item in items:
        other = first.setdefault(item.product_id, item)
        if other is not item:
            names = [one.bundle_title for one in (other, item) if one.bundle_title]
            words = (
                _("“{title}” is part of “{bundle}” and of “{other}”. Take one of them out of your cart.")
                if len(names) == 2
                else _("“{title}” is part of “{bundle}” too. Take one of them out of your cart.")
            )
            raise Conflict(words.format(title=item.title, bundle=names[0], other=names[-1]))


async def _item(session: AsyncSession, who: Actor, listing: Listing, amount: int, want: Wanted) -> rules.Item:
    product = listing.product
    percent = await fees.percent_for(session, product.creator_id, product.kind, get_settings().platform_fee_percent)
    shared = await partners.of_products(session, [product.id], via=want.via, buyer_id=who.account_id)
    return rules.Item(
        product_id=product.id, creator_id=product.creator_id, title=product.title, currency=product.currency,
        list_minor=amount, fee_percent=percent, gift=want.gift_id,
        policy=rules.Policy(product.refund_days, product.refund_max_percent),
        payees=tuple(
            rules.Payee(p.partner_id, p.role, p.percent)  # type: ignore[arg-type]
            for p in shared.get(product.id, []) if p.partner_id is not None
        ),
    )  # fmt: skip


async def _members(session: AsyncSession, who: Actor, bundle: rules.Item, want: Wanted) -> list[rules.Item]:
    parts = await bundles.members(session, bundle.product_id)
    listings = {one.product.id: one for one in await browse.listings(session, [part.product_id for part in parts])}
    if not parts:
        raise NotForSale
    for listing in listings.values():
        _refuse_waitlist(listing)
    members = [
        (await _item(session, who, listings[part.product_id], 0, want), part.weight)
        for part in parts
    ]  # fmt: skip
    return rules.bundle_items(bundle, members)


async def look(
    session: AsyncSession, who: Actor, wanted: Sequence[Wanted], code: str, *, except_order: UUID | None = None
) -> Basket:
    """The basket with its prices; a code that doesn't apply is left out and said so."""
    items = await items_for(session, who, wanted)
    if not code:
        return Basket(rules.price(items), None)
    try:
        discount = await _discount(session, who, items, code, except_order)
    except (Invalid, Conflict) as error:
        return Basket(rules.price(items), None, error.text)
    return Basket(rules.price(items, discount), discount)


async def _discount(
    session: AsyncSession, who: Actor, items: Sequence[rules.Item], code: str, except_order: UUID | None
) -> rules.Discount:
    """The coupon behind a code as it applies to these items. Raises with the reason when it doesn't."""
    coupon = await coupons.find(session, code)
    discount = rules.Discount(
        coupon.id, coupon.code, "creator" if coupon.owner_id else "platform", coupon.percent,
        coupon.amount_minor or 0, coupon.owner_id, frozenset(UUID(one) for one in coupon.products),
    )  # fmt: skip
    covered = sum(item.list_minor for item in items if discount.covers(item))
    reason = await coupons.refusal(
        session, coupon, who.account_id, currency=items[0].currency, covered_minor=covered, except_order=except_order
    )
    if reason:
        raise Conflict(reason, field="code")
    return discount


def wanted_of(item: CartItem) -> Wanted:
    """A basket's item, at the price its owner agreed to."""
    return Wanted(item.product_id, item.offered_minor, item.gift_id, item.via, (item.seen_minor, item.seen_currency))


async def start_purchase(
    who: Actor, slug: str, amount: str | None = None, *, code: str = "", via: str = "", seen: tuple[int, str] | None = None,
    origin: Origin = NOWHERE,
) -> str:  # fmt: skip
    """ "Buy now". Where the buyer goes next: the library for a free lesson, else the payment page. ``amount`` is what they
    typed where they decide the price; None: they weren't asked, and it is the suggested one. ``seen`` is the fixed price
    that their page shows: where it isn't the price any more, that is said first."""
    access.require_signed_in(who)
    async with transaction() as session:
        listing = await browse.found(session, slug)
        if listing is None:
            raise Missing
        product = listing.product
        if product.creator_id == who.account_id:
            raise OwnProduct
        offered = _offered(product, amount)
        if seen is not None and seen != (now := price_of(listing, offered), product.currency):
            raise PriceChanged(
                _("The price is {price} now. Buy again if you agree to it.").format(
                    price=format_minor(now, product.currency)
                )
            )
        if price_of(listing, offered) == 0 and product.kind != "bundle":
            await _hand_out(session, who, product.id)
            return open_path(product)
    back = f"{product_path(product)}?{urlencode({'cancelled': '1', **({'code': code} if code else {})})}"
    return await _check_out(who, [Wanted(product.id, offered, via=via)], code, back, origin=origin)


def _offered(product: Product, amount: str | None) -> int | None:
    asked = product.price_kind == "pwyw" and amount is not None
    return parse(amount or "", product.currency, field="amount") if asked else None


async def _hand_out(session: AsyncSession, who: Actor, product_id: UUID) -> None:
    """A free product needs no order."""
    account_id = access.require_signed_in(who)
    if await access.owned_among(session, account_id, [product_id]):
        raise AlreadyOwned
    await access.give(session, account_id, product_id, "free", f"{account_id}:{product_id}")


async def put_into_cart(
    who: Actor, slug: str, amount: str | None = None, *, code: str = "", via: str = "", wish: gifts.Wish | None = None
) -> None:
    """Into the basket at the price as it is now; with a ``wish`` as a present for somebody. The ``code`` that was
    shown with it comes along, unless the basket has one already."""
    account_id = access.require_signed_in(who)
    async with transaction() as session:
        listing = await browse.found(session, slug)
        if listing is None:
            raise Missing
        product = listing.product
        if product.creator_id == account_id:
            raise OwnProduct
        offered = _offered(product, amount)
        price = price_of(listing, offered)
        if wish is None and await access.owned_among(session, account_id, [product.id]):
            raise AlreadyOwned
        if wish is None and product.kind == "bundle" and (await explain(session, who, listing)).code == "granted":
            raise AlreadyOwned(_("You own everything in this bundle. It's in your library."))
        gift = await gifts.draft(session, who, wish) if wish else None
        if gift and await orders.store.was_given(session, account_id, product.id, gift.recipient_email):
            raise Invalid(_("You have given them this before."), field="gift_email")
        await cart.add(
            session, who, product.id, seen_minor=price, seen_currency=product.currency, offered_minor=offered,
            gift_id=gift.id if gift else None, via=via,
        )  # fmt: skip
        if code and not await cart.code(session, who):
            await cart.set_code(session, who, code)


async def check_out_cart(
    who: Actor, currency: str, *, discounted: bool = True, shown_minor: int | None = None, origin: Origin = NOWHERE
) -> str:
    """The basket's items in one currency, at the prices that were agreed to. Where the buyer was shown a discount
    (``discounted``), a code that doesn't apply any more stops it; else it is left out, as it was when they looked. So does
    another sum than the one that they were shown: the basket was changed in another tab."""
    access.require_signed_in(who)
    async with transaction() as session:
        items = [item for item in await cart.items(session, who) if item.seen_currency == currency]
        code = await cart.code(session, who)
    if not items:
        raise Conflict(_("There is nothing in your cart."))
    wanted = [wanted_of(item) for item in items]
    return await _check_out(
        who, wanted, code, "/cart?cancelled=1", strict=discounted, shown_minor=shown_minor, origin=origin
    )


async def _check_out(
    who: Actor, wanted: Sequence[Wanted], code: str, back: str, *, strict: bool = True, shown_minor: int | None = None,
    origin: Origin,
) -> str:  # fmt: skip
    settings = get_settings()
    for _attempt in range(2):
        async with transaction() as session:
            basket = await look(session, who, wanted, code, except_order=await holding(session, who, code))
            if basket.refusal and strict:
                raise Conflict(basket.refusal, field="code")
            if shown_minor is not None and basket.priced.total_minor != shown_minor:
                raise Conflict(_("Your cart was changed in another tab. Look at it again before you pay."))
            purchase = await orders.begin(
                session,
                who,
                basket.priced,
                discount=basket.discount,
                hold_days=settings.payout_hold_days,
                origin=origin,
            )
        if purchase.order is None:
            for order in purchase.replaced:
                await _close(order)
            continue
        if purchase.order.state == "paid":
            return f"/orders/{purchase.order.id}"
        return purchase.order.checkout_url or await _open_page(purchase.order, who, back)
    raise Conflict(_("This changed while you were buying. Please try again."))


async def holding(session: AsyncSession, who: Actor, code: str) -> UUID | None:
    """The open order of this person that holds a use of this code: it doesn't stand in its own way."""
    if not code or who.account_id is None:
        return None
    return await orders.store.open_order_with_code(session, who.account_id, code.strip().upper())


async def _close(order: Order) -> None:
    """End an open payment page that no longer fits; if it was paid meanwhile, that counts."""
    if order.checkout_id:
        await vendors().payments.expire_checkout(order.checkout_id)
        await apply_checkout(order.checkout_id)
    else:
        async with transaction() as session:
            await orders.abandon(session, order.id)


async def _open_page(order: Order, who: Actor, back: str) -> str:
    settings = get_settings()
    assert who.account_id is not None
    async with transaction() as session:
        buyer = await accounts.account(session, who.account_id)
        lines = await orders.store.lines(session, order.id)
        listings = {one.product.id: one for one in await browse.listings(session, [x.product_id for x in lines])}
    request = CheckoutRequest(
        order_id=str(order.id), currency=order.currency, customer_email=buyer.email,
        lines=[_page_line(line, listings.get(line.product_id)) for line in lines if line.amount_minor],
        success_url=f"{settings.public_url}/orders/{order.id}?session_id={{CHECKOUT_SESSION_ID}}",
        cancel_url=f"{settings.public_url}{back}", expires_at=int(order.expires_at.timestamp()),
        tax=settings.stripe_tax,
    )  # fmt: skip
    try:
        page = await vendors().payments.create_checkout(request, key=f"checkout:{order.id}")
    except PaymentRefused:
        async with transaction() as session:
            await orders.abandon(session, order.id)
        raise
    async with transaction() as session:
        return await orders.attach_page(session, order.id, page)


def _page_line(line: OrderLine, listing: Listing | None) -> CheckoutLine:
    """As the payment page shows it: a discount is in the price, and said beside it."""
    image = cover(listing.image, 640) if listing else ""
    said = [_("Part of “{bundle}”").format(bundle=line.bundle_title)] if line.bundle_id else []
    if line.gift_id:
        said.append(_("As a present"))
    if line.discount_minor:
        said.append(
            _("{list}, less {discount}").format(
                list=format_minor(line.list_minor, line.currency),
                discount=format_minor(line.discount_minor, line.currency),
            )
        )
    if not said and listing is not None:
        said.append(listing.product.summary)
    return CheckoutLine(
        line.title, " · ".join(said)[:300], line.amount_minor, image if image.startswith("https://") else None,
        reference=str(line.id),
    )  # fmt: skip


__all__ = [
    "Basket", "Wanted", "check_out_cart", "explain", "holding", "items_for", "look", "owned_of", "parts_of", "price_of",
    "put_into_cart", "start_purchase", "wanted_of",
]  # fmt: skip
