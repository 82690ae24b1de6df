"""Bundles: several products of one creator for one price, and how that price is spread over them.

A bundle has no draft: what is saved is what is on offer, once it was put on offer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace import text
from marketplace.clock import now
from marketplace.domain.access.service import Actor
from marketplace.domain.bundles.models import BundleItem
from marketplace.domain.catalog import service as catalog
from marketplace.domain.catalog.models import Product
from marketplace.domain.payouts import service as payouts
from marketplace.errors import Conflict, Invalid, Missing
from marketplace.money import MAX_MINOR, MINIMUM_CHARGE, format_minor
from marketplace.sql import Over, columns, made, rows

MOST = 30
RULES = ("by_price", "equal", "custom")
_MAX_WEIGHT = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Form:
    """What the creator typed. ``weights`` count with the rule "custom" only, one per product."""

    title: str
    summary: str
    description: str
    price_minor: int
    currency: str
    refund_days: int
    refund_max_percent: int
    products: Sequence[UUID]
    rule: str = "by_price"
    weights: Sequence[int] = ()


async def save(session: AsyncSession, actor: Actor, bundle_id: UUID | None, form: Form) -> Product:
    """A new bundle, or a change to one. Its cover, topic and language are those of its first product."""
    bundle = (
        (await catalog.load(session, actor, bundle_id))[0]
        if bundle_id
        else await catalog.create(session, actor, "bundle")
    )
    if bundle.kind != "bundle":
        raise Missing
    title = text.clean_line(form.title, limit=catalog.rules.MAX_TITLE, field="title", label="The title")
    floor = MINIMUM_CHARGE.get(form.currency)
    if floor is None:
        raise Invalid("Choose a currency from the list.", field="currency")
    if not floor <= form.price_minor <= MAX_MINOR:
        raise Invalid("The lowest price is {amount}.", field="price", amount=format_minor(floor, form.currency))
    if not (0 <= form.refund_days <= 60 and 0 <= form.refund_max_percent <= 100):
        raise Invalid("Choose one from the list.", field="refund_days")
    rows = await set_members(session, actor, bundle.id, form.products, rule=form.rule, weights=form.weights)
    first, _draft = await catalog.load(session, actor, rows[0].product_id)
    bundle.title, bundle.price_kind = title, "fixed"
    bundle.summary = text.clean_line(
        form.summary, limit=catalog.rules.MAX_SUMMARY, field="summary", label="The summary", required=False
    )
    bundle.description_md = text.clean_text(
        form.description, limit=catalog.rules.MAX_DESCRIPTION, field="description", label="The description"
    )
    bundle.price_minor, bundle.currency = form.price_minor, form.currency
    bundle.refund_days, bundle.refund_max_percent = form.refund_days, form.refund_max_percent
    bundle.image_id, bundle.topic, bundle.language = first.image_id, first.topic, first.language
    bundle.updated_at = now()
    await session.flush()
    return bundle


async def offer(session: AsyncSession, actor: Actor, bundle_id: UUID) -> Product:
    """Put it into the shop."""
    bundle, _draft = await catalog.load(session, actor, bundle_id)
    if bundle.kind != "bundle" or not await members(session, bundle_id):
        raise Conflict("Save the bundle first.")
    if await payouts.payable_account(session, bundle.creator_id) is None:
        raise Conflict("Finish setting up your payments account first.")
    return await catalog.put_on_offer(session, actor, bundle_id)


_MEMBERS: LiteralString = (
    f"SELECT {columns(BundleItem, 'b')} FROM bundle_item b WHERE bundle_id = %(bundle)s ORDER BY position"
)


async def members(over: Over, bundle_id: UUID) -> list[BundleItem]:
    """To look at, in their order."""
    return [made(BundleItem, row) for row in await rows(over, _MEMBERS, {"bundle": bundle_id})]


async def set_members(
    session: AsyncSession, actor: Actor, bundle_id: UUID, product_ids: Sequence[UUID], *, rule: str = "by_price",
    weights: Sequence[int] = (),
) -> list[BundleItem]:  # fmt: skip
    """Products of the bundle's own creator, at least two. ``by_price`` weighs by today's list prices (equally when
    all are free); ``custom`` takes ``weights``."""
    bundle, _ = await catalog.load(session, actor, bundle_id)
    if bundle.kind != "bundle":
        raise Conflict("This isn't a bundle.")
    wanted = list(dict.fromkeys(product_ids))
    if not 2 <= len(wanted) <= MOST:
        raise Invalid("A bundle has 2 to {most} products.", field="products", most=MOST)
    prices = [await _price_of(session, actor, product_id) for product_id in wanted]
    if rule == "custom":
        if len(weights) != len(wanted) or any(not 0 < weight <= _MAX_WEIGHT for weight in weights):
            raise Invalid("Give each product a weight above zero.", field="weights")
    elif rule not in RULES:
        raise Invalid("Choose one from the list.", field="rule")
    else:
        weights = [max(1, price) for price in prices] if rule == "by_price" and any(prices) else [1] * len(wanted)
    await session.execute(delete(BundleItem).where(col(BundleItem.bundle_id) == bundle_id))
    rows = [
        BundleItem(bundle_id=bundle_id, product_id=product_id, weight=weight, position=n)
        for n, (product_id, weight) in enumerate(zip(wanted, weights, strict=True))
    ]
    session.add_all(rows)
    await session.flush()
    return rows


async def _price_of(session: AsyncSession, actor: Actor, product_id: UUID) -> int:
    product, _ = await catalog.load(session, actor, product_id)
    if product.kind == "bundle":
        raise Invalid("A bundle can't hold another bundle.", field="products")
    if product.state != "published":
        raise Invalid("Publish “{title}” first.", field="products", title=product.title or "the draft")
    return product.price_minor if product.price_kind != "free" else 0
