"""All queries on coupons."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.coupons.models import Coupon, CouponUse
from marketplace.domain.locks import KEY_SHARE


async def by_code(session: AsyncSession, code: str) -> Coupon | None:
    return (await session.exec(select(Coupon).where(func.upper(col(Coupon.code)) == code))).first()


async def lock(session: AsyncSession, coupon_id: UUID) -> Coupon | None:
    found = await session.exec(
        select(Coupon)
        .where(Coupon.id == coupon_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return found.first()


async def taken_by(session: AsyncSession, coupon_id: UUID, buyer_id: UUID) -> int:
    found = await session.exec(
        select(func.count()).select_from(CouponUse).where(
            CouponUse.coupon_id == coupon_id, CouponUse.buyer_id == buyer_id, CouponUse.state != "released"
        )
    )  # fmt: skip
    return int(found.one())


async def bought_before(
    session: AsyncSession, buyer_id: UUID, owner_id: UUID | None, except_order: UUID | None = None
) -> bool:
    """Has this person paid for anything (of this creator) yet, or is another open order of theirs the first purchase
    already, with any such code of the same owner? Else several pages opened at once would all be the first."""
    found = await session.execute(
        text(
            'SELECT EXISTS (SELECT 1 FROM "order" o JOIN order_line l ON l.order_id = o.id WHERE o.buyer_id = :buyer'
            " AND o.state IN ('paid','processing') AND (CAST(:owner AS uuid) IS NULL OR l.creator_id = :owner))"
            " OR EXISTS (SELECT 1 FROM coupon c JOIN coupon_use u ON u.coupon_id = c.id WHERE u.buyer_id = :buyer"
            " AND u.state <> 'released' AND c.first_purchase_only AND c.owner_id IS NOT DISTINCT FROM :owner"
            " AND u.order_id IS DISTINCT FROM CAST(:except AS uuid))"
        ),
        {"buyer": buyer_id, "owner": owner_id, "except": except_order},
    )
    return bool(found.scalar_one())


async def use_of(session: AsyncSession, order_id: UUID) -> CouponUse | None:
    return await session.get(CouponUse, order_id, with_for_update=KEY_SHARE)


async def of_owner(session: AsyncSession, owner_id: UUID | None, before: UUID | None, limit: int) -> Sequence[Coupon]:
    query = select(Coupon).where(col(Coupon.owner_id).is_not_distinct_from(owner_id))
    if before is not None:
        query = query.where(Coupon.id < before)
    return (await session.exec(query.order_by(col(Coupon.id).desc()).limit(limit))).all()


async def totals(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, list[tuple[str, int, int]]]:
    """Coupon → (currency, paid uses, minor units given away)."""
    rows = await session.execute(
        text(
            "SELECT coupon_id, currency, count(*), sum(amount_minor) FROM coupon_use"
            " WHERE coupon_id = ANY(:ids) AND state = 'used' GROUP BY 1, 2 ORDER BY 1, 2"
        ),
        {"ids": list(ids)},
    )
    out: dict[UUID, list[tuple[str, int, int]]] = {}
    for coupon_id, currency, count, total in rows.all():
        out.setdefault(coupon_id, []).append((currency, int(count), int(total)))
    return out
