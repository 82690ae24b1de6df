"""Addresses of lessons: what a creator wishes, who has it, and the way from every earlier one.

A wish waits in the draft and comes true when the lesson is published, like everything else that is edited.
"""

from __future__ import annotations

import secrets

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace.domain.catalog import rules, store
from marketplace.domain.catalog.errors import AddressTaken
from marketplace.domain.catalog.models import Product, ProductDraft, SlugHistory
from marketplace.errors import Invalid


async def wish(session: AsyncSession, product: Product, typed: str) -> str:
    """What was typed as an address; empty for "as it is". Raises ``Invalid`` and ``AddressTaken``."""
    if not typed.strip():
        return ""
    wanted = rules.slug(typed)
    if not wanted:
        raise Invalid("Use letters from a to z, digits and hyphens.", field="slug")
    if wanted == product.slug:
        return ""
    if await store.slug_holder(session, wanted) not in (None, product.id):
        raise AddressTaken(field="slug")
    return wanted


def shown(product: Product, draft: ProductDraft) -> str:
    """The address that publishing gives, unless somebody is faster."""
    return draft.slug or (product.slug if product.revision else rules.slug_from(draft.title))


async def lost(session: AsyncSession, draft: ProductDraft) -> bool:
    """Did another lesson take the wished address meanwhile?"""
    return bool(draft.slug) and await store.slug_holder(session, draft.slug) not in (None, draft.product_id)


async def settle(session: AsyncSession, product: Product, draft: ProductDraft) -> None:
    """The wish, or at the first publication one made from the title. Raises ``AddressTaken``."""
    if draft.slug:
        if not await store.claim_slug(session, draft.slug, product.id):
            raise AddressTaken(field="slug")
        await _move(session, product, draft.slug)
        draft.slug = ""
    elif not product.revision:
        product.slug = await _from_title(session, product, draft.title)


async def _from_title(session: AsyncSession, product: Product, title: str) -> str:
    base = rules.slug_from(title)
    slug = base
    while not await store.claim_slug(session, slug, product.id):
        slug = f"{base}-{secrets.token_hex(2)}"
    return slug


async def _move(session: AsyncSession, product: Product, slug: str) -> None:
    """An address the world has seen leads to the new one for ever; the lesson itself may return to it."""
    if product.revision:
        await store.forget_slug(session, slug)
        session.add(SlugHistory(slug=product.slug, product_id=product.id))
    product.slug = slug
    await session.flush()
