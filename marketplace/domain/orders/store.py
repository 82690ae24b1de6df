"""All queries on orders, lines, refunds and transfers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, text, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.accounts.models import Account
from marketplace.domain.gifts.models import Gift
from marketplace.domain.locks import hold
from marketplace.domain.orders.models import (
    Dispute,
    DisputeFile,
    DisputePart,
    Order,
    OrderLine,
    Refund,
    RefundAsk,
    Reversal,
    Share,
    Transfer,
)
from marketplace.keys import NamedPlace, Place


async def lock_order(session: AsyncSession, order_id: UUID) -> Order | None:
    found = await session.exec(
        select(Order)
        .where(Order.id == order_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
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
        select(OrderLine)
        .where(OrderLine.id == line_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return found.first()


async def open_orders_of(
    session: AsyncSession, buyer_id: UUID, product_ids: Sequence[UUID], fingerprint: str
) -> Sequence[UUID]:
    """Orders of this buyer that can still be paid, and are the same basket or hold one of these products."""
    rows = await session.execute(
        text(
            'SELECT DISTINCT o.id FROM "order" o JOIN order_line l ON l.order_id = o.id WHERE o.buyer_id = :buyer'
            " AND o.state IN ('pending','processing') AND (o.fingerprint = :fingerprint"
            " OR (l.open AND l.gift_id IS NULL AND l.product_id = ANY(:products))) ORDER BY 1"
        ),
        {"buyer": buyer_id, "fingerprint": fingerprint, "products": list(product_ids)},
    )
    return [row[0] for row in rows.all()]


async def open_order_with_code(session: AsyncSession, buyer_id: UUID, code: str) -> UUID | None:
    query = select(Order.id).where(Order.buyer_id == buyer_id, Order.state == "pending", Order.coupon_code == code)
    return (await session.exec(query.order_by(col(Order.id).desc()).limit(1))).first()


async def lock_purchase(session: AsyncSession, buyer_id: UUID, product_id: UUID) -> None:
    """Two clicks of one buyer for one product go one after the other (until the transaction ends)."""
    await hold(session, f"buy:{buyer_id}:{product_id}")


async def lock_payee(session: AsyncSession, payee_id: UUID) -> None:
    await hold(session, f"settle:{payee_id}")


async def lock_share(session: AsyncSession, share_id: UUID) -> Share | None:
    found = await session.exec(
        select(Share)
        .where(Share.id == share_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return found.first()


async def lock_shares(session: AsyncSession, line_id: UUID) -> list[Share]:
    """Of one line, in the order in which their parts are computed."""
    found = await session.exec(
        select(Share).where(Share.line_id == line_id).order_by(col(Share.id)).with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )  # fmt: skip
    return list(found.all())


async def shares_of(session: AsyncSession, line_ids: Sequence[UUID]) -> dict[UUID, list[Share]]:
    found = await session.exec(select(Share).where(col(Share.line_id).in_(line_ids)).order_by(col(Share.id)))
    out: dict[UUID, list[Share]] = {}
    for one in found.all():
        out.setdefault(one.line_id, []).append(one)
    return out


async def lock_refund(session: AsyncSession, refund_id: UUID) -> Refund | None:
    found = await session.exec(
        select(Refund)
        .where(Refund.id == refund_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return found.first()


async def refunds_by_provider(session: AsyncSession, provider_id: str) -> list[Refund]:
    """Usually one; several when a refund made in the provider's dashboard covers several lines."""
    found = await session.exec(
        select(Refund).where(Refund.provider_id == provider_id).order_by(col(Refund.id)).with_for_update(key_share=True)
    )
    return list(found.all())


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


async def revoked_by_refund(session: AsyncSession, line_id: UUID) -> bool:
    """Does a refund that stands take access to this line away?"""
    found = await session.exec(
        select(Refund.id).where(
            Refund.line_id == line_id, col(Refund.revoke_access), col(Refund.state).in_(["pending", "succeeded"])
        )
    )
    return found.first() is not None


async def lock_charge(session: AsyncSession, order_id: UUID) -> None:
    """Payees of one order share its charge: who looks how much of it is left goes one after the other."""
    await hold(session, f"charge:{order_id}")


async def was_given(session: AsyncSession, giver_id: UUID, product_id: UUID, email: str) -> bool:
    """Has this person paid for it as a present to that address before, and not taken the money back?"""
    what = (OrderLine.product_id == product_id) | (OrderLine.bundle_id == product_id)
    kept = OrderLine.refunded_minor + OrderLine.disputed_minor < OrderLine.amount_minor + OrderLine.tax_minor
    query = select(OrderLine.id).join(Gift, col(Gift.id) == OrderLine.gift_id).where(what, kept)
    query = query.where(
        Gift.giver_id == giver_id, Gift.recipient_email == email, col(Gift.state).in_(["paid", "sent", "claimed"])
    )
    return (await session.exec(query.limit(1))).first() is not None


async def lines_of_gift(session: AsyncSession, gift_id: UUID) -> list[OrderLine]:
    """Of the paid order that bought it."""
    query = select(OrderLine).join(Order, col(Order.id) == OrderLine.order_id)
    query = query.where(OrderLine.gift_id == gift_id, Order.state == "paid").order_by(col(OrderLine.id))
    return list((await session.exec(query)).all())


async def charged_transfers(session: AsyncSession, order_id: UUID) -> int:
    """Minor units of all transfers out of the order's charge, those under way and those reversed included."""
    found = await session.exec(
        select(func.coalesce(func.sum(Transfer.amount_minor), 0)).where(
            Transfer.order_id == order_id, col(Transfer.from_charge)
        )
    )
    return int(found.one())


async def transfers(session: AsyncSession, share_id: UUID) -> list[Transfer]:
    found = await session.exec(select(Transfer).where(Transfer.share_id == share_id).order_by(col(Transfer.id)))
    return list(found.all())


async def reversals(session: AsyncSession, share_id: UUID) -> list[Reversal]:
    found = await session.exec(select(Reversal).where(Reversal.share_id == share_id).order_by(col(Reversal.id)))
    return list(found.all())


async def buyer_orders(session: AsyncSession, buyer_id: UUID, before: Place | None, limit: int) -> Sequence[Order]:
    query = select(Order).where(Order.buyer_id == buyer_id, col(Order.state).in_(["paid", "processing", "failed"]))
    if before is not None:
        query = query.where(tuple_(col(Order.created_at), col(Order.id)) < before)
    return (await session.exec(query.order_by(col(Order.created_at).desc(), col(Order.id).desc()).limit(limit))).all()


async def lines_of(session: AsyncSession, order_ids: Sequence[UUID]) -> dict[UUID, list[OrderLine]]:
    query = select(OrderLine).where(col(OrderLine.order_id).in_(order_ids)).order_by(col(OrderLine.id))
    found = await session.exec(query)
    out: dict[UUID, list[OrderLine]] = {}
    for line in found.all():
        out.setdefault(line.order_id, []).append(line)
    return out


async def creator_sales(
    session: AsyncSession, creator_id: UUID, before: UUID | None, limit: int
) -> Sequence[tuple[OrderLine, Order]]:
    """Paid lines that this person gets a share of, newest first."""
    mine = select(Share.line_id).join(Order, col(Order.id) == Share.order_id).distinct()
    mine = mine.where(Share.payee_id == creator_id, Order.state == "paid")
    if before is not None:
        mine = mine.where(Share.line_id < before)
    ids = mine.order_by(col(Share.line_id).desc()).limit(limit).subquery()
    query = select(OrderLine, Order).join(Order, col(Order.id) == OrderLine.order_id)
    query = query.where(col(OrderLine.id).in_(select(ids.c.line_id))).order_by(col(OrderLine.id).desc())
    return (await session.exec(query)).all()


async def newest_refund(session: AsyncSession, line_id: UUID) -> Refund | None:
    query = (
        select(Refund).where(Refund.line_id == line_id).order_by(col(Refund.created_at).desc(), col(Refund.id).desc())
    )
    return (await session.exec(query.limit(1))).first()


async def refused_shares(session: AsyncSession, limit: int = 50) -> list[tuple[Share, Order]]:
    """Shares whose transfer the provider refused although their payee's account takes money, with their orders."""
    query = select(Share, Order).join(Order, col(Order.id) == col(Share.order_id))
    return list((await session.exec(query.where(Share.refused != "").order_by(col(Share.id)).limit(limit))).all())


async def unsettled_shares(
    session: AsyncSession, *, payee_id: UUID | None = None, after: UUID | None = None, limit: int = 1000
) -> Sequence[Share]:
    """Shares of which money still has to move, in the order of their ids."""
    query = select(Share).where(col(Share.settled).is_(False))
    if payee_id is not None:
        query = query.where(Share.payee_id == payee_id)
    if after is not None:
        query = query.where(Share.id > after)
    return (await session.exec(query.order_by(col(Share.id)).limit(limit))).all()


async def open_orders(
    session: AsyncSession, older_than: datetime, after: UUID | None = None, limit: int = 200
) -> Sequence[Order]:
    """In the order of their ids, which is that of their making."""
    query = select(Order).where(col(Order.state).in_(["pending", "processing"]), Order.created_at < older_than)
    if after is not None:
        query = query.where(Order.id > after)
    return (await session.exec(query.order_by(col(Order.id)).limit(limit))).all()


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


async def disputes_of(session: AsyncSession, order_id: UUID) -> list[Dispute]:
    found = await session.exec(select(Dispute).where(Dispute.order_id == order_id).order_by(col(Dispute.created_at)))
    return list(found.all())


async def disputed_among(session: AsyncSession, order_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the orders that a bank hasn't decided about yet."""
    query = select(Dispute.order_id).where(col(Dispute.order_id).in_(order_ids), col(Dispute.closed_at).is_(None))
    return set((await session.exec(query)).all())


async def dispute(session: AsyncSession, dispute_id: str, *, lock: bool = False) -> Dispute | None:
    return await session.get(Dispute, dispute_id, with_for_update=lock, populate_existing=True)


async def has_files(session: AsyncSession, dispute_id: str) -> bool:
    return (await session.exec(select(DisputeFile.id).where(DisputeFile.dispute_id == dispute_id))).first() is not None


async def unsent_answers(session: AsyncSession, older_than: datetime, limit: int = 200) -> Sequence[str]:
    """Disputes whose answer was let go and hasn't arrived."""
    query = select(Dispute.id).where(col(Dispute.closed_at).is_(None), col(Dispute.submitted_at).is_(None))
    return (await session.exec(query.where(col(Dispute.sending_at) < older_than).limit(limit))).all()


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """What a creator who leaves has going on with others, counted."""

    on_sale: int
    owners: int
    paying: int
    asks: int
    disputes: int


_LEFT_BEHIND = text(
    "SELECT (SELECT count(*) FROM product WHERE creator_id = :c AND state = 'published'),"
    ' (SELECT count(DISTINCT g.account_id) FROM "grant" g JOIN product p ON p.id = g.product_id'
    "  WHERE p.creator_id = :c AND g.revoked_at IS NULL),"
    ' (SELECT count(DISTINCT o.id) FROM order_line l JOIN "order" o ON o.id = l.order_id'
    "  WHERE l.creator_id = :c AND l.open AND o.state IN ('pending','processing')),"
    " (SELECT count(*) FROM refund_ask WHERE creator_id = :c AND state = 'asked'),"
    " (SELECT count(*) FROM dispute d WHERE d.closed_at IS NULL"
    "  AND EXISTS (SELECT 1 FROM order_line l WHERE l.order_id = d.order_id AND l.creator_id = :c))"
)


async def left_behind(session: AsyncSession, creator_id: UUID) -> LeftBehind:
    return LeftBehind(*(await session.execute(_LEFT_BEHIND, {"c": creator_id})).one())


async def open_disputes_of(session: AsyncSession, creator_id: UUID) -> Sequence[str]:
    """Disputes of their sales that no bank has decided yet."""
    mine = select(OrderLine.order_id).where(OrderLine.creator_id == creator_id)
    query = select(Dispute.id).where(col(Dispute.closed_at).is_(None), col(Dispute.order_id).in_(mine))
    return (await session.exec(query.order_by(col(Dispute.id)))).all()


_ASKS = (
    select(RefundAsk, OrderLine, Account.name)
    .join(OrderLine, col(OrderLine.id) == RefundAsk.line_id)
    .join(Account, col(Account.id) == RefundAsk.buyer_id)
)


async def asks_of_nobody(session: AsyncSession, limit: int = 50) -> Sequence[tuple[RefundAsk, OrderLine, str]]:
    """What buyers asked of creators who left since, oldest first, with the buyers' names."""
    query = _ASKS.where(
        RefundAsk.state == "asked",
        text("refund_ask.creator_id IN (SELECT id FROM account WHERE deleted_at IS NOT NULL)"),
    )
    return (await session.exec(query.order_by(col(RefundAsk.created_at), col(RefundAsk.id)).limit(limit))).all()


async def opens_at(session: AsyncSession, product_id: UUID) -> datetime | None:
    """When a product comes out, or came out, if that was announced."""
    found = await session.execute(text("SELECT opens_at FROM product WHERE id = :id"), {"id": product_id})
    moment: datetime | None = found.scalar()
    return moment


async def parts_of(session: AsyncSession, dispute_id: str) -> dict[UUID, DisputePart]:
    found = await session.exec(select(DisputePart).where(DisputePart.dispute_id == dispute_id))
    return {part.line_id: part for part in found.all()}


async def ask_of(session: AsyncSession, line_id: UUID, *, lock: bool = False) -> RefundAsk | None:
    query = select(RefundAsk).where(RefundAsk.line_id == line_id)
    return (await session.exec(query.with_for_update(key_share=True) if lock else query)).first()


async def asks_waiting(
    session: AsyncSession, creator_id: UUID, limit: int = 50
) -> Sequence[tuple[RefundAsk, OrderLine, str]]:
    """What buyers want this creator to look at, oldest first, with the buyers' names."""
    query = _ASKS.where(RefundAsk.creator_id == creator_id, RefundAsk.state == "asked")
    return (await session.exec(query.order_by(col(RefundAsk.created_at)).limit(limit))).all()


async def asks_count(session: AsyncSession, creator_id: UUID) -> int:
    query = select(func.count()).where(RefundAsk.creator_id == creator_id, RefundAsk.state == "asked")
    return (await session.exec(query)).one()


async def disputes_to_answer(session: AsyncSession, creator_id: UUID) -> tuple[int, datetime | None]:
    """How many wait for this creator's answer, and until when the first does."""
    mine = select(OrderLine.order_id).where(OrderLine.creator_id == creator_id)
    query = select(func.count(), func.min(Dispute.due_at)).where(
        col(Dispute.closed_at).is_(None), col(Dispute.submitted_at).is_(None), col(Dispute.sending_at).is_(None),
        col(Dispute.order_id).in_(mine),
    )  # fmt: skip
    count, due = (await session.exec(query)).one()
    return count, due


async def disputes_for(
    session: AsyncSession, creator_id: UUID | None, before: NamedPlace | None, limit: int
) -> Sequence[tuple[Dispute, Order]]:
    """Newest first; of everybody when ``creator_id`` is empty."""
    query = select(Dispute, Order).join(Order, col(Order.id) == Dispute.order_id)
    if creator_id is not None:
        mine = select(OrderLine.order_id).where(OrderLine.creator_id == creator_id)
        query = query.where(col(Dispute.order_id).in_(mine))
    if before is not None:
        query = query.where(tuple_(col(Dispute.created_at), col(Dispute.id)) < before)
    query = query.order_by(col(Dispute.created_at).desc(), col(Dispute.id).desc())
    return (await session.exec(query.limit(limit))).all()


async def open_disputes(session: AsyncSession, limit: int = 200) -> Sequence[str]:
    return (await session.exec(select(Dispute.id).where(col(Dispute.closed_at).is_(None)).limit(limit))).all()
