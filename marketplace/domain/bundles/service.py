"""The products that make up a bundle, and how its price is spread over them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.access.service import Actor
from marketplace.domain.bundles.models import BundleItem
from marketplace.domain.catalog import service as catalog
from marketplace.errors import Conflict, Invalid

MOST = 30
RULES = ("by_price", "equal", "custom")
_MAX_WEIGHT = 1_000_000_000


async def members(session: AsyncSession, bundle_id: UUID) -> list[BundleItem]:
    found = await session.exec(
        select(BundleItem).where(BundleItem.bundle_id == bundle_id).order_by(col(BundleItem.position))
    )
    return list(found.all())


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
        raise Invalid(f"A bundle has 2 to {MOST} products.", field="products")
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
        raise Invalid(f"Publish “{product.title or 'the draft'}” first.", field="products")
    return product.price_minor if product.price_kind != "free" else 0
