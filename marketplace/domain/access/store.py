"""All queries on grants."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.access.models import Grant
from marketplace.domain.access.rules import GrantFact
from marketplace.ids import new_id
from marketplace.sql import Over, rows


async def grants(over: Over, account_id: UUID, product_id: UUID) -> list[GrantFact]:
    found = await rows(
        over,
        'SELECT g.source, g.granted_at, g.revoked_at, g.revoked_reason, p.opens_at FROM "grant" g'
        " JOIN product p ON p.id = g.product_id"
        " WHERE g.account_id = %(account)s AND g.product_id = %(product)s ORDER BY g.granted_at",
        {"account": account_id, "product": product_id},
    )
    return [GrantFact(*row) for row in found]


async def add(session: AsyncSession, account_id: UUID, product_id: UUID, source: str, source_id: str) -> bool:
    """True when this call made the grant; a source grants once, also after it was revoked."""
    result = await session.execute(
        insert(Grant)
        .values(
            id=new_id(), account_id=account_id, product_id=product_id, source=source, source_id=source_id,
            granted_at=now(), revoked_reason="",
        )
        .on_conflict_do_nothing(index_elements=["source", "source_id"])
        .returning(col(Grant.id))
    )  # fmt: skip
    return result.first() is not None


async def revoke(session: AsyncSession, source: str, source_id: str, reason: str) -> bool:
    result = await session.execute(
        update(Grant)
        .where(col(Grant.source) == source, col(Grant.source_id) == source_id, col(Grant.revoked_at).is_(None))
        .values(revoked_at=now(), revoked_reason=reason)
        .returning(col(Grant.id))
    )
    return result.first() is not None


async def restore(session: AsyncSession, source: str, source_id: str) -> None:
    await session.execute(
        update(Grant)
        .where(col(Grant.source) == source, col(Grant.source_id) == source_id)
        .values(revoked_at=None, revoked_reason="")
    )


async def owned_among(over: Over, account_id: UUID, product_ids: Sequence[UUID]) -> set[UUID]:
    found = await rows(
        over,
        'SELECT product_id FROM "grant" WHERE account_id = %(account)s AND product_id = ANY(%(products)s)'
        " AND revoked_at IS NULL",
        {"account": account_id, "products": list(product_ids)},
    )
    return {row[0] for row in found}


async def keep(session: AsyncSession, account_id: UUID, product_id: UUID) -> bool:
    found = await session.exec(
        select(Grant.id)
        .where(Grant.account_id == account_id, Grant.product_id == product_id, col(Grant.revoked_at).is_(None))
        .with_for_update(read=True)
    )
    return bool(found.all())
