"""All queries on documents, their numbers and the profiles that they are made from."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.documents.models import BillingProfile, Document, DocumentSeries, SellerProfile


async def lock_series(session: AsyncSession, seller_key: str, kind: str, series: str) -> DocumentSeries:
    """The row that numbers come from, ours alone until this transaction ends."""
    await session.execute(
        insert(DocumentSeries)
        .values(seller_key=seller_key, kind=kind, series=series, next_number=1)
        .on_conflict_do_nothing()
    )
    found = await session.exec(
        select(DocumentSeries)
        .where(
            DocumentSeries.seller_key == seller_key, DocumentSeries.kind == kind, DocumentSeries.series == series
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )  # fmt: skip
    return found.one()


async def document(session: AsyncSession, document_id: UUID) -> Document | None:
    return await session.get(Document, document_id)


async def invoice(session: AsyncSession, order_id: UUID, seller_key: str) -> Document | None:
    query = select(Document).where(
        Document.order_id == order_id, Document.seller_key == seller_key, Document.kind == "invoice"
    )
    return (await session.exec(query)).first()


async def credit_note(session: AsyncSession, refund_id: UUID, seller_key: str) -> Document | None:
    query = select(Document).where(
        Document.refund_id == refund_id, Document.seller_key == seller_key, Document.kind == "credit_note"
    )
    return (await session.exec(query)).first()


async def of_order(session: AsyncSession, order_id: UUID) -> list[Document]:
    """In the order in which they were issued."""
    query = select(Document).where(Document.order_id == order_id)
    return list((await session.exec(query.order_by(col(Document.issued_at), col(Document.id)))).all())


async def made_from(session: AsyncSession, originals: Sequence[UUID]) -> list[Document]:
    """Credit notes of these invoices, corrections of these credit notes; oldest first."""
    query = select(Document).where(col(Document.original_id).in_(originals))
    return list((await session.exec(query.order_by(col(Document.issued_at), col(Document.id)))).all())


async def billing(session: AsyncSession, account_id: UUID, *, lock: bool = False) -> BillingProfile | None:
    return await session.get(BillingProfile, account_id, with_for_update=lock)


async def seller(session: AsyncSession, creator_id: UUID, *, lock: bool = False) -> SellerProfile | None:
    return await session.get(SellerProfile, creator_id, with_for_update=lock)


async def forget(session: AsyncSession, account_id: UUID) -> None:
    await session.execute(delete(BillingProfile).where(col(BillingProfile.account_id) == account_id))
    await session.execute(delete(SellerProfile).where(col(SellerProfile.creator_id) == account_id))
