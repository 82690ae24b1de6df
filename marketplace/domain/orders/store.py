"""All queries on orders, lines, refunds and transfers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.locks import hold
from marketplace.domain.orders.models import Order, OrderLine, Refund, Reversal, Transfer


async def lock_order(session: AsyncSession, order_id: UUID) -> Order | None:
    found = await session.exec(
        select(Order).where(Order.id == order_id).with_for_update().execution_options(populate_existing=True)
    )
    return found.first()


async def order(session: AsyncSession, order_id: UUID) -> Order | None:
    return await session.get(Order, order_id)


async def order_by(session: AsyncSession, **where: str) -> Order | None:
    found = await session.exec(select(Order).filter_by(**where))
    return found.first()


async def lines(session: AsyncSession, order_id: UUID) -> list[OrderLine]:
    found = await session.exec(select(OrderLine).where(OrderLine.order_id == order_id).order_by(col(OrderLine.id)))
    return list(found.all())


async def lock_line(session: AsyncSession, line_id: UUID) -> OrderLine | None:
    found = await session.exec(
        select(OrderLine).where(OrderLine.id == line_id).with_for_update().execution_options(populate_existing=True)
    )
    return found.first()


async def open_line(session: AsyncSession, buyer_id: UUID, product_id: UUID) -> OrderLine | None:
    found = await session.exec(
        select(OrderLine).where(OrderLine.buyer_id == buyer_id, OrderLine.product_id == product_id, col(OrderLine.open))
    )
    return found.first()


async def lock_purchase(session: AsyncSession, buyer_id: UUID, product_id: UUID) -> None:
    """Two clicks of one buyer for one product go one after the other (until the transaction ends)."""
    await hold(session, f"buy:{buyer_id}:{product_id}")


async def lock_creator(session: AsyncSession, creator_id: UUID) -> None:
    await hold(session, f"settle:{creator_id}")


async def lock_refund(session: AsyncSession, refund_id: UUID) -> Refund | None:
    found = await session.exec(
        select(Refund).where(Refund.id == refund_id).with_for_update().execution_options(populate_existing=True)
    )
    return found.first()


async def refund_by_provider(session: AsyncSession, provider_id: str) -> Refund | None:
    return (await session.exec(select(Refund).where(Refund.provider_id == provider_id).with_for_update())).first()


async def refunds(session: AsyncSession, order_id: UUID) -> list[Refund]:
    return list((await session.exec(select(Refund).where(Refund.order_id == order_id).order_by(col(Refund.id)))).all())


async def reserved(session: AsyncSession, line_id: UUID) -> int:
    """Minor units of refunds asked for but not yet accepted by the provider."""
    found = await session.exec(
        select(func.coalesce(func.sum(Refund.amount_minor), 0)).where(
            Refund.line_id == line_id, Refund.state == "requested"
        )
    )
    return int(found.one())


async def revoked_by_another(session: AsyncSession, line_id: UUID, refund_id: UUID) -> bool:
    """Does another refund that stands take access to this line away?"""
    found = await session.exec(
        select(Refund.id).where(
            Refund.line_id == line_id, Refund.id != refund_id, col(Refund.revoke_access),
            col(Refund.state).in_(["pending", "succeeded"]),
        )
    )  # fmt: skip
    return found.first() is not None


async def transfers(session: AsyncSession, line_id: UUID) -> list[Transfer]:
    return list(
        (await session.exec(select(Transfer).where(Transfer.line_id == line_id).order_by(col(Transfer.id)))).all()
    )


async def reversals(session: AsyncSession, line_id: UUID) -> list[Reversal]:
    return list(
        (await session.exec(select(Reversal).where(Reversal.line_id == line_id).order_by(col(Reversal.id)))).all()
    )


async def buyer_orders(session: AsyncSession, buyer_id: UUID, before: datetime | None, limit: int) -> Sequence[Order]:
    query = select(Order).where(Order.buyer_id == buyer_id, col(Order.state).in_(["paid", "processing", "failed"]))
    if before is not None:
        query = query.where(Order.created_at < before)
    return (await session.exec(query.order_by(col(Order.created_at).desc()).limit(limit))).all()


async def lines_of(session: AsyncSession, order_ids: Sequence[UUID]) -> dict[UUID, list[OrderLine]]:
    found = await session.exec(select(OrderLine).where(col(OrderLine.order_id).in_(order_ids)))
    out: dict[UUID, list[OrderLine]] = {}
    for line in found.all():
        out.setdefault(line.order_id, []).append(line)
    return out


async def creator_sales(
    session: AsyncSession, creator_id: UUID, before: UUID | None, limit: int
) -> Sequence[tuple[OrderLine, Order]]:
    query = select(OrderLine, Order).join(Order, col(Order.id) == OrderLine.order_id)
    query = query.where(OrderLine.creator_id == creator_id, Order.state == "paid")
    if before is not None:
        query = query.where(OrderLine.id < before)
    return (await session.exec(query.order_by(col(OrderLine.id).desc()).limit(limit))).all()


_UNSETTLED = """
SELECT id, creator_id, gap FROM (
    SELECT l.id, l.creator_id, l.creator_minor - l.refunded_creator_minor - l.withheld_minor + l.debt_minor - coalesce(
        (SELECT sum(t.amount_minor - t.reversed_minor) FROM transfer t WHERE t.line_id = l.id), 0) AS gap
    FROM order_line l JOIN "order" o ON o.id = l.order_id WHERE o.state = 'paid' {only}
) lines WHERE gap <> 0 ORDER BY id LIMIT :limit
"""


async def unpaid_lines(session: AsyncSession, creator_id: UUID, limit: int = 1000) -> list[UUID]:
    """Paid lines of a creator of which money still has to move (their account became active)."""
    query = text(_UNSETTLED.format(only="AND l.creator_id = :creator"))
    return [row[0] for row in (await session.execute(query, {"creator": creator_id, "limit": limit})).all()]


async def unsettled_lines(session: AsyncSession, limit: int = 1000) -> list[tuple[UUID, UUID, int]]:
    """(line, creator, minor units: positive is still due to them, negative has to come back), of everybody."""
    rows = await session.execute(text(_UNSETTLED.format(only="")), {"limit": limit})
    return [(row[0], row[1], int(row[2])) for row in rows.all()]


async def open_orders(session: AsyncSession, older_than: datetime, limit: int = 200) -> Sequence[Order]:
    found = await session.exec(
        select(Order)
        .where(col(Order.state).in_(["pending", "processing"]), Order.created_at < older_than)
        .order_by(col(Order.created_at))
        .limit(limit)
    )
    return found.all()


async def fee_missing(session: AsyncSession, limit: int = 200) -> list[tuple[UUID, str]]:
    rows = await session.execute(
        text(
            "SELECT id, charge_id FROM \"order\" WHERE state = 'paid' AND fee_minor IS NULL AND charge_id IS NOT NULL LIMIT :n"
        ),
        {"n": limit},
    )
    return [(row[0], row[1]) for row in rows.all()]


async def unsettled_refunds(session: AsyncSession, older_than: datetime, limit: int = 200) -> list[Refund]:
    found = await session.exec(
        select(Refund)
        .where(col(Refund.state).in_(["requested", "pending"]), Refund.created_at < older_than)
        .limit(limit)
    )
    return list(found.all())


async def find_lines(session: AsyncSession, search: str, limit: int = 20) -> Sequence[tuple[OrderLine, Order]]:
    """Paid lines by order number or the buyer's email."""
    if not search.isprintable():
        return []
    query = select(OrderLine, Order).join(Order, col(Order.id) == OrderLine.order_id).where(Order.state == "paid")
    if search.isdecimal() and len(search) < 19:
        query = query.where(Order.number == int(search))
    else:
        buyers = text("order_line.buyer_id IN (SELECT id FROM account WHERE lower(email) = lower(:email))")
        query = query.where(buyers.bindparams(email=search))
    return (await session.exec(query.order_by(col(OrderLine.id).desc()).limit(limit))).all()
