"""Who the seller of record is, by the settings: the platform, or each creator for what is theirs."""

from __future__ import annotations

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.documents import service as documents
from marketplace.domain.documents.service import Seller
from marketplace.settings import get_settings


async def seller_of(session: AsyncSession, creator_id: UUID) -> Seller:
    """Who sells what this creator made. Lines with the same ``key`` go on one invoice."""
    settings = get_settings()
    if settings.seller_of_record == "creator":
        return await documents.creator_seller(session, creator_id, prefix=settings.invoice_prefix)
    address = tuple(part.strip() for part in settings.seller_address.split("|") if part.strip())
    return documents.platform_seller(
        name=settings.seller_name, address=address, tax_id=settings.seller_tax_id, prefix=settings.invoice_prefix
    )
