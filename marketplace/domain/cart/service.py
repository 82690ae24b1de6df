"""What somebody means to buy. Prices are looked up and agreed to again at checkout."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.access.service import Actor, require_signed_in
from marketplace.domain.cart.models import CartCode, CartItem
from marketplace.errors import Conflict, Missing
from marketplace.ids import new_id

MOST = 50


async def items(session: AsyncSession, actor: Actor) -> Sequence[CartItem]:
    """Oldest first; at most ``MOST``."""
    account_id = require_signed_in(actor)
    found = await session.exec(
        select(CartItem).where(CartItem.account_id == account_id).order_by(col(CartItem.added_at), col(CartItem.id))
    )
    return found.all()


async def count(session: AsyncSession, account_id: UUID) -> int:
    found = await session.exec(select(func.count()).select_from(CartItem).where(CartItem.account_id == account_id))
    return int(found.one())


async def add(
    session: AsyncSession, actor: Actor, product_id: UUID, *, seen_minor: int, seen_currency: str,
    offered_minor: int | None = None, gift_id: UUID | None = None, via: str = "",
) -> None:  # fmt: skip
    """Once for oneself (again changes the offer), any number of times as presents."""
    account_id = require_signed_in(actor)
    if await count(session, account_id) >= MOST:
        raise Conflict("A cart holds {most} things. Check out first.", most=MOST)
    values = {
        "id": new_id(), "account_id": account_id, "product_id": product_id, "gift_id": gift_id,
        "offered_minor": offered_minor, "seen_minor": seen_minor, "seen_currency": seen_currency, "via": via[:40],
        "added_at": now(),
    }  # fmt: skip
    again = {name: values[name] for name in ("offered_minor", "seen_minor", "seen_currency")}
    await session.execute(
        insert(CartItem)
        .values(**values)
        .on_conflict_do_update(
            index_elements=["account_id", "product_id"], index_where=col(CartItem.gift_id).is_(None), set_=again
        )
    )


async def item(session: AsyncSession, actor: Actor, item_id: UUID) -> CartItem:
    found = await session.get(CartItem, item_id, with_for_update=True, populate_existing=True)
    if found is None or found.account_id != require_signed_in(actor):
        raise Missing("That isn't in your cart any more.")
    return found


async def accept(session: AsyncSession, actor: Actor, item_id: UUID, *, seen_minor: int, seen_currency: str) -> None:
    """Its owner agrees to the price as it is now."""
    found = await item(session, actor, item_id)
    found.seen_minor, found.seen_currency = seen_minor, seen_currency
    await session.flush()


async def remove(session: AsyncSession, actor: Actor, item_id: UUID) -> None:
    await session.delete(await item(session, actor, item_id))
    await session.flush()


async def bought(
    session: AsyncSession, account_id: UUID, product_ids: Sequence[UUID], gift_ids: Sequence[UUID]
) -> None:
    """What was paid leaves the basket, and with the last of it the code that was typed."""
    await session.execute(
        delete(CartItem).where(
            col(CartItem.account_id) == account_id,
            (col(CartItem.gift_id).is_(None) & col(CartItem.product_id).in_(product_ids))
            | col(CartItem.gift_id).in_(gift_ids),
        )
    )
    left = select(CartItem.id).where(CartItem.account_id == account_id).exists()
    await session.execute(delete(CartCode).where(col(CartCode.account_id) == account_id, ~left))


async def code(session: AsyncSession, actor: Actor) -> str:
    found = await session.get(CartCode, require_signed_in(actor), populate_existing=True)
    return found.code if found else ""


async def set_code(session: AsyncSession, actor: Actor, value: str) -> None:
    """Empty takes it out."""
    account_id = require_signed_in(actor)
    if not value:
        await session.execute(delete(CartCode).where(col(CartCode.account_id) == account_id))
        return
    await session.execute(
        insert(CartCode).values(account_id=account_id, code=value[:40])
        .on_conflict_do_update(index_elements=["account_id"], set_={"code": value[:40]})
    )  # fmt: skip
