"""All queries on certificates and keys."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, func, select, text
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.clock import now
from marketplace.domain.certificates.models import Certificate, SigningKey

# Neither replaced nor revoked, and no course that it says was completed was taken back: ``rules.standing`` in a query.
_STANDS = (
    text("certificate.replaced_at IS NULL AND certificate.revoked_at IS NULL"),
    text(
        'NOT EXISTS (SELECT FROM "grant" g WHERE g.account_id = certificate.account_id'
        " AND (g.product_id = certificate.product_id OR jsonb_exists(certificate.courses, g.product_id::text))"
        " GROUP BY g.product_id HAVING bool_and(g.revoked_at IS NOT NULL))"
    ),
)


async def by_token(session: AsyncSession, token: str, *, lock: bool = False) -> Certificate | None:
    query = select(Certificate).where(Certificate.token == token).execution_options(populate_existing=True)
    return (await session.exec(query.with_for_update(key_share=True) if lock else query)).first()


async def current(session: AsyncSession, account_id: UUID, product_id: UUID) -> Certificate | None:
    query = select(Certificate).where(
        Certificate.account_id == account_id, Certificate.product_id == product_id, col(Certificate.replaced_at).is_(None)
    )  # fmt: skip
    return (await session.exec(query)).first()


async def current_of(session: AsyncSession, row: Certificate) -> Certificate | None:
    """What took a replaced one's place."""
    same = Certificate.badge_id == row.badge_id if row.badge_id else Certificate.product_id == row.product_id
    query = select(Certificate).where(
        Certificate.account_id == row.account_id, same, col(Certificate.replaced_at).is_(None)
    )
    return (await session.exec(query)).first()


async def add_badge(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Unless this person has it."""
    made = await session.execute(
        insert(Certificate)
        .values(**values)
        .on_conflict_do_nothing(
            index_elements=["badge_id", "account_id"], index_where=text("replaced_at IS NULL AND badge_id IS NOT NULL")
        )
        .returning(col(Certificate.id))
    )
    return made.first() is not None


async def of_account(session: AsyncSession, account_id: UUID, *, limit: int) -> list[Certificate]:
    query = select(Certificate).where(Certificate.account_id == account_id, *_STANDS)
    return list((await session.exec(query.order_by(col(Certificate.issued_at).desc()).limit(limit))).all())


async def add(session: AsyncSession, values: dict[str, Any]) -> None:
    """Unless there is a current one of this person for this course; waits for who is just writing it."""
    await session.execute(
        insert(Certificate)
        .values(**values)
        .on_conflict_do_nothing(
            index_elements=["account_id", "product_id"], index_where=text("replaced_at IS NULL")
        )
    )  # fmt: skip


async def count_of(session: AsyncSession, account_id: UUID) -> int:
    query = select(func.count()).select_from(Certificate).where(Certificate.account_id == account_id, *_STANDS)
    return (await session.exec(query)).one()


async def forget(session: AsyncSession, account_id: UUID, reason: str) -> None:
    """The names go from all rows; what wasn't revoked before is revoked now."""
    mine = col(Certificate.account_id) == account_id
    standing = col(Certificate.revoked_at).is_(None)
    await session.execute(update(Certificate).where(mine, standing).values(revoked_at=now(), revoked_reason=reason))
    await session.execute(update(Certificate).where(mine).values(name=""))


async def newest_key(session: AsyncSession) -> SigningKey | None:
    return (await session.exec(select(SigningKey).order_by(col(SigningKey.id).desc()).limit(1))).first()


async def keys(session: AsyncSession) -> list[SigningKey]:
    """Newest first; there is one, unless ``SECRET_KEY`` was ever changed."""
    return list((await session.exec(select(SigningKey).order_by(col(SigningKey.id).desc()).limit(50))).all())


async def key(session: AsyncSession, key_id: UUID) -> SigningKey | None:
    return await session.get(SigningKey, key_id)
