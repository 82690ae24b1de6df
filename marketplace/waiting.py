"""Who looks at a product: are they on its waitlist, do they get its creator's letters, do they want them?"""

from __future__ import annotations

from uuid import UUID

from marketplace.db import transaction
from marketplace.domain.access.service import Actor
from marketplace.domain.accounts import service as accounts
from marketplace.domain.catalog import browse
from marketplace.domain.catalog.models import Product
from marketplace.domain.mailing import service as mailing
from marketplace.domain.mailing.service import List
from marketplace.sql import Over


async def on_waitlist(over: Over, who: Actor, product: Product) -> bool:
    """Nobody is asked for where there is none."""
    return product.before == "waitlist" and await gets_mail(over, who, List(product.creator_id, product.id))


async def may_be_asked(over: Over, who: Actor, creator_id: UUID) -> bool:
    """May the page of a product ask this person whether they want its creator's letters?"""
    return who.account_id not in (None, creator_id) and not await gets_mail(over, who, List(creator_id))


async def wants_letters(who: Actor, slug: str) -> None:
    """They ticked it where they buy. Their account's address is confirmed."""
    async with transaction() as session:
        listing = await browse.found(session, slug)
        if listing is not None and await may_be_asked(session, who, listing.product.creator_id):
            assert who.account_id is not None
            me = await accounts.account(session, who.account_id)
            await mailing.join(session, List(listing.product.creator_id), me.email)


async def gets_mail(over: Over, who: Actor, list_: List) -> bool:
    """Is the address of this person's account on the list?"""
    return who.account_id is not None and await mailing.gets(over, list_, who.account_id)
