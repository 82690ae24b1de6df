"""What one product costs with a discount code, said before anybody pays."""

from __future__ import annotations

from urllib.parse import urlencode

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.checkout import Wanted, holding, look, price_of
from marketplace.domain.access.service import Actor, Decision
from marketplace.domain.accounts import service as accounts
from marketplace.domain.catalog.browse import Listing
from marketplace.domain.catalog.models import Product
from marketplace.errors import Limited, MarketplaceError, Unavailable
from marketplace.i18n import _
from marketplace.money import format_minor, parse

Quote = dict[str, str]
PASSING = (Unavailable, Limited)  # what may go better in a minute, and the page itself doesn't say
MOST_CODE = 40  # characters that are looked at


def typed_code(text: str) -> str:
    """A code as it was typed or stands in an address, cut to what can be one."""
    return text.strip()[:MOST_CODE].upper()


def product_link(slug: str, code: str = "", refused: str = "") -> str:
    """The address of something for sale, with a code that it applies on arrival. ``refused``: the kind of error that
    kept somebody from buying it."""
    query = {name: value for name, value in (("code", code), ("refused", refused)) if value}
    return f"/lessons/{slug}" + (f"?{urlencode(query)}" if query else "")


def back_again(cancelled: str, refused: str) -> str:
    """What the address says of why they are on this page once more, in words; empty when nothing."""
    if cancelled == "1":
        return _("You left the payment page. Nothing was charged; it waits here.")
    said = {error.kind: error.message for error in PASSING}.get(refused, "")
    return _(said) if said else ""


def pays(product: Product, decision: Decision) -> bool:
    """Is there a price for this visitor, off which a code could take something?"""
    return product.price_kind != "free" and not decision.allowed


async def quote(
    session: AsyncSession, who: Actor, listing: Listing, code: str, *, amount: str = "", via: str = "", ip: str = ""
) -> Quote:
    """``price`` to pay and the price ``before``, or ``refusal``: why the ``code`` takes nothing off; nothing without
    a code. ``amount`` is what one means to pay where that is free to choose. Who isn't signed in is told what holds
    for anybody; their own uses are counted when they buy. Guessing codes is limited, by person or address (which many
    may share who follow one link)."""
    if not code:
        return {}
    try:
        await accounts.limit(session, f"code:{who.account_id or ip}", most=60 if who.signed_in else 300, seconds=60)
        return await _quote(session, who, listing, code, amount, via)
    except MarketplaceError as error:
        return {"code": code, "refusal": error.text, "price": "", "before": ""}


async def _quote(session: AsyncSession, who: Actor, listing: Listing, code: str, amount: str, via: str) -> Quote:
    product = listing.product
    chosen = product.price_kind == "pwyw" and amount
    offered = parse(amount, product.currency, field="amount") if chosen else None
    before = price_of(listing, offered)
    held = await holding(session, who, code)
    basket = await look(session, who, [Wanted(product.id, offered, via=via)], code, except_order=held)
    if basket.refusal:
        return {"code": code, "refusal": basket.refusal, "price": "", "before": ""}
    total = basket.priced.total_minor
    return {
        "code": code, "refusal": "", "price": format_minor(total, product.currency),
        "before": format_minor(before, product.currency) if total != before else "",
    }  # fmt: skip


__all__ = ["Quote", "pays", "product_link", "quote", "typed_code"]
